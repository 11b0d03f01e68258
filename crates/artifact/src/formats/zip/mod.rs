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
pub(crate) mod links;
mod names;
mod read;
mod salvage;

use crate::bytes::Bytes;
use crate::gaps::GapList;
use crate::limits::{Limits, RATIO_FREE_BYTES};

pub(crate) use read::{Doubt, Read, read};

pub(crate) const SPLIT: &str = "the archive is one part of several, which are not read; join the parts into one zip";
pub(crate) const NO_DIRECTORY: &str = "the archive has no readable directory (it is truncated or damaged); what its local headers tell was read, pack it again";
pub(crate) const NOT_AN_ARCHIVE: &str = "the file is not a zip archive although its name says so; pack it again";
pub(crate) const WRONG_COUNT: &str =
    "the archive's directory holds another number of entries than it says; all that it holds were read, pack it again";
pub(crate) const TOO_MANY: &str =
    "more entries than are read of one function; what follows was left out, split the package";
pub(crate) const DUPLICATE: &str =
    "another entry of the archive has the same name; the last one was read, as the platform does, pack it again";
pub(crate) const OVERLAP: &str = "the entry shares bytes of the archive with another one; pack it again";
pub(crate) const FOLDER_WITH_DATA: &str =
    "the entry is named as a folder and holds data, which was not read; pack it again";

const FLAG_ENCRYPTED: u16 = 1;
const FLAG_DATA_DESCRIPTOR: u16 = 1 << 3;
const FLAG_STRONGLY_ENCRYPTED: u16 = 1 << 6;
const FLAG_UTF8_NAME: u16 = 1 << 11;

/// Compression methods that are not read (APPNOTE 4.4.5). Sorted by number.
const METHOD_NAMES: &[(u16, &str)] = &[
    (1, "shrink"),
    (6, "implode"),
    (9, "deflate64"),
    (12, "bzip2"),
    (14, "LZMA"),
    (20, "zstd"),
    (93, "zstd"),
    (95, "xz"),
    (98, "PPMd"),
    (99, "AES encryption"),
];

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

/// What an entry of the directory is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    File(Slot),
    Link(Slot),
    /// A file whose bytes cannot be had.
    Refused(Refusal),
}

/// Why the directory alone tells that an entry cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Encrypted,
    Method(u16),
    /// Its bytes would lie past the end of the archive.
    CutOff,
    /// Inflates to more than the ratio allows.
    Ratio,
}

/// One entry as the directory (or, without one, its local header) tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) path: String,
    pub(crate) size_bytes: u64,
    pub(crate) kind: Kind,
    /// A link whose bytes are another entry's.
    pub(crate) repeats: bool,
}

/// The archive, from where its own offsets count, and its files in the order of the directory.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) archive: Bytes,
    pub(crate) files: Vec<Listed>,
}

/// As [`list`], sorted by path and with one file per path.
pub(crate) fn list_files(bytes: &Bytes, display: &str, limits: &Limits, gaps: &mut GapList) -> Option<Listing> {
    let Listing { archive, files } = list(bytes, display, limits, gaps)?;
    Some(Listing { archive, files: last_of_each_name(files, display, gaps) })
}

/// Files of the archive in `bytes`; names in gaps are `display` + path. `None` when this is no archive at all.
/// Inflates nothing. Paths may repeat: see [`last_of_each_name`].
fn list(bytes: &Bytes, display: &str, limits: &Limits, gaps: &mut GapList) -> Option<Listing> {
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

/// `display` names what lies in the archive; the archive itself is without the `!/`.
fn archive_name(display: &str) -> &str {
    display.strip_suffix("!/").unwrap_or(display)
}

/// Whether these are the first bytes of an archive without anything before it.
pub(crate) fn starts_like_an_archive(bytes: &[u8]) -> bool {
    [&b"PK\x03\x04"[..], b"PK\x05\x06", b"PK\x07\x08PK\x03\x04"].iter().any(|magic| bytes.starts_with(magic))
}

/// Drops all but the last file of each path, and sorts by path. Repetitions with the same bytes are no problem.
fn last_of_each_name(mut files: Vec<Listed>, display: &str, gaps: &mut GapList) -> Vec<Listed> {
    files.sort_by(|left, right| left.path.cmp(&right.path));
    let mut unique: Vec<Listed> = Vec::with_capacity(files.len());
    for file in files {
        match unique.last_mut() {
            Some(last) if last.path == file.path => {
                if !same_bytes(last, &file) {
                    gaps.note(DUPLICATE, &format!("{display}{}", file.path));
                }
                *last = file;
            }
            _ => unique.push(file),
        }
    }
    unique
}

fn same_bytes(left: &Listed, right: &Listed) -> bool {
    match (&left.kind, &right.kind) {
        (Kind::File(one), Kind::File(other)) => one.checksum == other.checksum && left.size_bytes == right.size_bytes,
        _ => false,
    }
}

impl Refusal {
    /// Why an entry with this header is not read, as far as the header tells.
    fn of(flags: u16, method: u16, size_bytes: u64, stored_bytes: u64, limits: &Limits) -> Option<Self> {
        if flags & (FLAG_ENCRYPTED | FLAG_STRONGLY_ENCRYPTED) != 0 {
            return Some(Self::Encrypted);
        }
        if !matches!(method, read::STORED | read::DEFLATED) {
            return Some(Self::Method(method));
        }
        let is_bomb = size_bytes > RATIO_FREE_BYTES && size_bytes / limits.inflate_ratio.max(1) > stored_bytes;
        is_bomb.then_some(Self::Ratio)
    }

    /// The sentence for a gap that names the entry.
    pub(crate) fn why(self) -> String {
        match self {
            Self::Encrypted => "the entry is encrypted and was not read; pack it without a password".to_owned(),
            Self::Method(method) => {
                let named = METHOD_NAMES.iter().find(|(number, _)| *number == method);
                let name = named.map_or_else(|| format!("method {method}"), |(_, name)| (*name).to_owned());
                format!("the entry is compressed with {name}, which is not read; pack it with deflate")
            }
            Self::CutOff => "the entry's bytes would lie past the end of the archive; pack it again".to_owned(),
            Self::Ratio => "the entry would inflate to very many times its stored size and was not read; check \
                            whether the package is meant to hold it"
                .to_owned(),
        }
    }

    /// The sentence for all gaps of this kind.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Encrypted => "the entry is encrypted",
            Self::Method(_) => "the entry is compressed with a method that is not read",
            Self::CutOff => "the entry's bytes would lie past the end of the archive",
            Self::Ratio => "the entry would inflate to very many times its stored size",
        }
    }
}
