//! Runs every file in `tests/cmd`. A case is written as
//!
//! ```toml
//! arguments = ["scan", "."]
//! exit = 0
//! stdout = ["texts that the report holds"]
//! stderr = ["texts that the messages hold"]
//! neither = ["texts that are nowhere"]
//! [files]
//! "template.yaml" = "…"
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::program::{Run, run};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    arguments: Vec<String>,
    exit: i32,
    #[serde(default)]
    stdout: Vec<String>,
    #[serde(default)]
    stderr: Vec<String>,
    #[serde(default)]
    neither: Vec<String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
}

#[test]
fn every_case_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd");
    let mut complaints = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let case: Case = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        complaints.extend(check(&case).into_iter().map(|complaint| format!("{name}: {complaint}")));
        count += 1;
    }
    assert!(count > 10, "the cases are gone");
    complaints.sort();
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

fn check(case: &Case) -> Vec<String> {
    let files: Vec<_> = case.files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
    let folder = testkit::folder(&files);
    let first = run(folder.path(), &case.arguments);
    let second = run(folder.path(), &case.arguments);
    let mut complaints = complaints(case, &first);
    if first.stdout != second.stdout {
        complaints.push("two runs print different reports".to_owned());
    }
    complaints
}

fn complaints(case: &Case, run: &Run) -> Vec<String> {
    let mut complaints = Vec::new();
    let all = format!("stdout:\n{}\nstderr:\n{}", run.stdout, run.stderr);
    if run.exit != case.exit {
        complaints.push(format!("exit {} instead of {}\n{all}", run.exit, case.exit));
    }
    let lacks = |output: &str, texts: &[String]| -> Vec<_> {
        texts
            .iter()
            .filter(|text| !output.contains(text.as_str()))
            .map(|text| format!("lacks `{text}`\n{all}"))
            .collect()
    };
    complaints.extend(lacks(&run.stdout, &case.stdout));
    complaints.extend(lacks(&run.stderr, &case.stderr));
    complaints
        .extend(case.neither.iter().filter(|text| all.contains(text.as_str())).map(|text| format!("shows `{text}`")));
    if all.contains('\u{1b}') {
        complaints.push("has escape codes though nothing is a terminal".to_owned());
    }
    complaints
}
