//! The version to go to: the smallest known one that no advisory hits.
//!
//! Candidates are the versions that advisories of the package name as fixes: without asking the registry no others are
//! known to exist. Each is tested against every advisory of the package, not only those that hit the component, so an
//! upgrade does not lead from one flaw into another. Pre-releases are proposed to those who run one, and where no release is
//! known that fixes anything.

use inventory::{Cut, Ecosystem, VersionKey, VersionSet};
use model::advisory::Upgrade;
use model::component::Version;

use crate::index::package::{GroupView, PackageView, Position};
use crate::lookup::Lookup;
use crate::matching::{Subject, undecided_fixes};
use crate::{Error, Index};

/// Both ways out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upgrades {
    /// The smallest version that clears every flaw, else the one that leaves fewest.
    pub best: Option<Upgrade>,
    /// Where `best` crosses a major line: the smallest of the component's own line that leaves fewest.
    pub in_line: Option<Upgrade>,
}

impl Index {
    /// Where to go from the subject's version; nothing when no later version is known to fix anything.
    ///
    /// # Errors
    /// When the index is damaged where the package lies.
    pub fn upgrade_for(&self, subject: &Subject<'_>) -> Result<Upgrades, Error> {
        self.upgrades(subject, &self.lookups(subject)?)
    }

    /// Where the index speaks of the subject in several places, the one with most to say of it decides.
    pub(crate) fn upgrades(&self, subject: &Subject<'_>, lookups: &[Lookup<'_, '_>]) -> Result<Upgrades, Error> {
        let concerned =
            |lookup: &&Lookup<'_, '_>| lookup.package.groups.iter().filter(|group| subject.is_concerned(group)).count();
        match lookups.iter().rev().max_by_key(concerned) {
            Some(Lookup { package, version, .. }) => self.upgrades_in(&Subject { version, ..*subject }, package),
            None => Ok(Upgrades::default()),
        }
    }

    fn upgrades_in(&self, subject: &Subject<'_>, package: &PackageView<'_>) -> Result<Upgrades, Error> {
        let groups: Vec<_> = package.groups.iter().filter(|group| subject.is_concerned(group)).collect();
        let candidates = proposed(subject, package, &groups, candidates(subject, package, &groups));
        let Some(best) = least_open(&candidates) else { return Ok(Upgrades::default()) };
        let own_line = subject.version.exact().and_then(|version| line(subject.ecosystem, version));
        let crosses = own_line.is_some() && line(subject.ecosystem, best.text) != own_line;
        let in_line: Vec<_> = if crosses {
            candidates.iter().copied().filter(|candidate| line(subject.ecosystem, candidate.text) == own_line).collect()
        } else {
            Vec::new()
        };
        let upgrade = |candidate: Candidate<'_>| {
            let open = groups.iter().filter(|group| candidate.is_hit_by(group));
            let leaves = open.map(|group| group.first_id()).collect::<Result<_, _>>();
            let leaves = leaves.map_err(|corrupt| self.corrupt(corrupt))?;
            let is_prerelease = !candidate.is_release;
            Ok::<_, Error>(Upgrade { version: candidate.text.to_owned(), leaves, is_prerelease })
        };
        Ok(Upgrades { best: Some(upgrade(best)?), in_line: least_open(&in_line).map(upgrade).transpose()? })
    }
}

/// A version that fixes something.
#[derive(Debug, Clone, Copy)]
struct Candidate<'a> {
    text: &'a str,
    /// Its number among the package's bounds.
    bound: u32,
    /// Groups that hit it.
    open: usize,
    is_release: bool,
}

impl Candidate<'_> {
    /// Ranges that cannot be evaluated hit every version but the fixes that they state.
    fn is_hit_by(&self, group: &GroupView<'_>) -> bool {
        let is_stated_fix = || undecided_fixes(group).any(|fix| fix == self.text);
        group.contains(Position::At(self.bound)) || (!group.undecided.is_empty() && !is_stated_fix())
    }
}

/// The candidates above the subject's version, ascending.
fn candidates<'p>(subject: &Subject<'_>, package: &PackageView<'p>, groups: &[&GroupView<'_>]) -> Vec<Candidate<'p>> {
    let lowest = lowest(subject);
    let mut bounds: Vec<u32> = groups.iter().flat_map(|group| PackageView::fixes(group)).collect();
    bounds.sort_unstable();
    bounds.dedup();
    bounds.into_iter().filter_map(|bound| candidate(subject, package, groups, bound, &lowest)).collect()
}

fn candidate<'p>(
    subject: &Subject<'_>,
    package: &PackageView<'p>,
    groups: &[&GroupView<'_>],
    bound: u32,
    lowest: &Cut,
) -> Option<Candidate<'p>> {
    let view = package.bounds.get(bound as usize)?;
    let key = VersionKey::from_bytes(view.key);
    let is_release = is_release(subject.ecosystem, view.text, &key);
    let mut candidate = Candidate { text: view.text, bound, open: 0, is_release };
    candidate.open = groups.iter().filter(|group| candidate.is_hit_by(group)).count();
    Cut::before(key).ge(lowest).then_some(candidate)
}

/// The candidates that may be proposed. Where pre-releases are not, a release that the advisories know in some other way (it
/// begins or ends a range) stands for the pre-release that it follows.
fn proposed<'p>(
    subject: &Subject<'_>,
    package: &PackageView<'p>,
    groups: &[&GroupView<'_>],
    candidates: Vec<Candidate<'p>>,
) -> Vec<Candidate<'p>> {
    let runs_prerelease = subject.version.exact().is_some_and(|version| {
        subject.ecosystem.version_key(version).is_ok_and(|key| !is_release(subject.ecosystem, version, &key))
    });
    if runs_prerelease || candidates.iter().all(|candidate| candidate.is_release) {
        return candidates;
    }
    let lowest = lowest(subject);
    let fewest = least_open(&candidates).map_or(0, |best| best.open);
    let mut releases: Vec<_> = candidates.iter().copied().filter(|candidate| candidate.is_release).collect();
    if least_open(&releases).is_none_or(|best| best.open > fewest) {
        let all = 0..u32::try_from(package.bounds.len()).unwrap_or(u32::MAX);
        let known = all.filter_map(|bound| candidate(subject, package, groups, bound, &lowest));
        releases.extend(known.filter(|candidate| candidate.is_release && candidate.open <= fewest));
        releases.sort_by_key(|candidate| candidate.bound);
        releases.dedup_by_key(|candidate| candidate.bound);
    }
    let now = open_now(subject, package, groups);
    if releases.iter().any(|candidate| candidate.open < now) { releases } else { candidates }
}

/// Groups that hit the subject as it is; all of them when its version is not exact.
fn open_now(subject: &Subject<'_>, package: &PackageView<'_>, groups: &[&GroupView<'_>]) -> usize {
    let key = subject.version.exact().and_then(|version| subject.ecosystem.version_key(version).ok());
    let Some(position) = key.map(|key| package.position(&key)) else { return groups.len() };
    groups.iter().filter(|group| group.contains(position) || !group.undecided.is_empty()).count()
}

/// The place from which versions are upgrades: above an exact version, from a requirement's first version on.
fn lowest(subject: &Subject<'_>) -> Cut {
    let ecosystem = subject.ecosystem;
    match subject.version {
        Version::Exact(version) => ecosystem.version_key(version).map_or(Cut::Start, Cut::after),
        Version::Range(range) => {
            let admitted = ecosystem.parse_range(range).map(|admitted| admitted.as_set()).unwrap_or_default();
            admitted.spans().first().map_or(Cut::Start, |first| first.start().clone())
        }
        Version::Unknown => Cut::Start,
    }
}

/// Fewest flaws first, then releases, then the smallest.
fn least_open<'p>(candidates: &[Candidate<'p>]) -> Option<Candidate<'p>> {
    candidates.iter().copied().min_by_key(|candidate| (candidate.open, !candidate.is_release, candidate.bound))
}

/// Whether an unrestricted requirement would install the version, and it does not call itself something else. What a
/// distribution ships is released, however it is called.
fn is_release(ecosystem: &Ecosystem, version: &str, key: &VersionKey) -> bool {
    let admits = |any: inventory::AdmittedVersions| any.intersects(&VersionSet::single(key.clone()));
    ecosystem.is_distribution()
        || (ecosystem.parse_range("").map_or(true, admits) && !is_named_prerelease(ecosystem, version))
}

/// What versions before a release are called where requirements do not tell them apart: Maven, Go, NuGet, Packagist. Sorted.
const PRERELEASE_WORDS: &[&str] =
    &["a", "alpha", "b", "beta", "cr", "dev", "m", "milestone", "pre", "preview", "rc", "snapshot"];
/// Ecosystems of Semantic Versioning whose requirements admit pre-releases.
const DASH_IS_PRERELEASE: &[&str] = &["go", "nuget"];

fn is_named_prerelease(ecosystem: &Ecosystem, version: &str) -> bool {
    let version = version.split('+').next().unwrap_or_default();
    if DASH_IS_PRERELEASE.contains(&ecosystem.id) {
        return version.contains('-');
    }
    let lower = version.to_ascii_lowercase();
    lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| {
        let words = part.split(|c: char| c.is_ascii_digit()).filter(|word| !word.is_empty());
        // A letter alone is a word only with a number: `1.0-b2`, but not `1.0.b`.
        let is_numbered = part.ends_with(|c: char| c.is_ascii_digit());
        words.into_iter().any(|word| PRERELEASE_WORDS.binary_search(&word).is_ok() && (word.len() > 1 || is_numbered))
    })
}

/// The line of versions within which upgrades should not break: the first number, and below 1 of npm and crates the second
/// too.
fn line(ecosystem: &Ecosystem, version: &str) -> Option<(u64, u64)> {
    let version = version.trim().trim_start_matches(['v', 'V', '=', ' ']);
    let version = version.split_once('!').map_or(version, |(_, rest)| rest);
    let mut numbers = version.split('.').map(|part| {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part.get(..end).unwrap_or_default().parse().ok()
    });
    let major: u64 = numbers.next()??;
    let minor = numbers.next().flatten().unwrap_or(0);
    let caret = matches!(ecosystem.id, "npm" | "cargo");
    Some((major, if major == 0 && caret { minor + 1 } else { 0 }))
}
