//! Something about the user's function to act on.

use crate::Location;
use crate::advisory::AdvisoryMatch;

/// Harm if true. Ordered: `Critical` is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }
}

/// How sure we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    Possible,
    Likely,
    Certain,
}

impl Confidence {
    pub fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    Vulnerability,
    Secret,
    Weakness,
    Permission,
    Exposure,
    Configuration,
}

impl Family {
    pub const ALL: [Self; 6] =
        [Self::Vulnerability, Self::Secret, Self::Weakness, Self::Permission, Self::Exposure, Self::Configuration];

    pub fn name(self) -> &'static str {
        match self {
            Self::Vulnerability => "vulnerability",
            Self::Secret => "secret",
            Self::Weakness => "weakness",
            Self::Permission => "permission",
            Self::Exposure => "exposure",
            Self::Configuration => "configuration",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.name() == name)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Kebab-case rule id; never changes.
    pub rule: &'static str,
    pub family: Family,
    pub severity: Severity,
    pub confidence: Confidence,
    pub title: String,
    /// Primary first, then related ones in the order of the story. Never empty.
    pub locations: Vec<Location>,
    /// purl of the component it is about.
    pub component: Option<String>,
    pub advisory: Option<AdvisoryMatch>,
    /// `CWE-798`.
    pub cwe: Vec<String>,
    pub tags: Vec<String>,
    pub identity: Option<String>,
    pub remedy: Remedy,
    /// Stable across scans: rule, function and what the finding is about, never its line.
    pub fingerprint: String,
}

/// A finding that somebody has an answer to: not counted, and kept with that answer.
#[derive(Debug, Clone, PartialEq)]
pub struct SuppressedFinding {
    pub finding: Finding,
    pub by: Suppression,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub kind: SuppressionKind,
    /// Where the answer stands: a file, its line, or the purl of the vendor's package.
    pub source: String,
    /// The status of a VEX statement.
    pub status: Option<&'static str>,
    pub reason: String,
    /// The last day on which it holds.
    pub expires: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuppressionKind {
    /// An entry of the configuration.
    Ignored,
    /// A VEX statement.
    Vex,
    /// The vendor of the operating system's package answers for it.
    Vendor,
}

impl SuppressionKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Ignored => "ignored",
            Self::Vex => "vex",
            Self::Vendor => "vendor",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    pub kind: RemedyKind,
    pub text: String,
    /// The version to upgrade to, or the name to change to.
    pub to: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RemedyKind {
    Upgrade,
    Policy,
    Edit,
    Rotate,
}

impl RemedyKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Policy => "policy",
            Self::Edit => "edit",
            Self::Rotate => "rotate",
        }
    }
}
