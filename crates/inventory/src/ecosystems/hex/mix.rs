//! `mix.lock` and `mix.exs`.
//!
//! **Source**: Mix's documentation, `mix deps`, and Hex's, "Usage". **Supported**: packages of Hex under their real names,
//! repositories with commits, `only:` of the project's own dependencies. **Unsupported** (→ gap): packages of repositories, whose
//! version the lock does not state; dependencies that are computed.

use std::collections::{BTreeMap, BTreeSet};

use model::component::{EvidenceKind, Presence, Version};

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading, decode};
use crate::ecosystem::lower_case;
use crate::ecosystems::semver;
use crate::graph::{Edge, Fate, Graph, Node};

pub(crate) const LOCK: Format = Format {
    id: "mix-lock",
    accepts: |path| path.file_name == "mix.lock" && is_of_project(path),
    read: read_lock,
    finds_installed: false,
    advice: "write it anew with `mix deps.get`",
};

pub(crate) const MANIFEST: Format = Format {
    id: "mix-exs",
    accepts: |path| path.file_name == "mix.exs" && is_of_project(path),
    read: read_manifest,
    finds_installed: false,
    advice: "run `mix deps.get` beside it and scan again",
};

/// Packages read from one file.
const MAX_PACKAGES: usize = 20_000;

/// Not in the folders that Mix fetches packages to and builds them in.
pub(super) fn is_of_project(path: EntryPath<'_>) -> bool {
    path.is_of_project() && !path.folder.split('/').any(|folder| matches!(folder, "deps" | "_build"))
}

struct Locked<'a> {
    package: &'a str,
    /// `None` for what comes from a repository.
    version: Option<&'a str>,
    source: (&'a str, &'a str),
    requires: Vec<&'a str>,
    line: u32,
}

fn read_lock(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    // A lock is one map, an empty one where nothing is locked.
    if !text.trim_start().starts_with("%{") {
        reading.gaps.push(document.unrecognised(LOCK.advice));
    }
    let packages: Vec<_> =
        text.lines().zip(1..).filter_map(|(content, line)| locked(content, line)).take(MAX_PACKAGES).collect();
    let asked = document.sibling("mix.exs").and_then(|manifest| {
        let bytes = manifest.bytes(&mut Reading::default())?;
        Some(asked(&decode(&bytes)))
    });
    let fates = fates(&packages, asked.as_deref().unwrap_or_default());
    let direct: Option<BTreeSet<&str>> =
        asked.as_ref().map(|asked| asked.iter().map(|asked| asked.name.as_str()).collect());
    for (locked, fate) in packages.iter().zip(fates) {
        let Fate::Installed(presence) = fate else { continue };
        let version = locked.version.map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
        let package = lower_case(locked.package).into_owned();
        let location = document.location(Some(locked.line));
        let mut claim = Claim::new(package, version, EvidenceKind::Locked, location, document.place());
        claim.presence = presence;
        claim.requires = locked.requires.iter().map(|name| lower_case(name).into_owned()).collect();
        claim.direct = direct.as_ref().map(|direct| direct.contains(locked.package));
        if locked.version.is_none() {
            let (address, commit) = locked.source;
            claim.qualifiers = vec![("vcs_url", format!("git+{address}@{commit}"))];
            if presence == Presence::Shipped {
                let why = format!("`{}` is locked to a repository, so its version is not known", locked.package);
                reading.gaps.push(document.gap(Some(locked.line), why));
            }
        }
        reading.claims.push(claim);
    }
}

/// `"plug": {:hex, :plug, "1.11.0", "…", [:mix], [{:mime, "~> 1.0", […]}], "hexpm", "…"},`
fn locked(content: &str, line: u32) -> Option<Locked<'_>> {
    let (key, rest) = content.trim().strip_prefix('"')?.split_once('"')?;
    let rest = rest.trim_start_matches([':', ' ']).trim_start_matches("=>").trim_start();
    if let Some(hex) = rest.strip_prefix("{:hex, ") {
        let (package, rest) = hex.split_once(',')?;
        let (version, rest) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
        let requires = rest.split("{:").skip(1).filter_map(|dependency| {
            let end = dependency.find([',', '}'])?;
            Some(dependency.get(..end)?.trim_matches('"'))
        });
        let package = package.trim_start_matches(':').trim_matches('"');
        return Some(Locked { package, version: Some(version), source: ("", ""), requires: requires.collect(), line });
    }
    let mut literals = rest.strip_prefix("{:git, ")?.split('"').skip(1).step_by(2);
    let source = (literals.next()?, literals.next()?);
    Some(Locked { package: key, version: None, source, requires: Vec::new(), line })
}

fn fates(packages: &[Locked<'_>], asked: &[Asked]) -> Vec<Fate> {
    let by_name: BTreeMap<&str, usize> = packages.iter().enumerate().map(|(at, locked)| (locked.package, at)).collect();
    let edge = |name: &str| by_name.get(name).map(|to| Edge { to: *to, holds: Some(true), ..Edge::default() });
    let nodes =
        packages.iter().map(|locked| Node { edges: locked.requires.iter().filter_map(|name| edge(name)).collect() });
    let mut graph = Graph { nodes: nodes.collect(), ..Graph::default() };
    for asked in asked {
        let roots = match asked.presence {
            Presence::Development => &mut graph.development_roots,
            _ => &mut graph.roots,
        };
        roots.extend(edge(&asked.name));
    }
    graph.fates()
}

/// A dependency of the project's own.
struct Asked {
    name: String,
    requirement: Option<String>,
    presence: Presence,
    is_local: bool,
    is_from_repository: bool,
    line: u32,
}

fn read_manifest(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let has_lock = document.sibling("mix.lock").is_some();
    for asked in asked(&text).into_iter().filter(|asked| !asked.is_local) {
        if asked.is_from_repository && asked.presence == Presence::Shipped && !has_lock {
            let why = format!("`{}` comes from a repository, so its version is not known", asked.name);
            reading.gaps.push(document.gap(Some(asked.line), why));
        }
        let version = match asked.requirement {
            Some(text) => {
                let bare = text.trim_start_matches('=').trim();
                let is_exact = semver::parts(bare).is_some_and(|parts| parts.numbers.len() == 3);
                if is_exact { Version::Exact(bare.to_owned()) } else { Version::Range(text) }
            }
            None if asked.is_from_repository => Version::Unknown,
            None => Version::Range(String::new()),
        };
        let package = lower_case(&asked.name).into_owned();
        let location = document.location(Some(asked.line));
        let mut claim = Claim::new(package, version, EvidenceKind::Declared, location, document.place());
        claim.presence = asked.presence;
        claim.direct = Some(true);
        reading.claims.push(claim);
    }
    if let Some(name) = project_name(&text) {
        let version = text.lines().find_map(|line| line.trim().strip_prefix("version: \"")?.split('"').next());
        let version = version.map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
        let mut claim =
            Claim::new(name.to_owned(), version, EvidenceKind::Declared, document.location(None), document.place());
        claim.presence = Presence::Project;
        reading.claims.push(claim);
    }
}

fn project_name(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.trim().strip_prefix("app: :")).map(|rest| rest.trim_end_matches(','))
}

/// The tuples in functions called after dependencies: `defp deps do [{:plug, "~> 1.0", only: :test}] end`.
fn asked(text: &str) -> Vec<Asked> {
    let mut found: Vec<Asked> = Vec::new();
    // The indentation of the function that is being read.
    let mut function: Option<usize> = None;
    for (raw, line) in text.lines().zip(1..) {
        let content = raw.trim();
        let indent = raw.len() - raw.trim_start().len();
        if content.starts_with("def ") || content.starts_with("defp ") {
            let name = content.split_whitespace().nth(1).unwrap_or_default();
            function = name.contains("deps").then_some(indent);
        } else if content == "end" && function == Some(indent) {
            function = None;
        }
        if function.is_none() || content.starts_with('#') || found.len() >= MAX_PACKAGES {
            continue;
        }
        for tuple in content.split("{:").skip(1) {
            let end = tuple.find([',', '}']).unwrap_or(tuple.len());
            let (name, options) = tuple.split_at(end);
            found.push(asked_by(name.trim_matches('"'), options, line));
        }
        // Options may stand on lines of their own.
        if !content.contains("{:")
            && let Some(last) = found.last_mut()
        {
            last.read_options(content);
        }
    }
    found
}

fn asked_by(name: &str, options: &str, line: u32) -> Asked {
    let after = options.trim_start_matches(',').trim_start();
    let requirement = after.strip_prefix('"').and_then(|rest| rest.split('"').next()).map(str::to_owned);
    let mut asked = Asked {
        name: name.to_owned(),
        requirement,
        presence: Presence::Shipped,
        is_local: false,
        is_from_repository: false,
        line,
    };
    asked.read_options(options);
    asked
}

impl Asked {
    fn read_options(&mut self, options: &str) {
        if let Some((_, only)) = options.split_once("only:") {
            let only = only.trim_start();
            let list = if only.starts_with('[') { only.split(']').next() } else { only.split([',', '}']).next() };
            if list.is_some_and(|list| !list.contains(":prod")) {
                self.presence = Presence::Development;
            }
        }
        self.is_local |=
            options.contains(" path:") || options.starts_with("path:") || options.contains("in_umbrella: true");
        self.is_from_repository |= ["git:", "github:"].iter().any(|key| options.contains(key));
    }
}
