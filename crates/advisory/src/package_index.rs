//! What an install on some day would have taken for a manifest's requirement, told by registries' own descriptions of packages.
//!
//! **Source**: a folder with `npm/<name>.json` (`npm/@scope/name.json`), each a packument as npm's registry serves it, and
//! `pypi/<name>.json` (the name in canonical form), each PyPI's JSON description or the simple API's JSON form.
//! **Supported**: the highest version that the requirement admits among those published on or before the day (UTC). npm's
//! deprecated versions and PyPI's yanked ones are taken only when nothing else fits; PyPI's pre-releases likewise.
//! **Unsupported (→ gap, the requirement stays)**: packages that the folder does not describe, other ecosystems, requirements
//! that name a tag or cannot be read, days before the first version.

use std::collections::BTreeMap;
use std::path::PathBuf;

use inventory::{AdmittedVersions, Ecosystem, VersionKey, VersionSet};
use model::component::{Component, Version};
use model::{Gap, Hidden, Location};
use serde_json::Value;

use crate::exploitation::read_possibly_gzipped;

/// npm's largest packuments have some fifty megabytes.
const MAX_DESCRIPTION_BYTES: usize = 256 << 20;

/// A folder of descriptions. Files are read when a package is asked for.
#[derive(Debug, Clone)]
pub struct PackageIndex {
    folder: PathBuf,
}

/// A version and what decides whether it is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Published {
    /// RFC 3339.
    at: String,
    /// Deprecated or yanked.
    is_discouraged: bool,
}

type Description = fn(&Value) -> BTreeMap<String, Published>;

/// Folder and reader of each registry, by ecosystem id.
const REGISTRIES: &[(&str, Description)] = &[("npm", packument), ("pypi", pypi)];

impl PackageIndex {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Gives a component of which only a requirement is known the version that an install on `day` (`2024-05-31`) would have
    /// taken. Why that cannot be told, otherwise; nothing for components of exact or unknown version.
    pub fn resolve(&self, component: &mut Component, day: &str) -> Option<Gap> {
        let Version::Range(requirement) = &component.version else { return None };
        match self.version_on(component, requirement, day) {
            Ok(version) => {
                component.purl = with_version(&component.purl, &version);
                component.version = Version::Exact(version);
                None
            }
            Err(why) => {
                let place =
                    component.evidence.first().map_or_else(|| Location::file(""), |evidence| evidence.location.clone());
                let why = format!(
                    "what `{}` of `{requirement}` was on {day} is not known: {why}; the requirement is matched as it is",
                    component.name
                );
                Some(Gap::new(place, why, &[Hidden::Vulnerabilities]))
            }
        }
    }

    fn version_on(&self, component: &Component, requirement: &str, day: &str) -> Result<String, String> {
        let ecosystem = Ecosystem::by_id(component.ecosystem).ok_or("its ecosystem is not known")?;
        let admitted = ecosystem.parse_range(requirement).map_err(|unparsable| unparsable.to_string())?;
        let described = self.describe(ecosystem, &component.name)?;
        let published: Vec<_> =
            described.iter().filter(|(_, published)| published.at.get(..10).is_some_and(|at| at <= day)).collect();
        let best = |accepts: &dyn Fn(&Published, &VersionKey) -> bool| {
            let fitting = published.iter().filter_map(|(version, published)| {
                let key = ecosystem.version_key(version).ok()?;
                accepts(published, &key).then_some((key, (*version).clone()))
            });
            fitting.max().map(|(_, version)| version)
        };
        best(&|published, key| !published.is_discouraged && is_admitted(&admitted, key))
            .or_else(|| best(&|_, key| is_admitted(&admitted, key)))
            // Only npm refuses pre-releases that nothing names even when nothing else is there.
            .or_else(|| best(&|_, key| ecosystem.id == "pypi" && admitted.contains(key)))
            .ok_or_else(|| "no version that was published until then fits".to_owned())
    }

    fn describe(&self, ecosystem: &Ecosystem, name: &str) -> Result<BTreeMap<String, Published>, String> {
        let (registry, read) =
            REGISTRIES.iter().find(|(id, _)| *id == ecosystem.id).ok_or("descriptions of its registry are not read")?;
        let is_plain = name
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0', ':']));
        if !is_plain {
            return Err("its name is no file's".to_owned());
        }
        let path = self.folder.join(registry).join(format!("{name}.json"));
        let bytes = read_possibly_gzipped(&path, MAX_DESCRIPTION_BYTES)?
            .ok_or_else(|| format!("the package index has no `{registry}/{name}.json`"))?;
        let description: Value =
            serde_json::from_slice(&bytes).map_err(|error| format!("`{registry}/{name}.json` is no JSON: {error}"))?;
        Ok(read(&description))
    }
}

/// Pre-releases between admitted releases are not admitted.
fn is_admitted(admitted: &AdmittedVersions, key: &VersionKey) -> bool {
    admitted.intersects(&VersionSet::single(key.clone()))
}

fn packument(description: &Value) -> BTreeMap<String, Published> {
    let times = description.get("time").and_then(Value::as_object);
    let versions = description.get("versions").and_then(Value::as_object);
    let published = |(version, at): (&String, &Value)| {
        let manifest = versions?.get(version)?;
        let is_discouraged = manifest
            .get("deprecated")
            .is_some_and(|note| !matches!(note, Value::Null | Value::Bool(false)) && note.as_str() != Some(""));
        Some((version.clone(), Published { at: at.as_str()?.to_owned(), is_discouraged }))
    };
    times.into_iter().flatten().filter_map(published).collect()
}

fn pypi(description: &Value) -> BTreeMap<String, Published> {
    let mut files: Vec<(String, &Value)> = Vec::new();
    for (version, list) in description.get("releases").and_then(Value::as_object).into_iter().flatten() {
        files.extend(list.as_array().into_iter().flatten().map(|file| (version.clone(), file)));
    }
    for file in description.get("files").and_then(Value::as_array).into_iter().flatten() {
        let name = file.get("filename").and_then(Value::as_str).and_then(version_of_file);
        files.extend(name.map(|version| (version, file)));
    }
    let mut published: BTreeMap<String, Published> = BTreeMap::new();
    for (version, file) in files {
        let time =
            ["upload_time_iso_8601", "upload-time", "upload_time"].iter().find_map(|key| file.get(*key)?.as_str());
        let Some(at) = time else { continue };
        let is_yanked = file.get("yanked").is_some_and(|yanked| !matches!(yanked, Value::Null | Value::Bool(false)));
        let known =
            published.entry(version).or_insert_with(|| Published { at: at.to_owned(), is_discouraged: is_yanked });
        if at < known.at.as_str() {
            known.at = at.to_owned();
        }
        known.is_discouraged &= is_yanked;
    }
    published
}

/// `1.2` of `name-1.2-py3-none-any.whl` and `name-1.2.tar.gz`.
fn version_of_file(name: &str) -> Option<String> {
    if let Some(wheel) = name.strip_suffix(".whl") {
        return wheel.split('-').nth(1).map(str::to_owned);
    }
    let stem = [".tar.gz", ".zip", ".tar.bz2", ".tgz"].iter().find_map(|suffix| name.strip_suffix(suffix))?;
    stem.rsplit_once('-').map(|(_, version)| version.to_owned())
}

fn with_version(purl: &str, version: &str) -> String {
    let at = purl.find(['?', '#']).unwrap_or(purl.len());
    let (bare, rest) = purl.split_at(at);
    let escaped: String = version
        .chars()
        .map(|c| match c {
            '+' => "%2B".to_owned(),
            '!' => "%21".to_owned(),
            c => c.to_string(),
        })
        .collect();
    format!("{bare}@{escaped}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::component::{Evidence, EvidenceKind, Origin, Presence, Reach};

    const PACKUMENT: &str = r#"{"name":"left","versions":{"1.0.0":{},"1.1.0":{},"1.2.0":{"deprecated":"broken"},"2.0.0-rc.1":{},"2.0.0":{}},
        "time":{"created":"2020-01-01T00:00:00Z","1.0.0":"2020-01-01T00:00:00Z","1.1.0":"2021-01-01T23:59:59Z","1.2.0":"2021-02-01T00:00:00Z","2.0.0-rc.1":"2021-03-01T00:00:00Z","2.0.0":"2022-01-01T00:00:00Z","0.9.0":"2019-01-01T00:00:00Z"}}"#;
    const JSON_API: &str = r#"{"info":{},"releases":{"1.0":[{"upload_time_iso_8601":"2020-01-01T00:00:00Z","yanked":false}],"1.1":[{"upload_time_iso_8601":"2020-02-01T00:00:00Z","yanked":true}],"2.0rc1":[{"upload_time_iso_8601":"2020-03-01T00:00:00Z"}],"3.0":[]}}"#;
    const SIMPLE_API: &str = r#"{"meta":{"api-version":"1.1"},"files":[{"filename":"some_name-1.0-py3-none-any.whl","upload-time":"2020-01-02T00:00:00Z","yanked":false},
        {"filename":"some-name-1.0.tar.gz","upload-time":"2020-01-01T00:00:00Z"},{"filename":"some-name-1.5.tar.gz","upload-time":"2021-01-01T00:00:00Z","yanked":"bad"}]}"#;

    fn component(ecosystem: &'static str, name: &str, requirement: &str) -> Component {
        Component {
            ecosystem,
            name: name.to_owned(),
            purl: format!("pkg:{ecosystem}/{name}"),
            version: Version::Range(requirement.to_owned()),
            evidence: vec![Evidence { location: Location::file("m"), kind: EvidenceKind::Declared }],
            origin: Origin::Function,
            reach: Reach::Unknown,
            presence: Presence::Shipped,
            parents: Vec::new(),
            direct: None,
            system: None,
            owner: None,
            linked: None,
        }
    }

    #[test]
    fn takes_what_an_install_on_that_day_would_have_taken() {
        let folder = testkit::folder(&[
            ("npm/left.json", PACKUMENT.as_bytes()),
            ("pypi/p.json", JSON_API.as_bytes()),
            ("pypi/some-name.json", SIMPLE_API.as_bytes()),
            ("npm/odd.json", b"{"),
        ]);
        let index = PackageIndex::new(folder.path().to_owned());
        for (ecosystem, name, requirement, day, expected) in [
            ("npm", "left", "^1.0.0", "2020-06-01", "pkg:npm/left@1.0.0"),
            ("npm", "left", "^1.0.0", "2021-01-01", "pkg:npm/left@1.1.0"),
            ("npm", "left", "^1.0.0", "2023-01-01", "pkg:npm/left@1.1.0"),
            ("npm", "left", "~1.2.0", "2023-01-01", "pkg:npm/left@1.2.0"),
            ("npm", "left", "*", "2021-12-31", "pkg:npm/left@1.1.0"),
            ("npm", "left", ">=2.0.0-rc.0", "2021-12-31", "pkg:npm/left@2.0.0-rc.1"),
            ("npm", "left", "*", "2019-12-31", "pkg:npm/left"),
            ("npm", "left", "latest", "2022-12-31", "pkg:npm/left"),
            ("npm", "odd", "*", "2022-12-31", "pkg:npm/odd"),
            ("npm", "../left", "*", "2022-12-31", "pkg:npm/../left"),
            ("npm", "absent", "*", "2022-12-31", "pkg:npm/absent"),
            ("pypi", "p", ">=1", "2022-12-31", "pkg:pypi/p@1.0"),
            ("pypi", "p", ">=1.1,<2", "2022-12-31", "pkg:pypi/p@1.1"),
            ("pypi", "p", ">=2.0rc1", "2022-12-31", "pkg:pypi/p@2.0rc1"),
            ("pypi", "some-name", "", "2022-12-31", "pkg:pypi/some-name@1.0"),
        ] {
            let mut component = component(ecosystem, name, requirement);
            let gap = index.resolve(&mut component, day);
            assert_eq!(component.purl, expected, "{name} {requirement} {day}: {gap:?}");
            assert_eq!(gap.is_none(), component.version.exact().is_some());
        }
    }
}
