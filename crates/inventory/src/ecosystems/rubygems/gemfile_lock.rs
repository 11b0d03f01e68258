//! `Gemfile.lock` and `gems.locked`.
//!
//! **Source**: Bundler's documentation, "Bundler's purpose and rationale", and the files of Bundler 1 to 2. **Supported**: `GEM`,
//! `GIT`, `PATH`, `PLUGIN SOURCE` and `DEPENDENCIES`; platforms behind versions (which are no part of them); groups, which the
//! Gemfile beside it states. **Unsupported**: `CHECKSUMS`, `RUBY VERSION` and `BUNDLED WITH`, which name no packages of the
//! function.

use std::collections::{BTreeMap, BTreeSet};

use model::component::{EvidenceKind, Presence, Version};

use crate::claim::Claim;
use crate::document::{Document, Format, Reading, decode};
use crate::ecosystems::rubygems::gemfile::Gemfile;
use crate::ecosystems::rubygems::is_in_gem;
use crate::graph::{Edge, Fate, Graph, Node};

pub(crate) const FORMAT: Format = Format {
    id: "gemfile-lock",
    accepts: |path| {
        matches!(path.file_name, "Gemfile.lock" | "gems.locked") && path.is_of_project() && !is_in_gem(path.folder)
    },
    read,
    finds_installed: false,
    advice: "write it anew with `bundle lock`",
};

/// Packages read from one lock.
const MAX_PACKAGES: usize = 50_000;

#[derive(Debug)]
struct Gem {
    name: String,
    version: String,
    line: u32,
    requires: Vec<String>,
    source: Source,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Source {
    #[default]
    Registry,
    /// Address and commit.
    Repository {
        remote: String,
        revision: String,
    },
    Folder,
}

#[derive(Debug, Default)]
struct Lock {
    gems: Vec<Gem>,
    /// Names under `DEPENDENCIES`.
    asked: BTreeSet<String>,
    is_cut: bool,
    /// It has a section of those that Bundler writes.
    is_lock: bool,
}

/// Titles that a lock has, one of them at least.
const SECTIONS: &[&str] = &["BUNDLED WITH", "DEPENDENCIES", "GEM", "GIT", "PATH", "PLATFORMS", "PLUGIN SOURCE"];

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let lock = Lock::parse(&text);
    if text.lines().any(|line| line.starts_with("<<<<<<<")) {
        reading.gaps.push(document.gap(None, format!("the lock holds an unsettled merge; {}", FORMAT.advice)));
    }
    if !lock.is_lock {
        reading.gaps.push(document.unrecognised(FORMAT.advice));
    }
    if lock.is_cut {
        let why = format!("more than {MAX_PACKAGES} packages in one lock file; what follows was not read");
        reading.gaps.push(document.gap(None, why));
    }
    let gemfile = gemfile_beside(document);
    let fates = lock.fates(gemfile.as_ref());
    for (gem, fate) in lock.gems.iter().zip(fates) {
        let Fate::Installed(presence) = fate else { continue };
        let version = Version::Exact(gem.version.clone());
        let location = document.location(Some(gem.line));
        let mut claim = Claim::new(gem.name.clone(), version, EvidenceKind::Locked, location, document.place());
        claim.presence = presence;
        claim.requires.clone_from(&gem.requires);
        claim.direct = (!lock.asked.is_empty()).then(|| lock.asked.contains(&gem.name));
        match &gem.source {
            Source::Registry => {}
            Source::Folder => claim.presence = Presence::Project,
            Source::Repository { remote, revision } => {
                claim.qualifiers = vec![("vcs_url", format!("git+{remote}@{revision}"))];
            }
        }
        reading.claims.push(claim);
    }
}

fn gemfile_beside(document: &Document<'_>) -> Option<Gemfile> {
    let name = if document.path.file_name == "gems.locked" { "gems.rb" } else { "Gemfile" };
    // What is wrong with it its own reader notes.
    let bytes = document.sibling(name)?.bytes(&mut Reading::default())?;
    Some(Gemfile::parse(&decode(&bytes)))
}

impl Lock {
    fn parse(text: &str) -> Self {
        let mut lock = Self::default();
        let mut section = "";
        let mut source = Source::default();
        for (raw, line) in text.lines().zip(1..) {
            let content = raw.trim();
            let indent = raw.len() - raw.trim_start_matches(' ').len();
            match (indent, section) {
                _ if content.is_empty() => {}
                (0, _) => {
                    section = content;
                    lock.is_lock |= SECTIONS.contains(&section);
                    source = match content {
                        "GIT" => Source::Repository { remote: String::new(), revision: String::new() },
                        "PATH" => Source::Folder,
                        _ => Source::Registry,
                    };
                }
                (2, "DEPENDENCIES") => {
                    let name = content.split(' ').next().unwrap_or(content);
                    lock.asked.insert(name.trim_end_matches('!').to_owned());
                }
                (2, "GIT") => source.read_field(content),
                (4, "GEM" | "GIT" | "PATH" | "PLUGIN SOURCE") => {
                    if lock.gems.len() >= MAX_PACKAGES {
                        lock.is_cut = true;
                        return lock;
                    }
                    lock.gems.extend(gem(content, line, &source));
                }
                (6, "GEM" | "GIT" | "PATH" | "PLUGIN SOURCE") => {
                    let name = content.split(' ').next().unwrap_or(content).trim_end_matches('!');
                    if let Some(gem) = lock.gems.last_mut() {
                        gem.requires.push(name.to_owned());
                    }
                }
                _ => {}
            }
        }
        lock
    }

    fn fates(&self, gemfile: Option<&Gemfile>) -> Vec<Fate> {
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, gem) in self.gems.iter().enumerate() {
            by_name.entry(&gem.name).or_default().push(at);
        }
        let edges = |name: &str| {
            let targets = by_name.get(name).into_iter().flatten();
            targets.map(|to| Edge { to: *to, holds: Some(true), ..Edge::default() }).collect::<Vec<_>>()
        };
        let nodes = self
            .gems
            .iter()
            .map(|gem| Node { edges: gem.requires.iter().flat_map(|name| edges(name)).collect() })
            .collect();
        let mut graph = Graph { nodes, ..Graph::default() };
        let presences = self.presences(gemfile);
        for name in &self.asked {
            let roots = match presences.get(name.as_str()).copied().unwrap_or(Presence::Shipped) {
                Presence::Development => &mut graph.development_roots,
                _ => &mut graph.roots,
            };
            roots.extend(edges(name));
        }
        graph.fates()
    }

    /// What the project wants each gem for that it names itself.
    fn presences(&self, gemfile: Option<&Gemfile>) -> BTreeMap<&str, Presence> {
        let Some(gemfile) = gemfile else { return BTreeMap::new() };
        // The gemspec's own dependencies stand under `PATH`; only those for development are named among the others too.
        let others = if gemfile.has_gemspec { Presence::Development } else { Presence::Shipped };
        let mut presences: BTreeMap<&str, Presence> = self.asked.iter().map(|name| (name.as_str(), others)).collect();
        let own = self.gems.iter().filter(|gem| gem.source == Source::Folder);
        presences.extend(own.map(|gem| (gem.name.as_str(), Presence::Shipped)));
        let (shipped, development): (Vec<_>, Vec<_>) =
            gemfile.gems.iter().partition(|asked| asked.presence == Presence::Shipped);
        for asked in development.into_iter().chain(shipped) {
            if let Some(presence) = presences.get_mut(asked.name.as_str()) {
                *presence = asked.presence;
            }
        }
        presences
    }
}

impl Source {
    fn read_field(&mut self, content: &str) {
        let Self::Repository { remote, revision } = self else { return };
        match content.split_once(": ") {
            Some(("remote", value)) => value.clone_into(remote),
            Some(("revision", value)) => value.clone_into(revision),
            _ => {}
        }
    }
}

/// `nokogiri (1.15.0-x86_64-linux)`: versions hold no hyphen, so what follows one is the platform.
fn gem(content: &str, line: u32, source: &Source) -> Option<Gem> {
    let (name, version) = content.split_once(" (")?;
    let version = version.strip_suffix(')')?.split('-').next()?;
    Some(Gem { name: name.to_owned(), version: version.to_owned(), line, requires: Vec::new(), source: source.clone() })
}
