//! Source maps: in the bundle as `data:` addresses, or beside it.
//!
//! **Source**: ECMA-426 (source map format), read October 2026. **Supported**: `sources` with `sourceRoot`, `sourcesContent`,
//! index maps with `sections`, several maps in one file (webpack's `eval-source-map`), base64 and percent encoding.
//! **Unsupported** (→ the bundle's own gap stays): maps that cannot be read, and maps of maps inside `sourcesContent`.

use std::borrow::Cow;
use std::fmt;

use memchr::memmem;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::traces::Traces;
use super::{embedded, legal, libraries};
use crate::base64;
use crate::ecosystems::npm::package_path;
use crate::json::Text;

const LINK: &str = "sourceMappingURL=";

/// Sources of one map.
const MAX_SOURCES: usize = 200_000;
/// Bytes of all maps that are held in one bundle's text, decoded.
const MAX_INLINE_BYTES: usize = 128 << 20;

/// What a bundle says of its maps.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Link<'a> {
    /// The map itself.
    Inline(Cow<'a, [u8]>),
    /// A file, relative to the bundle.
    Beside(&'a str),
}

/// Every link in `text`, in order; addresses elsewhere are left out.
pub(super) fn links(text: &str) -> impl Iterator<Item = Link<'_>> {
    let mut left = MAX_INLINE_BYTES;
    let mut covered = 0;
    memmem::find_iter(text.as_bytes(), LINK).filter_map(move |at| {
        let start = at + LINK.len();
        // `//# ` or `//@ ` or `/*# ` in front: else it is code that speaks of maps.
        let is_link = text.get(..at).is_some_and(|before| before.ends_with("# ") || before.ends_with("@ "));
        let rest = text.get(start..).filter(|_| is_link && start >= covered)?;
        let end =
            rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '\\' | '*')).unwrap_or(rest.len());
        covered = start + end;
        let address = rest.get(..end)?;
        match address.strip_prefix("data:") {
            Some(data) if data.len() <= left => {
                left -= data.len();
                decode_data(data).map(Link::Inline)
            }
            Some(_) => None,
            None => (!address.is_empty() && !address.contains(':')).then_some(Link::Beside(address)),
        }
    })
}

/// What stands behind `data:`: `application/json;charset=utf-8;base64,…`.
fn decode_data(data: &str) -> Option<Cow<'_, [u8]>> {
    let (head, body) = data.split_once(',')?;
    if head.ends_with(";base64") {
        return base64::decode(body.as_bytes()).map(Cow::Owned);
    }
    Some(decode_percent(body))
}

fn decode_percent(text: &str) -> Cow<'_, [u8]> {
    if !text.contains('%') {
        return Cow::Borrowed(text.as_bytes());
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let decoded = match (first, tail) {
            (b'%', [high, low, ..]) => digit(*high).zip(digit(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    Cow::Owned(bytes)
}

/// Adds the packages that a map's sources lie in, with the versions that their paths and contents state.
///
/// # Errors
/// When the map cannot be read to its end; what was read by then is added.
pub(super) fn add(map: &[u8], traces: &mut Traces) -> Result<Coverage, serde_json::Error> {
    let map = map.strip_prefix(b")]}'").unwrap_or(map);
    let mut reader = MapReader {
        traces,
        sources: Vec::new(),
        root: String::new(),
        coverage: Coverage::default(),
        has_early_content: false,
        depth: 0,
    };
    read(map, &mut reader)?;
    if reader.has_early_content {
        // The contents stood in front of the names: once more, now that these are known.
        reader.has_early_content = false;
        read(map, &mut reader)?;
    }
    Ok(reader.coverage)
}

/// What a map turned out to tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Coverage {
    pub(super) sources: usize,
    /// Whether it lists sources without a name, sources of packages that their paths do not name, or more than are read.
    pub(super) has_nameless: bool,
    pub(super) has_mappings: bool,
}

fn read(map: &[u8], reader: &mut MapReader<'_>) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(map);
    reader.deserialize(&mut deserializer)?;
    deserializer.end()
}

struct MapReader<'t> {
    traces: &'t mut Traces,
    sources: Vec<Option<String>>,
    root: String,
    coverage: Coverage,
    has_early_content: bool,
    depth: u8,
}

/// Index maps do not nest.
const MAX_SECTION_LEVELS: u8 = 2;

impl<'de> DeserializeSeed<'de> for &mut MapReader<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut MapReader<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a source map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
            match key.as_deref() {
                Some("sourceRoot") => self.root = map.next_value::<Text<'de>>()?.0.unwrap_or_default().into_owned(),
                Some("sources") => map.next_value_seed(Sources(self))?,
                Some("sourcesContent") if self.sources.is_empty() => {
                    map.next_value::<IgnoredAny>()?;
                    self.has_early_content = true;
                }
                Some("sourcesContent") => map.next_value_seed(Contents(self))?,
                Some("mappings") => {
                    self.coverage.has_mappings |= map.next_value::<Text<'de>>()?.0.is_some_and(|text| !text.is_empty());
                }
                Some("sections") if self.depth < MAX_SECTION_LEVELS => {
                    self.depth += 1;
                    map.next_value_seed(Sections(self))?;
                    self.depth -= 1;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

struct Sections<'r, 't>(&'r mut MapReader<'t>);

impl<'de> DeserializeSeed<'de> for Sections<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Sections<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sections of an index map")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        // A section is `{offset, map}`: read as a map whose member `map` is one in turn.
        while seq.next_element_seed(Section(self.0))?.is_some() {}
        Ok(())
    }
}

struct Section<'r, 't>(&'r mut MapReader<'t>);

impl<'de> DeserializeSeed<'de> for Section<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Section<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a section of an index map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
            if key.as_deref() == Some("map") {
                self.0.sources.clear();
                self.0.root.clear();
                map.next_value_seed(&mut *self.0)?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Sources<'r, 't>(&'r mut MapReader<'t>);

impl<'de> DeserializeSeed<'de> for Sources<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Sources<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sources of a map")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let reader = self.0;
        reader.sources.clear();
        while let Some(Text(source)) = seq.next_element::<Text<'de>>()? {
            reader.coverage.sources += 1;
            let source = source.filter(|source| !source.is_empty());
            if source.is_none() || reader.sources.len() >= MAX_SOURCES {
                reader.coverage.has_nameless = true;
                reader.sources.push(None);
                continue;
            }
            let source = source.map(|source| reader.absolute(&source));
            let source = source.filter(|source| source.contains(package_path::FOLDER));
            match source.as_deref().map(package_path::read) {
                Some(Some(path)) => reader.traces.add_module(&path),
                Some(None) => reader.coverage.has_nameless = true,
                None => {}
            }
            reader.sources.push(source);
        }
        Ok(())
    }
}

impl MapReader<'_> {
    /// The source below the map's root, with `/` between folders.
    fn absolute(&self, source: &str) -> String {
        let path = source.replace('\\', "/");
        match self.root.trim_end_matches('/') {
            "" => path,
            root => format!("{root}/{path}"),
        }
    }
}

struct Contents<'r, 't>(&'r mut MapReader<'t>);

impl<'de> DeserializeSeed<'de> for Contents<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Contents<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the contents of a map's sources")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let MapReader { traces, sources, .. } = self.0;
        let mut sources = sources.iter();
        loop {
            let path = sources.next().and_then(Option::as_deref).and_then(package_path::read);
            let is_there = match path {
                Some(path) => match seq.next_element::<Text<'de>>()? {
                    Some(Text(content)) => {
                        if let Some(content) = content {
                            add_content(&path, &content, traces);
                        }
                        true
                    }
                    None => false,
                },
                None => seq.next_element::<IgnoredAny>()?.is_some(),
            };
            if !is_there {
                return Ok(());
            }
        }
    }
}

/// Adds the version that a module's own text states.
fn add_content(path: &package_path::PackagePath<'_>, content: &str, traces: &mut Traces) {
    if path.file == "package.json" {
        if let Some(version) = embedded::version_in_json(content) {
            traces.add_version_of(path, &version);
        }
        return;
    }
    for hit in libraries::hits(content) {
        match hit.version {
            Some(version) if hit.package == path.name => traces.add_version_of(path, version),
            _ => {}
        }
    }
    legal::add_head(path, content, traces);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(map: &str) -> (Vec<String>, Option<Coverage>) {
        let mut traces = Traces::default();
        let coverage = add(map.as_bytes(), &mut traces).ok();
        let show =
            |found: super::super::traces::Found| format!("{}@{}", found.package, found.version.unwrap_or_default());
        (traces.packages().into_iter().map(show).collect(), coverage)
    }

    #[test]
    fn reads_names_and_versions_of_sources() {
        let map = r#"{"version":3,"sources":["webpack://app/./node_modules/a/i.js","../node_modules/a/package.json","src/x.js","node_modules/axios/i.js",null],
            "sourcesContent":["x","{\"name\":\"a\",\"version\":\"1.2.3\"}","y","/*! Axios v2.0.0 */",null],"mappings":"AAAA"}"#;
        let coverage = Coverage { sources: 5, has_nameless: true, has_mappings: true };
        assert_eq!(packages(map), (vec!["a@1.2.3".to_owned(), "axios@2.0.0".to_owned()], Some(coverage)));
    }

    #[test]
    fn reads_contents_in_front_of_names_and_index_maps() {
        let early =
            r#"{"sourcesContent":["{\"version\":\"1.2.3\"}"],"sources":["node_modules/a/package.json"],"mappings":""}"#;
        assert_eq!(packages(early).0, ["a@1.2.3"]);
        let indexed = r#"{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":{"sourceRoot":"/p/node_modules","sources":["a/i.js"],"mappings":"AA"}},
            {"offset":{"line":9,"column":0},"map":{"sources":["node_modules/.pnpm/b@2.0.0/node_modules/b/i.js"],"mappings":"AA"}}]}"#;
        assert_eq!(packages(indexed).0, ["a@", "b@2.0.0"]);
    }

    #[test]
    fn takes_the_version_of_a_copy_for_no_version_of_the_package() {
        let map = r#"{"sources":["node_modules/lodash/lodash.js","node_modules/lodash3/index.js","node_modules/lodash.keys/index.js"],
            "sourcesContent":["/** @license Lodash */","/**\n * @license\n * lodash 3.10.1 <x>\n */","/*!\n * lodash 3.1.2 <x>\n * Build: `lodash modern modularize -o ./`\n */"],"mappings":"AA"}"#;
        assert_eq!(packages(map).0, ["lodash@", "lodash@3.10.1", "lodash.keys@", "lodash3@"]);
    }

    #[test]
    fn takes_the_workspace_of_a_package_for_no_package() {
        let map = r#"{"sources":["../node_modules/@s/src/x.ts","../node_modules/@s/a/y.js"],"mappings":"AA"}"#;
        let coverage = Coverage { sources: 2, has_nameless: true, has_mappings: true };
        assert_eq!(packages(map), (vec!["@s/a@".to_owned()], Some(coverage)));
    }

    #[test]
    fn keeps_what_it_read_of_a_broken_map() {
        assert_eq!(packages(r#"{"sources":["node_modules/a/i.js"],"sourcesContent":["#), (vec!["a@".to_owned()], None));
        assert_eq!(packages("not a map"), (vec![], None));
    }

    #[test]
    fn finds_links_of_every_form() {
        let base64 = "x\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,eyJhIjoxfQ==\n";
        let percent = "//@ sourceMappingURL=data:application/json,%7B%22a%22%3A1%7D";
        let evaluated = "eval(\"x//# sourceMappingURL=data:application/json;base64,eyJhIjoxfQ\\n\")";
        for text in [base64, percent, evaluated] {
            assert_eq!(links(text).collect::<Vec<_>>(), [Link::Inline(b"{\"a\":1}".as_slice().into())], "{text}");
        }
        assert_eq!(links("x\n//# sourceMappingURL=index.js.map").collect::<Vec<_>>(), [Link::Beside("index.js.map")]);
        for text in [
            "//# sourceMappingURL=https://host.example/x.map",
            "f(\"sourceMappingURL=\" + x)",
            "//# sourceMappingURL=data:x;base64,$$$",
        ] {
            assert_eq!(links(text).count(), 0, "{text}");
        }
    }
}
