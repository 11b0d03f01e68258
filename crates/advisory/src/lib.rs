//! Known vulnerabilities: reading advisories, keeping them in one mapped index, matching components against it.
//!
//! Beside the flow: `inventory` yields components and knows how versions are ordered; this crate says which flaws hit a
//! component and which version is the way out, and `rules` makes findings of it. It reads OSV records (see [`build()`]),
//! keeps facts only (no text of an advisory), and asks the network in [`update()`] alone. It does not judge whether a flaw
//! matters to a function.

#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice, clippy::panic))]

mod affected;
mod amazon;
mod architecture;
mod assess;
mod bills;
mod build;
mod bytes;
mod data_folder;
mod day;
mod difference;
mod error;
mod exploitation;
mod feed;
mod groups;
mod index;
mod lookup;
mod matching;
mod osv;
mod package_index;
mod progress;
mod purl;
mod rematch;
mod severity;
mod starter;
mod status;
mod update;
mod upgrade;
mod vex;

pub use assess::assess;
pub use build::{BuildOptions, Built, build};
pub use data_folder::{default_data_folder, default_index_path, write_index};
pub use difference::{ChangeKind, PackageChange, difference};
pub use error::Error;
pub use feed::{DEFAULT_ADDRESS, ecosystem};
pub use index::Index;
pub use inventory::Ecosystem;
pub use inventory::{PackageUrl, PurlError};
pub use matching::{Provenance, Subject};
pub use package_index::PackageIndex;
pub use progress::Progress;
pub use purl::OwnedSubject;
pub use rematch::{FlawChange, FlawChangeKind, Rematched, rematch};
pub use starter::make_starter;
pub use status::{EcosystemStatus, Status};
pub use update::{UpdateOptions, UpdateOrigin, Updated, client, update};
pub use upgrade::Upgrades;
pub use vex::{VexProduct, VexStatement, VexStatus, read_vex};
