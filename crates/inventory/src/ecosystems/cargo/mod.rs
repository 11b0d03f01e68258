//! crates.io: Rust packages. Names are told apart by case, `-` and `_`, though the registry refuses near doubles.

use crate::ecosystem::{Layout, as_written};
use crate::ecosystems::semver;
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const CARGO: Ecosystem = Ecosystem {
    id: "cargo",
    purl_type: "cargo",
    purl_namespaces: &[],
    advisory_name: "crates.io",
    title: "crates.io",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: |text| semver::key(text, "a crates.io version"), fallback_key: natural_key, range: None }),
};
