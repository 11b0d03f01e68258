//! Bills of materials of what could not be read whole.

use serde_json::{Value, json};

use crate::program::run;

/// Ends in the middle.
const BROKEN_LOCK: &str = "{\n\"packages\": {\n";
const WHY: &str = "package-lock.json:3: cannot read lock file: EOF while parsing an object at line 3 column 0; write it anew with `npm install --package-lock-only`";

fn bill(files: &[(&str, &[u8])], target: &str, format: &str) -> Value {
    let folder = testkit::folder(files);
    let run = run(folder.path(), &["sbom", "--format", format, target]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn cyclonedx_says_which_parts_are_incomplete_and_why() {
    let bill = bill(&[("fn/package-lock.json", BROKEN_LOCK.as_bytes())], "fn", "cyclonedx");
    let parts = json!(["target", "function:."]);
    assert_eq!(
        bill["compositions"],
        json!([{ "aggregate": "incomplete", "assemblies": parts, "dependencies": parts }])
    );
    let told: Vec<_> =
        bill["annotations"].as_array().unwrap().iter().map(|told| (&told["subjects"], &told["text"])).collect();
    assert_eq!(told, [(&json!(["function:."]), &json!(format!("not complete: {WHY}")))]);
}

#[test]
fn spdx_says_which_parts_are_incomplete_and_why() {
    let bill = bill(&[("fn/package-lock.json", BROKEN_LOCK.as_bytes())], "fn", "spdx");
    let packages = bill["packages"].as_array().unwrap();
    let comments: Vec<_> = packages
        .iter()
        .flat_map(|package| package["annotations"].as_array().unwrap().iter().map(|told| (&package["SPDXID"], told)))
        .filter_map(|(id, told)| Some((id.as_str()?, told["comment"].as_str()?.strip_prefix("fnassay:gap=")?)))
        .collect();
    assert_eq!(comments, [("SPDXRef-Function-1", WHY)]);
    let open = json!({ "spdxElementId": "SPDXRef-Function-1", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "NOASSERTION" });
    assert!(bill["relationships"].as_array().unwrap().contains(&open), "{}", bill["relationships"]);
}

#[test]
fn bills_of_what_was_read_whole_say_nothing_of_the_kind() {
    let lock = br#"{"lockfileVersion": 3, "packages": {"node_modules/left": {"version": "1.0.0"}}}"#;
    let files: &[(&str, &[u8])] = &[("fn/package-lock.json", lock)];
    let bill_of = |format| bill(files, "fn", format);
    assert_eq!(
        (&bill_of("cyclonedx")["compositions"], &bill_of("cyclonedx")["annotations"]),
        (&Value::Null, &Value::Null)
    );
    assert!(!bill_of("spdx").to_string().contains("fnassay:gap="));
}

#[test]
fn a_broken_lock_alone_is_one_gap() {
    let folder = testkit::folder(&[("package-lock.json", BROKEN_LOCK.as_bytes())]);
    let run = run(folder.path(), &["scan", "package-lock.json", "--only", "vulnerability", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let told: Vec<String> = [&report["gaps"], &report["functions"][0]["gaps"]]
        .into_iter()
        .flat_map(|gaps| gaps.as_array().unwrap())
        .map(|gap| format!("{}: {}", gap["where"].as_str().unwrap(), gap["why"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [WHY]);
}
