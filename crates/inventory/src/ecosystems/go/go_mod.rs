//! `go.mod`: the modules a build takes.
//!
//! **Source**: the Go modules reference, "go.mod files", "Minimal version selection", "Lazy module loading", "go.sum files",
//! "Workspaces". **Supported**: `module`, `go`, `toolchain`, `require`, `replace`, `exclude`, in blocks and alone; replacements
//! of a `go.work` above; `go.sum`. From Go 1.17 on the file lists every module of a build, so its versions are those that are
//! built. Before, it lists some, each with its lowest version: what a build took is then read from `go.sum`, which holds a
//! checksum of every module's content that was needed. **Unsupported**: lists of modules in `go.work` (each has its `go.mod`).

use std::collections::{BTreeMap, BTreeSet};

use model::component::{EvidenceKind, Presence, Version};

use super::{STANDARD_LIBRARY, program, version};
use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading, decode};

/// Checksums that no manifest speaks for: they name more than a build takes, so nothing is claimed from them.
pub(crate) const LONE_SUMS: Format = Format {
    id: "go-sum",
    accepts: |path| path.file_name == "go.sum" && path.is_of_project() && !path.path.contains("pkg/mod/"),
    read: |document, reading| {
        if document.sibling("go.mod").is_none() {
            let why = "a `go.sum` without its `go.mod`, so which modules are built is not known; add `go.mod`, or scan the \
                       built program";
            reading.gaps.push(document.gap(None, why));
        }
    },
    finds_installed: false,
    advice: "",
};

pub(crate) const FORMAT: Format = Format {
    id: "go-mod",
    accepts,
    read,
    finds_installed: false,
    advice: "scan the built program, which states its toolchain",
};

/// From this release on the manifest lists all modules of a build.
const COMPLETE_SINCE: &str = "1.17";
/// Folders above a module in which a workspace is looked for.
const MAX_WORKSPACE_LEVELS: usize = 4;
/// Modules of one manifest; the largest list some thousand.
const MAX_MODULES: usize = 20_000;

fn accepts(path: EntryPath<'_>) -> bool {
    path.file_name == "go.mod" && path.is_of_project() && !path.path.contains("pkg/mod/")
}

#[derive(Debug, Default)]
struct Manifest<'a> {
    module: Option<(&'a str, u32)>,
    /// The release whose language it is written in, and the toolchain that should build it.
    go: Option<(&'a str, u32)>,
    toolchain: Option<(&'a str, u32)>,
    requirements: Vec<Requirement<'a>>,
    replacements: Vec<Replacement<'a>>,
    excluded: BTreeSet<(&'a str, &'a str)>,
}

#[derive(Debug)]
struct Requirement<'a> {
    path: &'a str,
    version: &'a str,
    is_indirect: bool,
    line: u32,
}

#[derive(Debug)]
struct Replacement<'a> {
    path: &'a str,
    /// `None` replaces every version.
    version: Option<&'a str>,
    by: &'a str,
    by_version: Option<&'a str>,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let manifest = Manifest::parse(&text);
    if manifest.module.is_none() && manifest.requirements.is_empty() {
        reading.gaps.push(document.unrecognised("restore it, or scan the built program"));
    }
    if let Some((module, line)) = manifest.module {
        let mut own = claim(document, module, Version::Unknown, EvidenceKind::Declared, line);
        own.presence = Presence::Project;
        reading.claims.push(own);
    }
    if let Some((release, line)) = manifest.toolchain.or(manifest.go) {
        let range = Version::Range(format!(">={}", release.strip_prefix("go").unwrap_or(release)));
        reading.claims.push(claim(document, STANDARD_LIBRARY, range, EvidenceKind::Declared, line));
    }
    let workspace = workspace(document);
    let workspace = workspace.as_deref().map(Manifest::parse).unwrap_or_default();
    let replacements: Vec<&Replacement<'_>> = workspace.replacements.iter().chain(&manifest.replacements).collect();
    let sums = document.sibling("go.sum").and_then(|sums| {
        let bytes = sums.bytes(reading)?;
        Some((sums.display.clone(), decode(&bytes).into_owned()))
    });
    let sums = sums.as_ref().map(|(display, text)| Sums::parse(display, text)).unwrap_or_default();
    for requirement in manifest.selected(&sums) {
        let (path, version) = replaced(requirement.path, requirement.version, &replacements);
        let version = version.map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
        let mut module = claim(document, path, version, EvidenceKind::Locked, requirement.line);
        module.direct = Some(!requirement.is_indirect);
        module.import_names = vec![requirement.path.to_owned()];
        let evidence = module.version.exact().and_then(|version| sums.line(path, version));
        let beside = evidence.map(|line| {
            let mut beside = module.clone();
            beside.location.file = sums.display.to_owned();
            beside.location.line = Some(line);
            beside
        });
        reading.claims.push(module);
        reading.claims.extend(beside);
    }
}

fn claim(document: &Document<'_>, path: &str, version: Version, kind: EvidenceKind, line: u32) -> Claim {
    let line = (line > 0).then_some(line);
    Claim::new(path.to_owned(), version, kind, document.location(line), document.place())
}

/// The text of the nearest `go.work` above.
fn workspace(document: &Document<'_>) -> Option<String> {
    (0..=MAX_WORKSPACE_LEVELS).find_map(|levels| {
        let workspace = document.sibling(&format!("{}go.work", "../".repeat(levels)))?;
        Some(decode(&workspace.bytes(&mut Reading::default())?).into_owned())
    })
}

/// What is built for a module, without a version when that is a folder. A replacement of one version goes before one of all.
fn replaced<'a>(path: &'a str, version: &'a str, replacements: &[&Replacement<'a>]) -> (&'a str, Option<&'a str>) {
    let of_path = || replacements.iter().filter(|replacement| replacement.path == path);
    let found = of_path()
        .find(|replacement| replacement.version == Some(version))
        .or_else(|| of_path().find(|replacement| replacement.version.is_none()));
    match found {
        Some(replacement) if program::is_folder(replacement.by) => (path, None),
        Some(replacement) => (replacement.by, replacement.by_version),
        None => (path, Some(version)),
    }
}

impl<'a> Manifest<'a> {
    fn parse(text: &'a str) -> Self {
        let mut manifest = Self::default();
        let mut block: Option<&str> = None;
        for (number, line) in (1_u32..).zip(text.lines()) {
            let (code, comment) = line.split_once("//").unwrap_or((line, ""));
            let mut words = code.split_whitespace().map(|word| word.trim_matches(['"', '`'])).peekable();
            let Some(first) = words.peek().copied() else { continue };
            if first == ")" {
                block = None;
                continue;
            }
            let directive = match block {
                Some(directive) => directive,
                None => {
                    words.next();
                    first
                }
            };
            let words: Vec<&str> = words.collect();
            if words.as_slice() == ["("] {
                block = Some(directive);
                continue;
            }
            manifest.add(directive, &words, comment, number);
        }
        manifest
    }

    fn add(&mut self, directive: &str, words: &[&'a str], comment: &str, line: u32) {
        match (directive, words) {
            ("module", [path, ..]) => self.module = Some((path, line)),
            ("go", [release, ..]) => self.go = Some((release, line)),
            ("toolchain", [name, ..]) if *name != "default" => self.toolchain = Some((name, line)),
            ("require", [path, version, ..]) if self.requirements.len() < MAX_MODULES => {
                let is_indirect = comment.trim_start().starts_with("indirect");
                self.requirements.push(Requirement { path, version, is_indirect, line });
            }
            ("exclude", [path, version, ..]) => drop(self.excluded.insert((path, version))),
            ("replace", words) => self.replacements.extend(Replacement::parse(words)),
            _ => {}
        }
    }

    /// The modules that a build takes.
    fn selected<'s>(&'s self, sums: &Sums<'s>) -> Vec<Requirement<'s>> {
        let at_least = |release: &str| version::key(release).ok() >= version::key(COMPLETE_SINCE).ok();
        let is_complete = self.go.is_some_and(|(release, _)| at_least(release));
        let mut selected: BTreeMap<&str, Requirement<'_>> = BTreeMap::new();
        for requirement in &self.requirements {
            selected.insert(requirement.path, Requirement { ..*requirement });
        }
        if !is_complete {
            for (path, version) in sums.lines.keys() {
                if self.excluded.contains(&(*path, *version)) || self.module.is_some_and(|(own, _)| own == *path) {
                    continue;
                }
                match selected.get_mut(path) {
                    Some(known) if version::key(known.version).ok() < version::key(version).ok() => {
                        known.version = version
                    }
                    Some(_) => {}
                    None => {
                        selected.insert(path, Requirement { path, version, is_indirect: true, line: 0 });
                    }
                }
            }
        }
        selected.into_values().collect()
    }
}

impl<'a> Replacement<'a> {
    fn parse(words: &[&'a str]) -> Option<Self> {
        let arrow = words.iter().position(|word| *word == "=>")?;
        let (old, new) = words.split_at_checked(arrow)?;
        Some(Self {
            path: old.first()?,
            version: old.get(1).copied(),
            by: new.get(1)?,
            by_version: new.get(2).copied(),
        })
    }
}

/// The checksums of modules' contents: `path version h1:…`; those of manifests alone (`version/go.mod`) are left out.
#[derive(Debug, Default)]
struct Sums<'a> {
    display: &'a str,
    /// Lines by path and version.
    lines: BTreeMap<(&'a str, &'a str), u32>,
}

impl<'a> Sums<'a> {
    fn parse(display: &'a str, text: &'a str) -> Self {
        let lines = (1_u32..).zip(text.lines()).filter_map(|(number, line)| {
            let mut words = line.split_whitespace();
            let (path, version) = (words.next()?, words.next()?);
            (!version.ends_with("/go.mod")).then_some(((path, version), number))
        });
        Self { display, lines: lines.take(MAX_MODULES * 4).collect() }
    }

    fn line(&self, path: &str, version: &str) -> Option<u32> {
        self.lines.get(&(path, version)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_directives_alone_and_in_blocks() {
        let text = "module \"example.com/m\" // comment\n\ngo 1.22.1\ntoolchain go1.22.5\n\nrequire a.io/b v1.0.0\nrequire (\n\ta.io/c v2.0.0+incompatible // indirect\n\n)\n\
                    exclude a.io/b v0.9.0\nreplace (\n a.io/b v1.0.0 => a.io/fork v1.0.1\n a.io/c => ../c\n)\nretract v1.0.0\n";
        let manifest = Manifest::parse(text);
        assert_eq!(manifest.module, Some(("example.com/m", 1)));
        assert_eq!((manifest.go, manifest.toolchain), (Some(("1.22.1", 3)), Some(("go1.22.5", 4))));
        let required: Vec<_> =
            manifest.requirements.iter().map(|r| (r.path, r.version, r.is_indirect, r.line)).collect();
        assert_eq!(required, [("a.io/b", "v1.0.0", false, 6), ("a.io/c", "v2.0.0+incompatible", true, 8)]);
        let replacements: Vec<_> = manifest.replacements.iter().collect();
        assert_eq!(replaced("a.io/b", "v1.0.0", &replacements), ("a.io/fork", Some("v1.0.1")));
        assert_eq!(replaced("a.io/b", "v1.0.2", &replacements), ("a.io/b", Some("v1.0.2")));
        assert_eq!(replaced("a.io/c", "v2.0.0", &replacements), ("a.io/c", None));
        assert!(manifest.excluded.contains(&("a.io/b", "v0.9.0")));
    }

    #[test]
    fn asks_the_checksums_only_where_the_manifest_is_incomplete() {
        let sums = Sums::parse("go.sum", "a.io/b v1.1.0 h1:x=\na.io/b v1.2.0/go.mod h1:y=\na.io/d v0.3.0 h1:z=\n");
        let select = |go: &str| -> Vec<String> {
            let text = format!("module m\ngo {go}\nrequire a.io/b v1.0.0\n");
            let selected = Manifest::parse(&text);
            selected.selected(&sums).iter().map(|r| format!("{}@{}", r.path, r.version)).collect()
        };
        assert_eq!(select("1.16"), ["a.io/b@v1.1.0", "a.io/d@v0.3.0"]);
        assert_eq!(select("1.17"), ["a.io/b@v1.0.0"]);
        assert_eq!(select("1.21"), ["a.io/b@v1.0.0"]);
    }
}
