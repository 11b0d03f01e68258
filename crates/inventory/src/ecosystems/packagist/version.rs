//! The order of Composer versions.
//!
//! **Source**: Composer's documentation, "Versions and constraints", and the rules of PHP's `version_compare`.
//! **Supported**: one to four numbers, dates (`2024-01-31`), stability words in every spelling (`dev`, `alpha`, `beta`, `RC`,
//! `patch`) with numbers, `-dev` behind them, `1.x-dev` branches. **Unsupported** (→ `Unparsable`): named branches
//! (`dev-main`), which have no place in the order.

use crate::key::KeyWriter;
use crate::{Unparsable, VersionKey};

const STABLE: u8 = 4;
/// Spellings of stability words, each before its own prefixes, and their rank.
const WORDS: &[(&str, u8)] =
    &[("stable", STABLE), ("alpha", 1), ("beta", 2), ("patch", 5), ("rc", 3), ("pl", 5), ("a", 1), ("b", 2), ("p", 5)];
/// What Composer puts for the `x` of a branch.
const BRANCH_NUMBER: &str = "9999999";

pub(crate) fn key(text: &str) -> Result<VersionKey, Unparsable> {
    parse(text).ok_or_else(|| Unparsable::new(text, "a Composer version"))
}

fn parse(text: &str) -> Option<VersionKey> {
    let text = text.trim().to_ascii_lowercase();
    let text = text.split_once(" as ").map_or(text.as_str(), |(version, _)| version);
    let text = text.split_once('@').map_or(text, |(version, _)| version);
    let text = text.split_once('+').map_or(text, |(version, _)| version);
    let text = text.trim().trim_start_matches('v');
    let (numbers, rest) = take_numbers(text)?;
    let mut key = KeyWriter::default();
    for at in 0..numbers.len().max(4) {
        key.number(numbers.get(at).copied().unwrap_or("0"));
    }
    write_stability(&mut key, rest).map(|()| key.finish())
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
