//! Python's requirement grammar.
//!
//! **Source**: PEP 440, "Version specifiers"; poetry's documentation, "Dependency specification".
//! **Supported**: `==`, `==1.*`, `!=`, `!=1.*`, `~=`, `<`, `<=`, `>`, `>=`, `===`, commas, nothing at all (any version);
//! beside them poetry's `^`, `~`, `1.*`, bare versions and `||`, which its manifests use in the same places.
//! **Unsupported** (→ `Unparsable`): `===` with a text that is no version; URLs, paths and VCS references, which the
//! readers of requirements tell apart first.
//!
//! Pre-releases: admitted where a clause names one (`>=1.0rc1`), as pip does; elsewhere releases only.

use crate::ecosystems::pypi::version::{self, Parts};
use crate::{AdmittedVersions, Cut, Unparsable, VersionSet};

/// Alternatives of `||`; more than any manifest has.
const MAX_ALTERNATIVES: usize = 256;

pub(crate) fn parse(text: &str) -> Result<AdmittedVersions, Unparsable> {
    let unparsable = || Unparsable::new(text, "a PEP 440 specifier");
    let body = text.trim();
    let body = body.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(body);
    let (mut any, mut releases) = (VersionSet::empty(), VersionSet::empty());
    for alternative in body.split("||").flat_map(|part| part.split('|')).take(MAX_ALTERNATIVES) {
        let clauses = Clauses::parse(alternative).ok_or_else(unparsable)?;
        let target = if clauses.names_prerelease { &mut any } else { &mut releases };
        *target = target.union(&clauses.versions);
    }
    Ok(AdmittedVersions::new(any, releases, version::first_release))
}

/// Clauses that must all hold.
struct Clauses {
    versions: VersionSet,
    names_prerelease: bool,
}

impl Clauses {
    fn parse(text: &str) -> Option<Self> {
        let mut clauses = Self { versions: VersionSet::all(), names_prerelease: false };
        for clause in text.split(',').map(str::trim).filter(|clause| !clause.is_empty()) {
            // Poetry lets spaces stand for commas: `>=1.0 <2.0`.
            for (operator, version) in split_clauses(clause) {
                clauses.add(operator, version)?;
            }
        }
        Some(clauses)
    }

    fn add(&mut self, operator: &str, version: &str) -> Option<()> {
        let versions = match (operator, version.strip_suffix(".*")) {
            ("" | "==", None) if version == "*" => VersionSet::all(),
            ("" | "==", Some(prefix)) => prefix_set(prefix)?,
            ("!=", Some(prefix)) => prefix_set(prefix)?.complement(),
            (_, Some(_)) => return None,
            (_, None) => {
                let parts = version::parts(version)?;
                self.names_prerelease |= parts.is_prerelease() && operator != "!=";
                clause_set(operator, &parts)?
            }
        };
        self.versions = self.versions.intersection(&versions);
        Some(())
    }
}

fn clause_set(operator: &str, parts: &Parts<'_>) -> Option<VersionSet> {
    let at = || Cut::before(parts.key());
    Some(match operator {
        // A version without a local part stands for all its local versions.
        "" | "==" if parts.local.is_none() => VersionSet::between(at(), parts.above_locals()),
        "" | "==" | "===" => VersionSet::single(parts.key()),
        "!=" if parts.local.is_none() => VersionSet::between(at(), parts.above_locals()).complement(),
        "!=" => VersionSet::single(parts.key()).complement(),
        _ if parts.local.is_some() => return None,
        ">=" => VersionSet::between(at(), Cut::End),
        "<=" => VersionSet::between(Cut::Start, parts.above_locals()),
        "<" => below(parts),
        ">" => above(parts),
        "~=" if parts.release.len() >= 2 => VersionSet::between(at(), above_prefix(parts, parts.release.len() - 1)?),
        "^" => VersionSet::between(at(), above_prefix(parts, caret_length(&parts.release))?),
        "~" => VersionSet::between(at(), above_prefix(parts, parts.release.len().min(2))?),
        _ => return None,
    })
}

/// `<V`: without the pre-releases of `V`, unless `V` is one itself.
fn below(parts: &Parts<'_>) -> VersionSet {
    let end = match (parts.is_prerelease(), parts.post) {
        (true, _) => Cut::before(parts.key()),
        (false, None) => parts.below_release(),
        (false, Some(_)) => parts.below_developments(),
    };
    VersionSet::between(Cut::Start, end)
}

/// `>V`: without the local versions of `V`, and without its post-releases unless `V` is one itself.
fn above(parts: &Parts<'_>) -> VersionSet {
    let is_final = parts.post.is_none() && parts.dev.is_none();
    VersionSet::between(if is_final { parts.above_posts() } else { parts.above_locals() }, Cut::End)
}

/// `==P.*`: everything whose release begins with `prefix`, pre-releases and all.
fn prefix_set(prefix: &str) -> Option<VersionSet> {
    let parts = version::parts(prefix)?;
    if parts.pre.is_some() || parts.post.is_some() || parts.dev.is_some() || parts.local.is_some() {
        return None;
    }
    Some(VersionSet::between(parts.below_release(), above_prefix(&parts, parts.release.len())?))
}

/// The place above every version whose release begins with the first `length` numbers of `parts`.
fn above_prefix(parts: &Parts<'_>, length: usize) -> Option<Cut> {
    let (last, head) = parts.release.get(..length)?.split_last()?;
    let next = last.parse::<u64>().ok()?.checked_add(1)?.to_string();
    let release = head.iter().copied().chain([next.as_str()]).collect();
    Some(Parts { release, ..parts.base() }.below_release())
}

/// How many numbers poetry's `^` holds fast: up to the first that is not zero.
fn caret_length(release: &[&str]) -> usize {
    let is_zero = |number: &&str| number.bytes().all(|digit| digit == b'0');
    release.iter().position(|number| !is_zero(number)).map_or(release.len(), |first| first + 1)
}

/// The operators and versions of `>=1.0 <2.0`; one pair for most clauses.
fn split_clauses(clause: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = clause;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let is_operator = |c: char| matches!(c, '<' | '>' | '=' | '!' | '~' | '^');
        let (operator, after) = rest.split_at(rest.find(|c| !is_operator(c)).unwrap_or(rest.len()));
        let after = after.trim_start();
        let end = after.find(|c: char| c.is_whitespace() || is_operator_start(c)).unwrap_or(after.len());
        let (version, after) = after.split_at(end);
        rest = after.trim_start();
        Some((operator, version))
    })
}

/// `!` stands inside versions too (an epoch), so it begins no further clause of a run.
fn is_operator_start(c: char) -> bool {
    matches!(c, '<' | '>' | '=' | '~' | '^')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystems::pypi::version::key;

    fn check(specifier: &str, admitted: &[&str], refused: &[&str]) {
        parse(specifier).unwrap().check(specifier, key, admitted, refused);
    }

    #[test]
    fn admits_what_pip_admits() {
        check("==1.0", &["1.0", "1", "1.0.0", "1.0+local"], &["1.0.1", "1.0.post1", "1.0rc1", "1.0.dev1"]);
        check("==1.0+local", &["1.0+local"], &["1.0", "1.0+other"]);
        check("==1.1.*", &["1.1", "1.1.9", "1.1.post1"], &["1.2", "1.10", "1", "1.2.dev1"]);
        check("!=1.5", &["1.4", "1.5.1"], &["1.5", "1.5+l"]);
        check("!=1.5.*, >=1", &["1.4", "1.6"], &["1.5", "1.5.9", "0.9"]);
        check("~=2.2", &["2.2", "2.9"], &["3.0", "2.1"]);
        check("~= 1.4.5", &["1.4.5", "1.4.9"], &["1.5.0", "1.4.4"]);
        check("~=2.2.post3", &["2.2.post3", "2.3"], &["2.2", "3.0"]);
        check(">1.7", &["1.7.1", "1.8"], &["1.7", "1.7.0.post1", "1.7+local"]);
        check(">1.7.post2", &["1.7.post3", "1.7.1"], &["1.7.post2", "1.7.0"]);
        check("<2", &["1.9", "0"], &["2", "2.0rc1", "2.dev0"]);
        check("<=2", &["2", "2+local"], &["2.0.1"]);
        check(">=1.0,<2.0,!=1.5", &["1.0", "1.4"], &["1.5", "2.0"]);
        check("===1.0", &["1.0"], &["1.1"]);
        check("", &["0", "99"], &["1.0rc1"]);
        check(" ( >=1.0 ) ", &["1.0"], &["0.9"]);
        check(">=1!1", &["1!1", "2!0"], &["5.0"]);
    }

    #[test]
    fn admits_prereleases_where_a_clause_names_one() {
        check(">=1.0rc1", &["1.0rc1", "1.0rc2", "1.1b1"], &["1.0b1"]);
        check("==1.0rc1", &["1.0rc1"], &["1.0"]);
        check("<1.0rc2", &["1.0rc1", "1.0.dev1"], &["1.0rc2"]);
        check(">1.0rc1", &["1.0rc2", "1.0", "1.0.post1"], &["1.0rc1.post1"]);
        check("<1.0.post1", &["1.0", "0.9"], &["1.0.post1", "1.0.post1.dev1"]);
        check("~=2.2rc1", &["2.2rc1", "2.2"], &["3.0", "3.0rc1"]);
        check(">=1.0", &["1.0"], &["1.1rc1", "2.0.dev3"]);
    }

    #[test]
    fn admits_what_poetry_admits() {
        check("^1.2.3", &["1.2.3", "1.9"], &["2.0", "1.2.2"]);
        check("^0.2.3", &["0.2.3", "0.2.9"], &["0.3"]);
        check("^0.0.3", &["0.0.3"], &["0.0.4"]);
        check("^0", &["0.9"], &["1.0"]);
        check("~1.2.3", &["1.2.9"], &["1.3"]);
        check("~1", &["1.9"], &["2.0"]);
        check("1.2.*", &["1.2.9"], &["1.3"]);
        check("*", &["1.2.9", "0"], &["1rc1"]);
        check("1.2", &["1.2", "1.2.0"], &["1.2.1"]);
        check("^1.0 || ^3.0", &["1.5", "3.1"], &["2.5"]);
        check(">=1.0 <2.0", &["1.5"], &["2.0"]);
    }

    #[test]
    fn refuses_what_is_no_specifier() {
        for text in [
            "==",
            ">=1.*",
            "~=1",
            "==1.0.dev1.*",
            "=>1.0",
            "foo",
            "git+https://x",
            "==foo",
            "<=1.0+l",
            "1.0 beta",
            "<>1",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn compares_releases_only_with_affected_sets() {
        let below = |text: &str| VersionSet::between(Cut::Start, Cut::before(key(text).unwrap()));
        let admitted = parse(">=1.0,<2.0").unwrap();
        assert!(admitted.is_subset_of(&below("2.0")));
        assert!(admitted.is_subset_of(&below("2.0rc1")));
        assert!(!admitted.is_subset_of(&below("1.9")));
        assert!(admitted.intersects(&below("1.0.1")));
        assert!(
            !admitted.intersects(&VersionSet::between(
                Cut::before(key("1.5rc1").unwrap()),
                Cut::before(key("1.5").unwrap())
            ))
        );
        assert!(parse("==1.4").unwrap().is_subset_of(&below("1.5")));
        assert!(parse("==1.4").unwrap().is_subset_of(&VersionSet::single(key("1.4").unwrap())));
        let up_to = VersionSet::between(Cut::Start, Cut::after(key("1.4").unwrap()));
        assert!(parse("<=1.4").unwrap().is_subset_of(&up_to));
    }
}
