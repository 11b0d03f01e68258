//! Hex: Erlang and Elixir packages.

mod mix;
mod rebar_lock;
mod requirement;

use crate::ecosystem::{Layout, lower_case};
use crate::ecosystems::semver;
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const HEX: Ecosystem = Ecosystem {
    id: "hex",
    purl_type: "hex",
    purl_namespaces: &[],
    advisory_name: "Hex",
    title: "Hex",
    namespace_separator: None,
    normalise_name: lower_case,
    formats: &[mix::MANIFEST, mix::LOCK, rebar_lock::FORMAT],
    layout: Layout::TREE,
    order: Some(Order {
        key: |text| semver::key(text, "a Hex version"),
        fallback_key: natural_key,
        range: Some(requirement::parse),
    }),
};
