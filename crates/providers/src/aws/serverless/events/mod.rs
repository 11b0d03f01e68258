//! What starts a function, and what the framework does about it: one row per kind of event.

mod http;
mod notifications;
mod polling;

use deploy::formats::cloudformation::Partial;
use model::function::{Exposure, Trigger, Wiring};
use model::{Gap, Hidden, Location};

use super::declared::{Declared, Entity};
use super::grants::Grants;

/// One event of a function.
pub(super) struct Event<'a> {
    pub(super) kind: &'a str,
    /// What is written under the kind; `None` for an event that is only named.
    pub(super) body: Option<&'a Partial>,
    pub(super) location: Location,
}

/// A kind of event.
struct EventKind {
    name: &'static str,
    /// The trigger's kind in the report.
    trigger: &'static str,
    exposure: fn(&Declared<'_>, &Event<'_>) -> Exposure,
    source: fn(&Event<'_>) -> String,
    /// What the framework grants the function's role for it.
    grants: fn(&Event<'_>, &mut Grants),
    wiring: fn(&Declared<'_>, &Event<'_>) -> Vec<Wiring>,
}

/// A kind that nothing can reach but the service behind it, for which nothing is granted.
const INTERNAL: EventKind = EventKind {
    name: "",
    trigger: "other",
    exposure: |_, _| Exposure::Internal,
    source: |event| described(event, &[]),
    grants: |_, _| {},
    wiring: |_, _| Vec::new(),
};

/// Sorted by name.
const KINDS: &[EventKind] = &[
    polling::ACTIVE_MQ,
    http::ALB,
    notifications::ALEXA_SKILL,
    notifications::ALEXA_SMART_HOME,
    http::CLOUD_FRONT,
    notifications::CLOUD_WATCH_EVENT,
    notifications::CLOUD_WATCH_LOG,
    notifications::COGNITO_USER_POOL,
    notifications::EVENT_BRIDGE,
    http::HTTP,
    http::HTTP_API,
    notifications::IOT,
    notifications::IOT_FLEET_PROVISIONING,
    polling::KAFKA,
    polling::MSK,
    polling::RABBIT_MQ,
    notifications::S3,
    notifications::SCHEDULE,
    notifications::SNS,
    polling::SQS,
    polling::STREAM,
    http::WEBSOCKET,
];

/// The triggers of a function, in the order they are written; its own URL last.
pub(super) fn triggers(declared: &Declared<'_>, entity: &Entity<'_>, gaps: &mut Vec<Gap>) -> Vec<Trigger> {
    gaps.extend(unreadable(declared, entity));
    let mut triggers = Vec::new();
    for event in of(declared, entity) {
        let kind = kind(event.kind).unwrap_or(&INTERNAL);
        if kind.name.is_empty() {
            let why = format!(
                "event `{}` is none of the framework's; what it starts the function by is not known",
                event.kind
            );
            gaps.push(Gap::new(event.location.clone(), why, &[Hidden::Configuration]));
        }
        triggers.push(Trigger {
            kind: kind.trigger,
            exposure: (kind.exposure)(declared, &event),
            source: (kind.source)(&event),
            location: event.location.clone(),
        });
    }
    triggers.extend(http::function_url(declared, entity));
    triggers
}

/// Adds what the framework grants for the function's events.
pub(super) fn grant(declared: &Declared<'_>, entity: &Entity<'_>, grants: &mut Grants) {
    for event in of(declared, entity) {
        if let Some(kind) = kind(event.kind) {
            (kind.grants)(&event, grants);
        }
    }
}

/// As [`grant`], for events of some kinds.
pub(super) fn grant_some(declared: &Declared<'_>, entity: &Entity<'_>, kinds: &[&str], grants: &mut Grants) {
    for event in of(declared, entity).iter().filter(|event| kinds.contains(&event.kind)) {
        if let Some(kind) = kind(event.kind) {
            (kind.grants)(event, grants);
        }
    }
}

/// What the platform does with the function's role for its events.
pub(super) fn wiring(declared: &Declared<'_>, entity: &Entity<'_>) -> Vec<Wiring> {
    let events = of(declared, entity);
    events.iter().filter_map(|event| Some((kind(event.kind)?.wiring)(declared, event))).flatten().collect()
}

/// The events of a function, in the order they are written.
pub(super) fn of<'e>(declared: &Declared<'_>, entity: &'e Entity<'_>) -> Vec<Event<'e>> {
    let listed = entity.get("events").into_iter().flat_map(Partial::items_or_self);
    listed.flat_map(|item| events_of_item(declared, item)).collect()
}

fn events_of_item<'e>(declared: &Declared<'_>, item: &'e Partial) -> Vec<Event<'e>> {
    let file = &declared.service.file;
    if let deploy::formats::cloudformation::PartialValue::Text(text) = &item.value {
        let kind = text.as_literal();
        return kind.map(|kind| Event { kind, body: None, location: item.location(file) }).into_iter().collect();
    }
    let event = |entry: &'e deploy::formats::cloudformation::Entry| Event {
        kind: &entry.name,
        body: Some(&entry.value),
        location: entry.place.location(file),
    };
    item.entries().map(event).collect()
}

/// The gap for events that are not known before deployment.
fn unreadable(declared: &Declared<'_>, entity: &Entity<'_>) -> Option<Gap> {
    let events = entity.get("events")?;
    let unknown = events.items_or_self().find(|item| item.texts().any(|text| text.as_literal().is_none()))?;
    let text = unknown.texts().next()?;
    let why = format!("the events are `{text}`, which is not known before deployment");
    Some(declared.gap(unknown, why, &[Hidden::Configuration, Hidden::Permissions]))
}

fn kind(name: &str) -> Option<&'static EventKind> {
    KINDS.binary_search_by(|kind| kind.name.cmp(name)).ok().and_then(|at| KINDS.get(at))
}

impl Event<'_> {
    fn get(&self, key: &str) -> Option<&Partial> {
        self.body?.get(key)
    }

    fn text(&self, key: &str) -> Option<String> {
        self.get(key)?.texts().next().map(|text| text.to_string())
    }
}

/// The event in words: the first of `keys` that it has, or what is written of it, or its kind.
fn described(event: &Event<'_>, keys: &[&str]) -> String {
    let named = keys.iter().find_map(|key| event.text(key));
    let whole = || event.body.and_then(|body| body.texts().next()).map(|text| text.to_string());
    named.or_else(whole).unwrap_or_else(|| event.kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_sorted_and_unique() {
        assert!(KINDS.is_sorted_by(|before, after| before.name < after.name));
    }
}
