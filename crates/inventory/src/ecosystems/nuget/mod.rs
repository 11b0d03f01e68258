//! NuGet: .NET packages. Names are the same in any case, and shown as they are spelled.

mod assembly;
mod assets_json;
mod bundle;
mod deps_json;
mod packages_config;
mod packages_lock;
mod project;
mod range;
mod runtimeconfig;
mod version;

pub(crate) use bundle::{READER as PROGRAM_READER, is_plain_host};

use model::Location;
use model::component::{EvidenceKind, Version};

use crate::claim::{Claim, Place};
use crate::ecosystem::{Layout, lower_case};
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const NUGET: Ecosystem = Ecosystem {
    id: "nuget",
    purl_type: "nuget",
    purl_namespaces: &[],
    advisory_name: "NuGet",
    title: "NuGet",
    namespace_separator: None,
    normalise_name: lower_case,
    formats: &[
        assembly::FORMAT,
        assets_json::FORMAT,
        deps_json::FORMAT,
        packages_config::FORMAT,
        packages_lock::FORMAT,
        project::FORMAT,
        runtimeconfig::FORMAT,
    ],
    layout: Layout::TREE,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: Some(range::parse) }),
};

/// A package of this name in any spelling.
fn claim(name: &str, version: Version, kind: EvidenceKind, location: Location, place: Place) -> Claim {
    let mut claim = Claim::new(name.to_ascii_lowercase(), version, kind, location, place);
    claim.spelling = Some(name.to_owned());
    claim
}
