//! The forms an artifact's files come in.

pub(crate) mod folder;
pub(crate) mod zip;
