use std::collections::BTreeMap;

use model::call::{Argument, Binding, Call, Unresolved, Via};
use model::function::{Cloud, EnvironmentVariable, FunctionKind, Identity, Wiring, WiringKind};
use model::permission::{Effect, Policy, PolicyKind, Statement};
use model::{Confidence, Location, SymbolicText};
use proptest::prelude::*;

use super::*;

fn template() -> TemplateResources {
    TemplateResources::default()
        .with("Orders", "AWS::DynamoDB::Table", None)
        .with("Files", "AWS::S3::Bucket", None)
        .with("Queue", "AWS::SQS::Queue", None)
        .with("Topic", "AWS::SNS::Topic", None)
}

/// `allow s3:Get*,s3:PutObject on ${Files.Arn}/*`, `deny not iam:* on not a,b`, with ` when` for a condition.
fn statement(text: &str) -> Statement {
    let (text, is_conditional) = match text.strip_suffix(" when") {
        Some(text) => (text, true),
        None => (text, false),
    };
    let (effect, rest) = text.split_once(' ').unwrap();
    let (actions, resources) = rest.split_once(" on ").unwrap();
    let texts = |listed: &str| listed.split(',').map(SymbolicText::parse_sub).collect::<Vec<_>>();
    let effect = if effect == "allow" { Effect::Allow } else { Effect::Deny };
    let mut statement = Statement::new(effect, Vec::new(), Vec::new(), Location::line("template.yaml", 7));
    match actions.strip_prefix("not ") {
        Some(excluded) => statement.not_actions = texts(excluded),
        None => statement.actions = texts(actions),
    }
    match resources.strip_prefix("not ") {
        Some(excluded) => statement.not_resources = texts(excluded),
        None => statement.resources = texts(resources),
    }
    if is_conditional {
        let keys = BTreeMap::from([("aws:SourceVpc".to_owned(), vec!["vpc-1".into()])]);
        statement.conditions = BTreeMap::from([("StringEquals".to_owned(), keys)]);
    }
    statement
}

/// A function with one policy of these statements; those that start with `boundary ` are its permissions boundary.
pub(super) fn function(statements: &[&str]) -> Function {
    let policy = |kind: PolicyKind, statements: Vec<Statement>| Policy {
        id: kind.name().to_owned(),
        kind,
        name: kind.name().to_owned(),
        arn: None,
        parameters: Vec::new(),
        statements,
        location: Location::line("template.yaml", 5),
    };
    let limits: Vec<_> = statements.iter().filter_map(|text| text.strip_prefix("boundary ")).map(statement).collect();
    let grants = statements.iter().filter(|text| !text.starts_with("boundary ")).map(|text| statement(text));
    let mut policies = vec![policy(PolicyKind::Inline, grants.collect())];
    if !limits.is_empty() {
        policies.push(policy(PolicyKind::Boundary, limits));
    }
    let variable = |(name, value): (&str, &str)| EnvironmentVariable {
        name: name.to_owned(),
        value: SymbolicText::parse_sub(value),
        location: Location::file("template.yaml"),
    };
    Function {
        id: "template.yaml#F".into(),
        name: "F".into(),
        cloud: Cloud::Aws,
        kind: FunctionKind::Function,
        runtime: None,
        handler: None,
        code: Vec::new(),
        triggers: Vec::new(),
        environment: [("BUCKET", "${Files}"), ("QUEUE", "${Queue}"), ("TABLE", "${Orders}")].map(variable).to_vec(),
        identity: Identity {
            name: Some("role of F".into()),
            policies,
            trust: Vec::new(),
            shared_with: Vec::new(),
            home: None,
        },
        wiring: Vec::new(),
        location: Location::file("template.yaml"),
    }
}

/// `dynamodb.GetItem TableName=$TABLE`, arguments separated by blanks.
fn call(text: &str) -> Call {
    let mut words = text.split(' ');
    let (service, operation) = words.next().and_then(|name| name.split_once('.')).unwrap();
    let argument = |word: &str| {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        let value = match value.strip_prefix('$') {
            Some(name) => SymbolicText::environment(name),
            None if value.is_empty() => SymbolicText::unknown(),
            None => SymbolicText::literal(value),
        };
        Argument { name: name.to_owned(), values: vec![value] }
    };
    Call {
        location: Location::line("app.py", 3),
        language: "python",
        service: service.to_owned(),
        operation: operation.to_owned(),
        arguments: words.map(argument).collect(),
        arguments_complete: true,
        binding: Binding::Certain,
        via: Via::Sdk,
    }
}

fn code(calls: &[&str]) -> CodeFacts {
    CodeFacts { calls: calls.iter().map(|text| call(text)).collect(), uses_sdk: true, ..CodeFacts::default() }
}

/// When the tests happen.
pub(super) fn day() -> Date {
    Date::constant(2026, 6, 1)
}

pub(super) fn judge(statements: &[&str], calls: &[&str]) -> Permissions {
    permissions(&function(statements), &code(calls), &CodeCoverage::Full, &template(), day(), None).value
}

/// Verdicts as `action judgement: resources`.
fn shown(permissions: &Permissions) -> Vec<String> {
    let show = |verdict: &model::permission::Verdict| {
        let resources: Vec<String> = verdict.resources.iter().map(ToString::to_string).collect();
        format!("{} {}: {}", verdict.action, verdict.judgement.name(), resources.join(" "))
    };
    permissions.verdicts.iter().map(show).collect()
}

const GET: &str = "dynamodb.GetItem TableName=$TABLE";
const TABLE: &str = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table";

#[test]
fn every_granted_action_gets_the_verdict_it_deserves() {
    let cases: &[(&[&str], &[&str], &[&str])] = &[
        // Exactly what is needed, however it is written.
        (&["allow dynamodb:GetItem on ${Orders.Arn}"], &[GET], &["dynamodb:GetItem keep: ${Orders.Arn}"]),
        (
            &["allow dynamodb:GetItem on arn:aws:dynamodb:*:*:table/${Orders}"],
            &[GET],
            &["dynamodb:GetItem keep: arn:aws:dynamodb:*:*:table/${Orders}"],
        ),
        (
            &["allow dynamodb:getitem on ${Orders.Arn},${Orders.Arn}/index/*"],
            &[GET],
            &["dynamodb:getitem keep: ${Orders.Arn} ${Orders.Arn}/index/*"],
        ),
        // The right action on too much.
        (&["allow dynamodb:GetItem on *"], &[GET], &["dynamodb:GetItem scope: ${Orders.Arn}"]),
        // The wildcard is one row.
        (&["allow dynamodb:* on ${Orders.Arn}"], &[GET], &["dynamodb:* scope: ${Orders.Arn}"]),
        (&["allow s3:* on *"], &["s3.GetObject Bucket=$BUCKET Key"], &["s3:* scope: ${Files.Arn}/*"]),
        (&["allow sqs:Send* on ${Queue.Arn}"], &["sqs.SendMessage QueueUrl=$QUEUE"], &["sqs:Send* keep: ${Queue.Arn}"]),
        // Nothing needs it.
        (&["allow dynamodb:PutItem on ${Orders.Arn}"], &[], &["dynamodb:PutItem remove: ${Orders.Arn}"]),
        (
            &["allow dynamodb:GetItem,dynamodb:PutItem on ${Orders.Arn}"],
            &[GET],
            &["dynamodb:GetItem keep: ${Orders.Arn}", "dynamodb:PutItem remove: ${Orders.Arn}"],
        ),
        // Nothing grants it.
        (
            &["allow dynamodb:PutItem on ${Orders.Arn}"],
            &[GET],
            &["dynamodb:PutItem remove: ${Orders.Arn}", "dynamodb:GetItem add: ${Orders.Arn}"],
        ),
        (
            &["allow dynamodb:GetItem on ${Topic}"],
            &[GET],
            &["dynamodb:GetItem remove: ${Topic}", "dynamodb:GetItem add: ${Orders.Arn}"],
        ),
        // Objects are granted by the bucket.
        (
            &["allow s3:GetObject on ${Files.Arn}/*"],
            &["s3.GetObject Bucket=$BUCKET Key=a/b.json"],
            &["s3:GetObject keep: ${Files.Arn}/*"],
        ),
        (
            &["allow s3:GetObject,s3:ListBucket on ${Files.Arn},${Files.Arn}/*"],
            &["s3.GetObject Bucket=$BUCKET Key", "s3.ListObjectsV2 Bucket=$BUCKET"],
            &["s3:GetObject keep: ${Files.Arn} ${Files.Arn}/*", "s3:ListBucket keep: ${Files.Arn} ${Files.Arn}/*"],
        ),
        // Actions that only work on everything.
        (
            &["allow cloudwatch:PutMetricData on *"],
            &["cloudwatch.PutMetricData Namespace"],
            &["cloudwatch:PutMetricData keep: *"],
        ),
        // Where the resource is not known, a wide grant stays.
        (&["allow dynamodb:GetItem on *"], &["dynamodb.GetItem TableName"], &["dynamodb:GetItem keep: *"]),
        (
            &["allow apigateway:GET on arn:aws:apigateway:*::/restapis/*"],
            &["apigateway.GetRestApis"],
            &["apigateway:GET keep: arn:aws:apigateway:*::/restapis/*"],
        ),
        // Deny takes away.
        (
            &["allow s3:GetObject on *", "deny s3:* on *"],
            &["s3.GetObject Bucket=$BUCKET Key"],
            &["s3:GetObject remove: *", "s3:GetObject add: ${Files.Arn}/*"],
        ),
        (&["allow dynamodb:* on *", "deny dynamodb:DeleteTable on *"], &[GET], &["dynamodb:* scope: ${Orders.Arn}"]),
        (
            &["allow dynamodb:GetItem on *", "deny dynamodb:* on * when"],
            &[GET],
            &["dynamodb:GetItem scope: ${Orders.Arn}"],
        ),
        (
            &["allow dynamodb:GetItem on ${Orders.Arn}", "deny * on not ${Orders.Arn}"],
            &[GET],
            &["dynamodb:GetItem keep: ${Orders.Arn}"],
        ),
        // The boundary limits.
        (
            &["allow dynamodb:GetItem on ${Orders.Arn}", "boundary allow s3:* on *"],
            &[GET],
            &["dynamodb:GetItem remove: ${Orders.Arn}", "dynamodb:GetItem add: ${Orders.Arn}"],
        ),
        (
            &["allow dynamodb:GetItem on ${Orders.Arn}", "boundary allow * on *"],
            &[GET],
            &["dynamodb:GetItem keep: ${Orders.Arn}"],
        ),
        // Everything, and everything but.
        (&["allow * on *"], &[GET], &["* dangerous: *"]),
        (&["allow not iam:*,sts:* on *"], &[GET], &["* scope: ${Orders.Arn}"]),
        (&["allow dynamodb:GetItem on not ${Files.Arn}"], &[GET], &["dynamodb:GetItem scope: ${Orders.Arn}"]),
        // Ways up.
        (&["allow iam:PassRole on *"], &[], &["iam:PassRole dangerous: *"]),
        (&["allow iam:* on *"], &[], &["iam:* dangerous: *"]),
        (
            &["allow iam:PassRole on arn:aws:iam::123456789012:role/worker"],
            &[],
            &["iam:PassRole remove: arn:aws:iam::123456789012:role/worker"],
        ),
        (
            &["allow sts:AssumeRole on *"],
            &["sts.AssumeRole RoleArn=arn:aws:iam::123456789012:role/r"],
            &["sts:AssumeRole dangerous: *"],
        ),
        (&["allow s3:* on *"], &[], &["s3:* remove: *"]),
        (
            &["allow ssm:SendCommand on arn:aws:ssm:*:*:document/*"],
            &[],
            &["ssm:SendCommand dangerous: arn:aws:ssm:*:*:document/*"],
        ),
        // Names that grant nothing.
        (&["allow sts:GetCallerIdentify on *"], &[], &["sts:GetCallerIdentify review: *"]),
        // A parameter decides.
        (&["allow dynamodb:${Verb} on *"], &[], &["dynamodb:${Verb} review: *"]),
        (
            &["allow dynamodb:GetItem on arn:aws:dynamodb:*:*:table/${TableName}"],
            &[GET],
            &["dynamodb:GetItem keep: arn:aws:dynamodb:*:*:table/${TableName}"],
        ),
        // Keys may be behind the data.
        (
            &["allow kms:Decrypt on arn:aws:kms:us-east-1:1:key/k"],
            &["sqs.ReceiveMessage QueueUrl=$QUEUE"],
            &["kms:Decrypt review: arn:aws:kms:us-east-1:1:key/k", "sqs:ReceiveMessage add: ${Queue.Arn}"],
        ),
    ];
    for (statements, calls, expected) in cases {
        assert_eq!(shown(&judge(statements, calls)), *expected, "{statements:?} {calls:?}");
    }
}

#[test]
fn reasons_name_the_call_the_policy_and_the_harm() {
    let reasons = |statements: &[&str], calls: &[&str]| -> Vec<String> {
        judge(statements, calls).verdicts.into_iter().map(|verdict| verdict.reason).collect()
    };
    for (statements, calls, expected) in [
        (&["allow dynamodb:* on *"][..], &[GET][..], "needed: `dynamodb:GetItem`"),
        (&["allow dynamodb:GetItem on *"], &[GET], "for dynamodb.GetItem (app.py:3), on `${Orders.Arn}` only"),
        (&["allow iam:PassRole on *"], &[], "whoever takes the function over can hand a role"),
        (&["allow sts:GetCallerIdentify on *"], &[], "`sts:GetCallerIdentity` may be meant"),
        (&["allow s3:GetObject on *", "deny s3:* on *"], &[], "policy `inline` denies it"),
        (&["allow s3:ListBucket on *"], &[GET], "fails with AccessDenied"),
        (&["allow glue:GetTable on *"], &["glue.CreateGlossary Name"], "`glue.CreateGlossary` are not known"),
    ] {
        let reasons = reasons(statements, calls);
        assert!(reasons.iter().any(|reason| reason.contains(expected)), "{reasons:?} lack `{expected}`");
    }
}

#[test]
fn nothing_is_called_needless_that_could_not_be_looked_for() {
    let site = |services: &[&str]| Unresolved {
        location: Location::line("app.py", 9),
        why: "the client's name is computed".into(),
        services: services.iter().map(|service| (*service).to_owned()).collect(),
    };
    let judgements = |coverage: &CodeCoverage, unresolved: Vec<Unresolved>| -> Vec<&'static str> {
        let code = CodeFacts { unresolved, ..code(&[GET]) };
        let function =
            function(&["allow dynamodb:GetItem,s3:GetObject,sqs:SendMessage on ${Orders.Arn},${Files.Arn}/*"]);
        let found = permissions(&function, &code, coverage, &template(), day(), None).value;
        found.verdicts.iter().map(|verdict| verdict.judgement.name()).collect()
    };
    assert_eq!(judgements(&CodeCoverage::Full, vec![]), ["keep", "remove", "remove"]);
    assert_eq!(judgements(&CodeCoverage::Full, vec![site(&["s3"])]), ["keep", "review", "remove"]);
    assert_eq!(judgements(&CodeCoverage::Full, vec![site(&[])]), ["keep", "review", "review"]);
    assert_eq!(judgements(&CodeCoverage::Partial("a layer".into()), vec![]), ["keep", "review", "review"]);
    let unread = CodeCoverage::None("a binary".into());
    assert_eq!(judgements(&unread, vec![]), ["keep", "review", "review"]);
    assert_eq!(permissions(&function(&[]), &code(&[]), &unread, &template(), day(), None).value.recommended, None);
}

#[test]
fn an_unread_policy_may_grant_what_is_missing() {
    let mut function = function(&[]);
    function.identity.policies.push(Policy {
        id: "Team".into(),
        kind: PolicyKind::Unresolved,
        name: "Team".into(),
        arn: None,
        parameters: Vec::new(),
        statements: Vec::new(),
        location: Location::line("template.yaml", 8),
    });
    let found = permissions(&function, &code(&[GET]), &CodeCoverage::Full, &template(), day(), None).value;
    let verdict = &found.verdicts[0];
    assert_eq!((verdict.judgement.name(), verdict.confidence), ("add", Confidence::Possible));
    assert!(verdict.reason.contains("`Team`"), "{}", verdict.reason);
}

#[test]
fn nothing_is_missing_from_a_role_that_was_not_seen() {
    let role = SymbolicText::literal("arn:aws:iam::111122223333:role/Team");
    let mut function = function(&[]);
    function.identity.name = Some(role.clone());
    function.identity.policies = vec![Policy {
        id: role.to_string(),
        kind: PolicyKind::Unresolved,
        name: role.to_string(),
        arn: Some(role),
        parameters: Vec::new(),
        statements: Vec::new(),
        location: Location::line("template.yaml", 8),
    }];
    let found = permissions(&function, &code(&[GET]), &CodeCoverage::Full, &template(), day(), None).value;
    assert_eq!(found.verdicts, []);
    assert_eq!(found.needed.len(), 1);
}

#[test]
fn of_one_of_several_actions_those_are_meant_that_are_granted() {
    let actions = |statements: &[&str]| -> Vec<String> {
        let found = judge(statements, &["dynamodb.TransactWriteItems TransactItems"]);
        let shown = |verdict: &model::permission::Verdict| format!("{} {}", verdict.judgement.name(), verdict.action);
        found.verdicts.iter().map(shown).collect()
    };
    assert_eq!(actions(&["allow dynamodb:DeleteItem on ${Orders.Arn}"]), ["keep dynamodb:DeleteItem"]);
    let none = ["ConditionCheckItem", "DeleteItem", "PutItem", "UpdateItem"].map(|name| format!("add dynamodb:{name}"));
    assert_eq!(actions(&[])[..], none);
}

#[test]
fn code_without_a_policy_is_told_what_it_needs_only() {
    let mut function = function(&[]);
    function.identity = Identity::default();
    let found = permissions(&function, &code(&[GET]), &CodeCoverage::Full, &template(), day(), None);
    assert_eq!(found.value.verdicts, []);
    assert_eq!(found.value.recommended.map(|statements| statements.len()), Some(1));
    assert!(found.gaps[0].why.contains("--policy"));
}

#[test]
fn what_the_platform_grants_itself_stays_as_it_is() {
    let mut function = function(&["allow sqs:ReceiveMessage,sqs:DeleteMessage,sqs:GetQueueAttributes on *"]);
    function.identity.policies[0].kind = PolicyKind::Implicit;
    function.wiring = vec![Wiring {
        kind: WiringKind::PollQueue,
        resource: Some("${Queue.Arn}".into()).map(|_: SymbolicText| SymbolicText::reference("Queue.Arn")),
        location: Location::line("template.yaml", 12),
    }];
    let found = permissions(&function, &code(&[]), &CodeCoverage::Full, &template(), day(), None).value;
    assert!(found.verdicts.iter().all(|verdict| verdict.judgement.name() == "keep"), "{:?}", shown(&found));
}

#[test]
fn counts_say_how_much_of_the_grant_is_needed() {
    let found = judge(&["allow s3:* on *", "deny s3:Delete* on *"], &["s3.GetObject Bucket=$BUCKET Key"]);
    let granted = facts::expand("s3:*").len() - facts::expand("s3:Delete*").len();
    assert_eq!((found.granted_action_count, found.needed_action_count), (granted, 1));
}

#[test]
fn the_recommended_policy_is_what_is_needed() {
    let calls = [
        GET,
        "dynamodb.PutItem TableName=$TABLE",
        "s3.GetObject Bucket=$BUCKET Key",
        "s3.ListObjectsV2 Bucket=$BUCKET",
        "cloudwatch.PutMetricData Namespace",
        "dynamodb.Query TableName=other",
    ];
    let found = judge(&["allow s3:GetObject on ${Files.Arn}/* when"], &calls);
    let statements = found.recommended.unwrap();
    let show = |statement: &model::permission::RecommendedStatement| {
        let resources: Vec<String> = statement.resources.iter().map(ToString::to_string).collect();
        let condition = if statement.conditions.is_empty() { "" } else { " when" };
        format!("{}: {} on {}{condition}", statement.sid, statement.actions.join(" "), resources.join(" "))
    };
    let shown: Vec<String> = statements.iter().map(show).collect();
    assert_eq!(
        shown,
        [
            "Cloudwatch: cloudwatch:PutMetricData on *".to_owned(),
            format!("Dynamodb: dynamodb:Query on {TABLE}/other"),
            "S3: s3:ListBucket on ${Files.Arn}".to_owned(),
            "S32: s3:GetObject on ${Files.Arn}/* when".to_owned(),
            "Dynamodb2: dynamodb:GetItem dynamodb:PutItem on ${Orders.Arn}".to_owned(),
        ]
    );
}

#[test]
fn the_recommended_policy_does_not_reach_further_than_today() {
    for (statements, expected) in [
        (&["allow s3:GetObject on ${Files.Arn},${Files.Arn}/*"][..], "${Files.Arn}/*"),
        (&["allow s3:GetObject on *"], "arn:aws:s3:::*/*"),
        (&["allow s3:PutObject on *"], "arn:aws:s3:::*/*"),
    ] {
        let found = judge(statements, &["s3.GetObject Bucket Key"]).recommended.unwrap();
        let resources: Vec<String> = found[0].resources.iter().map(ToString::to_string).collect();
        assert_eq!(resources, [expected], "{statements:?}");
    }
}

#[test]
fn patterns_expand_to_sorted_actions() {
    assert_eq!(expand_actions(["sqs:Send*", "sns:Publish", "sqs:SendMessage"]), ["sns:Publish", "sqs:SendMessage"]);
    assert_eq!(expand_actions(["nosuch:Thing"]), ["nosuch:Thing"]);
}

const STATEMENTS: &[&str] = &[
    "allow * on *",
    "allow s3:* on ${Files.Arn}/*",
    "allow dynamodb:*Item on ${Orders.Arn}",
    "allow not iam:* on not ${Topic}",
    "deny s3:Get* on *",
    "deny dynamodb:* on not ${Orders.Arn} when",
    "allow sqs:SendMessage on arn:aws:sqs:*:*:${Name} when",
    "boundary allow dynamodb:*,s3:* on *",
];
const CALLS: &[&str] = &[
    GET,
    "dynamodb.Query TableName=orders IndexName=i",
    "dynamodb.TransactWriteItems TransactItems",
    "s3.PutObject Bucket=$BUCKET Key ACL=private",
    "s3.CopyObject Bucket=$BUCKET Key=k CopySource=a/b",
    "sqs.SendMessage QueueUrl=$QUEUE",
    "sqs.SendMessage QueueUrl",
    "sns.Publish TopicArn=${Topic}",
    "lambda.Invoke FunctionName=f Qualifier=q",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn needed_is_within_recommended_and_verdicts_are_complete(
        statements in prop::sample::subsequence(STATEMENTS, 0..=STATEMENTS.len()),
        calls in prop::sample::subsequence(CALLS, 0..=CALLS.len()),
    ) {
        let found = judge(&statements, &calls);
        let recommended = found.recommended.clone().unwrap();
        let resources = template();
        for need in &found.needed {
            for resource in &need.resources {
                let wanted = pattern::Pattern::new(resource, pattern::Side::Need, &resources);
                let covered = recommended.iter().any(|statement| {
                    statement.actions.contains(&need.action) && statement.resources.iter().any(|granted| {
                        pattern::Pattern::new(granted, pattern::Side::Grant, &resources).covers(&wanted)
                    })
                });
                // What is not known stays where it is granted today.
                let is_open = resource.to_string().contains('*') && recommended.iter().any(|statement| {
                    statement.actions.contains(&need.action)
                });
                prop_assert!(covered || is_open, "{} on {} is not in {:?}", need.action, resource, recommended);
            }
        }
        for statement in &recommended {
            for action in &statement.actions {
                prop_assert!(found.needed.iter().any(|need| need.action == *action), "{action} is not needed");
            }
        }
        // What is recommended is granted today, or a verdict says that it is missing.
        let grants = Grants::new(&function(&statements).identity, &resources, day());
        let additions: Vec<&str> = found
            .verdicts
            .iter()
            .filter(|verdict| verdict.judgement == model::permission::Judgement::Add)
            .map(|verdict| verdict.action.as_str())
            .collect();
        for statement in recommended.iter().filter(|statement| statement.effect == Effect::Allow) {
            for (name, text) in statement.actions.iter().flat_map(|name| statement.resources.iter().map(move |text| (name, text))) {
                let wanted = pattern::Pattern::new(text, pattern::Side::Need, &resources);
                let decision = grants.decide(facts::action(name).unwrap(), &wanted);
                let is_granted = matches!(decision, grants::Decision::Granted(..));
                prop_assert!(is_granted || additions.contains(&name.as_str()), "{name} on {text} is neither granted nor added");
            }
        }
        // One row for every granted action as written; needed actions are granted on something, or to add.
        let rows = statements.iter().filter(|text| text.starts_with("allow")).map(|text| {
            let written = statement(text);
            written.actions.len().max(usize::from(!written.not_actions.is_empty()))
        });
        let granted = found.verdicts.iter().filter(|verdict| verdict.policy.is_some());
        prop_assert_eq!(granted.count(), rows.sum::<usize>());
        for need in &found.needed {
            let told = found.verdicts.iter().any(|verdict| verdict.needed_actions.contains(&need.action));
            prop_assert!(told, "no verdict tells of {}", need.action);
        }
        let again = judge(&statements, &calls);
        prop_assert_eq!(found, again);
    }
}

const ACTION_PATTERNS: &[&str] = &["*", "s3:*", "s3:Get*", "s3:GetObject", "S3:?utObject", "sqs:*Message", "iam:*"];
const RESOURCE_PATTERNS: &[&str] =
    &["*", "arn:aws:s3:::a/*", "arn:aws:s3:::a/k", "arn:aws:s3:::?/*", "arn:aws:s3:*", "arn:aws:sqs:*:1:q"];

/// The rules of evaluation, letter by letter: a request is allowed by some Allow, by the boundary, and by no Deny.
fn is_allowed(statements: &[String], action: &str, resource: &str) -> bool {
    let meets = |text: &str, wanted: &str| {
        let (names, is_exclusion) = match text.strip_prefix("not ") {
            Some(names) => (names, true),
            None => (text, false),
        };
        let any = names.split(',').any(|pattern| wildcard::matches(pattern, wanted));
        any != is_exclusion
    };
    let reached = |start: &str| {
        statements.iter().filter_map(|text| text.strip_prefix(start)).any(|rest| {
            let (actions, resources) = rest.split_once(" on ").unwrap();
            meets(&actions.to_lowercase(), &action.to_lowercase()) && meets(resources, resource)
        })
    };
    let has_boundary = statements.iter().any(|text| text.starts_with("boundary "));
    reached("allow ") && !reached("deny ") && (!has_boundary || reached("boundary allow "))
}

fn any_statement() -> impl Strategy<Value = String> {
    let texts = |all: &'static [&'static str]| {
        (prop::bool::weighted(0.2), prop::sample::subsequence(all, 1..3))
            .prop_map(|(is_exclusion, some)| format!("{}{}", if is_exclusion { "not " } else { "" }, some.join(",")))
    };
    let effect = prop::sample::select(vec!["allow", "allow", "deny", "boundary allow"]);
    (effect, texts(ACTION_PATTERNS), texts(RESOURCE_PATTERNS))
        .prop_map(|(effect, actions, resources)| format!("{effect} {actions} on {resources}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn deciding_agrees_with_the_rules_of_evaluation(statements in prop::collection::vec(any_statement(), 0..5)) {
        let texts: Vec<&str> = statements.iter().map(String::as_str).collect();
        let function = function(&texts);
        let grants = Grants::new(&function.identity, &TemplateResources::default(), day());
        for action in ["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "iam:PassRole"] {
            for resource in ["arn:aws:s3:::a/k", "arn:aws:s3:::b/k", "arn:aws:sqs:eu-west-1:1:q"] {
                let pattern = pattern::Pattern::new(&resource.into(), pattern::Side::Need, &TemplateResources::default());
                let decision = grants.decide(facts::action(action).unwrap(), &pattern);
                let is_granted = matches!(decision, grants::Decision::Granted(grants::Reach::Surely, _));
                prop_assert_eq!(is_granted, is_allowed(&statements, action, resource), "{} {}", action, resource);
            }
        }
    }
}

/// The ids of the ways to more rights that a document opens, with `?` after those that depend on something not shown.
fn ways(statements: &str) -> Vec<String> {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let read = crate::aws::policy_document::from_json(&text, "p.json").unwrap().value;
    let policy = Policy {
        id: "p".to_owned(),
        kind: PolicyKind::Customer,
        name: "p".to_owned(),
        arn: None,
        parameters: Vec::new(),
        statements: read,
        location: Location::file("p.json"),
    };
    let identity = Identity { policies: vec![policy], ..Identity::default() };
    let grants = Grants::new(&identity, &TemplateResources::default(), day());
    let found = escalation::escalations(&grants, &grants.all_actions(), &identity);
    let mark = |confidence| if confidence == Confidence::Possible { "?" } else { "" };
    found.iter().map(|way| format!("{}{}", way.path, mark(way.confidence))).collect()
}

#[test]
fn ways_to_more_rights_need_all_their_actions_and_heed_deny() {
    let pass = r#"{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}"#;
    let make = r#"{"Effect":"Allow","Action":["lambda:CreateFunction","lambda:Invoke*"],"Resource":"*"}"#;
    let deny = r#"{"Effect":"Deny","Action":"iam:PassRole","Resource":"*"}"#;
    let some = r#"{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111111111111:role/x"}"#;
    let none: [&str; 0] = [];
    assert_eq!(ways(pass), none);
    assert_eq!(ways(&format!("{pass},{make}")), ["lambda-001"]);
    assert_eq!(ways(&format!("{some},{make}")), ["lambda-001?"]);
    assert_eq!(ways(&format!("{pass},{make},{deny}")), none);
    assert_eq!(ways(r#"{"Effect":"Allow","Action":"ssm:SendCommand","Resource":"*"}"#), ["ssm-002?"]);
    assert_eq!(
        ways(r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#)
            .iter()
            .filter(|way| way.starts_with("iam-"))
            .count(),
        0
    );
    assert!(ways(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#).len() > 100);
}

#[test]
fn says_what_an_attacker_gains_and_whether_everywhere() {
    let harms = |statements: &[&str], row: usize| {
        let found = permissions(&function(statements), &code(&[]), &CodeCoverage::Full, &template(), day(), None).value;
        let shown = |harm: &model::permission::GrantHarm| {
            let place = if harm.is_everywhere { "everywhere" } else { "there" };
            format!("{} {place}: {} of {}", harm.harm.name(), harm.actions.len(), harm.action_count)
        };
        found.verdicts[row].harms.iter().map(shown).collect::<Vec<_>>()
    };
    assert_eq!(harms(&["allow dynamodb:Scan on *"], 0), ["data-exfiltration everywhere: 1 of 1"]);
    assert_eq!(harms(&["allow dynamodb:Scan on ${Orders.Arn}"], 0), ["data-exfiltration there: 1 of 1"]);
    assert_eq!(
        harms(&["allow dynamodb:Scan on arn:aws:dynamodb:*:*:table/*"], 0),
        ["data-exfiltration everywhere: 1 of 1"]
    );
    // A condition narrows, and what is denied everywhere is not granted.
    assert_eq!(harms(&["allow dynamodb:Scan on * when"], 0), ["data-exfiltration there: 1 of 1"]);
    assert_eq!(harms(&["allow dynamodb:Scan on *", "deny dynamodb:* on *"], 0), [""; 0]);
    assert_eq!(harms(&["allow logs:PutLogEvents,xray:PutTraceSegments on *"], 1), [""; 0]);
    // Nobody but AWS may change its own policies.
    assert_eq!(harms(&["allow iam:CreatePolicyVersion on arn:aws:iam::aws:policy/*"], 0), [""; 0]);
    let all = harms(&["allow * on *"], 0);
    assert_eq!(all.len(), 8);
    assert!(all.iter().all(|harm| harm.contains("everywhere: 6 of")), "{all:?}");
}

#[test]
fn a_role_passed_to_another_service_opens_no_way() {
    let ways = |service: Option<&str>| {
        let mut function =
            function(&["allow iam:PassRole on *", "allow lambda:CreateFunction,lambda:InvokeFunction on *"]);
        if let Some(service) = service {
            let keys = BTreeMap::from([("iam:PassedToService".to_owned(), vec![service.into()])]);
            let conditions = BTreeMap::from([("StringEquals".to_owned(), keys)]);
            function.identity.policies[0].statements[0].conditions = conditions;
        }
        let found = permissions(&function, &code(&[]), &CodeCoverage::Full, &template(), day(), None).value;
        let shown = |way: &model::permission::Escalation| format!("{} {}", way.path, way.confidence.name());
        found.escalations.iter().map(shown).collect::<Vec<_>>()
    };
    assert_eq!(ways(None), ["lambda-001 likely"]);
    assert_eq!(ways(Some("lambda.amazonaws.com")), ["lambda-001 possible"]);
    assert_eq!(ways(Some("states.amazonaws.com")), [""; 0]);
    assert_eq!(ways(Some("ecs-tasks.amazonaws.com")), [""; 0]);
}
