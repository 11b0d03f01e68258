//! What the platform does with a function's role on behalf of how it is deployed.

use deploy::formats::cloudformation::{Partial, Resource};
use model::function::{Wiring, WiringKind};
use model::{Part, SymbolicText};

use super::declared::Declared;

/// Destinations by the word that SAM uses, by the service in an ARN, and by the kind of resource.
struct DestinationType {
    word: &'static str,
    service: &'static str,
    resource: &'static str,
    kind: WiringKind,
    /// What a failure of an asynchronous call or a poll is wired as, when it is a dead-letter target.
    dead_letter: Option<WiringKind>,
}

const DESTINATION_TYPES: &[DestinationType] = &[
    DestinationType {
        word: "SQS",
        service: "sqs",
        resource: "AWS::SQS::Queue",
        kind: WiringKind::DestinationQueue,
        dead_letter: Some(WiringKind::DeadLetterQueue),
    },
    DestinationType {
        word: "SNS",
        service: "sns",
        resource: "AWS::SNS::Topic",
        kind: WiringKind::DestinationTopic,
        dead_letter: Some(WiringKind::DeadLetterTopic),
    },
    DestinationType {
        word: "Lambda",
        service: "lambda",
        resource: "AWS::Lambda::Function",
        kind: WiringKind::DestinationFunction,
        dead_letter: None,
    },
    DestinationType {
        word: "EventBridge",
        service: "events",
        resource: "AWS::Events::EventBus",
        kind: WiringKind::DestinationEventBus,
        dead_letter: None,
    },
    DestinationType {
        word: "S3",
        service: "s3",
        resource: "AWS::S3::Bucket",
        kind: WiringKind::DestinationBucket,
        dead_letter: None,
    },
    DestinationType {
        word: "S3Bucket",
        service: "s3",
        resource: "AWS::S3::Bucket",
        kind: WiringKind::DestinationBucket,
        dead_letter: None,
    },
];

/// What the function's own properties wire: logs, tracing, network, dead letters, destinations, file systems.
pub(super) fn of(function: &Declared<'_>) -> Vec<Wiring> {
    let mut wiring = vec![Wiring { kind: WiringKind::Logs, resource: None, location: function.location() }];
    if let Some(tracing) = tracing(function).filter(|mode| may_be(mode, "Active")) {
        wiring.push(at(function, tracing, WiringKind::Tracing, None));
    }
    if let Some(network) = network(function) {
        wiring.push(at(function, network, WiringKind::Vpc, None));
    }
    wiring.extend(dead_letters(function));
    let invocations = function.at(&["EventInvokeConfig", "DestinationConfig"]);
    wiring.extend(invocations.into_iter().flat_map(|destinations| outcomes(function, destinations)));
    if let Some(durable) = function.get("DurableConfig") {
        wiring.push(at(function, durable, WiringKind::Durable, None));
    }
    let systems = function.get("FileSystemConfigs").map(|systems| systems.items().collect::<Vec<_>>());
    for system in systems.unwrap_or_default() {
        let arn = system.get("Arn").and_then(|arn| arn.texts().next());
        wiring.push(at(function, system, WiringKind::FileSystem, arn));
    }
    wiring
}

/// The tracing mode; `None` when it is off.
pub(super) fn tracing<'f>(function: &'f Declared<'_>) -> Option<&'f Partial> {
    let mode = if function.kind.is_sam { function.get("Tracing") } else { function.at(&["TracingConfig", "Mode"]) };
    mode.filter(|mode| mode.texts().any(|mode| mode.as_literal() != Some("Disabled")))
}

/// Whether the text is `expected`, or not known.
fn may_be(value: &Partial, expected: &str) -> bool {
    value.texts().any(|text| text.as_literal().is_none_or(|text| text == expected))
}

/// The property that puts the function into a network.
pub(super) fn network<'f>(function: &'f Declared<'_>) -> Option<&'f Partial> {
    let network = function.get("VpcConfig")?;
    let has_subnets = network.get("SubnetIds").is_some_and(|subnets| subnets.items_or_self().next().is_some());
    (has_subnets || function.kind.is_sam).then_some(network)
}

fn dead_letters(function: &Declared<'_>) -> Option<Wiring> {
    let configured = function.get("DeadLetterQueue").or_else(|| function.get("DeadLetterConfig"))?;
    let target = configured.get("TargetArn")?;
    let kind = destination_type(function, configured.get("Type"), target)?.dead_letter?;
    Some(at(function, configured, kind, target.texts().next()))
}

/// The destinations of `OnSuccess` and `OnFailure`.
pub(super) fn outcomes(function: &Declared<'_>, destinations: &Partial) -> Vec<Wiring> {
    let outcomes = ["OnSuccess", "OnFailure"].into_iter().filter_map(|outcome| destinations.get(outcome));
    outcomes.flat_map(|outcome| destination(function, outcome)).collect()
}

/// One destination: `{Type, Destination}`.
pub(super) fn destination(function: &Declared<'_>, outcome: &Partial) -> Vec<Wiring> {
    let target = outcome.get("Destination").unwrap_or(outcome);
    let Some(found) = destination_type(function, outcome.get("Type"), target) else { return Vec::new() };
    let arn = outcome.get("Destination").and_then(|target| target.texts().next());
    let mut wiring = vec![at(function, outcome, found.kind, arn.clone())];
    if found.kind == WiringKind::DestinationBucket {
        let objects = arn.map(|mut arn| {
            arn.push(Part::Literal("/*".to_owned()));
            arn
        });
        wiring.push(at(function, outcome, WiringKind::DestinationObjects, objects));
    }
    wiring
}

/// Access configurations of an event source that name a secret. Sorted.
pub(super) const SECRET_CONFIGURATIONS: [&str; 5] = [
    "BASIC_AUTH",
    "CLIENT_CERTIFICATE_TLS_AUTH",
    "SASL_SCRAM_256_AUTH",
    "SASL_SCRAM_512_AUTH",
    "SERVER_ROOT_CA_CERTIFICATE",
];

/// The secrets, and their key, with which the source that `properties` describe is polled.
pub(super) fn credentials(function: &Declared<'_>, properties: &Partial) -> Vec<Wiring> {
    let configured = properties.get("SourceAccessConfigurations");
    let mut wiring = Vec::new();
    for item in configured.iter().flat_map(|configured| configured.items()) {
        let kind = item.get("Type").and_then(Partial::literal).unwrap_or_default();
        if SECRET_CONFIGURATIONS.contains(&kind.as_str()) {
            let secret = item.get("URI").and_then(|uri| uri.texts().next());
            wiring.push(at(function, item, WiringKind::SourceSecret, secret));
        }
    }
    if let Some(key) = properties.get("SecretsManagerKmsKeyId") {
        let arn = key.texts().next().map(|id| {
            let mut arn = SymbolicText::parse_sub("arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/");
            arn.append(id);
            arn
        });
        wiring.push(at(function, key, WiringKind::SourceKey, arn));
    }
    wiring
}

fn destination_type(
    function: &Declared<'_>,
    word: Option<&Partial>,
    target: &Partial,
) -> Option<&'static DestinationType> {
    let word = word.and_then(Partial::literal);
    let text = target.texts().next().unwrap_or_default();
    let service = text.to_string().split(':').nth(2).map(str::to_owned);
    let resource = referenced(function, &text).map(|resource| resource.kind.replace("Serverless", "Lambda"));
    DESTINATION_TYPES.iter().find(|kind| {
        word.as_deref() == Some(kind.word)
            || (word.is_none()
                && (resource.as_deref() == Some(kind.resource) || service.as_deref() == Some(kind.service)))
    })
}

/// The resource that the first reference of `text` names.
pub(super) fn referenced<'s>(function: &Declared<'s>, text: &SymbolicText) -> Option<&'s Resource> {
    text.parts().iter().find_map(|part| match part {
        Part::Reference(name) => function.stack.resource(name.split('.').next().unwrap_or_default()),
        _ => None,
    })
}

fn at(function: &Declared<'_>, value: &Partial, kind: WiringKind, resource: Option<SymbolicText>) -> Wiring {
    Wiring { kind, resource, location: function.location_of(value) }
}
