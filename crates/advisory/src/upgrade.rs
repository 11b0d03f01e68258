//! The version to go to: the smallest known one that no advisory hits.
//!
//! Candidates are the versions that advisories of the package name as fixes: without asking the registry no others are
//! known to exist. Each is tested against every advisory of the package, not only those that hit the component, so an
//! upgrade does not lead from one flaw into another. Pre-releases are proposed only when nothing else is better.

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
        let candidates = candidates(subject, package, &groups);
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
            Ok::<_, Error>(Upgrade { version: candidate.text.to_owned(), leaves })
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
    let candidate = |bound: u32| {
        let view = package.bounds.get(bound as usize)?;
        let key = VersionKey::from_bytes(view.key);
        let mut candidate =
            Candidate { text: view.text, bound, open: 0, is_release: is_release(subject.ecosystem, &key) };
        candidate.open = groups.iter().filter(|group| candidate.is_hit_by(group)).count();
        Cut::before(key).ge(&lowest).then_some(candidate)
    };
    bounds.into_iter().filter_map(candidate).collect()
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

/// Whether an unrestricted requirement would install the version. Ecosystems whose requirements are not known have no
/// pre-releases that could be told.
fn is_release(ecosystem: &Ecosystem, key: &VersionKey) -> bool {
    ecosystem.parse_range("").map_or(true, |any| any.intersects(&VersionSet::single(key.clone())))
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
