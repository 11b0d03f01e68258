//! One entry's bytes: borrowed when they are stored, inflated when they are not, and checked either way.
//!
//! Archives on disk are mapped, but what is inflated is read from the file: a mapping keeps every page that was touched,
//! and with large pages many that were not. Reading 26 packages' metadata from a zip of 64 MB peaked at 31 MB mapped
//! and at 11 MB read.

use std::cell::RefCell;
use std::ops::Range;

use libdeflater::{DecompressionError, Decompressor};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::fields::Fields;
use super::{FLAG_DATA_DESCRIPTOR, Slot};
use crate::bytes::Bytes;
use crate::read::MAX_KEPT_BUFFER_BYTES;

pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;

/// An entry that lies about its size may inflate to this many times what it says …
const LYING_FACTOR: u64 = 4;
/// … and this many bytes more.
const LYING_BYTES: u64 = 64 << 10;

/// Stored entries of archives on disk up to this size are copied: reading so few bytes costs less than mapping them.
const MAX_COPIED_BYTES: usize = 64 << 10;
/// Longest extra field of a local header that is read along with the data, in bytes; longer ones cost a second read.
const EXPECTED_EXTRA_BYTES: usize = 64;
const MAX_NAME_AND_EXTRA_BYTES: usize = 2 * 0xffff;

/// What the code tables in front of a block's data take at most, and some more for empty blocks, in bytes.
const MAX_HEADER_OF_BLOCKS_BYTES: usize = 512;

/// Bytes of a local header without its name and extra field.
pub(super) const LOCAL_HEADER_BYTES: usize = 30;
pub(super) const LOCAL_SIGNATURE: &[u8] = b"PK\x03\x04";
const UNKNOWN_SIZE: u32 = u32::MAX;

thread_local! {
    // Allocating one costs as much as inflating a small file.
    static DECOMPRESSOR: RefCell<Decompressor> = RefCell::new(Decompressor::new());
    /// An entry as it lies in its archive.
    static PACKED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Where the entry's bytes are now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// In the archive itself.
    Stored(Range<usize>),
    /// The first so many bytes of the buffer.
    Buffered(usize),
}

/// Why there are no bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the archive has no entry where its directory says; pack it again")]
    NoHeader,
    #[error("the entry's bytes would lie past the end of the archive; pack it again")]
    CutOff,
    #[error("the entry's compressed bytes are damaged; pack it again")]
    Damaged,
    #[error("the entry inflates to far more than the {stated} bytes it states and was not read; pack it again")]
    TooMuch { stated: u64 },
}

/// What is wrong with an entry whose bytes are there all the same. Ordered as told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Doubt {
    #[error(
        "the entry's own header and the archive's directory state different names; read as the directory says, pack it again"
    )]
    OtherName,
    #[error(
        "the entry's own header and the archive's directory disagree about its size, checksum or compression; read as the directory says, pack it again"
    )]
    OtherHeader,
    #[error("the entry holds another number of bytes than it states; what it holds was read, pack it again")]
    OtherSize,
    #[error(
        "the entry's checksum is wrong, it was changed or damaged after it was packed; what it holds was read, pack it again"
    )]
    Checksum,
}

/// Finds or inflates the entry of `size_bytes`. `buffer` only ever grows; doubts are added to `doubts`.
pub(crate) fn read(
    archive: &Bytes,
    slot: &Slot,
    size_bytes: u64,
    buffer: &mut Vec<u8>,
    doubts: &mut Vec<Doubt>,
) -> Result<Read, Failure> {
    let is_borrowed = slot.method == STORED && (slot.stored_bytes > MAX_COPIED_BYTES || !archive.is_on_disk());
    let needed = if is_borrowed { 0 } else { slot.stored_bytes };
    let mut window = PACKED.take();
    let read = header_and_data(archive, slot, needed, &mut window).and_then(|(header, window)| {
        header.compare(window, archive, slot, size_bytes, doubts);
        if is_borrowed {
            let start = slot.header + header.data;
            return Ok(Read::Stored(start..start.checked_add(slot.stored_bytes).ok_or(Failure::CutOff)?));
        }
        let data = window.get(header.data..).and_then(|data| data.get(..needed)).ok_or(Failure::CutOff)?;
        match slot.method {
            STORED => Ok(Read::Buffered(copy(data, buffer))),
            _ => Ok(Read::Buffered(inflate(data, size_bytes, buffer)?)),
        }
    });
    if window.capacity() <= MAX_KEPT_BUFFER_BYTES {
        PACKED.set(window);
    }
    let read = read?;
    let content = match &read {
        Read::Stored(range) => archive.get(range.clone()).ok_or(Failure::CutOff)?,
        Read::Buffered(length) => buffer.get(..*length).unwrap_or_default(),
    };
    if content.len() as u64 != size_bytes {
        doubts.push(Doubt::OtherSize);
    }
    if libdeflater::crc32(content) != slot.checksum {
        doubts.push(Doubt::Checksum);
    }
    Ok(read)
}

/// The first bytes of the entry, at most `length`; fewer where it ends before. Only as much of it is read from the archive
/// and inflated as that takes. What is wrong with the entry is found when it is read whole.
pub(crate) fn prefix(archive: &Bytes, slot: &Slot, length: usize) -> Result<Vec<u8>, Failure> {
    let few = slot.stored_bytes.min(length.saturating_add(MAX_HEADER_OF_BLOCKS_BYTES));
    let prefix = prefix_from(archive, slot, few, length)?;
    if slot.method == STORED || prefix.len() == length || few == slot.stored_bytes {
        return Ok(prefix);
    }
    prefix_from(archive, slot, slot.stored_bytes, length)
}

fn prefix_from(archive: &Bytes, slot: &Slot, needed: usize, length: usize) -> Result<Vec<u8>, Failure> {
    let mut window = PACKED.take();
    let prefix = header_and_data(archive, slot, needed, &mut window).and_then(|(header, window)| {
        let data = window.get(header.data..).and_then(|data| data.get(..needed)).ok_or(Failure::CutOff)?;
        match slot.method {
            STORED => Ok(data.get(..length).unwrap_or(data).to_vec()),
            _ => inflate_prefix(data, length),
        }
    });
    if window.capacity() <= MAX_KEPT_BUFFER_BYTES {
        PACKED.set(window);
    }
    prefix
}

/// Inflates until `length` bytes are there or `packed` ends, in the middle of a block or not.
fn inflate_prefix(packed: &[u8], length: usize) -> Result<Vec<u8>, Failure> {
    let mut prefix = vec![0; length];
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF | TINFL_FLAG_HAS_MORE_INPUT;
    let (status, _, written) = decompress(&mut DecompressorOxide::new(), packed, &mut prefix, 0, flags);
    match status {
        TINFLStatus::Done | TINFLStatus::HasMoreOutput | TINFLStatus::NeedsMoreInput => {
            prefix.truncate(written);
            Ok(prefix)
        }
        _ => Err(Failure::Damaged),
    }
}

/// The entry's local header and the bytes from there on, at least `needed` of which are its data unless the archive
/// ends before. The header's offsets count from the start of these bytes.
fn header_and_data<'a>(
    archive: &'a Bytes,
    slot: &Slot,
    needed: usize,
    window: &'a mut Vec<u8>,
) -> Result<(LocalHeader, &'a [u8]), Failure> {
    let shortest = LOCAL_HEADER_BYTES + usize::from(slot.name.length) + needed;
    let range = |extra: usize| {
        let end = slot.header.saturating_add(shortest).saturating_add(extra).min(archive.len());
        slot.header.min(end)..end
    };
    let mut fetched = archive.fetch(range(EXPECTED_EXTRA_BYTES), window).ok_or(Failure::CutOff)?;
    let bytes = fetched.bytes(archive, window);
    if LocalHeader::read(bytes, 0).is_none_or(|header| header.data + needed > bytes.len()) {
        fetched = archive.fetch(range(MAX_NAME_AND_EXTRA_BYTES), window).ok_or(Failure::CutOff)?;
    }
    let bytes = fetched.bytes(archive, window);
    Ok((LocalHeader::read(bytes, 0).ok_or(Failure::NoHeader)?, bytes))
}

fn copy(data: &[u8], buffer: &mut Vec<u8>) -> usize {
    if buffer.len() < data.len() {
        buffer.resize(data.len(), 0);
    }
    if let Some(room) = buffer.get_mut(..data.len()) {
        room.copy_from_slice(data);
    }
    data.len()
}

/// How many bytes were written to the front of `buffer`.
fn inflate(packed: &[u8], stated: u64, buffer: &mut Vec<u8>) -> Result<usize, Failure> {
    match inflate_within(packed, stated, buffer) {
        Err(DecompressionError::InsufficientSpace) => {
            let more = stated.saturating_mul(LYING_FACTOR).saturating_add(LYING_BYTES);
            inflate_within(packed, more, buffer).map_err(|error| match error {
                DecompressionError::InsufficientSpace => Failure::TooMuch { stated },
                DecompressionError::BadData => Failure::Damaged,
            })
        }
        outcome => outcome.map_err(|_| Failure::Damaged),
    }
}

fn inflate_within(packed: &[u8], size_bytes: u64, buffer: &mut Vec<u8>) -> Result<usize, DecompressionError> {
    let size = usize::try_from(size_bytes).map_err(|_| DecompressionError::InsufficientSpace)?;
    if buffer.len() < size {
        buffer.resize(size, 0);
    }
    let room = buffer.get_mut(..size).unwrap_or_default();
    DECOMPRESSOR.with_borrow_mut(|decompressor| decompressor.deflate_decompress(packed, room))
}

/// The header in front of an entry's bytes.
pub(super) struct LocalHeader {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) checksum: u32,
    pub(super) stored_bytes: u32,
    pub(super) size_bytes: u32,
    pub(super) name: Range<usize>,
    pub(super) extra: Range<usize>,
    /// Offset of the entry's bytes.
    pub(super) data: usize,
}

impl LocalHeader {
    /// The header at offset `at`; `None` when there is none or it is cut off.
    pub(super) fn read(archive: &[u8], at: usize) -> Option<Self> {
        let mut fields = Fields::signed(archive, at, LOCAL_SIGNATURE)?;
        fields.u16()?;
        let (flags, method) = (fields.u16()?, fields.u16()?);
        fields.u32()?;
        let (checksum, stored_bytes, size_bytes) = (fields.u32()?, fields.u32()?, fields.u32()?);
        let (name_bytes, extra_bytes) = (usize::from(fields.u16()?), usize::from(fields.u16()?));
        let name = at + LOCAL_HEADER_BYTES..at + LOCAL_HEADER_BYTES + name_bytes;
        let extra = name.end..name.end + extra_bytes;
        let data = extra.end;
        (data <= archive.len()).then_some(Self { flags, method, checksum, stored_bytes, size_bytes, name, extra, data })
    }

    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & FLAG_DATA_DESCRIPTOR != 0
    }

    /// `own` are the bytes this header was read from.
    fn compare(&self, own: &[u8], archive: &[u8], slot: &Slot, size_bytes: u64, doubts: &mut Vec<Doubt>) {
        let listed = archive.get(slot.name.start..).and_then(|rest| rest.get(..usize::from(slot.name.length)));
        if own.get(self.name.clone()) != listed {
            doubts.push(Doubt::OtherName);
        }
        let agrees = |own: u32, listed: u64| {
            u64::from(own) == listed || own == UNKNOWN_SIZE || self.has_descriptor() && own == 0
        };
        let same = self.method == slot.method
            && agrees(self.stored_bytes, slot.stored_bytes as u64)
            && agrees(self.size_bytes, size_bytes)
            && (self.checksum == slot.checksum || self.has_descriptor() && self.checksum == 0);
        if !same {
            doubts.push(Doubt::OtherHeader);
        }
    }
}
