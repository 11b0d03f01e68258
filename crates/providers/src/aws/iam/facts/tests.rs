use model::table::SortedLines;

use super::*;
use model::{Location, SymbolicText};

fn here() -> Location {
    Location::line("template.yaml", 7)
}

#[test]
fn tables_are_sorted_and_say_where_they_come_from() {
    let tables = [policies::TABLES, actions::TABLES, operations::TABLES, resource_types::TABLES, &[harms::TABLE]];
    for (name, text) in tables.into_iter().flatten() {
        assert_eq!(SortedLines::new(text).first_unsorted(), None, "{name}");
        let head: Vec<&str> = text.lines().take_while(|line| line.starts_with('#')).collect();
        for word in ["# source: ", "# maker: cargo xtask facts"] {
            assert!(head.iter().any(|line| line.starts_with(word)), "{name} lacks `{word}`");
        }
    }
}

#[test]
fn every_policy_of_the_tables_has_statements() {
    let mut count = 0;
    for (name, _) in SortedLines::new(policies::TABLES[0].1).iter() {
        let policy = managed_policy(name).unwrap();
        assert!(!policy.statements(&here()).is_empty(), "{name}");
        assert_eq!(managed_policy(&policy.arn).as_ref(), Some(&policy));
        count += 1;
    }
    assert!(count >= 1500, "{count} managed policies");
    let templates: Vec<_> = SortedLines::new(policies::TABLES[2].1).iter().map(|(name, _)| name).collect();
    assert_eq!(templates.len(), 81);
    for name in templates {
        let template = sam_policy_template(name).unwrap();
        let given: Vec<_> =
            template.parameters.iter().map(|name| ((*name).to_owned(), SymbolicText::literal("given"))).collect();
        for statement in template.statements(&given, &here()) {
            let resources =
                statement.resources.iter().chain(statement.conditions.values().flatten().flat_map(|(_, v)| v));
            for text in resources {
                let open = text.to_string().replace("${AWS::", "");
                assert!(!open.contains("${"), "{name}: {text}");
            }
        }
    }
}

#[test]
fn finds_managed_policies_by_name_path_and_arn() {
    let arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    for (asked, expected) in [
        ("AWSLambdaBasicExecutionRole", Some(arn)),
        ("service-role/AWSLambdaBasicExecutionRole", Some(arn)),
        (arn, Some(arn)),
        ("arn:aws-cn:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", Some(arn)),
        ("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole", None),
        ("arn:aws:iam::123456789012:policy/AdministratorAccess", None),
        ("AWSLambdaBasic", None),
        ("", None),
    ] {
        assert_eq!(managed_policy(asked).map(|policy| policy.arn).as_deref(), expected, "{asked}");
    }
    let statements = managed_policy(arn).unwrap().statements(&here());
    let actions: Vec<String> = statements[0].actions.iter().map(ToString::to_string).collect();
    assert_eq!(actions, ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]);
    assert_eq!(statements[0].resources, [SymbolicText::literal("*")]);
}

#[test]
fn fills_the_parameters_of_policy_templates() {
    let template = sam_policy_template("DynamoDBReadPolicy").unwrap();
    assert_eq!(template.parameters, ["TableName"]);
    let statements = template.statements(&[("TableName".to_owned(), SymbolicText::reference("Orders"))], &here());
    assert_eq!(
        statements[0].resources[0].to_string(),
        "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Orders}"
    );
    assert_eq!(sam_policy_template("DynamoDBReadPolic"), None);
}

#[test]
fn connectors_grant_to_the_right_role() {
    let arn = SymbolicText::reference("Orders.Arn");
    let granted = |source, destination, permission| {
        connector(source, destination, permission).map(|found| {
            let statements =
                found.statements(&SymbolicText::reference("F.Arn"), &arn, &SymbolicText::unknown(), &here());
            (found.side, statements.first().map(|statement| statement.resources[0].to_string()))
        })
    };
    assert_eq!(
        granted("AWS::Serverless::Function", "AWS::Serverless::SimpleTable", "Read"),
        Some((ConnectorSide::SourceRole, Some("${Orders.Arn}".to_owned())))
    );
    assert_eq!(
        granted("AWS::SQS::Queue", "AWS::Lambda::Function", "Read").map(|(side, _)| side),
        Some(ConnectorSide::DestinationRole)
    );
    assert_eq!(
        granted("AWS::Events::Rule", "AWS::Lambda::Function", "Write"),
        Some((ConnectorSide::ResourcePolicy, None))
    );
    assert_eq!(granted("AWS::S3::Bucket", "AWS::SQS::Queue", "Read"), None);
}

#[test]
fn finds_actions_in_any_case_and_expands_patterns() {
    assert_eq!(action("S3:getobject").map(ActionId::name).as_deref(), Some("s3:GetObject"));
    assert_eq!(action("s3:GetObjec"), None);
    for (pattern, expected) in [
        ("sqs:Send*", &["sqs:SendMessage"][..]),
        ("sqs:sendmessage", &["sqs:SendMessage"]),
        ("SQS:?endMessage", &["sqs:SendMessage"]),
        ("sns:*publish*", &["sns:Publish"]),
        ("sqs", &[]),
        ("nosuch:*", &[]),
    ] {
        assert_eq!(expand(pattern), expected, "{pattern}");
    }
    assert_eq!(matching("*").count(), action_count());
    assert_eq!(matching("*:*").count(), action_count());
    assert_eq!(matching("s3:*").count(), actions_of_service("s3").count());
}

#[test]
fn expanding_agrees_with_trying_every_action() {
    let all: Vec<String> = expand("*");
    for pattern in ["s3:Get*", "*:Get*", "ec2:?escribe*", "*Role*", "iam:*Role", "*", "dynamodb:*Item", "?3:*", "s3:"] {
        let lower = pattern.to_lowercase();
        let is_valid = lower == "*" || lower.contains(':');
        let matches = |name: &&String| is_valid && crate::aws::iam::wildcard::matches(&lower, &name.to_lowercase());
        let expected: Vec<&String> = all.iter().filter(matches).collect();
        assert_eq!(expand(pattern).iter().collect::<Vec<_>>(), expected, "{pattern}");
    }
}

#[test]
fn suggests_the_nearest_action_for_a_slip_only() {
    for (name, expected) in [
        ("sts:GetCallerIdentify", Some("sts:GetCallerIdentity")),
        ("s3:GetObjects", Some("s3:GetObject")),
        ("dynamdb:GetItem", Some("dynamodb:GetItem")),
        ("s3:FetchTheObject", None),
        ("nosuchservice:GetItem", None),
    ] {
        assert_eq!(nearest(name).map(ActionId::name).as_deref(), expected, "{name}");
    }
}

#[test]
fn every_entry_of_the_operations_names_what_iam_knows() {
    let mut count = 0;
    for (key, _) in SortedLines::new(operations::TABLES[0].1).iter() {
        let (service, operation) = key.split_once('.').unwrap();
        let Some(OperationActions::Actions(actions)) = actions_of_operation(service, operation) else { continue };
        for needed in actions {
            assert_eq!(action(needed.action).map(ActionId::name).as_deref(), Some(needed.action), "{key}");
            for rule in needed.resources {
                let known = rule.resource_type == "*" || arn_of_resource_type(&rule.resource_type).is_some();
                assert!(known, "{key}: {}", rule.resource_type);
            }
            count += 1;
        }
    }
    assert!(count > 19_000, "{count} entries");
}

#[test]
fn operations_need_what_their_documentation_says() {
    let needed = |service: &str, operation: &str| match actions_of_operation(service, operation) {
        Some(OperationActions::Actions(actions)) => {
            let always = |needed: &OperationAction| needed.condition == Condition::Always || needed.is_always_required;
            let mut names: Vec<_> = actions.into_iter().filter(always).map(|needed| needed.action).collect();
            names.dedup();
            names
        }
        Some(OperationActions::NoPermission) => vec!["-"],
        None => vec![],
    };
    for (service, operation, expected) in [
        ("s3", "GetObject", &["s3:GetObject"][..]),
        ("s3", "HeadObject", &["s3:GetObject"]),
        ("s3", "ListObjectsV2", &["s3:ListBucket"]),
        ("s3", "ListBuckets", &["s3:ListAllMyBuckets"]),
        ("s3", "CopyObject", &["s3:GetObject", "s3:PutObject"]),
        ("s3", "UploadPart", &["s3:PutObject"]),
        ("dynamodb", "Query", &["dynamodb:Query"]),
        ("dynamodb", "TransactWriteItems", &[]),
        ("dynamodb", "TransactGetItems", &["dynamodb:GetItem"]),
        ("sqs", "SendMessageBatch", &["sqs:SendMessage"]),
        ("lambda", "Invoke", &["lambda:InvokeFunction"]),
        ("ssm", "GetParametersByPath", &["ssm:GetParametersByPath"]),
        ("logs", "PutLogEvents", &["logs:PutLogEvents"]),
        ("bedrock-runtime", "Converse", &["bedrock:InvokeModel"]),
        ("apigatewaymanagementapi", "PostToConnection", &["execute-api:ManageConnections"]),
        ("sts", "GetCallerIdentity", &["-"]),
        ("cognito-idp", "SignUp", &["-"]),
        ("cognito-idp", "AdminCreateUser", &["cognito-idp:AdminCreateUser"]),
        ("apigateway", "GetRestApis", &["apigateway:GET"]),
        ("iot-data", "Publish", &["iot:Publish"]),
        ("nosuch", "Operation", &[]),
    ] {
        assert_eq!(needed(service, operation), expected, "{service}.{operation}");
    }
}
