//! Alpine and the distributions that share its package manager: packages of apk.

pub(crate) mod database;
mod version;

use crate::ecosystem::{Layout, lower_case};
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const ALPAQUITA: Ecosystem = Ecosystem {
    id: "alpaquita",
    purl_type: "apk",
    purl_namespaces: &["alpaquita"],
    advisory_name: "Alpaquita",
    title: "Alpaquita",
    namespace_separator: None,
    normalise_name: lower_case,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const ALPINE: Ecosystem = Ecosystem {
    id: "alpine",
    purl_type: "apk",
    purl_namespaces: &["alpine"],
    advisory_name: "Alpine",
    title: "Alpine",
    namespace_separator: None,
    normalise_name: lower_case,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const BELLSOFT: Ecosystem = Ecosystem {
    id: "bellsoft-hardened-containers",
    purl_type: "apk",
    purl_namespaces: &["bellsoft-hardened-containers"],
    advisory_name: "BellSoft Hardened Containers",
    title: "BellSoft Hardened Containers",
    namespace_separator: None,
    normalise_name: lower_case,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const CHAINGUARD: Ecosystem = Ecosystem {
    id: "chainguard",
    purl_type: "apk",
    purl_namespaces: &["chainguard"],
    advisory_name: "Chainguard",
    title: "Chainguard",
    namespace_separator: None,
    normalise_name: lower_case,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const MINIMOS: Ecosystem = Ecosystem {
    id: "minimos",
    purl_type: "apk",
    purl_namespaces: &["minimos"],
    advisory_name: "MinimOS",
    title: "MinimOS",
    namespace_separator: None,
    normalise_name: lower_case,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const WOLFI: Ecosystem = Ecosystem {
    id: "wolfi",
    purl_type: "apk",
    purl_namespaces: &["wolfi"],
    advisory_name: "Wolfi",
    title: "Wolfi",
    namespace_separator: None,
    normalise_name: lower_case,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

/// Packages of apk whose distribution has no advisories that the program knows, or is not known itself.
pub(crate) const OTHER: Ecosystem = Ecosystem {
    id: "apk",
    purl_type: "apk",
    purl_namespaces: &[],
    advisory_name: "apk",
    title: "other distributions with apk",
    namespace_separator: None,
    normalise_name: lower_case,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};
