//! An account of many roles, as `aws iam get-account-authorization-details` prints it: the input of `policy lint`.

use std::fmt::Write as _;

const ROLES: usize = 10_000;
const CUSTOMER_POLICIES: usize = 400;

/// Policies that accounts attach often, wide ones among them.
const AWS_POLICIES: &[&str] = &[
    "service-role/AWSLambdaBasicExecutionRole",
    "AmazonS3ReadOnlyAccess",
    "AmazonSQSFullAccess",
    "ReadOnlyAccess",
    "SecurityAudit",
    "service-role/AWSLambdaVPCAccessExecutionRole",
    "AmazonDynamoDBFullAccess",
    "PowerUserAccess",
];

/// Of services that functions use, with the resource that their roles name.
const STATEMENTS: &[(&str, &str)] = &[
    (r#""dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query""#, "dynamodb:eu-west-1:111111111111:table/orders-"),
    (r#""s3:GetObject*", "s3:PutObject", "s3:ListBucket""#, "s3:::data-"),
    (r#""sqs:*""#, "sqs:eu-west-1:111111111111:queue-"),
    (r#""kms:Decrypt", "kms:GenerateDataKey*""#, "kms:eu-west-1:111111111111:key/0a1b-"),
    (r#""lambda:InvokeFunction", "lambda:Get*", "lambda:List*""#, "lambda:eu-west-1:111111111111:function:task-"),
    (r#""secretsmanager:GetSecretValue""#, "secretsmanager:eu-west-1:111111111111:secret:app-"),
    (r#""sns:Publish", "sns:Subscribe""#, "sns:eu-west-1:111111111111:topic-"),
    (r#""ssm:GetParameter*""#, "ssm:eu-west-1:111111111111:parameter/app-"),
    (r#""iam:PassRole", "sts:AssumeRole""#, "iam::111111111111:role/service-"),
];

/// The account's details, some 50 MB.
pub(super) fn details() -> String {
    let mut text =
        String::from("{\n    \"UserDetailList\": [],\n    \"GroupDetailList\": [],\n    \"RoleDetailList\": [");
    for role in 0..ROLES {
        text += if role == 0 { "\n" } else { ",\n" };
        push_role(&mut text, role);
    }
    text += "\n    ],\n    \"Policies\": [";
    for policy in 0..CUSTOMER_POLICIES {
        text += if policy == 0 { "\n" } else { ",\n" };
        _ = write!(
            text,
            r#"        {{"PolicyName": "Customer{policy}", "Arn": "arn:aws:iam::111111111111:policy/Customer{policy}",
            "DefaultVersionId": "v1", "PolicyVersionList": [{{"VersionId": "v1", "IsDefaultVersion": true, "Document": "#
        );
        push_document(&mut text, policy * 7, 12);
        text += "}]}";
    }
    text += "\n    ]\n}\n";
    text
}

fn push_role(text: &mut String, role: usize) {
    // One role in ten lets another one take it on.
    let trusted = match role % 10 {
        0 => format!(r#""AWS": "arn:aws:iam::111111111111:role/Role{}""#, (role * 31 + 7) % ROLES),
        _ => r#""Service": "lambda.amazonaws.com""#.to_owned(),
    };
    let customer = role % CUSTOMER_POLICIES;
    let aws = AWS_POLICIES.get(role % AWS_POLICIES.len()).copied().unwrap_or_default();
    _ = write!(
        text,
        r#"        {{
            "Path": "/", "RoleName": "Role{role}", "RoleId": "AROA{role:016}",
            "Arn": "arn:aws:iam::111111111111:role/Role{role}", "CreateDate": "2025-01-01T00:00:00+00:00",
            "AssumeRolePolicyDocument": {{"Version": "2012-10-17", "Statement": [
                {{"Effect": "Allow", "Principal": {{{trusted}}}, "Action": "sts:AssumeRole"}}]}},
            "InstanceProfileList": [],
            "RolePolicyList": [{{"PolicyName": "inline", "PolicyDocument": "#
    );
    push_document(text, role, 9);
    _ = write!(
        text,
        r#"}}],
            "AttachedManagedPolicies": [
                {{"PolicyName": "Customer{customer}", "PolicyArn": "arn:aws:iam::111111111111:policy/Customer{customer}"}},
                {{"PolicyName": "aws", "PolicyArn": "arn:aws:iam::aws:policy/{aws}"}}],
            "Tags": [{{"Key": "team", "Value": "team-{}"}}], "RoleLastUsed": {{}}
        }}"#,
        role % 40
    );
}

/// A document of `count` statements; one in eleven denies.
fn push_document(text: &mut String, seed: usize, count: usize) {
    *text += "{\n                \"Version\": \"2012-10-17\",\n                \"Statement\": [";
    for index in 0..count {
        let (actions, resource) = STATEMENTS.get((seed + index) % STATEMENTS.len()).copied().unwrap_or_default();
        let effect = if (seed + index * 3).is_multiple_of(11) { "Deny" } else { "Allow" };
        let comma = if index == 0 { "" } else { "," };
        let name = seed * 13 % 997 + index;
        _ = write!(
            text,
            r#"{comma}
                    {{
                        "Sid": "Statement{index}",
                        "Effect": "{effect}",
                        "Action": [{actions}],
                        "Resource": ["arn:aws:{resource}{name}", "arn:aws:{resource}{name}/*"],
                        "Condition": {{"StringEquals": {{"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}}}
                    }}"#
        );
    }
    *text += "\n                ]\n            }";
}
