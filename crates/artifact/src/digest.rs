//! The SHA-256 by which a package file is known on the platform.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// Bytes read at a time.
const CHUNK_BYTES: usize = 256 << 10;

/// Lower-case hexadecimal SHA-256 of a file, read once from front to back without holding it.
///
/// # Errors
/// What opening or reading fails with.
pub fn sha256_of_file(path: &Path) -> io::Result<String> {
    sha256_of(&mut File::open(path)?)
}

/// Lower-case hexadecimal SHA-256 of what the reader gives up to its end.
pub(crate) fn sha256_of(reader: &mut dyn Read) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match reader.read(&mut chunk)? {
            0 => break,
            length => digest.update(chunk.get(..length).unwrap_or_default()),
        }
    }
    Ok(hexadecimal(&digest.finalize()))
}

/// Lower-case hexadecimal SHA-256 of these bytes.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(digest: &[u8]) -> String {
    let mut text = String::with_capacity(digest.len() * 2);
    for byte in digest {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn a_file_and_its_bytes_have_the_same_digest() {
        let folder = testkit::folder(&[("a", b"abc")]);
        assert_eq!(sha256_of_file(&folder.path().join("a")).unwrap(), OF_ABC);
        assert_eq!(sha256(b"abc"), OF_ABC);
    }
}
