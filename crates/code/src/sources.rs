//! The source files that imports can reach: the function's artifact, then the project around it.

use std::sync::OnceLock;

use artifact::{Artifact, Content, Entry, Mount};
use model::Gap;

/// Where a file lies: imports search one place after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    Function,
    Layers,
    /// The rest of a container image.
    System,
    /// The project that the function's folder was taken from; only searched for what the artifact lacks.
    Project,
}

/// A source file, or a folder that acts as a module (a Python package without `__init__.py`): then `path` ends with `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct File {
    pub place: Place,
    /// Path below the place, `/`-separated, without `.` and `..`.
    pub path: String,
}

impl File {
    pub(crate) fn new(place: Place, path: impl Into<String>) -> Self {
        Self { place, path: path.into() }
    }

    /// Path of the folder the file lies in, without a trailing `/`; a folder lies in itself.
    pub(crate) fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    pub(crate) fn is_folder(&self) -> bool {
        self.path.is_empty() || self.path.ends_with('/')
    }
}

/// The project around a function's own folder, for imports that leave the folder.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The whole project.
    pub artifact: &'a Artifact,
    /// Where the function's folder lies in it, `/`-separated, empty when it is the whole project.
    pub folder: &'a str,
}

/// Which paths of a place belong to installed packages; folders end with `/`.
pub(crate) type ListInstalled = fn(sources: &Sources<'_>, place: Place) -> Vec<String>;

/// Files by place and path.
#[derive(Clone)]
pub(crate) struct Sources<'a> {
    artifact: &'a Artifact,
    surroundings: Option<Surroundings<'a>>,
    /// Lists the installed packages of a place; asked when a file of the place is first judged.
    list_installed: ListInstalled,
    /// Per place, paths of installed packages, sorted; folders end with `/`.
    installed: [OnceLock<Vec<String>>; 4],
    /// Whether one entry point is meant rather than everything: then the platform's search order applies.
    pub has_handler: bool,
}

impl<'a> Sources<'a> {
    pub(crate) fn new(
        artifact: &'a Artifact,
        surroundings: Option<Surroundings<'a>>,
        list_installed: ListInstalled,
        has_handler: bool,
    ) -> Self {
        Self { artifact, surroundings, list_installed, installed: Default::default(), has_handler }
    }

    /// Paths of installed packages of a place, sorted; folders end with `/`.
    pub(crate) fn installed_paths(&self, place: Place) -> &[String] {
        let slot = match place {
            Place::Function => &self.installed[0],
            Place::Layers => &self.installed[1],
            Place::Project => &self.installed[2],
            Place::System => &self.installed[3],
        };
        slot.get_or_init(|| {
            let mut found = (self.list_installed)(self, place);
            found.sort_unstable();
            found.dedup();
            found
        })
    }

    /// Whether the file belongs to an installed package.
    pub(crate) fn is_installed(&self, place: Place, path: &str) -> bool {
        self.installed_prefix(place, path).is_some()
    }

    /// The installed path that a file is, or lies below.
    pub(crate) fn installed_prefix<'p>(&self, place: Place, path: &'p str) -> Option<&'p str> {
        let installed = self.installed_paths(place);
        if installed.is_empty() {
            return None;
        }
        let listed = |path: &&str| installed.binary_search_by(|known| known.as_str().cmp(path)).is_ok();
        let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..=at));
        folders.chain([path]).find(listed)
    }

    pub(crate) fn find(&self, file: &File) -> Option<&'a Entry> {
        self.table(file.place)?.find(mount(file.place), &file.path)
    }

    pub(crate) fn contains(&self, place: Place, path: &str) -> bool {
        self.table(place).is_some_and(|table| table.find(mount(place), path).is_some())
    }

    /// Every file below a folder (no trailing `/`), in path order.
    pub(crate) fn under(&self, place: Place, folder: &str) -> impl Iterator<Item = &'a Entry> + use<'a> {
        self.table(place).into_iter().flat_map({
            let folder = folder.to_owned();
            move |table| table.under(mount(place), &folder)
        })
    }

    /// Where the function's folder lies in the project, when the project is known.
    pub(crate) fn folder_in_project(&self) -> Option<&'a str> {
        self.surroundings.map(|surroundings| surroundings.folder)
    }

    pub(crate) fn read(&self, file: &File) -> Option<Result<Content, Gap>> {
        Some(self.table(file.place)?.read(self.find(file)?))
    }

    /// The path as reports show it.
    pub(crate) fn display_path(&self, file: &File) -> String {
        match (self.table(file.place), self.find(file)) {
            (Some(table), Some(entry)) => table.display_path(entry),
            _ => file.path.clone(),
        }
    }

    fn table(&self, place: Place) -> Option<&'a Artifact> {
        match place {
            Place::Function | Place::Layers | Place::System => Some(self.artifact),
            Place::Project => self.surroundings.map(|surroundings| surroundings.artifact),
        }
    }
}

impl From<Mount> for Place {
    fn from(mount: Mount) -> Self {
        match mount {
            Mount::Function => Self::Function,
            Mount::Layers => Self::Layers,
            Mount::System => Self::System,
        }
    }
}

fn mount(place: Place) -> Mount {
    match place {
        Place::Layers => Mount::Layers,
        Place::System => Mount::System,
        Place::Function | Place::Project => Mount::Function,
    }
}

/// `folder/path` without `.` and `..`; `None` when it leaves the root.
pub(crate) fn join(folder: &str, path: &str) -> Option<String> {
    let mut segments: Vec<&str> = Vec::new();
    for segment in folder.split('/').chain(path.split('/')) {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            segment => segments.push(segment),
        }
    }
    Some(segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_paths_without_leaving_the_root() {
        for (folder, path, expected) in [
            ("", "a.py", Some("a.py")),
            ("a/b", "../c.py", Some("a/c.py")),
            ("a", "./b/./c", Some("a/b/c")),
            ("a", "../../c", None),
        ] {
            assert_eq!(join(folder, path).as_deref(), expected, "{folder} + {path}");
        }
    }
}
