//! `NAME.deps.json`: what a .NET build put beside its program.
//!
//! **Source**: the .NET SDK's documentation, "Runtime configuration files" (`.deps.json`), and the host's probing rules in
//! the runtime's design documents. **Supported**: the runtime target's libraries of kind `package`, `project` and
//! `runtimepack`; dependencies through packages that ship nothing themselves. **Unsupported** (→ gap): assemblies that come
//! from no package (`reference`).
//!
//! A package counts when the target gives it files to run with; one whose files the shared framework replaces, or that
//! is only compiled against, is not in the artifact.

use model::component::{EvidenceKind, Presence, Version};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, LineFinder, Reading, decode, join};
use crate::ecosystems::nuget::{claim, folded};
use crate::json::{self, Flag, Members, NamedTexts, Present, Text};

pub(crate) const FORMAT: Format =
    Format { id: "deps-json", accepts, read, finds_installed: true, advice: "publish the project and scan the output" };

/// Packages below one another that ship no files, followed to what they bring.
const MAX_FOLLOWED: usize = 256;
/// Names shown in a gap.
const MAX_NAMES_SHOWN: usize = 3;

/// Below `obj` lie the build's own notes, of which the published file is a copy.
fn accepts(path: EntryPath<'_>) -> bool {
    path.file_name.ends_with(".deps.json") && !path.folder.split('/').any(|folder| folder == "obj" || folder == "ref")
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct DependencyFile<'a> {
    runtime_target: NamedTexts<'a>,
    targets: Members<'a, Members<'a, TargetLibrary<'a>>>,
    libraries: Members<'a, Library<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct TargetLibrary<'a> {
    dependencies: Members<'a, Text<'a>>,
    runtime: Members<'a, Present>,
    native: Members<'a, Present>,
    resources: Members<'a, Resource<'a>>,
    runtime_targets: Members<'a, Present>,
    compile_only: Flag,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Resource<'a> {
    locale: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Library<'a> {
    #[serde(rename = "type")]
    kind: Text<'a>,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let artifact = document.survey.artifact;
    let has_file = |relative: &str| {
        let path = join(document.path.folder, relative);
        path.is_some_and(|path| artifact.find(document.entry.mount, &path).is_some())
    };
    read_text(document, &decode(&bytes), &has_file, reading);
}

/// Reads the file's text; `has_file` knows the files of the folder it speaks of, by their relative paths.
pub(super) fn read_text(document: &Document<'_>, text: &str, has_file: &dyn Fn(&str) -> bool, reading: &mut Reading) {
    let Some(file) = json::parse::<DependencyFile<'_>>(document, text, "publish the project again", reading) else {
        return;
    };
    let Some(target) = file.target() else {
        reading.gaps.push(document.gap(None, "the file lists no target, so its packages are not known; publish again"));
        return;
    };
    let target: FxHashMap<&str, &TargetLibrary<'_>> =
        target.0.iter().map(|(key, library)| (key.as_ref(), library)).collect();
    let follow = Follow::new(&target);
    let direct = file.direct(&target, &follow);
    let mut lines = LineFinder::new(text);
    lines.find("\"libraries\"");
    let mut loose = Vec::new();
    for (key, library) in &file.libraries.0 {
        let line = lines.find(&format!("\"{key}\""));
        let Some((name, version)) = key.split_once('/') else { continue };
        let parts = target.get(key.as_ref()).copied();
        match library.kind.as_str() {
            Some("package" | "runtimepack") => {
                let Some(parts) = parts.filter(|parts| parts.ships()) else { continue };
                let name = name.strip_prefix("runtimepack.").unwrap_or(name);
                let framework = framework(document.path.folder, name);
                let (name, version) =
                    framework.as_ref().map_or((name, version), |(name, version)| (name.as_str(), *version));
                let kind = if parts.is_here(has_file) { EvidenceKind::Installed } else { EvidenceKind::Locked };
                let mut claim =
                    claim(name, Version::Exact(version.to_owned()), kind, document.location(line), document.place());
                claim.direct = Some(direct.contains(&folded(name)));
                claim.requires = follow.shipping(parts);
                claim.import_names = parts.assemblies();
                reading.claims.push(claim);
            }
            Some("project") => reading.claims.push(project(document, name, version, line)),
            Some("reference") if parts.is_some_and(|parts| parts.ships() && parts.is_here(has_file)) => {
                loose.push(name.strip_suffix(".Reference").unwrap_or(name));
            }
            _ => {}
        }
    }
    if !loose.is_empty() {
        reading.gaps.push(document.gap(None, loose_assemblies(&loose)));
    }
}

/// The runtime's package and version for a library of a shared framework, which lies in `shared/NAME/VERSION`. Before .NET 5
/// its `deps.json` named a package of the build, by a version that sorts as a pre-release of the framework's own.
fn framework<'a>(folder: &'a str, library: &str) -> Option<(String, &'a str)> {
    let (above, version) = folder.rsplit_once('/')?;
    let (above, name) = above.rsplit_once('/').unwrap_or(("", above));
    let platform = library.strip_prefix("runtime.")?.strip_suffix(name)?.strip_suffix('.')?;
    (above == "shared" || above.ends_with("/shared")).then(|| (format!("{name}.Runtime.{platform}"), version))
}

fn project(document: &Document<'_>, name: &str, version: &str, line: Option<u32>) -> Claim {
    let version = Version::Exact(version.to_owned());
    let mut claim = claim(name, version, EvidenceKind::Installed, document.location(line), document.place());
    claim.presence = Presence::Project;
    claim
}

fn loose_assemblies(names: &[&str]) -> String {
    let shown: Vec<_> = names.iter().take(MAX_NAMES_SHOWN).map(|name| format!("`{name}`")).collect();
    let more = match names.len().saturating_sub(MAX_NAMES_SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "assemblies of no package lie here, so what they are is not known: {}{more}; reference packages instead",
        shown.join(", ")
    )
}

impl<'a> DependencyFile<'a> {
    /// The target that the program runs as; where none is named the one that says most.
    fn target(&self) -> Option<&Members<'a, TargetLibrary<'a>>> {
        let is_name = |key: &&Option<std::borrow::Cow<'_, str>>| key.as_deref().is_none_or(|key| key == "name");
        let named = self.runtime_target.0.iter().find(|(key, _)| is_name(&key)).map(|(_, name)| name.as_ref());
        named
            .and_then(|name| self.targets.get(name))
            .or_else(|| self.targets.0.iter().map(|(_, target)| target).max_by_key(|target| target.0.len()))
    }

    /// Lower-case names of the packages that the projects ask for themselves.
    fn direct(&self, target: &FxHashMap<&str, &TargetLibrary<'_>>, follow: &Follow<'_>) -> FxHashSet<String> {
        let projects = self.libraries.0.iter().filter(|(_, library)| library.kind.as_str() == Some("project"));
        projects.filter_map(|(key, _)| target.get(key.as_ref())).flat_map(|parts| follow.shipping(parts)).collect()
    }
}

impl TargetLibrary<'_> {
    fn assets(&self) -> impl Iterator<Item = &str> {
        let all = self.runtime.keys().chain(self.native.keys()).chain(self.resources.keys());
        // An empty file of this name says that the framework has the assembly.
        all.chain(self.runtime_targets.keys()).filter(|path| !path.ends_with("_._"))
    }

    /// Whether the program runs with files of it.
    fn ships(&self) -> bool {
        !self.compile_only.0 && self.assets().next().is_some()
    }

    /// Whether one of its files lies beside the program: publishing drops their folders, but for files of one platform
    /// (`runtimes/…`) and of one language.
    fn is_here(&self, has_file: &dyn Fn(&str) -> bool) -> bool {
        fn file_name(path: &str) -> &str {
            path.rsplit_once('/').map_or(path, |(_, name)| name)
        }
        let in_language = self.resources.0.iter().any(|(path, resource)| {
            let locale = resource.locale.as_str().unwrap_or_default();
            has_file(&format!("{locale}/{}", file_name(path)))
        });
        in_language || self.assets().any(|path| has_file(file_name(path)) || has_file(path))
    }

    /// Names of its assemblies, sorted.
    fn assemblies(&self) -> Vec<String> {
        let file_names = self.runtime.keys().filter_map(|path| path.rsplit('/').next());
        let mut names: Vec<_> = file_names.filter_map(|name| name.strip_suffix(".dll")).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Finds what stands behind packages that ship nothing.
struct Follow<'a> {
    /// By name in lower case.
    by_name: FxHashMap<String, &'a TargetLibrary<'a>>,
}

impl<'a> Follow<'a> {
    fn new(target: &FxHashMap<&'a str, &'a TargetLibrary<'a>>) -> Self {
        let name = |key: &str| folded(key.split('/').next().unwrap_or(key));
        Self { by_name: target.iter().map(|(key, parts)| (name(key), *parts)).collect() }
    }

    /// Lower-case names of the packages that `parts` asks for, sorted; for those that ship nothing, what they ask for.
    fn shipping(&self, parts: &TargetLibrary<'_>) -> Vec<String> {
        let mut seen: FxHashSet<String> = FxHashSet::default();
        let mut found = Vec::new();
        let mut waiting: Vec<String> = parts.dependencies.keys().map(folded).collect();
        while let Some(name) = waiting.pop() {
            if seen.len() >= MAX_FOLLOWED || !seen.insert(name.clone()) {
                continue;
            }
            match self.by_name.get(&name) {
                Some(inner) if !inner.ships() => {
                    waiting.extend(inner.dependencies.keys().map(folded));
                }
                _ => found.push(name),
            }
        }
        found.sort_unstable();
        found
    }
}
