//! Semantic versions, read leniently: the order that npm, crates.io, Go, Pub, Hex and Swift share.
//!
//! **Source**: Semantic Versioning 2.0.0 §11; node-semver's README on loose parsing.
//! **Supported**: SemVer; beyond it, because advisories and registries hold them: a pre-release without hyphen
//! (`1.2.3beta`), leading zeros, one, two or more than three numbers (`1.2` is `1.2.0`, `1.2.3.0` is `1.2.3`, `1.2.3.4` is
//! above it) and numbers of any size. Build metadata has no rank here. **Unsupported**: what does not begin with a number.

use crate::key::{KeyWriter, read_small_number};
use crate::{Cut, Side, Unparsable, VersionKey};

const NUMERIC_IDENTIFIER: u8 = 1;
const TEXT_IDENTIFIER: u8 = 2;
/// After the numbers of a release; above every pre-release identifier, below a fourth number.
const RELEASE: u8 = 0x80;
const FURTHER_NUMBER: u8 = 0x90;

/// A version in parts, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    pub(crate) numbers: Vec<&'a str>,
    /// Without the hyphen; empty for a release.
    pub(crate) prerelease: &'a str,
}

/// The key of `text`; `kind` is what it should have been (`an npm version`).
pub(crate) fn key(text: &str, kind: &'static str) -> Result<VersionKey, Unparsable> {
    parts(text).map(|parts| parts_key(&parts)).ok_or_else(|| Unparsable::new(text, kind))
}

pub(crate) fn parts(text: &str) -> Option<Parts<'_>> {
    let text = text.trim();
    let (text, _build) = text.split_once('+').unwrap_or((text, ""));
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    // `1.2.-beta` and `1.2.beta` are no versions: each dot stands between numbers.
    let numbers: Vec<_> = numbers.split('.').collect();
    let prerelease = rest.strip_prefix('-').unwrap_or(rest);
    let is_identifier = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let valid = numbers.iter().all(|number| !number.is_empty())
        && (rest.is_empty() || prerelease.split('.').all(is_identifier));
    valid.then_some(Parts { numbers, prerelease })
}

pub(crate) fn parts_key(parts: &Parts<'_>) -> VersionKey {
    let mut key = KeyWriter::default();
    for at in 0..3 {
        key.number(parts.numbers.get(at).copied().unwrap_or("0"));
    }
    let further = parts.numbers.get(3..).unwrap_or_default();
    let used = further.iter().rposition(|number| number.bytes().any(|digit| digit != b'0')).map_or(0, |last| last + 1);
    for number in further.iter().take(used) {
        key.byte(FURTHER_NUMBER).number(number);
    }
    if parts.prerelease.is_empty() {
        return key.byte(RELEASE).finish();
    }
    for identifier in parts.prerelease.split('.') {
        if identifier.bytes().all(|byte| byte.is_ascii_digit()) {
            key.byte(NUMERIC_IDENTIFIER).number(identifier);
        } else {
            key.byte(TEXT_IDENTIFIER).text(identifier);
        }
    }
    key.byte(0).finish()
}

/// The place below every pre-release of the triple.
pub(crate) fn lowest(triple: [u64; 3]) -> Cut {
    let mut key = KeyWriter::default();
    for number in triple {
        key.small_number(number);
    }
    Cut::before(key.finish())
}

/// The first three numbers, zeros where there are fewer; `None` when one does not fit.
pub(crate) fn triple(parts: &Parts<'_>) -> Option<[u64; 3]> {
    let mut triple = [0; 3];
    for (slot, number) in triple.iter_mut().zip(&parts.numbers) {
        *slot = number.parse().ok()?;
    }
    Some(triple)
}

/// The place of the first release at or above `cut`.
pub(crate) fn first_release(cut: &Cut) -> Cut {
    let Cut::At(key, side) = cut else { return cut.clone() };
    let Some((numbers, rest)) = read_numbers(key) else { return cut.clone() };
    let [major, minor, patch] = numbers;
    let release = |patch: u64| {
        KeyWriter::default().small_number(major).small_number(minor).small_number(patch).byte(RELEASE).finish()
    };
    match (rest.first(), side) {
        // A pre-release (or the stretch of a triple's pre-releases): its own release comes next.
        (Some(&NUMERIC_IDENTIFIER | &TEXT_IDENTIFIER) | None, _) => Cut::before(release(patch)),
        (Some(&RELEASE), Side::After) => {
            patch.checked_add(1).map_or_else(|| cut.clone(), |patch| Cut::before(release(patch)))
        }
        _ => cut.clone(),
    }
}

fn read_numbers(key: &VersionKey) -> Option<([u64; 3], &[u8])> {
    let (major, rest) = read_small_number(key.as_bytes())?;
    let (minor, rest) = read_small_number(rest)?;
    let (patch, rest) = read_small_number(rest)?;
    Some(([major, minor, patch], rest))
}
