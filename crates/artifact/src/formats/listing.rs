//! What every archive format yields: files with paths, and how to get at their bytes.

use std::ops::Range;

use super::zip::Slot;
use crate::bytes::Bytes;
use crate::gaps::GapList;

pub(crate) const TOO_MANY: &str =
    "more entries than are read of one function; what follows was left out, split the package";
const DUPLICATE: &str =
    "another entry of the archive has the same name; the last one was read, as the platform does, pack it again";

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

/// What an entry of the directory is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Zip(Slot),
    /// Bytes of the archive as they are.
    Part(Range<usize>),
    /// A symbolic link whose target is the bytes of this file.
    Link(Slot),
    /// A link to another path of the archive.
    LinkTo(String),
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

/// `display` names what lies in the archive; the archive itself is without the `!/`.
pub(super) fn archive_name(display: &str) -> &str {
    display.strip_suffix("!/").unwrap_or(display)
}

impl Listing {
    /// Sorts by path and drops all but the last file of each. Repetitions with the same bytes are no problem.
    pub(crate) fn keep_last_of_each_path(&mut self, display: &str, gaps: &mut GapList) {
        let mut files = std::mem::take(&mut self.files);
        files.sort_by(|left, right| left.path.cmp(&right.path));
        for file in files {
            match self.files.last_mut() {
                Some(last) if last.path == file.path => {
                    if !have_same_bytes(last, &file, &self.archive) {
                        gaps.note(DUPLICATE, &format!("{display}{}", file.path));
                    }
                    *last = file;
                }
                _ => self.files.push(file),
            }
        }
    }
}

fn have_same_bytes(left: &Listed, right: &Listed, archive: &[u8]) -> bool {
    match (&left.kind, &right.kind) {
        (Kind::Zip(one), Kind::Zip(other)) => one.checksum == other.checksum && left.size_bytes == right.size_bytes,
        (Kind::Part(one), Kind::Part(other)) => archive.get(one.clone()) == archive.get(other.clone()),
        _ => false,
    }
}

impl Refusal {
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
