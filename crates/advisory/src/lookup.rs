//! Where in the index a package stands: one place for most ecosystems, several for operating systems.
//!
//! Advisories of a distribution are told apart by release, and name either the package or the one it was built from. Those
//! of Amazon Linux are told apart further by repository (core, and one for each of the extras): rpm keeps no note of the
//! repository, so the version tells it.

use std::borrow::Cow;
use std::cmp::Ordering;

use inventory::NamedBy;
use model::advisory::{AdvisoryMatch, Cvss, MatchStatus};
use model::component::Version;

use crate::groups::id_rank;
use crate::index::EcosystemRow;
use crate::index::package::PackageView;
use crate::matching::Subject;
use crate::{Error, Index};

/// A package of the index that may speak of the subject, and the version to ask it by.
#[derive(Debug)]
pub(crate) struct Lookup<'i, 's> {
    pub(crate) package: PackageView<'i>,
    pub(crate) version: Cow<'s, Version>,
    /// The repository, where the distribution has several; empty for its core.
    stream: &'i str,
    /// Why it is not sure that the package speaks of the subject.
    pub(crate) doubt: Option<&'static str>,
}

/// The parts of the index that concern a subject.
pub(crate) struct Rows<'i> {
    pub(crate) rows: Vec<&'i EcosystemRow>,
    /// Whether the subject's release is known; where not, the rows of all releases are here.
    is_release_known: bool,
}

impl Index {
    pub(crate) fn rows(&self, subject: &Subject<'_>) -> Rows<'_> {
        let ecosystem = subject.ecosystem;
        if !ecosystem.is_distribution() {
            return Rows {
                rows: self.ecosystem(ecosystem.advisory_name).into_iter().collect(),
                is_release_known: true,
            };
        }
        let stated = subject.system.and_then(|system| system.distribution.clone());
        let told = || subject.version.exact().and_then(|version| ecosystem.told_by_version(version));
        let distribution = stated.or_else(told);
        let rows = self.contents().ecosystems.iter().filter(|row| {
            suffix(row, ecosystem.advisory_name).is_some_and(|suffix| match &distribution {
                Some(distribution) => ecosystem.concerns(suffix, distribution),
                None => row.packages > 0,
            })
        });
        Rows { rows: rows.collect(), is_release_known: distribution.is_some() }
    }

    /// Every package of the index that may speak of the subject.
    ///
    /// # Errors
    /// When the index is damaged where one lies.
    pub(crate) fn lookups<'i, 's>(&'i self, subject: &Subject<'s>) -> Result<Vec<Lookup<'i, 's>>, Error> {
        let Rows { rows, is_release_known } = self.rows(subject);
        let names = names(subject);
        let mut lookups = Vec::new();
        for row in rows {
            for (name, version) in &names {
                if let Some(package) = self.package_of(row, subject, name)? {
                    let doubt = (!is_release_known).then_some(UNKNOWN_RELEASE);
                    lookups.push(Lookup { package, version: version.clone(), stream: stream(row), doubt });
                }
            }
        }
        Ok(of_own_stream(lookups))
    }
}

const UNKNOWN_RELEASE: &str =
    "it is not known of which release it is: add the release to its purl (`?distro=debian-12`)";
const UNKNOWN_STREAM: &str = "it is not known from which of the distribution's repositories it comes";

/// What follows the ecosystem's name in a row's (`12` of `Debian:12`; empty for the name alone).
fn suffix<'r>(row: &'r EcosystemRow, name: &str) -> Option<&'r str> {
    let rest = row.name.strip_prefix(name)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(':') }
}

/// `docker` of `Amazon Linux:2:docker`.
fn stream(row: &EcosystemRow) -> &str {
    row.name.strip_prefix("Amazon Linux:").and_then(|rest| rest.split_once(':')).map_or("", |(_, stream)| stream)
}

/// The names under which the subject's advisories may know it, each with the version to ask by.
fn names<'s>(subject: &Subject<'s>) -> Vec<(Cow<'s, str>, Cow<'s, Version>)> {
    let own = (Cow::Borrowed(subject.name), Cow::Borrowed(subject.version));
    let source = subject.system.and_then(|system| system.source.as_ref()).map(|source| {
        let version = source
            .version
            .clone()
            .map_or(Cow::Borrowed(subject.version), |version| Cow::Owned(Version::Exact(version)));
        ((subject.ecosystem.normalise_name)(&source.name), version)
    });
    match (subject.ecosystem.named_by(), source) {
        (NamedBy::Binary, _) | (_, None) => vec![own],
        (NamedBy::Source, Some(source)) => vec![source],
        (NamedBy::Either, Some(source)) if source.0 == own.0 => vec![own],
        (NamedBy::Either, Some(source)) => vec![own, source],
    }
}

/// The names alone.
pub(crate) fn asked_names<'s>(subject: &Subject<'s>) -> impl Iterator<Item = Cow<'s, str>> + use<'s> {
    names(subject).into_iter().map(|(name, _)| name)
}

/// Without the packages of repositories that the subject cannot come from: kernel 4.14 of the core is not mended by a 5.10
/// of the extras. A repository that carries a version in its name (`kernel-5.10`, `php8.0`) holds just that line; others
/// hold the lines that their advisories speak of. Where that names none, all are kept, in doubt.
fn of_own_stream<'i, 's>(mut lookups: Vec<Lookup<'i, 's>>) -> Vec<Lookup<'i, 's>> {
    if lookups.len() < 2 || lookups.iter().all(|lookup| lookup.stream.is_empty()) {
        return lookups;
    }
    let is_told = lookups.iter().any(Lookup::holds_line);
    if is_told {
        lookups.retain(|lookup| lookup.stream.is_empty() || lookup.holds_line());
    } else {
        for lookup in lookups.iter_mut().filter(|lookup| !lookup.stream.is_empty()) {
            lookup.doubt = Some(UNKNOWN_STREAM);
        }
    }
    lookups
}

impl Lookup<'_, '_> {
    /// Whether the repository holds the line of versions that the subject belongs to.
    fn holds_line(&self) -> bool {
        let Some(version) = self.version.exact().map(upstream_part) else { return false };
        let named = self.stream.trim_start_matches(|c: char| !c.is_ascii_digit());
        if !named.is_empty() {
            return version.strip_prefix(named).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        }
        let line = |version: &str| version.splitn(3, '.').take(2).map(str::to_owned).collect::<Vec<_>>();
        self.package.bounds.iter().any(|bound| line(upstream_part(bound.text)) == line(version))
    }
}

/// `5.10.1` of `1:5.10.1-3.amzn2`.
fn upstream_part(version: &str) -> &str {
    let version = version.split_once(':').map_or(version, |(_, rest)| rest);
    version.split('-').next().unwrap_or(version)
}

/// One match for each flaw: a distribution may speak of one several times, by repository, by release, by bulletin.
pub(crate) fn combine(
    found: Vec<AdvisoryMatch>,
    subject: &Subject<'_>,
    lookups: &[Lookup<'_, '_>],
) -> Vec<AdvisoryMatch> {
    let doubt = lookups.iter().find_map(|lookup| lookup.doubt);
    let mut combined: Vec<(AdvisoryMatch, usize)> = Vec::new();
    for one in found {
        let same = |known: &&mut (AdvisoryMatch, usize)| {
            known.0.ids.iter().any(|id| id.starts_with("CVE-") && one.ids.contains(id)) || known.0.ids == one.ids
        };
        match combined.iter_mut().find(same) {
            Some((known, times)) => {
                add(known, one, subject);
                *times += 1;
            }
            None => combined.push((one, 1)),
        }
    }
    let settle = |(mut one, times): (AdvisoryMatch, usize)| {
        if let Some(doubt) = doubt.filter(|_| times < lookups.len() && one.status == MatchStatus::Affected) {
            one.status = MatchStatus::Possible;
            one.why = Some(doubt.to_owned());
        }
        one
    };
    combined.into_iter().map(settle).collect()
}

fn add(known: &mut AdvisoryMatch, other: AdvisoryMatch, subject: &Subject<'_>) {
    known.ids.extend(other.ids);
    known.ids.sort_by(|left, right| (id_rank(left), left).cmp(&(id_rank(right), right)));
    known.ids.dedup();
    if other.status > known.status {
        (known.status, known.why) = (other.status, other.why);
    }
    if other.severity > known.severity {
        (known.severity, known.severity_basis) = (other.severity, other.severity_basis);
    }
    known.cvss.extend(other.cvss);
    known.cvss.sort_by(newest_first);
    known.cvss.dedup();
    known.fixed.extend(other.fixed);
    known.fixed.sort_by(|left, right| subject.ecosystem.compare(left, right).then_with(|| left.cmp(right)));
    known.fixed.dedup();
    known.known_exploited |= other.known_exploited;
    known.epss = known.epss.into_iter().chain(other.epss).reduce(f64::max);
    known.published = known.published.take().into_iter().chain(other.published).min();
    known.cwe.extend(other.cwe);
    known.cwe.sort_unstable();
    known.cwe.dedup();
    known.code = crate::osv::union_of_code(std::mem::take(&mut known.code), other.code);
}

fn newest_first(left: &Cvss, right: &Cvss) -> Ordering {
    right
        .version
        .cmp(left.version)
        .then_with(|| right.score.total_cmp(&left.score))
        .then_with(|| left.vector.cmp(&right.vector))
}
