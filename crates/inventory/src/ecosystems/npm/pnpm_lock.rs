//! `pnpm-lock.yaml`, lock versions 5 to 9.
//!
//! **Source**: pnpm's documentation and the files it writes. **Supported**: `importers` and, for single projects, the same
//! sections at the top; `packages`, `snapshots`; aliases, peer suffixes, `os`, `cpu`, `libc`, `dev`, `optional`.
//! **Unsupported** (→ gap): an unreadable file; packages from repositories without a version.

use model::component::Presence;
use rustc_hash::FxHashMap;

use crate::document::{Document, Format, Reading, decode};
use crate::ecosystems::npm::locked::{self, LockGraph, LockedPackage};
use crate::ecosystems::npm::specification::split_descriptor;
use crate::ecosystems::npm::version;
use crate::indented::{self, IndentedLine};

pub(crate) const FORMAT: Format = Format {
    id: "pnpm-lock",
    accepts: |path| path.file_name == "pnpm-lock.yaml" && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "write it anew with `pnpm install --lockfile-only`",
};

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let mut file = File::default();
    let mut path: Vec<(usize, &str)> = Vec::new();
    for line in indented::lines(&text) {
        while path.last().is_some_and(|(indent, _)| *indent >= line.indent) {
            path.pop();
        }
        let keys: Vec<&str> = path.iter().map(|(_, key)| *key).collect();
        file.read(&keys, &line);
        if file.packages.len() >= locked::MAX_PACKAGES {
            reading.gaps.push(locked::too_many(document));
            break;
        }
        path.push((line.indent, line.key));
    }
    if !file.has_version {
        reading.gaps.push(
            document.gap(None, format!("cannot read lock file: it states no `lockfileVersion`; {}", FORMAT.advice)),
        );
        return;
    }
    locked::claim_all(document, &file.graph(), FORMAT.advice, reading);
}

#[derive(Debug, Default)]
struct File<'a> {
    has_version: bool,
    /// Before version 6 a slash stands between name and version.
    is_old: bool,
    packages: Vec<Package<'a>>,
    by_id: FxHashMap<&'a str, usize>,
    /// Keys and versions that projects ask for.
    asked: Vec<(&'a str, &'a str)>,
    asked_for_development: Vec<(&'a str, &'a str)>,
    projects: Vec<&'a str>,
}

#[derive(Debug, Default)]
struct Package<'a> {
    id: &'a str,
    is_snapshot: bool,
    name: Option<&'a str>,
    locked: LockedPackage,
    /// The folder of the project that it is.
    directory: Option<&'a str>,
    asks: Vec<(&'a str, &'a str)>,
}

impl<'a> File<'a> {
    /// Takes one line that stands under `keys`.
    fn read(&mut self, keys: &[&'a str], line: &IndentedLine<'a>) {
        match *keys {
            [] if line.key == "lockfileVersion" => {
                self.has_version = true;
                self.is_old = line
                    .value
                    .split('.')
                    .next()
                    .and_then(|major| major.parse::<u32>().ok())
                    .is_some_and(|major| major < 6);
            }
            ["importers"] => self.projects.push(line.key),
            ["importers", _, section] | [section] if section.ends_with("ependencies") => {
                self.ask(section, line.key, line.value)
            }
            // Version 6 and later: `name:` with `specifier` and `version` below.
            ["importers", _, section, key] | [section, key]
                if section.ends_with("ependencies") && line.key == "version" =>
            {
                self.ask(section, key, line.value);
            }
            ["snapshots"] => self.package(line.key, line.line).is_snapshot = true,
            ["packages"] => drop(self.package(line.key, line.line)),
            ["packages" | "snapshots", id] => self.package(id, line.line).read_field(line.key, line.value),
            // On lines of their own where the address is long.
            ["packages", id, "resolution"] => self.package(id, line.line).read_resolution(line.key, line.value),
            ["packages" | "snapshots", id, "dependencies" | "optionalDependencies"] => {
                self.package(id, line.line).asks.push((line.key, line.value));
            }
            _ => {}
        }
    }

    fn ask(&mut self, section: &str, key: &'a str, version: &'a str) {
        match section {
            _ if version.is_empty() => {}
            "devDependencies" => self.asked_for_development.push((key, version)),
            "dependencies" | "optionalDependencies" => self.asked.push((key, version)),
            _ => {}
        }
    }

    /// The package of this id; the entries of `packages` and `snapshots` are told apart by their peers' suffix only.
    fn package(&mut self, id: &'a str, line: u32) -> &mut Package<'a> {
        let packages = &mut self.packages;
        let at = *self.by_id.entry(id).or_insert_with(|| {
            packages.push(Package {
                id,
                locked: LockedPackage { line: Some(line), ..LockedPackage::default() },
                ..Package::default()
            });
            packages.len() - 1
        });
        // INVARIANT: `by_id` holds indices of `packages`, which only grows.
        let last = packages.len().saturating_sub(1);
        #[expect(clippy::indexing_slicing, reason = "the index was given out for this list, which never shrinks")]
        &mut packages[at.min(last)]
    }

    fn graph(mut self) -> LockGraph {
        self.keep_snapshots();
        let find = |key: &str, version: &str| {
            let ids = [
                version.to_owned(),
                format!("{key}@{version}"),
                format!("/{key}@{version}"),
                format!("/{key}/{version}"),
            ];
            ids.iter().find_map(|id| self.by_id.get(id.as_str())).copied()
        };
        let find_all = |asks: &[(&str, &str)]| asks.iter().filter_map(|(key, version)| find(key, version)).collect();
        let directories = self.packages.iter().filter_map(|package| package.directory);
        LockGraph {
            packages: self.packages.iter().map(|package| package.identified(self.is_old)).collect(),
            edges: self.packages.iter().map(|package| find_all(&package.asks)).collect(),
            roots: find_all(&self.asked),
            development_roots: find_all(&self.asked_for_development),
            projects: self.projects.iter().copied().chain(directories).map(str::to_owned).collect(),
        }
    }

    /// Since version 9 `packages` describes each package once and `snapshots` lists what is installed, one entry for each
    /// set of peers: those become the packages, with what is said of them.
    fn keep_snapshots(&mut self) {
        if !self.packages.iter().any(|package| package.is_snapshot) {
            return;
        }
        let described: FxHashMap<&str, (LockedPackage, Option<&str>)> =
            self.packages.iter().map(|package| (package.id, (package.locked.clone(), package.directory))).collect();
        self.packages.retain(|package| package.is_snapshot);
        for package in &mut self.packages {
            if let Some((described, directory)) = described.get(without_peers(package.id)) {
                package.directory = *directory;
                package.locked.platforms.clone_from(&described.platforms);
                package.locked.resolved.clone_from(&described.resolved);
                package.locked.version.clone_from(&described.version);
            }
        }
        self.by_id = self.packages.iter().enumerate().map(|(at, package)| (package.id, at)).collect();
    }
}

impl<'a> Package<'a> {
    fn read_field(&mut self, key: &'a str, value: &'a str) {
        match key {
            "name" => self.name = Some(value),
            "version" => value.clone_into(&mut self.locked.version),
            "resolution" => {
                let members = value.trim_start_matches('{').trim_end_matches('}').split(", ");
                for (key, value) in members.filter_map(|member| member.split_once(": ")) {
                    self.read_resolution(key, indented::unquoted(value));
                }
            }
            "dev" => {
                self.locked.presence = Some(if value == "true" { Presence::Development } else { Presence::Shipped })
            }
            "optional" => self.locked.optional = value == "true",
            key => self.locked.platforms.read_field(key, value),
        }
    }

    /// `tarball`, `directory`, or `repo` and `commit` in either order.
    fn read_resolution(&mut self, key: &str, value: &'a str) {
        let resolved = &mut self.locked.resolved;
        match key {
            "tarball" => value.clone_into(resolved),
            "directory" => self.directory = Some(value),
            "commit" => resolved.push_str(&format!("#{value}")),
            "repo" if value.starts_with("git") => resolved.insert_str(0, value),
            "repo" => resolved.insert_str(0, &format!("git+{value}")),
            _ => {}
        }
    }

    /// The package with name and version from its fields or its id.
    fn identified(&self, is_old: bool) -> LockedPackage {
        let (id_name, id_version) = split_id(self.id, is_old);
        let LockedPackage { version, line, optional, presence, platforms, resolved, .. } = &self.locked;
        LockedPackage {
            name: self.name.unwrap_or(id_name).to_owned(),
            version: if version.is_empty() { id_version.to_owned() } else { version.clone() },
            line: *line,
            optional: *optional,
            presence: *presence,
            platforms: platforms.clone(),
            resolved: resolved.clone(),
            is_local: self.directory.is_some(),
            ..LockedPackage::default()
        }
    }
}

fn without_peers(id: &str) -> &str {
    id.split_once('(').map_or(id, |(bare, _)| bare)
}

/// `/@s/name@1.0.0(peer@2)` → (`@s/name`, `1.0.0`); before version 6 `/@s/name/1.0.0_peer@2`.
fn split_id(id: &str, is_old: bool) -> (&str, &str) {
    let bare = without_peers(id).trim_start_matches('/');
    if is_old {
        let (name, version) = bare.rsplit_once('/').unwrap_or((bare, ""));
        // The suffix of peers may hold slashes too: `/a/1.0.0_@babel/core@7.0.0`.
        return match bare.find('_').and_then(|end| bare.get(..end)).and_then(|start| start.rsplit_once('/')) {
            Some((name, version)) if version::parts(version).is_some() => (name, version),
            _ => (name, version),
        };
    }
    split_descriptor(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_ids_of_all_versions() {
        let cases = [
            (("/lodash/4.17.21", true), ("lodash", "4.17.21")),
            (("/@s/a/1.0.0_@babel+core@7.0.0", true), ("@s/a", "1.0.0")),
            (("/a/1.0.0_@babel/core@7.0.0", true), ("a", "1.0.0")),
            (("/my_name/1.0.0", true), ("my_name", "1.0.0")),
            (("/@s/a@1.0.0(react@18.0.0)", false), ("@s/a", "1.0.0")),
            (
                ("a@git+https://git@host.example/x/a.git#0123", false),
                ("a", "git+https://git@host.example/x/a.git#0123"),
            ),
            (("a@1.0.0-rc.1(b@1)(c@2)", false), ("a", "1.0.0-rc.1")),
        ];
        for ((id, is_old), expected) in cases {
            assert_eq!(split_id(id, is_old), expected, "{id}");
        }
    }
}
