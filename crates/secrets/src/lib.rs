//! Credentials in a function's files, its template and its environment variables.
//!
//! Stands beside `inventory` and `code` behind `artifact`: bytes in, [`model::secret::SecretFact`]s out, for `rules` to
//! judge. The way of a file: text views → one keyword automaton over everything → a pattern on a window around each hit,
//! or the assignment reader → checks (checksum, structure, randomness) → allow rules (references, placeholders, samples
//! of documentation) → one fact per value and kind with all its places.
//!
//! Deliberately not done here: asking a provider whether a credential is alive (nothing leaves this machine), reading
//! git history, and judging how bad a fact is for the function (that is `rules`). A value never leaves this crate: facts
//! carry the provider's prefix and a keyed digest.

#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice, clippy::panic))]

mod allow;
mod artifact_scan;
mod assignment;
mod base64;
mod checks;
mod environment;
mod file_scan;
mod hits;
mod kind;
mod kinds;
mod name;
mod prefilter;
mod randomness;
mod redact;
mod scanner;
mod syntax;
#[cfg(test)]
mod tests;
mod third_party;
mod value;
mod views;

pub use artifact_scan::{ScanContext, ShippedBy};
pub use environment::merge;
pub use file_scan::{FileSecrets, FileToScan};
pub use kind::{Kind, Samples};
pub use kinds::KINDS;
pub use scanner::Scanner;
