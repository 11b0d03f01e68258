//! Red Hat, Amazon Linux, SUSE and other distributions: packages of rpm.

mod berkeley;
pub(crate) mod database;
mod header;
pub(crate) mod manifest;
mod ndb;
mod sqlite;
mod version;

use crate::ecosystem::{Layout, as_written};
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const ALMALINUX: Ecosystem = Ecosystem {
    id: "almalinux",
    purl_type: "rpm",
    purl_namespaces: &["almalinux"],
    advisory_name: "AlmaLinux",
    title: "AlmaLinux",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const AMAZON: Ecosystem = Ecosystem {
    id: "amazon-linux",
    purl_type: "rpm",
    purl_namespaces: &["amzn", "amazon"],
    advisory_name: "Amazon Linux",
    title: "Amazon Linux",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const AZURE_LINUX: Ecosystem = Ecosystem {
    id: "azure-linux",
    purl_type: "rpm",
    purl_namespaces: &["azurelinux"],
    advisory_name: "Azure Linux",
    title: "Azure Linux",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const MAGEIA: Ecosystem = Ecosystem {
    id: "mageia",
    purl_type: "rpm",
    purl_namespaces: &["mageia"],
    advisory_name: "Mageia",
    title: "Mageia",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const OPENEULER: Ecosystem = Ecosystem {
    id: "openeuler",
    purl_type: "rpm",
    purl_namespaces: &["openeuler"],
    advisory_name: "openEuler",
    title: "openEuler",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const OPENSUSE: Ecosystem = Ecosystem {
    id: "opensuse",
    purl_type: "rpm",
    purl_namespaces: &["opensuse"],
    advisory_name: "openSUSE",
    title: "openSUSE",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const PHOTON: Ecosystem = Ecosystem {
    id: "photon",
    purl_type: "rpm",
    purl_namespaces: &["photon"],
    advisory_name: "Photon OS",
    title: "Photon OS",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const RED_HAT: Ecosystem = Ecosystem {
    id: "red-hat",
    purl_type: "rpm",
    purl_namespaces: &["redhat"],
    advisory_name: "Red Hat",
    title: "Red Hat",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const ROCKY: Ecosystem = Ecosystem {
    id: "rocky-linux",
    purl_type: "rpm",
    purl_namespaces: &["rocky"],
    advisory_name: "Rocky Linux",
    title: "Rocky Linux",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const SUSE: Ecosystem = Ecosystem {
    id: "suse",
    purl_type: "rpm",
    purl_namespaces: &["suse"],
    advisory_name: "SUSE",
    title: "SUSE",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

/// Packages of rpm whose distribution has no advisories that the program knows, or is not known itself.
pub(crate) const OTHER: Ecosystem = Ecosystem {
    id: "rpm",
    purl_type: "rpm",
    purl_namespaces: &[],
    advisory_name: "rpm",
    title: "other distributions with rpm",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};
