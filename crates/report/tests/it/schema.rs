//! Every output of JSON is what its schema says, and the schema knows every name of the vocabulary.

use std::collections::BTreeSet;

use model::advisory::SeverityBasis;
use model::{Family, Severity};
use report::formats::json::{SCHEMA, to_text};
use report::wire;
use serde_json::{Value, json};

use crate::rich;

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

/// What the schema (or, with `definition`, one of its definitions) says against `value`.
fn complaints(value: &Value, definition: Option<&str>) -> Vec<String> {
    let mut schema = schema();
    if let Some(name) = definition {
        let definitions = schema["$defs"].clone();
        schema = json!({ "$ref": format!("#/$defs/{name}"), "$defs": definitions });
    }
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn json_of(report: &model::report::Report) -> Value {
    let format = report::find("json").unwrap();
    serde_json::from_str(&(format.render)(report, &rich::context())).unwrap()
}

#[test]
fn is_itself_a_valid_schema() {
    jsonschema::draft202012::meta::validate(&schema()).unwrap();
}

#[test]
fn holds_for_a_full_and_for_an_empty_report() {
    for report in [rich::rich_report(), rich::empty_report()] {
        assert_eq!(complaints(&json_of(&report), None), Vec::<String>::new());
    }
}

#[test]
fn holds_for_the_answers_of_sbom_and_permissions() {
    let report = rich::rich_report();
    let components = report.functions.iter().flat_map(|function| &function.components);
    let sbom = wire::Sbom {
        components: components.map(wire::Component::from_model).collect(),
        gaps: report.gaps.iter().map(wire::Gap::from_model).collect(),
    };
    assert_eq!(complaints(&serde_json::from_str(&to_text(&sbom)).unwrap(), Some("sbom")), Vec::<String>::new());
    for with_calls in [false, true] {
        let functions = report.functions.iter();
        let answer = wire::PermissionsReport {
            functions: functions.map(|one| wire::FunctionPermissions::from_model(one, with_calls)).collect(),
            gaps: Vec::new(),
        };
        let answer = serde_json::from_str(&to_text(&answer)).unwrap();
        assert_eq!(complaints(&answer, Some("permissions_report")), Vec::<String>::new());
    }
}

#[test]
fn refuses_reports_that_are_not_as_promised() {
    type Breakage = fn(&mut Value);
    let breakages: [(&str, Breakage); 8] = [
        ("another version", |report| report["schema_version"] = json!(2)),
        ("no functions", |report| drop(report.as_object_mut().unwrap().remove("functions"))),
        ("an unknown field", |report| report["functions"][0]["surprise"] = json!(1)),
        ("an unknown severity", |report| report["functions"][0]["findings"][0]["severity"] = json!("grave")),
        ("a finding without place", |report| report["functions"][0]["findings"][0]["locations"] = json!([])),
        ("a line 0", |report| report["functions"][0]["findings"][0]["locations"][0]["line"] = json!(0)),
        ("a gap that hides nothing", |report| report["gaps"][0]["hides"] = json!([])),
        ("values of the environment", |report| report["functions"][0]["environment"] = json!([{"name": "value"}])),
    ];
    for (name, breakage) in breakages {
        let mut report = json_of(&rich::rich_report());
        breakage(&mut report);
        assert!(!complaints(&report, None).is_empty(), "{name} was accepted");
    }
}

/// A report with `functions` of every variant would be long; the lists of names say it more plainly.
#[test]
fn knows_every_name_of_the_vocabulary() {
    let schema = schema();
    let definition = |path: &str| schema.pointer(&format!("/$defs/{path}/enum")).cloned().unwrap_or_default();
    let names = |path: &str| -> BTreeSet<String> {
        serde_json::from_value(definition(path)).unwrap_or_else(|_| panic!("no list of names at {path}"))
    };
    let check = |path: &str, expected: &[&str]| {
        assert_eq!(names(path), expected.iter().map(|name| (*name).to_owned()).collect(), "{path}");
    };
    let permissions = |rest: &str| format!("permissions/properties/{rest}");
    check("severity", &Severity::ALL.map(Severity::name));
    check("family", &Family::ALL.map(Family::name));
    check("confidence", &rich::CONFIDENCES.map(|one| one.name()));
    check("function/properties/cloud", &rich::CLOUDS.map(|one| one.name()));
    check("function/properties/kind", &rich::FUNCTION_KINDS.map(|one| one.name()));
    check("function/properties/triggers/items/properties/exposure", &rich::EXPOSURES.map(|one| one.name()));
    check("function/properties/triggers/items/properties/kind", &rich::TRIGGER_KINDS);
    check("component/properties/reach", &rich::REACHES.map(|one| one.name()));
    assert_eq!(names("component/properties/presence").len(), rich::PRESENCES.len());
    check(&permissions("policies/items/properties/kind"), &rich::POLICY_KINDS.map(|one| one.name()));
    check(&permissions("granted/items/properties/effect"), &rich::EFFECTS.map(|one| one.name()));
    check(&permissions("needed/items/properties/tier"), &rich::TIERS.map(|one| one.name()));
    check(&permissions("verdicts/items/properties/verdict"), &rich::JUDGEMENTS.map(|one| one.name()));
    check("finding/properties/remedy/properties/kind", &rich::REMEDIES.map(|one| one.name()));
    check("advisory/properties/status", &rich::STATUSES.map(|one| one.name()));
    check("advisory/properties/severity_basis", &SeverityBasis::ALL.map(SeverityBasis::name));
    check("gap/properties/hides/items", &rich::HIDDEN.map(|one| one.name()));
    check("call/properties/binding", &rich::BINDINGS.map(|one| one.name()));
    check("call/properties/via", &rich::VIAS.map(|one| one.name()));
}

#[test]
fn describes_every_field() {
    fn walk(schema: &Value, path: &str, missing: &mut Vec<String>) {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            for (name, property) in properties {
                let said = ["description", "$ref", "const", "oneOf"].iter().any(|key| property.get(key).is_some());
                if !said {
                    missing.push(format!("{path}/{name}"));
                }
                walk(property, &format!("{path}/{name}"), missing);
            }
            assert_eq!(schema["additionalProperties"], json!(false), "{path} is open");
        }
        if let Some(items) = schema.get("items") {
            walk(items, &format!("{path}[]"), missing);
        }
    }
    let schema = schema();
    let mut missing = Vec::new();
    walk(&schema, "", &mut missing);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        walk(definition, name, &mut missing);
    }
    assert_eq!(missing, Vec::<String>::new());
}
