//! Gradle's lock files.
//!
//! **Source**: Gradle's user manual, "Locking Versions". **Supported**: `gradle.lockfile`, `buildscript-gradle.lockfile`,
//! `settings-gradle.lockfile` and the older `gradle/dependency-locks/CONFIGURATION.lockfile`. Which configurations reach a
//! package is told by their names: those of tests, checks and annotation processors do not.

use std::collections::BTreeMap;

use model::component::{EvidenceKind, Presence, Version};

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading, decode};
use crate::ecosystems::maven::unit::is_coordinate;

pub(crate) const FORMAT: Format = Format { id: "gradle-lockfile", accepts, read, finds_installed: false, advice: "" };

/// Parts of names of configurations that only a build or its tests use, lower case.
const DEVELOPMENT: &[&str] = &[
    "annotationprocessor",
    "checkstyle",
    "compileonly",
    "detekt",
    "developmentonly",
    "dokka",
    "errorprone",
    "jacoco",
    "jmh",
    "kapt",
    "kotlinbuildtools",
    "kotlincompiler",
    "kotlinklib",
    "kotlinnative",
    "ksp",
    "ktlint",
    "pmd",
    "provided",
    "spotbugs",
    "spotless",
    "test",
];

fn accepts(path: EntryPath<'_>) -> bool {
    let is_older = path.file_name.ends_with(".lockfile") && path.folder.ends_with("dependency-locks");
    (is_older || LOCKS.contains(&path.file_name)) && path.is_of_project()
}

const LOCKS: [&str; 3] = ["buildscript-gradle.lockfile", "gradle.lockfile", "settings-gradle.lockfile"];

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let file = document.path.file_name;
    // The older files are of one configuration each and lie below the project's `gradle/dependency-locks`.
    let older = (!LOCKS.contains(&file)).then(|| file.trim_end_matches(".lockfile"));
    let root = match older {
        Some(_) => document.path.folder.trim_end_matches("gradle/dependency-locks").trim_end_matches('/'),
        None => document.path.folder,
    };
    let has_runtime = text.contains("untimeClasspath");
    for (line, row) in (1_u32..).zip(text.lines()) {
        let row = row.trim();
        if row.is_empty() || row.starts_with('#') || row.starts_with("empty=") {
            continue;
        }
        let (module, configurations) = row.split_once('=').unwrap_or((row, older.unwrap_or_default()));
        let parts: Vec<&str> = module.split(':').collect();
        let [group, artifact, version] = parts[..] else {
            note_unread(document, line, row, reading);
            continue;
        };
        if ![group, artifact, version].into_iter().all(is_coordinate) {
            note_unread(document, line, row, reading);
            continue;
        }
        let location = document.location(Some(line));
        let version = Version::Exact(version.to_owned());
        let place = document.place_at(root);
        let mut claim = Claim::new(format!("{group}:{artifact}"), version, EvidenceKind::Locked, location, place);
        let is_of_build = file.starts_with("buildscript-") || file.starts_with("settings-");
        if is_of_build || !configurations.split(',').any(|configuration| ships(configuration, has_runtime)) {
            claim.presence = Presence::Development;
        }
        reading.claims.push(claim);
    }
}

fn note_unread(document: &Document<'_>, line: u32, row: &str, reading: &mut Reading) {
    let row: String = row.chars().take(80).collect();
    let why = format!("cannot read `{row}` as `GROUP:ARTIFACT:VERSION=CONFIGURATIONS`; write the lock anew");
    reading.gaps.push(document.gap(Some(line), why));
}

/// Whether what the configuration holds is packed. A compile class path is only where no runtime one says better.
fn ships(configuration: &str, has_runtime: bool) -> bool {
    let is_compiled = configuration.trim().to_ascii_lowercase().ends_with("compileclasspath");
    !(is_of_build(configuration) || has_runtime && is_compiled)
}

/// Whether only a build or its tests use what the configuration holds.
pub(crate) fn is_of_build(configuration: &str) -> bool {
    let name = configuration.to_ascii_lowercase();
    DEVELOPMENT.iter().any(|part| name.contains(part))
}

/// The versions that the locks of the project in the document's folder pin, by `group:artifact`.
pub(crate) fn pins(document: &Document<'_>) -> BTreeMap<String, String> {
    let older = document.survey.artifact.under(document.entry.mount, &older_folder(document.path.folder));
    let beside = LOCKS.iter().filter_map(|lock| document.sibling(lock));
    let locks = beside.chain(older.map(|entry| Document::new(document.survey, entry)));
    let mut pins = BTreeMap::new();
    for lock in locks.filter(|lock| accepts(lock.path)).take(MAX_LOCKS) {
        // What cannot be had is a gap of the lock's own reader.
        let Some(bytes) = lock.bytes(&mut Reading::default()) else { continue };
        for row in decode(&bytes).lines() {
            let module = row.split('=').next().unwrap_or_default().trim();
            if let Some((module, version)) = module.rsplit_once(':').filter(|(module, _)| !module.starts_with('#')) {
                pins.insert(module.to_owned(), version.to_owned());
            }
        }
    }
    pins
}

/// Locks of one project; the older kind has one for each configuration.
const MAX_LOCKS: usize = 64;

fn older_folder(root: &str) -> String {
    if root.is_empty() { "gradle/dependency-locks".to_owned() } else { format!("{root}/gradle/dependency-locks") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_configurations_that_ship() {
        for name in ["runtimeClasspath", "default", "productionRuntimeClasspath", "lambda", "releaseRuntimeClasspath"] {
            assert!(ships(name, true), "{name}");
        }
        for name in
            ["testRuntimeClasspath", "annotationProcessor", "compileClasspath", "kotlinCompilerClasspath", "checkstyle"]
        {
            assert!(!ships(name, true), "{name}");
        }
        assert!(ships("compileClasspath", false));
    }
}
