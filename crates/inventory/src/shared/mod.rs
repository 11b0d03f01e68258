//! Formats that speak of packages of any ecosystem: bills of materials, compiled programs. Adding one is a file and a row
//! here; each of their claims names its ecosystem.

pub(crate) mod binary;
mod sbom;

use artifact::Entry;

pub(crate) use sbom::names as bill_names;

use crate::document::{EntryPath, Format};

/// Sorted by id.
pub(crate) const FORMATS: &[Format] = &[sbom::FORMAT, binary::PROGRAM, binary::LIBRARY];

/// The format of a file that is all there is, whatever its name: a bill of materials that is scanned by itself.
pub(crate) fn of_lone_file(entry: &Entry) -> Option<&'static Format> {
    let is_bill = |format: &&Format| format.id == sbom::FORMAT.id && !(format.accepts)(EntryPath::new(&entry.path));
    let may_be_bill = [".json", ".xml", ".spdx", ".rdf", ".yaml", ".yml"].iter().any(|end| entry.path.ends_with(end));
    FORMATS.iter().find(is_bill).filter(|_| may_be_bill)
}
