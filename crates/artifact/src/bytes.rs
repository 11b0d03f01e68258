//! Bytes that are owned once and borrowed everywhere: a mapped file, an inflated archive, or a part of either.

use std::fmt;
use std::fs::File;
use std::io;
use std::ops::{Deref, Range};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use mapping::MappedFile;

/// A shared run of bytes; cloning copies no bytes.
#[derive(Clone)]
pub struct Bytes {
    owner: Arc<Owner>,
    range: Range<usize>,
}

enum Owner {
    /// With the file when it is kept open.
    Mapped(MappedFile, Option<File>),
    Memory(Vec<u8>),
}

/// Where a part of some [`Bytes`] was put.
#[derive(Debug, Clone)]
pub(crate) enum Fetched {
    InPlace(Range<usize>),
    /// The first so many bytes of the buffer.
    Buffered(usize),
}

impl Fetched {
    /// The part, given what it was fetched from and into.
    pub(crate) fn bytes<'a>(&self, from: &'a Bytes, buffer: &'a [u8]) -> &'a [u8] {
        match self {
            Self::InPlace(range) => from.get(range.clone()).unwrap_or_default(),
            Self::Buffered(length) => buffer.get(..*length).unwrap_or_default(),
        }
    }
}

impl Bytes {
    /// A file's bytes. It stays open, so that parts can be read without touching the mapping.
    ///
    /// # Errors
    /// What asking for the size or mapping fails with.
    pub(crate) fn keep_open(file: File) -> io::Result<Self> {
        let map = MappedFile::map(&file)?;
        let length = map.len();
        Ok(Self::owned(Owner::Mapped(map, Some(file)), length))
    }

    /// Whether they can be read from a file.
    pub(crate) fn is_on_disk(&self) -> bool {
        matches!(&*self.owner, Owner::Mapped(_, Some(_)))
    }

    /// The part `range`: read into `buffer`, which only ever grows, when these bytes are a file's; where it lies
    /// otherwise. `None` when it is not wholly inside or cannot be read.
    pub(crate) fn fetch(&self, range: Range<usize>, buffer: &mut Vec<u8>) -> Option<Fetched> {
        let Owner::Mapped(_, Some(file)) = &*self.owner else { return Some(Fetched::InPlace(range)) };
        let length = range.end.checked_sub(range.start).filter(|_| range.end <= self.len())?;
        if buffer.len() < length {
            buffer.resize(length, 0);
        }
        let offset = u64::try_from(self.range.start.checked_add(range.start)?).ok()?;
        file.read_exact_at(buffer.get_mut(..length)?, offset).ok()?;
        Some(Fetched::Buffered(length))
    }

    /// The part `range` of these bytes; `None` when it is not wholly inside.
    pub(crate) fn part(&self, range: Range<usize>) -> Option<Self> {
        self.get(range.clone())?;
        let start = self.range.start;
        Some(Self { owner: Arc::clone(&self.owner), range: start + range.start..start + range.end })
    }

    fn owned(owner: Owner, length: usize) -> Self {
        Self { owner: Arc::new(owner), range: 0..length }
    }
}

impl From<MappedFile> for Bytes {
    fn from(file: MappedFile) -> Self {
        let length = file.len();
        Self::owned(Owner::Mapped(file, None), length)
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        let length = bytes.len();
        Self::owned(Owner::Memory(bytes), length)
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let all: &[u8] = match &*self.owner {
            Owner::Mapped(file, _) => file,
            Owner::Memory(bytes) => bytes,
        };
        all.get(self.range.clone()).unwrap_or_default()
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}
