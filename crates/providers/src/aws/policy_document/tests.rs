use deploy::MemoryProject;
use deploy::formats::cloudformation::{Evaluator, Parameters};
use proptest::prelude::*;

use super::*;

/// A statement in one line: `Allow s3:GetObject on ${B.Arn}/* if StringEquals k=v @2`.
fn show(statement: &Statement) -> String {
    let list = |texts: &[SymbolicText]| texts.iter().map(ToString::to_string).collect::<Vec<_>>().join("+");
    let not = |texts: &[SymbolicText]| if texts.is_empty() { String::new() } else { format!("!{}", list(texts)) };
    let mut text = format!(
        "{} {}{} on {}{}",
        statement.effect.name(),
        list(&statement.actions),
        not(&statement.not_actions),
        list(&statement.resources),
        not(&statement.not_resources),
    );
    for (operator, keys) in &statement.conditions {
        for (key, values) in keys {
            text.push_str(&format!(" if {operator} {key}={}", list(values)));
        }
    }
    text
}

fn read_yaml(text: &str) -> Parsed<Vec<Statement>> {
    let root = deploy::parse_yaml(text, "t.yaml").unwrap().value;
    let (project, given) = (MemoryProject::default(), Parameters::default());
    let mut evaluator = Evaluator::new(&root, "t.yaml", &given, &project);
    from_partial(&evaluator.evaluate(root.get("P").unwrap()), "t.yaml")
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let parsed = read_yaml(text);
    assert_eq!(parsed.value.iter().map(show).collect::<Vec<_>>(), expected, "{text}");
    assert_eq!(parsed.gaps, [], "{text}");
}

#[test]
fn reads_every_shape_of_document() {
    let statement = "{Effect: Allow, Action: s3:GetObject, Resource: '*'}";
    let one = ["Allow s3:GetObject on *"];
    check(&format!("P: {{Version: 2012-10-17, Statement: [{statement}]}}"), &one);
    check(&format!("P: {{Statement: {statement}}}"), &one);
    check(&format!("P: [{statement}]"), &one);
    check(&format!("P: {statement}"), &one);
    check(&format!("P: {{Statement: [[{statement}], {statement}]}}"), &[one[0], one[0]]);
    check("P: '{\"Statement\": {\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\"}}'", &["Deny * on *"]);
}

#[test]
fn reads_every_element() {
    check(
        "P: {Statement: {Sid: A, Effect: Deny, NotAction: [iam:*, 's3:*'], NotResource: !Sub '${B.Arn}/*'}}",
        &["Deny !iam:*+s3:* on !${B.Arn}/*"],
    );
    check(
        "P: {Statement: {Effect: Allow, Action: ['a:B'], Resource: [!GetAtt T.Arn], Condition: {Bool: {k: true}, NumericLess: {n: [1, 2]}}}}",
        &["Allow a:B on ${T.Arn} if Bool k=true if NumericLess n=1+2"],
    );
    check(
        "Conditions: {C: !Equals [!Ref X, y]}\nP: {Statement: {Effect: Allow, Action: !If [C, a:B, [a:C, a:D]], Resource: '*'}}",
        &["Allow a:B+a:C+a:D on *"],
    );
    check("P: {Statement: {Effect: Allow, Action: !Split [',', 'a:B,a:C'], Resource: '*'}}", &["Allow a:B+a:C on *"]);
}

#[test]
fn every_action_keeps_its_line() {
    let text = "P:\n  Statement:\n    - Effect: Allow\n      Action:\n        - a:B\n        - !Sub 'a:${C}'\n      Resource: '*'\n";
    let statement = read_yaml(text).value.remove(0);
    assert_eq!(statement.origin.to_string(), "t.yaml:3:7");
    assert_eq!(statement.action_origin(0).to_string(), "t.yaml:5:11");
    assert_eq!(statement.action_origin(1).to_string(), "t.yaml:6:11");
}

#[test]
fn says_what_is_wrong_with_a_document() {
    let cases = [
        ("P: {}", "has no `Statement`", 0),
        ("P: 3", "must be a mapping", 0),
        ("P: !Ref Doc", "known only at deployment", 0),
        ("P: '{'", "not JSON", 0),
        ("P: {Statement: [x]}", "statement `x` is not a mapping", 0),
        ("P: {Statement: {Action: a:B, Resource: '*'}}", "no `Effect`", 0),
        ("P: {Statement: {Effect: allow, Action: a:B, Resource: '*'}}", "effect `allow` is neither", 0),
        ("P: {Statement: {Effect: !Ref E, Action: a:B, Resource: '*'}}", "listed as `Allow`", 1),
        ("P: {Statement: {Effect: Allow, Resource: '*'}}", "neither `Action`", 0),
        ("P: {Statement: {Effect: Allow, Action: a:B}}", "neither `Resource`", 1),
        ("P: {Statement: {Effect: Allow, Action: a:B, NotAction: a:C, Resource: '*'}}", "both `Action`", 1),
        ("P: {Statement: {Effect: Allow, Action: a:B, Resource: a, NotResource: b}}", "both `Resource`", 1),
        ("P: {Statement: {Effect: Allow, Action: a:B, Resource: '*', Resources: '*'}}", "`Resources` is no element", 1),
        ("P: {Statement: {Effect: Allow, Action: [{a: b}, a:B], Resource: '*'}}", "a mapping stands", 1),
        ("P: {Statement: {Effect: Allow, Action: a:B, Resource: '*', Condition: x}}", "the condition is not", 1),
        (
            "P: {Statement: {Effect: Allow, Action: a:B, Resource: '*', Condition: {Bool: x}}}",
            "operator `Bool` needs",
            1,
        ),
    ];
    for (text, gap, count) in cases {
        let parsed = read_yaml(text);
        assert_eq!(parsed.value.len(), count, "{text}");
        assert!(parsed.gaps.iter().any(|found| found.why.contains(gap)), "{text}: {:?}", parsed.gaps);
    }
}

#[test]
fn a_malformed_file_is_an_error_with_line_and_column() {
    let error = from_json("{\n  \"Statement\": [,]}", "policy.json").unwrap_err();
    assert_eq!(error.to_string(), "cannot read `policy.json:2:17` as JSON: expected a value, found `,`");
    let parsed =
        from_json("{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"${x}\"}}", "p").unwrap();
    assert_eq!(parsed.value[0].resources[0].as_literal(), Some("${x}"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_json_is_read_or_refused(text in "[\\[\\]{}\",:SEARaefct *]{0,60}") {
        let _ = from_json(&text, "t");
    }
}
