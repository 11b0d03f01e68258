use model::Location;
use model::evaluation;
use proptest::prelude::*;

use super::*;
use crate::aws::iam::evaluation::{Case, evaluate};
use crate::aws::policy_document;

const TODAY: Date = Date::constant(2026, 6, 1);
const ACTIONS: &[&str] = &["s3:GetObject", "s3:PutObject", "sqs:SendMessage"];
const RESOURCES: &[&str] =
    &["arn:aws:s3:::b/k", "arn:aws:s3:::b/kk", "arn:aws:s3:::c/k", "arn:aws:s3:::b/x/k", "arn:aws:sqs:eu-west-1:1:q"];

fn policy(kind: PolicyKind, statements: &[String]) -> Policy {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
    let statements = policy_document::from_json(&text, "policy.json").unwrap().value;
    let location = Location::file("policy.json");
    Policy {
        id: kind.name().into(),
        kind,
        name: kind.name().into(),
        arn: None,
        parameters: Vec::new(),
        statements,
        location,
    }
}

fn grants(identity: &[String], boundary: &[String]) -> Grants {
    let mut policies = vec![policy(PolicyKind::Inline, identity)];
    policies.extend((!boundary.is_empty()).then(|| policy(PolicyKind::Boundary, boundary)));
    let identity = Identity { policies, ..Identity::default() };
    Grants::new(&identity, &TemplateResources::default(), TODAY)
}

fn is_granted(grants: &Grants, action: &str, resource: &str) -> bool {
    let pattern = Pattern::new(&resource.into(), Side::Need, &TemplateResources::default());
    matches!(grants.decide(facts::action(action).unwrap(), &pattern), Decision::Granted(..))
}

fn is_allowed(identity: &[String], boundary: &[String], action: &str, resource: &str) -> bool {
    let listed = |statements: &[String]| match statements {
        [] => String::new(),
        _ => format!(
            r#"{{"name": "p", "policy": {{"Version": "2012-10-17", "Statement": [{}]}}}}"#,
            statements.join(",")
        ),
    };
    let text = format!(
        r#"{{"request": {{"principal": "arn:aws:iam::111111111111:user/ann", "action": "{action}",
        "resource": {{"resource": "{resource}", "accountId": "111111111111"}}}},
        "identityPolicies": [{}], "permissionBoundaryPolicies": [{}]}}"#,
        listed(identity),
        listed(boundary)
    );
    let case = Case::from_json(&text, "case.json").unwrap();
    evaluate(&case.request, &case.policies).decision == evaluation::Decision::Allowed
}

fn statement(effect: &str, action: &str, resource: &str) -> String {
    let (action_key, action) = action.strip_prefix('!').map_or(("Action", action), |rest| ("NotAction", rest));
    let (resource_key, resource) =
        resource.strip_prefix('!').map_or(("Resource", resource), |rest| ("NotResource", rest));
    format!(r#"{{"Effect": "{effect}", "{action_key}": "{action}", "{resource_key}": "{resource}"}}"#)
}

#[test]
fn denies_that_cover_a_grant_together_take_it_away() {
    let allow = statement("Allow", "s3:GetObject", "arn:aws:s3:::b/*");
    let deny = |resource: &str| statement("Deny", "s3:*", resource);
    for (denies, expected) in [
        (vec![deny("arn:aws:s3:::b/?*")], true),
        (vec![deny("arn:aws:s3:::b/?*"), deny("arn:aws:s3:::b/")], false),
        (vec![deny("arn:aws:s3:::b/a*"), deny("!arn:aws:s3:::b/a*")], false),
        (vec![deny("!arn:aws:s3:::b/a*"), deny("arn:aws:s3:::b/ab*")], true),
        (vec![deny("!arn:aws:s3:::b/a*"), deny("!arn:aws:s3:::c/*")], false),
    ] {
        let statements: Vec<String> = denies.into_iter().chain([allow.clone()]).collect();
        let grants = grants(&statements, &[]);
        assert_eq!(!grants.all_actions().is_empty(), expected, "{statements:?}");
        assert_eq!(is_granted(&grants, "s3:GetObject", "arn:aws:s3:::b/*"), expected, "{statements:?}");
    }
}

/// A statement of either effect, with what it names or all but that.
fn statements(most: usize) -> impl Strategy<Value = Vec<String>> {
    let action = prop::sample::select(vec!["s3:*", "s3:GetObject", "!s3:GetObject", "*", "sqs:*", "!sqs:*", "s3:Get*"]);
    let resource = prop::sample::select(vec![
        "*",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::b/k*",
        "arn:aws:s3:::?/k",
        "arn:aws:s3:::b/k",
        "!arn:aws:s3:::b/*",
        "!arn:aws:s3:::b/k?",
        "!arn:aws:sqs:*:*:q",
        "arn:aws:sqs:*:*:*",
    ]);
    let effect = prop::sample::select(vec!["Allow", "Allow", "Deny"]);
    let one = (effect, action, resource).prop_map(|(effect, action, resource)| statement(effect, action, resource));
    prop::collection::vec(one, 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn what_is_granted_agrees_with_evaluation(identity in statements(6), boundary in statements(3)) {
        let grants = grants(&identity, &boundary);
        let all = grants.all_actions();
        for action in ACTIONS {
            for resource in RESOURCES {
                let allowed = is_allowed(&identity, &boundary, action, resource);
                prop_assert_eq!(is_granted(&grants, action, resource), allowed, "{} {}", action, resource);
                // What can be done is never left out of what is granted.
                prop_assert!(!allowed || all.contains(facts::action(action).unwrap()), "{}", action);
            }
        }
    }
}

#[test]
fn a_boundary_counts_with_its_resources() {
    let allow = |resource: &str| statement("Allow", "s3:GetObject", resource);
    for (granted, limits, denied, expected) in [
        ("arn:aws:s3:::b/*", vec![allow("arn:aws:s3:::b/k")], "arn:aws:s3:::c/*", true),
        ("arn:aws:s3:::b/*", vec![allow("arn:aws:s3:::c/*")], "arn:aws:s3:::c/*", false),
        ("arn:aws:s3:::b/*", vec![allow("!arn:aws:s3:::b/*")], "arn:aws:s3:::c/*", false),
        ("arn:aws:s3:::b/*", vec![allow("!arn:aws:s3:::b/k*")], "arn:aws:s3:::c/*", true),
        ("arn:aws:s3:::b/*", vec![allow("arn:aws:s3:::b/k"), allow("arn:aws:s3:::b/x/*")], "arn:aws:s3:::b/k*", true),
        ("arn:aws:s3:::b/*", vec![allow("arn:aws:s3:::b/k"), allow("arn:aws:s3:::c/*")], "arn:aws:s3:::b/k*", false),
    ] {
        let statements = [allow(granted), statement("Deny", "s3:*", denied)];
        let grants = grants(&statements, &limits);
        assert_eq!(!grants.all_actions().is_empty(), expected, "{granted} within {limits:?}");
        assert_eq!(is_granted(&grants, "s3:GetObject", "*"), expected, "{granted} within {limits:?}");
    }
}
