use model::table::SortedLines;

use super::*;
use model::{Location, SymbolicText};

fn here() -> Location {
    Location::line("template.yaml", 7)
}

#[test]
fn tables_are_sorted_and_say_where_they_come_from() {
    for (name, text) in policies::TABLES {
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
