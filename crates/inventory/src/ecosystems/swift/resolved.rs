//! `Package.resolved`: Swift's lock.
//!
//! **Source**: Swift Package Manager's documentation, "Resolving versions", and the files of Swift 5.0 to 6. **Supported**:
//! versions 1 to 3, registries (`kind` `registry`) and repositories. **Unsupported** (→ gap): pins to a branch or a commit,
//! which have no version; the file does not say which package asks for which.

use model::component::{EvidenceKind, Presence, Version};
use serde::Deserialize;

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, LineFinder, Reading, decode};
use crate::ecosystems::swift::address;
use crate::json::{self, Text};

pub(crate) const FORMAT: Format = Format {
    id: "package-resolved",
    accepts: |path| path.file_name == "Package.resolved" && is_of_project(path),
    read,
    finds_installed: false,
    advice: "write it anew with `swift package resolve`",
};

/// Not below the folder that packages are checked out to.
pub(super) fn is_of_project(path: EntryPath<'_>) -> bool {
    path.is_of_project() && !path.folder.split('/').any(|folder| matches!(folder, ".build" | "SourcePackages"))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Resolved<'a> {
    pins: Vec<Pin<'a>>,
    /// Version 1's wrapping.
    object: Object<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Object<'a> {
    pins: Vec<Pin<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Pin<'a> {
    identity: Text<'a>,
    kind: Text<'a>,
    #[serde(alias = "repositoryURL")]
    location: Text<'a>,
    state: State<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct State<'a> {
    version: Text<'a>,
    revision: Text<'a>,
    branch: Text<'a>,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let Some(resolved) = json::parse::<Resolved<'_>>(document, &text, FORMAT.advice, reading) else { return };
    let mut lines = LineFinder::new(&text);
    for pin in resolved.pins.iter().chain(&resolved.object.pins) {
        let location = pin.location.as_str().filter(|location| !location.is_empty());
        let Some(named) = location.or(pin.identity.as_str()) else { continue };
        let line = lines.find(&format!("\"{named}\""));
        let version = pin.state.version.as_str();
        if version.is_none() {
            let at = pin.state.branch.as_str().or(pin.state.revision.as_str()).unwrap_or_default();
            let why = format!("`{named}` is pinned to `{at}`, so its version is not known; pin it to a version");
            reading.gaps.push(document.gap(line, why));
        }
        let version = version.map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
        let package = address(named).into_owned();
        let mut claim = Claim::new(package, version, EvidenceKind::Locked, document.location(line), document.place());
        if pin.kind.as_str() == Some("localSourceControl") {
            claim.presence = Presence::Project;
        }
        reading.claims.push(claim);
    }
}
