//! The end of an archive: where its directory is, and from where its offsets count.
//!
//! **Source**: PKWARE APPNOTE 6.3.10, 4.3.14 to 4.3.16.
//! **Supported**: comments that hold an end's signature, bytes after the archive, bytes before it whether the offsets
//! count them or not, Zip64 with either.

use std::ops::Range;

use super::fields::Fields;

/// How far from the end of the file an archive may end, in bytes: the longest comment, and some bytes added later.
const MAX_BYTES_AFTER_END: usize = 1 << 20;
/// Ends that are tried: comments and bytes added later may hold the signature too.
const MAX_ENDS_TRIED: usize = 64;

const END: &[u8] = b"PK\x05\x06";
const ZIP64_LOCATOR: &[u8] = b"PK\x06\x07";
const ZIP64_END: &[u8] = b"PK\x06\x06";
pub(super) const RECORD: &[u8] = b"PK\x01\x02";
const ZIP64_LOCATOR_BYTES: usize = 20;
const ZIP64_END_BYTES: usize = 56;
const IN_ZIP64: u32 = u32::MAX;

/// Where the directory is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Directory {
    pub(super) range: Range<usize>,
    /// Bytes before the archive that its offsets do not count.
    pub(super) prefix_bytes: usize,
    /// Number of entries it says it holds.
    pub(super) entries: u64,
    /// Says that other files belong to the archive.
    pub(super) is_split: bool,
}

/// The directory of the archive that ends last in `bytes`.
pub(super) fn find(bytes: &[u8]) -> Option<Directory> {
    let earliest = bytes.len().saturating_sub(MAX_BYTES_AFTER_END);
    let searched = bytes.get(earliest..)?;
    let ends = searched.windows(END.len()).enumerate().rev().filter(|(_, window)| *window == END);
    ends.take(MAX_ENDS_TRIED).find_map(|(at, _)| directory_before(bytes, earliest + at))
}

/// What an end record states, Zip64 or not.
struct Stated {
    entries: u64,
    size: u64,
    offset: u64,
    is_split: bool,
    /// Offset of the first record that is no longer the directory.
    end: usize,
}

/// The directory that the end record at offset `at` belongs to; `None` when it does not belong to any.
fn directory_before(bytes: &[u8], at: usize) -> Option<Directory> {
    let stated = zip64_end(bytes, at).or_else(|| plain_end(bytes, at))?;
    let size = usize::try_from(stated.size).ok()?;
    let offset = usize::try_from(stated.offset).ok()?;
    let starts_with_record = |start: usize| {
        let rest = bytes.get(start..stated.end).unwrap_or_default();
        rest.starts_with(RECORD) || rest.is_empty() && stated.entries == 0
    };
    // Right before its end is where a directory is, whatever was put before the archive since; other places are for
    // writers that leave room there.
    let adjacent = stated.end.checked_sub(size).filter(|start| *start >= offset && starts_with_record(*start));
    let start = adjacent.or_else(|| Some(offset).filter(|start| *start <= stated.end && starts_with_record(*start)))?;
    Some(Directory {
        range: start..stated.end,
        prefix_bytes: start - offset,
        entries: stated.entries,
        is_split: stated.is_split,
    })
}

fn plain_end(bytes: &[u8], at: usize) -> Option<Stated> {
    let mut fields = Fields::signed(bytes, at, END)?;
    let disk = fields.u16()?;
    let directory_disk = fields.u16()?;
    fields.u16()?;
    let entries = fields.u16()?;
    let size = fields.u32()?;
    let offset = fields.u32()?;
    let comment_bytes = fields.u16()?;
    fields.bytes(comment_bytes.into())?;
    let is_split = disk != 0 || directory_disk != 0;
    Some(Stated { entries: entries.into(), size: size.into(), offset: offset.into(), is_split, end: at })
}

/// `None` when the record at `at` has no Zip64 record before it.
fn zip64_end(bytes: &[u8], at: usize) -> Option<Stated> {
    plain_end(bytes, at)?;
    let locator = at.checked_sub(ZIP64_LOCATOR_BYTES)?;
    let mut fields = Fields::signed(bytes, locator, ZIP64_LOCATOR)?;
    let disk = fields.u32()?;
    let stated_offset = usize::try_from(fields.u64()?).ok()?;
    let disks = fields.u32()?;
    // Where it is stated, or, after bytes that the offsets do not count, where it is when it has no extension.
    let offset = [Some(stated_offset), locator.checked_sub(ZIP64_END_BYTES)]
        .into_iter()
        .flatten()
        .find(|offset| *offset < locator && Fields::signed(bytes, *offset, ZIP64_END).is_some())?;
    let mut fields = Fields::signed(bytes, offset, ZIP64_END)?;
    // Size of the record, versions, disks, entries on this disk.
    fields.bytes(8 + 2 + 2 + 4 + 4 + 8)?;
    let entries = fields.u64()?;
    let size = fields.u64()?;
    let directory_offset = fields.u64()?;
    Some(Stated { entries, size, offset: directory_offset, is_split: disk != 0 || disks > 1, end: offset })
}

/// The 64-bit value from `zip64` where the header holds its mark, else the header's own.
pub(super) fn wide(own: u32, zip64: &mut Option<Fields<'_>>) -> Option<u64> {
    if own != IN_ZIP64 {
        return Some(own.into());
    }
    match zip64 {
        Some(fields) => fields.u64(),
        None => Some(own.into()),
    }
}
