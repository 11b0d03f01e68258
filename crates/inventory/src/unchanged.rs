//! What databases of system packages say of their files' content: whether a file is still just as its package brought it.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::base64;

/// The digests that databases keep. Nobody is fended off by them: a database is the user's own, and only mistakes and
/// changes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileDigest {
    Md5([u8; 16]),
    Sha1([u8; 20]),
    Sha256([u8; 32]),
}

impl FileDigest {
    /// As dpkg and rpm write it; its length tells which it is. `None` for others.
    pub(crate) fn of_hexadecimal(text: &str) -> Option<Self> {
        match text.len() {
            32 => from_hexadecimal(text).map(Self::Md5),
            40 => from_hexadecimal(text).map(Self::Sha1),
            64 => from_hexadecimal(text).map(Self::Sha256),
            _ => None,
        }
    }

    /// As apk writes it: `Q1` and base64.
    pub(crate) fn of_apk(text: &str) -> Option<Self> {
        let digest = base64::decode(text.strip_prefix("Q1")?.as_bytes())?;
        digest.try_into().ok().map(Self::Sha1)
    }

    pub(crate) fn is_of(self, bytes: &[u8]) -> bool {
        match self {
            Self::Md5(digest) => Md5::digest(bytes).as_slice() == digest,
            Self::Sha1(digest) => Sha1::digest(bytes).as_slice() == digest,
            Self::Sha256(digest) => Sha256::digest(bytes).as_slice() == digest,
        }
    }
}

fn from_hexadecimal<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    let mut digest = [0; LENGTH];
    for (byte, pair) in digest.iter_mut().zip(text.as_bytes().as_chunks::<2>().0) {
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let [high, low] = *pair;
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_digests_by_their_form() {
        let cases = [
            FileDigest::of_hexadecimal("900150983cd24fb0d6963f7d28e17f72"),
            FileDigest::of_hexadecimal("A9993E364706816ABA3E25717850C26C9CD0D89D"),
            FileDigest::of_hexadecimal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            FileDigest::of_apk("Q1qZk+NkcGgWq6PiVxeFDCbJzQ2J0="),
        ];
        for digest in cases {
            assert!(digest.unwrap().is_of(b"abc") && !digest.unwrap().is_of(b"abd"), "{digest:?}");
        }
        for text in ["", "newconffile", "9001", "g00150983cd24fb0d6963f7d28e17f72"] {
            assert_eq!(FileDigest::of_hexadecimal(text), None, "{text}");
        }
        for text in ["", "Q1", "Q1qZk=", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=", "Q2qZk+NkcGgWq6PiVxeFDCbJzQ2J0="] {
            assert_eq!(FileDigest::of_apk(text), None, "{text}");
        }
    }
}
