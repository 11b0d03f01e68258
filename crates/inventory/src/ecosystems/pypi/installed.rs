//! `*.dist-info` and `*.egg-info`: distributions that an install has put in place.
//!
//! **Source**: the "Core metadata" and "Recording installed projects" specifications (PEP 566, 376, 627); setuptools'
//! documentation of `.egg-info`. **Supported**: `METADATA`, `PKG-INFO` in folders, as a lone `.egg-info` file and in eggs;
//! a `.dist-info` folder stripped of `METADATA` by its own name; `REQUESTED`, `top_level.txt`, `RECORD`. Only headers are
//! parsed. **Unsupported** (→ gap): metadata without name or version.
//!
//! Packages may lie anywhere: `--target` trees, `site-packages`, layers' `python/`, vendored copies inside packages.

use std::collections::BTreeSet;

use artifact::Entry;
use model::component::{EvidenceKind, Presence, Version};
use serde::Deserialize;

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading, Survey, decode, join};
use crate::ecosystems::Owned;
use crate::ecosystems::pypi::marker::{self, Environment};
use crate::ecosystems::pypi::{normalise_name, recorded, requirement};
use crate::json::{Flag, Loose, Text};

pub(crate) const FORMAT: Format =
    Format { id: "installed-distribution", accepts, read, finds_installed: true, advice: "" };

/// Requirements of one distribution; the longest lists, all extras counted, have some hundreds.
const MAX_REQUIREMENTS: usize = 4_096;
/// Top-level names of one distribution.
const MAX_IMPORT_NAMES: usize = 256;

fn accepts(path: EntryPath<'_>) -> bool {
    let folder = path.folder.rsplit('/').next().unwrap_or_default();
    let is_metadata = match path.file_name {
        "METADATA" | "RECORD" | "WHEEL" => folder.ends_with(".dist-info"),
        "PKG-INFO" => folder.ends_with(".egg-info") || folder == "EGG-INFO",
        name => name.ends_with(".egg-info"),
    };
    is_metadata && !path.folder.split('/').any(|folder| matches!(folder, "test" | "tests" | "testdata" | "fixtures"))
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let is_fallback = matches!(document.path.file_name, "RECORD" | "WHEEL");
    if !is_fallback {
        read_metadata(document, reading);
    } else if document.sibling("METADATA").is_none() {
        read_folder_name(document, reading);
    }
}

fn read_metadata(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let headers = Headers::parse(&decode(header_bytes(&bytes)));
    let (Some(name), Some(version)) = (headers.name, headers.version) else {
        let why = "the installed package's metadata does not state both name and version; install it anew";
        reading.gaps.push(document.gap(None, why));
        return;
    };
    let mut claim = claim(document, &name, version);
    let none = Environment { python: document.survey.python, extras: Some(&[]) };
    let asked = headers.requires.iter().filter_map(|text| requirement::parse(text));
    claim.requires = asked
        .take(MAX_REQUIREMENTS)
        .filter(|requirement| marker::evaluate(requirement.marker, none) != Some(false))
        .map(|requirement| requirement.canonical_name())
        .collect();
    reading.claims.push(claim);
}

/// A slimmed package keeps its folder's name, which by specification is name and version.
fn read_folder_name(document: &Document<'_>, reading: &mut Reading) {
    match distribution_in(document.path.folder) {
        Some((name, version)) => reading.claims.push(claim(document, &name, version)),
        None => {
            reading.gaps.push(document.gap(None, "the folder has no `METADATA` and its name does not state a version"))
        }
    }
}

/// Canonical name and version in the path of a `.dist-info` folder.
pub(crate) fn distribution_in(folder: &str) -> Option<(String, String)> {
    let folder = folder.rsplit('/').next()?;
    let (name, version) = folder.strip_suffix(".dist-info").unwrap_or(folder).rsplit_once('-')?;
    let is_stated = !name.is_empty() && !version.is_empty();
    is_stated.then(|| (normalise_name(name).into_owned(), version.replace('_', "-")))
}

fn claim(document: &Document<'_>, name: &str, version: String) -> Claim {
    let place = document.place_at(site(document.path));
    let name = normalise_name(name).into_owned();
    let mut claim = Claim::new(name, Version::Exact(version), EvidenceKind::Installed, document.location(None), place);
    claim.direct = document.sibling("REQUESTED").filter(|_| document.path.folder.ends_with(".dist-info")).map(|_| true);
    claim.import_names = import_names(document);
    let address = direct_address(document);
    let is_editable = address.as_ref().is_some_and(|address| address.dir_info.0.editable.0);
    claim.qualifiers.extend(address.as_ref().and_then(DirectAddress::qualifier));
    if is_develop(document) || is_editable {
        claim.presence = Presence::Project;
    }
    claim
}

/// `direct_url.json`: where an install took the distribution from, when not from an index.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct DirectAddress<'a> {
    url: Text<'a>,
    vcs_info: Loose<VcsInformation<'a>>,
    dir_info: Loose<FolderInformation>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct VcsInformation<'a> {
    vcs: Text<'a>,
    commit_id: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FolderInformation {
    editable: Flag,
}

impl DirectAddress<'_> {
    fn into_owned(self) -> DirectAddress<'static> {
        let owned = |text: Text<'_>| Text(text.0.map(|text| text.into_owned().into()));
        let VcsInformation { vcs, commit_id } = self.vcs_info.0;
        let vcs_info = Loose(VcsInformation { vcs: owned(vcs), commit_id: owned(commit_id) });
        DirectAddress { url: owned(self.url), vcs_info, dir_info: self.dir_info }
    }

    /// The address without a user's token; of a local file or folder only its name.
    fn qualifier(&self) -> Option<(&'static str, String)> {
        let url = self.url.as_str()?;
        let (scheme, rest) = url.split_once("://")?;
        let host_at = rest.find('/').unwrap_or(rest.len());
        let (host, path) = rest.split_at_checked(host_at)?;
        let address = match scheme {
            "file" => format!("file:{}", path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()),
            _ => format!("{scheme}://{}{path}", host.rsplit('@').next().unwrap_or(host)),
        };
        let information = &self.vcs_info.0;
        Some(match (information.vcs.as_str(), information.commit_id.as_str()) {
            (Some(vcs), Some(commit)) => ("vcs_url", format!("{vcs}+{address}@{commit}")),
            (Some(vcs), None) => ("vcs_url", format!("{vcs}+{address}")),
            (None, _) => ("download_url", address),
        })
    }
}

fn direct_address(document: &Document<'_>) -> Option<DirectAddress<'static>> {
    let bytes = document.sibling("direct_url.json")?.bytes(&mut Reading::default())?;
    let owned = serde_json::from_slice::<DirectAddress<'_>>(&bytes).ok()?;
    Some(owned.into_owned())
}

/// The folder that is on Python's path: beside which the metadata lies.
fn site(path: EntryPath<'_>) -> &str {
    let outer = |folder: &str| folder.rsplit_once('/').map_or(0, |(outer, _)| outer.len());
    if path.file_name.ends_with(".egg-info") {
        return path.folder;
    }
    let metadata_in = path.folder.get(..outer(path.folder)).unwrap_or_default();
    match path.folder.strip_suffix("EGG-INFO") {
        Some(_) => metadata_in.get(..outer(metadata_in)).unwrap_or_default(),
        None => metadata_in,
    }
}

/// Whether the folder is what `setup.py develop` leaves beside the project's own sources.
fn is_develop(document: &Document<'_>) -> bool {
    let is_folder = document.path.folder.ends_with(".egg-info");
    let beside_project = ["setup.py", "setup.cfg", "pyproject.toml"];
    is_folder
        && document.sibling("installed-files.txt").is_none()
        && ["..", "../.."]
            .iter()
            .any(|up| beside_project.iter().any(|file| document.sibling(&format!("{up}/{file}")).is_some()))
}

/// The files that the distribution's `RECORD` lists.
pub(crate) fn owned(survey: Survey<'_>, claim: &Claim) -> Owned {
    let is_record = |entry: &&Entry| {
        let path = EntryPath::new(&entry.path);
        let stem = path.folder.strip_suffix(".dist-info").and_then(|folder| folder.rsplit('/').next());
        let name = stem.and_then(|stem| stem.split('-').next());
        path.file_name == "RECORD"
            && name.is_some_and(|name| normalise_name(name) == claim.package)
            && site(path) == claim.place.root
    };
    let record = survey.artifact.under(claim.place.mount, &claim.place.root).find(is_record);
    let bytes = record.and_then(|record| Document::new(survey, record).bytes(&mut Reading::default()));
    let Some(bytes) = bytes else { return Owned::Everything };
    let text = decode(&bytes);
    let paths = text.lines().filter_map(recorded::path);
    Owned::Files(paths.filter_map(|path| join(&claim.place.root, path)).collect())
}

/// The part of the file before its first empty line.
fn header_bytes(bytes: &[u8]) -> &[u8] {
    let mut end = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii().is_empty() {
            break;
        }
        end += line.len();
    }
    bytes.get(..end).unwrap_or(bytes)
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Headers {
    name: Option<String>,
    version: Option<String>,
    requires: Vec<String>,
}

impl Headers {
    fn parse(text: &str) -> Self {
        let mut headers = Self::default();
        for line in text.lines().filter(|line| !line.starts_with([' ', '\t'])) {
            let Some((field, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match field.to_ascii_lowercase().as_str() {
                _ if value.is_empty() || value == "UNKNOWN" => {}
                "name" => drop(headers.name.get_or_insert_with(|| value.to_owned())),
                "version" => drop(headers.version.get_or_insert_with(|| value.to_owned())),
                "requires-dist" => headers.requires.push(value.to_owned()),
                _ => {}
            }
        }
        headers
    }
}

/// Top-level names that the distribution installs, sorted: from `top_level.txt`, else from the paths in `RECORD`.
fn import_names(document: &Document<'_>) -> Vec<String> {
    let read = |name: &str| {
        let document = document.sibling(name)?;
        document.bytes(&mut Reading::default())
    };
    let names: BTreeSet<String> = match read("top_level.txt") {
        Some(bytes) => {
            decode(&bytes).lines().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
        }
        None => match read("RECORD") {
            Some(bytes) => decode(&bytes).lines().filter_map(recorded_name).map(str::to_owned).collect(),
            None => BTreeSet::new(),
        },
    };
    names.into_iter().take(MAX_IMPORT_NAMES).collect()
}

/// The importable name at the top of a path of `RECORD`.
fn recorded_name(line: &str) -> Option<&str> {
    let path = line.split(',').next()?.trim_start_matches('"');
    let is_module = |name: &str| [".py", ".pyc", ".so", ".pyd"].iter().any(|suffix| name.ends_with(suffix));
    let name = match path.split_once('/') {
        Some((folder, below)) if is_module(below) => folder,
        Some(_) => return None,
        None if is_module(path) => path.split('.').next()?,
        None => return None,
    };
    let is_importable = !name.is_empty() && !name.contains(['.', '-']) && name != "__pycache__" && name != "bin";
    is_importable.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_import_path_beside_the_metadata() {
        let cases = [
            ("requests-2.0.dist-info/METADATA", ""),
            ("python/lib/python3.12/site-packages/a-1.dist-info/METADATA", "python/lib/python3.12/site-packages"),
            ("lib/a.egg-info/PKG-INFO", "lib"),
            ("lib/a-1-py3.8.egg-info", "lib"),
            ("lib/a-1-py3.8.egg/EGG-INFO/PKG-INFO", "lib"),
            ("a-1-py3.8.egg/EGG-INFO/PKG-INFO", ""),
        ];
        for (path, expected) in cases {
            assert!(accepts(EntryPath::new(path)), "{path}");
            assert_eq!(site(EntryPath::new(path)), expected, "{path}");
        }
        for path in ["METADATA", "a/METADATA", "x/tests/data/a-1.dist-info/METADATA", "a.dist-info/entry_points.txt"] {
            assert!(!accepts(EntryPath::new(path)), "{path}");
        }
    }

    #[test]
    fn reads_headers_only() {
        let text = b"Metadata-Version: 2.1\r\nName: A_b\r\nVersion: 1.0\r\nRequires-Dist: c (>=1)\r\n folded: x\r\nLicense: UNKNOWN\r\n\r\nVersion: 9\r\n";
        let expected =
            Headers { name: Some("A_b".into()), version: Some("1.0".into()), requires: vec!["c (>=1)".into()] };
        assert_eq!(Headers::parse(&decode(header_bytes(text))), expected);
    }

    #[test]
    fn reads_import_names_from_recorded_paths() {
        let cases = [
            ("requests/__init__.py,sha256=x,1", Some("requests")),
            ("six.py,,", Some("six")),
            ("_cffi_backend.cpython-312-x86_64-linux-gnu.so,,", Some("_cffi_backend")),
            ("requests-2.0.dist-info/METADATA,,", None),
            ("../../bin/tool.py,,", None),
            ("numpy.libs/libx.so,,", None),
            ("share/doc.txt,,", None),
        ];
        for (line, expected) in cases {
            assert_eq!(recorded_name(line), expected, "{line}");
        }
    }
}
