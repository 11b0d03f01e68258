//! Packages that lie in an install folder without metadata: its `*.dist-info` was deleted to save space.
//!
//! **Source**: the layouts that the platforms look into: `site-packages`, layers' `python/`, the function's own folder.
//! **Supported**: packages whose distribution their import name tells, with the version that their source states.
//! **Unsupported** (→ gap, one for each folder): all others that look like somebody else's work.
//!
//! A folder of the project's own sources is no install folder: one is known by its name, or by two known packages that lie
//! side by side in it. What installed metadata, or the project, accounts for is not looked at.

mod distributions;
mod literal;

use std::collections::BTreeMap;

use artifact::{Entry, Mount};
use model::component::{EvidenceKind, Presence, Version};
use rustc_hash::FxHashSet;

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading, Survey, decode};
use crate::ecosystems::pypi::{import_names, layout};
use literal::Literal;

/// What the claims come from; no file is read for its name alone.
pub(crate) const FORMAT: Format =
    Format { id: "unlabelled-package", accepts: |_| false, read: |_, _| {}, finds_installed: false, advice: "" };

/// Files that state versions are short.
const MAX_SOURCE_BYTES: u64 = 256 << 10;
/// Known packages side by side that make any folder an install folder.
const MIN_KNOWN: usize = 2;
/// Packages named in a gap before `and N more`.
const MAX_NAMES_SHOWN: usize = 20;

/// Packages that several distributions share: each has what lies directly below. Sorted.
const NAMESPACES: &[&str] = &[
    "azure",
    "azure.keyvault",
    "azure.mgmt",
    "azure.storage",
    "google",
    "google.cloud",
    "opentelemetry",
    "ruamel",
    "snowflake",
    "zope",
];
/// Names that are no package of somebody else wherever they lie.
const NEVER: &[&str] = &["bin", "docs", "examples", "include", "scripts", "share", "src", "test", "tests"];

/// Claims and gaps of the packages that `claims`, everything else known of the ecosystem, do not account for; each reading
/// with the entry it speaks of. Cost: one pass over the table.
pub(crate) fn find<'a>(survey: Survey<'a>, claims: &[&Claim]) -> Vec<(&'a Entry, Reading)> {
    let sites = sites(survey);
    if sites.is_empty() {
        return Vec::new();
    }
    let known = Known::new(claims);
    let mut readings = Vec::new();
    for ((mount, folder), packages) in sites {
        let kind = SiteKind::of(mount, folder);
        let open: Vec<Package<'_>> =
            packages.into_values().filter(|package| !known.accounts_for(mount, folder, package)).collect();
        if let Some(entry) = open.first().map(|package| package.entry) {
            let reading = read_site(survey, folder, kind, open);
            if !reading.claims.is_empty() || !reading.gaps.is_empty() {
                readings.push((entry, reading));
            }
        }
    }
    readings
}

/// A top-level package or module.
#[derive(Debug)]
struct Package<'a> {
    /// As code imports it, with dots.
    name: String,
    /// Its `__init__.py`, or the module.
    entry: &'a Entry,
    /// Empty for a module.
    folder: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SiteKind {
    /// Nothing but installed packages.
    Installed,
    /// Installed packages and one's own.
    Mixed,
    /// Any folder.
    Unknown,
}

impl SiteKind {
    fn of(mount: Mount, folder: &str) -> Self {
        let last = folder.rsplit('/').next().unwrap_or_default();
        match last {
            "site-packages" => Self::Installed,
            "python" if mount == Mount::Layers || folder == "python" => Self::Mixed,
            _ => Self::Unknown,
        }
    }
}

type Sites<'a> = BTreeMap<(Mount, &'a str), BTreeMap<String, Package<'a>>>;

/// Top-level packages by the folder they lie in. Below a package nothing is one.
fn sites<'a>(survey: Survey<'a>) -> Sites<'a> {
    let mut sites: Sites<'a> = BTreeMap::new();
    let entries = survey.artifact.entries();
    let is_python = |path: EntryPath<'_>| matches!(path.file_name, "__init__.py" | "__init__.pyc");
    let folders: FxHashSet<(Mount, &str)> = entries
        .iter()
        .map(|entry| (entry.mount, EntryPath::new(&entry.path)))
        .filter(|(_, path)| is_python(*path))
        .map(|(mount, path)| (mount, path.folder))
        .collect();
    for entry in entries {
        let path = EntryPath::new(&entry.path);
        let is_package = is_python(path);
        let module =
            || path.file_name.strip_suffix(".py").filter(|name| distributions::distribution_of(name).is_some());
        let (site, name, folder) = if is_package {
            let Some((site, name)) = split_package(path.folder) else { continue };
            (site, name, path.folder)
        } else {
            let Some(name) = module() else { continue };
            (path.folder, name.to_owned(), "")
        };
        if is_left_out(entry.mount, site) || has_package_above(&folders, entry.mount, site) {
            continue;
        }
        let packages = sites.entry((entry.mount, site)).or_default();
        // Path order: `__init__.py` comes before its compiled form.
        packages.entry(name.clone()).or_insert(Package { name, entry, folder });
    }
    sites
}

/// Site and import name of the package in `folder`: `google/protobuf` is `google.protobuf`. What lies deeper than one level
/// below a namespace is part of a package.
fn split_package(folder: &str) -> Option<(&str, String)> {
    let is_shared = |name: &str| NAMESPACES.binary_search(&name).is_ok();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let starts = std::iter::once(0).chain(folder.match_indices('/').map(|(slash, _)| slash + 1));
    let segments: Vec<usize> = starts.collect();
    let first_shared = segments.iter().find(|start| {
        let segment = folder.get(**start..).and_then(|rest| rest.split('/').next());
        segment.is_some_and(is_shared)
    });
    let start = *first_shared.or(segments.last())?;
    let name = folder.get(start..)?.replace('/', ".");
    let is_whole = match name.rsplit_once('.') {
        Some((above, _)) => is_shared(above),
        None => true,
    };
    // What starts with `_` is part of another package.
    let is_public = |part: &str| !part.is_empty() && !part.starts_with('_') && part.chars().all(is_word);
    let is_name = name.split('.').all(is_public);
    let site = folder.get(..start.saturating_sub(1))?;
    (is_whole && is_name && !is_shared(&name)).then_some((site, name))
}

/// Folders in which packages are not installed for the function.
fn is_left_out(mount: Mount, site: &str) -> bool {
    let is_foreign = |folder: &str| {
        matches!(folder, "test" | "tests" | "testdata" | "fixtures" | "node_modules" | ".git" | "dist-packages")
            || folder.ends_with(".egg")
            || folder.ends_with(".egg!")
            || folder.ends_with(".libs")
            // The standard library, and what it bundles.
            || (folder.starts_with("python3.") && site.ends_with(folder))
            || folder == "ensurepip"
    };
    let is_system = mount == Mount::System && !site.ends_with("site-packages");
    is_system || layout::is_private(site) || site.split('/').any(is_foreign)
}

fn has_package_above(folders: &FxHashSet<(Mount, &str)>, mount: Mount, site: &str) -> bool {
    let ends = site.match_indices('/').map(|(end, _)| end).chain([site.len()]);
    ends.filter_map(|end| site.get(..end)).any(|folder| !folder.is_empty() && folders.contains(&(mount, folder)))
}

/// What needs no second look.
struct Known<'a> {
    /// Mount, folder on Python's path, and top-level name of installed distributions.
    installed: FxHashSet<(Mount, &'a str, String)>,
    /// Names of projects, whose sources are their own, and the folders that say so.
    projects: Vec<(&'a str, &'a str)>,
}

impl<'a> Known<'a> {
    fn new(claims: &[&'a Claim]) -> Self {
        let mut installed = FxHashSet::default();
        let mut projects = Vec::new();
        for claim in claims {
            if claim.presence == Presence::Project {
                projects.push((claim.package.as_str(), claim.place.root.as_str()));
            }
            if claim.kind == EvidenceKind::Installed {
                let usual = || import_names::of(&claim.package);
                let names = if claim.import_names.is_empty() { usual() } else { claim.import_names.clone() };
                installed.extend(names.into_iter().map(|name| (claim.place.mount, claim.place.root.as_str(), name)));
            }
        }
        Self { installed, projects }
    }

    fn accounts_for(&self, mount: Mount, folder: &str, package: &Package<'_>) -> bool {
        let top = package.name.split('.').next().unwrap_or_default();
        let distribution = distributions::distribution_of(&package.name);
        let own_name = super::normalise_name(&package.name);
        // What lies inside the package (`pandas/pyproject.toml`) was shipped with it.
        let is_project = |name: &str| {
            self.projects
                .iter()
                .any(|(project, root)| *project == name && (package.folder.is_empty() || *root != package.folder))
        };
        self.installed.contains(&(mount, folder, top.to_owned()))
            || is_project(&own_name)
            || distribution.is_some_and(|distribution| is_project(&distribution))
            || NEVER.contains(&top)
    }
}

/// A package with what was found out about it.
struct Examined<'a> {
    package: Package<'a>,
    distribution: Option<String>,
    /// The file that states its version.
    stated: Option<(&'a Entry, Literal)>,
    is_built: bool,
}

fn read_site<'a>(survey: Survey<'a>, site: &str, kind: SiteKind, packages: Vec<Package<'a>>) -> Reading {
    let mut reading = Reading::default();
    let has_known = packages.iter().filter(|package| distributions::distribution_of(&package.name).is_some()).count();
    if kind == SiteKind::Unknown && has_known < MIN_KNOWN {
        return reading;
    }
    let examined: Vec<Examined<'a>> = packages.into_iter().map(|package| examine(survey, package)).collect();
    let is_stated = |examined: &&Examined<'_>| examined.distribution.is_some() && examined.stated.is_some();
    let stated = examined.iter().filter(is_stated).count();
    if kind == SiteKind::Unknown && stated < MIN_KNOWN {
        return reading;
    }
    // `attr` and `attrs`, `pkg_resources` and `setuptools`: one of them states the version of both.
    let answered: FxHashSet<&str> =
        examined.iter().filter(is_stated).filter_map(|examined| examined.distribution.as_deref()).collect();
    let is_answered = |examined: &&Examined<'_>| {
        examined.stated.is_some() || examined.distribution.as_deref().is_none_or(|name| !answered.contains(name))
    };
    let mut unknown: Vec<String> = Vec::new();
    let mut gap_at = None;
    for examined in examined.iter().filter(is_answered) {
        let is_foreign = kind == SiteKind::Installed || examined.stated.is_some() || examined.is_built;
        match &examined.distribution {
            Some(distribution) => {
                reading.claims.push(claim(survey, site, examined, distribution));
                if examined.stated.is_some() {
                    continue;
                }
            }
            None if is_foreign => {}
            None => continue,
        }
        unknown.push(examined.package.name.clone());
        gap_at.get_or_insert(examined.package.entry);
    }
    if let Some(entry) = gap_at {
        let document = Document::new(survey, entry);
        let why = format!(
            "packages without metadata, of which name or version is not known: {}; deploy them with their `*.dist-info` folders",
            listed(&unknown)
        );
        reading.gaps.push(document.gap(None, why));
    }
    reading
}

fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(MAX_NAMES_SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(MAX_NAMES_SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn claim(survey: Survey<'_>, site: &str, examined: &Examined<'_>, distribution: &str) -> Claim {
    let (entry, line) = match &examined.stated {
        Some((entry, literal)) => (*entry, Some(literal.line)),
        None => (examined.package.entry, None),
    };
    let version = match &examined.stated {
        Some((_, literal)) => Version::Exact(literal.version.clone()),
        None => Version::Unknown,
    };
    let document = Document::new(survey, entry);
    let place = document.place_at(site);
    let mut claim =
        Claim::new(distribution.to_owned(), version, EvidenceKind::Recognised, document.location(line), place);
    claim.import_names = vec![examined.package.name.split('.').next().unwrap_or_default().to_owned()];
    claim
}

fn examine<'a>(survey: Survey<'a>, package: Package<'a>) -> Examined<'a> {
    let mount = package.entry.mount;
    let files: Vec<&'a Entry> = if package.folder.is_empty() {
        vec![package.entry]
    } else {
        let paths = literal::FILES.iter().map(|file| format!("{}/{file}", package.folder));
        paths.filter_map(|path| survey.artifact.find(mount, &path)).collect()
    };
    let mut literals: Vec<(usize, Literal)> = Vec::new();
    for (at, entry) in files.iter().enumerate().filter(|(_, entry)| entry.size_bytes <= MAX_SOURCE_BYTES) {
        let document = Document::new(survey, entry);
        // A file that cannot be read states nothing: the package is then named in the gap.
        let Some(bytes) = document.bytes(&mut Reading::default()) else { continue };
        literals.extend(
            literal::literals(&decode(&bytes), document.path.file_name).into_iter().map(|literal| (at, literal)),
        );
    }
    let stated = literal::agreed(&literals).and_then(|(at, literal)| Some((*files.get(*at)?, literal.clone())));
    let is_built = !package.folder.is_empty()
        && survey.artifact.under(mount, package.folder).any(|entry| {
            entry.path.ends_with(".so") || entry.path.ends_with(".pyd") || entry.path.ends_with("/py.typed")
        });
    let distribution = distributions::distribution_of(&package.name).map(|name| name.into_owned());
    Examined { package, distribution, stated, is_built }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_are_sorted() {
        assert!(NAMESPACES.is_sorted());
    }

    #[test]
    fn tells_packages_and_the_folder_they_lie_in() {
        let cases = [
            ("requests", Some(("", "requests"))),
            ("lib/site-packages/yaml", Some(("lib/site-packages", "yaml"))),
            ("google/protobuf", Some(("", "google.protobuf"))),
            ("x/google/cloud/storage", Some(("x", "google.cloud.storage"))),
            ("google/protobuf/internal", None),
            ("google/cloud", None),
            ("azure", None),
            ("google/cloud/_helpers", None),
            ("not-a-name", None),
            ("", None),
        ];
        for (folder, expected) in cases {
            let expected = expected.map(|(site, name)| (site, name.to_owned()));
            assert_eq!(split_package(folder), expected, "{folder}");
        }
    }
}
