//! What the platform does with the function's role.
//!
//! Source: the execution role pages of the AWS Lambda developer guide and AWS's managed policies for them.

use model::function::{Function, Wiring, WiringKind};
use model::permission::{NeedEvidence, Tier};
use model::{Confidence, SymbolicText};

use super::{NeededAction, NeededResource, Needs};
use crate::aws::iam::facts;
use crate::aws::iam::template_resources::{StandsFor, TemplateResources};

/// What one kind of wiring needs.
struct WiringNeed {
    kind: WiringKind,
    /// As evidence shows it.
    name: &'static str,
    /// On the thing wired.
    actions: &'static [&'static str],
    /// On the thing wired or on `*`, in some set-ups only: a grant of them stays, but nobody is told to add one.
    sometimes: &'static [&'static str],
    /// The ARN in place of the thing wired, when the template does not say it.
    resource: &'static str,
    /// On `*`.
    unbound: &'static [&'static str],
}

const NETWORK: &[&str] = &["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces"];
const CLUSTER_NETWORK: &[&str] = &[
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
];

const DATABASE_CLUSTER: &[&str] = &[
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "rds:DescribeDBClusterParameters",
    "rds:DescribeDBSubnetGroups",
];

const WIRING_NEEDS: &[WiringNeed] = &[
    WiringNeed {
        kind: WiringKind::Logs,
        name: "function logs",
        actions: &["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        resource: "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/*",
        sometimes: &[],
        unbound: &[],
    },
    WiringNeed {
        kind: WiringKind::Tracing,
        name: "tracing",
        actions: &[],
        resource: "*",
        // SDKs that sample themselves ask for the rules; the platform does without.
        sometimes: &["xray:GetSamplingRules", "xray:GetSamplingStatisticSummaries", "xray:GetSamplingTargets"],
        unbound: &["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
    },
    WiringNeed {
        kind: WiringKind::Vpc,
        name: "network interfaces",
        actions: &[],
        resource: "*",
        sometimes: &["ec2:AssignPrivateIpAddresses", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"],
        unbound: NETWORK,
    },
    WiringNeed {
        kind: WiringKind::PollQueue,
        name: "queue poller",
        actions: &["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
        resource: "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:*",
        sometimes: &[],
        unbound: &[],
    },
    WiringNeed {
        kind: WiringKind::PollKinesis,
        name: "stream poller",
        actions: &["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator"],
        resource: "arn:aws:kinesis:${AWS::Region}:${AWS::AccountId}:stream/*",
        sometimes: &[
            "kinesis:DescribeStreamSummary",
            "kinesis:ListShards",
            "kinesis:ListStreams",
            "kinesis:SubscribeToShard",
        ],
        unbound: &[],
    },
    WiringNeed {
        kind: WiringKind::PollDynamoDbStream,
        name: "table stream poller",
        actions: &["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        resource: "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*/stream/*",
        sometimes: &["dynamodb:ListStreams"],
        unbound: &[],
    },
    WiringNeed {
        kind: WiringKind::PollKafka,
        name: "cluster poller",
        actions: &["kafka:DescribeCluster", "kafka:GetBootstrapBrokers"],
        resource: "arn:aws:kafka:${AWS::Region}:${AWS::AccountId}:cluster/*",
        sometimes: &["kafka:DescribeClusterV2"],
        unbound: CLUSTER_NETWORK,
    },
    WiringNeed {
        kind: WiringKind::PollMq,
        name: "broker poller",
        actions: &["mq:DescribeBroker"],
        resource: "arn:aws:mq:${AWS::Region}:${AWS::AccountId}:broker:*",
        sometimes: &[],
        unbound: CLUSTER_NETWORK,
    },
    WiringNeed {
        kind: WiringKind::DeadLetterQueue,
        name: "dead-letter queue",
        actions: &["sqs:SendMessage"],
        resource: "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:*",
        sometimes: &[],
        unbound: &[],
    },
    WiringNeed {
        kind: WiringKind::DeadLetterTopic,
        name: "dead-letter topic",
        actions: &["sns:Publish"],
        resource: "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:*",
        sometimes: &[],
        unbound: &[],
    },
    WiringNeed {
        kind: WiringKind::DestinationQueue,
        name: "destination queue",
        actions: &["sqs:SendMessage"],
        resource: "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:*",
        sometimes: &[],
        unbound: &[],
    },
    WiringNeed {
        kind: WiringKind::DestinationTopic,
        name: "destination topic",
        actions: &["sns:Publish"],
        resource: "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:*",
        sometimes: &[],
        unbound: &[],
    },
    WiringNeed {
        kind: WiringKind::DestinationFunction,
        name: "destination function",
        actions: &["lambda:InvokeFunction"],
        resource: "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:*",
        sometimes: &[],
        unbound: &[],
    },
    WiringNeed {
        kind: WiringKind::DestinationEventBus,
        name: "destination event bus",
        actions: &["events:PutEvents"],
        resource: "arn:aws:events:${AWS::Region}:${AWS::AccountId}:event-bus/*",
        sometimes: &[],
        unbound: &[],
    },
    WiringNeed {
        kind: WiringKind::FileSystem,
        name: "file system",
        actions: &["elasticfilesystem:ClientMount"],
        // The permission is checked on the file system, while the template names its access point.
        resource: "arn:aws:elasticfilesystem:${AWS::Region}:${AWS::AccountId}:file-system/*",
        sometimes: &["elasticfilesystem:ClientWrite"],
        unbound: &[],
    },
    WiringNeed {
        kind: WiringKind::PollDocumentDb,
        name: "database change poller",
        actions: &["rds:DescribeDBClusters"],
        resource: "arn:aws:rds:${AWS::Region}:${AWS::AccountId}:cluster:*",
        sometimes: &[],
        unbound: DATABASE_CLUSTER,
    },
    WiringNeed {
        kind: WiringKind::SourceSecret,
        name: "secret of the event source",
        actions: &["secretsmanager:GetSecretValue"],
        resource: "arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:*",
        sometimes: &[],
        unbound: &[],
    },
    WiringNeed {
        kind: WiringKind::SourceKey,
        name: "key of the event source's secret",
        actions: &["kms:Decrypt"],
        resource: "arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/*",
        sometimes: &[],
        unbound: &[],
    },
    WiringNeed {
        kind: WiringKind::DestinationBucket,
        name: "destination bucket",
        actions: &["s3:ListBucket"],
        resource: "arn:aws:s3:::*",
        sometimes: &[],
        unbound: &[],
    },
    WiringNeed {
        kind: WiringKind::DestinationObjects,
        name: "destination bucket",
        actions: &["s3:PutObject"],
        resource: "arn:aws:s3:::*/*",
        sometimes: &[],
        unbound: &[],
    },
    WiringNeed {
        kind: WiringKind::Durable,
        name: "durable execution",
        actions: &["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
        resource: "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:*",
        sometimes: &[],
        unbound: &[],
    },
];

/// Kinds whose ARN in the template is not the one that the permission is checked on.
const CHECKED_ELSEWHERE: &[WiringKind] = &[WiringKind::FileSystem, WiringKind::Logs];

pub(super) fn add(function: &Function, template: &TemplateResources, needs: &mut Needs) {
    for wiring in &function.wiring {
        for need in WIRING_NEEDS.iter().filter(|need| need.kind == wiring.kind) {
            let resource = resource(wiring, need, template);
            let evidence = NeedEvidence { location: wiring.location.clone(), call: need.name.to_owned() };
            let sure = if is_of_another_service(wiring, template) { Confidence::Possible } else { Confidence::Certain };
            add_actions(need.actions, &resource, &evidence, sure, needs);
            add_actions(need.unbound, &NeededResource::everything(), &evidence, sure, needs);
            add_actions(need.sometimes, &resource, &evidence, Confidence::Possible, needs);
        }
    }
}

/// A file system that is no Elastic File System, as far as can be seen.
fn is_of_another_service(wiring: &Wiring, template: &TemplateResources) -> bool {
    let Some(arn) = wiring.resource.as_ref().filter(|_| wiring.kind == WiringKind::FileSystem) else { return false };
    let known = arn.as_reference().and_then(|name| template.meaning(name));
    !known.is_some_and(|meaning| meaning.resource.kind.kind.starts_with("AWS::EFS::"))
        && !arn.to_string().contains(":elasticfilesystem:")
}

fn resource(wiring: &Wiring, need: &WiringNeed, template: &TemplateResources) -> NeededResource {
    let stated = wiring.resource.as_ref().filter(|arn| !arn.is_unknown() && !CHECKED_ELSEWHERE.contains(&wiring.kind));
    let Some(arn) = stated else {
        return NeededResource { text: SymbolicText::parse_sub(need.resource), is_known: false };
    };
    let meaning = arn.as_reference().and_then(|name| template.meaning(name));
    let is_name = meaning.filter(|meaning| matches!(meaning.stands_for, StandsFor::Name | StandsFor::Url));
    NeededResource { text: is_name.map_or_else(|| arn.clone(), |meaning| meaning.arn()), is_known: true }
}

fn add_actions(
    actions: &[&str],
    resource: &NeededResource,
    evidence: &NeedEvidence,
    confidence: Confidence,
    needs: &mut Needs,
) {
    for action in actions.iter().filter_map(|action| facts::action(action)) {
        let needed = NeededAction {
            resources: vec![resource.clone()],
            tier: Tier::Runtime,
            confidence,
            evidence: vec![evidence.clone()],
        };
        needs.add(action, needed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wiring_needs_actions_that_iam_knows() {
        for need in WIRING_NEEDS {
            for action in need.actions.iter().chain(need.sometimes).chain(need.unbound) {
                assert_eq!(facts::action(action).map(facts::ActionId::name).as_deref(), Some(*action), "{}", need.name);
            }
        }
    }
}
