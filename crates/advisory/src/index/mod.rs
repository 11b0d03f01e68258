//! The index: every advisory of every package in one file that is ready the moment it is mapped.
//!
//! Lines of text that begin with `#` (what it is, its sources and their licences), an empty line, then:
//!
//! | part | holds |
//! |---|---|
//! | header | [`MAGIC`], then for each section its length and CRC-32, then the header's own CRC-32 |
//! | contents | counts, dates and the table of ecosystems: all that is decoded when the index is opened |
//! | vectors | the CVSS vectors, each once, with version and score |
//! | withdrawn | ids of advisories that were taken back, sorted, with the day |
//! | places | where each package begins; those of an ecosystem follow each other by name |
//! | packages | for each its CRC-32, its length, its bytes (see [`package`]) |
//!
//! Numbers are little-endian or LEB128. A package is found by binary search over `places` and only it is decoded; its
//! checksum is compared each time, so damage is an error where it matters and costs nothing elsewhere. Sections tile the
//! file exactly: one cut short or grown is refused when opened. Equal input gives equal bytes; no time of building is kept.

mod bytes;
mod contents;
mod ids;
pub(crate) mod package;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use contents::{Contents, EcosystemRow};
pub use read::Index;
pub(crate) use read::PackageBytes;
pub(crate) use write::{EcosystemCount, IndexWriter, Withdrawn};

/// First line of every index; the number changes when anything below or any version key does.
pub(crate) const TITLE: &str = "# fnassay advisory index, format 2\n";
/// Begins the binary part.
const MAGIC: &[u8; 8] = b"\0FNADV1\n";
/// The text in front is short; what has no binary part within this is no index.
const MAX_TEXT_BYTES: usize = 16 << 10;

/// The sections in file order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Contents,
    Vectors,
    Withdrawn,
    Places,
    Packages,
}

impl Section {
    const COUNT: usize = 5;
}

/// An index says something that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Corrupt(pub(crate) &'static str);
