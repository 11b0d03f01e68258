//! `pylock.toml` and `pdm.lock`: locks that mark each package with where it is wanted.
//!
//! **Source**: the "pylock.toml" specification (PEP 751), version 1.0; pdm's documentation and the files it writes, lock
//! version 4. **Supported**: markers, groups, extras, packages from repositories and folders. **Unsupported** (→ gap):
//! broken TOML, packages without a version that lie elsewhere.

use model::component::{EvidenceKind, Presence, Version};
use serde::Deserialize;
use toml::Spanned;

use crate::claim::Claim;
use crate::document::{Document, Format, Reading, decode};
use crate::ecosystems::pypi::marker::{self, Environment};
use crate::ecosystems::pypi::toml_file::{self, Lines};
use crate::ecosystems::pypi::{normalise_name, requirement};
use crate::json::{NamedTexts, Present, Text, Texts};

pub(crate) const PYLOCK: Format = Format {
    id: "pylock",
    accepts: |path| {
        let is_named = path.file_name.strip_prefix("pylock.").is_some_and(|rest| rest.ends_with("toml"));
        is_named && path.is_of_project()
    },
    read,
    finds_installed: false,
    advice: "write it anew with `pip lock` or `uv export --format pylock.toml`",
};

pub(crate) const PDM: Format = Format {
    id: "pdm-lock",
    accepts: |path| path.file_name == "pdm.lock" && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "write it anew with `pdm lock`",
};

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Lock<'a> {
    #[serde(alias = "package")]
    packages: Vec<Package<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Package<'a> {
    name: Option<Spanned<Text<'a>>>,
    version: Text<'a>,
    marker: Text<'a>,
    /// pdm's; the project's own requirements are `default`.
    groups: Texts<'a>,
    /// Requirements (pdm), or tables with a name.
    dependencies: Vec<NamedTexts<'a>>,
    directory: Present,
    path: Present,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let advice = if document.path.file_name == "pdm.lock" { PDM.advice } else { PYLOCK.advice };
    let Some(lock) = toml_file::parse::<Lock<'_>>(document, &text, advice, reading) else { return };
    let lines = Lines::new(&text);
    for package in &lock.packages {
        let Some(name) = &package.name else { continue };
        let (line, Some(text)) = (lines.of(name), name.get_ref().as_str()) else { continue };
        if let Some(presence) = package.presence(document.survey.python) {
            add(document, package, (text, line), presence, reading);
        }
    }
}

fn add(
    document: &Document<'_>,
    package: &Package<'_>,
    (name, line): (&str, u32),
    presence: Presence,
    reading: &mut Reading,
) {
    let version = package.version.as_str().map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
    if version == Version::Unknown && presence == Presence::Shipped {
        let why = format!("`{name}` comes from a repository or an address, so its version is not known");
        reading.gaps.push(document.gap(Some(line), why));
    }
    let name = normalise_name(name).into_owned();
    let mut claim = Claim::new(name, version, EvidenceKind::Locked, document.location(Some(line)), document.place());
    claim.presence = presence;
    claim.requires = package.requires();
    reading.claims.push(claim);
}

impl Package<'_> {
    /// `None` for a package that no platform of functions wants.
    fn presence(&self, python: Option<(u32, u32)>) -> Option<Presence> {
        let marker = self.marker.as_str().unwrap_or_default();
        if marker::evaluate(marker, Environment { python, extras: None }) == Some(false) {
            return None;
        }
        if self.directory.0 || self.path.0 {
            return Some(Presence::Project);
        }
        let is_of_extra = marker::evaluate(marker, Environment { python, extras: Some(&[]) }) == Some(false);
        let groups = &self.groups.0;
        let is_default = groups.is_empty() || groups.iter().any(|group| group == "default");
        Some(if is_default && !is_of_extra { Presence::Shipped } else { Presence::Development })
    }

    fn requires(&self) -> Vec<String> {
        let texts = self.dependencies.iter().flat_map(|texts| &texts.0);
        let names = texts.filter(|(key, _)| key.as_ref().is_none_or(|key| key == "name"));
        names.filter_map(|(_, text)| requirement::parse(text)).map(|requirement| requirement.canonical_name()).collect()
    }
}
