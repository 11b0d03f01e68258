//! `Cargo.lock`: every crate that a build of the workspace may take.
//!
//! **Source**: The Cargo Book, "Cargo.toml vs Cargo.lock"; documentation of Cargo's `Resolve` encoding. **Supported**: versions 1
//! to 4. What only tests and build scripts ask for is told by the manifests of the workspace's crates, where they are there.
//! **Unsupported**: which features and platforms a build is for; the lock holds crates for all of them, and all count.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use model::component::{EvidenceKind, Presence, Version};
use serde::Deserialize;
use toml::Spanned;

use super::cargo_toml::{self, Use};
use super::source_qualifier;
use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading, decode};
use crate::ecosystems::pypi::toml_file::{self, Lines};

pub(crate) const FORMAT: Format = Format { id: "cargo-lock", accepts, read, finds_installed: false, advice: "" };

/// Crates of one lock; the largest workspaces have some thousand.
const MAX_CRATES: usize = 50_000;

fn accepts(path: EntryPath<'_>) -> bool {
    path.file_name == "Cargo.lock" && path.is_of_project() && !path.path.contains("registry/src/")
}

#[derive(Debug, Deserialize)]
struct Lock<'a> {
    /// The project itself, in version 1.
    #[serde(borrow)]
    root: Option<Locked<'a>>,
    #[serde(borrow, default)]
    package: Vec<Locked<'a>>,
}

#[derive(Debug, Deserialize)]
struct Locked<'a> {
    #[serde(borrow)]
    name: Spanned<Cow<'a, str>>,
    #[serde(borrow)]
    version: Cow<'a, str>,
    /// `None` for crates of the workspace.
    #[serde(borrow)]
    source: Option<Cow<'a, str>>,
    /// `name`, `name version` where several are locked, `name version (source)`.
    #[serde(borrow, default)]
    dependencies: Vec<Cow<'a, str>>,
}

impl Locked<'_> {
    fn name(&self) -> &str {
        self.name.get_ref()
    }
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let advice = "write it anew with `cargo generate-lockfile`";
    let Some(lock) = toml_file::parse::<Lock<'_>>(document, &text, advice, reading) else { return };
    let mut crates: Vec<Locked<'_>> = lock.root.into_iter().chain(lock.package).collect();
    if crates.len() > MAX_CRATES {
        crates.truncate(MAX_CRATES);
        let why = format!("more than {MAX_CRATES} crates are locked and the rest was not read; split the workspace");
        reading.gaps.push(document.gap(None, why));
    }
    let members = Members::find(document, reading);
    let edges = edges(&crates);
    let linked = linked(&crates, &edges, &members);
    let lines = Lines::new(&text);
    let mut claims: Vec<Claim> =
        crates.iter().enumerate().map(|(at, locked)| claim(document, locked, &lines, linked.contains(&at))).collect();
    for (asking, asked) in crates.iter().zip(&edges) {
        for at in asked {
            let Some(asked) = claims.get_mut(*at) else { continue };
            match asking.source {
                None => asked.direct = Some(true),
                Some(_) => asked.parents.push(asking.name().to_owned()),
            }
        }
    }
    reading.claims.extend(claims);
}

fn claim(document: &Document<'_>, locked: &Locked<'_>, lines: &Lines, is_linked: bool) -> Claim {
    let location = document.location(Some(lines.of(&locked.name)));
    let version = Version::Exact(locked.version.clone().into_owned());
    let mut claim = Claim::new(locked.name().to_owned(), version, EvidenceKind::Locked, location, document.place());
    claim.qualifiers.extend(locked.source.as_deref().and_then(source_qualifier));
    claim.presence = match locked.source {
        None => Presence::Project,
        Some(_) if is_linked => Presence::Shipped,
        Some(_) => Presence::Development,
    };
    claim
}

/// For each crate the indices of those it asks for.
fn edges(crates: &[Locked<'_>]) -> Vec<Vec<usize>> {
    let mut named: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, locked) in crates.iter().enumerate() {
        named.entry(locked.name()).or_default().push(at);
    }
    let targets = |text: &str| -> Vec<usize> {
        let mut words = text.split(' ');
        let same_name = words.next().and_then(|name| named.get(name)).map(Vec::as_slice).unwrap_or_default();
        let version = words.next();
        let is_meant = |at: &&usize| crates.get(**at).is_some_and(|locked| version.is_none_or(|v| v == locked.version));
        same_name.iter().filter(is_meant).copied().collect()
    };
    crates.iter().map(|locked| locked.dependencies.iter().flat_map(|text| targets(text)).collect()).collect()
}

/// Indices of the crates that end up in a program: what the workspace's crates ask for outside of tests and build scripts,
/// and what that asks for in turn. Everything where a crate of the workspace has no manifest to say so.
fn linked(crates: &[Locked<'_>], edges: &[Vec<usize>], members: &Members) -> BTreeSet<usize> {
    let mut linked: BTreeSet<usize> = BTreeSet::new();
    let mut waiting: Vec<usize> = Vec::new();
    for (locked, edges) in crates.iter().zip(edges).filter(|(locked, _)| locked.source.is_none()) {
        let asked = members.linked.get(locked.name());
        let is_linked = |at: &&usize| {
            asked.is_none_or(|asked| crates.get(**at).is_some_and(|locked| asked.contains(locked.name())))
        };
        waiting.extend(edges.iter().filter(is_linked));
    }
    while let Some(at) = waiting.pop() {
        if linked.insert(at) {
            // A crate of the workspace starts for itself, by its manifest.
            let is_member = crates.get(at).is_none_or(|locked| locked.source.is_none());
            waiting.extend(edges.get(at).into_iter().flatten().filter(|_| !is_member));
        }
    }
    linked
}

/// The manifests of the workspace's crates.
#[derive(Debug, Default)]
struct Members {
    /// What each asks for outside of tests and build scripts.
    linked: BTreeMap<String, BTreeSet<String>>,
}

impl Members {
    /// Reads every manifest below the lock's folder, and says of their folders that the lock speaks of them.
    fn find(document: &Document<'_>, reading: &mut Reading) -> Self {
        let artifact = document.survey.artifact;
        let mut members = Self::default();
        for entry in artifact.under(document.entry.mount, document.path.folder) {
            let path = EntryPath::new(&entry.path);
            if path.file_name != "Cargo.toml" || !path.is_of_project() {
                continue;
            }
            let manifest = Document::new(document.survey, entry);
            let Some((_, table)) = cargo_toml::parse(&manifest, &mut Reading::default()) else { continue };
            reading.covers.push((entry.mount, path.folder.to_owned()));
            let name = table.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
            let Some(name) = name else { continue };
            let workspace = cargo_toml::workspace(&manifest);
            let asked = cargo_toml::dependencies(&table, workspace.as_ref());
            let asked = asked.iter().filter(|dependency| dependency.of == Use::Linked);
            members.linked.insert(name.to_owned(), asked.map(|dependency| dependency.name.to_owned()).collect());
        }
        members
    }
}
