//! `Cargo.toml`: a crate and what it asks for.
//!
//! **Source**: The Cargo Book, "The Manifest Format" and "Specifying Dependencies". **Supported**: all tables of dependencies,
//! those under `target`, renamed ones, `workspace = true` with the workspace's table in a folder above. **Unsupported**: which
//! optional dependencies a build turns on; all count.

use std::collections::BTreeMap;

use model::component::{EvidenceKind, Presence, Version};
use toml::{Table, Value};

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading, decode};
use crate::ecosystems::pypi::toml_file;

pub(crate) const FORMAT: Format = Format { id: "cargo-toml", accepts, read, finds_installed: false, advice: ADVICE };

const ADVICE: &str = "write a lock file with `cargo generate-lockfile`";
/// Folders above a crate in which its workspace is looked for.
const MAX_WORKSPACE_LEVELS: usize = 6;

/// What becomes of what a table asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Linked,
    /// Build scripts, tests: not in the program.
    NotLinked,
}

const TABLES: &[(&str, Use)] =
    &[("dependencies", Use::Linked), ("dev-dependencies", Use::NotLinked), ("build-dependencies", Use::NotLinked)];

/// One row of a table of dependencies.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dependency<'a> {
    /// The name of the crate, whatever it is called here.
    pub(super) name: &'a str,
    key: &'a str,
    /// `None` for any version.
    requirement: Option<&'a str>,
    /// From a folder or a repository, not from a registry.
    is_elsewhere: bool,
    pub(super) of: Use,
}

fn accepts(path: EntryPath<'_>) -> bool {
    path.file_name == "Cargo.toml" && path.is_of_project() && !path.path.contains("registry/src/")
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some((text, manifest)) = parse(document, reading) else { return };
    let workspace = workspace(document);
    let package = manifest.get("package");
    let lines = KeyLines::new(&text);
    let name = package.and_then(|package| package.get("name")).and_then(Value::as_str);
    if let Some(name) = name {
        let own = package.and_then(|package| package.get("version"));
        let inherited = || inherited_version(workspace.as_ref().unwrap_or(&manifest));
        let version = own.and_then(Value::as_str).or_else(inherited);
        let version = version.map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
        let mut project = claim(document, name, version, lines.of("name"));
        project.presence = Presence::Project;
        reading.claims.push(project);
    }
    for dependency in dependencies(&manifest, workspace.as_ref()) {
        let version = match dependency.requirement {
            Some(requirement) if !dependency.is_elsewhere => Version::Range(requirement.to_owned()),
            None if !dependency.is_elsewhere => Version::Range("*".to_owned()),
            _ => Version::Unknown,
        };
        let mut found = claim(document, dependency.name, version, lines.of(dependency.key));
        found.direct = Some(true);
        if dependency.of == Use::NotLinked {
            found.presence = Presence::Development;
        }
        reading.claims.push(found);
    }
}

/// The file's text and its tables.
pub(super) fn parse(document: &Document<'_>, reading: &mut Reading) -> Option<(String, Table)> {
    let bytes = document.bytes(reading)?;
    let text = decode(&bytes).into_owned();
    let table = toml_file::parse(document, &text, "check it with `cargo metadata`", reading)?;
    Some((text, table))
}

fn claim(document: &Document<'_>, name: &str, version: Version, line: Option<u32>) -> Claim {
    Claim::new(name.to_owned(), version, EvidenceKind::Declared, document.location(line), document.place())
}

/// The manifest of the workspace, in this folder or one above.
pub(super) fn workspace(document: &Document<'_>) -> Option<Table> {
    (0..=MAX_WORKSPACE_LEVELS).find_map(|levels| {
        let manifest = document.sibling(&format!("{}Cargo.toml", "../".repeat(levels)))?;
        let (_, table) = parse(&manifest, &mut Reading::default())?;
        table.contains_key("workspace").then_some(table)
    })
}

fn inherited_version(workspace: &Table) -> Option<&str> {
    workspace.get("workspace")?.get("package")?.get("version")?.as_str()
}

/// Everything the crate asks for, in the order of its tables.
pub(super) fn dependencies<'a>(manifest: &'a Table, workspace: Option<&'a Table>) -> Vec<Dependency<'a>> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets.into_iter().flat_map(Table::values).filter_map(Value::as_table);
    let shared = workspace.and_then(|workspace| workspace.get("workspace")?.get("dependencies")?.as_table());
    let mut found = Vec::new();
    for table in std::iter::once(manifest).chain(targets) {
        for (name, of) in TABLES {
            // Both spellings are read.
            let rows = table.get(*name).or_else(|| table.get(&name.replace('-', "_"))).and_then(Value::as_table);
            found.extend(rows.into_iter().flatten().map(|(key, value)| dependency(key, value, shared, *of)));
        }
    }
    found
}

fn dependency<'a>(key: &'a str, value: &'a Value, shared: Option<&'a Table>, of: Use) -> Dependency<'a> {
    let is_inherited = value.get("workspace").and_then(Value::as_bool) == Some(true);
    let value = if is_inherited { shared.and_then(|shared| shared.get(key)).unwrap_or(value) } else { value };
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    Dependency {
        name: text("package").unwrap_or(key),
        key,
        requirement: value.as_str().or_else(|| text("version")),
        is_elsewhere: ["path", "git", "registry", "registry-index"].iter().any(|name| value.get(*name).is_some()),
        of,
    }
}

/// The first line that begins with each key.
struct KeyLines<'a>(BTreeMap<&'a str, u32>);

impl<'a> KeyLines<'a> {
    fn new(text: &'a str) -> Self {
        let mut lines = BTreeMap::new();
        for (number, line) in (1_u32..).zip(text.lines()) {
            let line = line.trim_start();
            // `[dependencies.serde]` names its key too.
            let header = line.strip_prefix('[').and_then(|rest| rest.split(']').next()?.rsplit('.').next());
            let key = header.unwrap_or_else(|| line.split(['=', '.', ' ']).next().unwrap_or_default());
            lines.entry(key.trim_matches(['"', '\''])).or_insert(number);
        }
        Self(lines)
    }

    fn of(&self, key: &str) -> Option<u32> {
        self.0.get(key).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_table_and_both_ways_of_asking() {
        let text = "[package]\nname = \"own\"\n[dependencies]\na = \"1.2\"\nb = { version = \"=2.0.0\", package = \"real-b\" }\nc = { path = \"../c\" }\nd.workspace = true\n\
                    [dev-dependencies]\ne = \"*\"\n[target.'cfg(unix)'.dependencies.f]\ngit = \"https://host.example/f\"\n";
        let workspace = "[workspace.dependencies]\nd = { version = \"3\", package = \"real-d\" }\n";
        let (manifest, workspace): (Table, Table) = (text.parse().unwrap(), workspace.parse().unwrap());
        let found: Vec<_> = dependencies(&manifest, Some(&workspace))
            .iter()
            .map(|d| (d.name, d.requirement, d.is_elsewhere, d.of))
            .map(|(name, requirement, elsewhere, of)| format!("{name} {requirement:?} {elsewhere} {of:?}"))
            .collect();
        let expected = [
            "a Some(\"1.2\") false Linked",
            "real-b Some(\"=2.0.0\") false Linked",
            "c None true Linked",
            "real-d Some(\"3\") false Linked",
            "e Some(\"*\") false NotLinked",
            "f None true Linked",
        ];
        assert_eq!(found, expected);
        let lines = KeyLines::new(text);
        assert_eq!(["a", "d", "f", "z"].map(|key| lines.of(key)), [Some(4), Some(7), Some(10), None]);
    }
}
