//! `packages.lock.json`: NuGet's lock.
//!
//! **Source**: NuGet's documentation, "Locking dependencies". **Supported**: versions 1 and 2, every target framework and
//! runtime, direct, transitive, central-transitive and project entries. **Unsupported**: the lock does not say which of its
//! packages only serve the build; what the project file marks so stays marked by the project file alone.

use model::component::{EvidenceKind, Version};
use serde::Deserialize;

use crate::document::{Document, Format, LineFinder, Reading, decode};
use crate::ecosystems::nuget::{claim, folded};
use crate::json::{self, Members, Text};

pub(crate) const FORMAT: Format = Format {
    id: "packages-lock",
    // A lock may be named after its project: `packages.NAME.lock.json`.
    accepts: |path| {
        path.file_name.starts_with("packages.") && path.file_name.ends_with("lock.json") && path.is_of_project()
    },
    read,
    finds_installed: false,
    advice: "write it anew with `dotnet restore --force-evaluate`",
};

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Lock<'a> {
    dependencies: Members<'a, Members<'a, Locked<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Locked<'a> {
    #[serde(rename = "type")]
    kind: Text<'a>,
    resolved: Text<'a>,
    dependencies: Members<'a, Text<'a>>,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let Some(lock) = json::parse::<Lock<'_>>(document, &text, FORMAT.advice, reading) else { return };
    let mut lines = LineFinder::new(&text);
    for (framework, packages) in &lock.dependencies.0 {
        lines.find(&format!("\"{framework}\""));
        for (name, locked) in &packages.0 {
            let line = lines.find(&format!("\"{name}\""));
            let is_project = locked.kind.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("project"));
            let Some(version) = locked.resolved.as_str().filter(|_| !is_project) else { continue };
            let version = Version::Exact(version.to_owned());
            let mut claim = claim(name, version, EvidenceKind::Locked, document.location(line), document.place());
            claim.direct = Some(locked.kind.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("direct")));
            claim.requires = locked.dependencies.keys().map(folded).collect();
            reading.claims.push(claim);
        }
    }
}
