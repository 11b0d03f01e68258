//! Package URLs as questions to the index: `advisories query` and components name packages by them.

use inventory::{Ecosystem, PackageUrl};
use model::component::{SystemPackage, Version};

use crate::matching::{Provenance, Subject};

/// What a purl asks of the index, holding the texts that a [`Subject`] borrows.
#[derive(Debug)]
pub struct OwnedSubject {
    pub ecosystem: &'static Ecosystem,
    pub system: Option<SystemPackage>,
    pub name: String,
    pub version: Version,
    pub provenance: Provenance,
}

impl OwnedSubject {
    /// `None` when the program does not know the purl's ecosystem.
    pub fn from_purl(purl: &PackageUrl) -> Option<Self> {
        let ecosystem = purl.ecosystem()?;
        Some(Self {
            ecosystem,
            system: ecosystem.is_distribution().then(|| system_package(purl)),
            name: purl.canonical_name(ecosystem),
            version: purl
                .version
                .as_deref()
                .map_or(Version::Unknown, |version| Version::Exact(purl.with_epoch(version))),
            provenance: Provenance::of(purl),
        })
    }

    pub fn as_subject(&self) -> Subject<'_> {
        Subject {
            ecosystem: self.ecosystem,
            system: self.system.as_ref(),
            name: &self.name,
            version: &self.version,
            provenance: self.provenance,
        }
    }
}

impl Provenance {
    /// What the qualifiers of a purl say of where the package comes from.
    pub fn of(purl: &PackageUrl) -> Self {
        if purl.qualifier("vcs_url").is_some() || purl.qualifier("download_url").is_some() {
            Self::Elsewhere
        } else if purl.qualifier("repository_url").is_some() {
            Self::OtherRegistry
        } else {
            Self::Registry
        }
    }
}

/// What the qualifiers of an operating system's package say.
fn system_package(purl: &PackageUrl) -> SystemPackage {
    let architecture = purl.qualifier("arch").filter(|arch| !matches!(*arch, "source" | "src"));
    SystemPackage {
        distribution: purl.qualifier("distro").filter(|distro| !distro.is_empty()).map(str::to_owned),
        architecture: architecture.map(str::to_owned),
        source: purl.source_package(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_the_package_comes_from() {
        for (purl, expected) in [
            ("pkg:npm/x@1", Provenance::Registry),
            ("pkg:npm/x@1?repository_url=registry.example", Provenance::OtherRegistry),
            ("pkg:npm/x@1?vcs_url=git%2Bssh://git@host.example/x", Provenance::Elsewhere),
            ("pkg:npm/x@1?arch=any&Download_URL=https://x.example/x.tgz", Provenance::Elsewhere),
        ] {
            assert_eq!(Provenance::of(&PackageUrl::parse(purl).unwrap()), expected, "{purl}");
        }
    }
}
