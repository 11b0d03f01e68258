use super::*;
use crate::aws::policy_document;

const ROLE: &str = "arn:aws:iam::111111111111:role/r";

/// The problems of a trust policy of one statement, as `kind principal confidence`.
fn check(principal: &str, condition: &str, expected: &[&str]) {
    let text = format!(
        r#"{{"Statement": {{"Effect": "Allow", {principal}, "Action": "sts:AssumeRole", "Condition": {{{condition}}}}}}}"#
    );
    let read = policy_document::trust_from_json(&text, "account.json").unwrap();
    assert!(read.gaps.is_empty(), "{:?}", read.gaps);
    let identity = Identity { name: Some(ROLE.into()), trust: read.value, ..Identity::default() };
    let found = problems(&identity, Date::constant(2026, 6, 1));
    let shown =
        |problem: &TrustProblem| format!("{} {} {}", problem.kind.name(), problem.principal, problem.confidence.name());
    assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), expected, "{text}");
}

#[test]
fn accounts_are_judged_by_what_narrows_them() {
    let everyone = r#""Principal": "*""#;
    let other = r#""Principal": {"AWS": "arn:aws:iam::222222222222:root"}"#;
    for (principal, condition, expected) in [
        (everyone, "", &["anyone * certain"][..]),
        (r#""Principal": {"AWS": ["*"]}"#, "", &["anyone * certain"]),
        (everyone, r#""StringEquals": {"aws:PrincipalOrgID": "o-1"}"#, &[]),
        (everyone, r#""StringLike": {"aws:PrincipalOrgID": "*"}"#, &["anyone * certain"]),
        (everyone, r#""StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}"#, &["anyone * certain"]),
        (everyone, r#""StringNotEquals": {"aws:PrincipalOrgID": "o-1"}"#, &["anyone * certain"]),
        (everyone, r#""StringEquals": {"sts:ExternalId": "x"}"#, &["anyone * possible"]),
        (everyone, r#""DateLessThan": {"aws:CurrentTime": "2026-01-01"}"#, &[]),
        (other, "", &["other-account arn:aws:iam::222222222222:root likely"]),
        (r#""Principal": {"AWS": "222222222222"}"#, "", &["other-account 222222222222 likely"]),
        (other, r#""StringEquals": {"sts:ExternalId": "x"}"#, &[]),
        (r#""Principal": {"AWS": "arn:aws:iam::111111111111:root"}"#, "", &[]),
        (r#""Principal": {"AWS": "arn:aws:iam::222222222222:role/one"}"#, "", &[]),
        (r#""NotPrincipal": {"AWS": "222222222222"}"#, "", &["anyone 222222222222 certain"]),
    ] {
        check(principal, condition, expected);
    }
}

#[test]
fn services_are_judged_where_they_act_for_others() {
    for (service, condition, expected) in [
        ("lambda.amazonaws.com", "", &[][..]),
        ("rolesanywhere.amazonaws.com", "", &["any-source rolesanywhere.amazonaws.com possible"]),
        ("rolesanywhere.amazonaws.com", r#""ArnEquals": {"aws:SourceArn": "arn:aws:rolesanywhere:x:1:y"}"#, &[]),
        ("*", "", &["any-source * certain"]),
    ] {
        check(&format!(r#""Principal": {{"Service": "{service}"}}"#), condition, expected);
    }
}

#[test]
fn web_identities_are_judged_by_their_subject() {
    let github = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com";
    let sub = "token.actions.githubusercontent.com:sub";
    let found = format!("any-subject {github} certain");
    let wide = [found.as_str()];
    let audience = r#""StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}"#;
    let like = |value: &str| format!(r#""StringLike": {{"{sub}": {value}}}"#);
    for (condition, expected) in [
        (audience.to_owned(), &wide[..]),
        (like(r#""repo:org/*""#), &[]),
        (like(r#""repo:org/app:ref:refs/heads/main""#), &[]),
        (like(r#""repo:*""#), &wide),
        (like(r#""repo:org*/app""#), &wide),
        (like(r#""*""#), &wide),
        (like(r#"["repo:org/app:*", "repo:*/app:*"]"#), &wide),
        (format!(r#""ForAllValues:StringLike": {{"{sub}": "repo:org/*"}}"#), &wide),
    ] {
        check(&format!(r#""Principal": {{"Federated": "{github}"}}"#), &condition, expected);
    }
    let own = "arn:aws:iam::111111111111:oidc-provider/oidc.example.com/id/1";
    check(&format!(r#""Principal": {{"Federated": "{own}"}}"#), "", &[&format!("any-subject {own} likely")]);
    let sub = r#""StringEquals": {"oidc.example.com/id/1:sub": "system:serviceaccount:a:b"}"#;
    check(&format!(r#""Principal": {{"Federated": "{own}"}}"#), sub, &[]);
    check(r#""Principal": {"Federated": "arn:aws:iam::111111111111:saml-provider/x"}"#, "", &[]);
    let pool = r#""StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:1"}"#;
    check(r#""Principal": {"Federated": "cognito-identity.amazonaws.com"}"#, pool, &[]);
}
