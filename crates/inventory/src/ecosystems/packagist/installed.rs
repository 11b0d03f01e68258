//! `vendor/composer/installed.json` and `installed.php`: what Composer put into `vendor`.
//!
//! **Source**: Composer's documentation, "Runtime Composer utilities", and the files of Composer 1 and 2.
//! **Supported**: both forms of `installed.json` (a list; an object with `packages`); `installed.php`, read where the other
//! is missing; packages whose folder was taken out of the artifact count as locked. **Unsupported** (→ gap): an
//! `installed.php` that is no plain array.

use model::component::{EvidenceKind, Presence, Version};
use serde::Deserialize;

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, LineFinder, Reading, decode, join};
use crate::ecosystem::lower_case;
use crate::ecosystems::packagist::package::{self, Package};
use crate::ecosystems::packagist::php_array::{self, Value};
use crate::json;

pub(crate) const JSON: Format =
    Format { id: "installed-json", accepts: accepts_json, read: read_json, finds_installed: true, advice: "" };

pub(crate) const PHP: Format =
    Format { id: "installed-php", accepts: accepts_php, read: read_php, finds_installed: true, advice: "" };

const ADVICE: &str = "write it anew with `composer install`";

fn accepts_json(path: EntryPath<'_>) -> bool {
    path.file_name == "installed.json" && is_composers(path.folder)
}

fn accepts_php(path: EntryPath<'_>) -> bool {
    path.file_name == "installed.php" && is_composers(path.folder)
}

/// The folder may have any name (`vendor-dir`); a package's own copy inside another's `vendor` is installed too.
fn is_composers(folder: &str) -> bool {
    (folder == "composer" || folder.ends_with("/composer"))
        && !folder.split('/').any(|folder| matches!(folder, "Fixtures" | "fixtures" | "tests" | "Tests" | "test"))
}

/// The project's folder: above `vendor`.
fn root(document: &Document<'_>) -> String {
    let outer = |folder: &str| folder.rsplit_once('/').map_or(String::new(), |(outer, _)| outer.to_owned());
    outer(&outer(document.path.folder))
}

/// Composer 2's form.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Installed<'a> {
    packages: Vec<Package<'a>>,
}

fn read_json(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let packages = if text.trim_start().starts_with('[') {
        json::parse::<Vec<Package<'_>>>(document, &text, ADVICE, reading)
    } else {
        json::parse::<Installed<'_>>(document, &text, ADVICE, reading).map(|installed| installed.packages)
    };
    let root = root(document);
    let mut lines = LineFinder::new(&text);
    for package in packages.into_iter().flatten() {
        let name = package.name.as_str().unwrap_or_default();
        let line = lines.find(&format!("\"name\": \"{name}\"")).or_else(|| lines.find(&format!("\"{name}\"")));
        let default = format!("../{name}");
        // A package without files of its own has no folder to look for.
        let is_here = package.kind.as_str() == Some("metapackage")
            || has_files(document, package.install_path.as_str().unwrap_or(&default));
        let kind = if is_here { EvidenceKind::Installed } else { EvidenceKind::Locked };
        let Some(mut claim) = package.claim(kind, document, &root, line) else { continue };
        if package.is_in_folder() {
            claim.presence = Presence::Project;
        }
        reading.claims.push(claim);
    }
}

/// Whether anything lies in the folder, which is given from the file's own; yes when it leads out of the artifact.
fn has_files(document: &Document<'_>, relative: &str) -> bool {
    let folder = join(document.path.folder, relative);
    folder.is_none_or(|folder| document.survey.artifact.under(document.entry.mount, &folder).next().is_some())
}

fn read_php(document: &Document<'_>, reading: &mut Reading) {
    if document.sibling("installed.json").is_some() {
        return;
    }
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let parsed = php_array::parse(&text);
    let Some(versions) = parsed.as_ref().and_then(|value| value.get("versions")) else {
        reading.gaps.push(document.gap(None, format!("the file is no plain array of packages; {ADVICE}")));
        return;
    };
    let project = parsed.as_ref().and_then(|value| value.get("root")?.get("name")?.text());
    let root = root(document);
    let mut lines = LineFinder::new(&text);
    for (name, fields) in versions.members() {
        let line = lines.find(&format!("'{name}' => "));
        // Without a version it is only replaced or provided by another package.
        let Some(version) = fields.get("pretty_version").and_then(Value::text) else { continue };
        if !package::is_package_name(name) {
            continue;
        }
        let is_here = fields
            .get("install_path")
            .and_then(Value::text)
            .is_none_or(|path| has_files(document, path.trim_start_matches('/')));
        let kind = if is_here { EvidenceKind::Installed } else { EvidenceKind::Locked };
        let version = Version::Exact(version.to_owned());
        let package = lower_case(name).into_owned();
        let mut claim = Claim::new(package, version, kind, document.location(line), document.place_at(&root));
        if project == Some(name) {
            claim.presence = Presence::Project;
        }
        reading.claims.push(claim);
    }
}
