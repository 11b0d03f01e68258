//! What SAM grants without being asked: logs, tracing, network, dead letters, destinations, event sources.

use deploy::Project;
use deploy::formats::cloudformation::Partial;
use model::permission::{Effect, PolicyKind, Statement};
use model::{Gap, Location, Part, SymbolicText};

use super::list::PolicyList;
use crate::aws::resources::declared::Declared;
use crate::aws::resources::events::{self, Event};
use crate::aws::resources::wiring;

/// What a target's type lets the function do with it.
struct Target {
    /// `Type` of a destination.
    word: &'static str,
    /// Suffix of the policy that SAM makes.
    policy: &'static str,
    /// Actions on the target, and on everything below it.
    actions: &'static [&'static str],
    actions_below: &'static [&'static str],
    /// What SAM makes when a destination names no target: the end of its logical id and the attribute that is its ARN.
    made: Option<(&'static str, &'static str)>,
}

const TARGETS: &[Target] = &[
    Target {
        word: "SQS",
        policy: "SQSPolicy",
        actions: &["sqs:SendMessage"],
        actions_below: &[],
        made: Some(("Queue", ".Arn")),
    },
    Target {
        word: "SNS",
        policy: "SNSPolicy",
        actions: &["sns:Publish"],
        actions_below: &[],
        made: Some(("Topic", "")),
    },
    Target {
        word: "EventBridge",
        policy: "EventBridgePolicy",
        actions: &["events:PutEvents"],
        actions_below: &[],
        made: None,
    },
    Target {
        word: "Lambda",
        policy: "LambdaPolicy",
        actions: &["lambda:InvokeFunction"],
        actions_below: &[],
        made: None,
    },
    Target {
        word: "S3",
        policy: "S3Policy",
        actions: &["s3:ListBucket"],
        actions_below: &["s3:PutObject"],
        made: None,
    },
    Target {
        word: "S3Bucket",
        policy: "S3Policy",
        actions: &["s3:ListBucket"],
        actions_below: &["s3:PutObject"],
        made: None,
    },
];

/// What a broker or cluster that lies in a network needs.
const NETWORK_ACTIONS: [&str; 6] = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeVpcs",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
];

/// The managed policies that come with the role before any other.
pub(super) fn attach_to_new_role(owner: &Declared<'_>, list: &mut PolicyList<'_>) {
    let logs = match owner.get("DurableConfig") {
        Some(_) => "AWSLambdaBasicDurableExecutionRolePolicy",
        None => "AWSLambdaBasicExecutionRole",
    };
    managed(logs, owner.location(), list);
    // Written is enough, even where a condition leaves nothing of it: SAM looks before conditions are decided.
    let written_tracing = owner.properties.written_entry("Tracing").filter(|tracing| tracing.value.is_absent());
    if let Some(tracing) = wiring::tracing(owner).or(written_tracing.map(|tracing| &tracing.value)) {
        managed("AWSXrayWriteOnlyAccess", owner.location_of(tracing), list);
    }
    if let Some(network) = owner.properties.written_entry("VpcConfig") {
        managed("AWSLambdaVPCAccessExecutionRole", owner.location_of(&network.value), list);
    }
}

/// The statements for dead letters, destinations and event sources.
pub(super) fn attach_inline(owner: &Declared<'_>, project: &dyn Project, list: &mut PolicyList<'_>) {
    dead_letters(owner, list);
    destinations(owner, list);
    let mut told_elsewhere: Vec<Gap> = Vec::new();
    for event in events::of(owner, project, &mut told_elsewhere) {
        event_source(&event, list);
    }
}

fn managed(name: &str, location: Location, list: &mut PolicyList<'_>) {
    list.managed(PolicyKind::Implicit, &SymbolicText::literal(name), location);
}

fn dead_letters(owner: &Declared<'_>, list: &mut PolicyList<'_>) {
    let Some(queue) = owner.get("DeadLetterQueue") else { return };
    let word = queue.get("Type").and_then(Partial::literal).unwrap_or_default();
    let target = TARGETS.iter().find(|target| target.word == word && target.made.is_some());
    if let (Some(target), Some(arn)) = (target, queue.get("TargetArn")) {
        let location = owner.location_of(queue);
        let statements = grants(target, arn.texts().collect(), &location);
        list.push(PolicyKind::Implicit, "DeadLetterQueuePolicy".to_owned(), None, statements, location);
    }
}

fn destinations(owner: &Declared<'_>, list: &mut PolicyList<'_>) {
    let Some(configured) = owner.at(&["EventInvokeConfig", "DestinationConfig"]) else { return };
    for outcome in ["OnSuccess", "OnFailure"] {
        let Some(destination) = configured.get(outcome) else { continue };
        let id = format!("{}EventInvokeConfig{outcome}", owner.logical_id());
        let word = destination.get("Type").and_then(Partial::literal).unwrap_or_default();
        let Some(target) = TARGETS.iter().find(|target| target.word == word) else { continue };
        let mut arns: Vec<_> = destination.get("Destination").map(|arn| arn.texts().collect()).unwrap_or_default();
        let is_certain = destination.get("Destination").is_some_and(|arn| !arn.is_undecided());
        if let Some((made, attribute)) = target.made.filter(|_| !is_certain) {
            arns.push(SymbolicText::reference(format!("{id}{made}{attribute}")));
        }
        let location = owner.location_of(destination);
        let statements = grants(target, arns, &location);
        list.push(PolicyKind::Implicit, format!("{id}{}", target.policy), None, statements, location);
    }
}

fn event_source(event: &Event<'_>, list: &mut PolicyList<'_>) {
    let location = event.declared.place.location(list.file());
    if let Some(name) = event.kind.managed_policy {
        managed(name, location.clone(), list);
    }
    let statements = match event.kind.name {
        "DocumentDB" => document_database(event, &location),
        "MQ" => broker(event, &location),
        "MSK" => cluster(event, &location),
        "SelfManagedKafka" => own_cluster(event, &location),
        _ => Vec::new(),
    };
    let owner = event.function.logical_id();
    if !statements.is_empty() {
        let name = format!("{owner}{}{}Policy", event.name, event.kind.name);
        list.push(PolicyKind::Implicit, name, None, statements, location.clone());
    }
    // SAM grants for a failure destination only when its type is given.
    let failures = event.property("DestinationConfig").and_then(|destinations| destinations.get("OnFailure"));
    let word = failures.and_then(|failures| failures.get("Type")).and_then(Partial::literal);
    let target = word.and_then(|word| TARGETS.iter().find(|target| target.word == word));
    if let (Some(target), Some(arn)) = (target, failures.and_then(|failures| failures.get("Destination"))) {
        let statements = grants(target, arn.texts().collect(), &location);
        let name = format!("{owner}{}{}", event.name, target.policy);
        list.push(PolicyKind::Implicit, name, None, statements, location);
    }
}

fn broker(event: &Event<'_>, location: &Location) -> Vec<Statement> {
    let mut statements = secrets(event, &["BASIC_AUTH"], location);
    let broker = event.property("Broker").map(|broker| broker.texts().collect()).unwrap_or_default();
    statements.push(allow(&["mq:DescribeBroker"], broker, location));
    statements.extend(key(event, location));
    statements
}

fn cluster(event: &Event<'_>, location: &Location) -> Vec<Statement> {
    let mut statements = schema_registry(event, location);
    statements.extend(secrets(event, &["CLIENT_CERTIFICATE_TLS_AUTH"], location));
    statements
}

fn own_cluster(event: &Event<'_>, location: &Location) -> Vec<Statement> {
    let mut statements = secrets(event, &wiring::SECRET_CONFIGURATIONS, location);
    if configurations(event).any(|(kind, _)| kind == "VPC_SUBNET") {
        statements.push(allow(&NETWORK_ACTIONS, vec![SymbolicText::literal("*")], location));
    }
    statements.extend(key(event, location));
    statements.extend(schema_registry(event, location));
    statements
}

fn document_database(event: &Event<'_>, location: &Location) -> Vec<Statement> {
    let below = |kind: &str| {
        vec![SymbolicText::parse_sub(&format!("arn:aws:rds:${{AWS::Region}}:${{AWS::AccountId}}:{kind}:*"))]
    };
    let cluster = event.property("Cluster").map(|cluster| cluster.texts().collect()).unwrap_or_default();
    let mut statements = secrets(event, &["BASIC_AUTH"], location);
    statements.push(allow(&["rds:DescribeDBClusterParameters"], below("cluster-pg"), location));
    statements.push(allow(&["rds:DescribeDBSubnetGroups"], below("subgrp"), location));
    statements.push(allow(&["rds:DescribeDBClusters"], cluster, location));
    statements.push(allow(&NETWORK_ACTIONS, vec![SymbolicText::literal("*")], location));
    statements.extend(key(event, location));
    statements
}

/// What lets the function read the secrets of its source, one statement each.
fn secrets(event: &Event<'_>, kinds: &[&str], location: &Location) -> Vec<Statement> {
    let wanted = configurations(event).filter(|(kind, _)| kinds.contains(&kind.as_str()));
    wanted.map(|(_, uri)| allow(&["secretsmanager:GetSecretValue"], vec![uri], location)).collect()
}

/// Type and value of the source's access configurations.
fn configurations<'e>(event: &'e Event<'_>) -> impl Iterator<Item = (String, SymbolicText)> + use<'e> {
    let configured = event.property("SourceAccessConfigurations");
    let items = configured.map(|configured| configured.items().collect::<Vec<_>>()).unwrap_or_default();
    items.into_iter().filter_map(|item| Some((item.get("Type")?.literal()?, item.get("URI")?.texts().next()?)))
}

/// What lets the function decrypt the secrets.
fn key(event: &Event<'_>, location: &Location) -> Option<Statement> {
    let key = event.property("SecretsManagerKmsKeyId")?.texts().next()?;
    let mut arn = SymbolicText::parse_sub("arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/");
    arn.append(key);
    Some(allow(&["kms:Decrypt"], vec![arn], location))
}

fn schema_registry(event: &Event<'_>, location: &Location) -> Vec<Statement> {
    let Some(registry) = event.property("SchemaRegistryConfig") else { return Vec::new() };
    let accesses = registry.get("AccessConfigs").map(|accesses| accesses.items().collect::<Vec<_>>());
    let uris = accesses.unwrap_or_default().into_iter().filter_map(|access| access.get("URI")?.texts().next());
    let mut statements: Vec<_> =
        uris.map(|uri| allow(&["secretsmanager:GetSecretValue"], vec![uri], location)).collect();
    let uri = registry.get("SchemaRegistryURI").and_then(|uri| uri.texts().next()).unwrap_or_default();
    let shown = uri.to_string();
    // SAM looks for a Glue registry at this place of the ARN, so one with `${AWS::Region}` in it is granted nothing.
    let name = shown.strip_prefix("arn").and_then(|arn| arn.split(':').nth(5)?.strip_prefix("registry/"));
    if let Some(name) = name {
        statements.push(allow(&["glue:GetRegistry"], vec![uri], location));
        let schemas = format!("arn:aws:glue:${{AWS::Region}}:${{AWS::AccountId}}:schema/{name}/*");
        statements.push(allow(&["glue:GetSchemaVersion"], vec![SymbolicText::parse_sub(&schemas)], location));
    }
    statements
}

fn grants(target: &Target, arns: Vec<SymbolicText>, location: &Location) -> Vec<Statement> {
    let mut statements = Vec::new();
    if !target.actions_below.is_empty() {
        let below = arns.iter().map(|arn| {
            let mut below = arn.clone();
            below.push(Part::Literal("/*".to_owned()));
            below
        });
        statements.push(allow(target.actions_below, below.collect(), location));
    }
    statements.push(allow(target.actions, arns, location));
    statements
}

fn allow(actions: &[&str], resources: Vec<SymbolicText>, location: &Location) -> Statement {
    let actions = actions.iter().map(|action| SymbolicText::literal(*action)).collect();
    Statement::new(Effect::Allow, actions, resources, location.clone())
}
