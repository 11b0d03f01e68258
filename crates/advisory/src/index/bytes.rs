//! Numbers and texts of the index as bytes: unsigned LEB128, and length-prefixed byte strings.

use super::Corrupt;

/// Most bytes that a `u64` takes in LEB128.
const MAX_VARINT_BYTES: usize = 10;

#[derive(Debug, Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    pub(super) fn count(&mut self, value: usize) {
        self.number(value as u64);
    }

    pub(super) fn text(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
    }
}

/// Reads what [`Writer`] wrote; every step is checked against the end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> Result<u8, Corrupt> {
        let (byte, rest) = self.0.split_first().ok_or(Corrupt("it ends early"))?;
        self.0 = rest;
        Ok(*byte)
    }

    pub(super) fn number(&mut self) -> Result<u64, Corrupt> {
        let mut value = 0u64;
        for at in 0..MAX_VARINT_BYTES {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            let shifted = bits << (7 * at);
            if shifted >> (7 * at) != bits {
                return Err(Corrupt("a number is too large"));
            }
            value |= shifted;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Corrupt("a number is too long"))
    }

    pub(super) fn small(&mut self) -> Result<u32, Corrupt> {
        u32::try_from(self.number()?).map_err(|_| Corrupt("a number is too large"))
    }

    /// How many items follow; never more than the bytes that are left, as each takes one at least.
    pub(super) fn count(&mut self) -> Result<usize, Corrupt> {
        let count = self.number()?;
        usize::try_from(count)
            .ok()
            .filter(|count| *count <= self.0.len())
            .ok_or(Corrupt("a list is longer than its file"))
    }

    pub(super) fn bytes(&mut self, length: usize) -> Result<&'a [u8], Corrupt> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(Corrupt("it ends early"))?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(super) fn blob(&mut self) -> Result<&'a [u8], Corrupt> {
        let length = self.count()?;
        self.bytes(length)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Corrupt> {
        std::str::from_utf8(self.blob()?).map_err(|_| Corrupt("a text is not UTF-8"))
    }
}

/// The little-endian number at `at`.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Corrupt> {
    let end = at.checked_add(4).ok_or(Corrupt("it ends early"))?;
    let bytes = bytes.get(at..end).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok()).ok_or(Corrupt("it ends early"))?;
    Ok(u32::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_survive() {
        let numbers = [0, 1, 127, 128, 300, 65_535, 1 << 20, u64::MAX - 1, u64::MAX];
        let mut writer = Writer::default();
        for number in numbers {
            writer.number(number);
            writer.text(number.to_string());
        }
        let mut reader = Reader(&writer.0);
        for number in numbers {
            assert_eq!(reader.number().unwrap(), number);
            assert_eq!(reader.text().unwrap(), number.to_string());
        }
        assert!(reader.is_empty());
    }

    #[test]
    fn refuses_what_is_not_there() {
        for bytes in [
            &b""[..],
            b"\x80",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        ] {
            assert!(Reader(bytes).number().is_err(), "{bytes:?}");
        }
        assert!(Reader(b"\x05abc").text().is_err());
        assert!(Reader(b"\x02\xff\xfe").text().is_err());
    }
}
