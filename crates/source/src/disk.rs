//! The files of a target on disk, seen without ever leaving it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use deploy::EntryKind;

/// A folder on disk as readers of templates see it.
#[derive(Debug)]
pub struct DiskProject {
    root: PathBuf,
}

impl DiskProject {
    /// # Errors
    /// When the folder cannot be resolved.
    pub fn open(root: &Path) -> std::io::Result<Self> {
        Ok(Self { root: root.canonicalize()? })
    }

    /// Where `path` really is; `None` when it does not exist or a link leads out of the folder.
    fn inside(&self, path: &str) -> Option<PathBuf> {
        let real = self.root.join(path).canonicalize().ok()?;
        real.starts_with(&self.root).then_some(real)
    }

    /// Names in a folder to which plain folders lead, sorted, with what they are; without links, which could loop, and
    /// what they lead to is found where it lies.
    pub(crate) fn list_listed(&self, path: &str) -> std::io::Result<Vec<(String, EntryKind)>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(self.root.join(path))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let kind = if kind.is_dir() {
                EntryKind::Folder
            } else if kind.is_file() {
                EntryKind::File
            } else {
                continue;
            };
            names.push((entry.file_name().to_string_lossy().into_owned(), kind));
        }
        names.sort();
        Ok(names)
    }

    /// The first `limit` bytes of a file, for recognising it.
    pub(crate) fn head(&self, path: &str, limit: u64) -> std::io::Result<Vec<u8>> {
        head(&self.inside(path).ok_or_else(|| std::io::Error::other("it leads out of the target"))?, limit)
    }

    /// The same of a file that [`Self::list_listed`] gave: no link leads there, so that none is looked for.
    pub(crate) fn head_of_listed(&self, path: &str, limit: u64) -> std::io::Result<Vec<u8>> {
        head(&self.root.join(path), limit)
    }
}

fn head(file: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl deploy::Project for DiskProject {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        if std::fs::symlink_metadata(self.root.join(path)).is_err() {
            return Ok(None);
        }
        let Some(real) = self.inside(path) else {
            return Err("it is a link that leads out of the target or nowhere".to_owned());
        };
        let metadata = std::fs::metadata(&real).map_err(|error| error.to_string())?;
        if !metadata.is_file() {
            return Ok(None);
        }
        if metadata.len() > deploy::MAX_TEXT_BYTES as u64 {
            return Err(format!("it is larger than {} bytes", deploy::MAX_TEXT_BYTES));
        }
        std::fs::read(real).map(Some).map_err(|error| error.to_string())
    }

    fn kind(&self, path: &str) -> Option<EntryKind> {
        let metadata = std::fs::metadata(self.inside(path)?).ok()?;
        match (metadata.is_dir(), metadata.is_file()) {
            (true, _) => Some(EntryKind::Folder),
            (_, true) => Some(EntryKind::File),
            _ => None,
        }
    }

    fn modified(&self, path: &str) -> Option<SystemTime> {
        let real = self.inside(path)?;
        let metadata = std::fs::metadata(&real).ok()?;
        if metadata.is_file() {
            return metadata.modified().ok();
        }
        let files = std::fs::read_dir(real).ok()?.filter_map(Result::ok);
        files
            .filter_map(|file| file.metadata().ok())
            .filter(std::fs::Metadata::is_file)
            .filter_map(|file| file.modified().ok())
            .max()
    }
}
