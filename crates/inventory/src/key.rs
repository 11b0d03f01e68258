//! Writing version keys: parts of versions as bytes that compare bytewise in the parts' own order.

use crate::VersionKey;

/// Length byte of a number that does not fit 64 bits; a 4-byte length and the digits follow.
const HUGE_NUMBER: u8 = 9;

#[derive(Debug, Clone, Default)]
pub(crate) struct KeyWriter(Vec<u8>);

impl KeyWriter {
    pub(crate) fn byte(&mut self, byte: u8) -> &mut Self {
        self.0.push(byte);
        self
    }

    /// A decimal number of any length, leading zeros ignored: its length in bytes, then its bytes, big-endian.
    pub(crate) fn number(&mut self, digits: &str) -> &mut Self {
        let digits = digits.trim_start_matches('0');
        match digits.parse() {
            Ok(value) => self.small_number(value),
            Err(_) if digits.is_empty() => self.small_number(0),
            Err(_) => {
                self.0.push(HUGE_NUMBER);
                self.0.extend_from_slice(&u32::try_from(digits.len()).unwrap_or(u32::MAX).to_be_bytes());
                self.0.extend_from_slice(digits.as_bytes());
                self
            }
        }
    }

    pub(crate) fn small_number(&mut self, value: u64) -> &mut Self {
        let bytes = value.to_be_bytes();
        let used = bytes.iter().copied().skip_while(|byte| *byte == 0);
        self.0.push(u8::try_from(used.clone().count()).unwrap_or(u8::MAX));
        self.0.extend(used);
        self
    }

    /// Text in byte order, a prefix before what it begins: ended by 0, with 0 and 1 inside escaped.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        for byte in text.bytes() {
            match byte {
                0 | 1 => self.0.extend([1, byte + 1]),
                byte => self.0.push(byte),
            }
        }
        self.byte(0)
    }

    pub(crate) fn finish(&self) -> VersionKey {
        VersionKey::from_bytes(self.0.as_slice())
    }
}

/// The number at the start of `key` when it fits 64 bits, and the bytes after it.
pub(crate) fn read_small_number(key: &[u8]) -> Option<(u64, &[u8])> {
    let (length, rest) = key.split_first()?;
    if *length >= HUGE_NUMBER {
        return None;
    }
    let (bytes, rest) = rest.split_at_checked(usize::from(*length))?;
    Some((bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)), rest))
}

/// A total order for any text, used where an ecosystem's rules give up: runs of digits compare as numbers, before other
/// characters, which compare by byte.
pub(crate) fn natural_key(text: &str) -> VersionKey {
    let mut key = KeyWriter::default();
    let mut rest = text;
    while !rest.is_empty() {
        let is_number = rest.starts_with(|first: char| first.is_ascii_digit());
        let end = rest.find(|c: char| c.is_ascii_digit() != is_number).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(end);
        if is_number {
            key.byte(1).number(run);
        } else {
            key.byte(2).text(run);
        }
        rest = tail;
    }
    // Equal as numbers but written differently (`1`, `01`): the text itself decides, so that only equal texts are equal.
    key.byte(0).text(text);
    key.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(digits: &str) -> VersionKey {
        KeyWriter::default().number(digits).finish()
    }

    #[test]
    fn orders_numbers_by_value_whatever_their_length() {
        let ascending = [
            "0",
            "1",
            "9",
            "10",
            "255",
            "256",
            "65536",
            "18446744073709551615",
            "18446744073709551616",
            "99999999999999999999999",
        ];
        for pair in ascending.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        }
        assert_eq!(number("007"), number("7"));
        assert_eq!(read_small_number(number("65536").as_bytes()), Some((65536, &[][..])));
    }

    #[test]
    fn orders_text_by_bytes_with_prefixes_first() {
        let ascending = ["", "\0", "\u{1}", "a", "a\0", "aa", "b"];
        for pair in ascending.windows(2) {
            let [left, right] = [pair[0], pair[1]].map(|text| KeyWriter::default().text(text).byte(255).finish());
            assert!(left < right, "{pair:?}");
        }
    }

    #[test]
    fn natural_order_is_total_and_reads_numbers() {
        let ascending = ["", "1", "2", "10", "10a", "a", "a2", "a10", "b"];
        for pair in ascending.windows(2) {
            assert!(natural_key(pair[0]) < natural_key(pair[1]), "{pair:?}");
        }
        assert_ne!(natural_key("1"), natural_key("01"));
    }
}
