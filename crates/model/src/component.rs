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
    /// What the operating system's package manager adds; `None` for every other kind of package.
    pub system: Option<SystemPackage>,
    /// Purl of the operating system package that brought its files: that vendor answers for them.
    pub owner: Option<String>,
    /// What of it was linked into a program; `None` when nothing says.
    pub linked: Option<Linked>,
}

/// What an operating system's package manager says beyond name and version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SystemPackage {
    /// Distribution and release as purls write them: `debian-12`, `alpine-3.20`, `amzn-2023`.
    pub distribution: Option<String>,
    pub architecture: Option<String>,
    /// Advisories of some distributions name the package it was built from.
    pub source: Option<SourcePackage>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourcePackage {
    pub name: String,
    /// `None` when it is the binary package's own.
    pub version: Option<String>,
}

/// The parts of a package that a linker kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Linked {
    /// Full names as advisories write them, sorted: `golang.org/x/crypto/openpgp.ReadKeyRing`, `net/http.Client.Do`. Inlined
    /// functions are among them.
    pub symbols: Vec<String>,
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
    /// A bill of materials that lies in the artifact.
    Listed,
    /// A lock file's pin.
    Locked,
    /// Traces in code that hold its version: fingerprints, paths, version texts.
    Recognised,
    /// A manifest's requirement.
    Declared,
}

impl EvidenceKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::Listed => "listed",
            Self::Locked => "locked",
            Self::Recognised => "recognised",
            Self::Declared => "declared",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    Function,
    /// The named layer.
    Layer(String),
    /// The container image beside the function, and which of its layers, in words.
    Image(Option<String>),
    Runtime,
}

impl Origin {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Layer(_) => "layer",
            Self::Image(_) => "image",
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

impl Presence {
    pub fn name(self) -> &'static str {
        match self {
            Self::Shipped => "shipped",
            Self::Development => "development",
            Self::Absent => "absent",
            Self::Project => "project",
        }
    }
}
