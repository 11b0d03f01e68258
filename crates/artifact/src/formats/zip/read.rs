//! One entry's bytes: borrowed when they are stored, inflated when they are not, and checked either way.

use std::cell::RefCell;
use std::ops::Range;

use libdeflater::{DecompressionError, Decompressor};

use super::fields::Fields;
use super::{FLAG_DATA_DESCRIPTOR, Slot};
use crate::bytes::Bytes;

pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;

/// An entry that lies about its size may inflate to this many times what it says …
const LYING_FACTOR: u64 = 4;
/// … and this many bytes more.
const LYING_BYTES: u64 = 64 << 10;

/// Bytes of a local header without its name and extra field.
pub(super) const LOCAL_HEADER_BYTES: usize = 30;
pub(super) const LOCAL_SIGNATURE: &[u8] = b"PK\x03\x04";
const UNKNOWN_SIZE: u32 = u32::MAX;

thread_local! {
    // Allocating one costs as much as inflating a small file.
    static DECOMPRESSOR: RefCell<Decompressor> = RefCell::new(Decompressor::new());
}

/// Where the entry's bytes are now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// In the archive itself.
    Stored(Range<usize>),
    /// The first so many bytes of the buffer.
    Inflated(usize),
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
    let header = LocalHeader::read(archive, slot.header).ok_or(Failure::NoHeader)?;
    header.compare(archive, slot, size_bytes, doubts);
    let data = header.data..header.data.checked_add(slot.stored_bytes).ok_or(Failure::CutOff)?;
    let packed = archive.get(data.clone()).ok_or(Failure::CutOff)?;
    let read = match slot.method {
        STORED => Read::Stored(data),
        _ => Read::Inflated(inflate(packed, size_bytes, buffer)?),
    };
    let content = match &read {
        Read::Stored(_) => packed,
        Read::Inflated(length) => buffer.get(..*length).unwrap_or_default(),
    };
    if content.len() as u64 != size_bytes {
        doubts.push(Doubt::OtherSize);
    }
    if libdeflater::crc32(content) != slot.checksum {
        doubts.push(Doubt::Checksum);
    }
    Ok(read)
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

    fn compare(&self, archive: &[u8], slot: &Slot, size_bytes: u64, doubts: &mut Vec<Doubt>) {
        let listed = archive.get(slot.name.start..).and_then(|rest| rest.get(..usize::from(slot.name.length)));
        if archive.get(self.name.clone()) != listed {
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
