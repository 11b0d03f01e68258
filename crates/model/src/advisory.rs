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
    /// Every CVSS vector known for the group, newest version first.
    pub cvss: Vec<Cvss>,
    /// Versions that fix it, in version order, one per affected line of versions.
    pub fixed: Vec<String>,
    pub known_exploited: bool,
    /// Probability of exploitation in 30 days, 0–1.
    pub epss: Option<f64>,
    pub published: Option<String>,
    pub cwe: Vec<String>,
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
    /// The smallest version that clears every group, when there is one.
    pub upgrade: Option<Upgrade>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    pub version: String,
    /// Ids that stay open at this version; empty when it clears all.
    pub leaves: Vec<String>,
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
