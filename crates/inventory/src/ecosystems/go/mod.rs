//! Go: modules, and the standard library and toolchain as `stdlib` and `toolchain`.

mod version;

use crate::ecosystem::{Layout, as_written};
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const GO: Ecosystem = Ecosystem {
    id: "go",
    purl_type: "golang",
    purl_namespaces: &[],
    advisory_name: "Go",
    title: "Go",
    namespace_separator: Some('/'),
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};
