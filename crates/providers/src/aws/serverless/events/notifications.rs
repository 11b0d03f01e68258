//! Events that other services send.

use super::{EventKind, INTERNAL, described};

pub(super) const ALEXA_SKILL: EventKind = EventKind { name: "alexaSkill", ..INTERNAL };

pub(super) const ALEXA_SMART_HOME: EventKind = EventKind { name: "alexaSmartHome", ..INTERNAL };

pub(super) const CLOUD_WATCH_EVENT: EventKind = EventKind {
    name: "cloudwatchEvent",
    trigger: "event-bus",
    source: |event| {
        let sources = event.get("event").and_then(|pattern| pattern.get("source"));
        let sources: Vec<_> = sources.into_iter().flat_map(|sources| sources.items_or_self()).collect();
        let texts = sources.iter().flat_map(|source| source.texts()).map(|text| text.to_string());
        let joined = texts.collect::<Vec<_>>().join(", ");
        if joined.is_empty() { event.kind.to_owned() } else { joined }
    },
    ..INTERNAL
};

pub(super) const CLOUD_WATCH_LOG: EventKind =
    EventKind { name: "cloudwatchLog", trigger: "log", source: |event| described(event, &["logGroup"]), ..INTERNAL };

pub(super) const COGNITO_USER_POOL: EventKind =
    EventKind { name: "cognitoUserPool", source: |event| described(event, &["pool"]), ..INTERNAL };

pub(super) const EVENT_BRIDGE: EventKind = EventKind {
    name: "eventBridge",
    trigger: "event-bus",
    source: |event| described(event, &["schedule", "eventBus"]),
    ..INTERNAL
};

pub(super) const IOT: EventKind =
    EventKind { name: "iot", source: |event| described(event, &["sql", "name"]), ..INTERNAL };

pub(super) const IOT_FLEET_PROVISIONING: EventKind =
    EventKind { name: "iotFleetProvisioning", source: |event| described(event, &["templateName"]), ..INTERNAL };

pub(super) const S3: EventKind =
    EventKind { name: "s3", trigger: "storage", source: |event| described(event, &["bucket"]), ..INTERNAL };

pub(super) const SCHEDULE: EventKind = EventKind {
    name: "schedule",
    trigger: "schedule",
    source: |event| {
        let rates: Vec<_> = event.get("rate").into_iter().flat_map(|rate| rate.items_or_self()).collect();
        let texts = rates.iter().flat_map(|rate| rate.texts()).map(|text| text.to_string());
        let joined = texts.collect::<Vec<_>>().join(", ");
        if joined.is_empty() { described(event, &[]) } else { joined }
    },
    ..INTERNAL
};

pub(super) const SNS: EventKind =
    EventKind { name: "sns", trigger: "topic", source: |event| described(event, &["arn", "topicName"]), ..INTERNAL };
