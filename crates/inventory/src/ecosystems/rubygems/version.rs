//! The order of gem versions.
//!
//! **Source**: RubyGems' documentation of `Gem::Version`. **Supported**: all that RubyGems accepts: numbers and words,
//! where a word makes a pre-release; a hyphen reads as `.pre.`; zeros at the end of the numbers, and of the pre-release, do not
//! count. A platform behind the version (`1.0-java`) cannot be told from a pre-release and reads as one, as RubyGems does.

use crate::key::{KeyWriter, read_small_number};
use crate::{Cut, Unparsable, VersionKey};

/// What may come next in a version, in order. Versions go on with zeros for ever, so what follows a run of zeros decides
/// whether the version lies below or above one that ends there.
const WORD: u8 = 0x10;
const ZEROS_THEN_WORD: u8 = 0x11;
const END: u8 = 0x20;
const ZEROS_THEN_NUMBER: u8 = 0x21;
const NUMBER: u8 = 0x30;

pub(crate) fn key(text: &str) -> Result<VersionKey, Unparsable> {
    Gem::parse(text).map(|gem| gem.key()).ok_or_else(|| Unparsable::new(text, "a gem version"))
}

/// A version in segments.
pub(super) struct Gem<'a> {
    /// Those that count.
    segments: Vec<Segment<'a>>,
    /// The numbers before the first word, as written.
    release: Vec<&'a str>,
}

impl<'a> Gem<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let all = all_segments(text)?;
        let release = all
            .iter()
            .map_while(|segment| match segment {
                Segment::Number(digits) => Some(*digits),
                Segment::Word(_) => None,
            })
            .collect();
        Some(Self { segments: counted(all), release })
    }

    pub(super) fn key(&self) -> VersionKey {
        segments_key(&self.segments)
    }

    pub(super) fn is_prerelease(&self) -> bool {
        self.segments.iter().any(|segment| matches!(segment, Segment::Word(_)))
    }

    /// The place below every version, pre-releases too, of the release that `~>` ends at: the last number of several is
    /// dropped and the one before it counted up.
    pub(super) fn below_bumped(&self) -> Option<Cut> {
        let kept = self.release.get(..self.release.len().saturating_sub(1).max(1))?;
        let (last, head) = kept.split_last()?;
        let next = last.parse::<u64>().ok()?.checked_add(1)?.to_string();
        let segments: Vec<_> = head.iter().copied().chain([next.as_str()]).map(Segment::Number).collect();
        let mut key = KeyWriter::default();
        write_segments(&mut key, &segments);
        Some(Cut::before(key.finish()))
    }
}

/// The place of the first release at or above `cut`.
pub(super) fn first_release(cut: &Cut) -> Cut {
    let Cut::At(key, _) = cut else { return cut.clone() };
    let bytes = key.as_bytes();
    let mut rest = bytes;
    loop {
        let here = bytes.get(..bytes.len() - rest.len()).unwrap_or(bytes);
        let release = || Cut::before(VersionKey::from_bytes([here, &[END]].concat()));
        let after = match rest.split_first() {
            // A word makes a pre-release of what stands before it.
            None | Some((&(WORD | ZEROS_THEN_WORD), _)) => return release(),
            Some((&(NUMBER | ZEROS_THEN_NUMBER), after)) => after,
            _ => return cut.clone(),
        };
        match read_small_number(after) {
            Some((_, after)) => rest = after,
            None => return cut.clone(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Segment<'a> {
    /// Digits.
    Number(&'a str),
    Word(&'a str),
}

impl Segment<'_> {
    fn is_zero(self) -> bool {
        matches!(self, Self::Number(digits) if digits.bytes().all(|digit| digit == b'0'))
    }
}

/// `None` when RubyGems refuses the text.
fn all_segments(text: &str) -> Option<Vec<Segment<'_>>> {
    let text = text.trim();
    let is_valid = text.starts_with(|c: char| c.is_ascii_digit())
        && text.split(['.', '-']).all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if !is_valid {
        return None;
    }
    let mut segments = Vec::new();
    for (at, part) in text.split('-').enumerate() {
        if at > 0 {
            segments.push(Segment::Word("pre"));
        }
        part.split('.').for_each(|part| push_segments(part, &mut segments));
    }
    Some(segments)
}

/// Without zeros at the end of the numbers and of the pre-release.
fn counted(mut segments: Vec<Segment<'_>>) -> Vec<Segment<'_>> {
    let first_word = segments.iter().position(|segment| matches!(segment, Segment::Word(_))).unwrap_or(segments.len());
    let prerelease = segments.split_off(first_word);
    [without_zeros(segments), without_zeros(prerelease)].concat()
}

/// `10a2` is three segments.
fn push_segments<'a>(part: &'a str, segments: &mut Vec<Segment<'a>>) {
    let mut rest = part;
    while let Some(first) = rest.chars().next() {
        let is_number = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != is_number).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        segments.push(if is_number { Segment::Number(run) } else { Segment::Word(run) });
        rest = after;
    }
}

fn without_zeros(mut segments: Vec<Segment<'_>>) -> Vec<Segment<'_>> {
    while segments.last().is_some_and(|segment| segment.is_zero()) {
        segments.pop();
    }
    segments
}

fn segments_key(segments: &[Segment<'_>]) -> VersionKey {
    let mut key = KeyWriter::default();
    write_segments(&mut key, segments);
    key.byte(END).finish()
}

fn write_segments(key: &mut KeyWriter, segments: &[Segment<'_>]) {
    let mut zeros: u64 = 0;
    for segment in segments {
        match segment {
            segment if segment.is_zero() => {
                zeros += 1;
                continue;
            }
            Segment::Word(word) => {
                if zeros > 0 {
                    key.byte(ZEROS_THEN_WORD).small_number(zeros);
                }
                key.byte(WORD).text(word);
            }
            Segment::Number(digits) => {
                if zeros > 0 {
                    // The longer the run, the nearer to the version that ends here.
                    key.byte(ZEROS_THEN_NUMBER).small_number(u64::from(u32::MAX) - zeros);
                }
                key.byte(NUMBER).number(digits);
            }
        }
        zeros = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_versions_as_rubygems_does() {
        let ascending = [
            "0",
            "0.0.1",
            "0.1",
            "1.0.a",
            "1.0.a.2",
            "1.0.a10",
            "1.0.b",
            "1.0.0-java",
            "1.0.pre1",
            "1.0.rc",
            "1.0",
            "1.0.0.0.1",
            "1.0.0.1.a",
            "1.0.0.1",
            "1.0.1.rc1",
            "1.0.1",
            "1.2.b1",
            "1.2",
            "1.10",
            "1.10.0.1",
            "2",
        ];
        for pair in ascending.windows(2) {
            assert!(key(pair[0]).unwrap() < key(pair[1]).unwrap(), "{pair:?}");
        }
        for (left, right) in
            [("1", "1.0"), ("1.0.a", "1.a"), ("1.a", "1.a.0"), ("1-a", "1.pre.a"), ("1.a2", "1.a.2"), (" 1 ", "1")]
        {
            assert_eq!(key(left).unwrap(), key(right).unwrap(), "{left} {right}");
        }
        // A zero between words keeps its place.
        assert!(key("1.a.0.b").unwrap() < key("1.a").unwrap());
        assert!(key("1.a.0.b").unwrap() > key("1.a.b").unwrap());
        for text in ["", "a", "1..2", "1.", "1_2", "x1"] {
            assert!(key(text).is_err(), "{text}");
        }
    }
}
