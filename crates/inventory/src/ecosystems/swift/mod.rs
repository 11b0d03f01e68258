//! SwiftURL: Swift packages, named by the address of their repository.

use crate::ecosystem::{Layout, as_written};
use crate::ecosystems::semver;
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const SWIFT: Ecosystem = Ecosystem {
    id: "swift",
    purl_type: "swift",
    purl_namespaces: &[],
    advisory_name: "SwiftURL",
    title: "Swift",
    namespace_separator: Some('/'),
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order {
        key: |text| semver::key(text.trim_start_matches('v'), "a Swift version"),
        fallback_key: natural_key,
        range: None,
    }),
};
