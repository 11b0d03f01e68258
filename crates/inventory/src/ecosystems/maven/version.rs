//! The order of Maven versions.
//!
//! **Source**: what Maven 3.9 does (`ComparableVersion` of `maven-artifact` 3.9.9), which its POM reference describes in part.
//! **Supported**: any text without spaces: numbers and qualifiers, separated by `.`, `-` or a change between digits and letters,
//! `_` being a letter; a hyphen or such a change begins a part that ranks below numbers; values that mean nothing (`0`, `final`,
//! `ga`, `release`) do not count at the end and before a part. **Unsupported** (→ `Unparsable`): an empty text, spaces,
//! properties that nobody has filled in (`${version}`).
//!
//! Maven's comparison goes in circles where something worth nothing stands before a pre-release in the middle
//! (`1.0.alpha.2` is below `1`, `1` below `1-1`, and that below `1.0.alpha.2`). No order has that: there a pre-release stays
//! below its release, and what remains follows from it.

use crate::key::KeyWriter;
use crate::{Unparsable, VersionKey};

/// What may come next in a version, in order. What makes a version less than one that ends here stands before the end.
const FIRST_QUALIFIER: u8 = 0x10;
const LOWERING_NOTHING: u8 = 0x16;
const LOWERING_PART: u8 = 0x17;
const LOWERING_ZERO: u8 = 0x18;
const END: u8 = 0x20;
const RAISING_NOTHING: u8 = 0x21;
const SERVICE_PACK: u8 = 0x30;
const OTHER_QUALIFIER: u8 = 0x31;
const RAISING_PART: u8 = 0x40;
const NUMBER: u8 = 0x50;

/// Qualifiers below a release, in order.
const QUALIFIERS: &[&str] = &["alpha", "beta", "milestone", "rc", "snapshot"];

pub(crate) fn key(text: &str) -> Result<VersionKey, Unparsable> {
    let lower = text.trim().to_lowercase();
    if lower.is_empty()
        || lower.contains(|c: char| c.is_whitespace() || matches!(c, '$' | '{' | '}' | ',' | '[' | ']' | '(' | ')'))
    {
        return Err(Unparsable::new(text, "a Maven version"));
    }
    let items = items(&lower);
    // For each item whether it and what follows make a version more than one that ends before it.
    let mut raises = vec![false; items.len()];
    let mut is_raised = false;
    for (item, raises) in items.iter().zip(&mut raises).rev() {
        is_raised = item.effect().unwrap_or(is_raised);
        *raises = is_raised;
    }
    let mut key = KeyWriter::default();
    for (item, raises) in items.iter().zip(raises) {
        item.write(raises, &mut key);
    }
    Ok(key.byte(END).finish())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item<'a> {
    Number(&'a str),
    /// Empty for one that means nothing.
    Qualifier(&'a str),
    /// Everything behind is a part of its own.
    Part,
}

impl<'a> Item<'a> {
    fn number(digits: &'a str) -> Self {
        Self::Number(digits.trim_start_matches('0'))
    }

    fn qualifier(word: &'a str, is_before_digit: bool) -> Self {
        Self::Qualifier(match word {
            "a" if is_before_digit => "alpha",
            "b" if is_before_digit => "beta",
            "m" if is_before_digit => "milestone",
            "cr" => "rc",
            "final" | "ga" | "release" => "",
            word => word,
        })
    }

    fn is_null(self) -> bool {
        matches!(self, Self::Number("") | Self::Qualifier(""))
    }

    /// Whether it alone makes a version more (or less) than one that ends before it; `None` when that is left to what follows.
    fn effect(self) -> Option<bool> {
        match self {
            Self::Number("") | Self::Qualifier("") | Self::Part => None,
            Self::Number(_) => Some(true),
            Self::Qualifier(word) => Some(!QUALIFIERS.contains(&word)),
        }
    }

    fn write(self, raises: bool, key: &mut KeyWriter) {
        match self {
            Self::Number("") if !raises => key.byte(LOWERING_ZERO),
            Self::Number(digits) => key.byte(NUMBER).number(digits),
            Self::Qualifier("") => key.byte(if raises { RAISING_NOTHING } else { LOWERING_NOTHING }),
            Self::Qualifier("sp") => key.byte(SERVICE_PACK),
            Self::Qualifier(word) => match (FIRST_QUALIFIER..).zip(QUALIFIERS).find(|(_, known)| **known == word) {
                Some((rank, _)) => key.byte(rank),
                None => key.byte(OTHER_QUALIFIER).text(word),
            },
            Self::Part => key.byte(if raises { RAISING_PART } else { LOWERING_PART }),
        };
    }
}

/// What counts of the version, in order.
fn items(text: &str) -> Vec<Item<'_>> {
    let mut parts = parts(text);
    let mut kept: Vec<Item<'_>> = Vec::new();
    // From the innermost part outwards: each loses what means nothing at its end, and is left out when nothing is left.
    while let Some(mut part) = parts.pop() {
        while part.pop_if(|item| item.is_null()).is_some() {}
        if !kept.is_empty() {
            kept.push(Item::Part);
        }
        kept.extend(part.into_iter().rev());
    }
    kept.reverse();
    kept
}

/// The items of each part; each part is the last thing in the one before.
fn parts(text: &str) -> Vec<Vec<Item<'_>>> {
    let mut parts = Parts(Vec::new(), Vec::new());
    let mut rest = text;
    while !rest.is_empty() {
        let is_digit = |c: char| c.is_ascii_digit();
        let is_number = rest.starts_with(is_digit);
        let end = rest.find(|c: char| matches!(c, '.' | '-') || is_digit(c) != is_number).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        let separator = after.chars().next().filter(|c| matches!(c, '.' | '-'));
        let item = match run {
            // Nothing between two separators is a zero.
            "" => Item::number(""),
            digits if is_number => Item::number(digits),
            word => Item::qualifier(word, after.starts_with(is_digit)),
        };
        // A word before digits or at the end begins a part, whatever stands before it.
        if !is_number && !run.is_empty() && separator.is_none() && !parts.1.is_empty() {
            parts.begin();
        }
        parts.1.push(item);
        if separator != Some('.') && !after.is_empty() {
            parts.begin();
        }
        rest = after.get(usize::from(separator.is_some())..).unwrap_or_default();
    }
    parts.begin();
    parts.0
}

/// The parts that are complete, and the one that is being filled.
struct Parts<'a>(Vec<Vec<Item<'a>>>, Vec<Item<'a>>);

impl Parts<'_> {
    fn begin(&mut self) {
        self.0.push(std::mem::take(&mut self.1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_versions_as_maven_does() {
        let ascending = [
            "1-alpha2snapshot",
            "1-alpha2",
            "1-alpha-123",
            "1-beta-2",
            "1-beta123",
            "1-m2",
            "1-m11",
            "1-rc",
            "1-cr2",
            "1-rc123",
            "1-SNAPSHOT",
            "1",
            "1-sp",
            "1-sp2",
            "1-sp123",
            "1-abc",
            "1-def",
            "1-pom-1",
            "1-1-snapshot",
            "1-1",
            "1-2",
            "1-123",
            "1.0.1",
            "1.1",
            "1.10",
            "2",
        ];
        for pair in ascending.windows(2) {
            assert!(key(pair[0]).unwrap() < key(pair[1]).unwrap(), "{pair:?}");
        }
    }

    /// Each pair as Maven 3.9.9 has it.
    #[test]
    fn orders_odd_separators_as_maven_does() {
        let below = [
            ("1-ga-1", "1-1"),
            ("1_1", "1.1"),
            ("1_1", "1-1"),
            ("1.0-1", "1.0.1"),
            ("1.alpha.2", "1-alpha-2"),
            ("1-.1", "1.1"),
            ("1.1-.1", "1.1.1"),
            ("1.0.alpha.2", "1"),
            ("1.beta1", "1.sp"),
            ("1.x", "1.1"),
            ("1-a1", "1-a-1"),
        ];
        for (left, right) in below {
            assert!(key(left).unwrap() < key(right).unwrap(), "{left} {right}");
        }
    }

    #[test]
    fn leaves_out_what_means_nothing() {
        let equal = [
            ("1", "1.0"),
            ("1", "1.0.0"),
            ("1.0", "1-0"),
            ("1", "1-final"),
            ("1.0.0.RELEASE", "1"),
            ("1-ga", "1"),
            ("1-x-1", "1x1"),
            ("1_1", "1-_1"),
            ("1.0.Final-redhat-1", "1-redhat-1"),
            ("1x", "1.0.0-x"),
            ("1.0x", "1-x"),
            ("1a1", "1-alpha-1"),
            ("1b2", "1-beta-2"),
            ("1m3", "1-milestone-3"),
            ("1X", "1x"),
            ("1cr1", "1rc1"),
            ("0.0-1552", "0-1552"),
        ];
        for (left, right) in equal {
            assert_eq!(key(left).unwrap(), key(right).unwrap(), "{left} {right}");
        }
        for text in ["", " ", "${revision}", "[1,2)", "1 2"] {
            assert!(key(text).is_err(), "{text}");
        }
    }
}
