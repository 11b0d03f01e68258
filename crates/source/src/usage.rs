//! The files that tell what functions did: those that the user names, and everything in the folders.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use model::{Gap, Hidden, Location, Parsed};

use crate::Error;

/// Deepest folder that is looked into; CloudTrail's own lie nine deep.
const MAX_LEVELS: usize = 32;
/// Most files of one scan.
const MAX_FILES: usize = 1_000_000;

/// A file of logs, found and not yet opened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UsageFile {
    /// As the user named it or the folder that it lies in.
    pub name: String,
    pub size_bytes: u64,
    path: PathBuf,
}

impl UsageFile {
    /// # Errors
    /// What opening the file fails with.
    pub fn open(&self) -> io::Result<File> {
        File::open(&self.path)
    }
}

/// The files at `paths` and below them, sorted, each once. Links within folders are not followed.
///
/// # Errors
/// When a path does not exist or is neither file nor folder.
pub fn usage_files(paths: &[PathBuf]) -> Result<Parsed<Vec<UsageFile>>, Error> {
    let mut walk = Walk { files: Vec::new(), gaps: Vec::new(), is_full: false };
    for path in paths {
        let failed = |source| Error::ReadUsage { path: path.display().to_string(), source };
        let metadata = std::fs::metadata(path).map_err(failed)?;
        if metadata.is_dir() {
            walk.folder(path, MAX_LEVELS);
        } else {
            walk.add(path, metadata.len());
        }
    }
    let Walk { mut files, gaps, .. } = walk;
    files.sort();
    files.dedup();
    Ok(Parsed { value: files, gaps })
}

struct Walk {
    files: Vec<UsageFile>,
    gaps: Vec<Gap>,
    is_full: bool,
}

impl Walk {
    fn add(&mut self, path: &Path, size_bytes: u64) {
        if self.files.len() < MAX_FILES {
            return self.files.push(UsageFile { name: shown(path), size_bytes, path: path.to_owned() });
        }
        if !std::mem::replace(&mut self.is_full, true) {
            self.gap(path, format!("there are more than {MAX_FILES} files of logs; give fewer at a time"));
        }
    }

    fn folder(&mut self, folder: &Path, levels: usize) {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.gap(folder, format!("the folder of logs cannot be listed: {error}")),
        };
        if levels == 0 {
            return self.gap(folder, format!("folders of logs are nested deeper than {MAX_LEVELS}; name this one"));
        }
        for entry in entries.filter_map(Result::ok) {
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_dir() {
                self.folder(&entry.path(), levels - 1);
            } else if metadata.is_file() {
                self.add(&entry.path(), metadata.len());
            }
        }
    }

    fn gap(&mut self, path: &Path, why: String) {
        self.gaps.push(Gap::new(Location::file(shown(path)), why, &[Hidden::Permissions]));
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_files_below_folders_once() {
        let folder = testkit::folder(&[("a/b/one.json", b"{}"), ("two.json.gz", b"x")]);
        let path = folder.path().to_owned();
        let found = usage_files(&[path.clone(), path.join("two.json.gz")]).unwrap();
        let names: Vec<_> = found.value.iter().map(|file| file.name.strip_prefix(&shown(&path)).unwrap()).collect();
        assert_eq!(names, ["/a/b/one.json", "/two.json.gz"]);
        assert!(matches!(usage_files(&[path.join("absent")]), Err(Error::ReadUsage { .. })));
    }
}
