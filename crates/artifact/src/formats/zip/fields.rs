//! Little-endian fields, one after another, and the extra fields of headers.
//!
//! **Source**: PKWARE APPNOTE 6.3.10, 4.5 and 4.6.9 (Info-ZIP's Unicode path).

use crate::formats::names::Encoding;

/// What is left of a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    /// The record at offset `at` of `bytes`, after its signature.
    pub(super) fn signed(bytes: &'a [u8], at: usize, signature: &[u8]) -> Option<Self> {
        bytes.get(at..)?.strip_prefix(signature).map(Self)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }
}

/// The first extra field with this id (APPNOTE 4.5).
pub(super) fn extra_field(extra: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut fields = Fields(extra);
    loop {
        let id = fields.u16()?;
        let length = fields.u16()?;
        let field = fields.bytes(length.into())?;
        if id == wanted {
            return Some(field);
        }
    }
}

/// Id of the extra field with sizes and offsets of 64 bits (APPNOTE 4.5.3).
pub(super) const ZIP64: u16 = 1;

const UNICODE_PATH: u16 = 0x7075;

/// How a name of a header with these flags and extra fields is encoded.
pub(super) fn encoding(raw: &[u8], flags: u16, extra: &[u8]) -> Encoding {
    match unicode_path(raw, extra) {
        Some(name) => Encoding::Repeated(name),
        None if flags & super::FLAG_UTF8_NAME != 0 => Encoding::Utf8,
        None => Encoding::Unstated,
    }
}

/// The name in Info-ZIP's field: version 1, checksum of the raw name, UTF-8.
fn unicode_path(raw: &[u8], extra: &[u8]) -> Option<String> {
    let mut field = Fields(extra_field(extra, UNICODE_PATH)?);
    let (version, checksum) = (field.bytes(1)?, field.u32()?);
    let matches = version == [1] && checksum == libdeflater::crc32(raw);
    matches.then(|| String::from_utf8(field.0.to_vec()).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unicode_path_field_counts_when_it_belongs_to_the_name() {
        let mut field = vec![1];
        field.extend_from_slice(&libdeflater::crc32(b"caf\x82.py").to_le_bytes());
        field.extend_from_slice("café.py".as_bytes());
        let mut extra = Vec::from(UNICODE_PATH.to_le_bytes());
        extra.extend_from_slice(&u16::try_from(field.len()).unwrap().to_le_bytes());
        extra.extend_from_slice(&field);
        assert_eq!(encoding(b"caf\x82.py", 0, &extra), Encoding::Repeated("café.py".to_owned()));
        assert_eq!(encoding(b"caf\x83.py", 0, &extra), Encoding::Unstated);
        assert_eq!(encoding(b"caf\x83.py", super::super::FLAG_UTF8_NAME, &extra), Encoding::Utf8);
    }
}
