//! `conda-meta/*.json`: what conda, mamba and micromamba put into an environment.
//!
//! **Source**: conda's documentation of `PrefixRecord`; the `conda` type of the package URL specification. **Supported**:
//! packages of every language, by name, version, build, channel and platform. A Python package that keeps its own metadata
//! is that component, and not listed a second time. **Unsupported** (→ gap): records without name or version. No advisory
//! source speaks of conda's packages.

use model::component::{EvidenceKind, Version};
use serde::Deserialize;

use crate::claim::Claim;
use crate::document::{Document, Format, Reading, decode, join};
use crate::ecosystems::GENERIC;
use crate::json::{self, Text, Texts};
use crate::purl::purl;

pub(crate) const FORMAT: Format = Format {
    id: "conda-meta",
    accepts: |path| path.file_name.ends_with(".json") && path.folder.rsplit('/').next() == Some("conda-meta"),
    read,
    finds_installed: true,
    advice: "install the package anew",
};

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Record<'a> {
    name: Text<'a>,
    version: Text<'a>,
    build: Text<'a>,
    channel: Text<'a>,
    subdir: Text<'a>,
    depends: Texts<'a>,
    files: Texts<'a>,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let Some(record) = json::parse::<Record<'_>>(document, &text, FORMAT.advice, reading) else { return };
    let (Some(name), Some(version)) = (record.name.as_str(), record.version.as_str()) else {
        let why = "conda's record does not state both name and version; install the package anew";
        return reading.gaps.push(document.gap(None, why));
    };
    let environment = document.path.folder.trim_end_matches("conda-meta").trim_end_matches('/');
    if record.files.0.iter().any(|file| is_python_metadata(document, environment, file)) {
        return;
    }
    let place = document.place_at(environment);
    let location = document.location(None);
    let exact = Version::Exact(version.to_owned());
    let mut claim = Claim::new(name.to_owned(), exact, EvidenceKind::Installed, location, place);
    claim.ecosystem = Some(&GENERIC);
    claim.purl = Some(purl_of(name, version, &record));
    claim.requires = record.depends.0.iter().filter_map(|asked| Some(asked.split(' ').next()?.to_owned())).collect();
    reading.claims.push(claim);
}

/// Whether the file, as listed, is metadata that lies in the artifact.
fn is_python_metadata(document: &Document<'_>, environment: &str, file: &str) -> bool {
    let is_metadata = file.ends_with(".dist-info/METADATA") || file.ends_with(".egg-info/PKG-INFO");
    let is_there = || {
        let path = join(environment, file)?;
        document.survey.artifact.find(document.entry.mount, &path)
    };
    is_metadata && is_there().is_some()
}

fn purl_of(name: &str, version: &str, record: &Record<'_>) -> String {
    let value = |text: &Text<'_>| text.as_str().unwrap_or_default().to_owned();
    // Some tools write the channel as an address, whose last part that is no platform is its name.
    let channel = value(&record.channel);
    let platform = value(&record.subdir);
    let channel = channel.trim_end_matches('/').trim_end_matches(&platform).trim_end_matches('/');
    let channel = channel.rsplit('/').next().unwrap_or_default().to_owned();
    let qualifiers = [("build", value(&record.build)), ("channel", channel), ("subdir", platform)];
    let generic = purl(&GENERIC, name, Some(version), &qualifiers);
    generic.replacen("pkg:generic/", "pkg:conda/", 1)
}
