use model::Location;
use model::call::Argument;
use model::function::{Cloud, EnvironmentVariable, FunctionKind, Identity, Wiring, WiringKind};

use super::*;

/// A function with the environment of the cases below.
fn function() -> Function {
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
        environment: [
            ("ARCHIVE", "archive-${AWS::AccountId}"),
            ("BOTH", "${Orders}"),
            ("BOTH", "${Users}"),
            ("BUCKET", "${Files}"),
            ("FN", "${Worker}"),
            ("FN_ARN", "${Worker.Arn}"),
            ("MACHINE", "${Machine}"),
            ("PARAM", "${TableParameter}"),
            ("QUEUE", "${Queue}"),
            ("QUEUE_NAME", "${Queue.QueueName}"),
            ("SECRET", "${Secret}"),
            ("SETTING", "/shop/${Stage}/key"),
            ("TABLE", "${Orders}"),
            ("TABLE_ARN", "${Orders.Arn}"),
            ("TOPIC", "${Topic}"),
        ]
        .map(variable)
        .to_vec(),
        identity: Identity::default(),
        wiring: Vec::new(),
        location: Location::file("template.yaml"),
    }
}

fn template() -> TemplateResources {
    TemplateResources::default()
        .with("Orders", "AWS::DynamoDB::Table", None)
        .with("Users", "AWS::DynamoDB::Table", Some("users".into()))
        .with("Files", "AWS::S3::Bucket", None)
        .with("Queue", "AWS::SQS::Queue", None)
        .with("Topic", "AWS::SNS::Topic", None)
        .with("Worker", "AWS::Serverless::Function", None)
        .with("Machine", "AWS::Serverless::StateMachine", None)
        .with("Secret", "AWS::SecretsManager::Secret", None)
}

/// `s3.GetObject Bucket=$BUCKET Key=? …`: `$NAME` is an environment variable, `?` unknown, `…` more that is not known.
fn call(text: &str) -> Call {
    let mut words = text.split(' ');
    let (service, operation) = words.next().and_then(|name| name.split_once('.')).unwrap();
    let mut call = Call {
        location: Location::line("app.py", 3),
        language: "python",
        service: service.to_owned(),
        operation: operation.to_owned(),
        arguments: Vec::new(),
        arguments_complete: true,
        binding: Binding::Certain,
        via: Via::Sdk,
    };
    for word in words {
        if word == "…" {
            call.arguments_complete = false;
            continue;
        }
        let (name, values) = word.split_once('=').unwrap_or((word, "?"));
        let values = values.split('|').map(value).collect();
        call.arguments.push(Argument { name: name.to_owned(), values });
    }
    call
}

fn value(text: &str) -> SymbolicText {
    let mut value = SymbolicText::default();
    for (index, piece) in text.split('+').enumerate() {
        let _ = index;
        value.append(match piece {
            "?" => SymbolicText::unknown(),
            piece => match piece.strip_prefix('$') {
                Some(name) => SymbolicText::environment(name),
                None => SymbolicText::literal(piece),
            },
        });
    }
    value
}

/// Needs as `action tier on resource resource`, one a line.
fn shown(calls: &[&str]) -> Vec<String> {
    let calls: Vec<Call> = calls.iter().map(|text| call(text)).collect();
    let found = needs(&calls, &function(), &template());
    let show = |need: &Need| {
        let resources: Vec<String> = need.resources.iter().map(ToString::to_string).collect();
        format!("{} {} on {}", need.action, need.tier.name(), resources.join(" "))
    };
    found.value.iter().map(show).collect()
}

const TABLE: &str = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table";

#[test]
fn arguments_lead_to_resources_of_the_template() {
    let cases: &[(&str, &[&str])] = &[
        ("dynamodb.GetItem TableName=$TABLE Key", &["dynamodb:GetItem required on ${Orders.Arn}"]),
        ("dynamodb.GetItem TableName=$TABLE_ARN Key", &["dynamodb:GetItem required on ${Orders.Arn}"]),
        (
            "dynamodb.GetItem TableName=orders Key",
            &["dynamodb:GetItem required on arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/orders"],
        ),
        (
            "dynamodb.GetItem TableName=$MISSING Key",
            &["dynamodb:GetItem required on arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"],
        ),
        (
            "dynamodb.GetItem TableName=$PARAM Key",
            &["dynamodb:GetItem required on arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableParameter}"],
        ),
        ("dynamodb.GetItem TableName=$BOTH", &["dynamodb:GetItem required on ${Orders.Arn} ${Users.Arn}"]),
        ("dynamodb.Query TableName=$TABLE", &["dynamodb:Query required on ${Orders.Arn}"]),
        (
            "dynamodb.Query TableName=$TABLE IndexName=by-day",
            &["dynamodb:Query required on ${Orders.Arn}/index/by-day"],
        ),
        ("dynamodb.Query TableName=$TABLE …", &["dynamodb:Query required on ${Orders.Arn}"]),
        ("dynamodb.BatchWriteItem RequestItems=$TABLE", &["dynamodb:BatchWriteItem required on ${Orders.Arn}"]),
        (
            "dynamodb.TransactWriteItems TransactItems.Put.TableName=$TABLE TransactItems.ConditionCheck.TableName=users",
            &[
                "dynamodb:ConditionCheckItem conditional on arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/users",
                "dynamodb:PutItem conditional on ${Orders.Arn}",
            ],
        ),
        (
            "dynamodb.ExecuteStatement Statement=SELECT",
            &["dynamodb:PartiQLSelect conditional on arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"],
        ),
        ("s3.GetObject Bucket=$BUCKET Key", &["s3:GetObject required on ${Files.Arn}/*"]),
        ("s3.GetObject Bucket=$BUCKET Key=a/b.json", &["s3:GetObject required on ${Files.Arn}/a/b.json"]),
        ("s3.GetObject Bucket=$BUCKET Key=in/+?", &["s3:GetObject required on ${Files.Arn}/in/*"]),
        (
            "s3.GetObject Bucket=$BUCKET Key=k VersionId",
            &["s3:GetObject required on ${Files.Arn}/k", "s3:GetObjectVersion conditional on ${Files.Arn}/k"],
        ),
        ("s3.GetObject Bucket=$BUCKET Key=k …", &["s3:GetObject required on ${Files.Arn}/k"]),
        ("s3.ListObjectsV2 Bucket=$BUCKET", &["s3:ListBucket required on ${Files.Arn}"]),
        ("s3.PutObject Bucket=$ARCHIVE Key", &["s3:PutObject required on arn:aws:s3:::archive-${AWS::AccountId}/*"]),
        ("s3.PutObject Bucket Key", &["s3:PutObject required on arn:aws:s3:::*/*"]),
        (
            "s3.CopyObject Bucket=$BUCKET Key=b CopySource=src/a",
            &["s3:GetObject required on arn:aws:s3:::src/a", "s3:PutObject required on ${Files.Arn}/b"],
        ),
        (
            "s3.CopyObject Bucket=$BUCKET Key=b CopySource.Bucket=$BUCKET CopySource.Key",
            &["s3:GetObject required on ${Files.Arn}/*", "s3:PutObject required on ${Files.Arn}/b"],
        ),
        ("sqs.SendMessage QueueUrl=$QUEUE MessageBody", &["sqs:SendMessage required on ${Queue.Arn}"]),
        (
            "sqs.SendMessageBatch QueueUrl=https://sqs.us-east-1.amazonaws.com/123456789012/jobs Entries",
            &["sqs:SendMessage required on arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:jobs"],
        ),
        ("sqs.GetQueueUrl QueueName=$QUEUE_NAME", &["sqs:GetQueueUrl required on ${Queue.Arn}"]),
        ("sns.Publish TopicArn=$TOPIC Message", &["sns:Publish required on ${Topic}"]),
        ("sns.Publish PhoneNumber Message", &["sns:Publish required on *"]),
        ("lambda.Invoke FunctionName=$FN", &["lambda:InvokeFunction required on ${Worker.Arn}"]),
        ("lambda.Invoke FunctionName=$FN_ARN", &["lambda:InvokeFunction required on ${Worker.Arn}"]),
        ("lambda.Invoke FunctionName=$FN Qualifier=live", &["lambda:InvokeFunction required on ${Worker.Arn}:live"]),
        ("stepfunctions.StartExecution stateMachineArn=$MACHINE", &["states:StartExecution required on ${Machine}"]),
        ("secretsmanager.GetSecretValue SecretId=$SECRET", &["secretsmanager:GetSecretValue required on ${Secret}"]),
        (
            "secretsmanager.GetSecretValue SecretId=shop/db",
            &["secretsmanager:GetSecretValue required on \
                 arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:shop/db-??????"],
        ),
        (
            "ssm.GetParameter Name=$SETTING",
            &["ssm:GetParameter required on arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:parameter/shop/${Stage}/key"],
        ),
        (
            "events.PutEvents Entries.Source=shop",
            &["events:PutEvents required on arn:aws:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"],
        ),
        (
            "events.PutEvents Entries",
            &["events:PutEvents required on arn:aws:events:${AWS::Region}:${AWS::AccountId}:event-bus/*"],
        ),
        (
            "kms.Decrypt KeyId=alias/shop",
            &["kms:Decrypt required on arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/*"],
        ),
        ("sts.GetCallerIdentity", &[]),
        (
            "ses.SendEmail Source=a@shop.example",
            &["ses:SendEmail required on arn:aws:ses:${AWS::Region}:${AWS::AccountId}:identity/*"],
        ),
        (
            "rekognition.DetectLabels Image.S3Object.Bucket=$BUCKET Image.S3Object.Name",
            &["rekognition:DetectLabels required on *", "s3:GetObject forwarded on ${Files.Arn}/*"],
        ),
        ("rekognition.DetectLabels Image.Bytes", &["rekognition:DetectLabels required on *"]),
        (
            "transcribe.StartTranscriptionJob Media.MediaFileUri=s3://+$BUCKET+/in.mp3 TranscriptionJobName",
            &[
                "s3:GetObject forwarded on arn:aws:s3:::${Files}/in.mp3",
                "transcribe:StartTranscriptionJob required on *",
            ],
        ),
        (
            "transcribe.StartTranscriptionJob Media.MediaFileUri=https://s3.amazonaws.com/+?+/+? TranscriptionJobName",
            &["s3:GetObject forwarded on arn:aws:s3:::*/*", "transcribe:StartTranscriptionJob required on *"],
        ),
        (
            "transcribe.StartTranscriptionJob Media.MediaFileUri=https://+$BUCKET+.s3.eu-west-1.amazonaws.com/in.mp3 TranscriptionJobName",
            &[
                "s3:GetObject forwarded on arn:aws:s3:::${Files}/in.mp3",
                "transcribe:StartTranscriptionJob required on *",
            ],
        ),
        (
            "transcribe.StartTranscriptionJob Media.MediaFileUri=https://+?+/in.mp3 TranscriptionJobName",
            &["s3:GetObject forwarded on arn:aws:s3:::*/*", "transcribe:StartTranscriptionJob required on *"],
        ),
        (
            "dynamodb.ImportTable S3BucketSource.S3Bucket=$BUCKET S3BucketSource.S3KeyPrefix=in/ TableCreationParameters.TableName=users",
            &[
                "dynamodb:ImportTable required on arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/users",
                "s3:GetObject forwarded on ${Files.Arn}/*",
                "s3:ListBucket forwarded on ${Files.Arn}",
            ],
        ),
        (
            "dynamodb.ExportTableToPointInTime TableArn=$TABLE_ARN S3Bucket=$BUCKET",
            &[
                "dynamodb:ExportTableToPointInTime required on ${Orders.Arn}",
                "s3:AbortMultipartUpload forwarded on ${Files.Arn}/*",
                "s3:PutObject forwarded on ${Files.Arn}/*",
                "s3:PutObjectAcl forwarded on ${Files.Arn}/*",
            ],
        ),
        (
            "lambda.CreateFunction FunctionName=f Role=arn:aws:iam::123456789012:role/r",
            &[
                "iam:PassRole required on arn:aws:iam::123456789012:role/r",
                "lambda:CreateFunction required on arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:f",
            ],
        ),
        (
            "kinesis.PutRecord StreamName=clicks Data",
            &["kinesis:PutRecord required on arn:aws:kinesis:${AWS::Region}:${AWS::AccountId}:stream/clicks"],
        ),
        (
            "kinesis.PutRecord StreamARN=arn:aws:kinesis:eu-west-1:1:stream/c Data",
            &["kinesis:PutRecord required on arn:aws:kinesis:eu-west-1:1:stream/c"],
        ),
        ("polly.SynthesizeSpeech Text", &["polly:SynthesizeSpeech required on *"]),
        (
            "bedrock-runtime.Converse modelId=us.amazon.nova-lite-v1:0",
            &["bedrock:InvokeModel required on \
                 arn:aws:bedrock:${AWS::Region}:${AWS::AccountId}:inference-profile/us.amazon.nova-lite-v1:0 \
                 arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0"],
        ),
        ("cloudwatch.PutMetricData Namespace", &["cloudwatch:PutMetricData required on *"]),
        ("sts.AssumeRole RoleArn", &["sts:AssumeRole required on arn:aws:iam::${AWS::AccountId}:role/*"]),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(&[text]), *expected, "{text}");
    }
}

#[test]
fn one_action_of_several_calls_is_one_need() {
    let calls = ["dynamodb.GetItem TableName=$TABLE", "dynamodb.GetItem TableName=users"];
    let expected = format!("dynamodb:GetItem required on {TABLE}/users ${{Orders.Arn}}");
    assert_eq!(shown(&calls), [expected]);
}

#[test]
fn transactions_of_unknown_parts_need_every_part_perhaps() {
    let found = needs(&[call("dynamodb.TransactWriteItems TransactItems")], &function(), &template());
    assert_eq!(found.value.len(), 4);
    assert!(found.value.iter().all(|need| need.confidence == Confidence::Possible));
}

#[test]
fn an_operation_without_known_permissions_is_a_gap() {
    let found = needs(&[call("glue.CreateGlossary Name")], &function(), &template());
    assert_eq!(found.value, []);
    assert!(found.gaps[0].why.contains("glue.CreateGlossary"), "{:?}", found.gaps);
}

#[test]
fn wiring_needs_what_the_platform_does() {
    let mut function = function();
    let wired = |kind, resource: Option<&str>| Wiring {
        kind,
        resource: resource.map(SymbolicText::parse_sub),
        location: Location::line("template.yaml", 9),
    };
    function.wiring = vec![
        wired(WiringKind::PollQueue, Some("${Queue.Arn}")),
        wired(WiringKind::DeadLetterTopic, Some("${Topic}")),
        wired(WiringKind::Tracing, None),
    ];
    let found = needs(&[], &function, &template()).value;
    let actions: Vec<_> = found.iter().map(|need| (need.action.as_str(), need.resources[0].to_string())).collect();
    let queue = "${Queue.Arn}".to_owned();
    for expected in [
        ("sns:Publish", "${Topic}".to_owned()),
        ("sqs:DeleteMessage", queue.clone()),
        ("sqs:ReceiveMessage", queue),
        ("xray:PutTraceSegments", "*".to_owned()),
    ] {
        assert!(actions.contains(&expected), "{actions:?} lacks {expected:?}");
    }
    assert!(found.iter().all(|need| need.tier == Tier::Runtime));
}
