//! `gradle/libs.versions.toml`: the names under which build files ask for libraries.
//!
//! **Source**: Gradle's user manual, "Version Catalogs". **Supported**: `[versions]` plain and rich, `[libraries]` in all three
//! notations, `[bundles]`. A catalog asks for nothing by itself, so its entries count where a build script names them.
//! **Unsupported** (→ gap): text that is no TOML; a catalog whose project has no build script.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::document::{Document, EntryPath, Format, Reading, decode};
use crate::ecosystems::maven::gradle_build;

pub(crate) const FORMAT: Format = Format {
    id: "gradle-catalog",
    accepts: |path| is_catalog(path) && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "",
};

const ENDING: &str = ".versions.toml";

fn is_catalog(path: EntryPath<'_>) -> bool {
    path.file_name.ends_with(ENDING)
}

/// Only says what keeps build scripts from using the catalog.
fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let why = match Catalog::parse(&decode(&bytes)) {
        Err(why) => format!("cannot read the version catalog: {why}; mend it and scan again"),
        Ok(catalog) if catalog.libraries.is_empty() => return,
        Ok(_) => {
            let mut entries = document.survey.artifact.entries().iter();
            if entries.any(|entry| {
                entry.mount == document.entry.mount && gradle_build::is_script(EntryPath::new(&entry.path))
            }) {
                return;
            }
            "no build script says which libraries of this catalog the function uses; scan it with its project, or the built jar"
                .to_owned()
        }
    };
    reading.gaps.push(document.gap(None, why));
}

/// What a build file may name by accessors (`libs.commons.io`, `libs.bundles.web`).
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    /// By the alias with dots for its separators.
    libraries: BTreeMap<String, Library>,
    bundles: BTreeMap<String, Vec<String>>,
    versions: BTreeMap<String, String>,
}

/// One library of a catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Library {
    /// `group:artifact`.
    pub(crate) module: String,
    pub(crate) version: Option<String>,
}

impl Catalog {
    /// # Errors
    /// What is wrong with the text as TOML.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let table: Table = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        let section = |name: &str| table.get(name).and_then(Value::as_table).into_iter().flatten();
        let versions: BTreeMap<&str, String> =
            section("versions").filter_map(|(name, value)| Some((name.as_str(), version(value)?))).collect();
        let libraries =
            section("libraries").filter_map(|(alias, value)| Some((dotted(alias), library(value, &versions)?)));
        let bundle = |value: &Value| -> Option<Vec<String>> {
            Some(value.as_array()?.iter().filter_map(Value::as_str).map(dotted).collect())
        };
        let bundles = section("bundles").filter_map(|(alias, value)| Some((dotted(alias), bundle(value)?)));
        let libraries = libraries.collect();
        let bundles = bundles.collect();
        let versions = versions.into_iter().map(|(alias, version)| (dotted(alias), version)).collect();
        Ok(Self { libraries, bundles, versions })
    }

    /// Its versions under the names that scripts give them: `libs.versions.kotlin`.
    pub(crate) fn properties(&self, catalog: &str) -> Vec<(String, String)> {
        let named = |(alias, version): (&String, &String)| (format!("{catalog}.versions.{alias}"), version.clone());
        self.versions.iter().map(named).collect()
    }

    /// The version behind `libs.versions.`.
    pub(crate) fn version(&self, accessor: &str) -> Option<&str> {
        self.versions.get(&accessor.to_ascii_lowercase()).map(String::as_str)
    }

    /// What an accessor behind `libs.` means; empty when the catalog has no such entry.
    pub(crate) fn find(&self, accessor: &str) -> Vec<&Library> {
        let accessor = accessor.trim_end_matches(".get").trim_end_matches(".asProvider").to_ascii_lowercase();
        if let Some(bundle) = accessor.strip_prefix("bundles.") {
            let members = self.bundles.get(bundle).into_iter().flatten();
            return members.filter_map(|alias| self.libraries.get(alias)).collect();
        }
        self.libraries.get(&accessor).into_iter().collect()
    }
}

/// Aliases are written with `-`, `_` or `.`, accessors with `.` only.
fn dotted(alias: &str) -> String {
    alias.replace(['-', '_'], ".").to_ascii_lowercase()
}

fn library(value: &Value, versions: &BTreeMap<&str, String>) -> Option<Library> {
    if let Some(text) = value.as_str() {
        let (module, version) = text.rsplit_once(':').filter(|(module, _)| module.contains(':'))?;
        return Some(Library { module: module.to_owned(), version: Some(version.to_owned()) });
    }
    let table = value.as_table()?;
    let text = |name: &str| table.get(name).and_then(Value::as_str);
    let module = match text("module") {
        Some(module) => module.to_owned(),
        None => format!("{}:{}", text("group")?, text("name")?),
    };
    let by_reference = |value: &Value| versions.get(value.as_table()?.get("ref")?.as_str()?).cloned();
    let version = table.get("version").and_then(|value| by_reference(value).or_else(|| version(value)));
    Some(Library { module, version })
}

/// A plain version, or what a rich one insists on most.
fn version(value: &Value) -> Option<String> {
    if let Some(text) = value.as_str() {
        return Some(text.to_owned());
    }
    let table = value.as_table()?;
    let text = |name: &str| table.get(name).and_then(Value::as_str).map(str::to_owned);
    // Within a strict range the preferred version is what an install takes.
    match (text("strictly"), text("require"), text("prefer")) {
        (Some(strict), _, Some(preferred)) => Some(format!("{strict}!!{preferred}")),
        (Some(strict), _, None) => Some(strict),
        (None, Some(required), _) => Some(required),
        (None, None, preferred) => preferred,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_notation() {
        let catalog = Catalog::parse(
            "[versions]\nx = \"1.0\"\nr = { strictly = \"[1,2[\", prefer = \"1.5\" }\n[libraries]\n\
             a-b = \"g:a:2\"\nc_d = { module = \"g:c\", version.ref = \"x\" }\ne = { group = \"g\", name = \"e\", version = { ref = \"r\" } }\nf = { module = \"g:f\" }\n[bundles]\nall = [\"a-b\", \"e\"]\n",
        )
        .unwrap();
        let found = |accessor: &str| -> Vec<String> {
            let show = |library: &Library| format!("{}:{}", library.module, library.version.as_deref().unwrap_or("?"));
            catalog.find(accessor).into_iter().map(show).collect()
        };
        assert_eq!(found("a.b"), ["g:a:2"]);
        assert_eq!(found("c.d"), ["g:c:1.0"]);
        assert_eq!(found("bundles.all"), ["g:a:2", "g:e:[1,2[!!1.5"]);
        assert_eq!(found("f"), ["g:f:?"]);
        assert!(found("other").is_empty() && Catalog::parse("a = ").is_err());
    }
}
