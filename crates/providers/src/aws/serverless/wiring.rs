//! What the platform does with a function's role: logs, traces, network, dead letters, destinations, files.

use deploy::formats::cloudformation::{Partial, PartialValue};
use model::SymbolicText;
use model::function::{Wiring, WiringKind};

use super::declared::{Declared, Entity, is_on};
use super::events;
use super::grants::{arns, around, local_arn};

/// Everything that is wired to the function, the events that poll included.
pub(super) fn of(declared: &Declared<'_>, entity: &Entity<'_>) -> Vec<Wiring> {
    let at_function = |kind, resource| Wiring { kind, resource, location: entity.location.clone() };
    let mut wirings = Vec::new();
    if !entity.is_set("disableLogs") {
        wirings.push(at_function(WiringKind::Logs, Some(log_group(&declared.name(entity), ":*"))));
    }
    if tracing(declared, entity).is_some() {
        wirings.push(at_function(WiringKind::Tracing, None));
    }
    if is_in_network(declared, entity) {
        wirings.push(at_function(WiringKind::Vpc, None));
    }
    wirings.extend(entity.get("onError").into_iter().flat_map(|target| dead_letters(declared, target)));
    wirings.extend(destinations(entity).flat_map(|target| destination(declared, target)));
    wirings.extend(file_system(entity).map(|(arn, value)| Wiring {
        kind: WiringKind::FileSystem,
        resource: Some(arn),
        location: declared.location_of(value),
    }));
    wirings.extend(events::wiring(declared, entity));
    wirings
}

/// The ARN of the log group of the function `name`.
pub(super) fn log_group(name: &SymbolicText, suffix: &str) -> SymbolicText {
    local_arn("logs", &around("log-group:/aws/lambda/", name, suffix))
}

/// The setting that has the function traced.
pub(super) fn tracing<'d>(declared: &'d Declared<'_>, entity: &'d Entity<'_>) -> Option<&'d Partial> {
    entity.get("tracing").filter(|own| is_on(own)).or_else(|| {
        let provider = declared.at(&["provider", "tracing", "lambda"]);
        provider.filter(|provider| is_on(provider))
    })
}

/// Whether the function, or else the provider, puts it into a network; `vpc: ~` takes a function out.
pub(super) fn is_in_network(declared: &Declared<'_>, entity: &Entity<'_>) -> bool {
    if declares_network(entity) && entity.get("vpc").is_none_or(|vpc| !is_on(vpc)) {
        return false;
    }
    let has = |key: &str| {
        let own = entity.at(&["vpc", key]);
        own.or_else(|| declared.at(&["provider", "vpc", key])).is_some()
    };
    // A network that is known only at deployment is one.
    let is_unknown =
        [entity.get("vpc"), declared.at(&["provider", "vpc"])].into_iter().flatten().any(|vpc| vpc.text().is_some());
    (has("securityGroupIds") && has("subnetIds")) || is_unknown
}

/// Whether the function says anything of its network, be it `null`.
pub(super) fn declares_network(entity: &Entity<'_>) -> bool {
    match &entity.body.value {
        PartialValue::Mapping(entries) => entries.iter().any(|entry| entry.name == "vpc"),
        _ => false,
    }
}

/// The file system's ARN and where it is given.
pub(super) fn file_system<'e>(entity: &'e Entity<'_>) -> Option<(SymbolicText, &'e Partial)> {
    let arn = entity.at(&["fileSystemConfig", "arn"])?;
    Some((arn.texts().next()?, arn))
}

/// Where results of asynchronous calls go.
pub(super) fn destinations<'e>(entity: &'e Entity<'_>) -> impl Iterator<Item = &'e Partial> {
    ["onSuccess", "onFailure"].into_iter().filter_map(|key| entity.at(&["destinations", key]))
}

fn dead_letters(declared: &Declared<'_>, target: &Partial) -> Vec<Wiring> {
    let location = declared.location_of(target);
    let wiring = |arn: SymbolicText| {
        let kind = match service_of(declared, &arn).as_str() {
            "sqs" => WiringKind::DeadLetterQueue,
            _ => WiringKind::DeadLetterTopic,
        };
        Wiring { kind, resource: Some(arn), location: location.clone() }
    };
    arns(target).map(wiring).collect()
}

/// The wiring of a destination: of one that is named by its function, by ARN, or by type and ARN.
pub(super) fn destination(declared: &Declared<'_>, target: &Partial) -> Vec<Wiring> {
    let location = declared.location_of(target);
    let stated = target.get("type").and_then(Partial::literal);
    let wiring = |arn: SymbolicText| {
        let arn = function_arn(declared, &arn).unwrap_or(arn);
        let kind = match stated.clone().unwrap_or_else(|| service_of(declared, &arn)).as_str() {
            "sqs" => WiringKind::DestinationQueue,
            "sns" => WiringKind::DestinationTopic,
            "events" | "eventBus" => WiringKind::DestinationEventBus,
            _ => WiringKind::DestinationFunction,
        };
        Wiring { kind, resource: Some(arn), location: location.clone() }
    };
    arns(target).map(wiring).collect()
}

/// The ARN of the service's function of which `text` is the key.
fn function_arn(declared: &Declared<'_>, text: &SymbolicText) -> Option<SymbolicText> {
    let key = text.as_literal()?;
    let function = declared.functions().into_iter().find(|function| function.key == key)?;
    Some(local_arn("lambda", &around("function:", &declared.name(&function), "")))
}

/// The service of an ARN, or of the resource that a reference names: `sqs`.
fn service_of(declared: &Declared<'_>, arn: &SymbolicText) -> String {
    if let Some(reference) = arn.as_reference() {
        let logical_id = reference.split('.').next().unwrap_or_default();
        let kind = declared.stack.resource(logical_id).map(|resource| resource.kind.to_ascii_lowercase());
        return kind.unwrap_or_default().split("::").nth(1).unwrap_or_default().to_owned();
    }
    arn.to_string().split(':').nth(2).unwrap_or_default().to_owned()
}
