//! NuGet: .NET packages. Names are the same in any case.

mod version;

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
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};
