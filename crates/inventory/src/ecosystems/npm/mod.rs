//! npm: JavaScript packages.

pub(crate) mod range;
pub(crate) mod version;

use std::borrow::Cow;

use crate::{Ecosystem, Order};

pub(crate) const NPM: Ecosystem = Ecosystem {
    id: "npm",
    purl_type: "npm",
    advisory_name: "npm",
    title: "npm",
    namespace_separator: Some('/'),
    // Names are case-sensitive: old packages differ by case alone (`JSONStream`, `jsonstream`).
    normalise_name: |name| Cow::Borrowed(name),
    order: Some(Order { key: version::key, fallback_key: crate::key::natural_key, range: Some(range::parse) }),
};
