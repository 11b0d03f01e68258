//! Packages that are damaged: what can be read is told, what cannot is a gap.

use testkit::zip::{ZipBuilder, ZipFile};

use crate::program::run;

const SCAN: &[&str] = &[
    "scan",
    "function.zip",
    "--runtime",
    "nodejs22.x",
    "--handler",
    "index.handler",
    "--format",
    "json",
    "--today",
    "2026-11-23",
];

fn installed() -> ZipBuilder {
    ZipBuilder::new()
        .file("index.js", "exports.handler = async () => ({});\n")
        .file("node_modules/left/package.json", r#"{"name":"left","version":"1.0.0"}"#)
}

#[test]
fn a_damaged_entry_is_a_gap_and_hides_nothing_else() {
    let damaged = ZipFile { declared_crc: Some(1), ..ZipFile::deflated("node_modules/right/package.json", "{}") };
    let folder = testkit::folder(&[("function.zip", &installed().entry(damaged).write())]);
    let run = run(folder.path(), SCAN);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let function = &report["functions"][0];
    assert!(function["components"].to_string().contains("pkg:npm/left@1.0.0"), "{function}");
    assert!(function["gaps"].to_string().contains("node_modules/right/package.json"), "{function}");
}

#[test]
fn a_cut_off_package_ends_in_words_not_in_a_clean_report() {
    let whole = installed().write();
    for length in [0, 10, whole.len() / 2, whole.len() - 1] {
        let folder = testkit::folder(&[("function.zip", &whole[..length])]);
        let run = run(folder.path(), SCAN);
        let told = match run.exit {
            0 => serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap()["functions"][0]["gaps"].to_string(),
            3 => run.stderr,
            exit => panic!("exit {exit} for {length} bytes: {}", run.stderr),
        };
        assert!(told.contains("function.zip"), "{length} bytes: {told}");
    }
}
