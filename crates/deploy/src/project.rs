//! The files around a template, as readers of templates see them.

use std::collections::BTreeMap;
use std::time::SystemTime;

/// The files of the target. Implemented by `source`, which may open files; by [`MemoryProject`] in tests.
///
/// Paths are relative to the target, `/`-separated, without `.` or `..` ([`join`] makes them so); the empty path is the
/// target itself. Nothing outside the target is ever shown, links that leave it neither.
pub trait Project {
    /// The bytes of the file at `path`; `None` when there is no such file.
    ///
    /// # Errors
    /// A clause that says why an existing file is not read: `it is a link that leaves the project`.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String>;

    /// What lies at `path`.
    fn kind(&self, path: &str) -> Option<EntryKind>;

    /// When the file was last changed; for a folder, when the newest of the files directly in it was.
    fn modified(&self, path: &str) -> Option<SystemTime>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    File,
    Folder,
}

/// A project held in memory: for text without files around it, and for tests.
#[derive(Debug, Clone, Default)]
pub struct MemoryProject {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryProject {
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self { files: files.into_iter().map(|(path, text)| (path.to_owned(), text.into())).collect() }
    }
}

impl Project for MemoryProject {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.files.get(path).cloned())
    }

    fn kind(&self, path: &str) -> Option<EntryKind> {
        if self.files.contains_key(path) {
            return Some(EntryKind::File);
        }
        let folder = format!("{path}/");
        let is_folder =
            path.is_empty() || self.files.range(folder.clone()..).any(|(file, _)| file.starts_with(&folder));
        is_folder.then_some(EntryKind::Folder)
    }

    fn modified(&self, _path: &str) -> Option<SystemTime> {
        None
    }
}

/// `relative`, as written in a file of `folder`, as a path of the project: `None` when it leaves the project.
/// `folder` is empty for the target itself.
pub fn join(folder: &str, relative: &str) -> Option<String> {
    let relative = relative.replace('\\', "/");
    if relative.starts_with(['/', '~']) || relative.contains('\0') || relative.contains(":/") {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder of the file at `path`; empty for the target itself.
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_paths_and_never_leaves_the_project() {
        let cases = [
            ("", "src/", Some("src")),
            ("", "./src/../lib", Some("lib")),
            ("infra", "../src", Some("src")),
            ("infra", ".", Some("infra")),
            ("infra/a", "..\\b", Some("infra/b")),
            ("", ".", Some("")),
            ("", "../x", None),
            ("a", "../../x", None),
            ("", "/etc/passwd", None),
            ("", "C:/x", None),
            ("", "s3://bucket/key", None),
        ];
        for (folder, relative, expected) in cases {
            assert_eq!(join(folder, relative).as_deref(), expected, "{folder} + {relative}");
        }
        assert_eq!((folder_of("a/b/c"), folder_of("c")), ("a/b", ""));
    }

    #[test]
    fn a_project_in_memory_knows_its_folders() {
        let project = MemoryProject::new([("src/app.py", "x")]);
        let kinds = ["", "src", "src/app.py", "sr", "src/app"].map(|path| project.kind(path));
        let (file, folder) = (Some(EntryKind::File), Some(EntryKind::Folder));
        assert_eq!(kinds, [folder, folder, file, None, None]);
    }
}
