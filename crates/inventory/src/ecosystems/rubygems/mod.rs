//! RubyGems: Ruby packages.

mod version;

use crate::ecosystem::{Layout, as_written};
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const RUBYGEMS: Ecosystem = Ecosystem {
    id: "rubygems",
    purl_type: "gem",
    purl_namespaces: &[],
    advisory_name: "RubyGems",
    title: "RubyGems",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};
