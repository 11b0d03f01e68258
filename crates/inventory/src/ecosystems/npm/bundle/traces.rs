//! What a bundle shows of the packages in it, and which packages these traces add up to.

use std::collections::{BTreeMap, BTreeSet};

use crate::ecosystems::npm::package_path::{PackagePath, is_version};

/// Packages told apart in one bundle; the largest hold some thousand.
const MAX_PACKAGES: usize = 20_000;

/// Everything seen in one bundle.
#[derive(Debug, Default)]
pub(super) struct Traces {
    packages: BTreeMap<String, Seen>,
    /// Whether a source map names the origin of all of it.
    pub(super) is_complete: bool,
    /// Whether there were more packages than are told apart.
    pub(super) is_cut: bool,
}

/// What was seen of one package.
#[derive(Debug, Default)]
struct Seen {
    /// Copies by their folder, each with its version where that is known.
    instances: BTreeMap<String, Option<String>>,
    /// Versions stated where no path tells which copy is meant.
    versions: BTreeSet<String>,
    /// Versions of copies in modules of other packages.
    copies: BTreeSet<String>,
}

/// A package that the bundle holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) package: String,
    pub(super) version: Option<String>,
    /// Its folder below the project, when the bundle names it.
    pub(super) slot: Option<String>,
}

impl Traces {
    /// Some module of a package; its path may state the version.
    pub(super) fn add_module(&mut self, path: &PackagePath<'_>) {
        let Some(seen) = self.seen(path.name) else { return };
        match seen.instances.get_mut(path.instance) {
            Some(version) => {
                if version.is_none() {
                    *version = path.version.map(str::to_owned);
                }
            }
            None => drop(seen.instances.insert(path.instance.to_owned(), path.version.map(str::to_owned))),
        }
    }

    /// The version of the copy that `path` lies in. The first statement holds.
    pub(super) fn add_version_of(&mut self, path: &PackagePath<'_>, version: &str) {
        if is_version(version) {
            self.add_module(&PackagePath { version: Some(version), ..path.clone() });
        }
    }

    /// Code of a package, at a place that no path tells.
    pub(super) fn add(&mut self, package: &str, version: Option<&str>) {
        let Some(seen) = self.seen(package) else { return };
        seen.versions.extend(version.filter(|version| is_version(version)).map(str::to_owned));
    }

    /// A copy of a package in a module of another.
    pub(super) fn add_copy(&mut self, package: &str, version: &str) {
        let Some(seen) = self.seen(package).filter(|_| is_version(version)) else { return };
        seen.copies.insert(version.to_owned());
    }

    pub(super) fn names(&self, package: &str) -> bool {
        self.packages.contains_key(package)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    fn seen(&mut self, package: &str) -> Option<&mut Seen> {
        if self.packages.len() >= MAX_PACKAGES && !self.packages.contains_key(package) {
            self.is_cut = true;
            return None;
        }
        Some(self.packages.entry(package.to_owned()).or_default())
    }

    /// The packages by name and version, each once. A copy without a version of its own takes the only one that is stated
    /// for its package; where several are, which of them it is stays open.
    pub(super) fn packages(self) -> Vec<Found> {
        let mut found = Vec::new();
        for (package, seen) in self.packages {
            seen.settle(&package, &mut found);
        }
        found
    }
}

impl Seen {
    fn settle(self, package: &str, found: &mut Vec<Found>) {
        let slot_of = |instance: &str| instance.starts_with("node_modules/").then(|| instance.to_owned());
        let of_copies: BTreeSet<&String> = self.instances.values().flatten().chain(&self.copies).collect();
        // Versions that no copy accounts for.
        let mut free: Vec<&String> = self.versions.iter().filter(|version| !of_copies.contains(version)).collect();
        let open: Vec<&String> =
            self.instances.iter().filter(|(_, version)| version.is_none()).map(|(instance, _)| instance).collect();
        let mut push = |version: Option<&String>, slot: Option<String>| {
            let next = Found { package: package.to_owned(), version: version.cloned(), slot };
            let is_known = |known: &Found| known.package == next.package && known.version == next.version;
            if next.version.is_none() || !found.iter().rev().take_while(|known| known.package == package).any(is_known)
            {
                found.push(next);
            }
        };
        for (instance, version) in &self.instances {
            if version.is_some() {
                push(version.as_ref(), slot_of(instance));
            }
        }
        if self.instances.is_empty() && self.versions.is_empty() {
            push(None, None);
        }
        match (open.as_slice(), free.as_slice()) {
            ([instance], [version]) => {
                push(Some(version), slot_of(instance));
                free.clear();
            }
            (open, free) => {
                // As many versions as copies: each copy has one of them.
                let accounts_for_all = !open.is_empty() && free.len() >= open.len();
                for instance in open.iter().filter(|_| !accounts_for_all) {
                    push(None, slot_of(instance));
                }
            }
        }
        for version in free.into_iter().chain(&self.copies) {
            push(Some(version), None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystems::npm::package_path;

    fn packages(modules: &[&str], stated: &[(&str, Option<&str>)]) -> Vec<String> {
        let mut traces = Traces::default();
        for path in modules {
            traces.add_module(&package_path::read(path).unwrap());
        }
        for (package, version) in stated {
            traces.add(package, *version);
        }
        let show = |found: Found| format!("{}@{}", found.package, found.version.unwrap_or_default());
        traces.packages().into_iter().map(show).collect()
    }

    #[test]
    fn adds_up_what_is_seen_of_one_package() {
        let (one, other) = ("node_modules/a/i.js", "node_modules/b/node_modules/a/i.js");
        let pinned = "node_modules/.pnpm/a@3.0.0/node_modules/a/i.js";
        type Case<'a> = (&'a [&'a str], &'a [(&'a str, Option<&'a str>)], &'a [&'a str]);
        let cases: &[Case<'_>] = &[
            (&[one], &[], &["a@"]),
            (&[one], &[("a", Some("1.0.0"))], &["a@1.0.0"]),
            (&[], &[("a", None), ("a", Some("1.0.0"))], &["a@1.0.0"]),
            (&[one, other], &[("a", Some("1.0.0")), ("a", Some("2.0.0"))], &["a@1.0.0", "a@2.0.0"]),
            (&[one, other], &[("a", Some("1.0.0"))], &["a@", "a@", "a@1.0.0"]),
            (&[pinned], &[("a", Some("3.0.0"))], &["a@3.0.0"]),
            (&[pinned], &[("a", None), ("b", None)], &["a@3.0.0", "b@"]),
            (&[], &[("a", Some("latest"))], &["a@"]),
        ];
        for (modules, stated, expected) in cases {
            assert_eq!(packages(modules, stated), *expected, "{modules:?} {stated:?}");
        }
    }

    #[test]
    fn takes_the_version_of_a_copy_in_another_package_for_that_copys_alone() {
        let check = |modules: &[&str], stated: &[Option<&str>], expected: &[&str]| {
            let mut traces = Traces::default();
            for path in modules {
                traces.add_module(&package_path::read(path).unwrap());
            }
            for version in stated {
                traces.add("a", *version);
            }
            traces.add_copy("a", "3.0.0");
            let found: Vec<String> =
                traces.packages().into_iter().map(|found| found.version.unwrap_or_default()).collect();
            assert_eq!(found, expected, "{modules:?} {stated:?}");
        };
        check(&["node_modules/a/i.js"], &[Some("3.0.0")], &["", "3.0.0"]);
        check(&["node_modules/a/i.js"], &[Some("3.0.0"), Some("4.0.0")], &["4.0.0", "3.0.0"]);
        check(&[], &[None], &["", "3.0.0"]);
    }
}
