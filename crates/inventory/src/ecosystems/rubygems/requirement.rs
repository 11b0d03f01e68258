//! RubyGems' requirement grammar.
//!
//! **Source**: RubyGems' documentation of `Gem::Requirement`, "Declaring gem dependencies". **Supported**: `=`, `!=`, `>`,
//! `<`, `>=`, `<=`, `~>`, bare versions, several with commas between. **Unsupported** (→ `Unparsable`): everything else.
//!
//! Pre-releases: admitted where one of the versions named is a pre-release, as RubyGems and Bundler do.

use crate::ecosystems::rubygems::version::{self, Gem};
use crate::{AdmittedVersions, Cut, Unparsable, VersionSet};

/// Clauses of one requirement.
const MAX_CLAUSES: usize = 256;

pub(crate) fn parse(text: &str) -> Result<AdmittedVersions, Unparsable> {
    let unparsable = || Unparsable::new(text, "a gem requirement");
    let mut versions = VersionSet::all();
    let mut names_prerelease = false;
    for clause in text.split(',').map(str::trim).filter(|clause| !clause.is_empty()).take(MAX_CLAUSES) {
        let (operator, version) = clause.split_at(clause.find(|c| !"=!<>~".contains(c)).unwrap_or(clause.len()));
        let gem = Gem::parse(version.trim()).ok_or_else(unparsable)?;
        names_prerelease |= gem.is_prerelease();
        versions = versions.intersection(&admitted(operator, &gem).ok_or_else(unparsable)?);
    }
    let (any, releases) =
        if names_prerelease { (versions, VersionSet::empty()) } else { (VersionSet::empty(), versions) };
    Ok(AdmittedVersions::new(any, releases, version::first_release))
}

fn admitted(operator: &str, gem: &Gem<'_>) -> Option<VersionSet> {
    let key = gem.key();
    Some(match operator {
        "" | "=" => VersionSet::single(key),
        "!=" => VersionSet::single(key).complement(),
        ">" => VersionSet::between(Cut::after(key), Cut::End),
        ">=" => VersionSet::between(Cut::before(key), Cut::End),
        "<" => VersionSet::between(Cut::Start, Cut::before(key)),
        "<=" => VersionSet::between(Cut::Start, Cut::after(key)),
        "~>" => VersionSet::between(Cut::before(key), gem.below_bumped()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(requirement: &str, admitted: &[&str], refused: &[&str]) {
        parse(requirement).unwrap().check(requirement, version::key, admitted, refused);
    }

    #[test]
    fn admits_what_rubygems_admits() {
        check("~> 2.2", &["2.2", "2.9.9"], &["3.0", "3.0.a", "2.1", "2.3.rc1"]);
        check("~> 2.2.0", &["2.2.0", "2.2.9"], &["2.3", "2.3.a"]);
        check("~> 2", &["2.0", "2.9"], &["3", "1.9"]);
        check("~> 0.0.1", &["0.0.1", "0.0.9"], &["0.1"]);
        check("~> 1.0, >= 1.0.3", &["1.0.3", "1.9"], &["1.0.2", "2.0"]);
        check(">= 1.0, != 1.5", &["1.0", "1.6"], &["1.5", "1.5.0", "0.9"]);
        check("= 1.0", &["1", "1.0.0"], &["1.0.1", "1.0.a"]);
        check("1.0", &["1"], &["1.1"]);
        check("< 2", &["1.9"], &["2", "2.a", "1.9.b"]);
        check("", &["0", "99"], &["1.a"]);
        check("~> 2.2.rc1", &["2.2.rc1", "2.2.rc2", "2.2"], &["2.2.beta", "3.0"]);
        check("~> 2.2.3.beta", &["2.2.3.beta", "2.2.4"], &["2.3"]);
        check(">= 2.0.a", &["2.0.a", "2.0.b", "3.0.rc1"], &["1.9"]);
        for text in ["=> 1", "^1.0", "latest", "~>", "> > 1", "1.0 || 2.0"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
