//! Swift's ways of asking for versions, as they stand in `Package.swift`.
//!
//! **Source**: Swift's documentation, "PackageDescription" (`Package.Dependency`). **Supported**: `from:`, `exact:`, `.exact(…)`,
//! `.upToNextMajor(from:)`, `.upToNextMinor(from:)`, `"a"..<"b"`, `"a"..."b"`, nothing at all. **Unsupported** (→ `Unparsable`):
//! branches and commits, which have no place in the order.
//!
//! Pre-releases: admitted only where an end of the range is one, and never those of an open upper end.

use crate::ecosystems::semver;
use crate::{AdmittedVersions, Cut, Unparsable, VersionSet};

pub(crate) fn parse(text: &str) -> Result<AdmittedVersions, Unparsable> {
    let unparsable = || Unparsable::new(text, "a Swift version requirement");
    let bare: String = text.chars().filter(|c| !c.is_whitespace() && *c != '"').collect();
    let (versions, names_prerelease) = read(&bare).ok_or_else(unparsable)?;
    let (any, releases) =
        if names_prerelease { (versions, VersionSet::empty()) } else { (VersionSet::empty(), versions) };
    Ok(AdmittedVersions::new(any, releases, semver::first_release))
}

fn read(text: &str) -> Option<(VersionSet, bool)> {
    if text.is_empty() {
        return Some((VersionSet::all(), false));
    }
    if let Some((low, high)) = text.split_once("..<") {
        let (low, high) = (End::parse(low)?, End::parse(high)?);
        return Some((VersionSet::between(low.below()?, high.below_pre()?), low.is_pre || high.is_pre));
    }
    if let Some((low, high)) = text.split_once("...") {
        let (low, high) = (End::parse(low)?, End::parse(high)?);
        return Some((VersionSet::between(low.below()?, high.above()?), low.is_pre || high.is_pre));
    }
    let inner = |start: &str| text.strip_prefix(start).map(|rest| rest.trim_end_matches(')'));
    if let Some(version) = inner("exact:").or_else(|| inner(".exact(")) {
        let end = End::parse(version)?;
        return Some((VersionSet::between(end.below()?, end.above()?), end.is_pre));
    }
    if let Some(version) = inner(".upToNextMinor(from:") {
        let end = End::parse(version)?;
        let [major, minor, _] = end.triple;
        return Some((
            VersionSet::between(end.below()?, semver::lowest([major, minor.checked_add(1)?, 0])),
            end.is_pre,
        ));
    }
    let version = inner("from:").or_else(|| inner(".upToNextMajor(from:"))?;
    let end = End::parse(version)?;
    Some((VersionSet::between(end.below()?, semver::lowest([end.triple[0].checked_add(1)?, 0, 0])), end.is_pre))
}

/// One version of a requirement.
struct End<'a> {
    text: &'a str,
    triple: [u64; 3],
    is_pre: bool,
}

impl<'a> End<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let parts = semver::parts(text).filter(|parts| parts.numbers.len() <= 3)?;
        Some(Self { text, triple: semver::triple(&parts)?, is_pre: !parts.prerelease.is_empty() })
    }

    fn below(&self) -> Option<Cut> {
        semver::key(self.text, "").ok().map(Cut::before)
    }

    fn above(&self) -> Option<Cut> {
        semver::key(self.text, "").ok().map(Cut::after)
    }

    /// Below the version and, when it is a release, below its pre-releases.
    fn below_pre(&self) -> Option<Cut> {
        if self.is_pre { self.below() } else { Some(semver::lowest(self.triple)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(requirement: &str, admitted: &[&str], refused: &[&str]) {
        parse(requirement).unwrap().check(requirement, |text| semver::key(text, ""), admitted, refused);
    }

    #[test]
    fn admits_what_swift_admits() {
        check("from: \"1.2.3\"", &["1.2.3", "1.9.0"], &["2.0.0", "2.0.0-beta", "1.3.0-beta", "1.2.2"]);
        check(".upToNextMajor(from: \"0.1.0\")", &["0.9.0"], &["1.0.0"]);
        check(".upToNextMinor(from: \"1.2.3\")", &["1.2.9"], &["1.3.0"]);
        check("exact: \"1.2.3\"", &["1.2.3"], &["1.2.4"]);
        check(".exact(\"1.2.3\")", &["1.2.3"], &["1.2.4"]);
        check("\"1.0.0\"..<\"2.0.0\"", &["1.0.0", "1.9.9"], &["2.0.0", "2.0.0-rc"]);
        check("\"1.0.0\"...\"2.0.0\"", &["2.0.0"], &["2.0.1"]);
        check("from: \"2.0.0-beta.1\"", &["2.0.0-beta.2", "2.1.0"], &["3.0.0-alpha", "2.0.0-alpha"]);
        check("", &["1.0.0"], &["1.0.0-beta"]);
        for text in ["branch: \"main\"", "revision: \"0a\"", "from: \"x\"", "latest"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
