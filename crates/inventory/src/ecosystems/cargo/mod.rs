//! crates.io: Rust packages. Names are told apart by case, `-` and `_`, though the registry refuses near doubles.

mod auditable;
mod cargo_lock;
mod cargo_toml;
mod paths;
mod program;
mod range;

use crate::ecosystem::{Layout, as_written};
use crate::ecosystems::semver;
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) use program::READER as PROGRAM_READER;

pub(crate) const CARGO: Ecosystem = Ecosystem {
    id: "cargo",
    purl_type: "cargo",
    purl_namespaces: &[],
    advisory_name: "crates.io",
    title: "crates.io",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[cargo_lock::FORMAT, cargo_toml::FORMAT],
    layout: Layout::FLAT,
    order: Some(Order {
        key: |text| semver::key(text, "a crates.io version"),
        fallback_key: natural_key,
        range: Some(range::parse),
    }),
};

/// Where Cargo's name for a crate's source leads: the qualifier of its purl. `None` for the registry that all share.
fn source_qualifier(source: &str) -> Option<(&'static str, String)> {
    let (kind, address) = source.split_once('+')?;
    match kind {
        // `git+https://host/repository?branch=main#commit`
        "git" => {
            let (address, commit) = address.split_once('#').unwrap_or((address, ""));
            let repository = address.split('?').next().unwrap_or(address);
            let at = if commit.is_empty() { String::new() } else { format!("@{commit}") };
            Some(("vcs_url", format!("git+{repository}{at}")))
        }
        "registry" | "sparse" if is_crates_io(address) => None,
        "registry" | "sparse" => Some(("repository_url", address.to_owned())),
        _ => None,
    }
}

fn is_crates_io(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or(rest);
    address.contains("github.com/rust-lang/crates.io-index") || host.ends_with(".crates.io")
}
