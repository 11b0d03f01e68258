//! From what a system package manager's database records to claims: shared by dpkg, apk and rpm.

use model::component::{EvidenceKind, SourcePackage, SystemPackage, Version};

use crate::claim::Claim;
use crate::distribution::RootSystem;
use crate::document::Document;
use crate::purl::purl_within;

/// One installed package as its database records it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) name: String,
    /// As the package manager compares it: with the epoch, with the release.
    pub(crate) version: String,
    pub(crate) architecture: Option<String>,
    pub(crate) source: Option<SourcePackage>,
    /// The source as the purl's `upstream` names it, where that says more than the purl does.
    pub(crate) upstream: Option<String>,
    /// Further qualifiers of the purl.
    pub(crate) qualifiers: Vec<(&'static str, String)>,
}

impl Record {
    /// The claim that the package is installed in the root file system at `root` (empty, or ending in `/`).
    pub(crate) fn into_claim(
        self,
        document: &Document<'_>,
        root: &str,
        system: &RootSystem,
        line: Option<u32>,
    ) -> Claim {
        let place = document.place_at(root.trim_end_matches('/'));
        let name = (system.ecosystem.normalise_name)(&self.name).into_owned();
        let version = Version::Exact(self.version);
        let mut claim = Claim::new(name, version, EvidenceKind::Installed, document.location(line), place);
        claim.ecosystem = Some(system.ecosystem);
        let stated = [("arch", &self.architecture), ("distro", &system.distribution), ("upstream", &self.upstream)];
        claim.qualifiers = stated.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))).collect();
        claim.qualifiers.extend(self.qualifiers);
        claim.purl = system.namespace.as_deref().map(|namespace| {
            purl_within(system.ecosystem, Some(namespace), &claim.package, claim.version.exact(), &claim.qualifiers)
        });
        claim.system = Some(SystemPackage {
            distribution: system.distribution.clone(),
            architecture: self.architecture,
            source: self.source,
        });
        claim
    }

    /// Notes the package it was built from, where that is not itself.
    pub(crate) fn set_source(&mut self, name: &str, version: Option<&str>) {
        let version = version.filter(|version| *version != self.version);
        if name == self.name && version.is_none() {
            return;
        }
        self.upstream = Some(version.map_or(name.to_owned(), |version| format!("{name}@{version}")));
        self.source = Some(SourcePackage { name: name.to_owned(), version: version.map(str::to_owned) });
    }
}
