//! Read-only files as memory: the one place that needs `unsafe`, so that no other crate does.
//!
//! Maps a file so that only the pages that are read cost memory. Does not write, lock or watch.

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::Path;

/// A file's bytes, mapped read-only. An empty file maps to an empty slice.
#[derive(Debug)]
pub struct MappedFile {
    map: Option<memmap2::Mmap>,
}

impl MappedFile {
    /// # Errors
    /// What opening or mapping the file fails with.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::map(&File::open(path)?)
    }

    /// # Errors
    /// What asking for the size or mapping fails with.
    pub fn map(file: &File) -> io::Result<Self> {
        if file.metadata()?.len() == 0 {
            return Ok(Self { map: None });
        }
        #[expect(unsafe_code, reason = "mapping is the purpose of this crate")]
        // SAFETY: the map is read-only and private to this value. A file truncated by another process while it is
        // mapped ends this process with SIGBUS; every program that maps its input shares that limit.
        let map = unsafe { memmap2::Mmap::map(file)? };
        Ok(Self { map: Some(map) })
    }
}

impl Deref for MappedFile {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.map.as_deref().unwrap_or(&[])
    }
}
