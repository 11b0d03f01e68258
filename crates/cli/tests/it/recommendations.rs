//! The recommended policy, written into the project in place of what stood there, is what the function needs: read back,
//! every grant is to be kept, none is missing, and nothing more is recommended.

use serde_json::Value;
use testkit::TempDir;

use crate::program::run;

const CODE: &str = r#"
import os, boto3
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
sqs = boto3.client("sqs")
s3 = boto3.client("s3")

def read(event, context):
    return table.get_item(Key={"id": event["id"]})

def send(event, context):
    sqs.send_message(QueueUrl=os.environ["QUEUE"], MessageBody="x")
    return s3.get_object(Bucket=os.environ["BUCKET"], Key="reports/" + event["id"])
"#;

const RESOURCES: &str = "
  Orders: {Type: AWS::DynamoDB::Table, Properties: {KeySchema: [{AttributeName: id, KeyType: HASH}]}}
  Jobs: {Type: AWS::SQS::Queue}
  Files: {Type: AWS::S3::Bucket}
";

/// A line of this stands before and after what the recommendation replaces; the rest of the first is the function's name,
/// and how many outer keys of the text stand around it already.
const MARK: &str = "#=";

#[test]
fn sam_policies_read_back_as_all_needed() {
    let template = format!(
        "Transform: AWS::Serverless-2016-10-31
Resources:{RESOURCES}
  Read:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      CodeUri: src
      Handler: app.read
      Environment: {{Variables: {{TABLE: !Ref Orders}}}}
      #= Read 0
      Policies: [AmazonDynamoDBFullAccess, AWSLambdaBasicExecutionRole]
      #=
  Send:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      CodeUri: src
      Handler: app.send
      Environment: {{Variables: {{QUEUE: !Ref Jobs, BUCKET: !Ref Files}}}}
      #= Send 0
      Policies:
        - S3CrudPolicy: {{BucketName: !Ref Files}}
        - Statement:
            - {{Effect: Allow, Action: 'sqs:*', Resource: '*', Condition: {{Bool: {{'aws:SecureTransport': true}}}}}}
            - {{Effect: Deny, Action: 's3:*', Resource: !Sub '${{Files.Arn}}/reports/secret/*'}}
      #=
"
    );
    let texts = check("template.yaml", &template);
    assert!(texts.contains("Effect: Deny"), "{texts}");
    assert!(texts.contains("\"aws:SecureTransport\"") || texts.contains("aws:SecureTransport:"), "{texts}");
}

#[test]
fn a_policy_template_of_sam_stands_where_it_fits_exactly() {
    let template = format!(
        "Transform: AWS::Serverless-2016-10-31
Resources:{RESOURCES}
  Send:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      CodeUri: src
      Handler: app.send
      Environment: {{Variables: {{QUEUE: !Ref Jobs, BUCKET: !Ref Files}}}}
      #= Send 0
      Policies: [AmazonSQSFullAccess, AmazonS3FullAccess]
      #=
"
    );
    let texts = check("template.yaml", &template);
    let fitting = "- SQSSendMessagePolicy:\n      QueueName: !GetAtt Jobs.QueueName";
    assert!(texts.contains(fitting), "{texts}");
    assert!(!texts.contains("S3ReadPolicy"), "it grants more than is needed: {texts}");
}

#[test]
fn roles_of_cloudformation_keep_what_is_needed_by_name() {
    let template = format!(
        "Resources:{RESOURCES}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {{Statement: [{{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: 'sts:AssumeRole'}}]}}
      #= Read 0
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']
      Policies:
        - PolicyName: orders
          PolicyDocument: {{Statement: {{Effect: Allow, Action: 'dynamodb:*', Resource: '*'}}}}
      #=
  Read:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Code: src
      Handler: app.read
      Role: !GetAtt Role.Arn
      Environment: {{Variables: {{TABLE: !Ref Orders}}}}
"
    );
    let texts = check("template.yaml", &template);
    assert!(texts.contains("  - arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole\n"), "{texts}");
    assert!(texts.contains("PolicyName: orders") && !texts.contains("logs:"), "{texts}");
}

#[test]
fn serverless_statements_read_back_as_all_needed() {
    for provider in [
        "  #= read 1\n  iam: {role: {statements: [{Effect: Allow, Action: 'dynamodb:*', Resource: '*'}]}}\n  #=\n",
        "  #= read 1\n  iamRoleStatements: [{Effect: Allow, Action: 'dynamodb:*', Resource: '*'}]\n  #=\n",
    ] {
        let service = format!(
            "service: shop
provider:
  name: aws
  runtime: python3.12
{provider}functions:
  read:
    handler: src/app.read
    environment: {{TABLE: !Ref Orders}}
resources:
  Resources:{}",
            RESOURCES.replace("\n  ", "\n    ")
        );
        check("serverless.yml", &service);
    }
}

#[test]
fn functions_of_a_shared_role_get_their_own() {
    for (version, plugins) in [("3", "plugins: [serverless-iam-roles-per-function]\n"), ("4", "")] {
        let service = format!(
            "service: shop
frameworkVersion: '{version}'
{plugins}provider:
  name: aws
  runtime: python3.12
  iam: {{role: {{statements: [{{Effect: Allow, Action: ['dynamodb:*', 'sqs:*', 's3:*'], Resource: '*'}}]}}}}
functions:
  read:
    handler: src/app.read
    environment: {{TABLE: !Ref Orders}}
    #= read 2
    #=
  send:
    handler: src/app.send
    environment: {{QUEUE: !Ref Jobs, BUCKET: !Ref Files}}
    #= send 2
    #=
resources:
  Resources:{}",
            RESOURCES.replace("\n  ", "\n    ")
        );
        check("serverless.yml", &service);
    }
}

/// The texts that were recommended at first.
fn check(file: &str, project: &str) -> String {
    let folder = folder(file, project);
    let first = permissions(&folder);
    let replaced = folder_with(file, project, &first);
    let second = permissions(&replaced);
    for function in functions(&second) {
        let permissions = &function["permissions"];
        let verdicts = permissions["verdicts"].as_array().unwrap();
        // What a framework grants on its own is nobody's to write.
        let is_implied = |verdict: &&Value| verdict["policy"] == "added by the Serverless Framework";
        let others = verdicts.iter().filter(|verdict| verdict["verdict"] != "keep" && !is_implied(verdict));
        let others: Vec<_> = others.collect();
        assert!(others.is_empty(), "{others:#?}\n{}", written(&replaced, file));
        assert_eq!(permissions["recommended_text"]["diff"], "", "{}", written(&replaced, file));
    }
    functions(&first)
        .iter()
        .map(|function| function["permissions"]["recommended_text"]["text"].as_str().unwrap())
        .collect()
}

fn folder(file: &str, text: &str) -> TempDir {
    testkit::folder(&[(file, text.as_bytes()), ("src/app.py", CODE.as_bytes())])
}

fn written(folder: &TempDir, file: &str) -> String {
    std::fs::read_to_string(folder.path().join(file)).unwrap()
}

fn permissions(folder: &TempDir) -> Value {
    let run = run(folder.path(), &["permissions", ".", "--format", "json"]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn functions(report: &Value) -> &Vec<Value> {
    report["functions"].as_array().unwrap()
}

/// The project with what is recommended between the marks.
fn folder_with(file: &str, project: &str, report: &Value) -> TempDir {
    let mut out = String::new();
    let mut is_replaced = false;
    for line in project.lines() {
        let Some(mark) = line.trim_start().strip_prefix(MARK) else {
            if !is_replaced {
                out.push_str(line);
                out.push('\n');
            }
            continue;
        };
        is_replaced = !mark.is_empty();
        if let Some((name, outer)) = mark.trim().split_once(' ') {
            let indent = line.len() - line.trim_start().len();
            out.push_str(&inner_lines(&text_of(report, name), outer.parse().unwrap(), indent));
        }
    }
    // What the shared role had is taken away when each function has its own.
    if project.contains("role: {statements: [{Effect: Allow, Action: [") {
        out = out
            .lines()
            .filter(|line| !line.contains("Action: ['dynamodb:*', 'sqs"))
            .map(|line| format!("{line}\n"))
            .collect();
    }
    folder(file, &out)
}

fn text_of(report: &Value, name: &str) -> String {
    let is_it = |function: &&Value| function["id"].as_str().unwrap().ends_with(&format!("#{name}"));
    let function = functions(report).iter().find(is_it).unwrap();
    function["permissions"]["recommended_text"]["text"].as_str().unwrap().to_owned()
}

/// The text without its outer keys, moved to `indent`.
fn inner_lines(text: &str, outer: usize, indent: usize) -> String {
    let inner = text.lines().skip(outer).filter_map(|line| line.get(outer * 2..));
    inner.map(|line| format!("{}{line}\n", " ".repeat(indent))).collect()
}
