//! Requirements of Maven and Gradle.
//!
//! **Source**: Maven's "Dependency Version Requirement Specification"; Gradle's "Declaring Versions and Ranges".
//! **Supported**: Maven's sets of ranges (`[1.0,2.0)`, `(,1.0],[1.2,)`), Gradle's outward brackets (`[1.0, 2.0[`, `]1,2]`),
//! prefixes (`1.+`, `+`), `latest.release`, `latest.integration`, `LATEST` and `RELEASE`, strict versions with a preference
//! (`[1,2[!!1.5`, `1.5!!`). A plain version is what both install unless something else in the project asks for more, so it
//! admits itself alone. **Unsupported** (→ `Unparsable`): properties that nobody has filled in.

use crate::ecosystems::maven::version;
use crate::key::KeyWriter;
use crate::{AdmittedVersions, Cut, Span, Unparsable, VersionKey, VersionSet};

const KIND: &str = "a Maven or Gradle version requirement";
/// Ranges in one set; written ones have two or three.
const MAX_RANGES: usize = 1_024;

pub(crate) fn parse(text: &str) -> Result<AdmittedVersions, Unparsable> {
    let unparsable = || Unparsable::new(text, KIND);
    let mut any = VersionSet::empty();
    for alternative in text.split("||").take(MAX_RANGES) {
        any = any.union(&one(alternative.trim()).ok_or_else(unparsable)?);
    }
    Ok(AdmittedVersions::new(any, VersionSet::empty(), Cut::clone))
}

fn one(text: &str) -> Option<VersionSet> {
    // Behind `!!` stands what Gradle takes of it unless told otherwise.
    let text = text.split_once("!!").map_or(text, |(strict, _)| strict).trim();
    match text {
        "" | "+" | "LATEST" | "RELEASE" | "latest.release" | "latest.integration" | "latest.milestone" => {
            return Some(VersionSet::all());
        }
        _ => {}
    }
    if let Some(prefix) = text.strip_suffix('+') {
        return prefix_set(prefix);
    }
    if text.starts_with(['[', '(', ']']) {
        return range_set(text);
    }
    Some(VersionSet::single(version::key(text).ok()?))
}

/// `1.2.+`: the versions that begin so; `1.+` holds `1.9` and `1.10`, `1.1+` also `1.10` and `1.19`.
fn prefix_set(prefix: &str) -> Option<VersionSet> {
    let stem = prefix.trim_end_matches(['.', '-', '_']);
    let low = version::key(stem).ok()?;
    let (head, last) = match stem.rfind(|c: char| !c.is_ascii_digit()) {
        Some(at) => stem.split_at(at + stem.get(at..)?.chars().next()?.len_utf8()),
        None => ("", stem),
    };
    let next = last.parse::<u64>().ok()?.checked_add(1)?;
    if stem.len() == prefix.len() {
        // `1.1+`: a number that begins with these digits.
        return digits_set(head, last);
    }
    // Pre-releases of the next number do not begin so, though they sort below it.
    Some(VersionSet::between(lowest(&low)?, lowest(&version::key(&format!("{head}{next}")).ok()?)?))
}

/// Numbers of as many digits more as any version has.
const MAX_FURTHER_DIGITS: u32 = 9;

fn digits_set(head: &str, digits: &str) -> Option<VersionSet> {
    let number: u64 = digits.parse().ok()?;
    let spans = (0..=MAX_FURTHER_DIGITS).map_while(|further| {
        let scale = 10_u64.checked_pow(further)?;
        let (low, high) = (number.checked_mul(scale)?, number.checked_add(1)?.checked_mul(scale)?);
        let key = |number: u64| version::key(&format!("{head}{number}")).ok();
        Span::new(lowest(&key(low)?)?, lowest(&key(high)?)?)
    });
    Some(VersionSet::from_spans(spans))
}

/// The place below every pre-release of the version with this key.
fn lowest(key: &VersionKey) -> Option<Cut> {
    let (_end, parts) = key.as_bytes().split_last()?;
    let mut lowest = KeyWriter::default();
    for byte in parts {
        lowest.byte(*byte);
    }
    Some(Cut::before(lowest.finish()))
}

/// Ranges one after another: `(,1.0],[1.2,)`.
fn range_set(text: &str) -> Option<VersionSet> {
    let mut set = VersionSet::empty();
    let mut rest = text;
    for _ in 0..MAX_RANGES {
        let opens_inside = match rest.chars().next()? {
            '[' => true,
            '(' | ']' => false,
            _ => return None,
        };
        let inside = rest.get(1..)?;
        let end = inside.find([']', ')', '['])?;
        let closes_inside = inside.get(end..)?.starts_with(']');
        set = set.union(&range(inside.get(..end)?, opens_inside, closes_inside)?);
        rest = inside.get(end + 1..)?.trim_start();
        if rest.is_empty() {
            return Some(set);
        }
        rest = rest.strip_prefix(',')?.trim_start();
    }
    None
}

fn range(inside: &str, opens_inside: bool, closes_inside: bool) -> Option<VersionSet> {
    let Some((low, high)) = inside.split_once(',') else {
        let key = version::key(inside).ok()?;
        return (opens_inside && closes_inside).then(|| VersionSet::single(key));
    };
    let bound = |text: &str| -> Option<Option<VersionKey>> {
        let text = text.trim();
        if text.is_empty() { Some(None) } else { version::key(text).ok().map(Some) }
    };
    let start = bound(low)?.map_or(Cut::Start, |key| if opens_inside { Cut::before(key) } else { Cut::after(key) });
    let end = bound(high)?.map_or(Cut::End, |key| if closes_inside { Cut::after(key) } else { Cut::before(key) });
    Some(VersionSet::between(start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(range: &str, admitted: &[&str], refused: &[&str]) {
        let parsed = parse(range).unwrap();
        for text in admitted {
            assert!(parsed.contains(&version::key(text).unwrap()), "`{range}` should admit {text}");
        }
        for text in refused {
            assert!(!parsed.contains(&version::key(text).unwrap()), "`{range}` should refuse {text}");
        }
    }

    #[test]
    fn admits_what_maven_admits() {
        check("[1.0,2.0)", &["1.0", "1.5", "2.0-SNAPSHOT", "1"], &["0.9", "2.0", "1.0-rc1"]);
        check("[1.0]", &["1.0", "1"], &["1.0.1"]);
        check("(,1.0]", &["0.1", "1.0"], &["1.0.1"]);
        check("[1.5,)", &["1.5", "99"], &["1.4"]);
        check("(,1.0],[1.2,)", &["1.0", "1.2"], &["1.1"]);
        check("(,1.1),(1.1,)", &["1.0", "1.2"], &["1.1"]);
        check("1.0", &["1.0"], &["1.1", "0.9"]);
        check("RELEASE", &["0.1", "99"], &[]);
    }

    #[test]
    fn admits_what_gradle_admits() {
        check("[1.0, 2.0[", &["1.0", "1.9"], &["2.0"]);
        check("]1.0, 2.0]", &["1.1", "2.0"], &["1.0"]);
        check("1.+", &["1.0", "1", "1.10.3", "1.0-rc1"], &["2.0", "0.9", "2.0-rc1"]);
        check("1.3.+", &["1.3", "1.3.9"], &["1.4", "1.30", "1.2.9"]);
        check("1.1+", &["1.1", "1.10", "1.19.2", "1.1.5"], &["1.2", "1.0", "2"]);
        check("+", &["0", "9"], &[]);
        check("latest.release", &["1"], &[]);
        check("[1.7, 1.8[!!1.7.25", &["1.7.25"], &["1.8"]);
        check("1.5!!", &["1.5"], &["1.6"]);
        check("1.0 || [2,3)", &["1.0", "2.5"], &["1.5"]);
    }

    #[test]
    fn refuses_what_is_no_requirement() {
        for text in ["${v}", "[1,2", "[1,2)x", "[1,2),", "(1)", "a b", "[1,2,3]", "alpha+"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
