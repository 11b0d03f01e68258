//! `composer.json` of the project: the packages it asks for, by constraint.
//!
//! **Source**: Composer's documentation, "The composer.json schema". **Supported**: `require`, `require-dev`, exact versions,
//! `minimum-stability`. **Unsupported**: platform packages (`php`, `ext-json`), which are no packages; `repositories`, which
//! only say where packages come from.

use model::component::{EvidenceKind, Presence, Version};
use serde::Deserialize;

use crate::claim::Claim;
use crate::document::{Document, Format, LineFinder, Reading, decode};
use crate::ecosystem::lower_case;
use crate::ecosystems::packagist::package::{self, is_in_package, is_package_name};
use crate::ecosystems::packagist::{constraint, version};
use crate::json::{self, Members, Text};

pub(crate) const FORMAT: Format = Format {
    id: "composer-json",
    accepts: |path| path.file_name == "composer.json" && path.is_of_project() && !is_in_package(path.folder),
    read,
    finds_installed: false,
    advice: "run `composer update --no-install` beside it and scan again",
};

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", bound(deserialize = "'de: 'a"))]
struct Manifest<'a> {
    name: Text<'a>,
    version: Text<'a>,
    minimum_stability: Text<'a>,
    require: Members<'a, Text<'a>>,
    require_dev: Members<'a, Text<'a>>,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let Some(manifest) = json::parse::<Manifest<'_>>(document, &text, "mend the file and scan again", reading) else {
        return;
    };
    let stability = manifest.minimum_stability.as_str().map(str::to_ascii_lowercase);
    let stability = stability.as_deref().filter(|stability| constraint::is_unstable(stability));
    let sections = [
        ("require", &manifest.require, Presence::Shipped),
        ("require-dev", &manifest.require_dev, Presence::Development),
    ];
    for (title, members, presence) in sections {
        let mut lines = LineFinder::new(&text);
        lines.find(&format!("\"{title}\""));
        for (name, asked) in &members.0 {
            let line = lines.find(&format!("\"{name}\""));
            let Some(asked) = asked.as_str().filter(|_| is_package_name(name)) else { continue };
            let version = asked_version(asked, stability);
            let package = lower_case(name).into_owned();
            let location = document.location(line);
            let mut claim = Claim::new(package, version, EvidenceKind::Declared, location, document.place());
            claim.presence = presence;
            claim.direct = Some(true);
            reading.claims.push(claim);
        }
    }
    if let Some(name) = manifest.name.as_str().filter(|name| !name.is_empty()) {
        reading.claims.push(package::project(document, name, manifest.version.0.clone()));
    }
}

/// `1.2.3` is that version alone; of everything else the range, with the project's stability where it names none itself.
fn asked_version(asked: &str, stability: Option<&str>) -> Version {
    let asked = asked.trim();
    let bare = asked.trim_start_matches('=').trim_start();
    let is_exact = bare.starts_with(|first: char| first.is_ascii_digit() || first == 'v')
        && !bare.contains(['*', ' ', ',', '|', '@', '#'])
        && !bare.to_ascii_lowercase().contains(".x")
        && version::key(bare).is_ok();
    match (is_exact, stability) {
        (true, _) => Version::Exact(bare.to_owned()),
        (false, Some(stability)) if !asked.contains(['@', '|', ',']) && !asked.starts_with("dev-") => {
            Version::Range(format!("{asked}@{stability}"))
        }
        (false, _) => Version::Range(asked.to_owned()),
    }
}
