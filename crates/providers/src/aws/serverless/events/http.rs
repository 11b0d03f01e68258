//! Events that come over HTTP.

use deploy::formats::cloudformation::Partial;
use model::function::{Exposure, Trigger};

use super::super::declared::{Declared, Entity, is_on};
use super::{Event, EventKind, INTERNAL, described, of};

pub(super) const HTTP: EventKind = EventKind {
    name: "http",
    trigger: "http",
    exposure: |declared, event| match declared.text_at(&["provider", "endpointType"]) {
        Some(kind) if kind.eq_ignore_ascii_case("PRIVATE") => Exposure::Internal,
        _ if event.get("private").is_some_and(is_on) => Exposure::Authenticated,
        _ => by_authorizer(event),
    },
    source: route,
    ..INTERNAL
};

pub(super) const HTTP_API: EventKind = EventKind {
    name: "httpApi",
    trigger: "http",
    exposure: |_, event| by_authorizer(event),
    source: route,
    ..INTERNAL
};

pub(super) const ALB: EventKind = EventKind {
    name: "alb",
    trigger: "http",
    exposure: |_, event| by_authorizer(event),
    source: |event| described(event, &["listenerArn"]),
    ..INTERNAL
};

pub(super) const CLOUD_FRONT: EventKind = EventKind {
    name: "cloudFront",
    trigger: "http",
    exposure: |_, _| Exposure::Public,
    source: |event| format!("CloudFront {}", described(event, &["eventType"])),
    // Lambda@Edge logs in the region nearest to the viewer.
    grants: |event, grants| {
        let actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:TagResource"];
        grants.allow(&actions, ["arn:aws:logs:*:*:*".into()], &event.location);
    },
    ..INTERNAL
};

pub(super) const WEBSOCKET: EventKind = EventKind {
    name: "websocket",
    trigger: "http",
    exposure: websocket_exposure,
    source: |event| format!("websocket {}", described(event, &["route"])),
    grants: |event, grants| {
        let connections = "arn:aws:execute-api:*:*:*/@connections/*".into();
        grants.allow(&["execute-api:ManageConnections"], [connections], &event.location);
    },
    ..INTERNAL
};

/// The trigger of a function's own URL.
pub(super) fn function_url(declared: &Declared<'_>, entity: &Entity<'_>) -> Option<Trigger> {
    let url = entity.get("url").filter(|url| is_on(url))?;
    let is_iam = url.get("authorizer").and_then(Partial::literal).is_some_and(|name| name == "aws_iam");
    let exposure = if is_iam { Exposure::Authenticated } else { Exposure::Public };
    Some(Trigger { kind: "http", exposure, source: "function URL".to_owned(), location: declared.location_of(url) })
}

fn by_authorizer(event: &Event<'_>) -> Exposure {
    let is_none = |name: String| name.eq_ignore_ascii_case("none");
    match event.get("authorizer") {
        Some(authorizer) if is_on(authorizer) && !authorizer.literal().is_some_and(is_none) => Exposure::Authenticated,
        _ => Exposure::Public,
    }
}

/// Who has connected is authorized once, by the `$connect` route of the service's one websocket API.
fn websocket_exposure(declared: &Declared<'_>, _: &Event<'_>) -> Exposure {
    let functions = declared.functions();
    let is_guarded = functions.iter().flat_map(|function| of(declared, function)).any(|event| {
        event.kind == "websocket"
            && event.text("route").is_some_and(|route| route == "$connect")
            && event.get("authorizer").is_some_and(is_on)
    });
    if is_guarded { Exposure::Authenticated } else { Exposure::Public }
}

/// `GET /orders`; `$default` for every request.
fn route(event: &Event<'_>) -> String {
    let written = described(event, &[]);
    let (method, path) = match (event.text("method"), event.text("path")) {
        (None, None) => match written.trim().split_once(char::is_whitespace) {
            Some((method, path)) => (method.to_owned(), path.trim().to_owned()),
            None => ("*".to_owned(), written.trim().to_owned()),
        },
        (method, path) => (method.unwrap_or_else(|| "*".to_owned()), path.unwrap_or_else(|| "*".to_owned())),
    };
    if path == "*" {
        return "$default".to_owned();
    }
    let method = if method == "*" { "ANY".to_owned() } else { method.to_uppercase() };
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{method} {slash}{path}")
}
