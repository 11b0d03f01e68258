//! Maven: Java packages, named `group:artifact`.

mod file_name;
mod gradle_asked;
mod gradle_build;
mod gradle_catalog;
mod gradle_lock;
mod gradle_script;
mod gradle_values;
mod jar;
mod java_runtime;
mod libraries;
mod manifest;
mod other_builds;
mod pom;
mod pom_xml;
mod properties;
mod range;
mod unit;
mod unnamed;
mod version;

use crate::ecosystem::{Layout, as_written};
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const MAVEN: Ecosystem = Ecosystem {
    id: "maven",
    purl_type: "maven",
    purl_namespaces: &[],
    advisory_name: "Maven",
    title: "Maven",
    namespace_separator: Some(':'),
    normalise_name: as_written,
    formats: &[
        gradle_build::FORMAT,
        gradle_catalog::FORMAT,
        gradle_lock::FORMAT,
        jar::JAR,
        java_runtime::FORMAT,
        jar::OPEN_CLASSES,
        other_builds::FORMAT,
        pom_xml::FORMAT,
    ],
    layout: Layout::FLAT,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: Some(range::parse) }),
};
