//! The order of Alpine versions.
//!
//! **Source**: apk-package(5), "Package metadata", and apk-tools' description of its comparison (after Gentoo's).
//! **Supported**: `1.2.3a_rc1_p2~0123abc-r4`: numbers, one letter, suffixes, a commit hash, a revision.
//! **Unsupported** (→ `Unparsable`): everything else.

use crate::key::KeyWriter;
use crate::{Unparsable, VersionKey};

/// What may come next in a version, in order: of two versions that are equal so far, the one that goes on with a
/// pre-release is older, the one that ends comes next, and the one that goes on with a number is the newest.
const PRERELEASE: u8 = 1;
const END: u8 = 2;
const REVISION: u8 = 3;
const COMMIT: u8 = 4;
const SUFFIX_NUMBER: u8 = 5;
const SUFFIX: u8 = 6;
const LETTER: u8 = 7;
const NUMBER: u8 = 8;

/// Suffixes in order; those before `cvs` make a pre-release.
const SUFFIXES: &[&str] = &["alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"];
const FIRST_AFTER_RELEASE: usize = 4;

pub(crate) fn key(text: &str) -> Result<VersionKey, Unparsable> {
    parse(text.trim()).ok_or_else(|| Unparsable::new(text, "an Alpine version"))
}

fn parse(text: &str) -> Option<VersionKey> {
    let mut key = KeyWriter::default();
    let (rest, revision) = match text.rsplit_once("-r") {
        Some((rest, revision)) => (rest, Some(revision).filter(|digits| is_number(digits))?),
        None => (text, ""),
    };
    let (rest, commit) = rest.split_once('~').unwrap_or((rest, ""));
    let (numbers, suffixes) =
        rest.split_once('_').map_or((rest, None), |(numbers, suffixes)| (numbers, Some(suffixes)));
    write_numbers(&mut key, numbers)?;
    for suffix in suffixes.into_iter().flat_map(|suffixes| suffixes.split('_')) {
        write_suffix(&mut key, suffix)?;
    }
    if !commit.is_empty() {
        key.byte(COMMIT).text(commit);
    }
    if !revision.is_empty() {
        key.byte(REVISION).number(revision);
    }
    Some(key.byte(END).finish())
}

fn write_numbers(key: &mut KeyWriter, text: &str) -> Option<()> {
    let letter = text.chars().last().filter(char::is_ascii_lowercase);
    let numbers = text.strip_suffix(|c: char| c.is_ascii_lowercase()).unwrap_or(text);
    for (at, digits) in numbers.split('.').enumerate() {
        match digits {
            digits if !is_number(digits) => return None,
            digits if at == 0 => key.number(digits),
            // Behind a dot leading zeros count, as in decimals: `1.01` is below `1.1`.
            digits if digits.starts_with('0') => key.byte(NUMBER).byte(1).text(digits),
            digits => key.byte(NUMBER).byte(2).number(digits),
        };
    }
    if let Some(letter) = letter {
        key.byte(LETTER).byte(u8::try_from(letter).ok()?);
    }
    Some(())
}

fn write_suffix(key: &mut KeyWriter, text: &str) -> Option<()> {
    let (word, number) = text.split_at(text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len()));
    let rank = SUFFIXES.iter().position(|suffix| *suffix == word)?;
    let place = if rank < FIRST_AFTER_RELEASE { PRERELEASE } else { SUFFIX };
    key.byte(place).byte(u8::try_from(rank).ok()?);
    match number {
        "" => {}
        number if is_number(number) => drop(key.byte(SUFFIX_NUMBER).number(number)),
        _ => return None,
    }
    Some(())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_versions_as_apk_does() {
        let ascending = [
            "0.1_alpha",
            "0.1_alpha1",
            "0.1_beta2",
            "0.1_pre2",
            "0.1_rc1",
            "0.1_rc1-r1",
            "0.1",
            "0.1-r0",
            "0.1-r3",
            "0.1-r10",
            "0.1_git20240101",
            "0.1_p1_pre2",
            "0.1_p1",
            "0.1_p1-r1",
            "0.1a",
            "0.1b-r1",
            "0.1.0",
            "0.1.01",
            "0.1.1",
            "0.1.10",
            "0.2",
            "1.01",
            "1.1",
            "1.10",
            "10",
        ];
        for pair in ascending.windows(2) {
            assert!(key(pair[0]).unwrap() < key(pair[1]).unwrap(), "{pair:?}");
        }
        for text in ["", "a", "1.", "1..2", "1.2ab", "1_foo", "1-rx", "1-1", "1.2.3-r", "1.a"] {
            assert!(key(text).is_err(), "{text}");
        }
    }
}
