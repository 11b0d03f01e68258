//! Packages found in an artifact, and everything ecosystems know about names, versions and ranges.
//!
//! Stage after `artifact`: reads package metadata, lock files and manifests, and yields components with their evidence.
//! `advisory` uses the version orders and range grammars. This crate decides nothing about vulnerabilities and never
//! asks a registry.

#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice, clippy::panic))]

mod base64;
mod claim;
mod distribution;
mod distributions;
mod document;
mod ecosystem;
mod ecosystems;
mod graph;
mod indented;
mod inventory;
mod json;
mod key;
mod merge;
mod open_manifests;
mod ownership;
mod purl;
mod shared;
mod system_package;
mod unchanged;
mod version;
mod version_set;
mod xml;

pub use distributions::{Distribution, NamedBy};
pub use ecosystem::{Ecosystem, Order};
pub use ecosystems::{FILES_ABOVE, ecosystems, runtime_component, runtime_of};
pub use inventory::{Above, Inventory, Setting, inventory, shipped_by, take};
pub use purl::{PackageUrl, PurlError};
pub use version::{Unparsable, VersionKey};
pub use version_set::{AdmittedVersions, Cut, Side, Span, VersionSet};
