//! What starts a function because another resource of the template says so: mappings, rules, subscriptions, permissions.
//!
//! Supported: event source mappings, notifications of buckets, topics, rules, schedules, log groups, user pools and load
//! balancers, APIs of API Gateway (methods, routes, OpenAPI bodies), function URLs, resource permissions.
//! Unsupported: anything that is wired outside the template.

use deploy::formats::cloudformation::{Partial, Resource};
use model::Location;
use model::function::{Exposure, Trigger, Wiring, WiringKind};

use super::api_access;
use super::declared::Declared;
use super::wiring;

/// A kind of resource that names the function it starts.
struct Attachment {
    resource: &'static str,
    /// Where the function stands in its properties; `*` is every item or value.
    path: &'static [&'static str],
    kind: &'static str,
    /// Property that names the source; empty for the resource itself.
    source: &'static str,
    exposure: Exposure,
}

/// Sorted by resource.
const ATTACHMENTS: &[Attachment] = &[
    internal("AWS::AppSync::DataSource", &["LambdaConfig", "LambdaFunctionArn"], "other", ""),
    internal("AWS::Cognito::UserPool", &["LambdaConfig", "*"], "other", ""),
    public("AWS::ElasticLoadBalancingV2::TargetGroup", &["Targets", "*", "Id"], "http"),
    internal("AWS::Events::Rule", &["Targets", "*", "Arn"], "event-bus", "EventPattern"),
    internal("AWS::IoT::TopicRule", &["TopicRulePayload", "Actions", "*", "Lambda", "FunctionArn"], "other", ""),
    internal("AWS::Logs::SubscriptionFilter", &["DestinationArn"], "log", "LogGroupName"),
    internal("AWS::S3::Bucket", &["NotificationConfiguration", "LambdaConfigurations", "*", "Function"], "storage", ""),
    internal("AWS::SNS::Subscription", &["Endpoint"], "topic", "TopicArn"),
    internal("AWS::SNS::Topic", &["Subscription", "*", "Endpoint"], "topic", ""),
    internal("AWS::Scheduler::Schedule", &["Target", "Arn"], "schedule", "ScheduleExpression"),
    public("AWS::Serverless::Api", &["Auth", "Authorizers", "*", "FunctionArn"], "http"),
    internal("AWS::Serverless::GraphQLApi", &["DataSources", "Lambda", "*", "FunctionArn"], "other", ""),
    public("AWS::Serverless::HttpApi", &["Auth", "Authorizers", "*", "FunctionArn"], "http"),
    public("AWS::Serverless::WebSocketApi", &["Routes", "*", "FunctionArn"], "http"),
];

const fn public(resource: &'static str, path: &'static [&'static str], kind: &'static str) -> Attachment {
    Attachment { exposure: Exposure::Public, ..internal(resource, path, kind, "") }
}

const fn internal(
    resource: &'static str,
    path: &'static [&'static str],
    kind: &'static str,
    source: &'static str,
) -> Attachment {
    Attachment { resource, path, kind, source, exposure: Exposure::Internal }
}

/// What an event source mapping reads from: by the service in the ARN, by the kind of resource, or by a property that
/// only such a mapping has.
struct Source {
    service: &'static str,
    resources: &'static [&'static str],
    properties: &'static [&'static str],
    kind: &'static str,
    poller: WiringKind,
}

const SOURCES: &[Source] = &[
    Source {
        service: "sqs",
        resources: &["AWS::SQS::Queue"],
        properties: &[],
        kind: "queue",
        poller: WiringKind::PollQueue,
    },
    Source {
        service: "kinesis",
        resources: &["AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer"],
        properties: &[],
        kind: "stream",
        poller: WiringKind::PollKinesis,
    },
    Source {
        service: "dynamodb",
        resources: &["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Serverless::SimpleTable"],
        properties: &[],
        kind: "stream",
        poller: WiringKind::PollDynamoDbStream,
    },
    Source {
        service: "kafka",
        resources: &["AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster"],
        properties: &["AmazonManagedKafkaEventSourceConfig", "SelfManagedEventSource", "Topics"],
        kind: "stream",
        poller: WiringKind::PollKafka,
    },
    Source {
        service: "rds",
        resources: &["AWS::DocDB::DBCluster"],
        properties: &["DocumentDBEventSourceConfig"],
        kind: "stream",
        poller: WiringKind::PollDocumentDb,
    },
    Source {
        service: "mq",
        resources: &["AWS::AmazonMQ::Broker"],
        properties: &["Queues"],
        kind: "queue",
        poller: WiringKind::PollMq,
    },
];

/// Who may invoke a function by a resource permission, by service principal.
const PRINCIPALS: &[(&str, &str, Exposure)] = &[
    ("alexa-appkit.amazon.com", "other", Exposure::Authenticated),
    ("apigateway.amazonaws.com", "http", Exposure::Public),
    ("elasticloadbalancing.amazonaws.com", "http", Exposure::Public),
    ("events.amazonaws.com", "event-bus", Exposure::Internal),
    ("logs.amazonaws.com", "log", Exposure::Internal),
    ("s3.amazonaws.com", "storage", Exposure::Internal),
    ("scheduler.amazonaws.com", "schedule", Exposure::Internal),
    ("sns.amazonaws.com", "topic", Exposure::Internal),
];

/// What other resources attach to a function.
#[derive(Debug, Default)]
pub(super) struct Attached {
    pub(super) triggers: Vec<Trigger>,
    pub(super) wiring: Vec<Wiring>,
}

/// Everything that the template's other resources attach to the function. `known` are the triggers it declares itself.
pub(super) fn of(function: &Declared<'_>, known: &[Trigger]) -> Attached {
    let mut attached = Attached::default();
    for resource in function.stack.resources.iter().filter(|resource| !resource.is_excluded()) {
        mapping(function, resource, &mut attached);
        attached.triggers.extend(attachments(function, resource));
        attached.triggers.extend(url(function, resource));
        attached.triggers.extend(rest_method(function, resource));
        attached.triggers.extend(http_route(function, resource));
        attached.triggers.extend(openapi(function, resource));
        if resource.kind == "AWS::Lambda::EventInvokeConfig" && names(function, resource.property("FunctionName")) {
            let destinations = resource.property("DestinationConfig");
            attached.wiring.extend(destinations.iter().flat_map(|to| wiring::outcomes(function, to)));
        }
    }
    attached.triggers.extend(permissions(function, known, &attached.triggers));
    attached
}

fn names(function: &Declared<'_>, value: Option<&Partial>) -> bool {
    value.is_some_and(|value| function.is_named_by(value))
}

fn place(function: &Declared<'_>, resource: &Resource) -> Location {
    resource.place.location(&function.stack.file)
}

fn mapping(function: &Declared<'_>, resource: &Resource, attached: &mut Attached) {
    if resource.kind != "AWS::Lambda::EventSourceMapping" || !names(function, resource.property("FunctionName")) {
        return;
    }
    let arn = resource.property("EventSourceArn").and_then(|arn| arn.texts().next()).unwrap_or_default();
    let service = arn.to_string().split(':').nth(2).map(str::to_owned);
    let behind = wiring::referenced(function, &arn);
    let source = SOURCES.iter().find(|source| {
        behind.is_some_and(|behind| source.resources.contains(&behind.kind.as_str()))
            || service.as_deref() == Some(source.service)
            || source.properties.iter().any(|name| resource.property(name).is_some())
    });
    let location = place(function, resource);
    let (kind, shown) = (source.map_or("stream", |source| source.kind), arn.to_string());
    attached.triggers.push(Trigger { kind, exposure: Exposure::Internal, source: shown, location: location.clone() });
    if let Some(source) = source {
        attached.wiring.push(Wiring { kind: source.poller, resource: Some(arn), location });
    }
    let failures = resource.property("DestinationConfig").and_then(|destinations| destinations.get("OnFailure"));
    attached.wiring.extend(failures.into_iter().flat_map(|failures| wiring::destination(function, failures)));
    let properties = resource.properties().into_iter();
    attached.wiring.extend(properties.flat_map(|properties| wiring::credentials(function, properties)));
}

fn attachments(function: &Declared<'_>, resource: &Resource) -> Vec<Trigger> {
    let rows = ATTACHMENTS.iter().filter(|row| row.resource == resource.kind);
    let mut triggers = Vec::new();
    for row in rows {
        let Some(properties) = resource.properties() else { continue };
        if !values_at(properties, row.path).into_iter().any(|value| function.is_named_by(value)) {
            continue;
        }
        // A rule without a pattern runs on a schedule.
        let schedule = resource.property("ScheduleExpression").filter(|_| row.kind == "event-bus");
        let named = schedule.or_else(|| resource.property(row.source)).map(super::events::described);
        triggers.push(Trigger {
            kind: if schedule.is_some() { "schedule" } else { row.kind },
            exposure: row.exposure,
            source: named.filter(|text| !text.is_empty()).unwrap_or_else(|| format!("${{{}}}", resource.logical_id)),
            location: place(function, resource),
        });
    }
    triggers
}

/// The values at `path`, `*` standing for every item or value.
fn values_at<'p>(value: &'p Partial, path: &[&str]) -> Vec<&'p Partial> {
    let Some((first, rest)) = path.split_first() else { return value.items_or_self().collect() };
    let next: Vec<&Partial> = match *first {
        "*" => value.items().chain(value.entries().map(|entry| &entry.value)).collect(),
        key => value.get(key).into_iter().collect(),
    };
    next.into_iter().flat_map(|value| values_at(value, rest)).collect()
}

fn url(function: &Declared<'_>, resource: &Resource) -> Option<Trigger> {
    let is_its = resource.kind == "AWS::Lambda::Url" && names(function, resource.property("TargetFunctionArn"));
    let configuration = resource.properties().filter(|_| is_its)?;
    Some(Trigger {
        kind: "http",
        exposure: api_access::of_function_url(configuration),
        source: "function URL".to_owned(),
        location: place(function, resource),
    })
}

fn rest_method(function: &Declared<'_>, resource: &Resource) -> Option<Trigger> {
    let is_its = resource.kind == "AWS::ApiGateway::Method"
        && names(function, resource.property("Integration").and_then(|integration| integration.get("Uri")));
    let properties = resource.properties().filter(|_| is_its)?;
    let api = referenced(function, properties.get("RestApiId"));
    let is_private = api.is_some_and(api_access::is_private);
    let is_limited = properties.get("ApiKeyRequired").and_then(Partial::as_bool) == Some(true)
        || api.is_some_and(api_access::has_limiting_policy);
    let method = properties.get("HttpMethod").and_then(Partial::literal).unwrap_or_else(|| "ANY".to_owned());
    let part = referenced(function, properties.get("ResourceId")).and_then(|part| part.get("PathPart")?.literal());
    Some(Trigger {
        kind: "http",
        exposure: exposure(is_private, is_limited || has_authorizer(properties)),
        source: format!("{method} /{}", part.unwrap_or_default()),
        location: place(function, resource),
    })
}

fn http_route(function: &Declared<'_>, resource: &Resource) -> Option<Trigger> {
    if resource.kind != "AWS::ApiGatewayV2::Route" {
        return None;
    }
    let target = resource.property("Target")?;
    let integration = target.texts().find_map(|text| wiring::referenced(function, &text))?;
    if !names(function, integration.property("IntegrationUri")) {
        return None;
    }
    Some(Trigger {
        kind: "http",
        exposure: exposure(false, resource.properties().is_some_and(has_authorizer)),
        source: resource.property("RouteKey").map(super::events::described).unwrap_or_default(),
        location: place(function, resource),
    })
}

fn has_authorizer(properties: &Partial) -> bool {
    let kind = properties.get("AuthorizationType");
    kind.is_some_and(|kind| kind.texts().all(|kind| kind.as_literal() != Some("NONE")))
}

fn exposure(is_private: bool, is_authenticated: bool) -> Exposure {
    match (is_private, is_authenticated) {
        (true, _) => Exposure::Internal,
        (false, true) => Exposure::Authenticated,
        (false, false) => Exposure::Public,
    }
}

/// The operations of an API's OpenAPI body that call the function.
fn openapi(function: &Declared<'_>, resource: &Resource) -> Vec<Trigger> {
    let (Some(properties), true) = (resource.properties(), resource.kind.contains("Api")) else { return Vec::new() };
    let Some(body) = properties.get("Body").or_else(|| properties.get("DefinitionBody")) else { return Vec::new() };
    let mut triggers = Vec::new();
    for path in body.get("paths").iter().flat_map(|paths| paths.entries()) {
        for operation in path.value.entries() {
            let uri = operation.value.at(&["x-amazon-apigateway-integration", "uri"]);
            if !names(function, uri) {
                continue;
            }
            let is_secured = api_access::body_secures(body, &path.name, &operation.name)
                || api_access::has_limiting_policy(properties)
                || properties.at(&["Auth", "DefaultAuthorizer"]).is_some();
            let method = match operation.name.as_str() {
                "x-amazon-apigateway-any-method" => "ANY".to_owned(),
                method => method.to_uppercase(),
            };
            triggers.push(Trigger {
                kind: "http",
                exposure: exposure(api_access::is_private(properties), is_secured),
                source: format!("{method} {}", path.name),
                location: operation.place.location(&function.stack.file),
            });
        }
    }
    triggers
}

/// The properties of the resource that `value` refers to.
fn referenced<'s>(function: &Declared<'s>, value: Option<&Partial>) -> Option<&'s Partial> {
    let text = value?.texts().next()?;
    wiring::referenced(function, &text)?.properties()
}

/// The triggers that only a resource permission tells of: those of a kind that nothing else in the template explains.
fn permissions(function: &Declared<'_>, known: &[Trigger], attached: &[Trigger]) -> Vec<Trigger> {
    let explains = |kind: &str| {
        let same = |known: &str| known == kind || (known == "schedule" && kind == "event-bus");
        known.iter().chain(attached).any(|trigger| same(trigger.kind))
    };
    let of_function = |resource: &&Resource| {
        resource.kind == "AWS::Lambda::Permission"
            && !resource.is_excluded()
            && names(function, resource.property("FunctionName"))
    };
    let permissions = function.stack.resources.iter().filter(of_function);
    permissions.map(|permission| permitted(function, permission)).filter(|trigger| !explains(trigger.kind)).collect()
}

fn permitted(function: &Declared<'_>, permission: &Resource) -> Trigger {
    let text = |name: &str| permission.property(name).and_then(|value| value.texts().next());
    let principal = text("Principal").unwrap_or_default();
    let known = PRINCIPALS.iter().find(|(name, ..)| principal.as_literal() == Some(*name));
    let is_for_url = text("FunctionUrlAuthType").is_some() || text("InvokedViaFunctionUrl").is_some();
    let (kind, exposure) = match known {
        Some((_, kind, exposure)) => (*kind, *exposure),
        None => other_principal(permission, &principal.to_string(), if is_for_url { "http" } else { "other" }),
    };
    let source = permission.property("SourceArn").map(super::events::described);
    let source = source.unwrap_or_else(|| principal.to_string());
    Trigger { kind, exposure, source, location: place(function, permission) }
}

fn other_principal(resource: &Resource, principal: &str, kind: &'static str) -> (&'static str, Exposure) {
    let is_limited = ["PrincipalOrgID", "SourceAccount", "SourceArn", "EventSourceToken"]
        .iter()
        .any(|limit| resource.property(limit).is_some());
    let is_signed = resource.property("FunctionUrlAuthType").and_then(Partial::literal).as_deref() == Some("AWS_IAM");
    match principal {
        "*" if is_limited || is_signed => (kind, Exposure::Authenticated),
        "*" => (kind, Exposure::Public),
        name if name.ends_with(".amazonaws.com") => (kind, Exposure::Internal),
        _ => (kind, Exposure::Authenticated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(ATTACHMENTS.is_sorted_by_key(|row| row.resource));
        assert!(PRINCIPALS.is_sorted_by_key(|row| row.0));
    }
}
