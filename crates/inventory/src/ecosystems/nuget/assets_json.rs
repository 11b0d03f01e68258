//! `obj/project.assets.json`: what a restore chose, in full.
//!
//! **Source**: NuGet's documentation, "`PackageReference` in project files" (the assets file), and the files of SDKs 3 to 9.
//! **Supported**: version 3, every target; packages without files to run with (analysers, build tools) are development.
//! **Unsupported**: `project.lock.json` of before .NET Core 1.0.

use model::component::{EvidenceKind, Presence, Version};
use rustc_hash::FxHashSet;
use serde::Deserialize;

use crate::document::{Document, Format, LineFinder, Reading, decode};
use crate::ecosystems::nuget::{claim, folded};
use crate::json::{self, Members, Present, Text, Texts};

pub(crate) const FORMAT: Format = Format {
    id: "assets-json",
    accepts: |path| path.file_name == "project.assets.json" && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "write it anew with `dotnet restore`",
};

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Assets<'a> {
    targets: Members<'a, Members<'a, Library<'a>>>,
    project_file_dependency_groups: Members<'a, Texts<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Library<'a> {
    #[serde(rename = "type")]
    kind: Text<'a>,
    dependencies: Members<'a, Text<'a>>,
    runtime: Members<'a, Present>,
    native: Members<'a, Present>,
    resource: Members<'a, Present>,
    runtime_targets: Members<'a, Present>,
    content_files: Members<'a, Present>,
}

impl Library<'_> {
    fn ships(&self) -> bool {
        let files = [&self.runtime, &self.native, &self.resource, &self.runtime_targets, &self.content_files];
        files.iter().flat_map(|members| members.keys()).any(|path| !path.ends_with("_._"))
    }
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let Some(assets) = json::parse::<Assets<'_>>(document, &text, FORMAT.advice, reading) else { return };
    // The file lies in the project's `obj`, or in a folder of build outputs of its own.
    let folder = document.path.folder;
    let root = folder.strip_suffix("obj").map_or(folder, |root| root.trim_end_matches('/'));
    reading.covers.push((document.entry.mount, root.to_owned()));
    let direct = assets.direct();
    let mut lines = LineFinder::new(&text);
    for (framework, libraries) in &assets.targets.0 {
        lines.find(&format!("\"{framework}\""));
        for (key, library) in &libraries.0 {
            let line = lines.find(&format!("\"{key}\""));
            let Some((name, version)) = key.split_once('/') else { continue };
            if library.kind.as_str() != Some("package") {
                continue;
            }
            let version = Version::Exact(version.to_owned());
            let mut claim =
                claim(name, version, EvidenceKind::Locked, document.location(line), document.place_at(root));
            claim.presence = if library.ships() { Presence::Shipped } else { Presence::Development };
            claim.direct = Some(direct.contains(&claim.package));
            claim.requires = library.dependencies.keys().map(folded).collect();
            reading.claims.push(claim);
        }
    }
}

impl Assets<'_> {
    /// Lower-case names that the project asks for: `Newtonsoft.Json >= 13.0.1`.
    fn direct(&self) -> FxHashSet<String> {
        let groups = self.project_file_dependency_groups.0.iter().flat_map(|(_, texts)| &texts.0);
        groups.filter_map(|text| text.split_whitespace().next()).map(folded).collect()
    }
}
