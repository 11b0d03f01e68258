//! Go: modules, and the standard library as `stdlib`.

mod build_info;
mod function_names;
mod go_mod;
mod program;
mod range;
mod vendored;
mod version;

use crate::claim::Place;
use crate::ecosystem::{Layout, as_written};
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) use program::READER as PROGRAM_READER;

pub(crate) const GO: Ecosystem = Ecosystem {
    id: "go",
    purl_type: "golang",
    purl_namespaces: &[],
    advisory_name: "Go",
    title: "Go",
    namespace_separator: Some('/'),
    normalise_name: as_written,
    formats: &[go_mod::FORMAT, go_mod::LONE_SUMS, vendored::FORMAT],
    layout: Layout { sees, slots: |_, _| Vec::new() },
    order: Some(Order { key: version::key, fallback_key: natural_key, range: Some(range::parse) }),
};

/// The name under which advisories speak of the standard library.
const STANDARD_LIBRARY: &str = "stdlib";

/// A project's manifest speaks of the programs built below its folder, not of those that packages brought along.
fn sees(manifest: &Place, program: &Place) -> bool {
    let below = match manifest.root.as_str() {
        "" => Some(program.root.as_str()),
        root => program.root.strip_prefix(root).filter(|rest| rest.is_empty() || rest.starts_with('/')),
    };
    manifest.mount == program.mount && below.is_some_and(|below| !below.contains("node_modules/"))
}
