use deploy::MemoryProject;
use deploy::formats::cloudformation::Parameters;
use proptest::prelude::*;

use super::testing::{check_gaps, code, functions, sam, triggers, wiring};
use super::*;

const PYTHON: &str = "Runtime: python3.12\nHandler: app.handler\n";

#[track_caller]
fn one(text: &str, files: &[(&str, &str)]) -> Parsed<Function> {
    let mut found = functions(text, files);
    assert_eq!(found.len(), 1, "{text}");
    found.remove(0)
}

#[test]
fn describes_a_function() {
    let properties = "FunctionName: orders\nRuntime: python3.12\nHandler: app.handler\nCodeUri: src/\n\
                      Environment: {Variables: {Z: 1, A: !Ref Table, B: !GetAtt Table.Arn, C: }}";
    let read = one(&sam(properties, "  Table: {Type: 'AWS::DynamoDB::Table'}"), &[("src/app.py", "")]);
    let function = &read.value;
    assert_eq!(function.id, "template.yaml#F");
    assert_eq!((function.name.as_str(), function.kind), ("orders", FunctionKind::Function));
    assert_eq!((function.runtime.as_deref(), function.handler.as_deref()), (Some("python3.12"), Some("app.handler")));
    assert_eq!(function.location.to_string(), "template.yaml:3:3");
    let environment: Vec<_> =
        function.environment.iter().map(|variable| format!("{}={}", variable.name, variable.value)).collect();
    assert_eq!(environment, ["A=${Table}", "B=${Table.Arn}", "C=", "Z=1"]);
    assert_eq!(function.environment[0].location.to_string(), "template.yaml:10:42");
    check_gaps(&read, &[]);
}

#[track_caller]
fn check_code(properties: &str, rest: &str, files: &[(&str, &str)], expected: &[&str], gaps: &[&str]) {
    let read = one(&sam(&format!("{PYTHON}{properties}"), rest), files);
    assert_eq!(code(&read.value), expected, "{properties}");
    check_gaps(&read, gaps);
}

#[test]
fn finds_code_beside_the_template() {
    check_code("CodeUri: src/", "", &[("src/app.py", "")], &["src"], &[]);
    check_code("CodeUri: .", "", &[], &["."], &[]);
    check_code("", "", &[], &["."], &[]);
    check_code("CodeUri: ./build/f.zip", "", &[("build/f.zip", "")], &["build/f.zip"], &[]);
    check_code("CodeUri: {Bucket: b, Key: k}", "", &[], &["elsewhere"], &["it is in S3 (`b/k`)"]);
    check_code("CodeUri: s3://b/k", "", &[], &["elsewhere"], &["`s3://b/k` is not on this machine"]);
    check_code("CodeUri: !Ref Where", "", &[], &["elsewhere"], &["`${Where}` is known only at deployment"]);
    check_code("CodeUri: ../src", "", &[], &["elsewhere"], &["outside the scanned folder"]);
    check_code("CodeUri: none/", "", &[], &["elsewhere"], &["`none` does not exist"]);
    check_code("CodeUri: app/target/a.jar", "", &[("app/pom.xml", "")], &["app"], &["is not built"]);
    check_code("CodeUri: dist", "", &[("package.json", "")], &["."], &["is not built"]);
    check_code("CodeUri: src/A/bin/publish", "", &[("src/A/A.csproj", "")], &["src/A"], &["is not built"]);
    let layer = "  L: {Type: 'AWS::Serverless::LayerVersion', Properties: {ContentUri: lib}}";
    let gap = "layer `L` is not read: `lib` does not exist";
    check_code("CodeUri: .\nLayers: [!Ref L]", layer, &[("package.json", "")], &[".", "layer L: elsewhere"], &[gap]);
}

#[test]
fn inline_code_keeps_its_line() {
    check_code("InlineCode: |\n  def handler(a, b):\n    pass", "", &[], &["inline app.py 9"], &[]);
    check_code("InlineCode: !Sub |\n  x = '${Table}'", "", &[], &["inline app.py 9"], &[]);
    let plain = "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Runtime: nodejs20.x\n      \
                 Handler: index.handler\n      Role: !GetAtt R.Arn\n      Code:\n        ZipFile: |\n          exports.x = 1\n  \
                 R: {Type: 'AWS::IAM::Role'}\n";
    assert_eq!(code(&one(plain, &[]).value), ["inline index.js 10"]);
}

#[test]
fn what_sam_built_wins_over_its_source() {
    let built = ".aws-sam/build/template.yaml";
    let template = "Resources: {F: {Properties: {CodeUri: F}}, L: {Properties: {ContentUri: L}}}";
    let files =
        [(built, template), (".aws-sam/build/F/app.py", ""), ("src/app.py", ""), (".aws-sam/build/L/python/x.py", "")];
    let layer = "  L: {Type: 'AWS::Serverless::LayerVersion', Properties: {ContentUri: layer/}}";
    check_code(
        "CodeUri: src/\nLayers: [!Ref L]",
        layer,
        &files,
        &[".aws-sam/build/F", "layer L: .aws-sam/build/L"],
        &[],
    );
    check_code("CodeUri: src/", "", &[(built, template), ("src/app.py", "")], &["src"], &[]);
}

#[test]
fn layers_come_after_the_code_in_order() {
    let layers = "  A: {Type: 'AWS::Serverless::LayerVersion', Properties: {ContentUri: layers/a}}\n  \
                  B: {Type: 'AWS::Lambda::LayerVersion', Properties: {Content: {S3Bucket: b, S3Key: k}}}";
    let arn = "arn:aws:lambda:us-east-1:123456789012:layer:x:1";
    check_code(
        &format!("CodeUri: .\nLayers: [!Ref B, !Ref A, '{arn}']"),
        layers,
        &[("layers/a/python/x.py", "")],
        &[".", "layer B: elsewhere", "layer A: layers/a", &format!("layer {arn}: elsewhere")],
        &["layer `B` is not read: it is in S3 (`b/k`)", "is published elsewhere"],
    );
}

#[test]
fn images_are_read_from_their_build_context() {
    let text = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    \
                Properties: {PackageType: Image}\n    Metadata: {DockerContext: ./app, Dockerfile: Dockerfile}\n";
    let dockerfile = "FROM public.ecr.aws/lambda/python:3.12\nCMD [\"app.handler\"]\n";
    let read = one(text, &[("app/Dockerfile", dockerfile)]);
    let function = &read.value;
    assert_eq!(function.kind, FunctionKind::Container);
    assert_eq!((function.runtime.as_deref(), function.handler.as_deref()), (Some("python3.12"), Some("app.handler")));
    assert_eq!(code(function), ["app"]);
    check_gaps(&read, &["the image of `F` is not built"]);
    let read = one(&sam("ImageUri: 1.dkr.ecr.x/y:1\nImageConfig: {Command: [a.b]}", ""), &[]);
    assert_eq!((code(&read.value), read.value.handler.as_deref()), (vec!["elsewhere".to_owned()], Some("a.b")));
    check_gaps(&read, &["`1.dkr.ecr.x/y:1` is not on this machine"]);
}

#[test]
fn image_archives_beside_the_template_are_the_code() {
    for (uri, file, expected) in [
        ("ImageUri: ./image.tar.gz", "image.tar.gz", "image.tar.gz"),
        ("PackageType: Image\nCode: {ImageUri: build/layout}", "build/layout/oci-layout", "build/layout"),
    ] {
        let read = one(&sam(uri, ""), &[(file, "")]);
        assert_eq!((read.value.kind, code(&read.value)), (FunctionKind::Container, vec![expected.to_owned()]), "{uri}");
        check_gaps(&read, &[]);
    }
    // A folder that is named like the image is not the image.
    let read = one(&sam("ImageUri: app", ""), &[("app/app.py", "")]);
    assert_eq!(code(&read.value), ["elsewhere"]);
}

#[track_caller]
fn check_triggers(properties: &str, rest: &str, expected: &[&str]) {
    let read = one(&sam(&format!("{PYTHON}CodeUri: .\n{properties}"), rest), &[]);
    assert_eq!(triggers(&read.value), expected, "{properties} {rest}");
    check_gaps(&read, &[]);
}

/// One event, in flow style.
fn event(kind: &str, properties: &str) -> String {
    format!("Events: {{E: {{Type: {kind}, Properties: {{{properties}}}}}}}")
}

#[test]
fn tells_public_from_authenticated_apis() {
    let route = "Path: /o, Method: get";
    let api = |auth: &str| format!("  Api: {{Type: 'AWS::Serverless::Api', Properties: {{{auth}}}}}");
    let on_api = |more: &str| event("Api", &format!("{route}, RestApiId: !Ref Api{more}"));
    check_triggers(&event("Api", route), "", &["http public GET /o"]);
    check_triggers(
        &event("Api", route),
        "Globals: {Api: {Auth: {DefaultAuthorizer: A}}}",
        &["http authenticated GET /o"],
    );
    check_triggers(&on_api(""), &api("Auth: {DefaultAuthorizer: AWS_IAM}"), &["http authenticated GET /o"]);
    check_triggers(
        &on_api(", Auth: {Authorizer: NONE}"),
        &api("Auth: {DefaultAuthorizer: A}"),
        &["http public GET /o"],
    );
    check_triggers(&on_api(", Auth: {Authorizer: A}"), &api(""), &["http authenticated GET /o"]);
    check_triggers(&on_api(", Auth: {ApiKeyRequired: true}"), &api(""), &["http authenticated GET /o"]);
    check_triggers(&on_api(""), &api("Auth: {ApiKeyRequired: true}"), &["http authenticated GET /o"]);
    check_triggers(&on_api(""), &api("EndpointConfiguration: {Type: PRIVATE}"), &["http internal GET /o"]);
    check_triggers(
        &on_api(""),
        &api("Auth: {ResourcePolicy: {IpRangeWhitelist: [1.1.1.1]}}"),
        &["http authenticated GET /o"],
    );
    check_triggers(&on_api(""), &api("Auth: {ResourcePolicy: {IpRangeBlacklist: [1.1.1.1]}}"), &["http public GET /o"]);
    let open = "DefinitionBody: {paths: {/o: {get: {}}}}";
    let secured = "DefinitionBody: {paths: {/o: {get: {security: [{sigv4: []}]}}}}";
    check_triggers(&on_api(""), &api(open), &["http public GET /o"]);
    check_triggers(&on_api(""), &api(secured), &["http authenticated GET /o"]);
    check_triggers(&event("HttpApi", ""), "", &["http public $default"]);
    check_triggers(
        &event("HttpApi", route),
        "Globals: {HttpApi: {Auth: {DefaultAuthorizer: A}}}",
        &["http authenticated GET /o"],
    );
    check_triggers("FunctionUrlConfig: {AuthType: NONE}", "", &["http public function URL"]);
    check_triggers("FunctionUrlConfig: {AuthType: AWS_IAM}", "", &["http authenticated function URL"]);
}

#[test]
fn reads_every_kind_of_event() {
    let cases = [
        ("SQS", "Queue: !GetAtt Q.Arn", "queue internal ${Q.Arn}", "PollQueue ${Q.Arn}"),
        ("Kinesis", "Stream: !GetAtt S.Arn", "stream internal ${S.Arn}", "PollKinesis ${S.Arn}"),
        (
            "DynamoDB",
            "Stream: !GetAtt T.StreamArn",
            "stream internal ${T.StreamArn}",
            "PollDynamoDbStream ${T.StreamArn}",
        ),
        ("MSK", "Stream: !Ref C", "stream internal ${C}", "PollKafka ${C}"),
        ("MQ", "Broker: !GetAtt B.Arn", "queue internal ${B.Arn}", "PollMq ${B.Arn}"),
        (
            "MQ",
            "Broker: b, SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: s}], SecretsManagerKmsKeyId: k",
            "queue internal b",
            "PollMq b SourceSecret s SourceKey arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/k",
        ),
        ("DocumentDB", "Cluster: c", "stream internal c", "PollDocumentDb c"),
        (
            "SQS",
            "Queue: q, DestinationConfig: {OnFailure: {Type: S3, Destination: b}}",
            "queue internal q",
            "PollQueue q DestinationBucket b DestinationObjects b/*",
        ),
        ("SNS", "Topic: !Ref T", "topic internal ${T}", ""),
        ("S3", "Bucket: !Ref B, Events: 's3:ObjectCreated:*'", "storage internal ${B}", ""),
        ("Schedule", "Schedule: rate(1 day)", "schedule internal rate(1 day)", ""),
        ("ScheduleV2", "ScheduleExpression: rate(1 day)", "schedule internal rate(1 day)", ""),
        ("EventBridgeRule", "Pattern: {source: [aws.ec2]}", "event-bus internal aws.ec2", ""),
        ("CloudWatchLogs", "LogGroupName: /a", "log internal /a", ""),
        ("IoTRule", "Sql: SELECT 1", "other internal SELECT 1", ""),
        ("Cognito", "UserPool: !Ref P, Trigger: PreSignUp", "other internal ${P}", ""),
        ("AlexaSkill", "", "other public E", ""),
        ("AlexaSkill", "SkillId: amzn1", "other authenticated amzn1", ""),
    ];
    for (kind, properties, trigger, wired) in cases {
        let read = one(&sam(&format!("{PYTHON}CodeUri: .\n{}", event(kind, properties)), ""), &[]);
        assert_eq!(triggers(&read.value), [trigger], "{kind}");
        assert_eq!(wiring(&read.value).join(" "), wired, "{kind}");
    }
    let read = one(&sam(&format!("{PYTHON}CodeUri: .\n{}", event("Magic", "")), ""), &[]);
    check_gaps(&read, &["event `E` has type `Magic`"]);
}

#[test]
fn reads_what_other_resources_attach() {
    let attached = |resource: &str, expected: &str| check_triggers("", &format!("  X: {resource}"), &[expected]);
    attached(
        "{Type: 'AWS::Lambda::Url', Properties: {TargetFunctionArn: !Ref F, AuthType: NONE}}",
        "http public function URL",
    );
    attached(
        "{Type: 'AWS::Events::Rule', Properties: {ScheduleExpression: rate(1 day), Targets: [{Arn: !GetAtt F.Arn}]}}",
        "schedule internal rate(1 day)",
    );
    attached(
        "{Type: 'AWS::Events::Rule', Properties: {EventPattern: {source: [a]}, Targets: [{Arn: !GetAtt F.Arn}]}}",
        "event-bus internal a",
    );
    attached(
        "{Type: 'AWS::SNS::Subscription', Properties: {TopicArn: !Ref T, Endpoint: !GetAtt F.Arn}}",
        "topic internal ${T}",
    );
    attached(
        "{Type: 'AWS::S3::Bucket', Properties: {NotificationConfiguration: {LambdaConfigurations: [{Function: !GetAtt F.Arn}]}}}",
        "storage internal ${X}",
    );
    attached(
        "{Type: 'AWS::Lambda::EventSourceMapping', Properties: {FunctionName: !Ref F, EventSourceArn: 'arn:aws:sqs:r:1:q'}}",
        "queue internal arn:aws:sqs:r:1:q",
    );
    attached("{Type: 'AWS::Lambda::Permission', Properties: {FunctionName: !Ref F, Principal: '*'}}", "other public *");
    attached(
        "{Type: 'AWS::Lambda::Permission', Properties: {FunctionName: !GetAtt F.Arn, Principal: '123456789012'}}",
        "other authenticated 123456789012",
    );
    attached(
        "{Type: 'AWS::Lambda::Permission', Properties: {FunctionName: !Ref F, Principal: s3.amazonaws.com, SourceArn: a}}",
        "storage internal a",
    );
    attached(
        "{Type: 'AWS::ApiGateway::Method', Properties: {HttpMethod: GET, AuthorizationType: NONE, Integration: {Uri: !Sub \
         'arn:aws:apigateway:r:lambda:path/2015-03-31/functions/${F.Arn}/invocations'}}}",
        "http public GET /",
    );
}

#[test]
fn follows_routes_to_integrations_and_aliases_to_functions() {
    let rest = "  I: {Type: 'AWS::ApiGatewayV2::Integration', Properties: {IntegrationUri: !Ref Live}}\n  \
                Live: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: !Ref F}}\n  \
                R: {Type: 'AWS::ApiGatewayV2::Route', Properties: {RouteKey: GET /x, AuthorizationType: JWT, Target: !Sub 'integrations/${I}'}}";
    check_triggers("", rest, &["http authenticated GET /x"]);
}

#[test]
fn wires_what_the_platform_needs_the_role_for() {
    let properties = format!(
        "{PYTHON}CodeUri: .\nTracing: Active\nVpcConfig: {{SubnetIds: [a], SecurityGroupIds: [b]}}\nDurableConfig: {{ExecutionTimeout: 1}}\n\
         DeadLetterQueue: {{Type: SQS, TargetArn: !GetAtt Q.Arn}}\nFileSystemConfigs: [{{Arn: !GetAtt A.Arn, LocalMountPath: /mnt/x}}]\n\
         EventInvokeConfig: {{DestinationConfig: {{OnSuccess: {{Type: SNS, Destination: !Ref T}}, OnFailure: {{Type: EventBridge, Destination: b}}}}}}"
    );
    let read = one(&sam(&properties, ""), &[]);
    let expected = [
        "Tracing",
        "Vpc",
        "DeadLetterQueue ${Q.Arn}",
        "DestinationTopic ${T}",
        "DestinationEventBus b",
        "Durable",
        "FileSystem ${A.Arn}",
    ];
    assert_eq!(wiring(&read.value), expected);
}

#[test]
fn functions_under_conditions_are_listed_and_marked() {
    let text = |default: &str| {
        format!(
            "Parameters: {{P: {{Type: String{default}}}}}\nConditions: {{C: !Equals [!Ref P, x]}}\nResources:\n  F: \
             {{Type: 'AWS::Serverless::Function', Condition: C, Properties: {{Runtime: python3.12, Handler: a.b}}}}"
        )
    };
    check_gaps(&one(&text(""), &[]), &["`F` is created only when condition `C` holds"]);
    check_gaps(&one(&text(", Default: y"), &[]), &["`F` is not created with the template's parameters"]);
    check_gaps(&one(&text(", Default: x"), &[]), &[]);
}

#[test]
fn values_known_only_at_deployment_are_gaps() {
    let read = one(&sam("Runtime: !Ref R\nHandler: !If [C, a.b, c.d]\nCodeUri: .", ""), &[]);
    assert_eq!((read.value.runtime.as_deref(), read.value.handler.as_deref()), (None, Some("a.b")));
    check_gaps(&read, &["`Runtime` of `F` is `${R}`", "`Handler` of `F` is one of `a.b`, `c.d`"]);
}

#[test]
fn nested_templates_get_their_parents_values() {
    let parent = "Resources:\n  App: {Type: 'AWS::Serverless::Application', Properties: {Location: ./nested/app.yaml, Parameters: {Name: x}}}\n  \
                  Far: {Type: 'AWS::Serverless::Application', Properties: {Location: {ApplicationId: 'arn:x', SemanticVersion: 1.0.0}}}\n  \
                  Gone: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: gone.yaml}}\n";
    let nested = "Parameters: {Name: {Type: String}}\nResources:\n  F: {Type: 'AWS::Serverless::Function', Properties: \
                  {FunctionName: !Ref Name, Runtime: python3.12, Handler: a.b, CodeUri: ../src}}\n";
    let project = MemoryProject::new([("t.yaml", parent), ("nested/app.yaml", nested), ("src/a.py", "")]);
    let paths = ["nested/app.yaml".to_owned(), "t.yaml".to_owned()];
    let read = read_templates(&paths, &Parameters::default(), &project);
    let functions: Vec<_> = read.value.iter().flat_map(|template| &template.functions).collect();
    assert_eq!(functions.len(), 1);
    assert_eq!((functions[0].value.id.as_str(), functions[0].value.name.as_str()), ("nested/app.yaml#F", "x"));
    assert_eq!(code(&functions[0].value), ["src"]);
    let whys: Vec<_> = read.gaps.iter().map(|gap| gap.why.as_str()).collect();
    assert_eq!(whys.len(), 2, "{whys:?}");
    assert!(whys.iter().any(|why| why.contains("nested template `arn:x` of `Far`")), "{whys:?}");
    assert!(whys.iter().any(|why| why.contains("cannot read `gone.yaml`")), "{whys:?}");
}

#[test]
fn templates_that_nest_each_other_end() {
    let nest = |other: &str| {
        format!("Resources: {{A: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: {other}}}}}}}")
    };
    let (first, second) = (nest("b.yaml"), nest("a.yaml"));
    let project = MemoryProject::new([("a.yaml", first.as_str()), ("b.yaml", second.as_str())]);
    let read = read_templates(&["a.yaml".to_owned()], &Parameters::default(), &project);
    assert_eq!(read.value.len(), 2);
}

#[test]
fn an_unreadable_template_is_a_gap_with_line_and_column() {
    let project = MemoryProject::new([("t.yaml", "Resources:\n  A: [\n")]);
    let read = read_templates(&["t.yaml".to_owned()], &Parameters::default(), &project);
    assert_eq!(read.value, []);
    assert_eq!(read.gaps[0].location.line, Some(2));
    assert!(read.gaps[0].why.starts_with("cannot read `t.yaml:2:"), "{}", read.gaps[0].why);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_function_resource_is_read(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "Role: ", "Policies: ", "Events: ", "Layers: ", "CodeUri: ", "Environment: ", "Variables: ", "A: ", "Type: Api",
                "Statement: ", "Effect: Allow", "Action: ", "Resource: ", "DynamoDBReadPolicy: ", "TableName: ", "!Ref F",
                "!GetAtt R.Arn", "!If [C, ", "{", "}", "[", "]", ", ", "x", "'*'", "!Ref AWS::NoValue", "Properties: ",
            ]),
            0..30,
        )
    ) {
        let text = sam(&format!("{{{}}}", pieces.concat()), "  R: {Type: 'AWS::IAM::Role'}");
        let project = MemoryProject::new([("template.yaml", text.as_str())]);
        let _ = read_templates(&["template.yaml".to_owned()], &Parameters::default(), &project);
    }
}
