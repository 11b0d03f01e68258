//! Maven: Java packages, named `group:artifact`.

mod version;

use crate::ecosystem::{Layout, as_written};
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const MAVEN: Ecosystem = Ecosystem {
    id: "maven",
    purl_type: "maven",
    purl_namespaces: &[],
    advisory_name: "Maven",
    title: "Maven",
    namespace_separator: Some(':'),
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};
