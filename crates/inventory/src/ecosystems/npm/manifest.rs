//! `package.json` of the project: the packages it asks for, by range.
//!
//! **Source**: npm's documentation of `package.json`. **Supported**: `dependencies`, `optionalDependencies`,
//! `peerDependencies` (but for optional ones), `devDependencies`, aliases, exact versions. **Unsupported** (→ gap):
//! repositories and addresses, whose content has no version; local packages that are not in the artifact.

use model::component::{EvidenceKind, Presence, Version};
use serde::Deserialize;

use crate::claim::{Claim, Place};
use crate::document::{Document, Format, LineFinder, Reading, decode, join};
use crate::ecosystems::npm::specification::{self, Specification};
use crate::json::{Flag, Members, Present, Text};

pub(crate) const FORMAT: Format = Format {
    id: "package-json",
    accepts: |path| path.file_name == "package.json" && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "run `npm install --package-lock-only` beside it and scan again",
};

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Manifest<'a> {
    name: Text<'a>,
    version: Text<'a>,
    dependencies: Members<'a, Text<'a>>,
    optional_dependencies: Members<'a, Text<'a>>,
    peer_dependencies: Members<'a, Text<'a>>,
    peer_dependencies_meta: Members<'a, PeerMeta>,
    dev_dependencies: Members<'a, Text<'a>>,
    workspaces: Present,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PeerMeta {
    optional: Flag,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let manifest: Manifest<'_> = match serde_json::from_str(&text) {
        Ok(manifest) => manifest,
        Err(error) => {
            let line = u32::try_from(error.line()).ok();
            reading
                .gaps
                .push(document.gap(line, format!("cannot read `package.json`: {error}; mend the file and scan again")));
            return;
        }
    };
    let is_optional_peer = |key: &str| manifest.peer_dependencies_meta.get(key).is_some_and(|meta| meta.optional.0);
    let mut section = Section { document, text: &text, reading };
    section.read("dependencies", &manifest.dependencies, Presence::Shipped, |_| true);
    section.read("optionalDependencies", &manifest.optional_dependencies, Presence::Shipped, |_| true);
    section.read("peerDependencies", &manifest.peer_dependencies, Presence::Shipped, |key| !is_optional_peer(key));
    section.read("devDependencies", &manifest.dev_dependencies, Presence::Development, |_| true);
    let asks = !reading.claims.is_empty();
    if let Some(name) = manifest.name.as_str().filter(|_| asks || document.path.folder.is_empty()) {
        reading.claims.push(project(document, name, manifest.version.as_str()));
    }
}

/// What a manifest asks for, for readers of the locks that leave it to the manifests.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Keys and what stands behind them.
    pub(crate) shipped: Vec<(String, String)>,
    pub(crate) development: Vec<(String, String)>,
    pub(crate) has_workspaces: bool,
}

/// What the manifest `document` asks for; `None` when it cannot be read, which its own reader notes.
pub(crate) fn asked(document: &Document<'_>) -> Option<Asked> {
    let bytes = document.bytes(&mut Reading::default())?;
    let text = decode(&bytes);
    let manifest: Manifest<'_> = serde_json::from_str(&text).ok()?;
    let pairs = |members: &[&Members<'_, Text<'_>>]| {
        let members = members.iter().flat_map(|members| &members.0);
        members.filter_map(|(key, text)| Some((key.clone().into_owned(), text.as_str()?.to_owned()))).collect()
    };
    Some(Asked {
        shipped: pairs(&[&manifest.dependencies, &manifest.optional_dependencies, &manifest.peer_dependencies]),
        development: pairs(&[&manifest.dev_dependencies]),
        has_workspaces: manifest.workspaces.0,
    })
}

/// The scanned project as a component of its own.
pub(crate) fn project(document: &Document<'_>, name: &str, version: Option<&str>) -> Claim {
    let version = version.map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
    let location = document.location(None);
    let mut claim = Claim::new(name.to_owned(), version, EvidenceKind::Declared, location, document.place());
    claim.presence = Presence::Project;
    claim
}

struct Section<'d, 'r> {
    document: &'d Document<'d>,
    text: &'d str,
    reading: &'r mut Reading,
}

impl Section<'_, '_> {
    fn read(
        &mut self,
        title: &str,
        members: &Members<'_, Text<'_>>,
        presence: Presence,
        is_wanted: impl Fn(&str) -> bool,
    ) {
        let mut lines = LineFinder::new(self.text);
        lines.find(&format!("\"{title}\""));
        for (key, text) in &members.0 {
            let line = lines.find(&format!("\"{key}\""));
            if let Some(text) = text.as_str().filter(|_| is_wanted(key)) {
                self.read_one(key, text, line, presence);
            }
        }
    }

    fn read_one(&mut self, key: &str, text: &str, line: Option<u32>, presence: Presence) {
        let (name, version) = match specification::read(key, text) {
            Specification::Exact { name, version } => (name, Version::Exact(version.to_owned())),
            Specification::Range { name, range } => (name, Version::Range(range.to_owned())),
            Specification::Local { path } => return self.note_local(key, path, line, presence),
            Specification::Remote => {
                if presence == Presence::Shipped {
                    let why = format!("`{key}` comes from a repository or an address, so its version is not known");
                    self.reading.gaps.push(self.document.gap(line, why));
                }
                (key, Version::Unknown)
            }
        };
        let place = Place { slot: Some(format!("node_modules/{key}")), ..self.document.place() };
        let location = self.document.location(line);
        let mut claim = Claim::new(name.to_owned(), version, EvidenceKind::Declared, location, place);
        claim.presence = presence;
        claim.direct = Some(true);
        claim.import_names = vec![key.to_owned()];
        self.reading.claims.push(claim);
    }

    /// A package of the project itself is no component; what it asks for is read from its own manifest, if it is here.
    fn note_local(&mut self, key: &str, path: &str, line: Option<u32>, presence: Presence) {
        let is_workspace =
            path.is_empty() || path.starts_with(['*', '^', '~']) || path.starts_with(|c: char| c.is_ascii_digit());
        let artifact = self.document.survey.artifact;
        let folder = join(self.document.path.folder, path);
        let is_here = folder.is_some_and(|folder| artifact.under(self.document.entry.mount, &folder).next().is_some());
        if presence == Presence::Shipped && !is_workspace && !is_here {
            let why = format!("`{key}` is a local package (`{path}`) that is not part of the scanned files");
            self.reading.gaps.push(self.document.gap(line, why));
        }
    }
}
