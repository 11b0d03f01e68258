//! One advisory, reduced to what the index keeps.

use inventory::Ecosystem;

use super::json::{JsonAffected, JsonEvent, JsonRange, JsonRecord};
use crate::affected::{AffectedVersions, Event, EventKind, Stated};
use crate::day::Day;
use crate::severity::{StatedSeverity, Vector};

/// An advisory under one id, for the packages of one ecosystem.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) id: Box<str>,
    pub(crate) aliases: Vec<Box<str>>,
    /// As written; texts of one database compare as their times do.
    pub(crate) modified: Box<str>,
    pub(crate) published: Option<Day>,
    /// `Some` when the advisory was taken back: then it names no packages.
    pub(crate) withdrawn: Option<Option<Day>>,
    pub(crate) vectors: Vec<Vector>,
    pub(crate) stated_severity: Option<StatedSeverity>,
    /// Numbers of the Common Weakness Enumeration.
    pub(crate) weaknesses: Vec<u32>,
    pub(crate) packages: Vec<PackageAdvisory>,
    /// CVSS vectors that could not be read, as written.
    pub(crate) unreadable_vectors: Vec<Box<str>>,
}

/// What an advisory says of one package.
#[derive(Debug)]
pub(crate) struct PackageAdvisory {
    /// With its release suffix (`Debian:12`).
    pub(crate) ecosystem: Box<str>,
    /// In the ecosystem's canonical form.
    pub(crate) name: Box<str>,
    pub(crate) versions: AffectedVersions,
}

impl Record {
    /// The record in `json`, with the packages of `ecosystem` and of its releases (`Debian` takes `Debian:12` too).
    ///
    /// # Errors
    /// What is wrong with the JSON or its types.
    pub(crate) fn parse(json: &[u8], ecosystem: &str) -> Result<Self, String> {
        let json: JsonRecord<'_> = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        if json.id.is_empty() || json.id.len() > MAX_ID_BYTES {
            return Err(format!("its id is empty or longer than {MAX_ID_BYTES} bytes"));
        }
        let mut record = Self {
            aliases: json
                .aliases
                .0
                .iter()
                .filter_map(|alias| alias.0.as_deref())
                .filter(|alias| is_id(alias))
                .map(Box::from)
                .collect(),
            id: json.id.into(),
            modified: json.modified.as_deref().unwrap_or_default().into(),
            published: json.published.as_deref().and_then(Day::parse),
            withdrawn: json.withdrawn.as_deref().map(Day::parse),
            vectors: Vec::new(),
            stated_severity: json.database_specific.0.severity.as_deref().and_then(StatedSeverity::parse),
            weaknesses: json
                .database_specific
                .0
                .cwe_ids
                .0
                .iter()
                .filter_map(|id| parse_weakness(id.as_deref()?))
                .collect(),
            packages: Vec::new(),
            unreadable_vectors: Vec::new(),
        };
        for severity in &json.severity.0 {
            record.add_vector(severity.score.as_deref());
        }
        if record.withdrawn.is_none() {
            for affected in json.affected.0 {
                record.add_affected(&affected, ecosystem);
            }
        }
        record.tidy();
        Ok(record)
    }

    fn add_affected(&mut self, affected: &JsonAffected<'_>, wanted: &str) {
        let Some(package) = affected.package.as_ref().filter(|package| belongs_to(&package.ecosystem, wanted)) else {
            return;
        };
        let ecosystem = Ecosystem::by_advisory_name(&package.ecosystem);
        let name =
            ecosystem.map_or(package.name.as_ref().into(), |ecosystem| (ecosystem.normalise_name)(&package.name));
        let specific = &affected.database_specific.0;
        for severity in &affected.severity.0 {
            self.add_vector(severity.score.as_deref());
        }
        self.add_vector(specific.cvss.as_deref());
        if let Some(kind) = specific.informational.as_deref() {
            self.stated_severity = self.stated_severity.or(StatedSeverity::parse_informational(kind));
        }
        self.weaknesses.extend(specific.cwes.0.iter().filter_map(|weakness| parse_weakness(weakness.0.id.as_deref()?)));
        let versions = AffectedVersions::from_stated(stated(affected), ecosystem);
        let same = |known: &&mut PackageAdvisory| *known.ecosystem == *package.ecosystem && *known.name == *name;
        match self.packages.iter_mut().find(same) {
            Some(known) => known.versions.add(versions),
            None => self.packages.push(PackageAdvisory {
                ecosystem: package.ecosystem.as_ref().into(),
                name: name.into(),
                versions,
            }),
        }
    }

    fn add_vector(&mut self, text: Option<&str>) {
        let Some(text) = text.map(str::trim).filter(|text| text.contains('/')) else { return };
        match Vector::parse(text) {
            Some(vector) => self.vectors.push(vector),
            None => self.unreadable_vectors.push(text.into()),
        }
    }

    fn tidy(&mut self) {
        self.vectors.sort_unstable();
        self.vectors.dedup();
        self.weaknesses.sort_unstable();
        self.weaknesses.dedup();
    }
}

/// No database has longer ids; longer ones would only serve to swell the index.
const MAX_ID_BYTES: usize = 200;

fn is_id(alias: &str) -> bool {
    !alias.is_empty() && alias.len() <= MAX_ID_BYTES
}

/// Whether a package of `ecosystem` is meant by the feed of `wanted`.
fn belongs_to(ecosystem: &str, wanted: &str) -> bool {
    ecosystem.strip_prefix(wanted).is_some_and(|suffix| suffix.is_empty() || suffix.starts_with(':'))
}

fn parse_weakness(id: &str) -> Option<u32> {
    id.strip_prefix("CWE-")?.parse().ok()
}

fn stated<'a>(affected: &'a JsonAffected<'_>) -> Stated<'a> {
    let is_commits = |range: &&JsonRange<'_>| range.kind == "GIT";
    Stated {
        ranges: affected.ranges.0.iter().filter(|range| !is_commits(range)).map(events).collect(),
        has_commit_ranges: affected.ranges.0.iter().any(|range| is_commits(&range)),
        versions: affected.versions.0.iter().filter_map(|version| version.0.as_deref()).collect(),
        last_known: affected.database_specific.0.last_known_affected_version_range.as_deref(),
    }
}

fn events(range: &JsonRange<'_>) -> Vec<Event> {
    let of = |event: &JsonEvent<'_>| {
        let stated = [&event.introduced, &event.fixed, &event.last_affected, &event.limit];
        let events = EventKind::ALL
            .into_iter()
            .zip(stated)
            .filter_map(|(kind, version)| version.0.as_deref().map(|version| Event { kind, version: version.into() }));
        events.collect::<Vec<_>>()
    };
    range.events.0.iter().flat_map(of).collect()
}
