use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use model::function::{Cloud, Function, FunctionKind, Identity};
use model::{Location, SymbolicText};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::evidence::Silence;
use super::*;
use crate::aws::iam::{TemplateResources, facts};

const ROLE: &str = "arn:aws:iam::111122223333:role/service/orders-role";

fn function(id: &str, name: &str, role: Option<SymbolicText>) -> Function {
    Function {
        id: id.to_owned(),
        name: name.to_owned(),
        cloud: Cloud::Aws,
        kind: FunctionKind::Function,
        runtime: None,
        handler: None,
        code: Vec::new(),
        triggers: Vec::new(),
        environment: Vec::new(),
        identity: Identity { name: role, ..Identity::default() },
        wiring: Vec::new(),
        location: Location::file("template.yaml"),
    }
}

fn orders() -> Function {
    function("template.yaml#Orders", "orders", Some(ROLE.into()))
}

/// What the files tell of the functions.
fn usage_of(functions: &[Function], resources: &TemplateResources, files: &[(&str, &[u8])]) -> (Usage, Vec<String>) {
    let subjects = Subjects::new(functions.iter().map(|function| Subject::new(function, resources)).collect());
    let mut sum = Collector::new(&subjects);
    let mut whys = Vec::new();
    for (name, bytes) in files {
        let mut collector = Collector::new(&subjects);
        whys.extend(read_file(name, bytes.len() as u64, *bytes, &mut collector).into_iter().map(|gap| gap.why));
        sum.merge(collector);
    }
    let usage = Usage::new(sum);
    whys.extend(usage.gaps().iter().map(|gap| gap.why.clone()));
    for function in functions {
        whys.extend(usage.gaps_of_function(&function.id, &function.location).into_iter().map(|gap| gap.why));
    }
    (usage, whys)
}

/// `dynamodb:GetItem 2026-10-01 cloudtrail ARN,ARN` for each used action.
fn rows(usage: &FunctionUsage) -> Vec<String> {
    let row = |seen: &model::permission::Use| {
        let day = seen.last_seen.as_deref().map_or("-", |time| time.get(..10).unwrap_or(time));
        format!("{} {day} {} {}", seen.action, seen.source, seen.resources.join(",")).trim_end().to_owned()
    };
    usage.used().iter().map(row).collect()
}

fn check(text: &str, expected: &[&str]) {
    let (usage, _) = usage_of(&[orders()], &TemplateResources::default(), &[("log.json", text.as_bytes())]);
    assert_eq!(rows(usage.of_function("template.yaml#Orders").unwrap()), expected, "{text}");
}

/// An event of `role` in session `session`, as CloudTrail writes it.
fn event(role: &str, session: &str, source: &str, name: &str, more: Value) -> Value {
    let mut event = json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": format!("AROAEXAMPLE:{session}"),
            "arn": format!("arn:aws:sts::111122223333:assumed-role/{role}/{session}"),
            "accountId": "111122223333",
            "sessionContext": {"sessionIssuer": {"type": "Role", "userName": role}, "attributes": {"mfaAuthenticated": "false"}},
        },
        "eventTime": "2026-10-01T12:00:00Z",
        "eventSource": source,
        "eventName": name,
        "awsRegion": "eu-west-1",
        "requestParameters": null,
        "responseElements": null,
        "readOnly": true,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
    });
    for (key, value) in more.as_object().unwrap() {
        event[key] = value.clone();
    }
    event
}

fn get_item() -> Value {
    let more = json!({
        "requestParameters": {"tableName": "orders", "key": {"id": "1"}}, "eventCategory": "Data", "managementEvent": false,
    });
    event("orders-role", "orders", "dynamodb.amazonaws.com", "GetItem", more)
}

const GET_ITEM: &str = "dynamodb:GetItem 2026-10-01 cloudtrail arn:aws:dynamodb:eu-west-1:111122223333:table/orders";

#[test]
fn the_same_event_is_read_in_every_format() {
    let event = get_item();
    let identity = "{type=AssumedRole, principalid=A:orders, arn=arn:aws:sts::111122223333:assumed-role/orders-role/orders, \
                    accountid=111122223333, sessioncontext={attributes={mfa=false}, sessionissuer=null}}";
    let row = json!([
        {"eventTime": "2026-10-01 12:00:00.000"}, {"eventSource": "dynamodb.amazonaws.com"}, {"eventName": "GetItem"},
        {"awsRegion": "eu-west-1"}, {"recipientAccountId": "111122223333"}, {"userIdentity": identity},
        {"requestParameters": "{tableName=orders, key={id=1}}"}, {"errorCode": null},
    ]);
    let mut lower = json!({});
    for (key, value) in event.as_object().unwrap() {
        lower[key.to_lowercase()] = value.clone();
    }
    let csv = format!(
        "eventtime,eventsource,eventname,awsregion,recipientaccountid,useridentity,requestparameters\n\
         2026-10-01T12:00:00Z,dynamodb.amazonaws.com,GetItem,eu-west-1,111122223333,\"{identity}\",\
         \"{{\"\"tableName\"\":\"\"orders\"\"}}\"\n"
    );
    for text in [
        json!({"Records": [event]}).to_string(),
        serde_json::to_string_pretty(&json!({"Records": [event, event]})).unwrap(),
        event.to_string(),
        format!("{event}\n{event}\n"),
        json!([event]).to_string(),
        lower.to_string(),
        json!({"Events": [{"EventId": "1", "EventTime": 1_790_856_000.0, "CloudTrailEvent": event.to_string()}]}).to_string(),
        json!({"version": "0", "detail-type": "AWS API Call via CloudTrail", "source": "aws.dynamodb", "resources": [], "detail": event}).to_string(),
        json!({"logEvents": [{"id": "1", "timestamp": 1, "message": event.to_string()}]}).to_string(),
        json!({"QueryStatus": "FINISHED", "QueryStatistics": {"ResultsCount": 1}, "QueryResultRows": [row]}).to_string(),
        csv,
    ] {
        check(&text, &[GET_ITEM]);
    }
}

#[test]
fn packed_files_are_read_and_broken_ones_give_what_they_have() {
    let text = json!({"Records": [get_item()]}).to_string();
    let packed = |text: &str| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let whole = packed(&text);
    let (usage, whys) = usage_of(&[orders()], &TemplateResources::default(), &[("log.json.gz", &whole)]);
    assert_eq!(rows(usage.of_function("template.yaml#Orders").unwrap()), [GET_ITEM]);
    assert!(whys.iter().all(|why| !why.contains("read")), "{whys:?}");

    let cut = &whole[..whole.len() - 9];
    let (usage, whys) = usage_of(&[orders()], &TemplateResources::default(), &[("log.json.gz", cut)]);
    assert_eq!(rows(usage.of_function("template.yaml#Orders").unwrap()), [GET_ITEM]);
    assert!(whys.iter().any(|why| why.contains("the rest is not read")), "{whys:?}");
}

#[test]
fn events_become_actions_on_resources() {
    let data =
        |parameters: Value| json!({"requestParameters": parameters, "eventCategory": "Data", "managementEvent": false});
    let object = "arn:aws:s3:::photos/a/b.jpg";
    for (source, name, more, expected) in [
        (
            "s3.amazonaws.com",
            "HeadObject",
            data(json!({"bucketName": "photos", "key": "a/b.jpg"})),
            vec![format!("s3:GetObject 2026-10-01 cloudtrail {object}")],
        ),
        (
            "s3.amazonaws.com",
            "GetObject",
            data(json!({"bucketName": "photos", "key": "a/b.jpg", "versionId": "7"})),
            vec![
                format!("s3:GetObject 2026-10-01 cloudtrail {object}"),
                format!("s3:GetObjectVersion 2026-10-01 cloudtrail {object}"),
            ],
        ),
        (
            "s3.amazonaws.com",
            "PutObject",
            data(json!({"bucketName": "photos", "key": "a/b.jpg", "x-amz-acl": "public-read"})),
            vec![
                format!("s3:PutObject 2026-10-01 cloudtrail {object}"),
                format!("s3:PutObjectAcl 2026-10-01 cloudtrail {object}"),
            ],
        ),
        ("s3.amazonaws.com", "ListBuckets", json!({}), vec!["s3:ListAllMyBuckets 2026-10-01 cloudtrail".to_owned()]),
        (
            "s3.amazonaws.com",
            "ListObjects",
            data(json!({"bucketName": "photos", "prefix": "a/"})),
            vec!["s3:ListBucket 2026-10-01 cloudtrail arn:aws:s3:::photos".to_owned()],
        ),
        (
            "lambda.amazonaws.com",
            "UpdateFunctionCode20150331v2",
            json!({"requestParameters": {"functionName": "next"}}),
            vec![
                "lambda:UpdateFunctionCode 2026-10-01 cloudtrail arn:aws:lambda:eu-west-1:111122223333:function:next"
                    .to_owned(),
            ],
        ),
        (
            "sns.amazonaws.com",
            "Publish",
            json!({"requestParameters": {"topicArn": "arn:aws:sns:eu-west-1:111122223333:news"}}),
            vec!["sns:Publish 2026-10-01 cloudtrail arn:aws:sns:eu-west-1:111122223333:news".to_owned()],
        ),
        (
            "kms.amazonaws.com",
            "Decrypt",
            json!({"resources": [{"ARN": "arn:aws:kms:eu-west-1:111122223333:key/k-1", "type": "AWS::KMS::Key"}]}),
            vec!["kms:Decrypt 2026-10-01 cloudtrail arn:aws:kms:eu-west-1:111122223333:key/k-1".to_owned()],
        ),
        ("sts.amazonaws.com", "GetCallerIdentity", json!({}), vec![]),
        (
            "s3.amazonaws.com",
            "GetObject",
            json!({"errorCode": "NoSuchKey", "requestParameters": {"bucketName": "photos", "key": "a/b.jpg"}}),
            vec![format!("s3:GetObject 2026-10-01 cloudtrail {object}")],
        ),
        ("s3.amazonaws.com", "GetObject", json!({"errorCode": "AccessDenied"}), vec![]),
        ("s3.amazonaws.com", "Decrypt", json!({"eventType": "AwsServiceEvent"}), vec![]),
    ] {
        let log = json!({"Records": [event("orders-role", "orders", source, name, more)]}).to_string();
        check(&log, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn what_is_not_known_is_counted() {
    let strange = event("orders-role", "orders", "novel.amazonaws.com", "DoThing", json!({}));
    let log = json!({"Records": [strange, strange]}).to_string();
    let (_, whys) = usage_of(&[orders()], &TemplateResources::default(), &[("log.json", log.as_bytes())]);
    assert!(whys.iter().any(|why| why.contains("2 events") && why.contains("`DoThing` of `novel` (2)")), "{whys:?}");
    let (_, whys) = usage_of(&[orders()], &TemplateResources::default(), &[("notes.txt", b"hello")]);
    assert!(whys.iter().any(|why| why.contains("neither CloudTrail events")), "{whys:?}");
}

#[test]
fn denials_are_no_use() {
    let more = json!({
        "errorCode": "AccessDenied",
        "errorMessage": "User: x is not authorized to perform: dynamodb:Query on resource: \"arn:aws:dynamodb:eu-west-1:111122223333:table/orders\" because no policy allows it",
    });
    let log = event("orders-role", "orders", "dynamodb.amazonaws.com", "Query", more).to_string();
    let (usage, _) = usage_of(&[orders()], &TemplateResources::default(), &[("log.json", log.as_bytes())]);
    let usage = usage.of_function("template.yaml#Orders").unwrap();
    assert_eq!((usage.used().len(), usage.denied()[0].action.as_str()), (0, "dynamodb:Query"));
    assert_eq!(usage.denied()[0].resources, ["arn:aws:dynamodb:eu-west-1:111122223333:table/orders"]);
}

/// Which functions an event of the role in the session is taken for.
fn owners(functions: &[Function], resources: &TemplateResources, role: &str, session: &str) -> Vec<String> {
    let log = event(role, session, "sqs.amazonaws.com", "CreateQueue", json!({})).to_string();
    let (usage, _) = usage_of(functions, resources, &[("log.json", log.as_bytes())]);
    let is_user = |id: &&String| usage.of_function(id).is_some_and(|usage| !usage.used().is_empty());
    functions.iter().map(|function| &function.id).filter(is_user).cloned().collect()
}

#[test]
fn events_find_their_functions() {
    let none = TemplateResources::default();
    let named = TemplateResources::default().with(
        "Role",
        "AWS::IAM::Role",
        Some(SymbolicText::parse_sub("${Stage}-orders-role")),
    );
    let plain = TemplateResources::default().with("Role", "AWS::IAM::Role", None);
    let by_reference = || function("t#Orders", "Orders", Some(SymbolicText::parse_sub("${Role.Arn}")));
    let generated = || function("t#Orders", "Orders", Some("role generated for Orders".into()));
    let serverless =
        || function("s#get", "shop-dev-get", Some(SymbolicText::parse_sub("${IamRoleLambdaExecution.Arn}")));
    let bare = || function("orders.zip", "orders.zip", None);
    for (function, resources, role, session, expected) in [
        (orders(), &none, "orders-role", "orders", true),
        (orders(), &none, "orders-role", "another", true),
        (orders(), &none, "orders-role2", "orders", false),
        (by_reference(), &named, "prod-orders-role", "x", true),
        (by_reference(), &named, "other-role", "x", false),
        (by_reference(), &plain, "shop-Role-1ABCDEFGHIJKL", "x", true),
        (by_reference(), &plain, "shop-Role", "x", false),
        (generated(), &none, "shop-OrdersRole-aB3dE6gH9jKl", "x", true),
        (generated(), &none, "shop-OtherRole-aB3dE6gH9jKl", "x", false),
        (serverless(), &none, "shop-dev-us-east-1-lambdaRole", "shop-dev-get", true),
        (serverless(), &none, "blog-dev-us-east-1-lambdaRole", "shop-dev-get", false),
        (bare(), &none, "anything", "orders", true),
        (bare(), &none, "anything", "i-0123", true),
    ] {
        let owners = owners(&[function], resources, role, session);
        assert_eq!(!owners.is_empty(), expected, "{role} {session}");
    }
}

#[test]
fn functions_of_one_role_are_told_apart_by_the_session() {
    let shared = |id: &str, name: &str, other: &str| {
        let mut function = function(id, name, Some(ROLE.into()));
        function.identity.shared_with = vec![other.to_owned()];
        function
    };
    let functions = [shared("t#A", "first", "t#B"), shared("t#B", "second", "t#A")];
    let none = TemplateResources::default();
    assert_eq!(owners(&functions, &none, "orders-role", "first"), ["t#A"]);
    assert_eq!(owners(&functions, &none, "orders-role", "second"), ["t#B"]);
    assert_eq!(owners(&functions, &none, "orders-role", "operator"), ["t#A", "t#B"]);
}

#[test]
fn reports_of_iam_and_access_analyzer_tell_use_and_silence() {
    let accessed = json!({
        "JobStatus": "COMPLETED", "JobType": "ACTION_LEVEL", "JobCompletionDate": "2026-11-01T00:00:00+00:00",
        "ServicesLastAccessed": [
            {"ServiceName": "S3", "ServiceNamespace": "s3", "LastAuthenticated": "2026-10-20T08:00:00+00:00",
             "LastAuthenticatedEntity": ROLE, "TotalAuthenticatedEntities": 1,
             "TrackedActionsLastAccessed": [
                {"ActionName": "CreateBucket", "LastAccessedEntity": ROLE, "LastAccessedTime": "2026-10-20T08:00:00Z"},
                {"ActionName": "DeleteBucket"}]},
            {"ServiceName": "SQS", "ServiceNamespace": "sqs", "TotalAuthenticatedEntities": 0},
        ],
        "IsTruncated": false,
    });
    let finding = json!({
        "id": "1", "analyzedAt": "2026-11-02T00:00:00Z", "resource": ROLE, "resourceType": "AWS::IAM::Role", "status": "ACTIVE",
        "findingType": "UnusedPermission",
        "findingDetails": [{"unusedPermissionDetails": {"serviceNamespace": "sns", "actions": [{"action": "Publish"}]}}],
    });
    let (accessed, finding) = (accessed.to_string(), finding.to_string());
    let files: [(&str, &[u8]); 2] = [("accessed.json", accessed.as_bytes()), ("finding.json", finding.as_bytes())];
    let (usage, whys) = usage_of(&[orders()], &TemplateResources::default(), &files);
    let usage = usage.of_function("template.yaml#Orders").unwrap();
    assert_eq!(rows(usage), ["s3:CreateBucket 2026-10-20 service-last-accessed"]);
    for (action, is_proven) in [
        ("s3:DeleteBucket", true),
        ("s3:GetObject", false),
        ("sqs:SendMessage", true),
        ("sns:Publish", true),
        ("sns:Subscribe", false),
    ] {
        let silence = usage.silence_about(facts::action(action).unwrap());
        assert_eq!(matches!(silence, Silence::NotUsed { .. }), is_proven, "{action}: {silence:?}");
    }
    assert!(whys.iter().any(|why| why.contains("tracks only some")), "{whys:?}");
}

#[test]
fn silence_of_a_log_proves_only_what_it_would_show() {
    let mut write = event("orders-role", "orders", "sqs.amazonaws.com", "CreateQueue", json!({"readOnly": false}));
    write["eventTime"] = json!("2026-07-01T00:00:00Z");
    let read = event("other", "other", "ec2.amazonaws.com", "DescribeInstances", json!({}));
    let silence = |records: &[&Value], action: &str| {
        let log = json!({ "Records": records }).to_string();
        let (usage, _) = usage_of(&[orders()], &TemplateResources::default(), &[("log.json", log.as_bytes())]);
        usage.of_function("template.yaml#Orders").unwrap().silence_about(facts::action(action).unwrap())
    };
    let is_full = |silence: &Silence| matches!(silence, Silence::NotUsed { is_full_window: true, .. });
    let proves_nothing = |silence: &Silence| matches!(silence, Silence::ProvesNothing(_));
    assert!(is_full(&silence(&[&write, &read], "sqs:DeleteQueue")));
    assert!(is_full(&silence(&[&write, &read], "ec2:DescribeVpcs")));
    assert!(proves_nothing(&silence(&[&write], "ec2:DescribeVpcs")), "no event of a read is in the log");
    assert!(proves_nothing(&silence(&[&write, &read], "dynamodb:GetItem")), "no data events");
    assert!(proves_nothing(&silence(&[&write, &read], "iam:PassRole")));
    assert!(proves_nothing(&silence(&[&read], "sqs:DeleteQueue")), "the function does not show");
    assert!(!is_full(&silence(&[&write], "sqs:DeleteQueue")), "one day is no window");
    let get_item = get_item();
    assert!(matches!(silence(&[&write, &get_item], "dynamodb:Scan"), Silence::NotUsed { .. }));
}

#[test]
fn the_order_of_files_does_not_matter() {
    let first = json!({"Records": [get_item()]}).to_string();
    let mut later = get_item();
    later["eventTime"] = json!("2026-10-09T01:02:03Z");
    later["requestParameters"]["tableName"] = json!("archive");
    let second = json!({"Records": [later]}).to_string();
    let all = |files: &[(&str, &[u8])]| {
        let (usage, whys) = usage_of(&[orders()], &TemplateResources::default(), files);
        (usage.of_function("template.yaml#Orders").unwrap().used(), whys)
    };
    let one_way = all(&[("1.json", first.as_bytes()), ("2.json", second.as_bytes())]);
    assert_eq!(one_way, all(&[("2.json", second.as_bytes()), ("1.json", first.as_bytes())]));
    assert_eq!(one_way.0[0].last_seen.as_deref(), Some("2026-10-09T01:02:03Z"));
    assert_eq!(one_way.0[0].resources.len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_bytes_cuts_and_mutations_are_read_without_panic(
        noise in proptest::collection::vec(any::<u8>(), 0..40),
        at in 0_usize..2000,
        end in 0_usize..4000,
        which in 0_usize..3,
    ) {
        let log = json!({"Records": [get_item(), get_item()]}).to_string();
        let csv = "eventsource,eventname,useridentity\ns3.amazonaws.com,GetObject,\"{arn=x}\"\n".to_owned();
        let report = json!({"JobStatus": "COMPLETED", "ServicesLastAccessed": [{"ServiceNamespace": "s3", "LastAuthenticated": 5}]}).to_string();
        let mut bytes = [log, csv, report][which].clone().into_bytes();
        let at = at.min(bytes.len());
        bytes.splice(at..at, noise);
        bytes.truncate(end);
        usage_of(&[orders()], &TemplateResources::default(), &[("log", &bytes)]);
    }
}
