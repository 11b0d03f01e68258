//! Little-endian fields, one after another, and the extra fields of headers.

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
