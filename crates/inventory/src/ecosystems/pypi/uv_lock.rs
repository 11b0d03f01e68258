//! `uv.lock`.
//!
//! **Source**: uv's documentation on locking and the files it writes, lock version 1. **Supported**: dependencies with
//! markers, versions and extras, optional and development dependencies, workspaces, several versions of one package.
//! **Unsupported** (→ gap): broken TOML.

use std::collections::BTreeMap;

use model::component::{EvidenceKind, Presence, Version};
use serde::Deserialize;
use toml::Spanned;

use crate::claim::Claim;
use crate::document::{Document, Format, Reading, decode, join};
use crate::ecosystems::pypi::marker::{self, Environment};
use crate::ecosystems::pypi::normalise_name;
use crate::ecosystems::pypi::toml_file::{self, Lines, Want};
use crate::graph::{Edge, Fate, Graph, Node};
use crate::json::{Members, Text};

pub(crate) const FORMAT: Format = Format {
    id: "uv-lock",
    accepts: |path| path.file_name == "uv.lock" && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "write it anew with `uv lock`",
};

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Lock<'a> {
    #[serde(alias = "distribution")]
    package: Vec<Package<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", bound(deserialize = "'de: 'a"))]
struct Package<'a> {
    name: Option<Spanned<Text<'a>>>,
    version: Text<'a>,
    source: Source<'a>,
    dependencies: Vec<Want<'a>>,
    optional_dependencies: Members<'a, Vec<Want<'a>>>,
    dev_dependencies: Members<'a, Vec<Want<'a>>>,
}

/// Where the package comes from; folders are given relative to the lock.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Source<'a> {
    editable: Text<'a>,
    r#virtual: Text<'a>,
    directory: Text<'a>,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let Some(mut lock) = toml_file::parse::<Lock<'_>>(document, &text, FORMAT.advice, reading) else { return };
    lock.package.retain(|package| package.canonical_name().is_some());
    let environment = Environment { python: document.survey.python, extras: None };
    let graph = graph(&lock, environment);
    let asked: Vec<usize> = graph.roots.iter().chain(&graph.development_roots).map(|edge| edge.to).collect();
    let lines = Lines::new(&text);
    for ((at, package), fate) in lock.package.iter().enumerate().zip(graph.fates()) {
        let (Some(name), Some(line)) = (package.canonical_name(), package.name.as_ref().map(|name| lines.of(name)))
        else {
            continue;
        };
        let version = package.version.as_str().map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
        let mut claim =
            Claim::new(name, version, EvidenceKind::Locked, document.location(Some(line)), document.place());
        match (package.folder(), fate) {
            (Some(folder), _) => {
                claim.presence = Presence::Project;
                claim.place.root = join(document.path.folder, folder).unwrap_or_default();
            }
            (None, Fate::Excluded) => continue,
            (None, Fate::Installed(presence)) => {
                claim.presence = presence;
                claim.direct = Some(asked.contains(&at));
                claim.requires = package.requires(environment);
            }
        }
        reading.claims.push(claim);
    }
}

/// Versions of one package in one lock: one for each environment it is locked for.
const MAX_VERSIONS: usize = 8;

fn graph(lock: &Lock<'_>, environment: Environment<'_>) -> Graph {
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (node, package) in lock.package.iter().enumerate() {
        by_name.entry(package.canonical_name().unwrap_or_default()).or_default().push(node);
    }
    let edges = |want: &Want<'_>, under: &[&str]| -> Vec<Edge> {
        let name = name_of(want).unwrap_or_default();
        // A version is stated only where the lock holds several.
        let is_meant = |node: &usize| {
            let locked = lock.package.get(*node).and_then(|package| package.version.as_str());
            want.version.as_str().is_none_or(|version| Some(version) == locked)
        };
        let to = by_name.get(&name).into_iter().flatten().copied().take(MAX_VERSIONS).filter(is_meant);
        let extras: Vec<_> = want.extras.0.iter().map(|extra| extra.clone().into_owned()).collect();
        let under: Vec<_> = under.iter().map(|extra| (*extra).to_owned()).collect();
        to.map(|to| Edge { to, holds: holds(want, environment), under: under.clone(), extras: extras.clone() })
            .collect()
    };
    let mut graph = Graph::default();
    for package in &lock.package {
        let own: Vec<_> = package.dependencies.iter().flat_map(|want| edges(want, &[])).collect();
        if package.folder().is_some() {
            graph.roots.extend(own.iter().cloned());
            let development = package.dev_dependencies.0.iter().flat_map(|(_, wants)| wants);
            graph.development_roots.extend(development.flat_map(|want| edges(want, &[])));
        }
        let optional = package.optional_dependencies.0.iter();
        let optional = optional.flat_map(|(extra, wants)| wants.iter().map(move |want| (extra, want)));
        let optional: Vec<_> = optional.flat_map(|(extra, want)| edges(want, &[extra])).collect();
        if package.folder().is_some() {
            graph.optional_roots.extend(optional.iter().map(|edge| Edge { under: Vec::new(), ..edge.clone() }));
        }
        graph.nodes.push(Node { edges: own.into_iter().chain(optional).collect() });
    }
    graph
}

fn name_of(want: &Want<'_>) -> Option<String> {
    want.name.as_str().map(|name| normalise_name(name).into_owned())
}

fn holds(want: &Want<'_>, environment: Environment<'_>) -> Option<bool> {
    marker::evaluate(want.markers.as_str().unwrap_or_default(), environment)
}

impl Package<'_> {
    fn canonical_name(&self) -> Option<String> {
        self.name.as_ref()?.get_ref().as_str().map(|name| normalise_name(name).into_owned())
    }

    fn requires(&self, environment: Environment<'_>) -> Vec<String> {
        let optional = self.optional_dependencies.0.iter().flat_map(|(_, wants)| wants);
        let wants = self.dependencies.iter().chain(optional).filter(|want| holds(want, environment) != Some(false));
        wants.filter_map(name_of).collect()
    }

    /// The folder of a package that belongs to the project.
    fn folder(&self) -> Option<&str> {
        [&self.source.editable, &self.source.r#virtual, &self.source.directory].into_iter().find_map(Text::as_str)
    }
}
