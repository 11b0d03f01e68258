//! Pub: Dart and Flutter packages.

mod constraint;
mod pubspec;
mod version;

use crate::ecosystem::{Layout, lower_case};
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const PUB: Ecosystem = Ecosystem {
    id: "pub",
    purl_type: "pub",
    purl_namespaces: &[],
    advisory_name: "Pub",
    title: "Pub",
    namespace_separator: None,
    normalise_name: lower_case,
    formats: &[pubspec::LOCK, pubspec::MANIFEST],
    layout: Layout::TREE,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: Some(constraint::parse) }),
};
