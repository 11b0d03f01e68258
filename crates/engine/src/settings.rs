//! What a scan is asked to do.

use std::path::PathBuf;

use advisory::PackageUrl;
use model::proposal::Dialect;
use model::{Family, Finding, Location};

/// A civil date.
pub type Date = jiff::civil::Date;

#[derive(Debug, Clone)]
pub struct Settings {
    pub source: source::Options,
    /// Families of findings to look for; empty means all.
    pub families: Vec<Family>,
    /// Advisory index; `None` takes the user's own when there is one, else the built-in starter.
    pub advisories: Option<PathBuf>,
    /// The day to judge by.
    pub today: Date,
    /// VEX documents, OpenVEX or CycloneDX.
    pub vex: Vec<PathBuf>,
    /// Findings that the user has an answer to.
    pub ignores: Vec<Ignore>,
    /// Logs and reports of what functions did, files or folders of them.
    pub usage: Vec<PathBuf>,
    /// The language to write recommended policies in; `None` takes the project's own.
    pub dialect: Option<Dialect>,
    /// Resolves requirements as an install would have.
    pub resolution: Option<Resolution>,
}

/// Requirements without a lock become the versions that an install on `day` would have taken.
#[derive(Debug, Clone)]
pub struct Resolution {
    pub day: Date,
    /// What registries say of packages; see [`advisory::PackageIndex`].
    pub package_index: PathBuf,
}

impl Settings {
    pub(crate) fn wants(&self, family: Family) -> bool {
        self.families.is_empty() || self.families.contains(&family)
    }

    pub(crate) fn wants_components(&self) -> bool {
        self.wants(Family::Vulnerability)
    }

    pub(crate) fn wants_secrets(&self) -> bool {
        self.wants(Family::Secret)
    }

    /// Code is read for permissions; a scan for vulnerabilities alone reads metadata only.
    pub(crate) fn wants_code(&self) -> bool {
        self.wants(Family::Permission)
    }
}

/// Today's date in UTC, so that a scan does not depend on where it runs.
pub fn today() -> Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}

/// An entry of the ignore list: findings to which everything applies that it states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// Any id of the advisory, or the rule's.
    pub id: Option<String>,
    /// Package name (`lodash`, `lodash@4.17.15`) or package URL; `*` stands for anything.
    pub package: Option<String>,
    /// Place of the finding; `*` stands for anything.
    pub path: Option<String>,
    pub reason: String,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// Where the entry stands.
    pub place: Location,
}

impl Ignore {
    pub(crate) fn matches(&self, finding: &Finding) -> bool {
        let ids = finding.advisory.iter().flat_map(|flaw| flaw.ids.iter().map(String::as_str));
        let is_id =
            |id: &String| std::iter::once(finding.rule).chain(ids.clone()).any(|known| known.eq_ignore_ascii_case(id));
        let is_path = |path: &String| finding.locations.iter().any(|location| is_like(path, &location.file));
        self.id.as_ref().is_none_or(is_id)
            && (self.package.is_none() || self.is_package(finding.component.as_deref()))
            && self.path.as_ref().is_none_or(is_path)
    }

    pub(crate) fn is_package(&self, purl: Option<&str>) -> bool {
        let (Some(pattern), Some(purl)) = (self.package.as_deref(), purl) else { return false };
        let Ok(actual) = PackageUrl::parse(purl) else { return is_like(pattern, purl) };
        if let Ok(stated) = PackageUrl::parse(pattern) {
            let is_version = stated.version.is_none() || stated.version == actual.version;
            let is_name = is_like(&stated.name, &actual.name) && is_like(&stated.namespace, &actual.namespace);
            return stated.kind == actual.kind && is_name && is_version;
        }
        let name = actual.ecosystem().map_or_else(|| actual.name.clone(), |ecosystem| actual.canonical_name(ecosystem));
        let version = actual.version.as_deref().unwrap_or_default();
        is_like(pattern, &name) || is_like(pattern, &format!("{name}@{version}"))
    }

    /// What it is about, for people.
    pub(crate) fn shown(&self) -> String {
        let stated = [&self.id, &self.package, &self.path].into_iter().flatten();
        stated.map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ")
    }
}

/// Whether the whole of `text` is like `pattern`, in which `*` stands for any characters.
pub(crate) fn is_like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}
