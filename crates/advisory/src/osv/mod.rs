//! Advisories as OSV states them: one JSON record each, in one zip for each ecosystem.

mod archive;
mod json;
mod record;

#[cfg(test)]
pub(crate) use archive::archive_of;
pub(crate) use archive::open as open_archive;
pub(crate) use record::{PackageAdvisory, Record, union_of_code};
