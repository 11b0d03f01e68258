//! A zip writer for tests: correct archives in one line, and every broken form a reader must survive.
//!
//! **Source**: PKWARE APPNOTE 6.3.10, sections 4.3 (layout) and 4.5.3 (Zip64).

use libdeflater::{CompressionLvl, Compressor};

/// Compression methods by their number in the format.
pub const STORED: u16 = 0;
pub const DEFLATED: u16 = 8;
pub const BZIP2: u16 = 12;
pub const ZSTANDARD: u16 = 93;

const FLAG_ENCRYPTED: u16 = 1;
const FLAG_DATA_DESCRIPTOR: u16 = 1 << 3;
const FLAG_UTF8_NAME: u16 = 1 << 11;
const LARGEST_U16: u64 = 0xffff;
const LARGEST_U32: u64 = 0xffff_ffff;

/// Collects files and writes them as one archive.
///
/// ```text
/// let bytes = ZipBuilder::new().file("app.py", b"import os").stored("data.bin", b"\0\x01").write();
/// ```
#[derive(Debug, Clone, Default)]
pub struct ZipBuilder {
    prefix: Vec<u8>,
    offsets_count_prefix: bool,
    comment: Vec<u8>,
    zip64: bool,
    entries: Vec<ZipFile>,
}

impl ZipBuilder {
    pub fn new() -> Self {
        Self::default()
    }

    /// A deflated file.
    #[must_use]
    pub fn file(self, name: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) -> Self {
        self.entry(ZipFile::deflated(name, bytes))
    }

    /// A file without compression.
    #[must_use]
    pub fn stored(self, name: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) -> Self {
        self.entry(ZipFile::stored(name, bytes))
    }

    /// An entry for a folder; `name` ends in `/`.
    #[must_use]
    pub fn folder(self, name: impl AsRef<[u8]>) -> Self {
        self.entry(ZipFile { unix_mode: Some(0o040_755), ..ZipFile::stored(name, b"") })
    }

    /// A symbolic link as Info-ZIP stores it.
    #[must_use]
    pub fn symlink(self, name: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        self.entry(ZipFile { unix_mode: Some(0o120_777), ..ZipFile::stored(name, target) })
    }

    #[must_use]
    pub fn entry(mut self, file: ZipFile) -> Self {
        self.entries.push(file);
        self
    }

    /// Bytes before the archive, as in self-extracting files. The offsets do not count them.
    #[must_use]
    pub fn prefix(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.prefix = bytes.as_ref().to_vec();
        self
    }

    /// Bytes before the archive that the offsets do count, as Python's `zipapp` writes them.
    #[must_use]
    pub fn counted_prefix(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.offsets_count_prefix = true;
        self.prefix(bytes)
    }

    #[must_use]
    pub fn comment(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.comment = bytes.as_ref().to_vec();
        self
    }

    /// Writes Zip64 records everywhere, whether or not the sizes need them.
    #[must_use]
    pub fn zip64(mut self) -> Self {
        self.zip64 = true;
        self
    }

    /// The archive's bytes.
    pub fn write(&self) -> Vec<u8> {
        let mut out = self.prefix.clone();
        let base = if self.offsets_count_prefix { 0 } else { self.prefix.len() as u64 };
        let mut directory = Vec::new();
        for entry in &self.entries {
            let offset = entry.local_offset.unwrap_or(out.len() as u64 - base);
            let content = entry.content();
            entry.write_local(&content, self.zip64, &mut out);
            entry.write_central(&content, self.zip64, offset, &mut directory);
        }
        let directory_offset = out.len() as u64 - base;
        out.extend_from_slice(&directory);
        self.write_end(directory.len() as u64, directory_offset, base, &mut out);
        out
    }

    fn write_end(&self, size: u64, offset: u64, base: u64, out: &mut Vec<u8>) {
        let count = self.entries.len() as u64;
        let zip64 = self.zip64 || count >= LARGEST_U16 || size >= LARGEST_U32 || offset >= LARGEST_U32;
        if zip64 {
            let record = out.len() as u64 - base;
            put32(out, 0x0606_4b50);
            put64(out, 44);
            put16(out, 45);
            put16(out, 45);
            put32(out, 0);
            put32(out, 0);
            put64(out, count);
            put64(out, count);
            put64(out, size);
            put64(out, offset);
            put32(out, 0x0706_4b50);
            put32(out, 0);
            put64(out, record);
            put32(out, 1);
        }
        put32(out, 0x0605_4b50);
        put16(out, 0);
        put16(out, 0);
        let count = if zip64 { LARGEST_U16 } else { count };
        put16(out, count);
        put16(out, count);
        put32(out, if zip64 { LARGEST_U32 } else { size });
        put32(out, if zip64 { LARGEST_U32 } else { offset });
        put16(out, self.comment.len() as u64);
        out.extend_from_slice(&self.comment);
    }
}

/// One entry and every lie it may tell. Make one with [`ZipFile::deflated`] or [`ZipFile::stored`] and change fields.
#[derive(Debug, Clone, Default)]
pub struct ZipFile {
    pub name: Vec<u8>,
    /// Name in the local header when it differs from the directory's.
    pub local_name: Option<Vec<u8>>,
    pub bytes: Vec<u8>,
    /// Method named in the headers. Only [`DEFLATED`] is compressed for you; others store `bytes` as they are.
    pub method: u16,
    /// Bytes stored instead of what `bytes` compress to.
    pub stored_bytes: Option<Vec<u8>>,
    /// Sizes and checksum named in the headers, when they are to differ from the truth.
    pub declared_size: Option<u64>,
    pub declared_stored_size: Option<u64>,
    pub declared_crc: Option<u32>,
    /// Size named in the local header alone.
    pub local_declared_size: Option<u64>,
    /// Offset of the local header named in the directory, when it is to differ from the truth.
    pub local_offset: Option<u64>,
    /// Leaves sizes out of the local header and writes them after the data.
    pub data_descriptor: bool,
    pub encrypted: bool,
    /// Says that the name is UTF-8; set for names that are.
    pub utf8_name: bool,
    /// Type and permissions; with it the entry is said to be made on Unix.
    pub unix_mode: Option<u32>,
    /// Extra fields of the directory record, ready made.
    pub extra: Vec<u8>,
    /// Extra fields of the local header, ready made.
    pub local_extra: Vec<u8>,
}

impl ZipFile {
    pub fn deflated(name: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) -> Self {
        Self { method: DEFLATED, ..Self::stored(name, bytes) }
    }

    pub fn stored(name: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) -> Self {
        let name = name.as_ref().to_vec();
        let utf8_name = !name.is_ascii() && std::str::from_utf8(&name).is_ok();
        Self { name, utf8_name, bytes: bytes.as_ref().to_vec(), method: STORED, ..Self::default() }
    }

    fn content(&self) -> Vec<u8> {
        match (&self.stored_bytes, self.method) {
            (Some(bytes), _) => bytes.clone(),
            (None, DEFLATED) => deflate(&self.bytes),
            (None, _) => self.bytes.clone(),
        }
    }

    fn flags(&self) -> u16 {
        let flag = |set: bool, bit: u16| if set { bit } else { 0 };
        flag(self.encrypted, FLAG_ENCRYPTED)
            | flag(self.data_descriptor, FLAG_DATA_DESCRIPTOR)
            | flag(self.utf8_name, FLAG_UTF8_NAME)
    }

    fn crc(&self) -> u32 {
        self.declared_crc.unwrap_or_else(|| libdeflater::crc32(&self.bytes))
    }

    fn size(&self) -> u64 {
        self.declared_size.unwrap_or(self.bytes.len() as u64)
    }

    fn stored_size(&self, content: &[u8]) -> u64 {
        self.declared_stored_size.unwrap_or(content.len() as u64)
    }

    fn write_local(&self, content: &[u8], zip64: bool, out: &mut Vec<u8>) {
        let name = self.local_name.as_ref().unwrap_or(&self.name);
        let size = self.local_declared_size.unwrap_or_else(|| self.size());
        let (crc, size, stored_size) =
            if self.data_descriptor { (0, 0, 0) } else { (self.crc(), size, self.stored_size(content)) };
        put32(out, 0x0403_4b50);
        put16(out, if zip64 { 45 } else { 20 });
        self.write_kind(out);
        put32(out, crc.into());
        put32(out, if zip64 { LARGEST_U32 } else { stored_size.min(LARGEST_U32) });
        put32(out, if zip64 { LARGEST_U32 } else { size.min(LARGEST_U32) });
        put16(out, name.len() as u64);
        put16(out, self.local_extra.len() as u64 + if zip64 { 20 } else { 0 });
        out.extend_from_slice(name);
        if zip64 {
            put16(out, 1);
            put16(out, 16);
            put64(out, size);
            put64(out, stored_size);
        }
        out.extend_from_slice(&self.local_extra);
        out.extend_from_slice(content);
        if self.data_descriptor {
            put32(out, 0x0807_4b50);
            put32(out, self.crc().into());
            let put = if zip64 { put64 } else { put32 };
            put(out, self.stored_size(content));
            put(out, self.size());
        }
    }

    fn write_central(&self, content: &[u8], zip64: bool, offset: u64, out: &mut Vec<u8>) {
        let (size, stored_size) = (self.size(), self.stored_size(content));
        let zip64 = zip64 || [size, stored_size, offset].iter().any(|value| *value >= LARGEST_U32);
        put32(out, 0x0201_4b50);
        put16(out, if self.unix_mode.is_some() { 3 << 8 | 45 } else { 45 });
        put16(out, 20);
        self.write_kind(out);
        put32(out, self.crc().into());
        put32(out, if zip64 { LARGEST_U32 } else { stored_size });
        put32(out, if zip64 { LARGEST_U32 } else { size });
        put16(out, self.name.len() as u64);
        put16(out, self.extra.len() as u64 + if zip64 { 28 } else { 0 });
        put16(out, 0);
        put16(out, 0);
        put16(out, 0);
        put32(out, u64::from(self.unix_mode.unwrap_or(0)) << 16);
        put32(out, if zip64 { LARGEST_U32 } else { offset });
        out.extend_from_slice(&self.name);
        if zip64 {
            put16(out, 1);
            put16(out, 24);
            put64(out, size);
            put64(out, stored_size);
            put64(out, offset);
        }
        out.extend_from_slice(&self.extra);
    }

    /// Flags, method, time and date: the run of fields that both headers share.
    fn write_kind(&self, out: &mut Vec<u8>) {
        put16(out, self.flags().into());
        put16(out, self.method.into());
        put16(out, 0);
        put16(out, 0x21);
    }
}

/// Raw DEFLATE of these bytes, as it stands in an archive.
///
/// # Panics
/// Never: the output is given the room the library asks for.
#[expect(clippy::expect_used, reason = "the library states the room it needs")]
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::default());
    let mut out = vec![0; compressor.deflate_compress_bound(bytes.len())];
    let length = compressor.deflate_compress(bytes, &mut out).expect("the bound is large enough");
    out.truncate(length);
    out
}

fn put16(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&value.to_le_bytes()[..2]);
}

fn put32(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&value.to_le_bytes()[..4]);
}

fn put64(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&value.to_le_bytes());
}
