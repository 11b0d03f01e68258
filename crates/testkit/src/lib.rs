//! What tests of several crates need: archives and folders made on the spot, and text without this machine in it.
//!
//! Dev-dependency only; stands outside the flow. Writes zips with code of its own, so that a mistake of the reader under
//! test is not mirrored by its writer. Does not read archives and opens no sockets.

use std::fs;
use std::path::Path;

pub use tempfile::TempDir;

pub mod scrub;
pub mod tar;
pub mod zip;

/// A temporary folder that holds these files; it is removed when the value is dropped.
///
/// # Panics
/// When the folder or a file cannot be written.
#[expect(clippy::expect_used, reason = "a test without its fixture has nothing to say")]
pub fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::Builder::new().prefix("fnassay-").tempdir().expect("cannot make a temporary folder");
    for (path, bytes) in files {
        write_file(folder.path(), path, bytes);
    }
    folder
}

/// Writes one more file below `root`, with the folders above it.
///
/// # Panics
/// When it cannot be written.
#[expect(clippy::expect_used, reason = "a test without its fixture has nothing to say")]
pub fn write_file(root: &Path, path: &str, bytes: &[u8]) {
    let file = root.join(path);
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent).expect("cannot make a folder");
    }
    fs::write(file, bytes).expect("cannot write a file");
}
