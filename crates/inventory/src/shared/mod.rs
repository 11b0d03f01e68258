//! Formats that speak of packages of any ecosystem: bills of materials, compiled programs. Adding one is a file and a row
//! here; each of their claims names its ecosystem.

pub(crate) mod binary;

use crate::document::Format;

/// Sorted by id.
pub(crate) const FORMATS: &[Format] = &[binary::PROGRAM, binary::LIBRARY];
