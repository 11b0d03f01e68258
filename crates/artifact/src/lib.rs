//! A function's files as one table of entries, whatever they lie in: folders, zips, jars, layers.
//!
//! Second stage of the flow: `source` names the roots, this crate opens them lazily and within limits, and
//! `inventory`, `code` and `secrets` read from the table. Nothing is unpacked to disk, nothing outside a root is read.

use std::ops::Deref;
use std::sync::Arc;

use model::{Gap, Parsed};

/// Where the platform puts a root's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mount {
    /// The function's own folder (`/var/task`).
    Function,
    /// The folder that layers are merged into (`/opt`).
    Layers,
}

/// One file of the artifact.
#[derive(Debug, Clone)]
pub struct Entry {
    pub mount: Mount,
    /// Path below the mount, `/`-separated, without `.` or `..`; inside a nested archive `lib/a.jar!/b/c.class`.
    pub path: String,
    /// Size once inflated, in bytes.
    pub size_bytes: u64,
    /// Index of the layer it comes from, in merge order; `None` for the function's own code.
    pub layer: Option<u16>,
    data: Data,
}

#[derive(Debug, Clone)]
enum Data {
    Memory(Arc<[u8]>),
}

/// The bytes of one entry.
#[derive(Debug)]
pub enum Content {
    Shared(Arc<[u8]>),
    Owned(Vec<u8>),
}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Shared(bytes) => bytes,
            Self::Owned(bytes) => bytes,
        }
    }
}

/// The merged table: sorted by mount, then path; paths are unique within a mount.
#[derive(Debug, Default)]
pub struct Artifact {
    entries: Vec<Entry>,
}

impl Artifact {
    /// An artifact of files held in memory, all in the function's own folder: inline code, and tests.
    pub fn from_memory<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut entries: Vec<_> = files
            .into_iter()
            .map(|(path, bytes)| Entry {
                mount: Mount::Function,
                path: path.to_owned(),
                size_bytes: bytes.len() as u64,
                layer: None,
                data: Data::Memory(bytes.into()),
            })
            .collect();
        entries.sort_by(|left, right| (left.mount, &left.path).cmp(&(right.mount, &right.path)));
        Self { entries }
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The file at exactly this path.
    pub fn find(&self, mount: Mount, path: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| (entry.mount, entry.path.as_str()).cmp(&(mount, path))).ok()?;
        self.entries.get(at)
    }

    /// Every entry below `folder` (no trailing `/`; empty for the whole mount), in path order.
    pub fn under<'a>(&'a self, mount: Mount, folder: &str) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let start = self.entries.partition_point(|entry| (entry.mount, entry.path.as_str()) < (mount, prefix.as_str()));
        self.entries
            .get(start..)
            .unwrap_or_default()
            .iter()
            .take_while(move |entry| entry.mount == mount && entry.path.starts_with(&prefix))
    }

    /// The entry's bytes, inflated.
    ///
    /// # Errors
    /// A gap that names the entry and says why it cannot be read.
    pub fn read(&self, entry: &Entry) -> Result<Content, Gap> {
        match &entry.data {
            Data::Memory(bytes) => Ok(Content::Shared(Arc::clone(bytes))),
        }
    }

    /// The entry's path as reports show it: relative to the target, `outer.zip!/inner/path` inside archives.
    pub fn display_path(&self, entry: &Entry) -> String {
        entry.path.clone()
    }
}

/// Kept here so that every stage's tests read the same way.
impl From<Artifact> for Parsed<Artifact> {
    fn from(artifact: Artifact) -> Self {
        Self::complete(artifact)
    }
}
