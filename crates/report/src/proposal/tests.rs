use model::permission::{Effect, Statement};
use model::{Location, SymbolicText};

use super::*;

fn proposal(form: PolicyForm, syntax: Syntax) -> Proposal {
    let location = Location::file("x");
    let texts = |texts: &[&str]| texts.iter().map(|text| SymbolicText::parse_sub(text)).collect();
    let mut statement = Statement::new(
        Effect::Allow,
        texts(&["sqs:SendMessage"]),
        texts(&["${Jobs.Arn}", "arn:aws:sqs:${AWS::Region}:1:jobs", "*"]),
        location.clone(),
    );
    statement.sid = Some("Sqs".into());
    let keys = [("aws:PrincipalTag/a b".to_owned(), vec![SymbolicText::literal("${aws:username}")])].into();
    statement.conditions = [("StringEquals".to_owned(), keys)].into();
    Proposal {
        home: PolicyHome {
            is_translation: false,
            form,
            syntax,
            file: "file".into(),
            owner: "Send".into(),
            implied: Vec::new(),
            elsewhere: Vec::new(),
            boundary: None,
            steps: Vec::new(),
            location,
        },
        policies: vec![ProposedPolicy::Inline { name: "P".into(), statements: vec![statement] }],
        current: Vec::new(),
        steps: Vec::new(),
    }
}

fn check(form: PolicyForm, syntax: Syntax, fragments: &[&str]) {
    let text = text(&proposal(form, syntax));
    for fragment in fragments {
        assert!(text.contains(fragment), "no `{fragment}` in\n{text}");
    }
    if syntax == Syntax::Json {
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
    }
}

#[test]
fn writes_references_as_each_language_has_them() {
    let yaml = [
        "!GetAtt Jobs.Arn",
        "!Sub \"arn:aws:sqs:${AWS::Region}:1:jobs\"",
        "- \"*\"",
        "\"aws:PrincipalTag/a b\": \"${aws:username}\"",
    ];
    check(PolicyForm::SamFunction, Syntax::Yaml, &yaml);
    check(
        PolicyForm::SamFunction,
        Syntax::Json,
        &["\"Fn::GetAtt\": [", "\"Fn::Sub\": \"arn:aws:sqs:${AWS::Region}:1:jobs\""],
    );
    check(PolicyForm::NewRole, Syntax::Yaml, &["Send:\n  Type: AWS::IAM::Role\n", "Service: lambda.amazonaws.com"]);
    check(
        PolicyForm::ServerlessProvider,
        Syntax::Yaml,
        &["provider:\n  iam:\n    role:\n      statements:\n", "- !Ref AWS::Region"],
    );
    check(PolicyForm::Document, Syntax::Json, &["\"${Jobs.Arn}\""]);
    let terraform = [
        "data \"aws_iam_policy_document\" \"Send\" {",
        "      Jobs.Arn,",
        "\"arn:aws:sqs:${data.aws_region.current.name}:1:jobs\"",
        "values   = [\"&{aws:username}\"]",
    ];
    check(PolicyForm::TerraformDocument, Syntax::Hcl, &terraform);
    check(PolicyForm::TerraformDocument, Syntax::Json, &["\"aws_iam_policy_document\": {", "\"${Jobs.Arn}\""]);
}

#[test]
fn names_the_sources_that_terraform_needs() {
    let steps = steps(&proposal(PolicyForm::TerraformDocument, Syntax::Hcl));
    assert_eq!(steps, ["declare `data \"aws_region\" \"current\" {}`, if it is not yet"]);
}

#[test]
fn shows_what_changes_and_nothing_when_nothing_does() {
    let mut proposal = proposal(PolicyForm::SamFunction, Syntax::Yaml);
    proposal.current = vec![ProposedPolicy::Managed("arn:aws:iam::aws:policy/AmazonSQSFullAccess".into())];
    let difference = diff(&proposal);
    assert!(difference.contains("\n-  - AmazonSQSFullAccess\n+  - Version: \"2012-10-17\"\n"), "{difference}");
    proposal.current = proposal.policies.clone();
    assert_eq!(diff(&proposal), "");
}
