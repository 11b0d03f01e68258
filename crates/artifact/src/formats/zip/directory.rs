//! The central directory: where it is, and what it lists.

use std::ops::Range;

use rawzip::{ZipFileHeaderRecord, ZipLocator, ZipSliceArchive};

use super::names::{EntryName, UNUSABLE, read_name};
use super::{
    FOLDER_WITH_DATA, Kind, Listed, Listing, NO_DIRECTORY, NameRange, OVERLAP, Refusal, Slot, TOO_MANY, WRONG_COUNT,
};
use crate::bytes::Bytes;
use crate::formats::zip::{read, salvage};
use crate::gaps::GapList;
use crate::limits::{Limits, RATIO_FREE_BYTES};

/// Ends of a directory that are tried, from the last: comments may hold the signature too.
const MAX_FALSE_ENDS: usize = 16;
/// Bytes of a local header without its name and extra field.
const LOCAL_HEADER_BYTES: usize = 30;
const DIRECTORY_HEADER_BYTES: u64 = 46;
const ZIP64_LOCATOR_BYTES: usize = 20;
const ZIP64_END_BYTES: usize = 56;
const LARGEST_U16: u64 = 0xffff;

/// The archive that ends last in `bytes`, from where its offsets count.
pub(super) fn locate(bytes: &Bytes) -> Option<ZipSliceArchive<Bytes>> {
    let mut searched = bytes.clone();
    for _ in 0..MAX_FALSE_ENDS {
        let error = match ZipLocator::new().locate_in_slice(searched.clone()) {
            Ok(archive) => return Some(archive),
            Err((_, error)) => error,
        };
        let end = usize::try_from(error.eocd_offset()?).ok()?;
        if let Some(archive) = after_uncounted_prefix(&searched, end) {
            return Some(archive);
        }
        searched = searched.part(0..end)?;
    }
    None
}

/// A Zip64 archive with bytes before it that its offsets do not count: its end record then does not stand where its
/// locator says, but right before the locator.
fn after_uncounted_prefix(bytes: &Bytes, end: usize) -> Option<ZipSliceArchive<Bytes>> {
    let locator = end.checked_sub(ZIP64_LOCATOR_BYTES)?;
    let record = locator.checked_sub(ZIP64_END_BYTES)?;
    let signed = |at: usize, signature: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(signature));
    if !signed(locator, b"PK\x06\x07") || !signed(record, b"PK\x06\x06") {
        return None;
    }
    let stated = bytes.get(locator + 8..)?.first_chunk().map(|field| u64::from_le_bytes(*field))?;
    let prefix = record.checked_sub(usize::try_from(stated).ok()?).filter(|prefix| *prefix > 0)?;
    ZipLocator::new().locate_in_slice(bytes.part(prefix..bytes.len())?).ok()
}

/// Every file the directory lists, in its order.
pub(super) fn list(archive: &ZipSliceArchive<Bytes>, display: &str, limits: &Limits, gaps: &mut GapList) -> Listing {
    let bytes = archive.get_ref();
    let mut reader = Reader { bytes, display, limits, gaps, files: Vec::new(), extents: Vec::new() };
    let outcome = reader.read_directory(archive);
    reader.note_overlaps();
    let mut files = reader.files;
    match outcome {
        Outcome::Whole => {}
        Outcome::WrongCount => gaps.note(WRONG_COUNT, archive_name(display)),
        Outcome::Broken => {
            gaps.note(NO_DIRECTORY, archive_name(display));
            salvage::add_unlisted(bytes, display, limits, gaps, &mut files);
        }
    }
    Listing { archive: bytes.clone(), files }
}

/// `display` names what lies in the archive; the archive itself is without the `!/`.
pub(super) fn archive_name(display: &str) -> &str {
    display.strip_suffix("!/").unwrap_or(display)
}

enum Outcome {
    Whole,
    WrongCount,
    Broken,
}

struct Reader<'a> {
    bytes: &'a Bytes,
    display: &'a str,
    limits: &'a Limits,
    gaps: &'a mut GapList,
    files: Vec<Listed>,
    /// Bytes of the archive that each file takes at least, and its index.
    extents: Vec<(Range<usize>, usize)>,
}

impl Reader<'_> {
    fn read_directory(&mut self, archive: &ZipSliceArchive<Bytes>) -> Outcome {
        let mut records = archive.entries();
        let mut count = 0_u64;
        loop {
            match records.next_entry() {
                Ok(Some(record)) if self.files.len() < self.limits.entries => self.add(&record),
                Ok(Some(_)) => {
                    self.gaps.note(TOO_MANY, archive_name(self.display));
                    return Outcome::Whole;
                }
                Ok(None) => break,
                Err(_) => return Outcome::Broken,
            }
            count += 1;
        }
        let stated = archive.entries_hint();
        // Writers without Zip64 let the number wrap.
        if stated == count || stated == count & LARGEST_U16 { Outcome::Whole } else { Outcome::WrongCount }
    }

    fn add(&mut self, record: &ZipFileHeaderRecord<'_>) {
        let raw = record.file_path();
        let name = read_name(raw.as_bytes(), record.flags().is_utf8(), record.extra_fields());
        let size_bytes = record.uncompressed_size_hint();
        if is_folder(&name, record) {
            self.note_problems(&name, &name.path);
            if size_bytes > 0 {
                self.gaps.note(FOLDER_WITH_DATA, &format!("{}{}/", self.display, name.path));
            }
            return;
        }
        if name.path.is_empty() {
            let shown = String::from_utf8_lossy(raw.as_bytes()).chars().take(80).collect::<String>();
            return self.gaps.note(UNUSABLE, &format!("{}{shown}", self.display));
        }
        self.note_problems(&name, &name.path);
        let kind = self.kind(record);
        if let Kind::Refused(refusal) = kind {
            self.gaps.note_with(refusal.kind(), &format!("{}{}", self.display, name.path), || refusal.why());
        }
        self.files.push(Listed { path: name.path, size_bytes, kind, repeats: false });
    }

    fn note_problems(&mut self, name: &EntryName, path: &str) {
        for problem in &name.problems {
            self.gaps.note(problem, &format!("{}{path}", self.display));
        }
    }

    fn kind(&mut self, record: &ZipFileHeaderRecord<'_>) -> Kind {
        let flags = record.flags();
        let method = record.compression_method().as_u16();
        if flags.is_encrypted() || flags.has_strong_encryption() {
            return Kind::Refused(Refusal::Encrypted);
        }
        if !matches!(method, read::STORED | read::DEFLATED) {
            return Kind::Refused(Refusal::Method(method));
        }
        let (size, stored) = (record.uncompressed_size_hint(), record.compressed_size_hint());
        if size > RATIO_FREE_BYTES && size / self.limits.inflate_ratio > stored {
            return Kind::Refused(Refusal::Ratio);
        }
        let Some(slot) = self.slot(record, method) else { return Kind::Refused(Refusal::CutOff) };
        if record.mode().is_symlink() { Kind::Link(slot) } else { Kind::File(slot) }
    }

    /// `None` when the entry cannot lie within the archive.
    fn slot(&mut self, record: &ZipFileHeaderRecord<'_>, method: u16) -> Option<Slot> {
        let header = usize::try_from(record.local_header_offset()).ok()?;
        let stored_bytes = usize::try_from(record.compressed_size_hint()).ok()?;
        let length = u16::try_from(record.file_path().len()).ok()?;
        let end = header.checked_add(LOCAL_HEADER_BYTES + usize::from(length))?.checked_add(stored_bytes)?;
        if end > self.bytes.len() {
            return None;
        }
        self.extents.push((header..end, self.files.len()));
        let start = usize::try_from(record.central_directory_offset().checked_add(DIRECTORY_HEADER_BYTES)?).ok()?;
        Some(Slot { header, stored_bytes, checksum: record.crc32(), method, name: NameRange { start, length } })
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

/// A folder by its name or by its mode.
fn is_folder(name: &EntryName, record: &ZipFileHeaderRecord<'_>) -> bool {
    const TYPE: u32 = 0o170_000;
    const FOLDER: u32 = 0o040_000;
    name.is_folder || record.is_dir() || record.mode().value() & TYPE == FOLDER
}
