//! Archives without a usable directory: what their local headers still tell, from the front.

use std::collections::BTreeSet;

use super::fields::{Fields, ZIP64, encoding, extra_field};
use super::read::{LOCAL_SIGNATURE, LocalHeader};
use super::{NO_DIRECTORY, NameRange, SPLIT, Slot, refusal};
use crate::bytes::Bytes;
use crate::formats::listing::{Kind, Listed, Listing, Refusal, TOO_MANY, archive_name};
use crate::formats::names::read_name;
use crate::gaps::GapList;
use crate::limits::Limits;

/// Searching may look at every byte this many times; hostile archives could ask for much more.
const MAX_SEARCH_PASSES: usize = 4;
const DESCRIPTOR_SIGNATURE: &[u8] = b"PK\x07\x08";
const SPLIT_SIGNATURE: &[u8] = b"PK\x07\x08PK\x03\x04";

pub(super) const GAVE_UP: &str =
    "the archive has no readable directory and what follows could not be told apart; pack it again";

/// Files of an archive that has no directory; `None` when it has no local header at its start either.
pub(super) fn list(bytes: &Bytes, display: &str, limits: &Limits, gaps: &mut GapList) -> Option<Listing> {
    if !super::starts_like_an_archive(bytes) {
        return None;
    }
    let reason = if bytes.starts_with(SPLIT_SIGNATURE) { SPLIT } else { NO_DIRECTORY };
    gaps.note(reason, archive_name(display));
    let files = Walk::new(bytes, display, limits, gaps).files();
    Some(Listing { archive: bytes.clone(), files })
}

/// Adds the files that a broken directory did not come to list.
pub(super) fn add_unlisted(bytes: &Bytes, display: &str, limits: &Limits, gaps: &mut GapList, files: &mut Vec<Listed>) {
    let known: BTreeSet<usize> = files.iter().filter_map(header_of).collect();
    let found = Walk::new(bytes, display, limits, gaps).files();
    let room = limits.entries.saturating_sub(files.len());
    files.extend(found.into_iter().filter(|file| header_of(file).is_none_or(|at| !known.contains(&at))).take(room));
}

fn header_of(file: &Listed) -> Option<usize> {
    match &file.kind {
        Kind::Zip(slot) | Kind::Link(slot) => Some(slot.header),
        Kind::Part(_) | Kind::LinkTo(_) | Kind::Refused(_) => None,
    }
}

struct Walk<'a> {
    bytes: &'a [u8],
    display: &'a str,
    limits: &'a Limits,
    gaps: &'a mut GapList,
    /// Bytes that may still be searched.
    searchable: usize,
}

impl<'a> Walk<'a> {
    fn new(bytes: &'a [u8], display: &'a str, limits: &'a Limits, gaps: &'a mut GapList) -> Self {
        let searchable = bytes.len().saturating_mul(MAX_SEARCH_PASSES);
        Self { bytes, display, limits, gaps, searchable }
    }

    fn files(mut self) -> Vec<Listed> {
        let mut files = Vec::new();
        let mut at = 0;
        while let Some(found) = self.search(at, LOCAL_SIGNATURE) {
            let Some(header) = LocalHeader::read(self.bytes, found) else { break };
            if files.len() >= self.limits.entries {
                self.gaps.note(TOO_MANY, archive_name(self.display));
                break;
            }
            let (file, next) = self.file(found, &header);
            files.extend(file);
            at = next;
        }
        files
    }

    /// The file of this header, and where to look for the next.
    fn file(&mut self, at: usize, header: &LocalHeader) -> (Option<Listed>, usize) {
        let raw = self.bytes.get(header.name.clone()).unwrap_or_default();
        let extra = self.bytes.get(header.extra.clone()).unwrap_or_default();
        let name = read_name(raw, || encoding(raw, header.flags, extra));
        for problem in &name.problems {
            self.gaps.note(problem, &format!("{}{}", self.display, name.path));
        }
        let sizes = self.sizes(header);
        let next = sizes.map_or(header.data, |sizes| sizes.end);
        if name.is_folder || name.path.is_empty() {
            return (None, next);
        }
        let kind = self.kind(at, header, sizes);
        if let Kind::Refused(refusal) = kind {
            self.gaps.note_with(refusal.kind(), &format!("{}{}", self.display, name.path), || refusal.why());
        }
        let size_bytes = sizes.map_or(0, |sizes| sizes.size_bytes);
        (Some(Listed { path: name.path, size_bytes, kind, repeats: false }), next)
    }

    fn kind(&self, at: usize, header: &LocalHeader, sizes: Option<Sizes>) -> Kind {
        let (size, stored) = sizes.map_or((0, 0), |sizes| (sizes.size_bytes, sizes.stored_bytes as u64));
        if let Some(refusal) = refusal(header.flags, header.method, size, stored, self.limits) {
            return Kind::Refused(refusal);
        }
        let Some(sizes) = sizes else { return Kind::Refused(Refusal::CutOff) };
        let length = u16::try_from(header.name.len()).unwrap_or(u16::MAX);
        Kind::Zip(Slot {
            header: at,
            stored_bytes: sizes.stored_bytes,
            checksum: sizes.checksum,
            method: header.method,
            name: NameRange { start: header.name.start, length },
        })
    }

    /// `None` when the entry's end cannot be told, or lies past the end of the archive.
    fn sizes(&mut self, header: &LocalHeader) -> Option<Sizes> {
        let (mut stored, mut size) = (u64::from(header.stored_bytes), u64::from(header.size_bytes));
        if header.stored_bytes == u32::MAX || header.size_bytes == u32::MAX {
            (size, stored) = self.zip64_sizes(header)?;
        }
        if header.has_descriptor() && stored == 0 {
            return self.sizes_after_data(header.data);
        }
        let stored_bytes = usize::try_from(stored).ok()?;
        let end = header.data.checked_add(stored_bytes).filter(|end| *end <= self.bytes.len())?;
        Some(Sizes { stored_bytes, size_bytes: size, checksum: header.checksum, end })
    }

    /// Size and stored size in the Zip64 extra field.
    fn zip64_sizes(&self, header: &LocalHeader) -> Option<(u64, u64)> {
        let mut field = Fields(extra_field(self.bytes.get(header.extra.clone())?, ZIP64)?);
        Some((field.u64()?, field.u64()?))
    }

    /// Sizes in the data descriptor: the first one whose stored size is the distance from the data's start.
    fn sizes_after_data(&mut self, data: usize) -> Option<Sizes> {
        let mut from = data;
        loop {
            let at = self.search(from, DESCRIPTOR_SIGNATURE)?;
            let stored_bytes = at - data;
            if let Some(sizes) = self.descriptor(at, stored_bytes) {
                return Some(sizes);
            }
            from = at + 1;
        }
    }

    fn descriptor(&self, at: usize, stored_bytes: usize) -> Option<Sizes> {
        let start = Fields::signed(self.bytes, at, DESCRIPTOR_SIGNATURE)?;
        let stored = stored_bytes as u64;
        let mut large = start;
        let checksum = large.u32()?;
        let mut small = large;
        if stored > 0 && large.u64() == Some(stored) {
            return Some(Sizes { stored_bytes, size_bytes: large.u64()?, checksum, end: at + 24 });
        }
        let states_stored = u64::from(small.u32()?) == stored;
        let size_bytes = u64::from(small.u32()?);
        states_stored.then_some(Sizes { stored_bytes, size_bytes, checksum, end: at + 16 })
    }

    /// Offset of the next `signature` at or after `from`.
    fn search(&mut self, from: usize, signature: &[u8]) -> Option<usize> {
        let rest = self.bytes.get(from..)?;
        let visible = rest.get(..self.searchable.min(rest.len()))?;
        let found = visible.windows(signature.len()).position(|window| window == signature);
        self.searchable -= found.unwrap_or(visible.len());
        if found.is_none() && visible.len() < rest.len() {
            self.gaps.note(GAVE_UP, archive_name(self.display));
        }
        found.map(|offset| from + offset)
    }
}

#[derive(Clone, Copy)]
struct Sizes {
    stored_bytes: usize,
    size_bytes: u64,
    checksum: u32,
    /// Where the entry ends, its descriptor included.
    end: usize,
}
