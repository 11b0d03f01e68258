//! The `Events` of a SAM function: what starts it, what the platform polls for it, and what SAM grants for that.
//!
//! Source: the event sources of the SAM transform 2016-10-31 (`aws-sam-translator` 1.115, Apache-2.0).

use deploy::formats::cloudformation::{Entry, Partial};
use model::function::{Exposure, Trigger, Wiring, WiringKind};
use model::{Gap, Hidden};

use super::declared::Declared;
use super::{api_access, wiring};
use deploy::Project;

/// One type of event source.
pub(super) struct EventType {
    /// `Type` of the event.
    pub(super) name: &'static str,
    /// Kind of the trigger.
    kind: &'static str,
    /// Properties that name what stands behind it, the best first.
    sources: &'static [&'static str],
    exposure: fn(&Event<'_>) -> Exposure,
    /// What the platform polls with the function's role.
    poller: Option<WiringKind>,
    /// The managed policy that SAM attaches to the role it generates.
    pub(super) managed_policy: Option<&'static str>,
}

/// One event of a function.
pub(super) struct Event<'e> {
    pub(super) function: &'e Declared<'e>,
    pub(super) project: &'e dyn Project,
    pub(super) name: &'e str,
    pub(super) kind: &'static EventType,
    pub(super) declared: &'e Entry,
}

const fn pushed(name: &'static str, kind: &'static str, sources: &'static [&'static str]) -> EventType {
    EventType { name, kind, sources, exposure: |_| Exposure::Internal, poller: None, managed_policy: None }
}

const fn polled(
    name: &'static str,
    kind: &'static str,
    sources: &'static [&'static str],
    poller: WiringKind,
    managed_policy: Option<&'static str>,
) -> EventType {
    EventType { name, kind, sources, exposure: |_| Exposure::Internal, poller: Some(poller), managed_policy }
}

/// Sorted by name.
pub(super) const EVENT_TYPES: &[EventType] = &[
    EventType { exposure: alexa, ..pushed("AlexaSkill", "other", &["SkillId"]) },
    EventType { exposure: api_access::of_rest_event, ..pushed("Api", "http", &[]) },
    pushed("CloudWatchEvent", "event-bus", &["EventBusName", "Pattern"]),
    pushed("CloudWatchLogs", "log", &["LogGroupName"]),
    pushed("Cognito", "other", &["UserPool"]),
    polled("DocumentDB", "stream", &["Cluster"], WiringKind::PollDocumentDb, None),
    polled("DynamoDB", "stream", &["Stream"], WiringKind::PollDynamoDbStream, Some("AWSLambdaDynamoDBExecutionRole")),
    pushed("EventBridgeRule", "event-bus", &["EventBusName", "Pattern"]),
    EventType { exposure: api_access::of_http_event, ..pushed("HttpApi", "http", &[]) },
    pushed("IoTRule", "other", &["Sql"]),
    polled("Kinesis", "stream", &["Stream"], WiringKind::PollKinesis, Some("AWSLambdaKinesisExecutionRole")),
    polled("MQ", "queue", &["Broker"], WiringKind::PollMq, None),
    polled("MSK", "stream", &["Stream"], WiringKind::PollKafka, Some("AWSLambdaMSKExecutionRole")),
    pushed("S3", "storage", &["Bucket"]),
    pushed("SNS", "topic", &["Topic"]),
    polled("SQS", "queue", &["Queue"], WiringKind::PollQueue, Some("AWSLambdaSQSQueueExecutionRole")),
    pushed("Schedule", "schedule", &["Schedule"]),
    pushed("ScheduleV2", "schedule", &["ScheduleExpression"]),
    polled("SelfManagedKafka", "stream", &["KafkaBootstrapServers"], WiringKind::PollKafka, None),
];

/// The events of a function, of the types that are known; the others become gaps.
pub(super) fn of<'e>(function: &'e Declared<'e>, project: &'e dyn Project, gaps: &mut Vec<Gap>) -> Vec<Event<'e>> {
    let entries = function.get("Events").filter(|_| function.kind.is_sam);
    let mut events = Vec::new();
    for declared in entries.map(|events| events.entries().collect::<Vec<_>>()).unwrap_or_default() {
        let name = declared.name.as_str();
        let written = declared.value.get("Type").and_then(Partial::literal).unwrap_or_default();
        match EVENT_TYPES.iter().find(|kind| kind.name == written) {
            Some(kind) => events.push(Event { function, project, name, kind, declared }),
            None => gaps.push(function.gap(
                &declared.value,
                format!(
                    "event `{name}` has type `{written}`, which is not known; what it grants and exposes is not seen"
                ),
                &[Hidden::Configuration, Hidden::Permissions],
            )),
        }
    }
    events
}

impl Event<'_> {
    pub(super) fn property(&self, name: &str) -> Option<&Partial> {
        self.declared.value.at(&["Properties", name])
    }

    pub(super) fn trigger(&self) -> Trigger {
        Trigger {
            kind: self.kind.kind,
            exposure: (self.kind.exposure)(self),
            source: self.source(),
            location: self.declared.place.location(&self.function.stack.file),
        }
    }

    /// What the platform does with the function's role for this event.
    pub(super) fn wiring(&self) -> Vec<Wiring> {
        let location = self.declared.place.location(&self.function.stack.file);
        let source = self.kind.sources.iter().find_map(|name| self.property(name));
        let mut wiring: Vec<Wiring> = self
            .kind
            .poller
            .map(|kind| Wiring { kind, resource: source.and_then(|source| source.texts().next()), location })
            .into_iter()
            .collect();
        let failures = self.declared.value.at(&["Properties", "DestinationConfig", "OnFailure"]);
        wiring.extend(failures.into_iter().flat_map(|failures| wiring::destination(self.function, failures)));
        let properties = self.declared.value.get("Properties").filter(|_| self.kind.poller.is_some());
        wiring.extend(properties.into_iter().flat_map(|properties| wiring::credentials(self.function, properties)));
        wiring
    }

    fn source(&self) -> String {
        if self.kind.kind == "http" {
            return self.route();
        }
        let named = self.kind.sources.iter().find_map(|name| self.property(name));
        named.map_or_else(|| self.name.to_owned(), described)
    }

    fn route(&self) -> String {
        let text = |name| self.property(name).and_then(|value| value.texts().next()).map(|text| text.to_string());
        match (text("Method"), text("Path")) {
            (Some(method), Some(path)) => format!("{} {path}", method.to_uppercase()),
            (None, Some(path)) => format!("ANY {path}"),
            _ => "$default".to_owned(),
        }
    }
}

/// A source in one line: its text, or the sources that an event pattern names.
pub(super) fn described(value: &Partial) -> String {
    let mut texts = value.items_or_self().filter_map(Partial::text).map(|text| text.to_string());
    if let Some(text) = texts.next() {
        return text.lines().next().unwrap_or_default().to_owned();
    }
    let named = ["source", "detail-type"].iter().find_map(|key| value.get(key));
    let names = named.map(|named| named.items_or_self().filter_map(Partial::text).map(|text| text.to_string()));
    names.map(|names| names.collect::<Vec<_>>().join(", ")).unwrap_or_default()
}

/// Anyone's skill may call a function that names none.
fn alexa(event: &Event<'_>) -> Exposure {
    if event.property("SkillId").is_some() { Exposure::Authenticated } else { Exposure::Public }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_types_are_sorted() {
        assert!(EVENT_TYPES.is_sorted_by_key(|kind| kind.name));
    }
}
