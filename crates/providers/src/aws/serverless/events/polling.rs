//! Events that the platform polls for with the function's role.

use deploy::formats::cloudformation::Partial;
use model::SymbolicText;
use model::function::{Wiring, WiringKind};

use super::super::grants::{Grants, arns};
use super::super::wiring;
use super::{Event, EventKind, INTERNAL, described};

pub(super) const SQS: EventKind = EventKind {
    name: "sqs",
    trigger: "queue",
    source: |event| described(event, &["arn"]),
    grants: |event, grants| {
        let actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
        grants.allow(&actions, body_arns(event), &event.location);
    },
    wiring: |_, event| polls(event, WiringKind::PollQueue),
    ..INTERNAL
};

pub(super) const STREAM: EventKind = EventKind {
    name: "stream",
    trigger: "stream",
    source: |event| described(event, &["arn"]),
    grants: grant_stream,
    wiring: |declared, event| {
        let kind = if is_dynamodb(event) { WiringKind::PollDynamoDbStream } else { WiringKind::PollKinesis };
        let failures = event.body.and_then(|body| body.at(&["destinations", "onFailure"]));
        let failures = failures.into_iter().flat_map(|target| wiring::destination(declared, target));
        polls(event, kind).into_iter().chain(failures).collect()
    },
    ..INTERNAL
};

pub(super) const MSK: EventKind = EventKind {
    name: "msk",
    trigger: "stream",
    source: |event| described(event, &["topic", "arn"]),
    grants: |event, grants| {
        grants.allow(&["kafka:DescribeCluster", "kafka:GetBootstrapBrokers"], body_arns(event), &event.location);
        grant_network(event, grants);
    },
    wiring: |_, event| polls(event, WiringKind::PollKafka),
    ..INTERNAL
};

pub(super) const KAFKA: EventKind = EventKind {
    name: "kafka",
    trigger: "stream",
    source: |event| described(event, &["topic"]),
    grants: |event, grants| {
        let access = event.get("accessConfigurations").into_iter().flat_map(Partial::entries);
        let (network, secrets): (Vec<_>, Vec<_>) = access.partition(|entry| entry.name.starts_with("vpc"));
        let secrets = secrets.iter().flat_map(|entry| arns(&entry.value));
        grants.allow(&["secretsmanager:GetSecretValue"], secrets, &event.location);
        if !network.is_empty() {
            grant_network(event, grants);
        }
    },
    wiring: |_, event| vec![Wiring { kind: WiringKind::PollKafka, resource: None, location: event.location.clone() }],
    ..INTERNAL
};

pub(super) const ACTIVE_MQ: EventKind = EventKind {
    name: "activemq",
    trigger: "queue",
    source: |event| described(event, &["queue", "arn"]),
    grants: grant_broker,
    wiring: |_, event| polls(event, WiringKind::PollMq),
    ..INTERNAL
};

pub(super) const RABBIT_MQ: EventKind = EventKind { name: "rabbitmq", ..ACTIVE_MQ };

fn polls(event: &Event<'_>, kind: WiringKind) -> Vec<Wiring> {
    body_arns(event)
        .into_iter()
        .map(|arn| Wiring { kind, resource: Some(arn), location: event.location.clone() })
        .collect()
}

fn body_arns(event: &Event<'_>) -> Vec<SymbolicText> {
    event.body.into_iter().flat_map(arns).collect()
}

/// Whether the stream is a table's: by its type, or else by its ARN.
fn is_dynamodb(event: &Event<'_>) -> bool {
    match event.text("type") {
        Some(kind) => kind == "dynamodb",
        None => body_arns(event).iter().any(|arn| arn.to_string().split(':').nth(2) == Some("dynamodb")),
    }
}

fn grant_stream(event: &Event<'_>, grants: &mut Grants) {
    let consumer = event.get("consumer").filter(|consumer| super::super::declared::is_on(consumer));
    let actions: &[&str] = if is_dynamodb(event) {
        &["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"]
    } else if consumer.is_some() {
        &["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStreamSummary", "kinesis:ListShards"]
    } else {
        &["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:ListStreams"]
    };
    grants.allow(actions, body_arns(event), &event.location);
    if let Some(consumer) = consumer.filter(|_| !is_dynamodb(event)) {
        // A consumer that the framework makes itself has a logical id that depends on names of streams.
        let made = SymbolicText::reference("StreamConsumer");
        let named = consumer.texts().find(|text| text.as_literal() != Some("true"));
        grants.allow(&["kinesis:SubscribeToShard"], [named.unwrap_or(made)], &event.location);
    }
    let Some(failures) = event.body.and_then(|body| body.at(&["destinations", "onFailure"])) else { return };
    let is_topic = failures.get("type").and_then(Partial::literal).map_or_else(
        || arns(failures).any(|arn| arn.to_string().split(':').nth(2) == Some("sns")),
        |kind| kind == "sns",
    );
    let actions: &[&str] = if is_topic { &["sns:Publish"] } else { &["sqs:ListQueues", "sqs:SendMessage"] };
    grants.allow(actions, arns(failures), &event.location);
}

fn grant_broker(event: &Event<'_>, grants: &mut Grants) {
    let secrets = event.get("basicAuthArn").into_iter().flat_map(arns);
    grants.allow(&["secretsmanager:GetSecretValue"], secrets, &event.location);
    grants.allow(&["mq:DescribeBroker"], body_arns(event), &event.location);
    grant_network(event, grants);
}

/// What a poller in the function's network needs.
fn grant_network(event: &Event<'_>, grants: &mut Grants) {
    let actions = [
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeVpcs",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeSubnets",
        "ec2:DescribeSecurityGroups",
    ];
    grants.allow(&actions, ["*".into()], &event.location);
}
