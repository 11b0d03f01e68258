//! `composer.lock`.
//!
//! **Source**: Composer's documentation, "Basic usage" (the lock file), and the files of Composer 1 and 2. **Supported**:
//! `packages` and `packages-dev`, branches with their commits, packages from a folder of the project. **Unsupported**:
//! `aliases`, which only matter while resolving.

use model::component::{EvidenceKind, Presence};
use serde::Deserialize;

use crate::document::{Document, Format, LineFinder, Reading, decode};
use crate::ecosystems::packagist::package::{Package, is_in_package};
use crate::json;

pub(crate) const FORMAT: Format = Format {
    id: "composer-lock",
    accepts: |path| path.file_name == "composer.lock" && path.is_of_project() && !is_in_package(path.folder),
    read,
    finds_installed: false,
    advice: "write it anew with `composer update --lock`",
};

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", bound(deserialize = "'de: 'a"))]
struct Lock<'a> {
    packages: Option<Vec<Package<'a>>>,
    packages_dev: Option<Vec<Package<'a>>>,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let Some(lock) = json::parse::<Lock<'_>>(document, &text, FORMAT.advice, reading) else { return };
    let mut lines = LineFinder::new(&text);
    let sections = [(&lock.packages, Presence::Shipped), (&lock.packages_dev, Presence::Development)];
    for (packages, presence) in sections {
        for package in packages.iter().flatten() {
            let name = package.name.as_str().unwrap_or_default();
            let line = lines.find(&format!("\"name\": \"{name}\""));
            let Some(mut claim) = package.claim(EvidenceKind::Locked, document, document.path.folder, line) else {
                reading.gaps.push(document.gap(line, format!("a package without a name; {}", FORMAT.advice)));
                continue;
            };
            claim.presence = if package.is_in_folder() { Presence::Project } else { presence };
            reading.claims.push(claim);
        }
    }
}
