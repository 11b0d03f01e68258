//! UTF-16 with a byte order mark, as Windows editors and PowerShell write it.

/// The text as UTF-8; `None` without a byte order mark. Unpaired surrogates become U+FFFD.
pub(super) fn decode(bytes: &[u8]) -> Option<Vec<u8>> {
    let (is_little, rest) = match bytes {
        [0xFF, 0xFE, rest @ ..] => (true, rest),
        [0xFE, 0xFF, rest @ ..] => (false, rest),
        _ => return None,
    };
    let unit = |pair: &[u8; 2]| if is_little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) };
    let units = rest.as_chunks::<2>().0.iter().map(unit);
    let text: String = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Some(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_both_byte_orders() {
        assert_eq!(decode(b"\xFF\xFEa\0\xe4\0").as_deref(), Some("aä".as_bytes()));
        assert_eq!(decode(b"\xFE\xFF\0a\0b\0").as_deref(), Some(&b"ab"[..]));
        assert_eq!(decode(b"ab"), None);
    }
}
