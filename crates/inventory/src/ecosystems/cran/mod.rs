//! CRAN and Hackage: R and Haskell packages, whose versions are numbers alone.

mod renv_lock;
mod version;

use crate::ecosystem::{Layout, as_written};
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const CRAN: Ecosystem = Ecosystem {
    id: "cran",
    purl_type: "cran",
    purl_namespaces: &[],
    advisory_name: "CRAN",
    title: "CRAN",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[renv_lock::INSTALLED, renv_lock::LOCK],
    layout: Layout::TREE,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};

pub(crate) const HACKAGE: Ecosystem = Ecosystem {
    id: "hackage",
    purl_type: "hackage",
    purl_namespaces: &[],
    advisory_name: "Hackage",
    title: "Hackage",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: None }),
};
