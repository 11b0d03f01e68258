//! Bytes that are owned once and borrowed everywhere: a mapped file, an inflated archive, or a part of either.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use mapping::MappedFile;

/// A shared run of bytes; cloning copies no bytes.
#[derive(Clone)]
pub struct Bytes {
    owner: Arc<Owner>,
    range: Range<usize>,
}

enum Owner {
    Mapped(MappedFile),
    Memory(Vec<u8>),
}

impl Bytes {
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
        Self::owned(Owner::Mapped(file), length)
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
            Owner::Mapped(file) => file,
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
