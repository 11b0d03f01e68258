//! Bytes of a file as text.

use std::borrow::Cow;

use crate::{Error, MAX_TEXT_BYTES};

/// The text of a file, without its byte-order mark: UTF-8, or UTF-16 when a byte-order mark says so.
///
/// # Errors
/// When the file is larger than [`MAX_TEXT_BYTES`] or is not text.
pub fn decode<'a>(bytes: &'a [u8], file: &str) -> Result<Cow<'a, str>, Error> {
    if bytes.len() > MAX_TEXT_BYTES {
        let (size_bytes, limit_bytes) = (bytes.len(), MAX_TEXT_BYTES);
        return Err(Error::TooLarge { file: file.to_owned(), size_bytes, limit_bytes });
    }
    let not_text = |offset| Error::NotText { file: file.to_owned(), offset };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => from_utf16(rest, u16::from_le_bytes).map(Cow::Owned).ok_or_else(|| not_text(2)),
        [0xFE, 0xFF, rest @ ..] => from_utf16(rest, u16::from_be_bytes).map(Cow::Owned).ok_or_else(|| not_text(2)),
        [0xEF, 0xBB, 0xBF, rest @ ..] => from_utf8(rest).map_err(|offset| not_text(offset + 3)),
        _ => from_utf8(bytes).map_err(not_text),
    }
}

fn from_utf8(bytes: &[u8]) -> Result<Cow<'_, str>, usize> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| error.valid_up_to())
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<_, _>>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_utf_8_and_marked_utf_16() {
        let cases: [(&[u8], Option<&str>); 6] = [
            (b"a: b", Some("a: b")),
            (b"\xEF\xBB\xBFa: b", Some("a: b")),
            (b"\xFF\xFEa\0:\0", Some("a:")),
            (b"\xFE\xFF\0a\0:", Some("a:")),
            (b"\xFF\xFEa", None),
            (b"a\xFF", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(decode(bytes, "t").ok().as_deref(), expected, "{bytes:?}");
        }
    }
}
