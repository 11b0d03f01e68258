//! A folder on disk as a list of files.
//!
//! **Supported**: symbolic links that stay within a boundary. A link to a folder whose files are listed anyway becomes
//! an alias, so that each real folder is listed once and loops end; a link to anything else within the boundary is
//! listed under the link's own path.
//! **Unsupported (→ gap)**: links that leave the boundary or lead nowhere, devices, sockets and pipes (never opened),
//! folders and files that cannot be read.

use std::collections::BTreeMap;
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::gaps::GapList;
use crate::limits::Limits;
use crate::root::{SKIPPED_FOLDERS, VIRTUAL_ENVIRONMENT_FILE};

const SPECIAL: &str = "neither a file nor a folder (a pipe, socket or device) and was not opened";
const LINK_OUTSIDE: &str = "the symbolic link leads out of the target and was not followed; copy what it points to";
const LINK_DANGLING: &str = "the symbolic link leads nowhere, or round in a circle; mend or remove it";
const LINK_SKIPPED: &str =
    "the symbolic link leads into a folder that is never packed and was not followed; copy what it points to";
const NOT_UTF8: &str = "the name is not UTF-8, unreadable parts are shown as `\u{fffd}`; rename it";
const TOO_MANY: &str =
    "more files than are read of one function; what lies in this and later folders was left out, split it";
const UNREADABLE: &str = "cannot be read";

/// A file below the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundFile {
    /// Path below the root, `/`-separated.
    pub(crate) path: String,
    pub(crate) on_disk: PathBuf,
    pub(crate) size_bytes: u64,
    /// Reached through a symbolic link to the file itself.
    pub(crate) is_link: bool,
}

/// Files and aliases of folders, both sorted by path.
#[derive(Debug, Default)]
pub(crate) struct FoundFiles {
    pub(crate) files: Vec<FoundFile>,
    /// Linked folder → path below the root under which its files are listed.
    pub(crate) aliases: BTreeMap<String, String>,
}

/// Everything below the folder `root`; names in gaps are `display` + path. Cost: one `stat` per file, in parallel.
pub(crate) fn list(root: &Path, boundary: &Path, display: &str, limits: &Limits, gaps: &mut GapList) -> FoundFiles {
    let mut walk = Walk { display, limits, gaps, found: FoundFiles::default(), listed: BTreeMap::new() };
    let real = match root.canonicalize() {
        Ok(real) => real,
        Err(error) => {
            walk.unreadable("", &error);
            return walk.found;
        }
    };
    let boundary = boundary.canonicalize().ok().filter(|boundary| real.starts_with(boundary)).unwrap_or(real.clone());
    walk.folder_tree(String::new(), real, &boundary);
    let mut found = walk.found;
    found.files.sort_by(|left, right| left.path.cmp(&right.path));
    found
}

/// A folder whose files are still to be listed.
#[derive(Debug, Clone)]
struct Folder {
    path: String,
    on_disk: PathBuf,
}

/// What one folder holds, read without looking further.
#[derive(Default)]
struct FolderContent {
    folders: Vec<Folder>,
    files: Vec<FoundFile>,
    links: Vec<Folder>,
    /// Sentence and path of what cannot be listed.
    problems: Vec<(&'static str, String)>,
    failures: Vec<(String, io::Error)>,
}

struct Walk<'a> {
    display: &'a str,
    limits: &'a Limits,
    gaps: &'a mut GapList,
    found: FoundFiles,
    /// Real folder → path it is listed under, for the tops of the trees that were walked.
    listed: BTreeMap<PathBuf, String>,
}

impl Walk<'_> {
    /// Lists the tree at `on_disk` (a real path) under `path`, then what its links lead to, and so on.
    fn folder_tree(&mut self, path: String, on_disk: PathBuf, boundary: &Path) {
        let mut trees = vec![Folder { path, on_disk }];
        while let Some(tree) = trees.pop() {
            if let Some(place) = self.place_of(&tree.on_disk) {
                self.alias(tree.path, place);
                continue;
            }
            self.listed.insert(tree.on_disk.clone(), tree.path.clone());
            let links = self.walk(tree);
            let mut folders = self.follow(links, boundary);
            folders.reverse();
            trees.extend(folders);
        }
    }

    /// Lists one tree level by level and returns its links, sorted by path.
    fn walk(&mut self, tree: Folder) -> Vec<Folder> {
        let mut links = Vec::new();
        let mut level = vec![tree];
        while !level.is_empty() {
            let contents: Vec<FolderContent> = level.par_iter().map(read_folder).collect();
            let mut next = Vec::new();
            for (folder, content) in level.iter().zip(contents) {
                if self.found.files.len() + content.files.len() > self.limits.entries {
                    self.gaps.note(TOO_MANY, &self.shown(&folder.path));
                    return links;
                }
                self.note_problems(content.problems, content.failures);
                self.found.files.extend(content.files);
                links.extend(content.links);
                next.extend(content.folders);
            }
            level = next;
        }
        links.sort_by(|left, right| left.path.cmp(&right.path));
        links
    }

    fn note_problems(&mut self, problems: Vec<(&'static str, String)>, failures: Vec<(String, io::Error)>) {
        for (problem, path) in problems {
            self.gaps.note(problem, &self.shown(&path));
        }
        for (path, error) in failures {
            self.unreadable(&path, &error);
        }
    }

    /// Adds the files that links lead to; returns the folders.
    fn follow(&mut self, links: Vec<Folder>, boundary: &Path) -> Vec<Folder> {
        let mut folders = Vec::new();
        for Folder { path, on_disk } in links {
            match resolve(&on_disk, boundary) {
                Ok((real, kind)) if kind.is_dir() => folders.push(Folder { path, on_disk: real }),
                Ok((real, _)) => self.linked_file(path, real),
                Err(problem) => self.gaps.note(problem, &self.shown(&path)),
            }
        }
        folders
    }

    fn linked_file(&mut self, path: String, real: PathBuf) {
        if self.found.files.len() >= self.limits.entries {
            return self.gaps.note(TOO_MANY, &self.shown(&path));
        }
        match fs::metadata(&real) {
            Ok(data) => {
                self.found.files.push(FoundFile { path, on_disk: real, size_bytes: data.len(), is_link: true });
            }
            Err(error) => self.unreadable(&path, &error),
        }
    }

    /// The path under which this real folder is listed already.
    fn place_of(&self, on_disk: &Path) -> Option<String> {
        on_disk.ancestors().find_map(|top| {
            let path = self.listed.get(top)?;
            let below = on_disk.strip_prefix(top).ok()?.to_string_lossy();
            Some(join(path, &below))
        })
    }

    fn alias(&mut self, path: String, place: String) {
        if place.split('/').any(|name| SKIPPED_FOLDERS.contains(&name)) {
            self.gaps.note(LINK_SKIPPED, &self.shown(&path));
        } else {
            self.found.aliases.insert(path, place);
        }
    }

    fn unreadable(&mut self, path: &str, error: &io::Error) {
        let why = format!("{UNREADABLE}: {}; check its permissions", reason(error));
        self.gaps.note_with(UNREADABLE, &self.shown(path), || why);
    }

    fn shown(&self, path: &str) -> String {
        if path.is_empty() {
            return match self.display.trim_end_matches('/') {
                "" => ".".to_owned(),
                display => display.to_owned(),
            };
        }
        format!("{}{path}", self.display)
    }
}

fn read_folder(folder: &Folder) -> FolderContent {
    let mut content = FolderContent::default();
    match fs::read_dir(&folder.on_disk) {
        Ok(entries) => {
            for entry in entries {
                match entry {
                    Ok(entry) => content.add(folder, &entry),
                    Err(error) => content.failures.push((folder.path.clone(), error)),
                }
            }
        }
        Err(error) => content.failures.push((folder.path.clone(), error)),
    }
    if content.is_virtual_environment(folder) {
        return FolderContent::default();
    }
    content.sort();
    content
}

impl FolderContent {
    fn add(&mut self, folder: &Folder, entry: &fs::DirEntry) {
        let name = entry.file_name();
        let path = join(&folder.path, &name.to_string_lossy());
        let on_disk = folder.on_disk.join(&name);
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && SKIPPED_FOLDERS.iter().any(|skipped| name == **skipped) => return,
            Ok(kind) if kind.is_dir() => self.folders.push(Folder { path: path.clone(), on_disk }),
            Ok(kind) if kind.is_symlink() => self.links.push(Folder { path: path.clone(), on_disk }),
            Ok(kind) if kind.is_file() => match entry.metadata() {
                Ok(data) => {
                    let size_bytes = data.len();
                    self.files.push(FoundFile { path: path.clone(), on_disk, size_bytes, is_link: false });
                }
                Err(error) => self.failures.push((path.clone(), error)),
            },
            Ok(_) => self.problems.push((SPECIAL, path.clone())),
            Err(error) => self.failures.push((path.clone(), error)),
        }
        if name.to_str().is_none() {
            self.problems.push((NOT_UTF8, path));
        }
    }

    fn is_virtual_environment(&self, folder: &Folder) -> bool {
        let is_marker = |file: &FoundFile| file.path.rsplit('/').next() == Some(VIRTUAL_ENVIRONMENT_FILE);
        !folder.path.is_empty() && self.files.iter().any(is_marker)
    }

    /// The order in which the disk lists files differs from machine to machine.
    fn sort(&mut self) {
        self.folders.sort_by(|left, right| left.on_disk.as_os_str().cmp(right.on_disk.as_os_str()));
        self.files.sort_by(|left, right| left.on_disk.as_os_str().cmp(right.on_disk.as_os_str()));
        self.links.sort_by(|left, right| left.on_disk.as_os_str().cmp(right.on_disk.as_os_str()));
        self.problems.sort();
        self.failures.sort_by(|left, right| left.0.cmp(&right.0));
    }
}

/// The real place a link leads to, or the sentence why it is not followed.
fn resolve(link: &Path, boundary: &Path) -> Result<(PathBuf, FileType), &'static str> {
    let real = link.canonicalize().map_err(|_| LINK_DANGLING)?;
    if !real.starts_with(boundary) {
        return Err(LINK_OUTSIDE);
    }
    let kind = fs::symlink_metadata(&real).map_err(|_| LINK_DANGLING)?.file_type();
    if kind.is_dir() || kind.is_file() { Ok((real, kind)) } else { Err(SPECIAL) }
}

fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

/// What went wrong, without the number the system adds.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string().to_lowercase();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}
