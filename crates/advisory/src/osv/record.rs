//! One advisory, reduced to what the index keeps.

use inventory::Ecosystem;
use model::advisory::AffectedCode;

use super::json::{AnyList, AnyText, JsonAffected, JsonEvent, JsonRange, JsonRecord};
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
    /// The distribution's own judgement, which stands above upstream's scores.
    pub(crate) vendor_severity: Option<StatedSeverity>,
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
    /// The parts that have the flaw; empty means all of the package.
    pub(crate) code: Vec<AffectedCode>,
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
            vendor_severity: None,
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
        let urgency = affected.ecosystem_specific.0.urgency.as_deref();
        self.vendor_severity = self.vendor_severity.or(urgency.and_then(StatedSeverity::parse_urgency));
        let versions = AffectedVersions::from_stated(stated(affected), ecosystem);
        let code = affected_code(affected);
        let same = |known: &&mut PackageAdvisory| *known.ecosystem == *package.ecosystem && *known.name == *name;
        match self.packages.iter_mut().find(same) {
            Some(known) => {
                known.versions.add(versions);
                known.code = union_of_code(std::mem::take(&mut known.code), code);
            }
            None => self.packages.push(PackageAdvisory {
                ecosystem: package.ecosystem.as_ref().into(),
                name: name.into(),
                versions,
                code,
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

/// Parts of a package that one entry may name; the longest real list has some three hundred.
const MAX_CODE_PARTS: usize = 2_000;
const MAX_CODE_NAME_BYTES: usize = 500;

/// What the entry says of the code that has the flaw.
fn affected_code(affected: &JsonAffected<'_>) -> Vec<AffectedCode> {
    let specific = &affected.ecosystem_specific.0;
    let names = |list: &AnyList<AnyText<'_>>| {
        let texts = list.0.iter().filter_map(|name| name.as_deref());
        let mut names: Vec<String> = texts
            .filter(|name| !name.is_empty() && name.len() <= MAX_CODE_NAME_BYTES)
            .take(MAX_CODE_PARTS)
            .map(str::to_owned)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    let mut code: Vec<AffectedCode> = Vec::new();
    for import in specific.imports.0.iter().take(MAX_CODE_PARTS) {
        match import.0.path.as_deref() {
            Some(path) if !path.is_empty() && path.len() <= MAX_CODE_NAME_BYTES => {
                code.push(AffectedCode { path: path.to_owned(), symbols: names(&import.0.symbols) });
            }
            // A part without a name may be any.
            _ => return Vec::new(),
        }
    }
    let mut functions = names(&specific.affects.0.functions);
    functions.extend(names(&specific.affected_functions));
    if !functions.is_empty() {
        functions.sort_unstable();
        functions.dedup();
        code.push(AffectedCode { path: String::new(), symbols: functions });
    }
    code.sort_unstable();
    code.dedup();
    code
}

/// Both together; an entry that names no parts means the whole package.
pub(crate) fn union_of_code(left: Vec<AffectedCode>, right: Vec<AffectedCode>) -> Vec<AffectedCode> {
    if left.is_empty() || right.is_empty() {
        return Vec::new();
    }
    let mut all = left;
    all.extend(right);
    all.sort_unstable();
    all.dedup();
    all
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
