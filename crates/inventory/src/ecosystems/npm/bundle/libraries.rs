//! The libraries most found in functions, known by texts of their own that survive minifying and renaming.
//!
//! **Source**: `data/libraries.tsv`, whose head names the published packages that its rows were seen in. A version's place is in
//! the table only when it held the right version in each of them.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};
use model::table::SortedLines;

use crate::ecosystems::npm::package_path::{MAX_VERSION_BYTES, is_version};

static TABLE: &str = include_str!("../data/libraries.tsv");

/// A library's text found in code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hit<'a> {
    pub(super) package: &'static str,
    pub(super) version: Option<&'a str>,
    pub(super) at: usize,
}

/// Where the version stands, seen from the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nowhere near: the text tells the library alone.
    Nowhere,
    /// Right behind it, in the same literal.
    Inside,
    /// So many literals behind (or before) it.
    Literal(i8),
}

struct Known {
    /// The library and where its version stands; several rows may share a text.
    rows: Vec<(&'static str, Place)>,
    length: usize,
}

static LIBRARIES: LazyLock<Option<(AhoCorasick, Vec<Known>)>> = LazyLock::new(|| {
    let mut texts: Vec<&str> = Vec::new();
    let mut known: Vec<Known> = Vec::new();
    for (text, rest) in SortedLines::new(TABLE).iter() {
        let Some((package, place)) = rest.split_once('\t') else { continue };
        let place = match place {
            "0" => Place::Nowhere,
            "=" => Place::Inside,
            number => Place::Literal(number.parse().unwrap_or_default()),
        };
        if texts.last() != Some(&text) {
            texts.push(text);
            known.push(Known { rows: Vec::new(), length: text.len() });
        }
        if let Some(last) = known.last_mut() {
            last.rows.push((package, place));
        }
    }
    let automaton = AhoCorasickBuilder::new()
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .match_kind(MatchKind::LeftmostLongest)
        .build(&texts);
    automaton.ok().map(|automaton| (automaton, known))
});

/// Every library text in `code` that stands as a literal of its own (or, where the version follows in it, begins one).
pub(super) fn hits(code: &str) -> Vec<Hit<'_>> {
    let Some((automaton, known)) = LIBRARIES.as_ref() else { return Vec::new() };
    let mut hits = Vec::new();
    for found in automaton.find_iter(code) {
        let Some(Known { rows, length }) = known.get(found.pattern().as_usize()) else { continue };
        let literal = Literal { start: found.start(), end: found.start() + length };
        if !literal.begins(code) {
            continue;
        }
        for (package, place) in rows {
            let version = match place {
                Place::Inside => match version_inside(code, literal.end) {
                    Some(version) => Some(version),
                    None => continue,
                },
                _ if !literal.ends(code) => continue,
                Place::Nowhere => None,
                // Relatives of a library share such texts without its version.
                Place::Literal(steps) => {
                    match literal.step(code, *steps).and_then(|other| other.text(code)).filter(|text| is_version(text))
                    {
                        Some(version) => Some(version),
                        None => continue,
                    }
                }
            };
            hits.push(Hit { package, version, at: found.start() });
        }
    }
    hits
}

/// The version at `start`, up to a character that no version holds.
fn version_inside(code: &str, start: usize) -> Option<&str> {
    let rest = code.get(start..)?;
    let length = rest
        .bytes()
        .take(MAX_VERSION_BYTES)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+'))
        .count();
    let text = rest.get(..length)?.trim_end_matches(['.', '-', '+']);
    is_version(text).then_some(text)
}

/// A literal text in code, without its quotes.
#[derive(Debug, Clone, Copy)]
struct Literal {
    start: usize,
    end: usize,
}

/// Bytes between two literals that are neighbours.
const MAX_STEP_BYTES: usize = 1_024;

impl Literal {
    fn begins(self, code: &str) -> bool {
        self.start.checked_sub(1).and_then(|at| code.as_bytes().get(at)).is_some_and(|byte| is_quote(*byte))
    }

    fn ends(self, code: &str) -> bool {
        let rest = code.as_bytes().get(self.end..).unwrap_or_default();
        match rest {
            [b'\\', quote, ..] | [quote, ..] => is_quote(*quote),
            [] => false,
        }
    }

    fn text(self, code: &str) -> Option<&str> {
        code.get(self.start..self.end)
    }

    /// The literal so many places behind this one, or before it.
    fn step(self, code: &str, steps: i8) -> Option<Self> {
        let mut literal = self;
        for _ in 0..steps.unsigned_abs() {
            literal = if steps > 0 { literal.next(code)? } else { literal.previous(code)? };
        }
        Some(literal)
    }

    fn next(self, code: &str) -> Option<Self> {
        let bytes = code.as_bytes();
        let from = self.end + 1;
        let until = bytes.len().min(from.saturating_add(MAX_STEP_BYTES));
        let open = from + bytes.get(from..until)?.iter().position(|byte| is_quote(*byte))?;
        let quote = *bytes.get(open)?;
        let until = bytes.len().min(open.saturating_add(MAX_STEP_BYTES));
        let close = open + 1 + bytes.get(open + 1..until)?.iter().position(|byte| *byte == quote)?;
        Some(Self { start: open + 1, end: close })
    }

    fn previous(self, code: &str) -> Option<Self> {
        let bytes = code.as_bytes();
        let until = self.start.checked_sub(1)?;
        let lowest = until.saturating_sub(MAX_STEP_BYTES);
        let close = lowest + bytes.get(lowest..until)?.iter().rposition(|byte| is_quote(*byte))?;
        let quote = *bytes.get(close)?;
        let lowest = close.saturating_sub(MAX_STEP_BYTES);
        let open = lowest + bytes.get(lowest..close)?.iter().rposition(|byte| *byte == quote)?;
        Some(Self { start: open + 1, end: close })
    }
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_each_row_is_whole() {
        let table = SortedLines::new(TABLE);
        assert_eq!(table.first_unsorted(), None);
        for (text, rest) in table.iter() {
            let (package, place) = rest.split_once('\t').unwrap_or_default();
            assert!(crate::ecosystems::npm::package_path::is_name(package), "{text}");
            assert!(place == "=" || place.parse::<i8>().is_ok(), "{text}");
            assert!(text.len() >= 4, "{text}");
        }
    }

    #[test]
    fn steps_over_literals_both_ways() {
        let code = "a('one'),b=\"1.2.3\";c(`anchor text`,d,'four',\"5.0.0\")";
        let start = code.find("anchor").unwrap();
        let anchor = Literal { start, end: start + "anchor text".len() };
        let at = |steps| anchor.step(code, steps).and_then(|literal| literal.text(code));
        assert_eq!(
            (at(-2), at(-1), at(1), at(2), at(3)),
            (Some("one"), Some("1.2.3"), Some("four"), Some("5.0.0"), None)
        );
    }

    #[test]
    fn reads_versions_inside_literals() {
        assert_eq!(version_inside("axios/1.7.2\"", 6), Some("1.7.2"));
        assert_eq!(version_inside("x/1.7.2-rc.1.", 2), Some("1.7.2-rc.1"));
        assert_eq!(version_inside("x/1.7", 2), None);
        assert_eq!(version_inside("x/", 2), None);
    }
}
