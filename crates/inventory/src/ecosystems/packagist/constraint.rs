//! Composer's constraint grammar.
//!
//! **Source**: Composer's documentation, "Versions and constraints". **Supported**: `||`, `|`, commas, spaces, comparators,
//! `!=`, `<>`, `^`, `~`, wildcards, hyphen ranges, `1.x-dev` branches, stability flags (`@beta`), inline aliases (the part
//! before `as`). **Unsupported** (→ `Unparsable`): named branches (`dev-main`), which have no place in the order.
//!
//! Pre-releases: admitted where a flag or a version of the constraint names a stability below `stable`; the grades between
//! (`@RC` without alphas) are not told apart.

use crate::ecosystems::packagist::version::{self, Parts};
use crate::{AdmittedVersions, Cut, Unparsable, VersionSet};

/// Constraints in one requirement; more than any manifest has.
const MAX_CONSTRAINTS: usize = 1_024;

pub(crate) fn parse(text: &str) -> Result<AdmittedVersions, Unparsable> {
    let unparsable = || Unparsable::new(text, "a Composer constraint");
    let lower = text.trim().to_ascii_lowercase();
    let (mut any, mut releases) = (VersionSet::empty(), VersionSet::empty());
    for alternative in lower.split("||").flat_map(|part| part.split('|')).take(MAX_CONSTRAINTS) {
        let (versions, is_unstable) = conjunction(alternative).ok_or_else(unparsable)?;
        let target = if is_unstable { &mut any } else { &mut releases };
        *target = target.union(&versions);
    }
    Ok(AdmittedVersions::new(any, releases, version::first_release))
}

/// Whether this stability lets pre-releases in.
pub(super) fn is_unstable(stability: &str) -> bool {
    matches!(stability, "dev" | "alpha" | "beta" | "rc")
}

/// What one alternative admits, and whether it names pre-releases.
fn conjunction(text: &str) -> Option<(VersionSet, bool)> {
    let text = text.split_once(" as ").map_or(text, |(version, _)| version).trim();
    let (text, flag) = match text.rsplit_once('@') {
        Some((text, flag)) => (text.trim(), flag.trim()),
        None => (text, "stable"),
    };
    if !is_unstable(flag) && flag != "stable" {
        return None;
    }
    if let Some((low, high)) = text.split_once(" - ") {
        let (low, high) = (Partial::parse(low)?, Partial::parse(high)?);
        let named = low.is_unstable() || high.is_unstable();
        return Some((VersionSet::between(low.low(), high.hyphen_end()?), named || is_unstable(flag)));
    }
    let mut versions = VersionSet::all();
    let mut names_unstable = is_unstable(flag);
    let mut rest = text.trim_start_matches([',', ' ']);
    for _ in 0..MAX_CONSTRAINTS {
        if rest.is_empty() {
            return Some((versions, names_unstable));
        }
        let (operator, after) = rest.split_at(rest.find(|c| !"<>=!~^".contains(c)).unwrap_or(rest.len()));
        let after = after.trim_start();
        let (version, after) = after.split_at(after.find([',', ' ']).unwrap_or(after.len()));
        let partial = Partial::parse(version)?;
        versions = versions.intersection(&partial.admitted(operator)?);
        names_unstable |= partial.is_unstable() && !matches!(operator, "!=" | "<>");
        rest = after.trim_start_matches([',', ' ']);
    }
    None
}

/// A version with a part left open, or a whole one.
struct Partial<'a> {
    /// As written; one to four, none for `*`.
    numbers: Vec<u64>,
    /// Whether a wildcard stands behind the numbers.
    is_open: bool,
    parts: Option<Parts<'a>>,
}

impl<'a> Partial<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim().trim_start_matches('v');
        let text = text.split_once('#').map_or(text, |(version, _)| version);
        let open = text.split('.').position(|part| matches!(part, "*" | "x"));
        if let Some(open) = open {
            let numbers: Option<Vec<u64>> = text.split('.').take(open).map(|number| number.parse().ok()).collect();
            let is_rest_open = text.split('.').skip(open).all(|part| matches!(part, "*" | "x"));
            return is_rest_open.then_some(Self { numbers: numbers?, is_open: true, parts: None });
        }
        let parts = version::parts(text)?;
        let numbers: Option<Vec<u64>> = parts.numbers.iter().map(|number| number.parse().ok()).collect();
        Some(Self { numbers: numbers?, is_open: false, parts: Some(parts) })
    }

    fn is_unstable(&self) -> bool {
        self.parts.as_ref().is_some_and(Parts::is_prerelease)
    }

    fn admitted(&self, operator: &str) -> Option<VersionSet> {
        if self.is_open {
            let all = self.open_set()?;
            return Some(match operator {
                "" | "=" | "==" => all,
                "!=" | "<>" => all.complement(),
                ">=" => VersionSet::between(self.low(), Cut::End),
                "<" => VersionSet::between(Cut::Start, self.low()),
                "~" | "^" => VersionSet::between(self.low(), self.above(1)?),
                _ => return None,
            });
        }
        let key = self.parts.as_ref()?.key()?;
        let single = VersionSet::single(key.clone());
        Some(match operator {
            "" | "=" | "==" => single,
            "!=" | "<>" => single.complement(),
            ">" => VersionSet::between(Cut::after(key), Cut::End),
            ">=" => VersionSet::between(self.low(), Cut::End),
            "<" => VersionSet::between(Cut::Start, self.low()),
            "<=" => VersionSet::between(Cut::Start, Cut::after(key)),
            // All but the last number that is written holds fast; one number holds itself.
            "~" => VersionSet::between(self.low(), self.above(self.numbers.len().min(4).saturating_sub(1).max(1))?),
            "^" => VersionSet::between(self.low(), self.above(self.caret_length())?),
            _ => return None,
        })
    }

    /// `1.2.*`.
    fn open_set(&self) -> Option<VersionSet> {
        match self.numbers.as_slice() {
            [] => Some(VersionSet::all()),
            numbers => Some(VersionSet::between(version::below(numbers), self.above(numbers.len())?)),
        }
    }

    /// The place below the version, or below its pre-releases when it is no pre-release itself.
    fn low(&self) -> Cut {
        match self.parts.as_ref().filter(|parts| parts.has_stability()).and_then(Parts::key) {
            Some(key) => Cut::before(key),
            None => version::below(&self.numbers),
        }
    }

    /// The place below everything whose first `length` numbers are higher.
    fn above(&self, length: usize) -> Option<Cut> {
        let mut numbers = self.numbers.get(..length)?.to_vec();
        let last = numbers.last_mut()?;
        *last = last.checked_add(1)?;
        Some(version::below(&numbers))
    }

    /// How many numbers `^` holds fast: up to the first that is not zero, of those written.
    fn caret_length(&self) -> usize {
        let first = self.numbers.iter().take(3).position(|number| *number != 0);
        first.map_or(self.numbers.len().min(3), |first| first + 1)
    }

    /// The end of `… - 2.0`: numbers left out are open.
    fn hyphen_end(&self) -> Option<Cut> {
        if self.numbers.len() < 3 && !self.parts.as_ref().is_some_and(Parts::has_stability) {
            return self.above(self.numbers.len().max(1));
        }
        self.parts.as_ref()?.key().map(Cut::after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(constraint: &str, admitted: &[&str], refused: &[&str]) {
        parse(constraint).unwrap().check(constraint, version::key, admitted, refused);
    }

    #[test]
    fn admits_what_composer_admits() {
        check("^1.2.3", &["1.2.3", "1.9"], &["1.2.2", "2.0", "2.0-beta", "1.3-beta"]);
        check("^0.3", &["0.3", "0.3.9"], &["0.4", "0.2"]);
        check("^0.0.3", &["0.0.3", "0.0.3.1"], &["0.0.4"]);
        check("^0.0", &["0.0", "0.0.9"], &["0.1"]);
        check("^0", &["0.9"], &["1.0"]);
        check("~1.2.3", &["1.2.3", "1.2.9"], &["1.3", "1.2.2"]);
        check("~1.2", &["1.2", "1.9"], &["2.0"]);
        check("~1", &["1.0", "1.9"], &["2.0"]);
        check("~1.2.3.4", &["1.2.3.4", "1.2.3.9"], &["1.2.4"]);
        check("1.2.*", &["1.2", "1.2.9"], &["1.3"]);
        check("v1.*", &["1.2"], &["2.0", "0.9"]);
        check("1.0 - 2.0", &["1.0", "2.0.9"], &["2.1", "0.9"]);
        check("1.0 - 2.0.0", &["2.0.0"], &["2.0.1"]);
        check(">=1.0 <1.1 || >= 1.2", &["1.0.5", "1.2"], &["1.1"]);
        check(">=1.0,<2.0", &["1.5"], &["2.0"]);
        check("^5.4|^6.0", &["5.4", "6.4"], &["5.3", "7.0"]);
        check(">1.0", &["1.0.1", "1.0.0-p1"], &["1.0"]);
        check("!=1.5", &["1.4"], &["1.5"]);
        check("*", &["1.4"], &["1.5-beta"]);
        check("", &["1.4"], &["1.5-beta"]);
        check("1.0", &["1.0.0.0"], &["1.0.1"]);
    }

    #[test]
    fn admits_prereleases_where_a_stability_is_named() {
        check("^1.0@beta", &["1.0-beta1", "1.1-beta1", "1.1"], &["2.0-beta1"]);
        check("@dev", &["1.0-dev", "1.0"], &[]);
        check(">=1.0-beta2", &["1.0-beta2", "1.0"], &["1.0-beta1"]);
        check("2.x-dev", &["2.x-dev"], &["2.0"]);
        check("2.0.x-dev as 2.0.1", &["2.0.x-dev"], &["2.0.1"]);
        check("^1.0@stable", &["1.0"], &["1.1-rc1"]);
    }

    #[test]
    fn refuses_branches_and_broken_constraints() {
        for text in ["dev-main", "^1.0 || dev-main", "self.version", "=>1", "1.0 - ", "@foo", "1.*.2", "~", "foo"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
