//! What the locks of yarn, pnpm and bun have in common: packages with edges, to be judged by what the project asks for.

use model::Gap;
use model::component::{EvidenceKind, Presence, Version};

use crate::claim::{Claim, Place};
use crate::document::{Document, Reading, join};
use crate::ecosystems::npm::{specification, version};
use crate::graph::{Edge, Fate, Graph, Node};
use crate::indented;

/// Packages read from one lock; the largest have some ten thousand.
pub(crate) const MAX_PACKAGES: usize = 50_000;

/// The gap of a lock with more packages than are read.
pub(crate) fn too_many(document: &Document<'_>) -> Gap {
    document.gap(None, format!("more than {MAX_PACKAGES} packages in one lock file; what follows was not read"))
}

/// A lock file as packages and edges between them.
#[derive(Debug, Default)]
pub(crate) struct LockGraph {
    pub(crate) packages: Vec<LockedPackage>,
    /// What each package asks for, by index.
    pub(crate) edges: Vec<Vec<usize>>,
    pub(crate) roots: Vec<usize>,
    pub(crate) development_roots: Vec<usize>,
    /// Folders of the projects that the lock speaks of, relative to it.
    pub(crate) projects: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct LockedPackage {
    pub(crate) name: String,
    /// As the lock states it; empty when it does not.
    pub(crate) version: String,
    pub(crate) line: Option<u32>,
    pub(crate) platforms: Platforms,
    pub(crate) optional: bool,
    /// What the lock itself says of development; `None` leaves it to the edges.
    pub(crate) presence: Option<Presence>,
    /// Where it was fetched from, as the lock writes it; empty when it does not.
    pub(crate) resolved: String,
    /// Whether it is a folder of the project: found by its own manifest, but what it asks for is installed.
    pub(crate) is_local: bool,
    /// Where an install puts it, when the lock says so.
    pub(crate) slot: Option<String>,
}

impl LockedPackage {
    fn stated_version(&self) -> Version {
        let stated = Some(self.version.as_str()).filter(|version| version::parts(version).is_some());
        let version = stated.or_else(|| specification::version_of_archive(&self.name, &self.resolved));
        version.map_or(Version::Unknown, |version| Version::Exact(version.to_owned()))
    }
}

/// The platforms that a package is made for; empty lists admit all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Platforms {
    pub(crate) os: Vec<String>,
    pub(crate) cpu: Vec<String>,
    pub(crate) libc: Vec<String>,
}

impl Platforms {
    /// Whether functions may run on one of them: Linux with glibc, on x64 or arm64.
    pub(crate) fn admit_functions(&self) -> bool {
        admits(&self.os, &["linux"]) && admits(&self.cpu, &["x64", "arm64"]) && admits(&self.libc, &["glibc"])
    }

    /// Reads `os`, `cpu` or `libc` with one value or `[a, b]`; other fields are left alone.
    pub(crate) fn read_field(&mut self, key: &str, value: &str) {
        let list = match key {
            "os" => &mut self.os,
            "cpu" => &mut self.cpu,
            "libc" => &mut self.libc,
            _ => return,
        };
        list.extend(indented::items(value).map(str::to_owned));
    }
}

/// The platforms that an optional package is made for by its name, for locks that do not state them: such packages are
/// called after what node calls the platform (`@esbuild/darwin-arm64`, `@next/swc-win32-x64-msvc`).
pub(crate) fn platforms_by_name(name: &str) -> Platforms {
    const SYSTEMS: &[&str] =
        &["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
    const PROCESSORS: &[&str] =
        &["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "ppc64le", "riscv64", "s390x", "wasm32", "x64"];
    let named = |known: &[&str]| -> Vec<String> {
        name.split(['-', '/', '_']).filter(|word| known.contains(word)).map(str::to_owned).collect()
    };
    if name == "fsevents" {
        return Platforms { os: vec!["darwin".to_owned()], ..Platforms::default() };
    }
    let os = named(SYSTEMS);
    if os.is_empty() {
        return Platforms::default();
    }
    Platforms { os, cpu: named(PROCESSORS), libc: named(&["musl"]) }
}

/// Whether a list of `os`, `cpu` or `libc` admits one of `ours`: empty admits all, `!x` all but `x`.
fn admits(list: &[String], ours: &[&str]) -> bool {
    let is_named = |name: &str| list.iter().any(|item| item == name);
    let has_positive = list.iter().any(|item| !item.starts_with('!'));
    ours.iter().any(|name| !is_named(&format!("!{name}")) && (!has_positive || is_named(name) || is_named("any")))
}

/// The lock's packages as claims, without those that no platform of functions installs.
pub(crate) fn claim_all(document: &Document<'_>, lock: &LockGraph, advice: &str, reading: &mut Reading) {
    let fates = fates(lock);
    let parents = parents(lock);
    for (at, (package, fate)) in lock.packages.iter().zip(fates).enumerate() {
        let Fate::Installed(reached) = fate else { continue };
        let is_excluded = package.optional && !package.platforms.admit_functions();
        if is_excluded || package.is_local {
            continue;
        }
        let place = Place { slot: package.slot.clone(), ..document.place() };
        let version = package.stated_version();
        let mut claim =
            Claim::new(package.name.clone(), version, EvidenceKind::Locked, document.location(package.line), place);
        claim.presence = package.presence.unwrap_or(reached);
        claim.optional = package.optional;
        claim.qualifiers = specification::provenance(&package.resolved);
        claim.direct = (!lock.roots.is_empty() || !lock.development_roots.is_empty())
            .then(|| lock.roots.contains(&at) || lock.development_roots.contains(&at));
        claim.parents = parents.get(at).cloned().unwrap_or_default();
        if claim.version == Version::Unknown && claim.presence == Presence::Shipped {
            let why = format!(
                "`{}` is locked to a repository or an address, so its version is not known; {advice}",
                package.name
            );
            reading.gaps.push(document.gap(package.line, why));
        }
        reading.claims.push(claim);
    }
    let folders = lock.projects.iter().filter_map(|folder| join(document.path.folder, folder));
    reading.covers.extend(folders.map(|folder| (document.entry.mount, folder)));
}

fn fates(lock: &LockGraph) -> Vec<Fate> {
    let edge = |to: &usize| {
        let package = lock.packages.get(*to);
        let is_excluded = package.is_some_and(|package| package.optional && !package.platforms.admit_functions());
        Edge { to: *to, holds: Some(!is_excluded), ..Edge::default() }
    };
    let edges = |targets: &[usize]| targets.iter().map(edge).collect();
    let nodes = lock.edges.iter().map(|targets| Node { edges: edges(targets) }).collect();
    let (roots, development_roots) = (edges(&lock.roots), edges(&lock.development_roots));
    Graph { nodes, roots, development_roots, optional_roots: Vec::new() }.fates()
}

/// For each package the names of those that ask for it.
fn parents(lock: &LockGraph) -> Vec<Vec<String>> {
    let mut parents = vec![Vec::new(); lock.packages.len()];
    for (package, targets) in lock.packages.iter().zip(&lock.edges) {
        for target in targets {
            if let Some(parents) = parents.get_mut(*target) {
                parents.push(package.name.clone());
            }
        }
    }
    parents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_platforms_of_functions() {
        let excluded = [
            "@esbuild/darwin-arm64",
            "@next/swc-win32-x64-msvc",
            "@rollup/rollup-linux-x64-musl",
            "@esbuild/linux-ia32",
            "fsevents",
        ];
        let admitted = ["@esbuild/linux-arm64", "@rollup/rollup-linux-x64-gnu", "bufferutil", "x64-tools", "arm"];
        for (names, expected) in [(excluded.as_slice(), false), (&admitted, true)] {
            for name in names {
                assert_eq!(platforms_by_name(name).admit_functions(), expected, "{name}");
            }
        }
    }
}
