//! Native libraries that wheels bring along: `NAME.libs/` (auditwheel, delvewheel) and `.dylibs/` (delocate).
//!
//! **Source**: the tools' own documentation: the copied library's name gets a part of its digest, and keeps its soname's
//! version. **Supported**: names of all three. **Unsupported**: the library's own version, where the file name states the
//! version of its binary interface only. A library that the distribution's bill of materials names is that component.

use model::component::{EvidenceKind, Version};

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading};
use crate::ecosystems::GENERIC;
use crate::ecosystems::pypi::normalise_name;
use crate::shared::bill_names;

pub(crate) const FORMAT: Format = Format {
    id: "native-library",
    accepts: |path| holder(path.folder).is_some() && library(path.file_name).is_some(),
    read,
    finds_installed: true,
    advice: "",
};

/// Shorter names are part of too many others to tell which library is meant.
const MIN_TELLING_BYTES: usize = 3;

/// Folder on Python's path and name of the distribution whose libraries lie in the folder.
fn holder(folder: &str) -> Option<(&str, &str)> {
    let (outer, last) = folder.rsplit_once('/').unwrap_or(("", folder));
    match last {
        ".dylibs" => Some(outer.rsplit_once('/').unwrap_or(("", outer))),
        _ => last.strip_suffix(".libs").map(|name| (outer, name)),
    }
    .filter(|(_, name)| !name.is_empty())
}

/// Reads all libraries of the folder at its first one.
fn read(document: &Document<'_>, reading: &mut Reading) {
    let artifact = document.survey.artifact;
    let mount = document.entry.mount;
    let beside = || {
        let below = artifact.under(mount, document.path.folder).map(|entry| (entry, EntryPath::new(&entry.path)));
        below.filter(|(_, path)| path.folder == document.path.folder && library(path.file_name).is_some())
    };
    let is_first = beside().next().is_some_and(|(entry, _)| entry.path == document.entry.path);
    let Some((site, name)) = holder(document.path.folder).filter(|_| is_first) else { return };
    let owner = normalise_name(name).into_owned();
    let listed = listed_names(document, site, &owner);
    for (entry, path) in beside() {
        let Some((name, version)) = library(path.file_name) else { continue };
        let key = telling(name);
        if listed.iter().any(|listed| is_same_library(listed, key)) {
            continue;
        }
        let found = Document::new(document.survey, entry);
        let version = version.map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
        let place = document.place_at(site);
        let mut claim = Claim::new(name.to_owned(), version, EvidenceKind::Recognised, found.location(None), place);
        claim.ecosystem = Some(&GENERIC);
        claim.parents.push(owner.clone());
        claim.direct = Some(false);
        reading.claims.push(claim);
    }
}

/// What the bills of the distribution list, in the form that names are compared in.
fn listed_names(document: &Document<'_>, site: &str, owner: &str) -> Vec<String> {
    let is_bill = |path: &str| {
        let path = EntryPath::new(path);
        path.folder.strip_suffix("/sboms").and_then(super::distribution_in).is_some_and(|(name, _)| name == owner)
    };
    let entries = document.survey.artifact.under(document.entry.mount, site);
    entries
        .filter(|entry| entry.path.contains(".dist-info/sboms/") && is_bill(&entry.path))
        .flat_map(|entry| bill_names(&Document::new(document.survey, entry)))
        .map(|name| telling(&name).replace("-libs", "").replace("-lib", "").replace('-', ""))
        .collect()
}

/// The part of a library's name that tells which it is: without `lib` before and digits behind it.
fn telling(name: &str) -> &str {
    let name = name.strip_prefix("lib").unwrap_or(name);
    name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '_'))
}

fn is_same_library(listed: &str, key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let is_part = listed.contains(&key) || key.contains(listed);
    listed == key || (is_part && listed.len() >= MIN_TELLING_BYTES && key.len() >= MIN_TELLING_BYTES)
}

/// Name and version of a library by its file name; `None` when it is none.
fn library(file_name: &str) -> Option<(&str, Option<&str>)> {
    let is_version = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    if let Some(stem) = file_name.strip_suffix(".dll").or_else(|| file_name.strip_suffix(".so")) {
        return Some((without_digest(stem), None));
    }
    if let Some((stem, version)) = file_name.split_once(".so.") {
        return is_version(version).then(|| (without_digest(stem), Some(version)));
    }
    let stem = file_name.strip_suffix(".dylib")?;
    let version = stem.split_once('.').filter(|(_, version)| is_version(version));
    Some(version.map_or((stem, None), |(name, version)| (name, Some(version))))
}

/// The name without the digests that the tools put behind it.
fn without_digest(stem: &str) -> &str {
    let mut name = stem;
    while let Some((before, digest)) = name.rsplit_once('-') {
        let is_digest = digest.len() >= 8 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_digest || before.is_empty() {
            break;
        }
        name = before;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_of_copied_libraries() {
        for (file_name, expected) in [
            ("libXau-154567c4.so.6.0.0", Some(("libXau", Some("6.0.0")))),
            ("libgfortran-040039e1-0352e75f.so.5.0.0", Some(("libgfortran", Some("5.0.0")))),
            ("libscipy_openblas64_-32a4b2a6.so", Some(("libscipy_openblas64_", None))),
            ("msvcp140-263139962577ecda4cd9469ca360a746.dll", Some(("msvcp140", None))),
            ("libz.1.3.1.dylib", Some(("libz", Some("1.3.1")))),
            (".load-order-numpy", None),
            ("x.py", None),
        ] {
            assert_eq!(library(file_name), expected, "{file_name}");
        }
    }
}
