//! `poetry.lock`.
//!
//! **Source**: poetry's documentation and the files it writes, lock versions 1.0 to 2.1. **Supported**: `category` (1.0),
//! `groups` and `markers` (2.1), `optional`, dependencies with their markers and extras, packages from repositories and
//! folders; `pyproject.toml` beside it says what the project asks for. **Unsupported** (→ gap): broken TOML.

use std::collections::BTreeMap;

use model::component::{EvidenceKind, Presence, Version};
use serde::Deserialize;
use toml::Spanned;

use crate::claim::Claim;
use crate::document::{Document, Format, Reading, decode};
use crate::ecosystems::pypi::marker::{self, Environment};
use crate::ecosystems::pypi::toml_file::{self, Lines, Wants};
use crate::ecosystems::pypi::{normalise_name, pyproject, specifier, version};
use crate::graph::{Edge, Fate, Graph, Node};
use crate::json::{Flag, Members, NamedTexts, Text, Texts};

pub(crate) const FORMAT: Format = Format {
    id: "poetry-lock",
    accepts: |path| path.file_name == "poetry.lock" && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "write it anew with `poetry lock`",
};

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Lock<'a> {
    package: Vec<Package<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Package<'a> {
    name: Option<Spanned<Text<'a>>>,
    version: Text<'a>,
    category: Text<'a>,
    optional: Flag,
    groups: Texts<'a>,
    /// One for all groups, or one for each.
    markers: NamedTexts<'a>,
    dependencies: Members<'a, Wants<'a>>,
    extras: Members<'a, Texts<'a>>,
    source: Source<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Source<'a> {
    #[serde(rename = "type")]
    kind: Text<'a>,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let Some(mut lock) = toml_file::parse::<Lock<'_>>(document, &text, FORMAT.advice, reading) else { return };
    let environment = Environment { python: document.survey.python, extras: None };
    lock.package.retain(|package| package.name().is_some() && !package.is_excluded(environment));
    let asked = manifest(document);
    let fates = graph(&lock, asked.as_ref(), environment).fates();
    let lines = Lines::new(&text);
    for (package, fate) in lock.package.iter().zip(fates) {
        let Fate::Installed(reached) = fate else { continue };
        let (Some(name), Some(line)) = (package.canonical_name(), package.name.as_ref().map(|name| lines.of(name)))
        else {
            continue;
        };
        let is_local = matches!(package.source.kind.as_str(), Some("directory" | "file"));
        let version = package.version.as_str().map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
        let direct = asked.as_ref().map(|asked| asked.asks.iter().any(|ask| ask.name == name));
        let mut claim =
            Claim::new(name, version, EvidenceKind::Locked, document.location(Some(line)), document.place());
        claim.presence = if is_local { Presence::Project } else { package.presence(environment).unwrap_or(reached) };
        claim.direct = direct;
        claim.requires = package.requires(environment);
        reading.claims.push(claim);
    }
}

/// What the manifest beside the lock asks for. Its own reader notes what is wrong with it.
fn manifest(document: &Document<'_>) -> Option<pyproject::Asked> {
    let manifest = document.sibling("pyproject.toml")?;
    let mut unnoted = Reading::default();
    let bytes = manifest.bytes(&mut unnoted)?;
    pyproject::asked(&manifest, &decode(&bytes), &mut unnoted)
}

/// Versions of one package in one lock: one for each environment it is locked for.
const MAX_VERSIONS: usize = 8;

fn graph(lock: &Lock<'_>, asked: Option<&pyproject::Asked>, environment: Environment<'_>) -> Graph {
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (node, package) in lock.package.iter().enumerate() {
        by_name.entry(package.canonical_name().unwrap_or_default()).or_default().push(node);
    }
    // Several versions of one package may be locked for different environments; the specifier tells which is meant.
    let targets = |name: &str, versions: &str| -> Vec<usize> {
        let all: Vec<usize> = by_name.get(name).into_iter().flatten().copied().take(MAX_VERSIONS).collect();
        let Ok(admitted) = specifier::parse(versions) else { return all };
        let is_meant = |node: &usize| {
            let version = lock.package.get(*node).and_then(|package| package.version.as_str());
            version.and_then(|version| version::key(version).ok()).is_some_and(|key| admitted.contains(&key))
        };
        let meant: Vec<_> = all.iter().copied().filter(is_meant).collect();
        if meant.is_empty() { all } else { meant }
    };
    let nodes = lock.package.iter().map(|package| Node { edges: package.edges(&targets, environment) }).collect();
    let roots = |presence: Presence| {
        let asks = asked.into_iter().flat_map(|asked| &asked.asks).filter(move |ask| ask.presence == presence);
        asks.flat_map(|ask| {
            let versions = match &ask.version {
                Version::Exact(version) => version.as_str(),
                Version::Range(range) => range,
                Version::Unknown => "",
            };
            let edge = |to| Edge { to, holds: ask.holds, under: Vec::new(), extras: ask.extras.clone() };
            targets(&ask.name, versions).into_iter().map(edge).collect::<Vec<_>>()
        })
        .collect()
    };
    Graph {
        nodes,
        roots: roots(Presence::Shipped),
        development_roots: roots(Presence::Development),
        optional_roots: Vec::new(),
    }
}

impl Package<'_> {
    fn name(&self) -> Option<&str> {
        self.name.as_ref()?.get_ref().as_str()
    }

    fn canonical_name(&self) -> Option<String> {
        self.name().map(|name| normalise_name(name).into_owned())
    }

    /// What the lock itself says; later versions do, and so did the first.
    fn presence(&self, environment: Environment<'_>) -> Option<Presence> {
        if self.optional.0 {
            return Some(Presence::Development);
        }
        let is_main = match (self.category.as_str(), self.groups.0.as_slice()) {
            (Some(category), _) => category == "main",
            (None, []) => return None,
            (None, groups) => groups.iter().any(|group| group == "main") && !self.is_excluded_from("main", environment),
        };
        Some(if is_main { Presence::Shipped } else { Presence::Development })
    }

    /// Whether no group wants it where functions run. A group without a marker of its own wants it everywhere.
    fn is_excluded(&self, environment: Environment<'_>) -> bool {
        let groups = &self.groups.0;
        match groups.as_slice() {
            [] => self.is_excluded_from("main", environment),
            groups => groups.iter().all(|group| self.is_excluded_from(group, environment)),
        }
    }

    fn is_excluded_from(&self, group: &str, environment: Environment<'_>) -> bool {
        let markers = self.markers.0.iter().filter(|(name, _)| name.as_ref().is_none_or(|name| name == group));
        markers.into_iter().any(|(_, text)| marker::evaluate(text, environment) == Some(false))
    }

    fn edges(&self, targets: &dyn Fn(&str, &str) -> Vec<usize>, environment: Environment<'_>) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (key, wants) in &self.dependencies.0 {
            let name = normalise_name(key);
            for want in &wants.0 {
                let under = if want.optional.0 { self.extras_with(&name) } else { Vec::new() };
                let extras: Vec<_> = want.extras.0.iter().map(|extra| extra.clone().into_owned()).collect();
                let holds = pyproject::holds(want, environment.python);
                let to = targets(&name, want.version.as_str().unwrap_or_default());
                edges.extend(to.into_iter().map(|to| Edge { to, holds, under: under.clone(), extras: extras.clone() }));
            }
        }
        edges
    }

    /// The extras of this package that ask for `name`. One that no extra lists is asked for by a name that nobody has.
    fn extras_with(&self, name: &str) -> Vec<String> {
        let lists = |texts: &Texts<'_>| {
            texts.0.iter().any(|text| {
                crate::ecosystems::pypi::requirement::parse(text).is_some_and(|asked| asked.canonical_name() == name)
            })
        };
        let extras: Vec<_> = self
            .extras
            .0
            .iter()
            .filter(|(_, texts)| lists(texts))
            .map(|(extra, _)| extra.clone().into_owned())
            .collect();
        if extras.is_empty() { vec![String::new()] } else { extras }
    }

    fn requires(&self, environment: Environment<'_>) -> Vec<String> {
        let is_asked =
            |wants: &Wants<'_>| wants.0.iter().any(|want| pyproject::holds(want, environment.python) != Some(false));
        self.dependencies
            .0
            .iter()
            .filter(|(_, wants)| is_asked(wants))
            .map(|(name, _)| normalise_name(name).into_owned())
            .collect()
    }
}
