//! Packages found in an artifact.

use crate::Location;

/// A package with all the evidence for it. One per purl and origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Ecosystem id as in `inventory`'s list: `npm`, `pypi`.
    pub ecosystem: &'static str,
    /// Name in the ecosystem's canonical form (PEP 503 for PyPI; `@scope/name` for npm).
    pub name: String,
    pub version: Version,
    /// Package URL; without `@version` when the version is not exact.
    pub purl: String,
    /// Sorted, without duplicates, never empty.
    pub evidence: Vec<Evidence>,
    pub origin: Origin,
    pub reach: Reach,
    /// What stands between the package and production.
    pub presence: Presence,
    /// Names of components that ask for this one, sorted; empty when asked for directly or unknown.
    pub parents: Vec<String>,
    /// Whether the project itself asks for it; `None` when nothing says.
    pub direct: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    Exact(String),
    /// A manifest's requirement, as written: `^4.17.0`, `>=2,<3`. Empty means any version.
    Range(String),
    Unknown,
}

impl Version {
    pub fn exact(&self) -> Option<&str> {
        match self {
            Self::Exact(version) => Some(version),
            Self::Range(_) | Self::Unknown => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    pub location: Location,
    pub kind: EvidenceKind,
}

/// How sure a file makes us, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceKind {
    /// The package's own metadata beside its files.
    Installed,
    /// A lock file's pin.
    Locked,
    /// A manifest's requirement.
    Declared,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    Function,
    /// The named layer.
    Layer(String),
    Image,
    Runtime,
}

impl Origin {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Layer(_) => "layer",
            Self::Image => "image",
            Self::Runtime => "runtime",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    Imported,
    Present,
    Unknown,
}

impl Reach {
    pub fn name(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Present => "present",
            Self::Unknown => "unknown",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// Its files are in the artifact, or a lock or manifest says they will be.
    Shipped,
    /// Only for development (npm `dev`, poetry groups): not deployed.
    Development,
    /// A lock or manifest asks for it, but the packed archive, which holds the others, does not: left out on purpose.
    Absent,
    /// The scanned project itself.
    Project,
}
