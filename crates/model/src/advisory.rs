//! Known vulnerabilities as matched to a component.

use crate::Severity;

/// One flaw that hits a component, under all its names.
#[derive(Debug, Clone, PartialEq)]
pub struct AdvisoryMatch {
    /// Every id of the group, preferred one first (CVE- after GHSA- and the ecosystem's own ids), then sorted.
    pub ids: Vec<String>,
    pub status: MatchStatus,
    /// Why the status is `Possible`; one sentence.
    pub why: Option<String>,
    pub severity: Severity,
    /// What `severity` rests on.
    pub severity_basis: SeverityBasis,
    /// Every CVSS vector known for the group, newest version first.
    pub cvss: Vec<Cvss>,
    /// Versions that fix it, in version order, one per affected line of versions.
    pub fixed: Vec<String>,
    pub known_exploited: bool,
    /// Probability of exploitation in 30 days, 0–1.
    pub epss: Option<f64>,
    pub published: Option<String>,
    pub cwe: Vec<String>,
    /// The code that has the flaw, where the advisory names it; empty means the package as a whole.
    pub code: Vec<AffectedCode>,
    /// How near the flaw is to being run.
    pub reach: FlawReach,
}

/// A part of a package that has a flaw.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AffectedCode {
    /// Import path of the part (`golang.org/x/crypto/openpgp`); empty where only symbols are named.
    pub path: String,
    /// Functions and methods (`Client.Do`), sorted; empty means all of `path`.
    pub symbols: Vec<String>,
}

/// How near a flaw is to being run, as far as anything says. Shown beside a finding; lowers its rank, never hides it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlawReach {
    /// The flawed code was linked into the program, or is called by name.
    Symbol,
    /// The handler's modules import the package.
    Imported,
    /// The package is there.
    Installed,
    /// Nothing says.
    #[default]
    Unknown,
    /// The linker left the flawed code out.
    NotLinked,
}

impl FlawReach {
    pub fn name(self) -> &'static str {
        match self {
            Self::Symbol => "symbol",
            Self::Imported => "imported",
            Self::Installed => "installed",
            Self::Unknown => "unknown",
            Self::NotLinked => "not-linked",
        }
    }
}

/// What a severity rests on, best first. A report says which, and says so when nothing was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SeverityBasis {
    /// The first of `AdvisoryMatch::cvss` that the preferred source states.
    Cvss,
    /// The source's own word (`MODERATE`), without a vector.
    Stated,
    /// The package itself is malware: critical whatever its numbers.
    Malware,
    /// Nobody said: taken as medium.
    Unstated,
}

impl SeverityBasis {
    pub const ALL: [Self; 4] = [Self::Cvss, Self::Stated, Self::Malware, Self::Unstated];

    pub fn name(self) -> &'static str {
        match self {
            Self::Cvss => "cvss",
            Self::Stated => "stated",
            Self::Malware => "malware",
            Self::Unstated => "unstated",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Cvss {
    /// `2.0`, `3.0`, `3.1`, `4.0`.
    pub version: &'static str,
    pub vector: String,
    /// Base score, 0.0–10.0.
    pub score: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchStatus {
    Possible,
    Affected,
}

impl MatchStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Affected => "affected",
        }
    }
}

/// All flaws of one component, and the way out.
#[derive(Debug, Clone, PartialEq)]
pub struct ComponentVulnerabilities {
    /// Index into the function's components.
    pub component: usize,
    /// Sorted: worst first, then by id.
    pub matches: Vec<AdvisoryMatch>,
    /// The smallest known version above the component's that clears every group, else the one that leaves fewest open.
    pub upgrade: Option<Upgrade>,
    /// Where `upgrade` crosses a major line: the smallest version of the component's own line that leaves fewest open.
    pub upgrade_in_line: Option<Upgrade>,
    /// Purl of the operating system package that brought the component, where the advisories in use know that package: its
    /// vendor's word on it replaces the upstream's ranges.
    pub vendor: Option<String>,
}

/// A version known to the advisories (one that fixes something), tested against every advisory of the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    pub version: String,
    /// First ids of the groups that stay open at this version; empty when it clears all.
    pub leaves: Vec<String>,
    /// Whether it is a pre-release: proposed to those who run one already, and where no release is known to fix anything.
    pub is_prerelease: bool,
}

/// Which advisories a scan was judged by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdvisorySource {
    /// `built-in starter` or the index file as the user named it.
    pub name: String,
    pub is_starter: bool,
    pub built_at: String,
    pub records: u64,
    pub newest: String,
}
