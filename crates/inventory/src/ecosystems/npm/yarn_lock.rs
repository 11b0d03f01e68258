//! `yarn.lock` of yarn 1 and of yarn 2 to 4.
//!
//! **Source**: yarn's documentation and the files it writes (`# yarn lockfile v1`; `__metadata` version 4 to 10).
//! **Supported**: several ranges for one package, aliases, `resolution`, patches, workspaces, `conditions`. What the project
//! asks for, and what of it only for development, stands in its manifests. **Unsupported** (→ gap): an unreadable file.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::document::{Document, EntryPath, Format, Reading, decode};
use crate::ecosystems::npm::locked::{self, LockGraph, LockedPackage, Platforms};
use crate::ecosystems::npm::manifest::{self, Asked};
use crate::ecosystems::npm::specification::split_descriptor;
use crate::indented::{self, IndentedLine, unquoted};

pub(crate) const FORMAT: Format = Format {
    id: "yarn-lock",
    accepts: |path| path.file_name == "yarn.lock" && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "write it anew with `yarn install`",
};

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let entries = entries(&text);
    let states_versions = entries.iter().any(|entry| !entry.package.version.is_empty());
    if !states_versions && !text.contains("yarn lockfile v1") && !text.contains("__metadata") {
        reading.gaps.push(
            document.gap(None, format!("cannot read lock file: it is not one that yarn writes; {}", FORMAT.advice)),
        );
        return;
    }
    if entries.len() >= locked::MAX_PACKAGES {
        reading.gaps.push(locked::too_many(document));
    }
    let lock = graph(&entries, &manifests(document));
    locked::claim_all(document, &lock, FORMAT.advice, reading);
}

/// One package with the descriptors (`name@range`) that it answers.
#[derive(Debug, Default)]
struct Entry<'a> {
    descriptors: Vec<&'a str>,
    package: LockedPackage,
    /// Keys and ranges, and whether an install may do without.
    asks: Vec<(&'a str, &'a str, bool)>,
    is_project: bool,
    /// The folder of the project that it is a copy of or a link to.
    folder: Option<&'a str>,
}

fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut section = "";
    for line in indented::lines(text) {
        if line.indent == 0 && entries.len() >= locked::MAX_PACKAGES {
            break;
        }
        match (line.indent, entries.last_mut()) {
            (0, _) => entries.push(Entry::open(&line)),
            (2, Some(entry)) => {
                section = line.key.trim_end_matches(':');
                entry.read_field(section, line.value);
            }
            (4, Some(entry)) if matches!(section, "dependencies" | "optionalDependencies") => {
                entry.asks.push((line.key, line.value, section == "optionalDependencies"))
            }
            _ => {}
        }
    }
    entries.retain(|entry| entry.descriptors != ["__metadata"] && !entry.package.name.is_empty());
    entries
}

impl<'a> Entry<'a> {
    fn open(line: &IndentedLine<'a>) -> Self {
        let header = line.content.strip_suffix(':').unwrap_or(line.content);
        // Yarn 1 quotes each descriptor, its successors all of them together.
        let descriptors: Vec<_> = unquoted(header).split(", ").map(|one| one.trim_matches('"')).collect();
        let (key, range) = split_descriptor(descriptors.first().copied().unwrap_or_default());
        let name = range
            .strip_prefix("npm:")
            .map(split_descriptor)
            .filter(|(name, range)| !name.is_empty() && !range.is_empty());
        let package = LockedPackage {
            name: name.map_or(key, |(name, _)| name).to_owned(),
            line: Some(line.line),
            ..LockedPackage::default()
        };
        let local = ["link:", "portal:", "file:"].iter().find_map(|protocol| range.strip_prefix(protocol));
        // `file:./a::locator=…`; an archive is a package as any other.
        let folder = local
            .and_then(|path| path.split(['#', ':']).next())
            .filter(|path| ![".tgz", ".tar.gz"].iter().any(|suffix| path.ends_with(suffix)));
        Self { descriptors, package, asks: Vec::new(), is_project: range.starts_with("workspace:"), folder }
    }

    fn read_field(&mut self, key: &str, value: &str) {
        match key {
            "version" => value.clone_into(&mut self.package.version),
            "resolution" => {
                let (name, place) = split_descriptor(value);
                name.clone_into(&mut self.package.name);
                place.clone_into(&mut self.package.resolved);
            }
            "resolved" => value.clone_into(&mut self.package.resolved),
            "conditions" => self.read_conditions(value),
            _ => {}
        }
    }

    /// `os=darwin & (cpu=x64 | cpu=arm64)`.
    fn read_conditions(&mut self, conditions: &str) {
        self.package.optional = true;
        let words = conditions.split(|c: char| c.is_whitespace() || matches!(c, '&' | '|' | '(' | ')'));
        for (key, value) in words.filter_map(|word| word.split_once('=')) {
            self.package.platforms.read_field(key, value);
        }
    }
}

/// Workspaces read for one lock; their packages are found in any case, but those of further ones count as shipped.
const MAX_WORKSPACES: usize = 1_000;

/// The manifests that the lock stands for, with their folders relative to it: the one beside it and, where that has
/// workspaces, those below without a lock of their own.
fn manifests(document: &Document<'_>) -> Vec<(String, Asked)> {
    let Some(root) = document.sibling("package.json").and_then(|root| manifest::asked(&root)) else {
        return Vec::new();
    };
    let mut manifests = Vec::new();
    if root.has_workspaces {
        let below = document.survey.artifact.under(document.entry.mount, document.path.folder);
        for entry in below {
            let path = EntryPath::new(&entry.path);
            let folder = path.folder.strip_prefix(document.path.folder).unwrap_or_default().trim_start_matches('/');
            if path.file_name != "package.json" || folder.is_empty() || !path.is_of_project() {
                continue;
            }
            let nested = Document::new(document.survey, entry);
            let has_lock =
                ["yarn.lock", "package-lock.json", "pnpm-lock.yaml"].iter().any(|lock| nested.sibling(lock).is_some());
            if manifests.len() >= MAX_WORKSPACES {
                break;
            }
            if let Some(asked) = manifest::asked(&nested).filter(|_| !has_lock) {
                manifests.push((folder.to_owned(), asked));
            }
        }
    }
    manifests.push((String::new(), root));
    manifests
}

fn graph(entries: &[Entry<'_>], manifests: &[(String, Asked)]) -> LockGraph {
    let packages: Vec<&Entry<'_>> = entries.iter().filter(|entry| !entry.is_project).collect();
    let mut by_descriptor: FxHashMap<&str, usize> = FxHashMap::default();
    let mut by_key: FxHashMap<&str, usize> = FxHashMap::default();
    for (at, entry) in packages.iter().enumerate() {
        for descriptor in &entry.descriptors {
            by_descriptor.insert(descriptor, at);
            by_key.insert(split_descriptor(descriptor).0, at);
        }
    }
    // Yarn 2 and 3 leave out the protocol where packages ask; `resolutions` replace the range altogether.
    let find = |key: &str, range: &str| {
        let exact = by_descriptor.get(format!("{key}@{range}").as_str());
        exact.or_else(|| by_descriptor.get(format!("{key}@npm:{range}").as_str())).or_else(|| by_key.get(key)).copied()
    };
    let find_all =
        |asks: &[(String, String)]| asks.iter().filter_map(|(key, range)| find(key, range)).collect::<Vec<_>>();
    let mut lock = LockGraph::default();
    for (folder, asked) in manifests {
        lock.roots.extend(find_all(&asked.shipped));
        lock.development_roots.extend(find_all(&asked.development));
        lock.projects.push(folder.clone());
    }
    lock.projects.extend(packages.iter().filter_map(|entry| entry.folder).map(str::to_owned));
    let asked = |is_optional: bool| {
        let asks = packages.iter().flat_map(|entry| &entry.asks).filter(move |(.., optional)| *optional == is_optional);
        asks.filter_map(|(key, range, _)| find(key, range)).collect::<FxHashSet<usize>>()
    };
    let (firmly, optionally) = (asked(false), asked(true));
    for (at, entry) in packages.into_iter().enumerate() {
        lock.edges.push(entry.asks.iter().filter_map(|(key, range, _)| find(key, range)).collect());
        let LockedPackage { name, version, line, platforms, resolved, .. } = &entry.package;
        let is_root = lock.roots.contains(&at) || lock.development_roots.contains(&at);
        let is_only_optional =
            entry.package.optional || (optionally.contains(&at) && !firmly.contains(&at) && !is_root);
        // Yarn 1 states no platforms.
        let is_by_name = is_only_optional && *platforms == Platforms::default();
        lock.packages.push(LockedPackage {
            name: name.clone(),
            version: version.clone(),
            line: *line,
            platforms: if is_by_name { locked::platforms_by_name(name) } else { platforms.clone() },
            optional: is_only_optional,
            resolved: resolved.clone(),
            is_local: entry.folder.is_some(),
            ..LockedPackage::default()
        });
    }
    lock
}
