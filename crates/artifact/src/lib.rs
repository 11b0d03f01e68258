//! A function's files as one table of entries, whatever they lie in: folders, zips, jars, tars, layers.
//!
//! Second stage of the flow: `source` names the roots, this crate opens them lazily and within limits, and
//! `inventory`, `code` and `secrets` read from the table. Nothing is unpacked to disk, nothing outside a root is read.
//! Does not know what the files mean, and reads none but the directories of archives until it is asked.

#![warn(clippy::indexing_slicing, clippy::string_slice, clippy::panic)]

use std::collections::BTreeSet;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use model::{Gap, Parsed};

use crate::aliases::Aliases;
use crate::formats::listing::Refusal;
use crate::formats::zip::Slot;
use crate::open::{OpenImage, RootView, Table};
use crate::packed::Packed;

mod aliases;
mod bytes;
mod digest;
mod formats;
mod gaps;
mod image;
pub mod limits;
mod nested;
mod open;
mod packaging;
mod packed;
mod read;
mod root;

pub use bytes::Bytes;
pub use digest::{sha256, sha256_of_file};
pub use image::{Image, ImageConfiguration, ImageLayer};
pub use limits::Limits;
pub use root::{Root, RootContent, SKIPPED_FOLDERS, VIRTUAL_ENVIRONMENT_FILE};

/// Where the platform puts a root's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mount {
    /// The function's own folder (`/var/task`).
    Function,
    /// The folder that layers are merged into (`/opt`).
    Layers,
    /// Everything else of a container image (`/`); paths do not begin with a slash.
    System,
}

/// One file of the artifact.
#[derive(Debug, Clone)]
pub struct Entry {
    pub mount: Mount,
    /// Path below the mount, `/`-separated, without `.` or `..`; inside a nested archive `lib/a.jar!/b/c.class`.
    pub path: String,
    /// Size once inflated, in bytes, as its directory states it.
    pub size_bytes: u64,
    /// Index of the layer it comes from, in merge order; `None` for the function's own code.
    pub layer: Option<u16>,
    /// Index of the image's layer it comes from, from the base upwards; `None` outside images.
    pub image_layer: Option<u16>,
    /// Index of the view it is shown through: the root's, or one of those that an image has.
    root: u16,
    opened: bool,
    repeats: bool,
    data: Data,
}

impl Entry {
    /// An archive whose files are in the table too.
    pub fn is_opened_archive(&self) -> bool {
        self.opened
    }

    /// A link to a file that is in the table under its own path too.
    pub fn is_repetition(&self) -> bool {
        self.repeats
    }
}

#[derive(Debug, Clone)]
enum Data {
    Memory(Arc<[u8]>),
    File(Box<Path>),
    Zip {
        archive: Bytes,
        slot: Slot,
    },
    Part(Bytes),
    /// From `start` of what a compressed layer unpacks to.
    Packed {
        packed: Packed,
        start: u64,
    },
    Refused(Refused),
}

/// Why an entry's bytes are not read, as known since the artifact was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    Archive(Refusal),
    /// Limits in bytes.
    TooLarge {
        limit: u64,
    },
    OverTotal {
        limit: u64,
    },
}

/// The bytes of one entry.
#[derive(Debug, Clone)]
pub enum Content {
    Shared(Arc<[u8]>),
    Owned(Vec<u8>),
    /// Part of an archive, which stays open as long as this.
    Part(Bytes),
}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Shared(bytes) => bytes,
            Self::Owned(bytes) => bytes,
            Self::Part(bytes) => bytes,
        }
    }
}

/// The merged table: sorted by mount, then path; paths are unique within a mount.
#[derive(Debug, Default)]
pub struct Artifact {
    entries: Vec<Entry>,
    aliases: Aliases,
    roots: Vec<RootView>,
    /// Of the image among the roots.
    image: Option<OpenImage>,
    /// Found while entries were read.
    late_gaps: Mutex<BTreeSet<Gap>>,
}

impl Artifact {
    /// The files of all roots, merged as the platform does: layers into one folder, later ones over earlier ones, the
    /// function into its own. A root that cannot be read is a gap; so is every entry whose bytes cannot be had.
    /// Cost: the directories of archives and one `stat` per file of a folder; compressed archives inside are inflated.
    pub fn open(roots: &[Root], limits: &Limits) -> Parsed<Self> {
        let (Table { entries, aliases, roots, image }, gaps) = open::open(roots, limits);
        Parsed { value: Self { entries, aliases, roots, image, late_gaps: Mutex::default() }, gaps }
    }

    /// An artifact of files held in memory, all in the function's own folder: inline code, and tests.
    pub fn from_memory<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut entries: Vec<_> = files.into_iter().map(|(path, bytes)| open::memory_entry(path, bytes)).collect();
        entries.sort_by(|left, right| (left.mount, &left.path).cmp(&(right.mount, &right.path)));
        Self { entries, ..Self::default() }
    }

    /// The files with one of `names` that lie in the folders above `folder`, up to `root` and nothing beyond it; paths are
    /// relative to `root`, which is the target. What such a file says holds for everything below it. Cost: one look for each
    /// name and level.
    pub fn of_files_above(root: &Path, folder: &str, names: &[&str]) -> Self {
        Self { entries: open::files_above(root, folder, names), ..Self::default() }
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The file at this path, through linked folders if need be; the entry then has its real path.
    pub fn find(&self, mount: Mount, path: &str) -> Option<&Entry> {
        self.aliases.lookup(mount, path, |path| {
            let order = |entry: &Entry| (entry.mount, entry.path.as_str()).cmp(&(mount, path));
            self.entries.get(self.entries.binary_search_by(order).ok()?)
        })
    }

    /// Every entry below `folder` (no trailing `/`; empty for the whole mount), in path order. A linked folder gives
    /// the entries of the folder it leads to, with their real paths.
    pub fn under<'a>(&'a self, mount: Mount, folder: &str) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let found = self.aliases.lookup(mount, folder, |folder| {
            let entries = self.entries_below(mount, folder);
            (!entries.is_empty()).then_some(entries)
        });
        found.unwrap_or_default().iter()
    }

    fn entries_below(&self, mount: Mount, folder: &str) -> &[Entry] {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let start = self.entries.partition_point(|entry| (entry.mount, entry.path.as_str()) < (mount, prefix.as_str()));
        let rest = self.entries.get(start..).unwrap_or_default();
        let end = rest.partition_point(|entry| entry.mount == mount && entry.path.starts_with(&prefix));
        rest.get(..end).unwrap_or_default()
    }

    /// What the image among the roots says of itself.
    pub fn image(&self) -> Option<&Image> {
        self.image.as_ref().map(|open| &open.image)
    }

    /// The image's layer that a file comes from, by its path as reports show it.
    pub fn image_layer(&self, shown: &str) -> Option<&ImageLayer> {
        let open = self.image.as_ref()?;
        let find = |(mount, begin): &(Mount, String)| self.find(*mount, shown.strip_prefix(begin.as_str())?);
        let entry = open.shown.iter().find_map(find)?;
        open.image.layers.get(usize::from(entry.image_layer?))
    }

    /// Files of the image's lower layers that upper ones removed or replaced: no container sees them, and whoever has the
    /// image can read them. In the order in which they were hidden; paths are those of the image.
    pub fn shadowed(&self) -> &[Entry] {
        self.image.as_ref().map(|open| open.shadowed.as_slice()).unwrap_or_default()
    }

    /// Layers of the image whose bytes have another digest than the image states. Cost: reads and hashes every layer.
    pub fn check_layers(&self) -> Vec<Gap> {
        self.image.as_ref().map(|open| formats::image::check_digests(&open.parts)).unwrap_or_default()
    }

    /// Bytes of all entries once inflated, as their directories state them.
    pub fn total_bytes(&self) -> u64 {
        self.entries.iter().map(|entry| entry.size_bytes).fold(0, u64::saturating_add)
    }

    /// The entry's path as reports show it: relative to the target, `outer.zip!/inner/path` inside archives.
    pub fn display_path(&self, entry: &Entry) -> String {
        match self.roots.get(usize::from(entry.root)) {
            Some(root) => root.display(&entry.path),
            None => entry.path.clone(),
        }
    }

    /// What was found to be wrong with entries while they were read, although their bytes were handed out: checksums,
    /// sizes and names that do not fit. Sorted. Ask after the last read.
    pub fn late_gaps(&self) -> Vec<Gap> {
        self.late_gaps.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Whether the folder is a container image's layout, an unpacked image archive, or a root file system.
pub fn is_image_folder(path: &Path) -> bool {
    formats::image::is_folder(path)
}

/// Kept here so that every stage's tests read the same way.
impl From<Artifact> for Parsed<Artifact> {
    fn from(artifact: Artifact) -> Self {
        Self::complete(artifact)
    }
}
