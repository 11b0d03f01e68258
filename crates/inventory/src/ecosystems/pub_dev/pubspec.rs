//! `pubspec.lock` and `pubspec.yaml`.
//!
//! **Source**: Dart's documentation, "The pubspec file" and "Glossary" (lock file). **Supported**: hosted packages under their
//! real names, repositories with commits, folders, the three sections of dependencies. **Unsupported**: the lock does not say
//! who asks for a transitive package, so those of development only count as shipped; packages of an SDK, which come with it.

use std::collections::BTreeMap;

use model::component::{EvidenceKind, Presence, Version};

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading, decode};
use crate::ecosystem::lower_case;
use crate::ecosystems::pub_dev::version;
use crate::indented::{self, IndentedLine};

pub(crate) const LOCK: Format = Format {
    id: "pubspec-lock",
    accepts: |path| path.file_name == "pubspec.lock" && is_of_project(path),
    read: read_lock,
    finds_installed: false,
    advice: "write it anew with `dart pub get`",
};

pub(crate) const MANIFEST: Format = Format {
    id: "pubspec-yaml",
    accepts: |path| path.file_name == "pubspec.yaml" && is_of_project(path),
    read: read_manifest,
    finds_installed: false,
    advice: "run `dart pub get` beside it and scan again",
};

/// Packages read from one file.
const MAX_PACKAGES: usize = 20_000;

/// Not below Pub's cache of downloaded packages.
fn is_of_project(path: EntryPath<'_>) -> bool {
    path.is_of_project() && !path.folder.split('/').any(|folder| matches!(folder, ".pub-cache" | ".dart_tool"))
}

/// What stands below one package: fields by their keys, inner ones without their outer keys.
#[derive(Debug, Default)]
struct Block<'a> {
    name: &'a str,
    /// What stands on the name's own line.
    value: &'a str,
    line: u32,
    fields: BTreeMap<&'a str, &'a str>,
}

/// The blocks below the given sections, in file order, with their sections.
fn blocks<'a>(text: &'a str, sections: &[&'static str]) -> Vec<(&'static str, Block<'a>)> {
    let mut found: Vec<(&'static str, Block<'a>)> = Vec::new();
    let mut section = None;
    let mut depth = None;
    for IndentedLine { indent, key, value, line, .. } in indented::lines(text) {
        let value = without_comment(value);
        if indent == 0 {
            section = sections.iter().copied().find(|title| *title == key);
            depth = None;
            continue;
        }
        let Some(title) = section else { continue };
        if indent <= *depth.get_or_insert(indent) {
            if found.len() >= MAX_PACKAGES {
                break;
            }
            found.push((title, Block { name: key, value, line, fields: BTreeMap::new() }));
        } else if let Some((_, block)) = found.last_mut() {
            block.fields.entry(key).or_insert(value);
        }
    }
    found
}

fn without_comment(value: &str) -> &str {
    let value = value.split_once(" #").map_or(value, |(value, _)| value).trim();
    if value.starts_with('#') { "" } else { indented::unquoted(value) }
}

fn read_lock(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    // A lock without packages has `packages: {}`.
    if !text.lines().any(|line| line.starts_with("packages:")) {
        reading.gaps.push(document.unrecognised(LOCK.advice));
    }
    for (_, block) in blocks(&text, &["packages"]) {
        let field = |key: &str| block.fields.get(key).copied().unwrap_or_default();
        let source = field("source");
        if source == "sdk" {
            continue;
        }
        // The description's name is the registry's own.
        let name = if source == "hosted" && !field("name").is_empty() { field("name") } else { block.name };
        let version = match field("version") {
            text if version::key(text).is_ok() => Version::Exact(text.to_owned()),
            _ => Version::Unknown,
        };
        if version == Version::Unknown {
            let why = format!("`{name}` has no version that can be read; {}", LOCK.advice);
            reading.gaps.push(document.gap(Some(block.line), why));
        }
        let package = lower_case(name).into_owned();
        let location = document.location(Some(block.line));
        let mut claim = Claim::new(package, version, EvidenceKind::Locked, location, document.place());
        let dependency = field("dependency");
        claim.direct = Some(dependency.starts_with("direct"));
        claim.presence = match (source, dependency) {
            ("path", _) => Presence::Project,
            (_, "direct dev") => Presence::Development,
            _ => Presence::Shipped,
        };
        if source == "git" {
            claim.qualifiers = vec![("vcs_url", format!("git+{}@{}", field("url"), field("resolved-ref")))];
        }
        reading.claims.push(claim);
    }
}

fn read_manifest(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let sections = ["dependencies", "dev_dependencies", "dependency_overrides"];
    for (section, block) in blocks(&text, &sections) {
        let field = |key: &str| block.fields.get(key).copied();
        let presence = if section == "dev_dependencies" { Presence::Development } else { Presence::Shipped };
        if field("sdk").is_some() || field("path").is_some() {
            continue;
        }
        let name = field("name").filter(|_| field("hosted").is_some()).unwrap_or(block.name);
        let asked = if block.value.is_empty() { field("version").unwrap_or_default() } else { block.value };
        let version = if block.fields.contains_key("git") {
            if presence == Presence::Shipped && document.sibling("pubspec.lock").is_none() {
                let why = format!("`{name}` comes from a repository, so its version is not known");
                reading.gaps.push(document.gap(Some(block.line), why));
            }
            Version::Unknown
        } else if asked.starts_with(|first: char| first.is_ascii_digit()) && version::key(asked).is_ok() {
            Version::Exact(asked.to_owned())
        } else {
            Version::Range(asked.to_owned())
        };
        let package = lower_case(name).into_owned();
        let location = document.location(Some(block.line));
        let mut claim = Claim::new(package, version, EvidenceKind::Declared, location, document.place());
        claim.presence = presence;
        claim.direct = Some(true);
        reading.claims.push(claim);
    }
    let top = |wanted: &str| {
        let mut lines = indented::lines(&text).filter(|line| line.indent == 0);
        lines.find(|line| line.key == wanted).map(|line| without_comment(line.value)).filter(|text| !text.is_empty())
    };
    if let Some(name) = top("name") {
        let version = top("version").map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
        let package = lower_case(name).into_owned();
        let mut claim = Claim::new(package, version, EvidenceKind::Declared, document.location(None), document.place());
        claim.presence = Presence::Project;
        reading.claims.push(claim);
    }
}
