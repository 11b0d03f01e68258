//! The order of Composer versions.
//!
//! **Source**: Composer's documentation, "Versions and constraints", and the rules of PHP's `version_compare`.
//! **Supported**: one to four numbers, dates (`2024-01-31`), stability words in every spelling (`dev`, `alpha`, `beta`, `RC`,
//! `patch`) with numbers, `-dev` behind them, `1.x-dev` branches. **Unsupported** (→ `Unparsable`): named branches
//! (`dev-main`), which have no place in the order.

use crate::key::{KeyWriter, read_small_number};
use crate::{Cut, Unparsable, VersionKey};

const STABLE: u8 = 4;
/// Spellings of stability words, each before its own prefixes, and their rank.
const WORDS: &[(&str, u8)] =
    &[("stable", STABLE), ("alpha", 1), ("beta", 2), ("patch", 5), ("rc", 3), ("pl", 5), ("a", 1), ("b", 2), ("p", 5)];
/// What Composer puts for the `x` of a branch.
const BRANCH_NUMBER: &str = "9999999";

/// Behind the fourth number: above every stability of the version that ends there.
const FURTHER_NUMBER: u8 = 0x90;

pub(crate) fn key(text: &str) -> Result<VersionKey, Unparsable> {
    let lower = text.to_ascii_lowercase();
    parts(&lower).and_then(|parts| parts.key()).ok_or_else(|| Unparsable::new(text, "a Composer version"))
}

/// A version in parts, as written in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) numbers: Vec<&'a str>,
    stability: &'a str,
}

impl Parts<'_> {
    /// `None` when what stands behind the numbers is no stability.
    pub(super) fn key(&self) -> Option<VersionKey> {
        let mut key = numbers_key(self.numbers.iter().copied());
        write_stability(&mut key, self.stability).map(|()| key.finish())
    }

    pub(super) fn has_stability(&self) -> bool {
        !self.stability.is_empty()
    }

    pub(super) fn is_prerelease(&self) -> bool {
        let word = self.stability.trim_start_matches(['.', '-', '_']);
        self.has_stability() && !["stable", "p"].iter().any(|stable| word.starts_with(stable))
    }
}

/// `text` is in lower case.
pub(super) fn parts(text: &str) -> Option<Parts<'_>> {
    let text = text.trim();
    let text = text.split_once(" as ").map_or(text, |(version, _)| version);
    let text = text.split_once('@').map_or(text, |(version, _)| version);
    let text = text.split_once('+').map_or(text, |(version, _)| version);
    let (numbers, stability) = take_numbers(text.trim().trim_start_matches('v'))?;
    Some(Parts { numbers, stability })
}

fn numbers_key<'a>(numbers: impl Iterator<Item = &'a str>) -> KeyWriter {
    let mut key = KeyWriter::default();
    let mut count = 0;
    for number in numbers {
        if count >= 4 {
            key.byte(FURTHER_NUMBER);
        }
        key.number(number);
        count += 1;
    }
    for _ in count..4 {
        key.number("0");
    }
    key
}

/// The place below every pre-release of the version with these numbers.
pub(super) fn below(numbers: &[u64]) -> Cut {
    let digits: Vec<_> = numbers.iter().map(u64::to_string).collect();
    Cut::before(numbers_key(digits.iter().map(String::as_str)).finish())
}

/// The place of the first release at or above `cut`.
pub(super) fn first_release(cut: &Cut) -> Cut {
    let Cut::At(key, _) = cut else { return cut.clone() };
    let mut rest = key.as_bytes();
    for _ in 0..4 {
        let Some((_, after)) = read_small_number(rest) else { return cut.clone() };
        rest = after;
    }
    let numbers = key.as_bytes().len() - rest.len();
    match (rest.first(), key.as_bytes().get(..numbers)) {
        (None | Some(0..STABLE), Some(numbers)) => Cut::before(VersionKey::from_bytes([numbers, &[STABLE]].concat())),
        _ => cut.clone(),
    }
}

/// The numbers at the start; behind a date hyphens and colons join them too. `x` and `*` stand for the end of a branch.
fn take_numbers(text: &str) -> Option<(Vec<&str>, &str)> {
    let mut numbers = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        if number.is_empty() {
            let after = rest.strip_prefix(['x', '*']).filter(|_| !numbers.is_empty())?;
            numbers.resize(4, BRANCH_NUMBER);
            return Some((numbers, after));
        }
        numbers.push(number);
        let is_date = numbers.first().is_some_and(|first| first.len() == 4)
            && numbers.iter().skip(1).all(|number| number.len() == 2);
        let separators: &[char] = if is_date { &['.', '-', ':'] } else { &['.'] };
        match after
            .strip_prefix(separators)
            .filter(|next| next.starts_with(|c: char| c.is_ascii_digit() || c == 'x' || c == '*'))
        {
            Some(next) => rest = next,
            None => return Some((numbers, after)),
        }
    }
}

/// `-beta.2`, `RC1`, `-p3-dev`, `-dev`. `None` for other text.
fn write_stability(key: &mut KeyWriter, text: &str) -> Option<()> {
    let text = text.strip_prefix(['.', '-', '_']).unwrap_or(text);
    if text == "dev" {
        key.byte(0).byte(1);
        return Some(());
    }
    let (rank, rest) = match WORDS.iter().find(|(word, _)| text.starts_with(word)) {
        Some((word, rank)) => (*rank, text.get(word.len()..)?),
        None => (STABLE, text),
    };
    key.byte(rank);
    let mut rest = rest;
    loop {
        let start = rest.strip_prefix(['.', '-']).unwrap_or(rest);
        let (number, after) = start.split_at(start.find(|c: char| !c.is_ascii_digit()).unwrap_or(start.len()));
        if number.is_empty() {
            break;
        }
        key.byte(2).number(number);
        rest = after;
    }
    match rest {
        "" => key.byte(1),
        ".dev" | "-dev" | "dev" => key.byte(0),
        _ => return None,
    };
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_versions_as_composer_does() {
        let ascending = [
            "0.9",
            "1.0.0-dev",
            "1.0.0-alpha",
            "1.0.0-alpha1",
            "1.0.0-alpha2",
            "1.0.0-alpha10",
            "1.0.0-beta2-dev",
            "1.0.0-beta2",
            "1.0-RC1",
            "1.0.0",
            "1.0.0-p1",
            "1.0.0-patch2",
            "1.0.1",
            "1.0.x-dev",
            "1.1",
            "1.x-dev",
            "2.0.0.1",
            "2.1",
            "2024-01-31",
            "2024.02.01",
        ];
        for pair in ascending.windows(2) {
            assert!(key(pair[0]).unwrap() < key(pair[1]).unwrap(), "{pair:?}");
        }
        let equal = [
            ("v1.0", "1.0.0.0"),
            ("1.0.0-BETA2", "1.0.0b2"),
            ("1.0-beta.2", "1.0.0-beta2"),
            ("1.0RC1", "1.0.0-rc.1"),
            ("1.0-pl3", "1.0.0p3"),
            ("1.0@dev", "1.0"),
            ("1.0+build", "1.0"),
            ("1.0-stable", "1.0"),
            ("6.0.0-RC-6", "6.0.0-RC6"),
        ];
        for (left, right) in equal {
            assert_eq!(key(left).unwrap(), key(right).unwrap(), "{left} {right}");
        }
        for text in ["", "dev-main", "dev-master", "main", "1.0-foo", "x", "*"] {
            assert!(key(text).is_err(), "{text}");
        }
    }
}
