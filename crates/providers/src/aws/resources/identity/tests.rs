use model::Parsed;
use model::function::Function;

use crate::aws::resources::testing::{check_gaps, functions, grants, sam};

const LOGS: &str = "implicit AWSLambdaBasicExecutionRole";

#[track_caller]
fn one(properties: &str, rest: &str) -> Parsed<Function> {
    let text = sam(&format!("Runtime: python3.12\nHandler: a.b\nCodeUri: .\n{properties}"), rest);
    functions(&text, &[]).into_iter().find(|function| function.value.name == "F").unwrap()
}

/// The grants beside the logs that every role made by SAM has.
#[track_caller]
fn check(properties: &str, rest: &str, expected: &[&str]) -> Function {
    let read = one(properties, rest);
    let granted: Vec<_> = grants(&read.value).into_iter().filter(|line| line != LOGS).collect();
    assert_eq!(granted, expected, "{properties} {rest}");
    check_gaps(&read, &[]);
    read.value
}

#[track_caller]
fn check_gap(properties: &str, rest: &str, expected: &[&str], gaps: &[&str]) {
    let read = one(properties, rest);
    let granted: Vec<_> = grants(&read.value).into_iter().filter(|line| line != LOGS).collect();
    assert_eq!(granted, expected, "{properties} {rest}");
    check_gaps(&read, gaps);
}

#[test]
fn the_role_that_sam_makes_has_logs_and_what_is_named() {
    let function = one("", "").value;
    assert_eq!(function.identity.name.unwrap().to_string(), "role generated for F");
    assert_eq!(grants(&one("", "").value), [LOGS]);
    check("Policies: AmazonS3ReadOnlyAccess", "", &["managed AmazonS3ReadOnlyAccess"]);
    check(
        "Policies: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/AmazonS3ReadOnlyAccess']",
        "",
        &["managed AmazonS3ReadOnlyAccess"],
    );
    check("Policies: [AmazonS3ReadOnlyAccess, AmazonS3ReadOnlyAccess]", "", &["managed AmazonS3ReadOnlyAccess"]);
    // Naming the implied policy shows it where it is named.
    assert_eq!(
        grants(&one("Policies: [AWSLambdaBasicExecutionRole]", "").value),
        ["managed AWSLambdaBasicExecutionRole"]
    );
}

#[test]
fn reads_inline_policies_with_their_places() {
    let policies = "Policies:\n  - Statement:\n      - Effect: Allow\n        Action: [s3:GetObject, s3:PutObject]\n        \
                    Resource: !Sub '${B.Arn}/*'\n  - Version: '2012-10-17'\n    Statement: {Effect: Deny, Action: '*', Resource: '*'}";
    let function = check(
        policies,
        "",
        &["inline FRolePolicy0: Allow s3:GetObject, s3:PutObject on ${B.Arn}/*", "inline FRolePolicy1: Deny * on *"],
    );
    let statement = &function.identity.policies[1].statements[0];
    assert_eq!(statement.origin.to_string(), "template.yaml:11:15");
    assert_eq!(statement.action_origin(1).to_string(), "template.yaml:12:38");
    assert_eq!(function.identity.policies[1].location.to_string(), "template.yaml:10:11");
}

#[test]
fn expands_policy_templates() {
    check(
        "Policies: [SQSSendMessagePolicy: {QueueName: !GetAtt Q.QueueName}]",
        "",
        &[
            "template SQSSendMessagePolicy: Allow sqs:SendMessage* on arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${Q.QueueName}",
        ],
    );
    let bucket = |name: &str| format!("arn:aws:s3:::{name}, arn:aws:s3:::{name}/*");
    let read = |id: &str, name: &str| {
        let actions =
            "s3:GetObject, s3:ListBucket, s3:GetBucketLocation, s3:GetObjectVersion, s3:GetLifecycleConfiguration";
        format!("template {id}: Allow {actions} on {}", bucket(name))
    };
    check(
        "Policies:\n  - S3ReadPolicy: {BucketName: a}\n  - S3ReadPolicy: {BucketName: !Ref B}",
        "",
        &[&read("S3ReadPolicy", "a"), &read("S3ReadPolicy#2", "${B}")],
    );
    check_gap(
        "Policies: [SQSSendMessagePolicy: {}]",
        "",
        &[
            "template SQSSendMessagePolicy: Allow sqs:SendMessage* on arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${QueueName}",
        ],
        &["lacks its parameter `QueueName`"],
    );
    check_gap("Policies: [SqsSendPolicy: {}]", "", &["unresolved SqsSendPolicy"], &["no policy template of SAM"]);
}

#[test]
fn both_branches_of_an_undecided_policy_are_listed() {
    let conditions = "Conditions: {C: !Equals [!Ref 'AWS::Region', x]}";
    check_gap(
        "Policies: [!If [C, AmazonS3ReadOnlyAccess, AmazonS3FullAccess]]",
        conditions,
        &["managed AmazonS3ReadOnlyAccess", "managed AmazonS3FullAccess"],
        &["which parts of `Policies` apply"],
    );
    check_gap(
        "Policies: [SQSSendMessagePolicy: {QueueName: !If [C, a, b]}]",
        conditions,
        &[
            "template SQSSendMessagePolicy: Allow sqs:SendMessage* on arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:a",
            "template SQSSendMessagePolicy: Allow sqs:SendMessage* on arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:b",
        ],
        &["which parts of policy template"],
    );
    check_gap(
        "Role: !If [C, !Ref 'AWS::NoValue', 'arn:aws:iam::1:role/r']",
        conditions,
        &["unresolved arn:aws:iam::1:role/r"],
        &["which role `F` runs with", "is outside the template"],
    );
}

#[test]
fn says_what_is_not_seen() {
    check_gap(
        "Policies: [NoSuchPolicy]",
        "",
        &["unresolved NoSuchPolicy"],
        &["no AWS managed policy is known as `NoSuchPolicy`"],
    );
    let arn = "arn:aws:iam::123456789012:policy/own";
    check_gap(&format!("Policies: ['{arn}']"), "", &[&format!("unresolved {arn}")], &["is outside the template"]);
    check_gap("Policies: [!Ref Given]", "", &["unresolved ${Given}"], &["is outside the template"]);
    check_gap(
        "Policies: [{Effect: Allow, Action: a:B, Resource: '*'}]",
        "",
        &["inline FRolePolicy0: Allow a:B on *"],
        &["without a document around it"],
    );
}

#[test]
fn what_sam_implies_is_granted() {
    check("Tracing: Active", "", &["implicit AWSXrayWriteOnlyAccess"]);
    check("Tracing: Disabled", "", &[]);
    check("VpcConfig: {SubnetIds: [a]}", "", &["implicit AWSLambdaVPCAccessExecutionRole"]);
    check(
        "DeadLetterQueue: {Type: SNS, TargetArn: !Ref T}",
        "",
        &["implicit DeadLetterQueuePolicy: Allow sns:Publish on ${T}"],
    );
    check(
        "EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS}}}",
        "",
        &[
            "implicit FEventInvokeConfigOnFailureSQSPolicy: Allow sqs:SendMessage on ${FEventInvokeConfigOnFailureQueue.Arn}",
        ],
    );
    check(
        "EventInvokeConfig: {DestinationConfig: {OnSuccess: {Type: Lambda, Destination: !GetAtt G.Arn}}}",
        "",
        &["implicit FEventInvokeConfigOnSuccessLambdaPolicy: Allow lambda:InvokeFunction on ${G.Arn}"],
    );
    check("Events: {E: {Type: SQS, Properties: {Queue: q}}}", "", &["implicit AWSLambdaSQSQueueExecutionRole"]);
    check("Events: {E: {Type: Kinesis, Properties: {Stream: q}}}", "", &["implicit AWSLambdaKinesisExecutionRole"]);
    check(
        "Events: {E: {Type: MQ, Properties: {Broker: b, SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: s}], SecretsManagerKmsKeyId: k}}}",
        "",
        &[
            "implicit FEMQPolicy: Allow secretsmanager:GetSecretValue on s",
            "implicit FEMQPolicy: Allow mq:DescribeBroker on b",
            "implicit FEMQPolicy: Allow kms:Decrypt on arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/k",
        ],
    );
    check(
        "Events: {E: {Type: DynamoDB, Properties: {Stream: s, DestinationConfig: {OnFailure: {Type: S3, Destination: b}}}}}",
        "",
        &[
            "implicit AWSLambdaDynamoDBExecutionRole",
            "implicit FES3Policy: Allow s3:PutObject on b/*",
            "implicit FES3Policy: Allow s3:ListBucket on b",
        ],
    );
}

const ROLE: &str = "
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: given
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', !Ref Own]
      Policies:
        - PolicyName: first
          PolicyDocument: {Statement: {Effect: Allow, Action: a:B, Resource: '*'}}
  Own:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: {Effect: Allow, Action: own:A, Resource: '*'}}}
  Later:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: later
      Roles: [!Ref R]
      PolicyDocument: {Statement: {Effect: Allow, Action: later:A, Resource: '*'}}
  ByName:
    Type: AWS::IAM::RolePolicy
    Properties: {RoleName: given, PolicyName: named, PolicyDocument: {Statement: {Effect: Allow, Action: n:A, Resource: '*'}}}
";

#[test]
fn a_role_of_the_template_is_read_whole() {
    let expected = [
        "inline first: Allow a:B on *",
        "managed AmazonS3ReadOnlyAccess",
        "customer Own: Allow own:A on *",
        "inline later: Allow later:A on *",
        "inline named: Allow n:A on *",
    ];
    // `Policies` is ignored when `Role` is set, and nothing is implied.
    let function = check("Role: !GetAtt R.Arn\nPolicies: [AmazonS3FullAccess]\nTracing: Active", ROLE, &expected);
    assert_eq!(function.identity.name.unwrap().to_string(), "${R.Arn}");
    check("Role: !Sub 'arn:aws:iam::${AWS::AccountId}:role/given'", ROLE, &expected);
}

#[test]
fn a_boundary_is_a_policy_of_its_own_kind() {
    check("PermissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess", "", &["boundary PowerUserAccess"]);
    let role = "  R: {Type: 'AWS::IAM::Role', Properties: {PermissionsBoundary: !Ref P}}\n  \
                P: {Type: 'AWS::IAM::ManagedPolicy', Properties: {PolicyDocument: {Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}}}";
    check("Role: !GetAtt R.Arn", role, &["boundary P: Allow s3:* on *"]);
    check_gap("PermissionsBoundary: !Ref B", "", &["boundary ${B}"], &["is outside the template"]);
}

#[test]
fn roles_are_shared() {
    let rest = "  G: {Type: 'AWS::Serverless::Function', Properties: {Runtime: python3.12, Handler: a.b, Role: !GetAtt FRole.Arn}}";
    let read = functions(&sam("Runtime: python3.12\nHandler: a.b\nPolicies: AmazonS3ReadOnlyAccess", rest), &[]);
    let shared: Vec<_> = read.iter().map(|function| function.value.identity.shared_with.join(" ")).collect();
    assert_eq!(shared, ["template.yaml#G", "template.yaml#F"]);
    assert_eq!(grants(&read[1].value), [LOGS, "managed AmazonS3ReadOnlyAccess"]);
}

#[test]
fn policies_under_conditions_are_marked_or_left_out() {
    let rest = |condition: &str| {
        format!(
            "  P: {{Type: 'AWS::IAM::Policy', Condition: C, Properties: {{PolicyName: p, Roles: [!Ref FRole], PolicyDocument: \
             {{Statement: {{Effect: Allow, Action: a:B, Resource: '*'}}}}}}}}\nConditions: {{C: !Equals [{condition}, x]}}"
        )
    };
    check("", &rest("x"), &["inline p: Allow a:B on *"]);
    check_gap("", &rest("!Ref AWS::Region"), &["inline p: Allow a:B on *"], &["only when condition `C` holds"]);
    check_gap("", &rest("y"), &[], &["`P` is left out"]);
}

#[test]
fn connectors_grant_to_the_role_they_reach() {
    let table = "  T: {Type: 'AWS::DynamoDB::Table'}\n";
    let read = "dynamodb:GetItem, dynamodb:Query, dynamodb:Scan, dynamodb:BatchGetItem, dynamodb:ConditionCheckItem, dynamodb:PartiQLSelect";
    let expected = |id: &str| format!("connector {id}: Allow {read} on ${{T.Arn}}, ${{T.Arn}}/index/*");
    let connector = "  C: {Type: 'AWS::Serverless::Connector', Properties: {Source: {Id: F}, Destination: {Id: T}, Permissions: [Read]}}";
    check("", &format!("{table}{connector}"), &[&expected("CPolicy")]);
    check(
        "Role: !GetAtt R.Arn",
        &format!("{table}{connector}\n  R: {{Type: 'AWS::IAM::Role'}}"),
        &[&expected("CPolicy")],
    );
    let text = sam("Runtime: python3.12\nHandler: a.b\nCodeUri: .", table).replace(
        "    Properties:",
        "    Connectors: {Mine: {Properties: {Destination: {Id: T}, Permissions: [Read]}}}\n    Properties:",
    );
    let function = functions(&text, &[]).remove(0).value;
    assert_eq!(grants(&function), [LOGS, &expected("FMinePolicy")]);
    let unknown = "  C: {Type: 'AWS::Serverless::Connector', Properties: {Source: {Id: F}, Destination: {Id: B}, Permissions: [Read]}}\n  \
                   B: {Type: 'AWS::Backup::BackupVault'}";
    check_gap("", unknown, &[], &["which SAM does not know"]);
}

#[test]
fn a_plain_function_without_role_is_a_gap() {
    let text = "Resources:\n  F: {Type: 'AWS::Lambda::Function', Properties: {Runtime: python3.12, Handler: a.b, Code: {ZipFile: x}}}";
    check_gaps(&functions(text, &[])[0], &["`F` has no role"]);
}
