use std::fmt::Write;

use deploy::MemoryProject;
use deploy::formats::serverless::{Options, read};
use model::function::CodeContent;

use super::*;

/// What `files`, the first of which is the configuration, deploy.
fn service(files: &[(&str, &str)]) -> Parsed<ServiceFunctions> {
    let project = MemoryProject::new(files.iter().copied());
    let (file, text) = files[0];
    let mut gaps = Vec::new();
    let service = read(text.as_bytes(), file, &project, &Options::default()).unwrap().take_gaps(&mut gaps);
    let read = functions(&service, &project).take_gaps(&mut gaps);
    Parsed { value: read, gaps }
}

/// The functions of a configuration with the runtime and handler files that the tests have no word for.
fn of_yaml(yaml: &str) -> Vec<Parsed<Function>> {
    let yaml = format!("service: shop\n{yaml}\n");
    service(&[("serverless.yml", &yaml), ("a.py", ""), ("b.py", "")]).value.functions
}

fn all_gaps(functions: &[Parsed<Function>]) -> String {
    let mut shown = String::new();
    for gap in functions.iter().flat_map(|function| &function.gaps) {
        writeln!(shown, "{}: {}", gap.location, gap.why).unwrap();
    }
    shown
}

fn show_statements(function: &Function, kinds: &[&str]) -> Vec<String> {
    let list = |texts: &[model::SymbolicText]| texts.iter().map(ToString::to_string).collect::<Vec<_>>().join("+");
    let policies = function.identity.policies.iter().filter(|policy| kinds.contains(&policy.kind.name()));
    let statements = policies.flat_map(|policy| &policy.statements);
    let shown = statements.map(|statement| {
        let (actions, resources) = (list(&statement.actions), list(&statement.resources));
        format!("{} {actions} on {resources}", statement.effect.name())
    });
    shown.collect()
}

fn show_policies(function: &Function) -> String {
    let policies = &function.identity.policies;
    policies.iter().map(|policy| format!("{} {}", policy.kind.name(), policy.id)).collect::<Vec<_>>().join(", ")
}

const LOGS: [&str; 2] = [
    "Allow logs:CreateLogStream+logs:CreateLogGroup+logs:TagResource on \
     arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/shop-dev*:*",
    "Allow logs:PutLogEvents on arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/shop-dev*:*:*",
];

#[test]
fn reads_name_runtime_handler_and_environment() {
    let functions = of_yaml(
        "provider: {name: aws, runtime: python3.12, stage: prod, environment: {A: 1, B: p}}\n\
         functions:\n  a: {handler: a.main, environment: {B: f, C: !Ref T}}\n  b: {handler: b.main, name: own, runtime: nodejs22.x}\n  c:\n",
    );
    let shown: Vec<_> = functions
        .iter()
        .map(|Parsed { value: function, .. }| {
            let environment: Vec<_> =
                function.environment.iter().map(|variable| format!("{}={}", variable.name, variable.value)).collect();
            let Function { id, name, runtime, handler, .. } = function;
            format!("{id} {name} {runtime:?} {handler:?} {}", environment.join(","))
        })
        .collect();
    assert_eq!(
        shown,
        [
            "serverless.yml#a shop-prod-a Some(\"python3.12\") Some(\"a.main\") A=1,B=f,C=${T}",
            "serverless.yml#b own Some(\"nodejs22.x\") Some(\"b.main\") A=1,B=p",
        ]
    );
    assert_eq!(functions[0].value.location.to_string(), "serverless.yml:4:3");
    assert_eq!(functions[0].value.environment[0].location.to_string(), "serverless.yml:2:74");
    assert_eq!(all_gaps(&functions[..1]), "");
}

#[test]
fn says_what_it_does_not_know_of_a_function() {
    for (yaml, gap) in [
        ("provider: {name: aws}\nfunctions: {a: {handler: a.main}}", "no `runtime` is given"),
        ("provider: {name: aws, runtime: python3.12}\nfunctions: {a: {}}", "has neither `handler` nor `image`"),
        (
            "provider: {name: aws, runtime: python3.12}\nfunctions: {a: '${file(f.js)}'}",
            "is declared as `${file(f.js)}`",
        ),
        ("provider: {name: aws, runtime: '${env:R}'}\nfunctions: {a: {handler: a.main}}", "`runtime` is `${env:R}`"),
        (
            "provider: {name: aws, runtime: python3.12}\nfunctions: {a: {handler: no.main}}",
            "handler `no.main` is not among",
        ),
        (
            "provider: {name: aws, runtime: python3.12, environment: '${file(e.js)}'}\nfunctions: {a: {handler: a.main}}",
            "the environment is",
        ),
        (
            "provider: {name: aws, runtime: python3.12}\nfunctions: {a: {handler: a.main, events: '${file(e.js)}'}}",
            "the events are",
        ),
        (
            "provider: {name: aws, runtime: python3.12}\nfunctions: {a: {handler: a.main, events: [{appsync: x}]}}",
            "none of the framework's",
        ),
        (
            "provider: {name: aws, runtime: python3.12, iamRoleStatements: '${file(i.js)}'}\nfunctions: {a: {handler: a.main}}",
            "known only at deployment",
        ),
        (
            "provider: {name: aws, runtime: python3.12, iamManagedPolicies: [arn:aws:iam::1:policy/x]}\nfunctions: {a: {handler: a.main}}",
            "policy `arn:aws:iam::1:policy/x` is outside the template",
        ),
        (
            "provider: {name: aws, runtime: python3.12, role: 'arn:aws:iam::1:role/x'}\nfunctions: {a: {handler: a.main}}",
            "role `arn:aws:iam::1:role/x` is not part",
        ),
        (
            "provider: {name: aws, runtime: python3.12}\nfunctions: {a: {handler: a.main, iamRoleStatements: [{Effect: Allow, Action: 'a:B', Resource: '*'}]}}",
            "take effect with the plugin",
        ),
        (
            "provider: {name: aws, runtime: python3.12}\nfunctions: {a: {handler: a.main, layers: ['arn:aws:lambda:us-east-1:1:layer:x:1']}}",
            "is published elsewhere",
        ),
        (
            "provider: {name: aws, runtime: python3.12}\nplugins: [serverless-webpack]\nfunctions: {a: {handler: a.main}}",
            "bundles the handler",
        ),
    ] {
        let functions = of_yaml(yaml);
        assert_eq!(functions.len(), 1, "{yaml}");
        assert!(all_gaps(&functions).contains(gap), "{yaml}: {}", all_gaps(&functions));
    }
    for (yaml, gap) in [
        ("provider: {name: aws}\nfunctions: '${file(f.js)}'", "the functions are `${file(f.js)}`"),
        ("provider: {name: azure}\nfunctions: {a: {handler: a.main}}", "provider `azure`"),
        ("provider: google\nfunctions: {a: {handler: a.main}}", "provider `google`"),
    ] {
        let read = service(&[("serverless.yml", &format!("service: shop\n{yaml}"))]);
        assert!(read.value.functions.is_empty(), "{yaml}");
        assert!(read.gaps.iter().any(|found| found.why.contains(gap)), "{yaml}: {:?}", read.gaps);
    }
}

/// The policies and granted statements of the function `a` of a service with settings of the provider and of it.
#[track_caller]
fn check_grants(provider: &str, function: &str, rest: &str, implicit: &[&str], inline: &[&str]) -> Function {
    let yaml = format!(
        "provider: {{name: aws, runtime: python3.12{provider}}}\nfunctions: {{a: {{handler: a.main{function}}}}}\n{rest}"
    );
    let functions = of_yaml(&yaml);
    let function = functions[0].value.clone();
    assert_eq!(show_statements(&function, &["implicit"]), implicit, "of {yaml}");
    assert_eq!(show_statements(&function, &["inline"]), inline, "of {yaml}");
    function
}

#[test]
fn the_shared_role_has_what_the_framework_and_the_configuration_put_into_it() {
    let statement = "[{Effect: Allow, Action: ['s3:GetObject'], Resource: !Sub '${B.Arn}/*'}]";
    let expected = ["Allow s3:GetObject on ${B.Arn}/*"];
    for provider in [
        format!(", iamRoleStatements: {statement}"),
        format!(", iam: {{role: {{statements: {statement}}}}}"),
        format!(
            ", iamRoleStatements: [{{Effect: Deny, Action: 'x:Y', Resource: '*'}}], iam: {{role: {{statements: {statement}}}}}"
        ),
    ] {
        let function = check_grants(&provider, "", "", &LOGS, &expected);
        assert_eq!(function.identity.name.unwrap().to_string(), "${IamRoleLambdaExecution.Arn}");
    }
    let provider = ", iam: {role: {managedPolicies: [arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess, !Ref P], permissionsBoundary: !Ref B}}";
    let rest =
        "resources: {Resources: {P: {Type: 'AWS::IAM::ManagedPolicy', Properties: {PolicyDocument: {Statement: []}}}}}";
    let function = check_grants(provider, ", vpc: {}", rest, &LOGS, &[]);
    assert_eq!(
        show_policies(&function),
        "implicit added by the Serverless Framework, managed AmazonS3ReadOnlyAccess, customer P, \
         managed AWSLambdaVPCAccessExecutionRole, boundary ${B}"
    );
}

#[test]
fn settings_and_events_grant_what_they_need() {
    let own = |grants: &[&str]| LOGS.iter().chain(grants).map(|grant| (*grant).to_owned()).collect::<Vec<_>>();
    for (provider, function, grants) in [
        (", tracing: {lambda: true}", "", &["Allow xray:PutTraceSegments+xray:PutTelemetryRecords on *"][..]),
        (
            ", tracing: {lambda: true}",
            ", tracing: false",
            &["Allow xray:PutTraceSegments+xray:PutTelemetryRecords on *"],
        ),
        ("", ", onError: 'arn:aws:sns:us-east-1:1:t'", &["Allow sns:Publish on arn:aws:sns:us-east-1:1:t"]),
        ("", ", onError: !Ref T", &[]),
        ("", ", kmsKeyArn: 'arn:aws:kms:us-east-1:1:key/k'", &["Allow kms:Decrypt on arn:aws:kms:us-east-1:1:key/k"]),
        (
            "",
            ", fileSystemConfig: {arn: !GetAtt F.Arn, localMountPath: /mnt/x}",
            &["Allow elasticfilesystem:ClientMount+elasticfilesystem:ClientWrite on ${F.Arn}"],
        ),
        (
            "",
            ", destinations: {onSuccess: a, onFailure: {type: sqs, arn: !GetAtt Q.Arn}}",
            &[
                "Allow lambda:InvokeFunction on arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:shop-dev-a",
                "Allow sqs:SendMessage on ${Q.Arn}",
            ],
        ),
        (
            "",
            ", events: [{sqs: !GetAtt Q.Arn}, {sqs: {arn: 'arn:aws:sqs:us-east-1:1:r'}}]",
            &[
                "Allow sqs:ReceiveMessage+sqs:DeleteMessage+sqs:GetQueueAttributes on ${Q.Arn}+arn:aws:sqs:us-east-1:1:r",
            ],
        ),
        (
            "",
            ", events: [{stream: 'arn:aws:dynamodb:us-east-1:1:table/t/stream/1'}]",
            &[
                "Allow dynamodb:GetRecords+dynamodb:GetShardIterator+dynamodb:DescribeStream+dynamodb:ListStreams on arn:aws:dynamodb:us-east-1:1:table/t/stream/1",
            ],
        ),
        (
            "",
            ", events: [{stream: {type: kinesis, arn: !GetAtt S.Arn, destinations: {onFailure: 'arn:aws:sqs:us-east-1:1:d'}}}]",
            &[
                "Allow kinesis:GetRecords+kinesis:GetShardIterator+kinesis:DescribeStream+kinesis:ListStreams on ${S.Arn}",
                "Allow sqs:ListQueues+sqs:SendMessage on arn:aws:sqs:us-east-1:1:d",
            ],
        ),
        (
            "",
            ", events: [{stream: {type: kinesis, arn: !GetAtt S.Arn, consumer: 'arn:aws:kinesis:us-east-1:1:stream/s/consumer/c:1'}}]",
            &[
                "Allow kinesis:GetRecords+kinesis:GetShardIterator+kinesis:DescribeStreamSummary+kinesis:ListShards on ${S.Arn}",
                "Allow kinesis:SubscribeToShard on arn:aws:kinesis:us-east-1:1:stream/s/consumer/c:1",
            ],
        ),
        (
            "",
            ", events: [{activemq: {arn: 'arn:b', basicAuthArn: 'arn:s', queue: q}}]",
            &[
                "Allow secretsmanager:GetSecretValue on arn:s",
                "Allow mq:DescribeBroker on arn:b",
                "Allow ec2:CreateNetworkInterface+ec2:DescribeNetworkInterfaces+ec2:DescribeVpcs+ec2:DeleteNetworkInterface+ec2:DescribeSubnets+ec2:DescribeSecurityGroups on *",
            ],
        ),
        (
            "",
            ", events: [{kafka: {topic: t, accessConfigurations: {saslScram512Auth: 'arn:s'}}}]",
            &["Allow secretsmanager:GetSecretValue on arn:s"],
        ),
        (
            "",
            ", events: [{websocket: $connect}]",
            &["Allow execute-api:ManageConnections on arn:aws:execute-api:*:*:*/@connections/*"],
        ),
        (
            "",
            ", events: [{cloudFront: {eventType: viewer-request}}]",
            &[
                "Allow logs:CreateLogGroup+logs:CreateLogStream+logs:PutLogEvents+logs:TagResource on arn:aws:logs:*:*:*",
            ],
        ),
        (
            "",
            ", events: [{schedule: {rate: rate(1 day), method: scheduler}}]",
            &[
                "Allow lambda:InvokeFunction on arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:shop-dev-a+arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:shop-dev-a:*",
            ],
        ),
        ("", ", events: [{http: GET /}, {schedule: rate(1 day)}, {s3: b}, {sns: t}]", &[]),
    ] {
        let implicit = own(grants);
        check_grants(provider, function, "", &implicit.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    }
}

#[test]
fn names_of_log_groups_follow_names_of_functions() {
    let functions = of_yaml(
        "provider: {name: aws, runtime: python3.12}\nfunctions:\n  a: {handler: a.main, name: own}\n  b: {handler: b.main, disableLogs: true}\n  c: {handler: b.main}\n",
    );
    let group = "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/";
    assert_eq!(
        show_statements(&functions[0].value, &["implicit"]),
        [
            format!(
                "Allow logs:CreateLogStream+logs:CreateLogGroup+logs:TagResource on {group}own:*+{group}shop-dev*:*"
            ),
            format!("Allow logs:PutLogEvents on {group}own:*:*+{group}shop-dev*:*:*"),
            format!("Deny logs:PutLogEvents on {group}shop-dev-b:*"),
        ]
    );
    assert_eq!(functions[0].value.identity.shared_with, ["serverless.yml#b", "serverless.yml#c"]);
}

#[test]
fn functions_have_roles_of_their_own_by_plugin_or_framework() {
    let provider = ", iamRoleStatements: [{Effect: Allow, Action: 'p:P', Resource: '*'}]";
    let own = ", iamRoleStatements: [{Effect: Allow, Action: 'f:F', Resource: '*'}], events: [{sqs: !GetAtt Q.Arn}, {websocket: x}]";
    let plugin = "plugins: [serverless-iam-roles-per-function]\n";
    let group = "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/shop-dev-a";
    let logs = format!("Allow logs:CreateLogStream+logs:CreateLogGroup+logs:PutLogEvents on {group}:*:*");
    let queue = "Allow sqs:ReceiveMessage+sqs:DeleteMessage+sqs:GetQueueAttributes on ${Q.Arn}";
    let (of_provider, of_function) = ("Allow p:P on *", "Allow f:F on *");

    let function = check_grants(provider, own, plugin, &[&logs, queue], &[of_function]);
    assert_eq!(function.identity.name.unwrap().to_string(), "${AIamRoleLambdaExecution.Arn}");
    let inheriting = format!("{own}, iamRoleStatementsInherit: true");
    check_grants(provider, &inheriting, plugin, &[&logs, queue], &[of_provider, of_function]);
    let by_default = format!("{plugin}custom: {{serverless-iam-roles-per-function: {{defaultInherit: true}}}}");
    check_grants(provider, own, &by_default, &[&logs, queue], &[of_provider, of_function]);
    let refusing = format!("{own}, iamRoleStatementsInherit: false");
    check_grants(provider, &refusing, &by_default, &[&logs, queue], &[of_function]);
    check_grants(provider, ", iamRoleStatements: []", plugin, &[&logs], &[]);
    check_grants(provider, "", plugin, &LOGS, &[of_provider]);

    let logs = format!("Allow logs:CreateLogGroup+logs:CreateLogStream+logs:PutLogEvents on {group}:*");
    let connections = "Allow execute-api:ManageConnections on arn:aws:execute-api:*:*:*/@connections/*";
    check_grants(provider, own, "frameworkVersion: '4'", &[&logs, queue, connections], &[of_function]);
    let structured = ", iam: {role: {statements: [{Effect: Allow, Action: 'f:F', Resource: '*'}]}}";
    check_grants(provider, structured, "", &[&logs], &[of_function]);
    let per_function =
        ", iam: {role: {mode: perFunction, statements: [{Effect: Allow, Action: 'p:P', Resource: '*'}]}}";
    check_grants(per_function, structured, "", &[&logs], &[of_provider, of_function]);
    check_grants(per_function, ", iam: {inheritStatements: false}", "", &[&logs], &[]);
}

#[test]
fn an_empty_text_is_no_setting() {
    let provider = ", vpc: '', iamRoleStatements: '', iamManagedPolicies: '', layers: '', environment: '', role: ''";
    let function = check_grants(provider, ", name: '', vpc: ''", "", &LOGS, &[]);
    assert_eq!((function.name.as_str(), function.wiring.len()), ("shop-dev-a", 1));
    // The framework looks whether a function names a network, not at what it says of it.
    assert!(show_policies(&function).ends_with("managed AWSLambdaVPCAccessExecutionRole"));
}

#[test]
fn roles_of_resources_are_joined() {
    let resources = "resources:\n  Resources:\n    \
                     R: {Type: 'AWS::IAM::Role', Properties: {RoleName: named, Policies: [{PolicyName: p, PolicyDocument: {Statement: \
                     [{Effect: Allow, Action: 'r:R', Resource: '*'}]}}]}}\n    \
                     P: {Type: 'AWS::IAM::Policy', Properties: {PolicyName: q, Roles: [!Ref R, !Ref IamRoleLambdaExecution], \
                     PolicyDocument: {Statement: [{Effect: Allow, Action: 'q:Q', Resource: '*'}]}}}";
    let of_role = ["Allow r:R on *", "Allow q:Q on *"];
    for role in ["R", "!GetAtt R.Arn", "{Fn::GetAtt: [R, Arn]}", "!Sub 'arn:aws:iam::${AWS::AccountId}:role/named'"] {
        let function = check_grants("", &format!(", role: {role}"), resources, &[], &of_role);
        assert_eq!(function.identity.name.unwrap().to_string(), "${R.Arn}", "{role}");
        check_grants(&format!(", role: {role}"), "", resources, &[], &of_role);
        check_grants(&format!(", iam: {{role: {role}}}"), "", resources, &[], &of_role);
    }
    check_grants("", "", resources, &LOGS, &["Allow q:Q on *"]);
    check_grants("", ", role: IamRoleLambdaExecution", resources, &LOGS, &["Allow q:Q on *"]);
    let changed = "resources: {Resources: {IamRoleLambdaExecution: {Type: 'AWS::IAM::Role', Properties: {ManagedPolicyArns: \
                   [arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess]}}}}";
    let function = check_grants("", "", changed, &LOGS, &[]);
    assert_eq!(show_policies(&function), "implicit added by the Serverless Framework, managed AmazonS3ReadOnlyAccess");
}

#[test]
fn functions_of_resources_are_listed_and_changes_are_said() {
    let resources = "resources:\n  Resources:\n    Own: {Type: 'AWS::Lambda::Function', Properties: {Handler: b.main, Runtime: python3.12, \
                     Code: {ZipFile: 'pass'}}}\n    ALambdaFunction: {Type: 'AWS::Lambda::Function', Properties: {Layers: [x]}}";
    let functions = of_yaml(&format!(
        "provider: {{name: aws, runtime: python3.12}}\nfunctions: {{a: {{handler: a.main}}}}\n{resources}"
    ));
    let ids: Vec<_> = functions.iter().map(|function| function.value.id.as_str()).collect();
    assert_eq!(ids, ["serverless.yml#a", "serverless.yml#Own"]);
    assert!(all_gaps(&functions[..1]).contains("`ALambdaFunction` is changed here"), "{}", all_gaps(&functions));
}

#[track_caller]
fn check_triggers(provider: &str, function: &str, expected: &[&str]) {
    let functions = of_yaml(&format!(
        "provider: {{name: aws, runtime: python3.12{provider}}}\nfunctions: {{a: {{handler: a.main, {function}}}}}"
    ));
    let triggers = &functions[0].value.triggers;
    let shown: Vec<_> =
        triggers.iter().map(|found| format!("{} {} {}", found.kind, found.exposure.name(), found.source)).collect();
    assert_eq!(shown, expected, "of {function}");
}

#[test]
fn tells_what_starts_a_function_and_who_may() {
    for (provider, function, expected) in [
        ("", "events: [{http: get orders}]", &["http public GET /orders"][..]),
        ("", "events: [{http: {path: /orders, method: post, private: true}}]", &["http authenticated POST /orders"]),
        ("", "events: [{http: {path: o, method: any, authorizer: aws_iam}}]", &["http authenticated ANY /o"]),
        ("", "events: [{http: {path: o, method: get, authorizer: {name: auth}}}]", &["http authenticated GET /o"]),
        (", endpointType: private", "events: [{http: GET /}]", &["http internal GET /"]),
        (
            "",
            "events: [{httpApi: '*'}, {httpApi: 'GET /x'}, {httpApi: {path: '*', method: '*'}}]",
            &["http public $default", "http public GET /x", "http public $default"],
        ),
        (
            "",
            "events: [{httpApi: {path: /x, method: GET, authorizer: {type: aws_iam}}}]",
            &["http authenticated GET /x"],
        ),
        ("", "url: true", &["http public function URL"]),
        ("", "url: {authorizer: aws_iam}", &["http authenticated function URL"]),
        ("", "url: false", &[]),
        ("", "events: [{websocket: $default}]", &["http public websocket $default"]),
        (
            "",
            "events: [{websocket: $default}, {websocket: {route: $connect, authorizer: auth}}]",
            &["http authenticated websocket $default", "http authenticated websocket $connect"],
        ),
        ("", "events: [{alb: {listenerArn: !Ref L, priority: 1}}]", &["http public ${L}"]),
        (
            "",
            "events: [{s3: photos}, {s3: {bucket: !Ref B, event: x}}]",
            &["storage internal photos", "storage internal ${B}"],
        ),
        (
            "",
            "events: [{sqs: !GetAtt Q.Arn}, {sns: topic}, {sns: {arn: !Ref T}}]",
            &["queue internal ${Q.Arn}", "topic internal topic", "topic internal ${T}"],
        ),
        ("", "events: [{stream: {arn: !GetAtt S.Arn, type: kinesis}}]", &["stream internal ${S.Arn}"]),
        (
            "",
            "events: [{schedule: rate(1 day)}, {schedule: {rate: [cron(0 1 * * ? *), rate(2 days)]}}]",
            &["schedule internal rate(1 day)", "schedule internal cron(0 1 * * ? *), rate(2 days)"],
        ),
        (
            "",
            "events: [{eventBridge: {eventBus: bus}}, {cloudwatchEvent: {event: {source: [aws.ec2]}}}, {cloudwatchLog: /g}]",
            &["event-bus internal bus", "event-bus internal aws.ec2", "log internal /g"],
        ),
        (
            "",
            "events: [{iot: {sql: SELECT}}, {cognitoUserPool: {pool: P}}, alexaSkill]",
            &["other internal SELECT", "other internal P", "other internal alexaSkill"],
        ),
        (
            "",
            "events: [{kafka: {topic: t}}, {msk: {arn: 'arn:m', topic: u}}, {rabbitmq: {arn: 'arn:r', queue: q}}]",
            &["stream internal t", "stream internal u", "queue internal q"],
        ),
    ] {
        check_triggers(provider, function, expected);
    }
}

#[test]
fn knows_what_is_wired_to_a_function() {
    let functions = of_yaml(
        "provider: {name: aws, runtime: python3.12, vpc: {securityGroupIds: [s], subnetIds: [n]}, tracing: {lambda: Active}}\n\
         resources: {Resources: {Q: {Type: 'AWS::SQS::Queue'}}}\nfunctions:\n  a:\n    handler: a.main\n    onError: !GetAtt Q.Arn\n    destinations: {onFailure: b}\n    fileSystemConfig: {arn: 'arn:f'}\n    events: [{sqs: 'arn:q'}]\n  b: {handler: b.main, vpc: ~, disableLogs: true}\n",
    );
    let show = |function: &Function| {
        let wirings = function.wiring.iter();
        let shown = wirings.map(|wiring| {
            let resource = wiring.resource.as_ref().map_or(String::new(), ToString::to_string);
            format!("{:?} {resource}", wiring.kind)
        });
        shown.collect::<Vec<_>>()
    };
    assert_eq!(
        show(&functions[0].value),
        [
            "Logs arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/shop-dev-a:*",
            "Tracing ",
            "Vpc ",
            "DeadLetterQueue ${Q.Arn}",
            "DestinationFunction arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:shop-dev-b",
            "FileSystem arn:f",
            "PollQueue arn:q",
        ]
    );
    assert_eq!(show(&functions[1].value), ["Tracing "]);
}

/// The code of the function `a`: path, or `…` for what is elsewhere, layer, patterns.
fn show_code(files: &[(&str, &str)]) -> Vec<String> {
    let functions = service(files).value.functions;
    let sources = functions[0].value.code.iter();
    let shown = sources.map(|source| {
        let content = match &source.content {
            CodeContent::Path { include } => {
                let skipped = |glob: &str| {
                    glob.starts_with(".git")
                        || glob.starts_with(".serverless")
                        || glob.ends_with(".log")
                        || glob == ".DS_Store"
                };
                let patterns = include.iter().filter(|pattern| !skipped(&pattern.glob));
                patterns
                    .map(|pattern| format!(" {}{}", if pattern.includes { "" } else { "!" }, pattern.glob))
                    .collect()
            }
            CodeContent::Elsewhere { why } => format!(" … {why}"),
            CodeContent::Inline { .. } => " inline".to_owned(),
        };
        let layer = source.layer.as_ref().map_or(String::new(), |layer| format!(" @{layer}"));
        format!("{}{layer}{content}", source.path)
    });
    shown.collect()
}

#[track_caller]
fn check_code(function: &str, rest: &str, expected: &[&str]) {
    let yaml = format!(
        "service: shop\nprovider: {{name: aws, runtime: python3.12}}\nfunctions: {{a: {{handler: src/a.main{function}}}}}\n{rest}"
    );
    let files = [
        ("api/serverless.yml", yaml.as_str()),
        ("api/src/a.py", ""),
        ("api/a.zip", ""),
        ("api/layer/x.py", ""),
        ("api/l.zip", ""),
        ("api/mod/src/a.py", ""),
        ("api/img/Dockerfile", ""),
    ];
    assert_eq!(show_code(&files), expected, "of {function} {rest}");
}

#[test]
fn packs_what_the_framework_packs() {
    for (function, rest, expected) in [
        ("", "", &["api !serverless.yml"][..]),
        ("", "useDotenv: true", &["api !serverless.yml !.env*"]),
        ("", "package: {patterns: ['!tests/**', './src/**']}", &["api !serverless.yml !tests/** src/**"]),
        (
            "",
            "package: {exclude: ['tests/**', '!tests/x.py'], include: [lib/**]}",
            &["api !serverless.yml !tests/** tests/x.py lib/**"],
        ),
        (", package: {patterns: ['!x']}", "package: {patterns: ['!y']}", &["api !serverless.yml !y"]),
        (
            ", package: {patterns: ['!x']}",
            "package: {individually: true, patterns: ['!y']}",
            &["api !serverless.yml !y !x"],
        ),
        (", package: {individually: true, exclude: [x]}", "", &["api !serverless.yml !x"]),
        ("", "layers: {l: {path: layer}}", &["api !serverless.yml !layer/**"]),
        (
            ", layers: [!Ref LLambdaLayer]",
            "layers: {l: {path: layer}}",
            &["api !serverless.yml !layer/**", "api/layer @l !serverless.yml"],
        ),
        (
            ", layers: [!Ref LLambdaLayer]",
            "layers: {l: {package: {artifact: l.zip}}}",
            &["api !serverless.yml", "api/l.zip @l"],
        ),
        (", layers: ['arn:x']", "", &["api !serverless.yml", "arn:x @arn:x … layer `arn:x`, published elsewhere"]),
        (", package: {artifact: a.zip}", "", &["api/a.zip"]),
        ("", "package: {artifact: a.zip}", &["api/a.zip"]),
        (", package: {artifact: no.zip}", "", &["api !serverless.yml"]),
        (", package: {artifact: 's3://b/k.zip'}", "", &["s3://b/k.zip … package `s3://b/k.zip`"]),
        (
            "",
            "plugins: [serverless-esbuild]\npackage: {patterns: ['!node_modules/**', '!docs/**']}",
            &["api !serverless.yml !docs/**"],
        ),
        ("", "plugins: [serverless-esbuild]\npackage: {patterns: ['!**', 'dist/**']}", &["api !serverless.yml"]),
        (
            ", module: mod",
            "plugins: [serverless-python-requirements]\npackage: {individually: true}",
            &["api/mod !serverless.yml requirements.txt Pipfile.lock poetry.lock uv.lock"],
        ),
    ] {
        check_code(function, rest, expected);
    }
}

#[test]
fn reads_the_sources_of_what_is_not_built() {
    let yaml = "service: shop\nprovider: {name: aws, runtime: provided.al2023}\nfunctions: {a: {handler: bin/a}}\npackage: {patterns: ['!./**', './bin/**']}";
    let built = [("serverless.yml", yaml), ("bin/a", "")];
    assert_eq!(show_code(&built), [". !serverless.yml !** bin/**"]);
    assert_eq!(show_code(&[("serverless.yml", yaml), ("a/main.go", "")]), [". !serverless.yml"]);
}

#[test]
fn knows_images() {
    let image = |provider: &str, function: &str| {
        let yaml = format!("service: shop\nprovider: {{name: aws{provider}}}\nfunctions: {{a: {{{function}}}}}");
        let files = [("serverless.yml", yaml.as_str()), ("img/Dockerfile", "")];
        let function = service(&files).value.functions.remove(0).value;
        (function.kind.name(), function.runtime, function.handler, show_code(&files))
    };
    let uri = "1.dkr.ecr.us-east-1.amazonaws.com/x@sha256:0";
    let (kind, runtime, handler, code) = image("", &format!("image: '{uri}'"));
    assert_eq!((kind, runtime, handler), ("container", None, None));
    assert_eq!(code, [format!("{uri} … image `{uri}`")]);
    let (_, _, handler, code) = image(", ecr: {images: {i: {path: ./img}}}", "image: {name: i, command: [a.main]}");
    assert_eq!((handler.as_deref(), code), (Some("a.main"), vec!["img".to_owned()]));
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(200))]

    #[test]
    fn reads_any_service_without_panic(
        provider in "(name: aws|iam: \\{role: [a-z{}\\[\\]:, ]{0,8}\\}|role: x|vpc: \\{\\}|environment: [a{}\\[\\]:, ]{0,6}|, ){0,3}",
        function in "(handler: [a-z./:]{0,6}|image: [a-z{}:, ]{0,6}|layers: [a-z{}\\[\\]:, ]{0,6}|url: [a-z{}:, ]{0,6}|role: [a-z{}:, ]{0,6}|package: [a-z{}\\[\\]:, ]{0,6}|, ){0,4}",
        event in "(http|sqs|stream|kafka|sns|alb|schedule): [a-z{}\\[\\]:,!' ]{0,12}",
    ) {
        let yaml = format!("service: s\nprovider: {{{provider}}}\nfunctions: {{a: {{{function}, events: [{{{event}}}]}}}}\n");
        let project = MemoryProject::default();
        if let Ok(service) = read(yaml.as_bytes(), "serverless.yml", &project, &Options::default()) {
            functions(&service.value, &project);
        }
    }
}
