//! Reading numbers and texts of foreign programs: every read is checked and moves on.

/// Reads from the front of some bytes in one byte order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    big_endian: bool,
}

impl<'a> Cursor<'a> {
    /// `None` when `bytes` end before `offset`.
    pub(crate) fn at(bytes: &'a [u8], offset: u64, big_endian: bool) -> Option<Self> {
        Some(Self { rest: bytes.get(usize::try_from(offset).ok()?..)?, big_endian })
    }

    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn skip(&mut self, length: usize) -> Option<()> {
        self.take(length).map(|_| ())
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut array: [u8; N] = self.take(N)?.try_into().ok()?;
        if self.big_endian {
            array.reverse();
        }
        Some(array)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(u8::from_le_bytes)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A number as wide as an address.
    pub(crate) fn word(&mut self, is_64_bit: bool) -> Option<u64> {
        if is_64_bit { self.u64() } else { self.u32().map(u64::from) }
    }

    /// A number in groups of seven bits, lowest first, as Go and WebAssembly write lengths.
    pub(crate) fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

/// The text up to the first 0, or all of it.
pub(crate) fn until_nul(bytes: &[u8]) -> &[u8] {
    memchr::memchr(0, bytes).and_then(|end| bytes.get(..end)).unwrap_or(bytes)
}

/// The part of `bytes` from `offset`, `length` long, and whether it is all there.
pub(crate) fn part(bytes: &[u8], offset: u64, length: u64) -> (&[u8], bool) {
    let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
    let rest = bytes.get(start..).unwrap_or_default();
    let wanted = usize::try_from(length).unwrap_or(usize::MAX);
    match rest.get(..wanted) {
        Some(part) => (part, true),
        None => (rest, false),
    }
}
