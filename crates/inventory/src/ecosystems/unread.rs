//! Databases of system packages that are not read: each is a gap, for a root file system without packages would look clean.
//!
//! **Source**: the tools' own documentation of where they keep what they installed.

use crate::distribution::root_before;
use crate::document::{Document, EntryPath, Format, Reading};

pub(crate) const FORMAT: Format = Format { id: "unread-database", accepts, read, finds_installed: true, advice: "" };

/// Folder below the root, file, and whose database it is.
const DATABASES: &[(&str, &str, &str)] = &[
    ("usr/lib/opkg", "status", "opkg"),
    ("var/lib/chisel", "manifest.wall", "chisel (Ubuntu's images without a package manager)"),
    ("var/lib/opkg", "status", "opkg"),
    ("var/lib/pacman/local", "ALPM_DB_VERSION", "pacman"),
];

fn tool(path: EntryPath<'_>) -> Option<&'static str> {
    let is_its =
        |(folder, file, _): &&(&str, &str, &str)| path.file_name == *file && root_before(path, folder).is_some();
    DATABASES.iter().find(is_its).map(|(_, _, tool)| *tool)
}

fn accepts(path: EntryPath<'_>) -> bool {
    tool(path).is_some()
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    if let Some(tool) = tool(document.path) {
        let why = format!(
            "packages of {tool} are installed, whose database is not read; add a bill of materials of the image"
        );
        reading.gaps.push(document.gap(None, why));
    }
}
