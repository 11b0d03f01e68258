//! Who may call a function through an API of SAM or API Gateway.
//!
//! Source: the `Auth` of SAM's `Api` and `HttpApi`, OpenAPI 2 and 3 `security`.
//! A caller who must show an authorizer, a signature or an API key is authenticated; a resource policy counts as such. Of
//! several possible answers the most exposed one is given.

use deploy::formats::cloudformation::{self, Partial, PartialValue};
use deploy::project::{folder_of, join};
use deploy::{Node, decode};
use model::function::Exposure;

use super::declared::Declared;
use super::events::Event;
use super::globals;

/// One kind of API.
struct ApiKind {
    /// Property of the event that names the API.
    reference: &'static str,
    resource: &'static str,
    /// Section of `Globals`, which alone describes the API that SAM makes when none is named.
    globals: &'static str,
}

const REST: ApiKind = ApiKind { reference: "RestApiId", resource: "AWS::Serverless::Api", globals: "Api" };
const HTTP: ApiKind = ApiKind { reference: "ApiId", resource: "AWS::Serverless::HttpApi", globals: "HttpApi" };

pub(super) fn of_rest_event(event: &Event<'_>) -> Exposure {
    of_event(event, &REST)
}

pub(super) fn of_http_event(event: &Event<'_>) -> Exposure {
    of_event(event, &HTTP)
}

fn of_event(event: &Event<'_>, kind: &ApiKind) -> Exposure {
    let api = api_properties(event, kind);
    if is_private(&api) {
        return Exposure::Internal;
    }
    let own = event.property("Auth");
    if let Some(authorizer) = own.and_then(|auth| auth.get("Authorizer")) {
        let is_open = authorizer.texts().any(|name| name.as_literal() == Some("NONE")) || may_be_absent(authorizer);
        return if is_open { without_authorizer(own, &api) } else { Exposure::Authenticated };
    }
    if api.at(&["Auth", "DefaultAuthorizer"]).is_some_and(|authorizer| !may_be_absent(authorizer)) {
        return Exposure::Authenticated;
    }
    if definition_secures(event, &api) {
        return Exposure::Authenticated;
    }
    without_authorizer(own, &api)
}

/// The properties of the API that the event belongs to, `Globals` included.
fn api_properties(event: &Event<'_>, kind: &ApiKind) -> Partial {
    let stack = event.function.stack;
    let named = event.property(kind.reference).and_then(Partial::as_reference);
    let resource = named.and_then(|name| stack.resource(&name));
    match resource {
        Some(resource) if resource.kind == kind.resource => Some(globals::merged(stack, kind.globals, resource)),
        Some(resource) => resource.properties().cloned(),
        None => stack.globals.get(kind.globals).cloned(),
    }
    .unwrap_or_else(|| Partial::new(PartialValue::Null, event.declared.place.clone()))
}

/// Without an authorizer, an API key or a resource policy may still be asked for.
fn without_authorizer(own: Option<&Partial>, api: &Partial) -> Exposure {
    let flag = |auth: Option<&Partial>| auth.and_then(|auth| auth.get("ApiKeyRequired")).and_then(Partial::as_bool);
    let needs_key = flag(own).or_else(|| flag(api.get("Auth"))).unwrap_or(false);
    let own_policy = own.and_then(|auth| auth.get("ResourcePolicy"));
    let is_limited = own_policy.is_some_and(policy_limits) || has_limiting_policy(api);
    if needs_key || is_limited { Exposure::Authenticated } else { Exposure::Public }
}

/// Whether a policy of the API itself keeps callers out.
pub(super) fn has_limiting_policy(api: &Partial) -> bool {
    let paths: [&[&str]; 4] = [
        &["Auth", "ResourcePolicy"],
        &["Policy"],
        &["Body", "x-amazon-apigateway-policy"],
        &["DefinitionBody", "x-amazon-apigateway-policy"],
    ];
    paths.iter().filter_map(|path| api.at(path)).any(policy_limits)
}

/// Condition keys that say nothing of who calls.
const HARMLESS_KEYS: [&str; 5] =
    ["aws:currenttime", "aws:epochtime", "aws:referer", "aws:securetransport", "aws:useragent"];

/// Whether a resource policy, SAM's or IAM's, lets in less than everyone. Lists of who is kept out (`…Blacklist`) leave
/// everyone else in.
fn policy_limits(policy: &Partial) -> bool {
    if policy.entries().any(|entry| entry.name.ends_with("Whitelist")) {
        return true;
    }
    let statements = policy.get("CustomStatements").or_else(|| policy.get("Statement"));
    let statements: Vec<_> = statements.map(|statements| statements.items_or_self().collect()).unwrap_or_default();
    let admits_all = statements.iter().any(|statement| is_effect(statement, "Allow") && !asks_who(statement));
    let keeps_out = statements.iter().any(|statement| is_effect(statement, "Deny") && spares_some(statement));
    !statements.is_empty() && (!admits_all || keeps_out)
}

fn is_effect(statement: &Partial, effect: &str) -> bool {
    statement.get("Effect").and_then(Partial::literal).as_deref() == Some(effect)
}

fn asks_who(statement: &Partial) -> bool {
    let principal = statement.get("Principal");
    let principals = principal.map(|principal| principal.get("AWS").unwrap_or(principal));
    let is_anyone = principals
        .is_some_and(|principals| principals.items_or_self().any(|name| name.literal().as_deref() == Some("*")));
    !is_anyone || has_caller_condition(statement)
}

fn has_caller_condition(statement: &Partial) -> bool {
    conditions(statement).any(|(_, key)| is_about_callers(&key))
}

/// Whether a denial hits all but some callers (`NotIpAddress`), and not only some of them.
fn spares_some(statement: &Partial) -> bool {
    conditions(statement).any(|(operator, key)| operator.contains("Not") && is_about_callers(&key))
}

fn is_about_callers(key: &str) -> bool {
    !HARMLESS_KEYS.contains(&key.to_ascii_lowercase().as_str())
}

/// The operators and keys of a statement's conditions.
fn conditions(statement: &Partial) -> impl Iterator<Item = (String, String)> {
    let operators = statement.get("Condition").map(|condition| condition.entries().collect::<Vec<_>>());
    operators.unwrap_or_default().into_iter().flat_map(|operator| {
        operator.value.entries().map(|key| (operator.name.clone(), key.name.clone())).collect::<Vec<_>>()
    })
}

/// Whether the API is only reachable from inside a network.
pub(super) fn is_private(api: &Partial) -> bool {
    let configuration = api.get("EndpointConfiguration");
    let types =
        configuration.and_then(|configuration| configuration.get("Types").or_else(|| configuration.get("Type")));
    types.or(configuration).is_some_and(|types| {
        let types: Vec<_> = types.items_or_self().filter_map(Partial::literal).collect();
        !types.is_empty() && types.iter().all(|kind| kind == "PRIVATE")
    })
}

fn may_be_absent(value: &Partial) -> bool {
    matches!(&value.value, PartialValue::OneOf(values) if values.iter().any(Partial::is_absent))
}

/// Whether the OpenAPI document of the API asks the event's operation for a security scheme.
fn definition_secures(event: &Event<'_>, api: &Partial) -> bool {
    let path = event.property("Path").and_then(Partial::literal).unwrap_or_default();
    let method = event.property("Method").and_then(Partial::literal).unwrap_or_default();
    if let Some(body) = api.get("DefinitionBody").or_else(|| api.get("Body")) {
        return body_secures(body, &path, &method);
    }
    let file = api.get("DefinitionUri").and_then(Partial::literal);
    file.and_then(|file| definition(event, &file)).is_some_and(|body| body_secures(&body, &path, &method))
}

fn definition(event: &Event<'_>, uri: &str) -> Option<Partial> {
    let path = join(folder_of(&event.function.stack.file), uri)?;
    let bytes = event.project.read(&path).ok()??;
    let root: Node = cloudformation::parse(&decode(&bytes, &path).ok()?, &path).ok()?.value;
    Some(Partial::plain(&root))
}

/// Whether the operation `method` of `path` in an OpenAPI document asks for a security scheme.
pub(super) fn body_secures(body: &Partial, path: &str, method: &str) -> bool {
    let operations = body.at(&["paths", path]);
    let operation = operations.and_then(|operations| {
        let mut operations = operations.entries();
        operations
            .find(|entry| entry.name.eq_ignore_ascii_case(method) || entry.name == "x-amazon-apigateway-any-method")
    });
    let security = operation.and_then(|operation| operation.value.get("security")).or_else(|| body.get("security"));
    let demands: Vec<_> = security.map(|security| security.items().collect()).unwrap_or_default();
    // An empty alternative (`{}`) lets anyone in.
    !demands.is_empty() && demands.iter().all(|demand| demand.entries().next().is_some())
}

/// Who may call the function's own URL.
pub(super) fn of_function_url(configuration: &Partial) -> Exposure {
    let kinds: Vec<_> = configuration.get("AuthType").map(|kind| kind.texts().collect()).unwrap_or_default();
    let needs_signature = !kinds.is_empty() && kinds.iter().all(|kind| kind.as_literal() == Some("AWS_IAM"));
    if needs_signature { Exposure::Authenticated } else { Exposure::Public }
}

/// Who may call a web function.
pub(super) fn of_web_function(function: &Declared<'_>) -> Exposure {
    let kind = function.get("AuthType").and_then(Partial::literal);
    match kind.as_deref() {
        Some("IamAuth" | "AWS_IAM") => Exposure::Authenticated,
        _ => Exposure::Public,
    }
}
