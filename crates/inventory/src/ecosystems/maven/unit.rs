//! A unit of classes: a jar, or a folder or zip whose classes lie open in it, with all that its directory says.
//!
//! Reads no file but `pom.properties`, `pom.xml` under `META-INF/maven` and the manifest: classes are known by their names.

use std::collections::BTreeSet;

use artifact::{Entry, Mount};

use crate::document::{Document, Reading, Survey, decode};
use crate::ecosystems::maven::libraries::{self, Copy, Finder};
use crate::ecosystems::maven::manifest::Manifest;
use crate::ecosystems::maven::{file_name, pom, properties};

/// Maven's own folder for what the build knew of the artifact.
const MAVEN_FOLDER: &str = "META-INF/maven/";
/// Folders that class paths begin in. Sorted.
const CLASS_ROOTS: &[&str] = &["BOOT-INF/classes/", "WEB-INF/classes/", "classes/"];
/// Copies of classes for newer runtimes.
const VERSIONED_CLASSES: &str = "META-INF/versions/";

/// What the directory of a jar, or of a root without one, tells.
#[derive(Debug)]
pub(crate) struct Unit<'a> {
    survey: Survey<'a>,
    mount: Mount,
    /// Before the path of everything inside: `lib/a.jar!/`; empty for a mount.
    prefix: String,
    /// The archive's file name without its ending; empty for folders.
    pub(crate) stem: String,
    /// The archive as reports show it; empty for folders.
    pub(crate) display: String,
    /// Folders that hold class files, below their class roots; sorted.
    pub(crate) class_folders: BTreeSet<String>,
    /// Those of them that lie in no folder for the project's own classes, as `BOOT-INF/classes`.
    pub(crate) merged_folders: BTreeSet<String>,
    /// Folders that hold other files; sorted.
    pub(crate) resource_folders: BTreeSet<String>,
    /// Libraries of which signature classes are here.
    pub(crate) copies: Vec<Copy>,
    built: Vec<&'a Entry>,
    manifest: Option<&'a Entry>,
}

/// An artifact as the build described it inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Built {
    pub(crate) group: String,
    pub(crate) artifact: String,
    pub(crate) version: Option<String>,
    /// Path of the describing file as reports show it.
    pub(crate) display: String,
}

impl Built {
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.group, self.artifact)
    }
}

impl<'a> Unit<'a> {
    /// The unit below `folder` (`lib/a.jar!`; empty for the mount). Cost: one pass over its entries.
    pub(crate) fn survey(document: &Document<'a>, folder: &str) -> Self {
        let survey = document.survey;
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inner = document.path.path.strip_prefix(&prefix);
        let display = archive_of(&document.display, inner.unwrap_or_default());
        let mut unit = Self {
            survey,
            mount: document.entry.mount,
            stem: file_name::stem(&display).to_owned(),
            display,
            prefix,
            class_folders: BTreeSet::new(),
            merged_folders: BTreeSet::new(),
            resource_folders: BTreeSet::new(),
            copies: Vec::new(),
            built: Vec::new(),
            manifest: None,
        };
        let mut finder = Finder::default();
        let mut last_folder = "";
        for entry in survey.artifact.under(unit.mount, folder) {
            unit.note(entry, &mut finder, &mut last_folder);
        }
        unit.copies = finder.copies();
        unit
    }

    fn note(&mut self, entry: &'a Entry, finder: &mut Finder, last_folder: &mut &'a str) {
        let Some(path) = entry.path.strip_prefix(&self.prefix).filter(|path| !path.contains("!/")) else { return };
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        if file.ends_with(".class") {
            if path.starts_with(VERSIONED_CLASSES) || matches!(file, "module-info.class" | "package-info.class") {
                return;
            }
            let below = below_class_root(folder);
            finder.note(below, file, &entry.path);
            if *last_folder != folder {
                *last_folder = folder;
                self.class_folders.insert(below.to_owned());
                if below == folder {
                    self.merged_folders.insert(folder.to_owned());
                }
            }
            return;
        }
        if path.contains(MAVEN_FOLDER) {
            if matches!(file, "pom.properties" | "pom.xml") {
                self.built.push(entry);
            }
        } else if path == "META-INF/MANIFEST.MF" {
            self.manifest = Some(entry);
        } else if folder != "META-INF" && *last_folder != folder && !folder.is_empty() {
            *last_folder = folder;
            self.resource_folders.insert(folder.to_owned());
        }
    }

    /// What builds left of their artifacts, one for each group and artifact, in path order.
    pub(crate) fn built(&self, reading: &mut Reading) -> Vec<Built> {
        let mut found: Vec<Built> = Vec::new();
        // A `pom.xml` counts only where no `pom.properties` lies beside it, which holds the resolved version.
        let described: BTreeSet<&str> =
            self.built.iter().filter_map(|entry| entry.path.strip_suffix("/pom.properties")).collect();
        for entry in &self.built {
            let document = Document::new(self.survey, entry);
            let is_doubled = entry.path.strip_suffix("/pom.xml").is_some_and(|folder| described.contains(folder));
            if is_doubled {
                continue;
            }
            let Some(built) = built(&document, reading) else { continue };
            match found.iter_mut().find(|known| known.name() == built.name() && known.version == built.version) {
                Some(_) => {}
                None => found.push(built),
            }
        }
        found
    }

    pub(crate) fn manifest(&self, reading: &mut Reading) -> Manifest {
        let bytes = self.manifest.and_then(|entry| Document::new(self.survey, entry).bytes(reading));
        bytes.map(|bytes| Manifest::parse(&decode(&bytes))).unwrap_or_default()
    }

    /// The path of an entry as reports show it.
    pub(crate) fn display_of(&self, path: &str) -> String {
        let entry = self.survey.artifact.find(self.mount, path);
        entry.map_or_else(|| path.to_owned(), |entry| self.survey.artifact.display_path(entry))
    }

    /// Whether classes of the artifact lie here: known ones by the table, others by their folders' words.
    pub(crate) fn holds(&self, built: &Built) -> bool {
        if let Some(library) = libraries::Library::find(&built.name()) {
            let is_here = self.copies.iter().any(|copy| copy.library == library)
                || libraries::holds_folder(&self.class_folders, library);
            if is_here || !library.is_specification() {
                return is_here;
            }
        }
        // An artifact without classes is its resources.
        let folders = if self.class_folders.is_empty() { &self.resource_folders } else { &self.class_folders };
        libraries::may_hold(folders, &built.group, &built.artifact) || self.names_class(built)
    }

    fn names_class(&self, built: &Built) -> bool {
        let mut inside = self.survey.artifact.under(self.mount, self.prefix.trim_end_matches('/'));
        inside.any(|entry| {
            entry.path.ends_with(".class") && libraries::may_name(&entry.path, &built.group, &built.artifact)
        })
    }
}

/// The archive that a path of `display` lies in, when `inner` is the path inside.
fn archive_of(display: &str, inner: &str) -> String {
    let outer = if inner.is_empty() { Some(display) } else { display.strip_suffix(inner) };
    let outer = outer.unwrap_or_default();
    match outer.strip_suffix("!/") {
        Some(archive) => archive.to_owned(),
        None if inner.is_empty() => outer.to_owned(),
        None => String::new(),
    }
}

fn below_class_root(folder: &str) -> &str {
    let root = CLASS_ROOTS.iter().find(|root| folder.starts_with(*root) || root.strip_suffix('/') == Some(folder));
    root.and_then(|root| folder.get(root.len()..)).unwrap_or(if root.is_some() { "" } else { folder })
}

fn built(document: &Document<'_>, reading: &mut Reading) -> Option<Built> {
    let folder = document.path.folder.rsplit_once(MAVEN_FOLDER)?.1;
    let (path_group, path_artifact) = folder.split_once('/')?;
    let bytes = document.bytes(reading)?;
    let text = decode(&bytes);
    let (group, artifact, version) = if document.path.file_name == "pom.properties" {
        let properties = properties::read(&text);
        let get = |key| properties::value(&properties, key).map(str::to_owned);
        (get("groupId"), get("artifactId"), get("version"))
    } else {
        let pom = pom::parse(&text).ok()?;
        (pom.group(), pom.artifact_id.clone(), pom.version())
    };
    let is_id = |id: &String| is_coordinate(id);
    let built = Built {
        group: group.filter(is_id).unwrap_or_else(|| path_group.to_owned()),
        artifact: artifact.filter(is_id).unwrap_or_else(|| path_artifact.to_owned()),
        version: version.filter(is_id),
        display: document.display.clone(),
    };
    if is_coordinate(&built.group) && is_coordinate(&built.artifact) {
        return Some(built);
    }
    let why = format!("`{}` names no group and artifact; find out what the jar holds", document.path.file_name);
    reading.gaps.push(document.gap(None, why));
    None
}

/// Bytes of a coordinate's part; the longest published ones have some hundred.
const MAX_COORDINATE_BYTES: usize = 256;

/// Whether the text is a part of coordinates: not empty, without blanks or properties that nobody has filled in.
pub(crate) fn is_coordinate(text: &str) -> bool {
    let is_allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '~');
    !text.is_empty() && text.len() <= MAX_COORDINATE_BYTES && text.chars().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_folders_begin_below_their_roots() {
        for (folder, expected) in [
            ("BOOT-INF/classes/com/example", "com/example"),
            ("BOOT-INF/classes", ""),
            ("com/classes", "com/classes"),
            ("classes/a", "a"),
            ("", ""),
        ] {
            assert_eq!(below_class_root(folder), expected, "{folder}");
        }
    }

    #[test]
    fn knows_the_archive_that_holds_a_file() {
        assert_eq!(archive_of("lib/a.jar", ""), "lib/a.jar");
        assert_eq!(archive_of("fn.jar!/META-INF/MANIFEST.MF", "META-INF/MANIFEST.MF"), "fn.jar");
        assert_eq!(archive_of("app/META-INF/MANIFEST.MF", "META-INF/MANIFEST.MF"), "");
    }
}
