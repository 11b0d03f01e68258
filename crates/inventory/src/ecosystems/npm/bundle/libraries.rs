//! The libraries most found in functions, known by texts of their own that survive minifying and renaming.
//!
//! **Source**: `data/libraries.tsv`, whose head names the published packages that its rows were seen in. A version's place is in
//! the table only when it held the right version in each of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use model::table::SortedLines;

use crate::ecosystems::npm::package_path::{MAX_VERSION_BYTES, is_version};

static TABLE: &str = include_str!("../data/libraries.tsv");

/// A library's text found in code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hit<'a> {
    pub(super) package: &'static str,
    pub(super) text: &'static str,
    pub(super) version: Option<&'a str>,
    pub(super) at: usize,
}

/// What the texts of one library have to weigh together before it is named: a single one may be quoted, or be older than its
/// library.
const MIN_WEIGHT: usize = 4;
const WEIGHT_OF_PROSE: usize = 2;
const MIN_PROSE_WORDS: usize = 3;

/// Names of errors and options are written by those who use a library too, its messages are not.
fn weight(text: &str) -> usize {
    if text.split_ascii_whitespace().count() >= MIN_PROSE_WORDS { WEIGHT_OF_PROSE } else { 1 }
}

/// The libraries of which enough different texts are among `hits`.
pub(super) fn told<'h>(hits: impl Iterator<Item = &'h Hit<'h>>) -> BTreeSet<&'static str> {
    let mut texts: BTreeMap<&'static str, BTreeSet<&'static str>> = BTreeMap::new();
    for hit in hits {
        texts.entry(hit.package).or_default().insert(hit.text);
    }
    let is_enough = |texts: &BTreeSet<&str>| texts.iter().map(|text| weight(text)).sum::<usize>() >= MIN_WEIGHT;
    texts.into_iter().filter(|(_, texts)| is_enough(texts)).map(|(package, _)| package).collect()
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

#[derive(Debug, Clone, Copy)]
struct Known {
    text: &'static str,
    package: &'static str,
    place: Place,
}

/// First bytes of a text: what it is looked up by. Every text of the table is longer.
type Lead = [u8; 4];

/// The rows by their first bytes, with a filter in front: most literals of a bundle are of nobody here, and a search
/// automaton over all texts took longer to build than to read a small function.
struct Index {
    rows: Vec<(Lead, Known)>,
    filter: Vec<bool>,
}

const FILTER_BITS: u32 = 16;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { rows: Vec::new(), filter: vec![false; 1 << FILTER_BITS] };
    for (text, rest) in SortedLines::new(TABLE).iter() {
        let (Some((package, place)), Some(lead)) = (rest.split_once('\t'), text.as_bytes().first_chunk()) else {
            continue;
        };
        let place = match place {
            "0" => Place::Nowhere,
            "=" => Place::Inside,
            number => Place::Literal(number.parse().unwrap_or_default()),
        };
        index.rows.push((*lead, Known { text, package, place }));
        if let Some(mark) = index.filter.get_mut(slot(*lead)) {
            *mark = true;
        }
    }
    // INVARIANT: sorted by lead, as the table is sorted by text.
    index
});

/// Multiplicative hashing (Fibonacci).
fn slot(lead: Lead) -> usize {
    (u32::from_le_bytes(lead).wrapping_mul(0x9E37_79B1) >> (u32::BITS - FILTER_BITS)) as usize
}

impl Index {
    /// The rows whose text stands at the start of `code`.
    fn at(&self, code: &[u8]) -> impl Iterator<Item = Known> {
        let lead = code.first_chunk::<4>().copied().filter(|lead| self.filter.get(slot(*lead)) == Some(&true));
        let from = lead.map_or(self.rows.len(), |lead| self.rows.partition_point(|(other, _)| *other < lead));
        let rows = self.rows.get(from..).unwrap_or_default().iter();
        rows.take_while(move |(other, _)| Some(*other) == lead)
            .filter(move |(_, known)| code.starts_with(known.text.as_bytes()))
            .map(|(_, known)| *known)
    }
}

/// Every library text in `code` that stands as a literal of its own (or, where the version follows in it, begins one), in
/// the order of `code`. Cost: two passes.
pub(super) fn hits(code: &str) -> Vec<Hit<'_>> {
    let bytes = code.as_bytes();
    let quotes = memchr::memchr3_iter(b'"', b'\'', b'`', bytes);
    let mut hits: Vec<Hit<'_>> = quotes
        .chain(memchr::memchr_iter(b'}', bytes))
        .flat_map(|at| INDEX.at(bytes.get(at + 1..).unwrap_or_default()).map(move |known| (at + 1, known)))
        .filter_map(|(at, known)| known.hit(code, at))
        .collect();
    hits.sort_by_key(|hit| hit.at);
    hits
}

impl Known {
    fn hit(self, code: &str, at: usize) -> Option<Hit<'_>> {
        let literal = Literal { start: at, end: at + self.text.len() };
        let version = match self.place {
            Place::Inside => Some(version_inside(code, literal.end)?),
            _ if !literal.ends(code) => return None,
            Place::Nowhere => None,
            Place::Literal(steps) => {
                literal.step(code, steps).and_then(|other| other.text(code)).filter(|text| is_version(text))
            }
        };
        Some(Hit { package: self.package, text: self.text, version, at })
    }
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
const MAX_STEP_BYTES: usize = 128;

impl Literal {
    /// Whether a quote or a template's insertion follows.
    fn ends(self, code: &str) -> bool {
        match code.as_bytes().get(self.end..).unwrap_or_default() {
            [b'$', b'{', ..] => true,
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
    fn names_a_library_by_two_messages_or_more_names() {
        let hit = |text: &'static str| Hit { package: "a", text, version: None, at: 0 };
        let cases: [(&[&'static str], bool); 5] = [
            (&["no such thing here"], false),
            (&["no such thing here", "no such thing here"], false),
            (&["no such thing here", "two things at once"], true),
            (&["ERR_A_THING", "ERR_A_SECOND", "ERR_A_THIRD"], false),
            (&["ERR_A_THING", "ERR_A_SECOND", "no such thing here"], true),
        ];
        for (texts, expected) in cases {
            let hits: Vec<Hit<'_>> = texts.iter().map(|text| hit(text)).collect();
            assert_eq!(told(hits.iter()).contains("a"), expected, "{texts:?}");
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
