//! `node_modules/**/package.json`: packages that an install has put in place.
//!
//! **Source**: npm's documentation of `package.json` and of folders. **Supported**: nested, scoped and aliased packages
//! (the file's own `name` is the truth, not the folder's), pnpm's and npm's stores, what a package such as next brings along
//! in its `dist/compiled`. **Unsupported** (→ gap): a file
//! without name or version, broken JSON.
//!
//! Only the `package.json` of a package's own folder counts: those in its `dist`, `test` or `esm` describe no package.

use model::component::{EvidenceKind, Version};
use serde::Deserialize;

use crate::claim::{Claim, Place};
use crate::document::{Document, EntryPath, Format, Reading};
use crate::ecosystems::npm::slot;
use crate::json::{Members, Text};

pub(crate) const FORMAT: Format = Format { id: "installed-package", accepts, read, finds_installed: true, advice: "" };

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Package<'a> {
    name: Text<'a>,
    version: Text<'a>,
    dependencies: Members<'a, Text<'a>>,
    optional_dependencies: Members<'a, Text<'a>>,
    peer_dependencies: Members<'a, Text<'a>>,
}

fn accepts(path: EntryPath<'_>) -> bool {
    let is_package =
        || slot::split(path.folder).or_else(|| split_compiled(path.folder)).is_some_and(|(root, _)| !is_fixture(root));
    path.file_name == "package.json" && is_package()
}

const COMPILED: &str = "/dist/compiled/";

/// Root and slot of a package that another one brings along in its `dist/compiled`, as next does: the slot is the path of
/// the folder, so that it meets no other.
fn split_compiled(folder: &str) -> Option<(&str, &str)> {
    let (outer, name) = folder.split_at_checked(folder.rfind(COMPILED)?)?;
    let name = name.strip_prefix(COMPILED)?;
    let is_own_folder = name.split('/').count() == 1 + usize::from(name.starts_with('@'));
    let (root, _) = slot::split(outer)?;
    let slot = folder.get(root.len()..)?.trim_start_matches('/');
    (is_own_folder && !slot.contains("/test/")).then_some((root, slot))
}

/// Packages below such a folder are input of some test.
fn is_fixture(root: &str) -> bool {
    root.split('/').any(|folder| matches!(folder, "__fixtures__" | "__mocks__" | "__tests__" | "fixtures" | "testdata"))
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let compiled = split_compiled(document.path.folder);
    let Some((root, slot)) = compiled.or_else(|| slot::split(document.path.folder)) else { return };
    let Some(bytes) = document.bytes(reading) else { return };
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let package: Package<'_> = match serde_json::from_slice(bytes) {
        Ok(package) => package,
        Err(error) => {
            let line = u32::try_from(error.line()).ok();
            reading
                .gaps
                .push(document.gap(line, format!("cannot read the installed package's `package.json`: {error}")));
            return;
        }
    };
    let version = package.version.as_str().map(str::trim).filter(|version| !version.is_empty());
    let name = package.name.as_str().filter(|name| !name.is_empty());
    // A folder of compiled code may hold anything; one that does not even name itself is its owner's.
    if compiled.is_some() && name.is_none() {
        return;
    }
    if name.is_none() || version.is_none() {
        let why = "the installed package's `package.json` does not state both name and version; find out what it is";
        reading.gaps.push(document.gap(None, why));
    }
    // Without either it may be any folder; with one of them the folder's name stands in for the other.
    if name.is_none() && version.is_none() {
        return;
    }
    let name = name.unwrap_or_else(|| slot::key(slot)).to_owned();
    let version = version.map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
    let place = Place { slot: Some(slot.to_owned()), ..document.place_at(root) };
    let mut claim = Claim::new(name.clone(), version, EvidenceKind::Installed, document.location(None), place);
    let asked = [&package.dependencies, &package.optional_dependencies, &package.peer_dependencies];
    claim.requires = asked.iter().flat_map(|members| members.keys()).map(str::to_owned).collect();
    claim.requires.sort_unstable();
    claim.requires.dedup();
    // Code imports it by the folder's name, which an alias chooses.
    // What lies inside another package is imported by that alone.
    if compiled.is_none() {
        claim.import_names = vec![slot::key(slot).to_owned()];
    }
    reading.claims.push(claim);
}
