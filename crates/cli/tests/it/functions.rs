//! Every sample function in `testdata/functions` against its expected report, and that report against the schema.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use testkit::TempDir;
use testkit::zip::ZipBuilder;

use crate::program::{compare, run, workspace};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(default)]
    zip: bool,
}

#[test]
fn every_sample_function_has_its_report() {
    let index = Index::build();
    let mut complaints = Vec::new();
    let folders = sorted_entries(&workspace().join("testdata/functions"));
    for folder in folders.iter().filter(|path| path.is_dir()) {
        let report = index.scan(folder);
        complaints.extend(compare(&folder.join("expected.json"), &report).err());
        complaints.extend(schema_complaints(&report).into_iter().map(|one| format!("{}: {one}", folder.display())));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

fn schema_complaints(report: &str) -> Vec<String> {
    let schema = serde_json::from_str(report::formats::json::SCHEMA).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let report = serde_json::from_str(report).unwrap();
    validator.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The sample advisories as an index file.
struct Index {
    folder: TempDir,
}

impl Index {
    fn build() -> Self {
        let folder = testkit::folder(&[]);
        for ecosystem in sorted_entries(&workspace().join("testdata/advisories")).iter().filter(|path| path.is_dir()) {
            let name = ecosystem.file_name().unwrap().to_string_lossy();
            testkit::write_file(folder.path(), &format!("{name}/all.zip"), &packed(ecosystem));
        }
        let run = run(folder.path(), &["advisories", "build", "--from", ".", "--output", "advisories.index"]);
        assert_eq!(run.exit, 0, "{}", run.stderr);
        Self { folder }
    }

    /// The report on one sample function, without what differs from run to run.
    fn scan(&self, sample: &Path) -> String {
        let case: Case = std::fs::read_to_string(sample.join("case.toml"))
            .map(|text| toml::from_str(&text).unwrap())
            .unwrap_or_default();
        let scratch = testkit::folder(&[]);
        let (folder, target) = if case.zip {
            testkit::write_file(scratch.path(), "function.zip", &packed(&sample.join("project")));
            copy_documents(sample, scratch.path());
            (scratch.path(), "function.zip")
        } else {
            (sample, "project")
        };
        let index = self.folder.path().join("advisories.index").display().to_string();
        let mut arguments = vec!["scan", target, "--format", "json", "--today", "2026-11-23", "--advisories", &index];
        arguments.extend(case.arguments.iter().map(String::as_str));
        let run = run(folder, &arguments);
        assert_eq!(run.exit, 0, "{}: {}", sample.display(), run.stderr);
        scrubbed(&run.stdout, &index)
    }
}

fn scrubbed(report: &str, index: &str) -> String {
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let report = report.replacen(&version, "\"version\": \"[VERSION]\"", 1).replace(index, "[INDEX]");
    let Some((before, (_, after))) =
        report.split_once("\"built_at\": \"").and_then(|(before, rest)| Some((before, rest.split_once('"')?)))
    else {
        return report;
    };
    format!("{before}\"built_at\": \"[DAY]\"{after}")
}

fn copy_documents(from: &Path, to: &Path) {
    for file in sorted_entries(from).iter().filter(|path| path.extension().is_some_and(|end| end == "json")) {
        std::fs::copy(file, to.join(file.file_name().unwrap())).unwrap();
    }
}

/// A zip of everything below `folder`, in the order of its names.
fn packed(folder: &Path) -> Vec<u8> {
    fn add(root: &Path, folder: &Path, mut zip: ZipBuilder) -> ZipBuilder {
        for path in sorted_entries(folder) {
            zip = if path.is_dir() {
                add(root, &path, zip)
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                zip.file(name, std::fs::read(&path).unwrap())
            };
        }
        zip
    }
    add(folder, folder, ZipBuilder::new()).write()
}

fn sorted_entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
