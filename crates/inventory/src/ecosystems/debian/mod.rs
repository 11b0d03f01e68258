//! Debian and Ubuntu: packages of dpkg.

pub(crate) mod database;
mod version;

use crate::ecosystem::{Layout, lower_case};
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const DEBIAN: Ecosystem = Ecosystem {
    id: "debian",
    purl_type: "deb",
    purl_namespaces: &["debian"],
    advisory_name: "Debian",
    title: "Debian",
    namespace_separator: None,
    normalise_name: lower_case,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const ECHO: Ecosystem = Ecosystem {
    id: "echo",
    purl_type: "deb",
    purl_namespaces: &["echo"],
    advisory_name: "Echo",
    title: "Echo",
    namespace_separator: None,
    normalise_name: lower_case,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const UBUNTU: Ecosystem = Ecosystem {
    id: "ubuntu",
    purl_type: "deb",
    purl_namespaces: &["ubuntu"],
    advisory_name: "Ubuntu",
    title: "Ubuntu",
    namespace_separator: None,
    normalise_name: lower_case,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

/// Packages of dpkg whose distribution has no advisories that the program knows, or is not known itself.
pub(crate) const OTHER: Ecosystem = Ecosystem {
    id: "deb",
    purl_type: "deb",
    purl_namespaces: &[],
    advisory_name: "deb",
    title: "other distributions with dpkg",
    namespace_separator: None,
    normalise_name: lower_case,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};
