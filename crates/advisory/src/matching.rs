//! Which flaws hit a component.
//!
//! | the component's version | a flaw is |
//! |---|---|
//! | exact, in the affected set | affected |
//! | exact, no version by the ecosystem's rules | affected when the advisory lists it as written; else possible |
//! | a manifest's requirement | affected when every version it admits is hit; possible when some are |
//! | unknown, or a requirement that cannot be read | possible |
//!
//! A flaw of every version is affected whatever the component's version; ranges of the advisory that cannot be evaluated
//! make it possible for every version that the rest does not hit. Malware is named only for packages that come from the
//! ecosystem's registry: its records say nothing of code from elsewhere under the same name.

use std::cmp::Reverse;

use inventory::{Ecosystem, VersionSet};
use model::advisory::{AdvisoryMatch, FlawReach, MatchStatus};
use model::component::{SystemPackage, Version};

use crate::affected::{Event, EventKind, Undecided};
use crate::index::package::{Facts, GroupView, PackageView};
use crate::index::{Corrupt, EcosystemRow};
use crate::lookup::{Lookup, combine};
use crate::{Error, Index};

/// A package in a version, as matching needs it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    pub ecosystem: &'static Ecosystem,
    /// What an operating system's package manager adds: release, architecture, the package it was built from.
    pub system: Option<&'a SystemPackage>,
    /// In the ecosystem's canonical form.
    pub name: &'a str,
    pub version: &'a Version,
    pub provenance: Provenance,
}

/// Where a package's code comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// The ecosystem's public registry, as far as anything says.
    Registry,
    /// Another registry, which may mirror the public one.
    OtherRegistry,
    /// A repository, an archive or a folder: the name alone says nothing.
    Elsewhere,
}

impl Subject<'_> {
    /// Whether the group may concern the subject, whatever its version.
    pub(crate) fn is_concerned(&self, group: &GroupView<'_>) -> bool {
        let is_other_code = group.is_malware && self.provenance == Provenance::Elsewhere;
        let architecture = self.system.and_then(|system| system.architecture.as_deref());
        !is_other_code && crate::architecture::concerns(group.architectures, architecture)
    }
}

impl Index {
    /// Whether the index knows the subject's ecosystem and release at all; where it does not, no match means nothing.
    pub fn covers(&self, subject: &Subject<'_>) -> bool {
        !self.rows(subject).rows.is_empty()
    }

    /// Whether the index has advisories for the very package: then its vendor speaks of it.
    ///
    /// # Errors
    /// When the index is damaged where the package lies.
    pub fn knows(&self, subject: &Subject<'_>) -> Result<bool, Error> {
        Ok(!self.lookups(subject)?.is_empty())
    }

    /// The flaws that hit the subject: worst first, then by id.
    ///
    /// # Errors
    /// When the index is damaged where the package lies.
    pub fn match_component(&self, subject: &Subject<'_>) -> Result<Vec<AdvisoryMatch>, Error> {
        self.matches(subject, &self.lookups(subject)?)
    }

    /// The package of this name in the row.
    pub(crate) fn package_of(
        &self,
        row: &EcosystemRow,
        subject: &Subject<'_>,
        name: &str,
    ) -> Result<Option<PackageView<'_>>, Error> {
        let Some(bytes) = self.find(row, name)? else { return Ok(None) };
        let package = bytes.view().map_err(|corrupt| self.corrupt(corrupt))?;
        // An index of a program with another order of versions would answer wrongly without a sign.
        let is_own_order = package
            .bounds
            .first()
            .is_none_or(|bound| subject.ecosystem.version_key(bound.text).is_ok_and(|key| key.as_bytes() == bound.key));
        if is_own_order {
            Ok(Some(package))
        } else {
            Err(self.corrupt(Corrupt("another version of the program built it")))
        }
    }

    /// What the packages that were looked up say of the subject.
    pub(crate) fn matches(
        &self,
        subject: &Subject<'_>,
        lookups: &[Lookup<'_, '_>],
    ) -> Result<Vec<AdvisoryMatch>, Error> {
        let mut found = Vec::new();
        for lookup in lookups {
            let question = Question::of(subject.ecosystem, &lookup.version);
            for group in lookup.package.groups.iter().filter(|group| subject.is_concerned(group)) {
                if let Some(verdict) = question.verdict(&lookup.package, group, subject) {
                    found.push(self.describe(&lookup.package, group, verdict)?);
                }
            }
        }
        let mut matches = if subject.ecosystem.is_distribution() { combine(found, subject, lookups) } else { found };
        matches.sort_by(|left, right| rank(left).cmp(&rank(right)).then_with(|| left.ids.cmp(&right.ids)));
        Ok(matches)
    }

    fn describe(
        &self,
        package: &PackageView<'_>,
        group: &GroupView<'_>,
        verdict: Verdict,
    ) -> Result<AdvisoryMatch, Error> {
        let Facts { ids, vectors, published, weaknesses, probability, code } =
            group.facts(package.name).map_err(|corrupt| self.corrupt(corrupt))?;
        let (status, why) = match verdict {
            Verdict::Affected => (MatchStatus::Affected, None),
            Verdict::Possible(why) => (MatchStatus::Possible, Some(why)),
        };
        Ok(AdvisoryMatch {
            ids,
            status,
            why,
            severity: group.severity,
            severity_basis: group.severity_basis,
            cvss: vectors.into_iter().map(|number| self.vector(number)).collect::<Result<_, _>>()?,
            fixed: fixed_versions(package, group),
            known_exploited: group.is_known_exploited,
            epss: probability,
            published: published.map(|day| day.to_string()),
            cwe: weaknesses.into_iter().map(|number| format!("CWE-{number}")).collect(),
            code,
            reach: FlawReach::Unknown,
        })
    }
}

fn rank(found: &AdvisoryMatch) -> impl Ord + use<> {
    let tenths = found.cvss.iter().map(|cvss| (cvss.score * 10.0) as u32).max();
    (Reverse(found.severity), !found.known_exploited, Reverse(found.status), Reverse(tenths))
}

/// Versions with the fix, ascending; those of ranges that cannot be ordered follow as stated.
fn fixed_versions(package: &PackageView<'_>, group: &GroupView<'_>) -> Vec<String> {
    let ordered =
        PackageView::fixes(group).filter_map(|bound| package.bounds.get(bound as usize)).map(|bound| bound.text);
    let stated = undecided_fixes(group);
    let mut fixed: Vec<String> = Vec::new();
    for version in ordered.chain(stated) {
        if !fixed.iter().any(|known| known == version) {
            fixed.push(version.to_owned());
        }
    }
    fixed
}

/// The fixes of ranges that cannot be evaluated.
pub(crate) fn undecided_fixes<'g>(group: &'g GroupView<'_>) -> impl Iterator<Item = &'g str> {
    let events = group.undecided.iter().flat_map(|undecided| match undecided {
        Undecided::Events(events) => events.as_slice(),
        Undecided::Commits => &[],
    });
    events.filter(|event| event.kind == EventKind::Fixed).map(|event| &*event.version)
}

#[derive(Debug, PartialEq)]
enum Verdict {
    Affected,
    Possible(String),
}

/// What a version lets us ask of a group's ranges.
enum Question<'a> {
    Exact {
        key: inventory::VersionKey,
    },
    Admitted {
        versions: inventory::AdmittedVersions,
        requirement: &'a str,
    },
    /// No place in the order: the version as written, and why it is not placed.
    Unplaced {
        text: Option<&'a str>,
        why: String,
    },
}

impl<'a> Question<'a> {
    fn of(ecosystem: &Ecosystem, version: &'a Version) -> Self {
        match version {
            Version::Exact(text) => match ecosystem.version_key(text) {
                Ok(key) => Self::Exact { key },
                Err(unparsable) => {
                    Self::Unplaced { text: Some(text), why: format!("{unparsable}, so it cannot be compared") }
                }
            },
            Version::Range(text) => match ecosystem.parse_range(text) {
                Ok(versions) => Self::Admitted { versions, requirement: text },
                Err(unparsable) => {
                    Self::Unplaced { text: None, why: format!("{unparsable}, so any version may be installed") }
                }
            },
            Version::Unknown => Self::Unplaced { text: None, why: "its version is not known".to_owned() },
        }
    }

    fn verdict(&self, package: &PackageView<'_>, group: &GroupView<'_>, subject: &Subject<'_>) -> Option<Verdict> {
        let verdict = self.verdict_of_ranges(package, group)?;
        match (group.is_malware, subject.provenance) {
            (true, Provenance::OtherRegistry) => Some(Verdict::Possible(
                "the registry's package of this name is malware; this one comes from another registry".to_owned(),
            )),
            _ => Some(verdict),
        }
    }

    fn verdict_of_ranges(&self, package: &PackageView<'_>, group: &GroupView<'_>) -> Option<Verdict> {
        if group.hits_all() {
            return Some(Verdict::Affected);
        }
        match self {
            Self::Exact { key } if group.contains(package.position(key)) => Some(Verdict::Affected),
            Self::Admitted { versions, requirement } => match coverage(versions, &package.version_set(group)) {
                Coverage::All => Some(Verdict::Affected),
                Coverage::Some => Some(Verdict::Possible(format!(
                    "`{requirement}` admits versions that are hit and others; lock the version"
                ))),
                Coverage::None => undecided_verdict(group),
            },
            Self::Exact { .. } => undecided_verdict(group),
            Self::Unplaced { text, why } => {
                let is_listed = text.is_some_and(|text| group.listed.contains(&text));
                Some(if is_listed { Verdict::Affected } else { Verdict::Possible(why.clone()) })
            }
        }
    }
}

enum Coverage {
    All,
    Some,
    None,
}

fn coverage(admitted: &inventory::AdmittedVersions, affected: &VersionSet) -> Coverage {
    if admitted.is_subset_of(affected) {
        Coverage::All
    } else if admitted.intersects(affected) {
        Coverage::Some
    } else {
        Coverage::None
    }
}

fn undecided_verdict(group: &GroupView<'_>) -> Option<Verdict> {
    let why = match group.undecided.first()? {
        Undecided::Commits => "the advisory states commits only, no versions".to_owned(),
        Undecided::Events(events) => format!("the advisory's range `{}` cannot be compared", range_text(events)),
    };
    Some(Verdict::Possible(why))
}

/// `>= 1.0, < 2.0`.
fn range_text(events: &[Event]) -> String {
    let text = |event: &Event| {
        let operator = match event.kind {
            EventKind::Introduced => ">=",
            EventKind::Fixed | EventKind::Limit => "<",
            EventKind::LastAffected => "<=",
        };
        format!("{operator} {}", event.version)
    };
    events.iter().map(text).collect::<Vec<_>>().join(", ")
}
