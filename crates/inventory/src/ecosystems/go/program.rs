//! The modules of a Go program, with what the linker kept of each.

use std::collections::{BTreeMap, BTreeSet};

use artifact::Mount;
use model::component::{EvidenceKind, Linked, Presence, Version};

use super::build_info::{self, BuildInfo, Module};
use super::function_names::{self, FunctionNames};
use super::{GO, STANDARD_LIBRARY, version};
use crate::claim::Claim;
use crate::document::{Document, Reading};
use crate::shared::binary::{Program, Reader};

pub(crate) const READER: Reader = Reader { read };

fn read(program: &Program<'_>, document: &Document<'_>, reading: &mut Reading) {
    let names = function_names::find(program);
    let found = match build_info::find(program) {
        Some(Ok(found)) => found,
        Some(Err(_)) => {
            let why = "what Go wrote into the program about its modules is damaged; build it again";
            return reading.gaps.push(document.gap(None, why));
        }
        None => {
            if names.is_some() {
                let why = "the program was built by Go, but states no modules and no version (it was built by a toolchain before \
                           Go 1.13 or obfuscated): scan the folder it is built from";
                reading.gaps.push(document.gap(None, why));
            }
            return;
        }
    };
    let symbols = names.filter(|names| names.is_complete).map(|names| symbols(names, &found));
    let claim = |package: &str, version: Version| {
        let place = document.place_at(document.path.path);
        let mut claim =
            Claim::new(package.to_owned(), version, EvidenceKind::Installed, document.location(None), place);
        claim.ecosystem = Some(&GO);
        claim
    };
    let linked = |path: &str| {
        let symbols = symbols.as_ref()?.get(path);
        Some(Linked { symbols: symbols.into_iter().flatten().cloned().collect() })
    };
    let mut standard_library = claim(STANDARD_LIBRARY, toolchain_version(&found.toolchain));
    standard_library.linked = linked(STANDARD_LIBRARY);
    reading.claims.push(standard_library);
    if found.main.is_none() && found.dependencies.is_empty() {
        let why = "the program was built by Go without modules, so which packages were linked into it is not known: build it with \
                   `go build` in a module, or scan the folder it is built from";
        reading.gaps.push(document.gap(None, why));
    }
    if let Some(main) = &found.main {
        let version = main_version(main, &found.settings);
        let is_own = version == Version::Unknown && is_own_program(document);
        let mut own = claim(&main.path, version);
        own.presence = if is_own { Presence::Project } else { Presence::Shipped };
        own.linked = linked(&main.path);
        reading.claims.push(own);
    }
    for module in &found.dependencies {
        let shipped = module.shipped();
        let mut dependency = claim(&shipped.path, module_version(&shipped.version));
        dependency.import_names = vec![module.path.clone()];
        dependency.linked = linked(&shipped.path);
        reading.claims.push(dependency);
    }
}

impl Module {
    /// What was built for it: its replacement, or itself. A replacement by a folder is the module with changes of one's own,
    /// so it has the name and no version.
    fn shipped(&self) -> Self {
        match &self.replacement {
            Some(replacement) if is_folder(&replacement.path) => {
                Self { path: self.path.clone(), version: String::new(), replacement: None }
            }
            Some(replacement) => (**replacement).clone(),
            None => self.clone(),
        }
    }
}

pub(super) fn is_folder(path: &str) -> bool {
    path.starts_with("./")
        || path.starts_with("../")
        || path.starts_with('/')
        || matches!(path, "." | "..")
        || path.get(1..).is_some_and(|rest| rest.starts_with(":\\") || rest.starts_with(":/"))
}

/// Whether the program is the function's own: the platform starts what lies at the top of its package.
fn is_own_program(document: &Document<'_>) -> bool {
    document.entry.mount == Mount::Function && document.path.folder.is_empty()
}

fn module_version(text: &str) -> Version {
    if text.is_empty() || version::key(text).is_err() { Version::Unknown } else { Version::Exact(text.to_owned()) }
}

/// `go1.21.5`, whatever a vendor or an experiment appends to it, without `go`; unknown for toolchains between releases.
fn toolchain_version(text: &str) -> Version {
    let Some(version) = text.split(' ').next().and_then(|first| first.strip_prefix("go")) else {
        return Version::Unknown;
    };
    let (release, suffix) = version.split_once(['-', '+']).unwrap_or((version, ""));
    let is_between = ["pre", "rc", "dev"].iter().any(|sign| suffix.to_ascii_lowercase().contains(sign));
    // `1.19.4b7` is 1.19.4 with BoringCrypto.
    let release = match release.rsplit_once('b') {
        Some((plain, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => plain,
        _ => release,
    };
    if is_between || version::key(&format!("go{release}")).is_err() {
        return Version::Unknown;
    }
    Version::Exact(release.to_owned())
}

/// A main module has a version where it was installed as a release. A build from a checkout has none, or one that counts
/// commits from a tag that need not be there (`v0.0.0-…`), unless the build names a version itself and just one.
fn main_version(main: &Module, settings: &[(String, String)]) -> Version {
    let shipped = main.shipped();
    match module_version(&shipped.version) {
        Version::Exact(version) if !version.starts_with("v0.0.0-") => Version::Exact(version),
        _ => named_version(settings).map_or(Version::Unknown, Version::Exact),
    }
}

/// The version that `-ldflags "-X path.version=v1.2.3"` gives; `None` when there are several.
fn named_version(settings: &[(String, String)]) -> Option<String> {
    let flags = settings.iter().find(|(key, _)| key == "-ldflags").map(|(_, value)| value)?;
    let words = flags.split([' ', '\t', '\'', '"']).filter(|word| !word.is_empty());
    let assigned = words.filter_map(|word| word.strip_prefix("-X=").unwrap_or(word).split_once('='));
    let versions: BTreeSet<&str> = assigned
        .filter(|(variable, _)| {
            let name = variable.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            matches!(name.as_str(), "version" | "gitversion" | "buildversion" | "appversion")
        })
        .map(|(_, value)| value.strip_prefix('v').unwrap_or(value))
        .filter(|value| value.matches('.').count() >= 2 && version::key(value).is_ok())
        .collect();
    match versions.into_iter().collect::<Vec<_>>().as_slice() {
        [version] => Some(format!("v{version}")),
        _ => None,
    }
}

/// The symbols of each module, sorted, by the path of what was built for it. Every module has a row, if an empty one.
fn symbols(names: FunctionNames<'_>, found: &BuildInfo) -> BTreeMap<String, Vec<String>> {
    // Paths of modules as packages are imported by, and what was built for them.
    let mut shipped: BTreeMap<&str, String> = BTreeMap::new();
    for module in found.main.iter().chain(&found.dependencies) {
        shipped.insert(&module.path, module.shipped().path);
    }
    let mut symbols: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut last: Option<(String, Option<(String, String)>)> = None;
    for function in names.functions() {
        if last.as_ref().is_none_or(|(package, _)| *package != function.package) {
            let home = home(&function.package, found, &shipped);
            last = Some((function.package.clone().into_owned(), home));
        }
        if let Some((_, Some((module, package)))) = &last {
            let symbol = format!("{package}.{}", function.name);
            match symbols.get_mut(module) {
                Some(list) => list.push(symbol),
                None => drop(symbols.insert(module.clone(), vec![symbol])),
            }
        }
    }
    for list in symbols.values_mut() {
        list.sort_unstable();
        list.dedup();
    }
    symbols
}

/// The module that a package belongs to, and the package's path in what was built for that module.
fn home(package: &str, found: &BuildInfo, shipped: &BTreeMap<&str, String>) -> Option<(String, String)> {
    let package = match package {
        "main" if !found.main_package.is_empty() => found.main_package.as_str(),
        package => package,
    };
    let outer = std::iter::successors(Some(package), |path| path.rsplit_once('/').map(|(outer, _)| outer));
    for path in outer {
        if let Some(name) = shipped.get(path) {
            return Some((name.clone(), format!("{name}{}", package.strip_prefix(path).unwrap_or_default())));
        }
    }
    let first = package.split('/').next().unwrap_or_default();
    (!first.contains('.')).then(|| (STANDARD_LIBRARY.to_owned(), package.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_toolchains_call_themselves() {
        let cases = [
            ("go1.21.5", Some("1.21.5")),
            ("go1.21", Some("1.21")),
            ("go1.22rc1", Some("1.22rc1")),
            ("go1.24.3 X:nocoverageredesign", Some("1.24.3")),
            ("go1.22.4-fips", Some("1.22.4")),
            ("go1.20.5-bigmod", Some("1.20.5")),
            ("go1.19.4b7", Some("1.19.4")),
            ("go1.18beta2", Some("1.18beta2")),
            ("go1.24-pre3", None),
            ("devel go1.23-0123abcdef Mon Jan 1 00:00:00 2024 +0000", None),
            ("devel +0123abcdef", None),
            ("unknown", None),
        ];
        for (text, expected) in cases {
            assert_eq!(toolchain_version(text).exact(), expected, "{text}");
        }
    }

    #[test]
    fn takes_a_main_version_only_where_it_is_certain() {
        let check = |version: &str, ldflags: &str, expected: Option<&str>| {
            let main = Module { path: "example.com/m".into(), version: version.into(), replacement: None };
            let settings = [("-ldflags".to_owned(), ldflags.to_owned())];
            assert_eq!(main_version(&main, &settings).exact(), expected, "{version} {ldflags}");
        };
        check("v1.2.3", "", Some("v1.2.3"));
        check("v1.2.4-0.20250101000000-0123456789ab", "", Some("v1.2.4-0.20250101000000-0123456789ab"));
        check("v0.0.0-20250101000000-0123456789ab", "", None);
        check("(devel)", "-s -w", None);
        check("(devel)", "-s -w -X main.version=1.2.3 -X main.commit=abc", Some("v1.2.3"));
        check("(devel)", "-X 'a.io/m/v.Version=v1.2.3' -X main.version=1.2.3", Some("v1.2.3"));
        check("(devel)", "-X main.version=1.2.3 -X dep.Version=2.0.0", None);
        check("(devel)", "-X main.version=dev", None);
        check("(devel)", "-X main.goVersion=1.2.3", None);
    }
}
