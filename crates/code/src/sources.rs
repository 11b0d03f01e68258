//! The source files that imports can reach: the function's artifact, then the project around it.

use artifact::{Artifact, Entry, Mount};
use rustc_hash::FxHashMap;

/// A source file, or a folder that acts as a module (a Python package without `__init__.py`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileId(pub u32);

/// Files by place and path.
pub(crate) struct Sources<'a> {
    artifacts: Vec<&'a Artifact>,
    files: Vec<File<'a>>,
    by_path: FxHashMap<(Place, &'a str), FileId>,
}

/// Where a file lies: imports search one place after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    Function,
    Layers,
    /// The project's folder that the function was taken from; only searched for what the artifact lacks.
    Project,
}

struct File<'a> {
    place: Place,
    path: String,
    entry: Option<&'a Entry>,
}

impl<'a> Sources<'a> {
    /// The file at this path, `/`-separated and without `.` or `..`.
    pub(crate) fn find(&self, place: Place, path: &str) -> Option<FileId> {
        self.by_path.get(&(place, path)).copied()
    }

    pub(crate) fn place(&self, file: FileId) -> Option<Place> {
        self.files.get(file.0 as usize).map(|file| file.place)
    }

    pub(crate) fn path(&self, file: FileId) -> &str {
        self.files.get(file.0 as usize).map_or("", |file| &file.path)
    }
}

impl From<Mount> for Place {
    fn from(mount: Mount) -> Self {
        match mount {
            Mount::Function => Self::Function,
            Mount::Layers => Self::Layers,
        }
    }
}
