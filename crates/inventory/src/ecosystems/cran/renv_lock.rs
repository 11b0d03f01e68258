//! `renv.lock`, and the `DESCRIPTION` of installed R packages.
//!
//! **Source**: renv's documentation, "Lockfile"; "Writing R Extensions", "The DESCRIPTION file". **Supported**: packages of any
//! source with their versions, what they ask for, R packages that were built (`Built:`). **Unsupported**: `DESCRIPTION` of
//! sources, which says what a project is and not what is installed.

use model::component::{EvidenceKind, Version};
use serde::Deserialize;

use crate::claim::Claim;
use crate::document::{Document, Format, LineFinder, Reading, decode};
use crate::json::{self, Members, Text, Texts};

pub(crate) const LOCK: Format = Format {
    id: "renv-lock",
    accepts: |path| path.file_name == "renv.lock" && path.is_of_project(),
    read: read_lock,
    finds_installed: false,
    advice: "write it anew with `renv::snapshot()`",
};

pub(crate) const INSTALLED: Format = Format {
    id: "r-description",
    accepts: |path| path.file_name == "DESCRIPTION" && !path.folder.is_empty(),
    read: read_description,
    finds_installed: true,
    advice: "",
};

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
struct Lock<'a> {
    packages: Members<'a, Package<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
struct Package<'a> {
    package: Text<'a>,
    version: Text<'a>,
    requirements: Texts<'a>,
}

fn read_lock(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let Some(lock) = json::parse::<Lock<'_>>(document, &text, LOCK.advice, reading) else { return };
    let mut lines = LineFinder::new(&text);
    lines.find("\"Packages\"");
    for (key, package) in &lock.packages.0 {
        let line = lines.find(&format!("\"{key}\": {{"));
        let name = package.package.as_str().unwrap_or(key).to_owned();
        let version = package.version.as_str().map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
        let mut claim = Claim::new(name, version, EvidenceKind::Locked, document.location(line), document.place());
        claim.requires = package.requirements.0.iter().map(|name| name.clone().into_owned()).collect();
        reading.claims.push(claim);
    }
}

fn read_description(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let (Some(name), Some(version), Some(_)) = (field("Package:"), field("Version:"), field("Built:")) else { return };
    // Packages lie side by side in a library.
    let library = document.path.folder.rsplit_once('/').map_or("", |(library, _)| library);
    let version = Version::Exact(version.to_owned());
    let (location, place) = (document.location(None), document.place_at(library));
    reading.claims.push(Claim::new(name.to_owned(), version, EvidenceKind::Installed, location, place));
}
