//! `package.json` texts that bundlers carry along: as JSON in a text, as an object literal, or cut down to the members that
//! the code uses.

use std::borrow::Cow;

use memchr::memmem;
use serde::Deserialize;

use crate::ecosystems::npm::package_path::{is_name, is_version};
use crate::json::Text;

/// A `package.json` found in code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Embedded<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    /// Offset of its `version`.
    pub(super) at: usize,
}

/// Looked back for the beginning of the object, in bytes; what npm once added in front of `version` fits in.
const MAX_LEAD_BYTES: usize = 8 << 10;
/// Longest object read, in bytes.
const MAX_OBJECT_BYTES: usize = 256 << 10;
/// Bytes that may be looked at again for objects, for each byte of the text: keeps hostile texts linear.
const MAX_LOOKS_PER_BYTE: usize = 4;

/// Members that tell a package's description from any other object with a name and a version. Sorted.
const MARKS: &[&str] = &[
    "author",
    "browser",
    "bugs",
    "contributors",
    "dependencies",
    "description",
    "devDependencies",
    "engines",
    "exports",
    "files",
    "homepage",
    "keywords",
    "license",
    "main",
    "module",
    "peerDependencies",
    "repository",
    "scripts",
    "sideEffects",
    "types",
    "typings",
];
/// How many of them it takes.
const MIN_MARKS: usize = 2;

/// Every description in `text`, in its order.
pub(super) fn descriptions(text: &str) -> Vec<Embedded<'_>> {
    let mut found = Vec::new();
    let mut covered = 0;
    let mut looks_left = text.len().saturating_mul(MAX_LOOKS_PER_BYTE);
    for at in memmem::find_iter(text.as_bytes(), "version") {
        if at < covered || looks_left == 0 {
            continue;
        }
        let Some(version) = text.get(at..).and_then(version_member).filter(|version| is_version(version)) else {
            continue;
        };
        let lowest = at.saturating_sub(MAX_LEAD_BYTES).max(covered);
        // A key in quotes begins with one.
        let key = if text.get(..at).is_some_and(|before| before.ends_with(['"', '\''])) { at - 1 } else { at };
        let Some(start) = object_start(text.as_bytes(), lowest, key) else {
            looks_left = looks_left.saturating_sub(at - lowest);
            continue;
        };
        let highest = text.len().min(start.saturating_add(MAX_OBJECT_BYTES));
        let object = Object::read(text, start, highest);
        looks_left = looks_left.saturating_sub((at - lowest).saturating_add(object.end.saturating_sub(start)));
        covered = covered.max(if object.is_closed { object.end } else { at });
        let is_described = object.marks >= MIN_MARKS && object.version == Some(version);
        if let Some(name) = object.name.filter(|name| is_described && is_name(name)) {
            found.push(Embedded { name, version, at });
        }
    }
    found
}

/// The version that a whole `package.json` states.
pub(super) fn version_in_json(text: &str) -> Option<String> {
    #[derive(Default, Deserialize)]
    #[serde(default, bound(deserialize = "'de: 'a"))]
    struct Description<'a> {
        version: Text<'a>,
    }
    let description: Description<'_> = serde_json::from_str(text).ok()?;
    description.version.0.map(Cow::into_owned)
}

/// The version in what remains of a package's `package.json`: its member `version`, or the only version there is where the
/// bundler renamed the members.
pub(super) fn version_in_module(text: &str) -> Option<&str> {
    let member = memmem::find_iter(text.as_bytes(), "version")
        .filter_map(|at| version_member(text.get(at..)?))
        .find(|version| is_version(version));
    member.or_else(|| {
        let mut versions = text.split(['"', '\'', '`']).filter(|part| is_version(part));
        versions.next().filter(|_| versions.next().is_none())
    })
}

/// The text behind `version:`, `"version":` or `version =` at the start of `rest`.
fn version_member(rest: &str) -> Option<&str> {
    let rest = rest.strip_prefix("version")?;
    let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest).trim_start_matches(' ');
    let rest = rest.strip_prefix([':', '='])?.trim_start_matches(' ');
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
    rest.get(1..)?.split(quote).next()
}

/// Offset of the `{` whose object directly holds the byte at `at`, not before `lowest`.
fn object_start(bytes: &[u8], lowest: usize, at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut place = at;
    while place > lowest {
        place -= 1;
        match bytes.get(place)? {
            b'}' | b']' => depth += 1,
            b'{' | b'[' if depth > 0 => depth -= 1,
            b'{' => return Some(place),
            b'[' => return None,
            quote @ (b'"' | b'`') => {
                // Over the text, backwards. An apostrophe may stand in prose, so it is no quote here.
                let before = bytes.get(lowest..place)?;
                place = lowest + memchr::memrchr(*quote, before)?;
            }
            _ => {}
        }
    }
    None
}

/// The members of an object literal or a JSON object that matter here.
#[derive(Debug, Default)]
struct Object<'a> {
    name: Option<&'a str>,
    version: Option<&'a str>,
    marks: usize,
    end: usize,
    is_closed: bool,
}

impl<'a> Object<'a> {
    /// Reads the object at `start`, up to `highest` at most.
    fn read(text: &'a str, start: usize, highest: usize) -> Self {
        let bytes = text.as_bytes();
        let mut object = Self { end: start + 1, ..Self::default() };
        let mut depth = 1_usize;
        // The last text or word at the object's own level, and the key that the next value belongs to.
        let (mut last, mut key): (Option<&'a str>, Option<&'a str>) = (None, None);
        let mut at = start + 1;
        while let Some(byte) = bytes.get(at).filter(|_| at < highest) {
            let next = match byte {
                b'{' | b'[' | b'(' => {
                    depth += 1;
                    at + 1
                }
                b'}' | b']' | b')' => {
                    depth -= 1;
                    if depth == 0 {
                        object.take(key.take(), last);
                        object.is_closed = true;
                        object.end = at + 1;
                        return object;
                    }
                    at + 1
                }
                b':' if depth == 1 && key.is_none() => {
                    key = last.take();
                    at + 1
                }
                b',' if depth == 1 => {
                    object.take(key.take(), last.take());
                    at + 1
                }
                b'"' | b'\'' | b'`' => {
                    let end = text_end(bytes, at, highest);
                    if depth == 1 {
                        last = text.get(at + 1..end);
                    }
                    end + 1
                }
                byte if depth == 1 && is_word(*byte) => {
                    let rest = bytes.get(at..highest).unwrap_or_default();
                    let end = at + rest.iter().take_while(|byte| is_word(**byte)).count();
                    // A word as a value is no text.
                    last = if key.is_none() { text.get(at..end) } else { None };
                    end
                }
                _ => at + 1,
            };
            at = next;
        }
        object.end = at.min(highest);
        object
    }

    fn take(&mut self, key: Option<&'a str>, value: Option<&'a str>) {
        match key {
            Some("name") => self.name = self.name.or(value),
            Some("version") => self.version = self.version.or(value),
            Some(key) if MARKS.binary_search(&key).is_ok() => self.marks += 1,
            _ => {}
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

/// Offset of the quote that ends the text begun at `start`; `highest` when none does.
fn text_end(bytes: &[u8], start: usize, highest: usize) -> usize {
    let Some(quote) = bytes.get(start).copied() else { return highest };
    let mut at = start + 1;
    while let Some(found) = bytes.get(at..highest).and_then(|rest| memchr::memchr2(quote, b'\\', rest)) {
        at += found;
        if bytes.get(at) == Some(&quote) {
            return at;
        }
        at += 2;
    }
    highest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_sorted() {
        assert!(MARKS.is_sorted());
    }

    #[test]
    fn finds_descriptions_in_every_form() {
        let cases = [
            (r#"module.exports = {"name":"a","version":"1.2.3","main":"i.js","license":"MIT"};"#, Some(("a", "1.2.3"))),
            (
                r#"t.exports=JSON.parse('{"name":"@s/a","license":"MIT","version":"1.2.3-rc.1","main":"x"}')"#,
                Some(("@s/a", "1.2.3-rc.1")),
            ),
            (r#"e={name:"a",author:{name:"n",email:"m"},files:["x"],version:"1.2.3"}"#, Some(("a", "1.2.3"))),
            (
                r#"e={_from:"a@1",description:"it's {all}",license:"MIT",version:"1.2.3",name:"a",f:n}"#,
                Some(("a", "1.2.3")),
            ),
            (r#"e={name:"a",version:"1.2.3"}"#, None),
            (r#"e={name:t,version:"1.2.3",main:"x",license:"MIT"}"#, None),
            (r#"e={name:"a",config:{version:"1.2.3",main:"x",license:"y"}}"#, None),
            (r#"e={name:"a",version:"latest",main:"x",license:"y"}"#, None),
            (r#"e={name:"not a name",version:"1.2.3",main:"x",license:"y"}"#, None),
        ];
        for (text, expected) in cases {
            let found = descriptions(text).into_iter().map(|one| (one.name, one.version)).next();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn finds_the_version_that_is_left_of_a_description() {
        let cases = [
            ("var version = \"1.2.3\";", Some("1.2.3")),
            ("JSON.parse('{\"rE\":\"1.2.3\"}')", Some("1.2.3")),
            ("JSON.parse({\"rE\":\"1.2.3\"})", Some("1.2.3")),
            ("module.exports = { name: \"a\", version: \"1.2.3\", engines: \"4.5.6\" }", Some("1.2.3")),
            ("a = \"1.2.3\", b = \"4.5.6\"", None),
        ];
        for (text, expected) in cases {
            assert_eq!(version_in_module(text), expected, "{text}");
        }
    }
}
