//! A version compiled to bytes that compare as the ecosystem orders versions.

use std::borrow::Borrow;

/// Versions longer than this are not read: no registry accepts them, and keys stay small.
pub(crate) const MAX_VERSION_BYTES: usize = 1_024;

/// A version's place in its ecosystem's order: keys of one ecosystem compare bytewise as its versions do, and versions
/// that the ecosystem calls equal (`1.0` and `1.0.0` of PyPI) have equal keys. Keys of two ecosystems mean nothing to
/// each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionKey(Box<[u8]>);

impl VersionKey {
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The key that was stored as `bytes` (from [`VersionKey::as_bytes`]).
    pub fn from_bytes(bytes: impl Into<Box<[u8]>>) -> Self {
        Self(bytes.into())
    }
}

impl Borrow<[u8]> for VersionKey {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

/// A version or range that the ecosystem's rules do not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read `{text}` as {kind}")]
pub struct Unparsable {
    pub text: String,
    /// What it should have been: `an npm version`, `a PEP 440 specifier`.
    pub kind: &'static str,
}

impl Unparsable {
    pub(crate) fn new(text: &str, kind: &'static str) -> Self {
        let text = match text.char_indices().nth(80) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text.to_owned(),
        };
        Self { text, kind }
    }
}
