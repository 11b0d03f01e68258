//! Zip archives in memory: listed from their directory, inflated entry by entry when asked.
//!
//! **Source**: PKWARE APPNOTE 6.3.10.
//! **Supported**: stored and deflated entries, Zip64, data descriptors, bytes before the archive (self-extracting files,
//! Python zip applications), symbolic links as Info-ZIP stores them, archives whose directory is missing or broken
//! (what the local headers still tell).
//! **Unsupported (→ gap)**: encryption, every other compression method, archives split over several files.

mod directory;
mod end;
mod fields;
mod read;
mod salvage;

use crate::bytes::Bytes;
use crate::formats::listing::{Listing, Refusal};
use crate::gaps::GapList;
use crate::limits::{Limits, RATIO_FREE_BYTES};

pub(crate) use read::{Doubt, Read, prefix, read};

pub(crate) const SPLIT: &str = "the archive is one part of several, which are not read; join the parts into one zip";
pub(crate) const NO_DIRECTORY: &str = "the archive has no readable directory (it is truncated or damaged); what its local headers tell was read, pack it again";
pub(crate) const WRONG_COUNT: &str =
    "the archive's directory holds another number of entries than it says; all that it holds were read, pack it again";
pub(crate) const OVERLAP: &str = "the entry shares bytes of the archive with another one; pack it again";
pub(crate) const FOLDER_WITH_DATA: &str =
    "the entry is named as a folder and holds data, which was not read; pack it again";

const FLAG_ENCRYPTED: u16 = 1;
const FLAG_DATA_DESCRIPTOR: u16 = 1 << 3;
const FLAG_STRONGLY_ENCRYPTED: u16 = 1 << 6;
const FLAG_UTF8_NAME: u16 = 1 << 11;

/// How to get at one entry's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    /// Offset of the local header in the archive.
    pub(crate) header: usize,
    pub(crate) stored_bytes: usize,
    pub(crate) checksum: u32,
    pub(crate) method: u16,
    pub(crate) name: NameRange,
}

impl Slot {
    pub(crate) fn is_compressed(&self) -> bool {
        self.method != read::STORED
    }
}

/// Where the entry's raw name stands in the directory, to be compared with the one in its local header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameRange {
    pub(crate) start: usize,
    pub(crate) length: u16,
}

/// Files of the archive in `bytes`; names in gaps are `display` + path. `None` when this is no archive at all.
/// Inflates nothing. Paths may repeat.
pub(crate) fn list(bytes: &Bytes, display: &str, limits: &Limits, gaps: &mut GapList) -> Option<Listing> {
    match end::find(bytes) {
        // Offsets that do not count from the front of what starts like an archive are those of another one inside,
        // whose end is the last because the outer one is cut off.
        Some(found) if found.prefix_bytes > 0 && starts_like_an_archive(bytes) => {
            salvage::list(bytes, display, limits, gaps)
        }
        Some(found) => Some(directory::list(bytes, &found, display, limits, gaps)),
        None => salvage::list(bytes, display, limits, gaps),
    }
}

/// Whether these are the first bytes of an archive without anything before it.
pub(crate) fn starts_like_an_archive(bytes: &[u8]) -> bool {
    [&b"PK\x03\x04"[..], b"PK\x05\x06", b"PK\x07\x08PK\x03\x04"].iter().any(|magic| bytes.starts_with(magic))
}

/// Why an entry with this header is not read, as far as the header tells.
fn refusal(flags: u16, method: u16, size_bytes: u64, stored_bytes: u64, limits: &Limits) -> Option<Refusal> {
    if flags & (FLAG_ENCRYPTED | FLAG_STRONGLY_ENCRYPTED) != 0 {
        return Some(Refusal::Encrypted);
    }
    if !matches!(method, read::STORED | read::DEFLATED) {
        return Some(Refusal::Method(method));
    }
    let is_bomb = size_bytes > RATIO_FREE_BYTES && size_bytes / limits.inflate_ratio.max(1) > stored_bytes;
    is_bomb.then_some(Refusal::Ratio)
}
