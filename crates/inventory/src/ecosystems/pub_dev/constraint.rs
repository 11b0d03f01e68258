//! Pub's requirement grammar.
//!
//! **Source**: Dart's documentation, "Package dependencies" (version constraints), and pub_semver's README. **Supported**:
//! `any`, nothing at all, `^1.2.3`, comparators with or without spaces, exact versions. **Unsupported** (→ `Unparsable`):
//! everything else.
//!
//! Pre-releases: `<2.0.0` leaves out those of `2.0.0`; elsewhere they are admitted where the requirement names one, since Pub
//! takes others only when no release fits.

use crate::ecosystems::pub_dev::version;
use crate::ecosystems::semver::{self, Parts};
use crate::{AdmittedVersions, Cut, Unparsable, VersionSet};

/// Comparators of one requirement.
const MAX_COMPARATORS: usize = 64;

pub(crate) fn parse(text: &str) -> Result<AdmittedVersions, Unparsable> {
    let unparsable = || Unparsable::new(text, "a Pub version constraint");
    let (versions, names_prerelease) = read(text.trim()).ok_or_else(unparsable)?;
    let (any, releases) =
        if names_prerelease { (versions, VersionSet::empty()) } else { (VersionSet::empty(), versions) };
    Ok(AdmittedVersions::new(any, releases, version::first_release))
}

fn read(text: &str) -> Option<(VersionSet, bool)> {
    let mut versions = VersionSet::all();
    let mut names_prerelease = false;
    let mut rest = if text == "any" { "" } else { text };
    for _ in 0..MAX_COMPARATORS {
        if rest.is_empty() {
            return Some((versions, names_prerelease));
        }
        let (operator, after) = rest.split_at(rest.find(|c| !"<>=^".contains(c)).unwrap_or(rest.len()));
        let after = after.trim_start();
        let end = after.find(|c: char| c.is_whitespace() || "<>=^".contains(c)).unwrap_or(after.len());
        let (written, after) = after.split_at(end);
        let parts = semver::parts(written).filter(|parts| parts.numbers.len() == 3)?;
        names_prerelease |= !parts.prerelease.is_empty();
        versions = versions.intersection(&admitted(operator, written, &parts)?);
        rest = after.trim_start();
    }
    None
}

fn admitted(operator: &str, written: &str, parts: &Parts<'_>) -> Option<VersionSet> {
    let key = version::key(written).ok()?;
    let [major, minor, patch] = semver::triple(parts)?;
    Some(match operator {
        "" => VersionSet::single(key),
        ">" => VersionSet::between(Cut::after(key), Cut::End),
        ">=" => VersionSet::between(Cut::before(key), Cut::End),
        "<=" => VersionSet::between(Cut::Start, Cut::after(key)),
        "<" if parts.prerelease.is_empty() => VersionSet::between(Cut::Start, semver::lowest([major, minor, patch])),
        "<" => VersionSet::between(Cut::Start, Cut::before(key)),
        "^" => {
            let next = if major == 0 { [0, minor.checked_add(1)?, 0] } else { [major.checked_add(1)?, 0, 0] };
            VersionSet::between(Cut::before(key), semver::lowest(next))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(constraint: &str, admitted: &[&str], refused: &[&str]) {
        parse(constraint).unwrap().check(constraint, version::key, admitted, refused);
    }

    #[test]
    fn admits_what_pub_admits() {
        check("^1.2.3", &["1.2.3", "1.9.0", "1.2.3+1"], &["2.0.0", "2.0.0-dev", "1.2.2", "1.3.0-beta"]);
        check("^0.1.2", &["0.1.9"], &["0.2.0"]);
        check("^0.0.3", &["0.0.9"], &["0.1.0", "0.0.2"]);
        check(">=1.0.0 <2.0.0", &["1.0.0", "1.9.9"], &["2.0.0", "2.0.0-dev"]);
        check(">=1.0.0<2.0.0", &["1.0.0"], &["2.0.0"]);
        check("> 1.0.0 <=2.0.0", &["2.0.0", "1.0.0+1"], &["1.0.0", "2.0.0+1"]);
        check("1.0.0", &["1.0.0"], &["1.0.0+1", "1.0.1"]);
        check("any", &["0.0.1"], &["1.0.0-dev"]);
        check("", &["0.0.1"], &["1.0.0-dev"]);
        check("^2.0.0-nullsafety.1", &["2.0.0-nullsafety.2", "2.1.0"], &["3.0.0-dev", "2.0.0-dev"]);
        for text in ["1.0", "~1.0.0", "latest", "^any", "=> 1.0.0"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
