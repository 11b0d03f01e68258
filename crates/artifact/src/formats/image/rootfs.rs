//! Root file systems without an image around them: a tar of `/`, or a folder that holds one.
//!
//! **Source**: the Filesystem Hierarchy Standard 3.0 (names of the folders), freedesktop's os-release(5).
//! **Supported**: links are read as they would lead inside the root file system, never followed on this machine.
//! **Unsupported (→ gap)**: files and folders that cannot be read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::layer::{FileKind, LayerFile};
use crate::Data;
use crate::formats::folder::reason;
use crate::formats::listing::TOO_MANY;
use crate::gaps::GapList;
use crate::limits::Limits;

const OS_RELEASE: &[&str] = &["etc/os-release", "usr/lib/os-release"];
/// What may lie at the top of a root file system. Sorted.
const TOP: &[&str] = &[
    ".dockerenv",
    "afs",
    "app",
    "bin",
    "boot",
    "cnb",
    "dev",
    "etc",
    "function",
    "home",
    "lambda-entrypoint.sh",
    "layers",
    "lib",
    "lib32",
    "lib64",
    "libx32",
    "media",
    "mnt",
    "opt",
    "proc",
    "root",
    "run",
    "sbin",
    "srv",
    "sys",
    "tmp",
    "usr",
    "var",
    "workspace",
];
/// Names at the top beyond the usual ones that a root file system may have.
const MAX_OWN_NAMES: usize = 32;
/// Levels of folders that are listed.
const MAX_FOLDER_LEVELS: usize = 64;

const TOO_DEEP: &str = "folders below this one are nested too deep and were not listed";

/// Whether these paths are those of a root file system.
pub(super) fn is_one<'p>(mut paths: impl Iterator<Item = &'p str>) -> bool {
    paths.any(|path| OS_RELEASE.contains(&path))
}

pub(super) fn is_folder(path: &Path) -> bool {
    let has = |below: &&str| fs::symlink_metadata(path.join(below)).is_ok();
    OS_RELEASE.iter().any(has) && ["usr", "bin", "lib"].iter().any(has)
}

/// What was seen at the top of an archive that may be a root file system.
#[derive(Debug, Default)]
pub(super) struct TopFolders {
    usual: usize,
    own: BTreeMap<String, ()>,
}

impl TopFolders {
    /// Whether the archive may still be one: some folders of its own are allowed once a usual one was seen.
    pub(super) fn admits(&mut self, path: &str) -> bool {
        let top = path.split('/').next().unwrap_or_default();
        if top.is_empty() || TOP.binary_search(&top).is_ok() {
            self.usual += usize::from(!top.is_empty());
            return true;
        }
        if self.usual == 0 {
            return false;
        }
        self.own.insert(top.to_owned(), ());
        self.own.len() <= MAX_OWN_NAMES
    }
}

/// Everything below the folder.
pub(super) fn list(root: &Path, shown: &str, limits: &Limits, gaps: &mut GapList) -> Vec<LayerFile> {
    let mut walk = Walk { shown, limits, gaps, files: Vec::new() };
    walk.folder(root, "", 0);
    walk.files
}

struct Walk<'a> {
    shown: &'a str,
    limits: &'a Limits,
    gaps: &'a mut GapList,
    files: Vec<LayerFile>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, path: &str, level: usize) {
        if level > MAX_FOLDER_LEVELS {
            let shown = self.below(path);
            return self.gaps.note(TOO_DEEP, &shown);
        }
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let shown = self.below(path);
                let why = format!("cannot be read: {}; check its permissions", reason(&error));
                return self.gaps.note_with("cannot be read", &shown, || why);
            }
        };
        let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            if self.files.len() >= self.limits.entries {
                let shown = self.below(path);
                return self.gaps.note(TOO_MANY, &shown);
            }
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let below = if path.is_empty() { name.into_owned() } else { format!("{path}/{name}") };
            self.entry(&entry, below, level);
        }
    }

    fn entry(&mut self, entry: &fs::DirEntry, path: String, level: usize) {
        let Ok(metadata) = entry.metadata() else { return };
        let kind = if metadata.is_dir() {
            return self.folder(&entry.path(), &path, level + 1);
        } else if metadata.is_symlink() {
            let Ok(target) = fs::read_link(entry.path()) else { return };
            FileKind::SymbolicLink(target.to_string_lossy().into_owned())
        } else if metadata.is_file() {
            FileKind::File(Data::File(entry.path().into_boxed_path()))
        } else {
            // Devices and pipes hold nothing.
            return;
        };
        self.files.push(LayerFile { path, size_bytes: metadata.len(), kind });
    }

    fn below(&self, path: &str) -> String {
        match (self.shown, path) {
            ("", "") => ".".to_owned(),
            ("", path) => path.to_owned(),
            (shown, path) => format!("{shown}/{path}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names_are_sorted() {
        assert!(TOP.is_sorted());
    }

    #[test]
    fn archives_of_something_else_are_left_at_their_first_path() {
        let mut seen = TopFolders::default();
        assert!(!seen.admits("package.json"));
        assert!(seen.admits("bin/sh"));
        assert!(seen.admits("data/x"));
    }
}
