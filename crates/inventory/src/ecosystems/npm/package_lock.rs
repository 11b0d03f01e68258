//! `package-lock.json`, `npm-shrinkwrap.json` and `node_modules/.package-lock.json`, versions 1 to 3.
//!
//! **Source**: npm's documentation of `package-lock.json`. **Supported**: `packages` (2, 3) and, without it, nested
//! `dependencies` (1); aliases, links, workspaces, bundled packages, development and optional marks, `os`, `cpu`, `libc`.
//! **Unsupported** (→ gap): packages from repositories and addresses in version 1, which states no version for them.

use std::borrow::Cow;

use model::component::{EvidenceKind, Presence, Version};
use rustc_hash::FxHashSet;
use serde::Deserialize;

use crate::claim::{Claim, Place};
use crate::document::{Document, EntryPath, Format, LineFinder, Reading, decode, join};
use crate::ecosystems::npm::locked::Platforms;
use crate::ecosystems::npm::specification::{self, Specification};
use crate::ecosystems::npm::{slot, version};
use crate::json::{Flag, Members, Text, Texts};

pub(crate) const FORMAT: Format = Format {
    id: "package-lock",
    accepts,
    read,
    finds_installed: false,
    advice: "run `npm install --package-lock-only` beside it and scan again",
};

fn accepts(path: EntryPath<'_>) -> bool {
    match path.file_name {
        "package-lock.json" | "npm-shrinkwrap.json" => path.is_of_project(),
        // npm's own note of what it installed.
        ".package-lock.json" => {
            let root = path.folder.strip_suffix("node_modules").map(|root| root.trim_end_matches('/'));
            root.is_some_and(|root| EntryPath { folder: root, ..path }.is_of_project())
        }
        _ => false,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Lock<'a> {
    packages: Members<'a, Package<'a>>,
    dependencies: Members<'a, Dependency<'a>>,
}

/// An entry of `packages`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Package<'a> {
    name: Text<'a>,
    version: Text<'a>,
    resolved: Text<'a>,
    link: Flag,
    dev: Flag,
    optional: Flag,
    dev_optional: Flag,
    extraneous: Flag,
    os: Texts<'a>,
    cpu: Texts<'a>,
    libc: Texts<'a>,
    dependencies: Members<'a, Text<'a>>,
    optional_dependencies: Members<'a, Text<'a>>,
    peer_dependencies: Members<'a, Text<'a>>,
    dev_dependencies: Members<'a, Text<'a>>,
}

/// An entry of version 1's `dependencies`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Dependency<'a> {
    version: Text<'a>,
    dev: Flag,
    optional: Flag,
    requires: Members<'a, Text<'a>>,
    dependencies: Members<'a, Self>,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    // npm reads the shrinkwrap alone where both stand.
    if document.path.file_name == "package-lock.json" && document.sibling("npm-shrinkwrap.json").is_some() {
        return;
    }
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let lock: Lock<'_> = match serde_json::from_str(&text) {
        Ok(lock) => lock,
        Err(error) => {
            let line = u32::try_from(error.line()).ok();
            let why = format!("cannot read lock file: {error}; write it anew with `npm install --package-lock-only`");
            reading.gaps.push(document.gap(line, why));
            return;
        }
    };
    let root = document
        .path
        .folder
        .strip_suffix("node_modules")
        .map_or(document.path.folder, |root| root.trim_end_matches('/'));
    let mut reader = Reader { document, root, lines: LineFinder::new(&text), reading };
    if lock.packages.0.is_empty() {
        reader.read_nested(None, &lock.dependencies);
    } else {
        reader.read_packages(&lock.packages);
    }
}

struct Reader<'d, 'r> {
    document: &'d Document<'d>,
    /// The project's folder.
    root: &'d str,
    lines: LineFinder<'d>,
    reading: &'r mut Reading,
}

impl Reader<'_, '_> {
    fn read_packages(&mut self, packages: &Members<'_, Package<'_>>) {
        let direct = direct_paths(packages);
        for (path, package) in &packages.0 {
            let line = self.lines.find(&format!("\"{path}\": {{"));
            let Some(root) = join(self.root, path) else { continue };
            match slot::split(path) {
                None => self.add_project(&root, package, line),
                Some(at) => {
                    let is_direct = direct.contains(path.as_ref());
                    self.add_package(at, package, packages, line, is_direct);
                }
            }
        }
    }

    /// The project itself, or a workspace of it.
    fn add_project(&mut self, folder: &str, package: &Package<'_>, line: Option<u32>) {
        let place = self.document.place_at(folder);
        let Some(name) = package.name.as_str().or_else(|| folder.rsplit('/').next()).filter(|name| !name.is_empty())
        else {
            return;
        };
        let mut claim = self.claim(name, exact(&package.version), place, line);
        claim.presence = Presence::Project;
        self.reading.claims.push(claim);
    }

    fn add_package(
        &mut self,
        (below, slot): (&str, &str),
        package: &Package<'_>,
        packages: &Members<'_, Package<'_>>,
        line: Option<u32>,
        is_direct: bool,
    ) {
        if package.extraneous.0 || package.is_for_other_platform() {
            return;
        }
        // A link's own entry says only where it leads; the workspace there is the project's.
        let target = package.link.0.then(|| package.resolved.as_str().and_then(|path| packages.get(path))).flatten();
        let described = target.unwrap_or(package);
        let Some(root) = join(self.root, below) else { return };
        let place = Place { slot: Some(slot.to_owned()), ..self.document.place_at(&root) };
        let name = described.name.as_str().unwrap_or_else(|| slot::key(slot));
        let mut claim = self.claim(name, exact(&described.version), place, line);
        claim.presence = match (package.link.0, package.dev.0 && !package.dev_optional.0) {
            (true, _) => Presence::Project,
            (false, true) => Presence::Development,
            (false, false) => Presence::Shipped,
        };
        claim.direct = Some(is_direct);
        claim.optional = package.optional.0 || package.dev_optional.0;
        claim.requires = described.asked().map(str::to_owned).collect();
        claim.import_names = vec![slot::key(slot).to_owned()];
        if !package.link.0 {
            claim.qualifiers = specification::provenance(described.resolved.as_str().unwrap_or_default());
        }
        if claim.version == Version::Unknown && claim.presence == Presence::Shipped {
            let why = format!(
                "`{name}` has no version in the lock file; write it anew with `npm install --package-lock-only`"
            );
            self.reading.gaps.push(self.document.gap(line, why));
        }
        self.reading.claims.push(claim);
    }

    fn read_nested(&mut self, outer: Option<&str>, dependencies: &Members<'_, Dependency<'_>>) {
        for (key, dependency) in &dependencies.0 {
            let line = self.lines.find(&format!("\"{key}\": {{"));
            let slot =
                outer.map_or_else(|| format!("node_modules/{key}"), |outer| format!("{outer}/node_modules/{key}"));
            self.add_nested(key, &slot, dependency, line);
            // The reader of JSON bounds the depth.
            self.read_nested(Some(&slot), &dependency.dependencies);
        }
    }

    fn add_nested(&mut self, key: &str, slot: &str, dependency: &Dependency<'_>, line: Option<u32>) {
        let text = dependency.version.as_str().unwrap_or_default();
        let (name, version) = match specification::read(key, text) {
            Specification::Local { .. } => return,
            Specification::Exact { name, version } => (name, Version::Exact(version.to_owned())),
            Specification::Range { name, range } if version::parts(range).is_some() => {
                (name, Version::Exact(range.to_owned()))
            }
            Specification::Range { name, .. } => (name, Version::Unknown),
            Specification::Remote => (key, Version::Unknown),
        };
        if version == Version::Unknown && !dependency.dev.0 {
            let why = format!("`{key}` is locked to a repository or an address, so its version is not known");
            self.reading.gaps.push(self.document.gap(line, why));
        }
        let place = Place { slot: Some(slot.to_owned()), ..self.document.place_at(self.root) };
        let mut claim = self.claim(name, version, place, line);
        claim.presence = if dependency.dev.0 { Presence::Development } else { Presence::Shipped };
        claim.optional = dependency.optional.0;
        claim.qualifiers = specification::provenance(text);
        claim.requires = dependency.requires.keys().map(str::to_owned).collect();
        claim.import_names = vec![key.to_owned()];
        self.reading.claims.push(claim);
    }

    fn claim(&self, name: &str, version: Version, place: Place, line: Option<u32>) -> Claim {
        Claim::new(name.to_owned(), version, EvidenceKind::Locked, self.document.location(line), place)
    }
}

/// Paths of the packages that the project, or a workspace of it, asks for itself.
fn direct_paths(packages: &Members<'_, Package<'_>>) -> FxHashSet<String> {
    let known: FxHashSet<&str> = packages.keys().collect();
    let projects = packages.0.iter().filter(|(path, _)| slot::split(path).is_none());
    projects
        .flat_map(|(folder, project)| project.all_asked().map(move |key| (folder.as_ref(), key)))
        .filter_map(|(folder, key)| {
            let folders = std::iter::successors(Some(folder), |inner| {
                (!inner.is_empty()).then(|| inner.rsplit_once('/').map_or("", |(outer, _)| outer))
            });
            let mut paths = folders.map(|folder| match folder {
                "" => format!("node_modules/{key}"),
                folder => format!("{folder}/node_modules/{key}"),
            });
            paths.find(|path| known.contains(path.as_str()))
        })
        .collect()
}

impl Package<'_> {
    /// What it asks for when it is installed as a dependency.
    fn asked(&self) -> impl Iterator<Item = &str> {
        self.dependencies.keys().chain(self.optional_dependencies.keys()).chain(self.peer_dependencies.keys())
    }

    /// What it asks for as the project itself.
    fn all_asked(&self) -> impl Iterator<Item = &str> {
        self.asked().chain(self.dev_dependencies.keys())
    }

    /// Whether npm leaves it out on the platforms that run functions: Linux with glibc, on x64 or arm64.
    fn is_for_other_platform(&self) -> bool {
        let list = |texts: &Texts<'_>| texts.0.iter().map(|text| text.clone().into_owned()).collect();
        let platforms = Platforms { os: list(&self.os), cpu: list(&self.cpu), libc: list(&self.libc) };
        (self.optional.0 || self.dev_optional.0) && !platforms.admit_functions()
    }
}

fn exact(version: &Text<'_>) -> Version {
    version
        .0
        .as_ref()
        .filter(|version| !version.is_empty())
        .map_or(Version::Unknown, |version: &Cow<'_, str>| Version::Exact(version.clone().into_owned()))
}
