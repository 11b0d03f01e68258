//! Where the program keeps what it fetched, and how it replaces it.

use std::env;
use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::Error;

/// The index within the folder.
const INDEX_FILE: &str = "advisories.index";
const LOCK_FILE: &str = "update.lock";

/// The user's folder for the program: `FNASSAY_DATA`, else `fnassay` below the platform's folder for data
/// (`XDG_DATA_HOME` or `~/.local/share`). `None` when the environment names neither.
pub fn default_data_folder() -> Option<PathBuf> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = variable("FNASSAY_DATA") {
        return Some(folder);
    }
    let platform = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        variable("XDG_DATA_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| Some(variable("HOME")?.join(".local/share")))
    };
    platform.map(|folder| folder.join("fnassay"))
}

/// Where [`crate::update()`] puts the index and where a scan looks for it.
pub fn default_index_path() -> Option<PathBuf> {
    default_data_folder().map(|folder| index_path(&folder))
}

pub(crate) fn index_path(folder: &Path) -> PathBuf {
    folder.join(INDEX_FILE)
}

/// Writes `bytes` so that a reader sees the old file or the new one whole, also after a crash.
///
/// # Errors
/// When the folder cannot be written to.
pub fn write_index(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".new-{}", std::process::id()));
    let temporary = folder.join(name);
    let written = write_and_sync(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    if let Err(source) = written {
        let _ = fs::remove_file(&temporary);
        return Err(Error::File { action: "write", path: path.to_owned(), source });
    }
    // The rename itself lasts once the folder is on disk; file systems that cannot sync a folder do without.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn write_and_sync(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Keeps other updates of the same folder away for as long as it lives; the system frees it when the process ends.
#[derive(Debug)]
pub(crate) struct UpdateLock(#[expect(dead_code, reason = "held, never read")] File);

impl UpdateLock {
    /// # Errors
    /// When another process holds the lock, or the folder cannot be written to.
    pub(crate) fn take(folder: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(Error::file("make folder", folder))?;
        let path = folder.join(LOCK_FILE);
        let file = File::create(&path).map_err(Error::file("write", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(Error::Locked { path }),
            Err(TryLockError::Error(source)) => Err(Error::File { action: "lock", path, source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_whole_files_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("advisories.index");
        write_index(&path, b"one").unwrap();
        write_index(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(write_index(&folder.path().join("absent/index"), b"").is_err());
    }

    #[test]
    fn one_update_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let held = UpdateLock::take(folder.path()).unwrap();
        assert!(matches!(UpdateLock::take(folder.path()), Err(Error::Locked { .. })));
        drop(held);
        UpdateLock::take(folder.path()).unwrap();
    }
}
