//! Digests that servers state of what they send.
//!
//! **Source**: `x-goog-hash` of Google Cloud Storage (CRC-32C, big-endian, Base64); RFC 9530 `Repr-Digest`
//! (`sha-256=:…:`), both of the whole content whatever range is sent.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};
use ureq::http::HeaderMap;

use crate::Error;

/// What a server says of the whole content.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct StatedDigests {
    crc32c: Option<u32>,
    sha256: Option<[u8; 32]>,
}

impl StatedDigests {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let values = |name: &str| {
            let texts: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
            texts.into_iter().flat_map(|text| text.split(',')).map(str::trim)
        };
        let crc32c = values("x-goog-hash").find_map(|value| decode_base64(value.strip_prefix("crc32c=")?));
        let sha256 =
            values("repr-digest").find_map(|value| decode_base64(value.strip_prefix("sha-256=:")?.strip_suffix(':')?));
        Self {
            crc32c: crc32c.and_then(|bytes| Some(u32::from_be_bytes(bytes.try_into().ok()?))),
            sha256: sha256.and_then(|bytes| bytes.try_into().ok()),
        }
    }

    /// Whether the file's content is what was stated; true when nothing was.
    pub(crate) fn agree_with(&self, path: &Path) -> Result<bool, Error> {
        if *self == Self::default() {
            return Ok(true);
        }
        let mut file = File::open(path).map_err(Error::file("open", path))?;
        let (mut crc, mut sha) = (Crc32c::default(), Sha256::new());
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = file.read(&mut buffer).map_err(Error::file("read", path))?;
            let bytes = buffer.get(..read).unwrap_or_default();
            if bytes.is_empty() {
                break;
            }
            if self.crc32c.is_some() {
                crc.update(bytes);
            }
            if self.sha256.is_some() {
                sha.update(bytes);
            }
        }
        let crc_agrees = self.crc32c.is_none_or(|expected| expected == crc.value());
        Ok(crc_agrees && self.sha256.is_none_or(|expected| sha.finalize().as_slice() == expected))
    }
}

/// CRC-32C (Castagnoli), reflected, one table lookup for each byte.
struct Crc32c(u32);

const CASTAGNOLI: u32 = 0x82f6_3b78;

#[expect(clippy::indexing_slicing, reason = "in a constant, `at` stays below the length or the build fails")]
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut value = at as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { value >> 1 ^ CASTAGNOLI } else { value >> 1 };
            bit += 1;
        }
        table[at] = value;
        at += 1;
    }
    table
};

impl Default for Crc32c {
    fn default() -> Self {
        Self(u32::MAX)
    }
}

impl Crc32c {
    fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let at = usize::from(self.0 as u8 ^ byte);
            self.0 = self.0 >> 8 ^ TABLE.get(at).copied().unwrap_or_default();
        }
    }

    fn value(&self) -> u32 {
        !self.0
    }
}

/// `None` when the text is no Base64 of the standard alphabet.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut pending, mut bits) = (0u32, 0);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        pending = (pending << 6 | u32::from(value)) & 0xfff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((pending >> bits) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computes_crc32c() {
        for (text, expected) in
            [("", 0), ("123456789", 0xe306_9283), ("The quick brown fox jumps over the lazy dog", 0x2262_0404)]
        {
            let mut crc = Crc32c::default();
            crc.update(text.as_bytes());
            assert_eq!(crc.value(), expected, "{text}");
        }
    }

    #[test]
    fn decodes_base64() {
        for (text, expected) in [
            ("", Some(&b""[..])),
            ("Zg==", Some(b"f")),
            ("Zm9v", Some(b"foo")),
            ("Zm9vYmE=", Some(b"fooba")),
            ("+/+/", Some(b"\xfb\xff\xbf")),
            ("a b", None),
        ] {
            assert_eq!(decode_base64(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn reads_what_servers_state() {
        let mut headers = HeaderMap::new();
        headers.append("x-goog-hash", "crc32c=4waSgw==".parse().unwrap());
        headers.append("x-goog-hash", "md5=XrY7u+Ae7tCTyyK7j1rNww==".parse().unwrap());
        assert_eq!(StatedDigests::of(&headers), StatedDigests { crc32c: Some(0xe306_9283), sha256: None });
        headers.append(
            "repr-digest",
            "sha-512=:AA==:, sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:".parse().unwrap(),
        );
        assert!(StatedDigests::of(&headers).sha256.is_some());
        headers.clear();
        headers.append("x-goog-hash", "crc32c=short".parse().unwrap());
        assert_eq!(StatedDigests::of(&headers), StatedDigests::default());
    }
}
