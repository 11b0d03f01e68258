//! A tar writer for tests.
//!
//! **Source**: POSIX.1-2017, pax (ustar and pax headers); GNU tar manual, "Basic Tar Format" (long names).

use libdeflater::{CompressionLvl, Compressor};

const BLOCK_BYTES: usize = 512;

/// Collects entries and writes them as one archive.
#[derive(Debug, Clone, Default)]
pub struct TarBuilder {
    bytes: Vec<u8>,
}

impl TarBuilder {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn file(self, name: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) -> Self {
        self.entry(b'0', name, b"", bytes)
    }

    /// `target` as it stands in the link.
    #[must_use]
    pub fn symlink(self, name: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        self.entry(b'2', name, target, b"")
    }

    /// `target` is a path of the archive.
    #[must_use]
    pub fn hard_link(self, name: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        self.entry(b'1', name, target, b"")
    }

    /// The next entry's name, in a header as GNU tar writes it.
    #[must_use]
    pub fn gnu_long_name(self, name: &str) -> Self {
        self.entry(b'L', "././@LongLink", b"", format!("{name}\0"))
    }

    /// One keyword for the next entry, in a header as pax writes it.
    #[must_use]
    pub fn pax(self, keyword: &str, value: &str) -> Self {
        let rest = format!(" {keyword}={value}\n");
        let length = (rest.len()..).find(|length| length.to_string().len() + rest.len() == *length);
        self.entry(b'x', "PaxHeaders/x", b"", format!("{}{rest}", length.unwrap_or_default()))
    }

    /// Any entry; names longer than their fields are cut.
    #[must_use]
    pub fn entry(
        mut self,
        kind: u8,
        name: impl AsRef<[u8]>,
        target: impl AsRef<[u8]>,
        content: impl AsRef<[u8]>,
    ) -> Self {
        let content = content.as_ref();
        let mut header = [0; BLOCK_BYTES];
        put(&mut header, 0, 100, name.as_ref());
        put(&mut header, 100, 8, b"0000644");
        put(&mut header, 124, 12, format!("{:011o}", content.len()).as_bytes());
        put(&mut header, 156, 1, &[kind]);
        put(&mut header, 157, 100, target.as_ref());
        put(&mut header, 257, 8, b"ustar\x0000");
        put(&mut header, 148, 8, b"        ");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        put(&mut header, 148, 8, format!("{sum:06o}\0 ").as_bytes());
        self.bytes.extend_from_slice(&header);
        self.bytes.extend_from_slice(content);
        self.bytes.resize(self.bytes.len().next_multiple_of(BLOCK_BYTES), 0);
        self
    }

    /// The archive's bytes.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        bytes.resize(bytes.len() + 2 * BLOCK_BYTES, 0);
        bytes
    }
}

/// These bytes as one gzip member.
///
/// # Panics
/// Never: the output is given the room the library asks for.
#[expect(clippy::expect_used, reason = "the library states the room it needs")]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::default());
    let mut out = vec![0; compressor.gzip_compress_bound(bytes.len())];
    let length = compressor.gzip_compress(bytes, &mut out).expect("the bound is large enough");
    out.truncate(length);
    out
}

fn put(header: &mut [u8; BLOCK_BYTES], at: usize, most: usize, field: &[u8]) {
    let length = field.len().min(most);
    header[at..at + length].copy_from_slice(&field[..length]);
}
