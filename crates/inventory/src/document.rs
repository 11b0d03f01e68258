//! One file chosen for reading, and what its reader may ask of the artifact around it.

use std::borrow::Cow;

use artifact::{Artifact, Content, Entry, Mount};
use model::{Gap, Hidden, Location};
use rustc_hash::FxHashSet;

use crate::claim::{Claim, Place};
use crate::inventory::Above;
use crate::ownership::{OwnedFile, Sought};

/// A file format of an ecosystem.
#[derive(Debug)]
pub(crate) struct Format {
    /// Kebab-case; unique in the ecosystem.
    pub(crate) id: &'static str,
    /// Whether the entry is such a file, judged by its path alone.
    pub(crate) accepts: fn(EntryPath<'_>) -> bool,
    pub(crate) read: fn(&Document<'_>, &mut Reading),
    /// Whether it is read first: what it finds decides which other files are the project's own.
    pub(crate) finds_installed: bool,
    /// What to do when its packages have no exact version: completes "…: {}".
    pub(crate) advice: &'static str,
}

/// What a reader understood, and what it did not.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) claims: Vec<Claim>,
    /// Folders of the projects that a lock speaks of, besides its own.
    pub(crate) covers: Vec<(Mount, String)>,
    pub(crate) gaps: Vec<Gap>,
    /// Files of other packages that the claimed ones own.
    pub(crate) owned: Vec<OwnedFile>,
}

impl Reading {
    /// Drops what was noted as owned by the package whose claim would come next, and does not.
    pub(crate) fn forget_owned(&mut self) {
        while self.owned.pop_if(|file| file.owner == self.claims.len()).is_some() {}
    }
}

/// An entry's path in the parts that formats are told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EntryPath<'a> {
    pub(crate) path: &'a str,
    /// Without trailing `/`; empty at the top of the mount.
    pub(crate) folder: &'a str,
    pub(crate) file_name: &'a str,
}

impl<'a> EntryPath<'a> {
    pub(crate) fn new(path: &'a str) -> Self {
        let (folder, file_name) = path.rsplit_once('/').unwrap_or(("", path));
        Self { path, folder, file_name }
    }

    /// Whether the file belongs to the function's own project: not inside an installed package, a tool's working folder,
    /// or a folder of tests. Only there are locks and manifests evidence for the function.
    pub(crate) fn is_of_project(self) -> bool {
        !self.folder.split('/').any(|folder| NOT_OF_PROJECT.binary_search(&folder).is_ok())
    }
}

/// Folders whose locks and manifests speak of something else than the function. Sorted.
const NOT_OF_PROJECT: &[&str] = &[
    ".aws-sam",
    ".git",
    ".nox",
    ".python_packages",
    ".serverless",
    ".terraform",
    ".tox",
    ".venv",
    "__fixtures__",
    "__mocks__",
    "__tests__",
    "_vendor",
    "bower_components",
    "cdk.out",
    "dist-packages",
    "e2e",
    "fixtures",
    "jspm_packages",
    "node_modules",
    "site-packages",
    "test",
    "testdata",
    "tests",
    "venv",
];

/// What readers may know of the scan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Survey<'a> {
    pub(crate) artifact: &'a Artifact,
    pub(crate) above: Option<&'a Above<'a>>,
    /// Major and minor version of the Python that runs the function.
    pub(crate) python: Option<(u32, u32)>,
    /// The files whose owners are asked for; `None` before they are known.
    pub(crate) sought: Option<&'a Sought>,
    /// Folders whose assemblies a `deps.json` lists.
    pub(crate) listed: &'a FxHashSet<(Mount, String)>,
}

impl Survey<'_> {
    /// Folders whose assemblies a `deps.json` lists: those it lies in.
    pub(crate) fn listed_folders(artifact: &Artifact) -> FxHashSet<(Mount, String)> {
        let lists = artifact.entries().iter().filter(|entry| entry.path.ends_with(".deps.json"));
        lists.map(|entry| (entry.mount, EntryPath::new(&entry.path).folder.to_owned())).collect()
    }

    /// Whether a `deps.json` beside or above the file speaks of it.
    pub(crate) fn is_listed_assembly(&self, entry: &Entry) -> bool {
        let folders = std::iter::successors(Some(EntryPath::new(&entry.path).folder), |folder| {
            (!folder.is_empty()).then(|| folder.rsplit_once('/').map_or("", |(outer, _)| outer))
        });
        !self.listed.is_empty()
            && folders.into_iter().any(|folder| self.listed.contains(&(entry.mount, folder.to_owned())))
    }
}

/// A file to read.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    pub(crate) survey: Survey<'a>,
    pub(crate) entry: &'a Entry,
    pub(crate) path: EntryPath<'a>,
    /// The path as reports show it.
    pub(crate) display: String,
}

/// Locks of the largest monorepos have some ten megabytes.
const MAX_DOCUMENT_BYTES: u64 = 16 << 20;

impl<'a> Document<'a> {
    pub(crate) fn new(survey: Survey<'a>, entry: &'a Entry) -> Self {
        let display = survey.artifact.display_path(entry);
        Self { survey, entry, path: EntryPath::new(&entry.path), display }
    }

    /// The file's bytes; when they cannot be had a gap is noted.
    pub(crate) fn bytes(&self, reading: &mut Reading) -> Option<Content> {
        self.bytes_up_to(MAX_DOCUMENT_BYTES, reading)
    }

    /// As [`Self::bytes`] for formats whose files grow larger.
    pub(crate) fn bytes_up_to(&self, limit_bytes: u64, reading: &mut Reading) -> Option<Content> {
        if self.entry.size_bytes > limit_bytes {
            let why = format!("`{}` is larger than {} MB and was not read", self.path.file_name, limit_bytes >> 20);
            reading.gaps.push(self.gap(None, why));
            return None;
        }
        match self.survey.artifact.read(self.entry) {
            Ok(content) => Some(content),
            Err(gap) => {
                reading.gaps.push(Gap::new(gap.location, gap.why, HIDES));
                None
            }
        }
    }

    /// The file beside this one, or below its folder, when the artifact holds it.
    pub(crate) fn sibling(&self, relative: &str) -> Option<Self> {
        let path = join(self.path.folder, relative)?;
        let entry = self.survey.artifact.find(self.entry.mount, &path)?;
        Some(Self::new(self.survey, entry))
    }

    /// Files called `names` in the folders of this file and above it, those above the function's own folder included;
    /// outermost first, in one folder in the order of `names`.
    pub(crate) fn files_above(&self, names: &[&str]) -> Vec<Self> {
        let mut found = Vec::new();
        if let (Some(above), Mount::Function) = (self.survey.above, self.entry.mount) {
            let survey = Survey { artifact: &above.files, ..self.survey };
            find_above(survey, Mount::Function, above.folder, names, &mut found);
        }
        find_above(self.survey, self.entry.mount, self.path.folder, names, &mut found);
        found
    }

    pub(crate) fn location(&self, line: Option<u32>) -> Location {
        Location { file: self.display.clone(), line, column: None }
    }

    /// A gap of this file that hides components, and with them vulnerabilities.
    pub(crate) fn gap(&self, line: Option<u32>, why: impl Into<String>) -> Gap {
        Gap::new(self.location(line), why, HIDES)
    }

    /// The gap of a file that has the name of a format and nothing that every file of it has. `advice` completes "…; {}".
    pub(crate) fn unrecognised(&self, advice: &str) -> Gap {
        self.gap(None, format!("nothing in the file reads as `{}`; {advice}", self.path.file_name))
    }

    /// The place of packages that this file's folder is the project of.
    pub(crate) fn place(&self) -> Place {
        self.place_at(self.path.folder)
    }

    pub(crate) fn place_at(&self, root: &str) -> Place {
        Place { mount: self.entry.mount, layer: self.entry.layer, root: root.to_owned(), slot: None }
    }
}

/// Folders above a file that are looked at.
const MAX_FOLDERS_ABOVE: usize = 32;

fn find_above<'a>(survey: Survey<'a>, mount: Mount, folder: &str, names: &[&str], found: &mut Vec<Document<'a>>) {
    let folders = std::iter::successors(Some(folder), |folder| {
        (!folder.is_empty()).then(|| folder.rsplit_once('/').map_or("", |(outer, _)| outer))
    });
    let folders: Vec<&str> = folders.take(MAX_FOLDERS_ABOVE).collect();
    for folder in folders.into_iter().rev() {
        let paths = names.iter().filter_map(|name| join(folder, name));
        let entries = paths.filter_map(|path| survey.artifact.find(mount, &path));
        found.extend(entries.map(|entry| Document::new(survey, entry)));
    }
}

pub(crate) const HIDES: &[Hidden] = &[Hidden::Components, Hidden::Vulnerabilities];

/// `relative` seen from `folder`, both with `/`; `None` when it leads out of the mount or is absolute.
pub(crate) fn join(folder: &str, relative: &str) -> Option<String> {
    if relative.starts_with('/') {
        return None;
    }
    let mut segments: Vec<&str> = folder.split('/').filter(|segment| !segment.is_empty()).collect();
    for segment in relative.split(['/', '\\']) {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()?),
            segment => segments.push(segment),
        }
    }
    Some(segments.join("/"))
}

/// The text of a file that people and tools write: UTF-8, or UTF-16 when a byte-order mark says so (what `pip freeze >`
/// leaves in PowerShell); other bytes are shown as replacement characters.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.as_chunks().0.iter().map(|pair| unit(*pair));
        Cow::Owned(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => decode(rest),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // Checking first is several times as fast as the lossy reading, which nearly no file needs.
        _ => str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed),
    }
}

/// Names shown in a gap before `and N more`.
const MAX_NAMES_SHOWN: usize = 3;

/// `` `a`, `b`, `c` and 4 more ``.
pub(crate) fn quoted_names(names: &[&str]) -> String {
    let shown: Vec<_> = names.iter().take(MAX_NAMES_SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(MAX_NAMES_SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Finds lines of a text for needles asked for in the order they stand in it. Cost: one pass over the text in all.
#[derive(Debug)]
pub(crate) struct LineFinder<'a> {
    rest: &'a str,
    line: u32,
    misses_left: u8,
}

/// Each miss costs a pass over the rest of the text, so a text that hides its needles soon gets no lines any more.
const MAX_LINE_MISSES: u8 = 32;

impl<'a> LineFinder<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text, line: 1, misses_left: MAX_LINE_MISSES }
    }

    /// The 1-based line of the next `needle` behind the last one found; where it is not found nothing moves.
    pub(crate) fn find(&mut self, needle: &str) -> Option<u32> {
        if self.misses_left == 0 {
            return None;
        }
        let Some((before, after)) = self.rest.split_once(needle) else {
            self.misses_left -= 1;
            return None;
        };
        let line = self.line.saturating_add(count_lines(before));
        self.line = line.saturating_add(count_lines(needle));
        self.rest = after;
        Some(line)
    }
}

/// The 1-based line of byte `offset` of `text`.
pub(crate) fn line_of(text: &str, offset: usize) -> u32 {
    count_lines(text.get(..offset).unwrap_or(text)) + 1
}

fn count_lines(text: &str) -> u32 {
    u32::try_from(text.bytes().filter(|byte| *byte == b'\n').count()).unwrap_or(u32::MAX - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_outside_the_project_are_sorted() {
        assert!(NOT_OF_PROJECT.is_sorted());
    }

    #[test]
    fn joins_paths_inside_the_mount_only() {
        let cases = [
            (("a/b", "c.txt"), Some("a/b/c.txt")),
            (("a/b", "../c.txt"), Some("a/c.txt")),
            (("", "./x//y"), Some("x/y")),
            (("a", "..\\b"), Some("b")),
            (("a", "../../b"), None),
            (("a", "/etc/passwd"), None),
        ];
        for ((folder, relative), expected) in cases {
            assert_eq!(join(folder, relative).as_deref(), expected, "{folder} {relative}");
        }
    }

    #[test]
    fn decodes_what_shells_write() {
        for bytes in
            [&b"a==1\n"[..], b"\xEF\xBB\xBFa==1\n", b"\xFF\xFEa\0=\0=\x001\0\n\0", b"\xFE\xFF\0a\0=\0=\x001\0\n"]
        {
            assert_eq!(decode(bytes), "a==1\n");
        }
        assert_eq!(decode(b"a\xFFb"), "a\u{FFFD}b");
    }

    #[test]
    fn finds_lines_in_order() {
        let mut finder = LineFinder::new("one\ntwo\nthree\ntwo\n");
        let found = ["two", "absent", "three", "two", "two"].map(|needle| finder.find(needle));
        assert_eq!(found, [Some(2), None, Some(3), Some(4), None]);
    }
}
