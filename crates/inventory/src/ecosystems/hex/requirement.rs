//! Hex's requirement grammar.
//!
//! **Source**: Elixir's documentation of `Version`, "Requirements"; Hex's usage of pre-releases. **Supported**: `==`, `!=`, `>`,
//! `>=`, `<`, `<=`, `~>`, bare versions, `and`, `or`. **Unsupported** (→ `Unparsable`): everything else.
//!
//! Pre-releases: admitted where one of the versions named is a pre-release.

use crate::ecosystems::semver;
use crate::{AdmittedVersions, Cut, Unparsable, VersionSet};

/// Clauses of one requirement.
const MAX_CLAUSES: usize = 256;

pub(crate) fn parse(text: &str) -> Result<AdmittedVersions, Unparsable> {
    let unparsable = || Unparsable::new(text, "a Hex requirement");
    let (mut any, mut releases) = (VersionSet::empty(), VersionSet::empty());
    for alternative in text.split(" or ").take(MAX_CLAUSES) {
        let mut versions = VersionSet::all();
        let mut names_prerelease = false;
        for clause in alternative.split(" and ").map(str::trim).filter(|clause| !clause.is_empty()).take(MAX_CLAUSES) {
            let (admitted, is_pre) = read(clause).ok_or_else(unparsable)?;
            versions = versions.intersection(&admitted);
            names_prerelease |= is_pre;
        }
        let target = if names_prerelease { &mut any } else { &mut releases };
        *target = target.union(&versions);
    }
    Ok(AdmittedVersions::new(any, releases, semver::first_release))
}

fn read(clause: &str) -> Option<(VersionSet, bool)> {
    let (operator, version) = clause.split_at(clause.find(|c| !"=!<>~".contains(c)).unwrap_or(clause.len()));
    let version = version.trim();
    let parts = semver::parts(version).filter(|parts| parts.numbers.len() <= 3)?;
    let key = semver::parts_key(&parts);
    let versions = match operator {
        "" | "==" => VersionSet::single(key),
        "!=" | "!" => VersionSet::single(key).complement(),
        ">" => VersionSet::between(Cut::after(key), Cut::End),
        ">=" => VersionSet::between(Cut::before(key), Cut::End),
        "<" => VersionSet::between(Cut::Start, Cut::before(key)),
        "<=" => VersionSet::between(Cut::Start, Cut::after(key)),
        "~>" => {
            let [major, minor, _] = semver::triple(&parts)?;
            let next = match parts.numbers.len() {
                3 => [major, minor.checked_add(1)?, 0],
                _ => [major.checked_add(1)?, 0, 0],
            };
            VersionSet::between(Cut::before(key), semver::lowest(next))
        }
        _ => return None,
    };
    Some((versions, !parts.prerelease.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(requirement: &str, admitted: &[&str], refused: &[&str]) {
        parse(requirement).unwrap().check(requirement, |text| semver::key(text, ""), admitted, refused);
    }

    #[test]
    fn admits_what_hex_admits() {
        check("~> 2.0", &["2.0.0", "2.9.9"], &["3.0.0", "3.0.0-rc", "2.1.0-dev", "1.9.9"]);
        check("~> 2.1.2", &["2.1.2", "2.1.9"], &["2.2.0", "2.1.1"]);
        check("~> 2.0-rc", &["2.0.0-rc", "2.0.0"], &["3.0.0", "2.0.0-beta"]);
        check(">= 2.0.0 and < 2.1.0", &["2.0.0"], &["2.1.0"]);
        check("~> 1.0 or ~> 2.0", &["1.5.0", "2.5.0"], &["3.0.0"]);
        check("== 1.0.0", &["1.0.0", "1.0.0+build"], &["1.0.1"]);
        check("1.0.0", &["1.0.0"], &["1.0.1"]);
        check("!= 1.0.0", &["1.0.1"], &["1.0.0"]);
        check("", &["1.0.0"], &["1.0.0-rc"]);
        for text in ["^1.0", "latest", "~> x", "> 1.0.0, < 2.0.0"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
