//! npm: JavaScript packages.

mod bun_lock;
mod bundle;
mod installed;
mod locked;
mod manifest;
mod package_lock;
mod package_path;
mod pnp;
mod pnpm_lock;
pub(crate) mod range;
mod slot;
mod specification;
pub(crate) mod version;
mod yarn_lock;

use crate::ecosystem::{Layout, as_written};
use crate::{Ecosystem, Order};

pub(crate) const NPM: Ecosystem = Ecosystem {
    id: "npm",
    purl_type: "npm",
    purl_namespaces: &[],
    advisory_name: "npm",
    title: "npm",
    namespace_separator: Some('/'),
    // Names are case-sensitive: old packages differ by case alone (`JSONStream`, `jsonstream`).
    normalise_name: as_written,
    formats: &[
        bun_lock::FORMAT,
        bundle::FORMAT,
        installed::FORMAT,
        manifest::FORMAT,
        package_lock::FORMAT,
        pnp::FORMAT,
        pnpm_lock::FORMAT,
        yarn_lock::FORMAT,
    ],
    layout: Layout { sees: slot::sees, slots: |slot, key| slot::candidates(slot, key).collect() },
    order: Some(Order { key: version::key, fallback_key: crate::key::natural_key, range: Some(range::parse) }),
};
