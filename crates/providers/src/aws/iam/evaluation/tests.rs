use model::evaluation::{Decision, StatementName};
use proptest::prelude::*;

use super::*;

const USER: &str = "arn:aws:iam::111111111111:user/ann";
const SESSION: &str = "arn:aws:sts::111111111111:assumed-role/Worker/run";
const OTHER: &str = "arn:aws:iam::222222222222:user/bob";
const BUCKET: &str = "arn:aws:s3:::b/k";
const ALLOW: &str = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}"#;

/// A case in parts; what is not given does not apply.
#[derive(Clone, Default)]
struct Parts<'a> {
    principal: &'a str,
    action: &'a str,
    resource: &'a str,
    context: &'a str,
    unknown: &'a str,
    identity: &'a [&'a str],
    resource_policy: &'a [&'a str],
    boundary: &'a [&'a str],
    session: &'a [&'a str],
    scp: &'a [&'a [&'a str]],
    rcp: &'a [&'a [&'a str]],
    vpc: &'a [&'a str],
}

fn document(statements: &[&str]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

fn named(name: &str, statements: &[&str]) -> String {
    format!(r#"{{"name":"{name}","policy":{}}}"#, document(statements))
}

fn levels(levels: &[&[&str]]) -> String {
    let level = |policies: &&[&str]| format!(r#"{{"orgIdentifier":"o","policies":[{}]}}"#, named("scp", policies));
    levels.iter().map(level).collect::<Vec<_>>().join(",")
}

impl Parts<'_> {
    fn json(&self) -> String {
        let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
        let list = |name: &str, statements: &[&str]| {
            if statements.is_empty() { String::new() } else { named(name, statements) }
        };
        let one = |statements: &[&str]| if statements.is_empty() { "null".to_owned() } else { document(statements) };
        format!(
            r#"{{"request":{{"principal":"{}","action":"{}","resource":{{"resource":"{}","accountId":"111111111111"}},
            "contextVariables":{{{}}},"unknownContext":[{}]}},"identityPolicies":[{}],"resourcePolicy":{},
            "permissionBoundaryPolicies":[{}],"sessionPolicy":{},"vpcEndpointPolicies":[{}],
            "serviceControlPolicies":[{}],"resourceControlPolicies":[{}]}}"#,
            or(self.principal, USER),
            or(self.action, "s3:GetObject"),
            or(self.resource, BUCKET),
            self.context,
            self.unknown,
            list("identity", self.identity),
            one(self.resource_policy),
            list("boundary", self.boundary),
            one(self.session),
            list("vpc", self.vpc),
            levels(self.scp),
            levels(self.rcp),
        )
    }

    fn answer(&self) -> Answer {
        let case = Case::from_json(&self.json(), "case.json").unwrap();
        evaluate(&case.request, &case.policies)
    }
}

#[track_caller]
fn check(parts: &Parts<'_>, expected: Decision) {
    let answer = parts.answer();
    assert_eq!(answer.decision, expected, "{}\n{answer:?}", parts.json());
}

/// One identity statement against the usual request.
#[track_caller]
fn check_identity(statement: &str, expected: Decision) {
    check(&Parts { identity: &[statement], ..Parts::default() }, expected);
}

use Decision::{Allowed, ExplicitlyDenied, ImplicitlyDenied, Unknown};

#[test]
fn an_explicit_deny_comes_first() {
    check_identity(ALLOW, Allowed);
    check(&Parts::default(), ImplicitlyDenied);
    let deny = r#"{"Sid":"No","Effect":"Deny","Action":"*","Resource":"*"}"#;
    let parts = Parts { identity: &[ALLOW, deny], ..Parts::default() };
    check(&parts, ExplicitlyDenied);
    assert_eq!(parts.answer().deciding, [StatementName { policy: "identity".into(), statement: "No".into() }]);
}

#[test]
fn actions_match_in_any_case_and_only_when_they_are_names() {
    for (action, expected) in [
        ("S3:getobject", Allowed),
        ("s3:Get*", Allowed),
        ("s3:Get?bject", Allowed),
        ("*", Allowed),
        ("*:*", Allowed),
        ("s3:GetObjec", ImplicitlyDenied),
        ("s3: GetObject", ImplicitlyDenied),
        ("s3:GetObject,s3:PutObject", ImplicitlyDenied),
        ("s3:", ImplicitlyDenied),
        ("GetObject", ImplicitlyDenied),
        ("s3:GetÖbject", ImplicitlyDenied),
    ] {
        check_identity(&format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"*"}}"#), expected);
    }
    check_identity(r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#, Allowed);
    check_identity(r#"{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}"#, ImplicitlyDenied);
}

#[test]
fn resources_match_with_wildcards_and_variables() {
    for (resource, expected) in [
        ("arn:aws:s3:::b/*", Allowed),
        ("arn:aws:s3:::b/?", Allowed),
        ("arn:aws:s3:::b", ImplicitlyDenied),
        ("arn:aws:s3:*", Allowed),
        ("arn:aws:s3", Allowed),
        ("arn:aws:s3:::b/${aws:username}", Allowed),
        ("arn:aws:s3:::${b}/k", Unknown),
        ("arn:aws:s3:::b/${aws:userid}", ImplicitlyDenied),
        ("arn:aws:s3:::b/${aws:userid, 'k'}", Allowed),
        ("arn:aws:s3:::b/${aws:PrincipalTag/x}", Unknown),
        ("arn:${aws:username}:s3:::b/k", ImplicitlyDenied),
        ("ARN:aws:s3:::b/k", ImplicitlyDenied),
    ] {
        let statement = format!(r#"{{"Effect":"Allow","Action":"s3:*","Resource":"{resource}"}}"#);
        let parts = Parts {
            context: r#""aws:username":"k""#,
            unknown: r#""aws:PrincipalTag/x""#,
            identity: &[&statement],
            ..Parts::default()
        };
        check(&parts, expected);
    }
    check_identity(r#"{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::c/*"}"#, Allowed);
    check_identity(r#"{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::b/*"}"#, ImplicitlyDenied);
}

#[test]
fn a_wildcard_in_the_request_is_allowed_in_part_and_denied_as_a_whole() {
    let deny_some = r#"{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/secret/*"}"#;
    let deny_all = r#"{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::*"}"#;
    let allow_some = r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/open/*"}"#;
    let parts = Parts { resource: "arn:aws:s3:::b/*", identity: &[allow_some], ..Parts::default() };
    check(&parts, Allowed);
    check(&Parts { identity: &[allow_some, deny_some], ..parts.clone() }, Allowed);
    check(&Parts { identity: &[allow_some, deny_all], ..parts }, ExplicitlyDenied);
}

#[test]
fn an_action_without_resources_is_named_by_a_star_alone() {
    for (resource, expected) in
        [("*", Allowed), ("arn:aws:s3:::*", ImplicitlyDenied), ("arn:aws:s3:::b", ImplicitlyDenied)]
    {
        let statement = format!(r#"{{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"{resource}"}}"#);
        let parts = Parts { action: "s3:ListAllMyBuckets", resource: "*", identity: &[&statement], ..Parts::default() };
        check(&parts, expected);
    }
}

#[test]
fn conditions_are_true_false_or_unknown() {
    let context = r#""aws:username":"ann","s3:max-keys":"10","aws:SourceIp":"10.1.2.3","aws:SecureTransport":"true",
        "aws:CurrentTime":"2026-01-02T00:00:00Z","aws:TagKeys":["a","b"],"aws:PrincipalArn":"arn:aws:iam::111111111111:user/x/ann""#;
    for (condition, expected) in [
        (r#"{"StringEquals":{"AWS:UserName":["bob","ann"]}}"#, Allowed),
        (r#"{"StringEquals":{"aws:username":"An*"}}"#, ImplicitlyDenied),
        (r#"{"StringLike":{"aws:username":"a*"}}"#, Allowed),
        (r#"{"StringLike":{"aws:username":"${*}nn"}}"#, ImplicitlyDenied),
        (r#"{"StringNotLike":{"aws:username":["x*","a*"]}}"#, ImplicitlyDenied),
        (r#"{"StringEqualsIgnoreCase":{"aws:username":"ANN"}}"#, Allowed),
        (r#"{"StringEquals":{"aws:userid":"x"}}"#, ImplicitlyDenied),
        (r#"{"StringNotEquals":{"aws:userid":"x"}}"#, Allowed),
        (r#"{"StringEqualsIfExists":{"aws:userid":"x"}}"#, Allowed),
        (r#"{"StringEquals":{"aws:hidden":"x"}}"#, Unknown),
        (r#"{"StringEquals":{"aws:username":"bob","aws:hidden":"x"}}"#, ImplicitlyDenied),
        (r#"{"Null":{"aws:userid":"true"}}"#, Allowed),
        (r#"{"Null":{"aws:username":true}}"#, ImplicitlyDenied),
        (r#"{"NumericLessThanEquals":{"s3:max-keys":"10"}}"#, Allowed),
        (r#"{"NumericLessThan":{"s3:max-keys":10}}"#, ImplicitlyDenied),
        (r#"{"NumericLessThan":{"s3:max-keys":"many"}}"#, Unknown),
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, Allowed),
        (r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, ImplicitlyDenied),
        (r#"{"Bool":{"aws:SecureTransport":true}}"#, Allowed),
        (r#"{"DateLessThan":{"aws:CurrentTime":"2026-06-01"}}"#, Allowed),
        (r#"{"DateGreaterThan":{"aws:CurrentTime":"2026-06-01"}}"#, ImplicitlyDenied),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"}}"#, Allowed),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}}"#, ImplicitlyDenied),
        (r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b","c"]}}"#, Allowed),
        (r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}}"#, ImplicitlyDenied),
        (r#"{"ForAllValues:StringEquals":{"aws:absent":["a"]}}"#, Allowed),
        (r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":["b","c"]}}"#, Allowed),
        (r#"{"ForAnyValue:StringEquals":{"aws:absent":["a"]}}"#, ImplicitlyDenied),
        (r#"{"StringEquals":{"aws:TagKeys":["a"]}}"#, ImplicitlyDenied),
        (r#"{"StringMatches":{"aws:username":"ann"}}"#, Unknown),
        (r#"{"StringEquals":{"aws:username":"${aws:username}"}}"#, Allowed),
        (r#""always""#, Unknown),
    ] {
        let statement = format!(r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}"#);
        let parts = Parts { context, unknown: r#""aws:hidden""#, identity: &[&statement], ..Parts::default() };
        check(&parts, expected);
    }
}

#[test]
fn what_cannot_be_known_is_never_allowed() {
    let maybe = r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:hidden":"true"}}}"#;
    let unknown = r#""aws:hidden""#;
    check(&Parts { unknown, identity: &[ALLOW, maybe], ..Parts::default() }, Unknown);
    check(&Parts { unknown, identity: &[maybe], ..Parts::default() }, ImplicitlyDenied);
    for statement in [
        r#"{"Effect":"Allow","Action":"s3:*"}"#,
        r#"{"Effect":"Allow","Action":"s3:*","NotAction":"iam:*","Resource":"*"}"#,
        r#"{"Effect":"Permit","Action":"s3:*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"s3:*","Resource":"*","Extra":1}"#,
        r#"{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}"#,
        r#"{"Effect":"Allow","Action":"s3:*","Resource":{"a":1}}"#,
        r#"{"Effect":"Allow","Action":"s3:*","Resource":"*","Action":"s3:*"}"#,
        "3",
    ] {
        check_identity(statement, Unknown);
    }
}

#[test]
fn variables_of_the_old_version_are_plain_text() {
    let text = Parts { resource: "arn:aws:s3:::b/${aws:username}", identity: &[ALLOW], ..Parts::default() }.json();
    let old = text.replace("arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}").replace("2012-10-17", "2008-10-17");
    let case = Case::from_json(&old, "case.json").unwrap();
    assert_eq!(evaluate(&case.request, &case.policies).decision, Allowed);
}

#[test]
fn boundary_session_and_organization_only_limit() {
    let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let none = r#"{"Effect":"Allow","Action":"sqs:*","Resource":"*"}"#;
    let base = Parts { identity: &[ALLOW], ..Parts::default() };
    check(&Parts { boundary: &[all], ..base.clone() }, Allowed);
    check(&Parts { boundary: &[none], ..base.clone() }, ImplicitlyDenied);
    check(&Parts { boundary: &[all], identity: &[], ..base.clone() }, ImplicitlyDenied);
    check(&Parts { session: &[none], ..base.clone() }, ImplicitlyDenied);
    check(&Parts { scp: &[&[all], &[all]], ..base.clone() }, Allowed);
    check(&Parts { scp: &[&[all], &[none]], ..base.clone() }, ImplicitlyDenied);
    check(&Parts { vpc: &[none], ..base.clone() }, ImplicitlyDenied);
    let deny = r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#;
    check(&Parts { rcp: &[&[none], &[none]], ..base.clone() }, Allowed);
    check(&Parts { rcp: &[&[deny]], ..base }, ExplicitlyDenied);
}

/// A resource's statement for `principal`.
fn for_principal(principal: &str) -> String {
    format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"s3:*","Resource":"*"}}"#)
}

#[test]
fn a_resources_policy_reaches_its_own_account_and_others() {
    let none = r#"{"Effect":"Allow","Action":"sqs:*","Resource":"*"}"#;
    let root = r#"{"AWS":"arn:aws:iam::111111111111:root"}"#;
    let role = r#"{"AWS":"arn:aws:iam::111111111111:role/team/Worker"}"#;
    let session = r#"{"AWS":"arn:aws:sts::111111111111:assumed-role/Worker/run"}"#;
    let bob = r#"{"AWS":"arn:aws:iam::222222222222:user/bob"}"#;
    type Row<'a> = (&'a str, &'a str, &'a [&'a str], &'a [&'a str], Decision);
    let rows: &[Row<'_>] = &[
        (USER, &format!(r#"{{"AWS":"{USER}"}}"#), &[], &[], Allowed),
        (USER, &format!(r#"{{"AWS":"{USER}"}}"#), &[], &[none], Allowed),
        (USER, r#""*""#, &[], &[], Allowed),
        (USER, r#""*""#, &[], &[none], ImplicitlyDenied),
        (USER, root, &[], &[], ImplicitlyDenied),
        (USER, root, &[ALLOW], &[], Allowed),
        (SESSION, role, &[], &[], Allowed),
        (SESSION, role, &[], &[none], ImplicitlyDenied),
        (SESSION, session, &[], &[none], Allowed),
        (OTHER, bob, &[], &[], ImplicitlyDenied),
        (OTHER, bob, &[ALLOW], &[], Allowed),
        (OTHER, r#"{"AWS":"222222222222"}"#, &[ALLOW], &[], Allowed),
        (OTHER, r#"{"AWS":"222222222222"}"#, &[], &[], ImplicitlyDenied),
        (OTHER, root, &[ALLOW], &[], ImplicitlyDenied),
        ("lambda.amazonaws.com", r#"{"Service":["sns.amazonaws.com","lambda.amazonaws.com"]}"#, &[], &[], Allowed),
        ("lambda.amazonaws.com", r#"{"Service":"sns.amazonaws.com"}"#, &[], &[], ImplicitlyDenied),
        ("anonymous", r#"{"AWS":"*"}"#, &[], &[], Allowed),
        ("anonymous", root, &[], &[], ImplicitlyDenied),
        ("arn:aws:iam::111111111111:root", r#"{"Service":"x"}"#, &[], &[], Allowed),
        (USER, r#"{"CanonicalUser":"abc"}"#, &[], &[], Unknown),
    ];
    for (principal, named, identity, boundary, expected) in rows {
        let statement = for_principal(named);
        let parts = Parts { principal, identity, boundary, resource_policy: &[&statement], ..Parts::default() };
        check(&parts, *expected);
    }
    let nobody = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
    check(&Parts { resource_policy: &[nobody], ..Parts::default() }, ImplicitlyDenied);
}

#[test]
fn a_deny_for_all_but_some_hits_whoever_has_a_boundary() {
    let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let deny = format!(r#"{{"Effect":"Deny","NotPrincipal":{{"AWS":"{USER}"}},"Action":"s3:*","Resource":"*"}}"#);
    let base = Parts { identity: &[ALLOW], resource_policy: &[&deny], ..Parts::default() };
    check(&base, Allowed);
    check(&Parts { boundary: &[all], ..base.clone() }, ExplicitlyDenied);
    check(&Parts { principal: SESSION, ..base }, ExplicitlyDenied);
}

#[test]
fn services_add_rules_of_their_own() {
    let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let deny = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    let key = "arn:aws:kms:eu-west-1:111111111111:key/k";
    let role = "arn:aws:iam::111111111111:role/r";
    let decrypt = Parts { action: "kms:Decrypt", resource: key, identity: &[all], ..Parts::default() };
    check(&decrypt, ImplicitlyDenied);
    let to_root =
        r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"kms:*","Resource":"*"}"#;
    check(&Parts { resource_policy: &[to_root], ..decrypt.clone() }, Allowed);
    check(&Parts { resource_policy: &[to_root], identity: &[], ..decrypt }, ImplicitlyDenied);

    let trust = format!(r#"{{"Effect":"Allow","Principal":{{"AWS":"{USER}"}},"Action":"sts:AssumeRole"}}"#);
    let assume = Parts { action: "sts:AssumeRole", resource: role, identity: &[all], ..Parts::default() };
    check(&assume, ImplicitlyDenied);
    check(&Parts { resource_policy: &[&trust], identity: &[], ..assume }, Allowed);

    let caller = Parts { action: "sts:GetCallerIdentity", resource: "*", identity: &[deny], ..Parts::default() };
    check(&caller, Allowed);
    for (action, resource, expected) in [
        ("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/ReadOnlyAccess", ImplicitlyDenied),
        ("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", Allowed),
        ("iam:PutRolePolicy", "arn:aws:iam::111111111111:role/aws-reserved/sso/x", ImplicitlyDenied),
        ("iam:PutRolePolicy", role, Allowed),
        ("kms:UpdateAlias", "arn:aws:kms:eu-west-1:111111111111:alias/aws/s3", ImplicitlyDenied),
        ("kms:UpdateAlias", "arn:aws:kms:eu-west-1:111111111111:alias/mine", Allowed),
    ] {
        check(&Parts { action, resource, identity: &[all], ..Parts::default() }, expected);
    }
}

#[test]
fn says_where_a_case_is_wrong() {
    for (text, expected) in [
        ("{", "c.json:1:2"),
        ("{}", "c.json:1:1: `request` is missing"),
        (r#"{"request":{"principal":"x","action":3.5,"resource":[]}}"#, "`resource` is missing"),
        (r#"{"request":{"principal":"x","action":"a:b","resource":"*"},"identityPolicies":{}}"#, "is a list"),
    ] {
        let error = Case::from_json(text, "c.json").unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_text_is_a_case_or_an_error(text in ".{0,200}") {
        let _ = Case::from_json(&text, "c.json");
    }

    #[test]
    fn any_statement_is_decided(
        effect in "Allow|Deny|x", action in "(\\*|s3:[*?a-zA-Z ,$\\{\\}]{0,8})", resource in "(\\*|arn:aws:s3:::[b/*?${}:,']{0,10})",
        operator in "(ForAllValues:|ForAnyValue:)?(String|Numeric|Date|Arn)(Equals|Like|LessThan)(IfExists)?", value in "[a-z0-9*?${}:]{0,8}",
    ) {
        let statement = format!(
            r#"{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}","Condition":{{"{operator}":{{"aws:k":"{value}"}}}}}}"#
        );
        let parts = Parts { context: r#""aws:k":["a","b"]"#, identity: &[&statement], ..Parts::default() };
        prop_assert!(parts.answer().decision != Allowed || effect == "Allow");
    }
}
