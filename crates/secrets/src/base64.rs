//! Base64 (RFC 4648 §4 and §5, padding optional) as far as checks and views need it.

/// The bytes that `text` stands for, at most `limit_bytes` of them; `None` when it is not base64.
pub(crate) fn decode(text: &[u8], limit_bytes: usize) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity((text.len() / 4 * 3).min(limit_bytes));
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text.iter().copied().take_while(|byte| *byte != b'=') {
        bits = (bits << 6) | u32::from(digit(byte)?);
        held += 6;
        if held >= 8 {
            held -= 8;
            decoded.push(u8::try_from((bits >> held) & 0xff).unwrap_or_default());
            bits &= (1 << held) - 1;
        }
        if decoded.len() >= limit_bytes {
            break;
        }
    }
    Some(decoded)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_both_alphabets_with_and_without_padding() {
        let cases: [(&[u8], Option<&[u8]>); 6] = [
            (b"", Some(b"")),
            (b"Zg==", Some(b"f")),
            (b"Zm9v", Some(b"foo")),
            (b"Zm9vYg", Some(b"foob")),
            (b"-_8", Some(&[0xfb, 0xff])),
            (b"a b", None),
        ];
        for (text, expected) in cases {
            assert_eq!(decode(text, 100).as_deref(), expected, "{text:?}");
        }
        assert_eq!(decode(b"Zm9vYmFy", 2).as_deref(), Some(&b"fo"[..]));
    }
}
