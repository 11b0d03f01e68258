use mapping::MappedFile;

/// Bytes wherever they lie.
#[derive(Debug)]
pub(crate) enum Bytes {
    Static(&'static [u8]),
    Mapped(MappedFile),
    Owned(Vec<u8>),
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Static(bytes) => bytes,
            Self::Mapped(bytes) => bytes,
            Self::Owned(bytes) => bytes,
        }
    }
}
