//! Jars, and folders or zips whose classes lie open: what they hold by the build's own notes and by their classes.
//!
//! **Source**: the JAR file specification; Maven's archiver (`META-INF/maven/GROUP/ARTIFACT/pom.properties`); the layouts of
//! shading builds, Spring Boot and web archives. **Supported**: jars alone, in folders and nested; merged jars: each artifact
//! that a `pom.properties` names and whose classes are there, in their own place or relocated; jars without notes by their
//! classes, with the version of the file's name (only behind the artifact's own id) or of the manifest (only under its title).
//! **Unsupported** (→ gap): jars that nothing identifies, versions that nothing states, notes without classes, packages of
//! merged jars that nothing names.

use std::collections::BTreeSet;

use model::Location;
use model::component::{EvidenceKind, Version};

use crate::claim::{Claim, Place};
use crate::document::{Document, EntryPath, Format, Reading};
use crate::ecosystems::maven::file_name;
use crate::ecosystems::maven::libraries::{self, Copy, Library};
use crate::ecosystems::maven::manifest::Manifest;
use crate::ecosystems::maven::unit::{Built, Unit, is_coordinate};
use crate::ecosystems::maven::unnamed;

pub(crate) const JAR: Format =
    Format { id: "jar", accepts: |path| is_jar(path.file_name), read: read_jar, finds_installed: true, advice: "" };

pub(crate) const OPEN_CLASSES: Format =
    Format { id: "open-classes", accepts: is_open, read: read_open, finds_installed: true, advice: "" };

/// Endings of archives that hold classes. Sorted.
const ENDINGS: &[&str] = &[".aar", ".ear", ".jar", ".rar", ".war"];
/// Names shown in a gap before `and N more`.
const MAX_NAMES_SHOWN: usize = 3;

fn is_jar(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending))
}

/// Whether the file tells of classes that do not lie in a jar of the table.
fn is_open(path: EntryPath<'_>) -> bool {
    let tells = match path.file_name {
        "pom.properties" => path.folder.contains("META-INF/maven/"),
        "MANIFEST.MF" => path.folder == "META-INF" || path.folder.ends_with("!/META-INF"),
        name => name.ends_with(".class") && libraries::is_signature_name(name),
    };
    tells && !archive(path.path).is_some_and(is_jar)
}

/// The innermost archive that the path lies in.
fn archive(path: &str) -> Option<&str> {
    path.rsplit_once("!/").map(|(archive, _)| archive)
}

fn read_jar(document: &Document<'_>, reading: &mut Reading) {
    // What cannot be opened is a gap already.
    if document.entry.is_opened_archive() {
        let unit = Unit::survey(document, &format!("{}!", document.path.path));
        Findings::new(document, &unit, &format!("{}!", document.path.path), reading).take();
    }
}

/// Reads the whole unit at the first of the files that tell of it.
fn read_open(document: &Document<'_>, reading: &mut Reading) {
    let outer = archive(document.path.path);
    let folder = outer.map(|archive| format!("{archive}!")).unwrap_or_default();
    if is_first(document, outer) {
        let unit = Unit::survey(document, &folder);
        Findings::new(document, &unit, &folder, reading).take();
    }
}

/// Whether no file before this one tells of the same unit. Cost: the entries back to the one before, so that all files of a
/// unit together cost one pass.
fn is_first(document: &Document<'_>, outer: Option<&str>) -> bool {
    let entries = document.survey.artifact.entries();
    let this = (document.entry.mount, document.path.path);
    let end = entries.partition_point(|entry| (entry.mount, entry.path.as_str()) < this);
    let before = entries.get(..end).unwrap_or_default().iter().rev();
    let in_outer =
        |path: &str| outer.is_none_or(|outer| path.strip_prefix(outer).is_some_and(|rest| rest.starts_with("!/")));
    !before
        .take_while(|entry| entry.mount == document.entry.mount && in_outer(&entry.path))
        .any(|entry| archive(&entry.path) == outer && is_open(EntryPath::new(&entry.path)))
}

/// The first names, and how many more there are.
fn shown<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let more = names.len().saturating_sub(MAX_NAMES_SHOWN);
    let first: Vec<String> = names.take(MAX_NAMES_SHOWN).map(|name| format!("`{name}`")).collect();
    if more == 0 { first.join(", ") } else { format!("{} and {more} more", first.join(", ")) }
}

/// Whether `named` is `version` for one kind of Java: `12.6.4.jre11` of `12.6.4`.
fn is_variant(version: &str, named: &str) -> bool {
    let variant = named.strip_prefix(version).and_then(|rest| rest.strip_prefix(['.', '-']));
    variant.is_some_and(|variant| ["android", "jdk", "jre"].iter().any(|kind| variant.starts_with(kind)))
}

/// What one unit holds, while it is put together.
struct Findings<'u, 'a> {
    document: &'u Document<'a>,
    unit: &'u Unit<'a>,
    place: Place,
    manifest: Manifest,
    reading: &'u mut Reading,
    /// `group:artifact` of what was found.
    names: BTreeSet<String>,
    /// Whether the manifest is that of an artifact which the build's own notes name.
    is_noted: bool,
    /// Names and places of what has no version.
    unversioned: Vec<(String, String)>,
}

impl<'u, 'a> Findings<'u, 'a> {
    fn new(document: &'u Document<'a>, unit: &'u Unit<'a>, folder: &str, reading: &'u mut Reading) -> Self {
        let manifest = unit.manifest(reading);
        Self {
            document,
            unit,
            place: document.place_at(folder),
            manifest,
            reading,
            names: BTreeSet::new(),
            is_noted: false,
            unversioned: Vec::new(),
        }
    }

    fn take(mut self) {
        let built = self.unit.built(self.reading);
        let (mut held, mut stale): (Vec<_>, Vec<_>) = built.into_iter().partition(|built| self.is_held(built));
        self.is_noted = !held.is_empty();
        for built in &held {
            self.add_built(built);
        }
        let unit = self.unit;
        let (certain, shared): (Vec<_>, Vec<_>) =
            unit.copies.iter().filter(|copy| copy.is_whole).partition(|copy| copy.library.twins().next().is_none());
        for copy in certain {
            self.add_copy(copy);
        }
        for copy in shared {
            self.settle_shared(copy);
        }
        if let Some(at) = unnamed::project(unit, &self.names, &stale) {
            let project = stale.remove(at);
            self.add_built(&project);
            held.push(project);
        }
        self.note_stale(&stale);
        self.note_unversioned();
        self.note_unknown();
        self.note_unnamed(&held);
    }

    /// Whether what the build noted is here: the archive itself is named so, or its classes are in it.
    fn is_held(&self, built: &Built) -> bool {
        file_name::is_named(&self.unit.stem, &built.artifact) || self.unit.holds(built)
    }

    fn add_built(&mut self, built: &Built) {
        let name = built.name();
        let named = || file_name::version(&self.unit.stem, &built.artifact).filter(|version| is_coordinate(version));
        let version = match (built.version.as_deref(), named()) {
            // Variants for a Java version are published under one, but built from the same notes.
            (Some(version), Some(named)) if is_variant(version, named) => Some(named),
            (version, named) => version.or(named),
        };
        let version = version.map(str::to_owned);
        let copies = self.unit.copies.iter().filter(|copy| copy.library.name == name);
        let moved: Vec<&Copy> = if self.has_own_place(&name) { Vec::new() } else { copies.collect() };
        self.add(&name, version.as_deref(), EvidenceKind::Installed, &built.display);
        // Evidence that the classes were moved: where they are now.
        for copy in moved.into_iter().filter(|copy| copy.is_relocated) {
            let display = self.unit.display_of(&copy.class);
            self.claim(&name, version.as_deref(), EvidenceKind::Recognised, &display);
        }
    }

    fn has_own_place(&self, name: &str) -> bool {
        self.unit.copies.iter().any(|copy| copy.library.name == name && !copy.is_relocated)
    }

    /// A library known by its classes alone.
    fn add_copy(&mut self, copy: &Copy) {
        if self.names.contains(copy.library.name) {
            return;
        }
        let version = self.stated_version(copy).map(str::to_owned);
        let is_of_file = file_name::version(&self.unit.stem, copy.library.artifact()).is_some() && !copy.is_relocated;
        let display = if is_of_file { self.unit.display.clone() } else { self.unit.display_of(&copy.class) };
        self.add(copy.library.name, version.as_deref(), EvidenceKind::Recognised, &display);
    }

    /// The version that the archive's name or its manifest states for this very library.
    fn stated_version(&self, copy: &Copy) -> Option<&str> {
        if copy.is_relocated {
            return None;
        }
        let artifact = copy.library.artifact();
        let named = file_name::version(&self.unit.stem, artifact).filter(|version| is_coordinate(version));
        named.or_else(|| self.manifest.version().filter(|_| !self.is_noted && self.manifest.is_titled(artifact)))
    }

    /// Classes that several artifacts have: a name tells which, or one of them is known to be here already.
    fn settle_shared(&mut self, copy: &Copy) {
        let all = || std::iter::once(copy.library.name).chain(copy.library.twins().filter(|twin| *twin != "*"));
        if all().any(|name| self.names.contains(name)) {
            return;
        }
        let named: Vec<Library> = all().filter_map(Library::find).filter(|library| self.is_named(*library)).collect();
        // One name may be used in two groups: then it does not tell either.
        if let ([library], false) = (&*named, copy.is_relocated) {
            return self.add_copy(&Copy { library: *library, ..copy.clone() });
        }
        // Interfaces of specifications come with every server that implements them.
        if !copy.library.is_specification() {
            let names: Vec<String> = all().take(MAX_NAMES_SHOWN).map(|name| format!("`{name}`")).collect();
            let names = names.join(" or ");
            let why = format!(
                "the classes may be those of {names}; name the jar after the artifact, or keep its `pom.properties`"
            );
            self.gap(&self.unit.display_of(&copy.class), why);
        }
    }

    fn is_named(&self, library: Library) -> bool {
        let is_titled = || !self.is_noted && self.manifest.is_titled(library.artifact());
        file_name::is_named(&self.unit.stem, library.artifact()) || (is_titled() && self.manifest.version().is_some())
    }

    fn add(&mut self, name: &str, version: Option<&str>, kind: EvidenceKind, display: &str) {
        self.names.insert(name.to_owned());
        self.claim(name, version, kind, display);
        if version.is_none() {
            self.unversioned.push((name.to_owned(), display.to_owned()));
        }
    }

    /// One gap for everything here that has no version.
    fn note_unversioned(&mut self) {
        let Some((_, first)) = self.unversioned.first() else { return };
        let display = if self.unit.display.is_empty() { first.clone() } else { self.unit.display.clone() };
        let names = shown(self.unversioned.iter().map(|(name, _)| name.as_str()));
        let why = format!(
            "nothing says which version of {names} this is; keep the `pom.properties` of merged jars, and name jars `ARTIFACT-VERSION.jar`"
        );
        self.gap(&display, why);
    }

    fn claim(&mut self, name: &str, version: Option<&str>, kind: EvidenceKind, display: &str) {
        let version = version.map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
        let claim = Claim::new(name.to_owned(), version, kind, Location::file(display), self.place.clone());
        self.reading.claims.push(claim);
    }

    fn note_stale(&mut self, stale: &[Built]) {
        let Some(first) = stale.first() else { return };
        let names: Vec<String> = stale.iter().map(Built::name).collect();
        let names = shown(names.iter().map(String::as_str));
        let why = format!(
            "none of the classes of {names} were found beside the notes that the build left, so they are not counted; if their \
             classes are in here under other names, build without shading and scan again"
        );
        let display = if self.unit.display.is_empty() { first.display.clone() } else { self.unit.display.clone() };
        self.gap(&display, why);
    }

    /// A jar in a package that nothing identifies.
    fn note_unknown(&mut self) {
        let is_jar_of_package = is_jar(self.document.path.file_name);
        if !self.names.is_empty() || !is_jar_of_package || self.unit.class_folders.is_empty() {
            return;
        }
        let says =
            self.manifest.summary().map(|summary| format!(" (its manifest says `{summary}`)")).unwrap_or_default();
        let why = format!(
            "nothing says which Maven artifact this jar is{says}; if it is not your own code, use the published jar with its `pom.properties`"
        );
        self.gap(&self.unit.display, why);
    }

    /// What was merged into this jar without a word of what it is.
    fn note_unnamed(&mut self, built: &[Built]) {
        let packages = unnamed::packages(self.unit, &self.names, built, &self.manifest);
        if packages.is_empty() {
            return;
        }
        let names = shown(packages.iter().map(String::as_str));
        let why = match packages.len() {
            1 => format!(
                "nothing names what the classes of package {names} belong to; if they are not your own code, keep the `pom.properties` of what is merged"
            ),
            count => format!(
                "classes of {count} packages that nothing names: {names}; if they are not your own code, keep the `pom.properties` of what is merged"
            ),
        };
        let display =
            if self.unit.display.is_empty() { self.document.display.clone() } else { self.unit.display.clone() };
        self.gap(&display, why);
    }

    fn gap(&mut self, display: &str, why: String) {
        self.reading.gaps.push(model::Gap::new(Location::file(display), why, crate::document::HIDES));
    }
}
