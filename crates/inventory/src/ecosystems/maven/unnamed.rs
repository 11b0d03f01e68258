//! Packages merged into a jar of which neither the build's notes nor the table of libraries says what they are.

use std::collections::BTreeSet;

use crate::ecosystems::maven::file_name;
use crate::ecosystems::maven::libraries::{self, Library, Telling};
use crate::ecosystems::maven::manifest::Manifest;
use crate::ecosystems::maven::unit::{Built, Unit};

/// Attributes that name a class of the project.
const OWN_CLASSES: [&str; 2] = ["main-class", "start-class"];
/// Segments that the packages of one author share: `com.example`.
const AUTHOR_SEGMENTS: usize = 2;

/// Packages with classes, dotted and sorted, the outermost of each only; empty unless the unit holds other artifacts too.
/// `names` are those found in it. The project's own packages are left out: those that its notes or its manifest tell or,
/// where these say nothing, those of a single author.
pub(crate) fn packages(unit: &Unit<'_>, names: &BTreeSet<String>, built: &[Built], manifest: &Manifest) -> Vec<String> {
    if !is_merged(unit, names) {
        return Vec::new();
    }
    let own = own_folders(unit, built, manifest);
    let known = Known::new(names, &own);
    let mut unnamed: Vec<&str> = Vec::new();
    let mut covered = "";
    for folder in unit.merged_folders.iter().filter(|folder| !folder.is_empty()) {
        if is_below(folder, covered) || unnamed.last().is_some_and(|outer| is_below(folder, outer)) {
            continue;
        }
        if known.covers(folder) {
            covered = folder;
        } else {
            unnamed.push(folder);
        }
    }
    let authors: BTreeSet<String> = unnamed.iter().map(|folder| author(folder)).collect();
    if own.is_empty() && authors.len() == 1 {
        return Vec::new();
    }
    unnamed.into_iter().map(|folder| folder.replace('/', ".")).collect()
}

/// Of `stale`, notes none of whose artifacts' own words tell a folder, the project's own: the only one whose group has classes
/// here that nothing found accounts for. Projects are seldom packaged under their artifact's name as libraries are.
pub(crate) fn project(unit: &Unit<'_>, names: &BTreeSet<String>, stale: &[Built]) -> Option<usize> {
    let known = Known::new(names, &[]);
    let has_classes = |built: &Built| {
        let group = built.group.replace('.', "/");
        let may_nest = group.contains('/');
        let of_group = |folder: &str| if may_nest { is_below(folder, &group) } else { folder == group };
        unit.class_folders.iter().any(|folder| of_group(folder) && !known.covers(folder))
    };
    let mut own = stale.iter().enumerate().filter(|(_, built)| has_classes(built)).map(|(at, _)| at);
    own.next().filter(|_| own.next().is_none())
}

/// Whether the unit is more than one published artifact.
fn is_merged(unit: &Unit<'_>, names: &BTreeSet<String>) -> bool {
    let mut names = names.iter();
    match (names.next(), names.next()) {
        (Some(one), None) => {
            let artifact = one.split_once(':').map_or(one.as_str(), |(_, artifact)| artifact);
            !file_name::is_named(&unit.stem, artifact)
        }
        (first, _) => first.is_some(),
    }
}

/// Folders of the artifact that the jar is named after, and of the classes that its manifest starts.
fn own_folders(unit: &Unit<'_>, built: &[Built], manifest: &Manifest) -> Vec<String> {
    let noted = built.iter().filter(|built| file_name::is_named(&unit.stem, &built.artifact));
    let noted = noted.map(|built| built.group.replace('.', "/"));
    let started = OWN_CLASSES.iter().filter_map(|name| manifest.get(name));
    let started = started.filter_map(|class| Some(author(&class.rsplit_once('.')?.0.replace('.', "/"))));
    noted.chain(started).collect()
}

fn author(folder: &str) -> String {
    folder.split('/').take(AUTHOR_SEGMENTS).collect::<Vec<_>>().join("/")
}

fn is_below(folder: &str, outer: &str) -> bool {
    !outer.is_empty() && folder.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What was found, as far as it tells folders.
struct Known<'n> {
    names: &'n BTreeSet<String>,
    own: &'n [String],
    libraries: Vec<Library>,
    telling: Vec<Telling>,
}

impl<'n> Known<'n> {
    fn new(names: &'n BTreeSet<String>, own: &'n [String]) -> Self {
        let parts = names.iter().filter_map(|name| name.split_once(':'));
        Self {
            names,
            own,
            libraries: names.iter().filter_map(|name| Library::find(name)).collect(),
            telling: parts.map(|(group, artifact)| Telling::new(group, artifact)).collect(),
        }
    }

    fn covers(&self, folder: &str) -> bool {
        let is_found = |library: Library| {
            // Which of several artifacts with these classes it is has a gap of its own where it is open.
            self.names.contains(library.name) || (library.twins().next().is_some() && !library.is_specification())
        };
        libraries::owner(folder).is_some_and(is_found)
            || self.own.iter().any(|own| is_below(folder, own))
            || self.libraries.iter().any(|library| libraries::covers(*library, folder))
            || self.telling.iter().any(|telling| telling.holds(folder))
    }
}
