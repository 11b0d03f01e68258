//! The central directory: what it lists.
//!
//! **Source**: PKWARE APPNOTE 6.3.10, 4.3.12.

use std::ops::Range;

use super::end::{Directory, RECORD, wide};
use super::fields::{Fields, ZIP64, encoding, extra_field};
use super::read::LOCAL_HEADER_BYTES;
use super::{FOLDER_WITH_DATA, NO_DIRECTORY, NameRange, OVERLAP, SPLIT, Slot, WRONG_COUNT, refusal, salvage};
use crate::bytes::Bytes;
use crate::formats::listing::{Kind, Listed, Listing, Refusal, TOO_MANY, archive_name};
use crate::formats::names::{EntryName, UNUSABLE, read_name};
use crate::gaps::GapList;
use crate::limits::Limits;

const RECORD_BYTES: usize = 46;
const LARGEST_U16: u64 = 0xffff;
const SIGNATURE_OF_DIRECTORY: &[u8] = b"PK\x05\x05";
const SHOWN_NAME_CHARS: usize = 80;

/// Every file the directory lists, in its order.
pub(super) fn list(
    bytes: &Bytes,
    directory: &Directory,
    display: &str,
    limits: &Limits,
    gaps: &mut GapList,
) -> Listing {
    if directory.is_split {
        gaps.note(SPLIT, archive_name(display));
    }
    let mut reader = Reader { bytes, directory, display, limits, gaps, files: Vec::new(), extents: Vec::new() };
    let outcome = reader.read_records();
    reader.note_overlaps();
    let mut files = reader.files;
    match outcome {
        Outcome::Whole => {}
        Outcome::TooMany => gaps.note(TOO_MANY, archive_name(display)),
        Outcome::WrongCount => gaps.note(WRONG_COUNT, archive_name(display)),
        Outcome::Broken => {
            gaps.note(NO_DIRECTORY, archive_name(display));
            salvage::add_unlisted(bytes, display, limits, gaps, &mut files);
        }
    }
    Listing { archive: bytes.clone(), files }
}

enum Outcome {
    Whole,
    TooMany,
    WrongCount,
    Broken,
}

struct Reader<'a> {
    bytes: &'a Bytes,
    directory: &'a Directory,
    display: &'a str,
    limits: &'a Limits,
    gaps: &'a mut GapList,
    files: Vec<Listed>,
    /// Bytes of the archive that each file takes at least, and its index.
    extents: Vec<(Range<usize>, usize)>,
}

impl Reader<'_> {
    fn read_records(&mut self) -> Outcome {
        let records = self.bytes.get(..self.directory.range.end).unwrap_or_default();
        let mut at = self.directory.range.start;
        let mut count = 0_u64;
        while at < records.len() && Fields::signed(records, at, SIGNATURE_OF_DIRECTORY).is_none() {
            let Some((record, next)) = Record::read(records, at) else { return Outcome::Broken };
            if self.files.len() >= self.limits.entries {
                return Outcome::TooMany;
            }
            self.add(&record);
            at = next;
            count += 1;
        }
        let stated = self.directory.entries;
        // Writers without Zip64 let the number wrap.
        if stated == count || stated == count & LARGEST_U16 { Outcome::Whole } else { Outcome::WrongCount }
    }

    fn add(&mut self, record: &Record<'_>) {
        let name = read_name(record.name, || encoding(record.name, record.flags, record.extra));
        let size_bytes = record.size;
        if name.is_folder || record.is_folder() {
            self.note_problems(&name);
            if size_bytes > 0 {
                self.gaps.note(FOLDER_WITH_DATA, &format!("{}{}/", self.display, name.path));
            }
            return;
        }
        if name.path.is_empty() {
            let shown: String = String::from_utf8_lossy(record.name).chars().take(SHOWN_NAME_CHARS).collect();
            return self.gaps.note(UNUSABLE, &format!("{}{shown}", self.display));
        }
        self.note_problems(&name);
        let kind = self.kind(record);
        if let Kind::Refused(refusal) = kind {
            self.gaps.note_with(refusal.kind(), &format!("{}{}", self.display, name.path), || refusal.why());
        }
        self.files.push(Listed { path: name.path, size_bytes, kind, repeats: false });
    }

    fn note_problems(&mut self, name: &EntryName) {
        for problem in &name.problems {
            self.gaps.note(problem, &format!("{}{}", self.display, name.path));
        }
    }

    fn kind(&mut self, record: &Record<'_>) -> Kind {
        let refusal = refusal(record.flags, record.method, record.size, record.stored, self.limits);
        if let Some(refusal) = refusal {
            return Kind::Refused(refusal);
        }
        let Some(slot) = self.slot(record) else { return Kind::Refused(Refusal::CutOff) };
        if record.is_link() { Kind::Link(slot) } else { Kind::Zip(slot) }
    }

    /// `None` when the entry cannot lie within the archive.
    fn slot(&mut self, record: &Record<'_>) -> Option<Slot> {
        let header = usize::try_from(record.offset).ok()?.checked_add(self.directory.prefix_bytes)?;
        let stored_bytes = usize::try_from(record.stored).ok()?;
        let end = header.checked_add(LOCAL_HEADER_BYTES + record.name.len())?.checked_add(stored_bytes)?;
        if end > self.bytes.len() || record.is_elsewhere {
            return None;
        }
        self.extents.push((header..end, self.files.len()));
        let length = u16::try_from(record.name.len()).ok()?;
        let name = NameRange { start: record.name_at, length };
        Some(Slot { header, stored_bytes, checksum: record.checksum, method: record.method, name })
    }

    /// Notes files whose bytes another one uses too: the mark of archives that inflate to far more than they hold.
    fn note_overlaps(&mut self) {
        self.extents.sort_by_key(|(extent, file)| (extent.start, extent.end, *file));
        let mut reached = 0;
        for (extent, file) in &self.extents {
            if extent.start < reached
                && let Some(file) = self.files.get(*file)
            {
                self.gaps.note(OVERLAP, &format!("{}{}", self.display, file.path));
            }
            reached = reached.max(extent.end);
        }
    }
}

/// One record of the directory, its Zip64 values in place.
struct Record<'a> {
    made_by: u16,
    flags: u16,
    method: u16,
    checksum: u32,
    stored: u64,
    size: u64,
    /// In another file of a split archive.
    is_elsewhere: bool,
    attributes: u32,
    offset: u64,
    name: &'a [u8],
    /// Offset of the name in the archive.
    name_at: usize,
    extra: &'a [u8],
}

impl<'a> Record<'a> {
    /// The record at offset `at`, and the offset after it.
    fn read(bytes: &'a [u8], at: usize) -> Option<(Self, usize)> {
        let mut fields = Fields::signed(bytes, at, RECORD)?;
        let made_by = fields.u16()?;
        fields.u16()?;
        let flags = fields.u16()?;
        let method = fields.u16()?;
        fields.u32()?;
        let checksum = fields.u32()?;
        let (stored, size) = (fields.u32()?, fields.u32()?);
        let lengths: [usize; 3] = [fields.u16()?.into(), fields.u16()?.into(), fields.u16()?.into()];
        let disk = fields.u16()?;
        fields.u16()?;
        let attributes = fields.u32()?;
        let offset = fields.u32()?;
        let name = fields.bytes(lengths[0])?;
        let extra = fields.bytes(lengths[1])?;
        fields.bytes(lengths[2])?;
        let mut zip64 = extra_field(extra, ZIP64).map(Fields);
        let size = wide(size, &mut zip64)?;
        let stored = wide(stored, &mut zip64)?;
        let offset = wide(offset, &mut zip64)?;
        let is_elsewhere = !matches!(disk, 0 | u16::MAX);
        let name_at = at + RECORD_BYTES;
        let record = Self {
            made_by,
            flags,
            method,
            checksum,
            stored,
            size,
            is_elsewhere,
            attributes,
            offset,
            name,
            name_at,
            extra,
        };
        Some((record, at + RECORD_BYTES + lengths.iter().sum::<usize>()))
    }

    /// File type of Unix, when the record comes from there.
    fn unix_type(&self) -> Option<u32> {
        const UNIX: u16 = 3;
        const MACOS: u16 = 19;
        const TYPE: u32 = 0o170_000;
        matches!(self.made_by >> 8, UNIX | MACOS).then_some(self.attributes >> 16 & TYPE)
    }

    /// By its attributes alone; most folders are known by their names.
    fn is_folder(&self) -> bool {
        const FOLDER: u32 = 0o040_000;
        const DOS_FOLDER: u32 = 0x10;
        match self.unix_type() {
            Some(unix_type) => unix_type == FOLDER,
            None => self.attributes & DOS_FOLDER != 0 && self.size == 0,
        }
    }

    fn is_link(&self) -> bool {
        const LINK: u32 = 0o120_000;
        self.unix_type() == Some(LINK)
    }
}
