//! Methods of clients.

use model::call::{Binding, Via};

use super::commands::{self, first, second};
use super::{facts, flavour, v3};
use crate::evaluate::{Arguments, Atom, Cloud, Machine, Site, Value};

/// Methods of every client that ask nothing of a service.
const INERT: &[&str] = &["destroy", "setupRequestListeners", "defineService", "on"];

/// The service of a client.
pub(super) fn service_of(cloud: &Cloud) -> Option<&str> {
    match cloud {
        Cloud::Client { service, .. } => service.as_deref(),
        _ => None,
    }
}

/// `client.name(arguments)`.
pub(super) fn call(
    machine: &mut Machine<'_>,
    cloud: &Cloud,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Option<Value> {
    let Cloud::Client { service: Some(service), flavour, binding } = cloud else { return None };
    if INERT.contains(&name) {
        return Some(Value::data());
    }
    for argument in arguments.positional.iter().skip(usize::from(name != "on")) {
        // Callbacks get the answer.
        machine.escape(argument, site);
    }
    let called = Called { service, binding: *binding, name, arguments, site };
    let known = match *flavour {
        flavour::V2_DOCUMENT => helper_method(machine, &called, "aws-sdk.DynamoDB.DocumentClient"),
        flavour::V3_DOCUMENT => helper_method(machine, &called, "@aws-sdk/lib-dynamodb.DynamoDBDocument"),
        _ => None,
    };
    known.or_else(|| special(machine, &called)).or_else(|| operation(machine, &called)).or_else(|| {
        // A member of a client that is no operation: configuration, middleware, a newer operation's name.
        Some(Value::data())
    })
}

struct Called<'a> {
    service: &'a str,
    binding: Binding,
    name: &'a str,
    arguments: &'a Arguments,
    site: Site,
}

/// Methods of document clients, which are named otherwise than their operations.
fn helper_method(machine: &mut Machine<'_>, called: &Called<'_>, class: &str) -> Option<Value> {
    let name = called.name.strip_suffix("Async").unwrap_or(called.name);
    let helper = facts::helper(&format!("{class}.{name}"))?;
    let input = first(called.arguments);
    commands::record(machine, called.site, (helper.service, helper.operation), &input, called.binding, Via::Sdk);
    Some(Value::data())
}

fn special(machine: &mut Machine<'_>, called: &Called<'_>) -> Option<Value> {
    match (called.name, called.service) {
        ("send", _) => Some(send(machine, called)),
        ("upload", "s3") => {
            v3::record_upload(machine, &first(called.arguments), called.site);
            Some(Value::data())
        }
        ("getSignedUrl" | "getSignedUrlPromise", "s3") => named_operation(machine, called, Via::Presign),
        ("makeRequest" | "makeUnauthenticatedRequest", _) => named_operation(machine, called, Via::Sdk),
        ("createPresignedPost", "s3") => {
            let input = first(called.arguments);
            commands::record(machine, called.site, ("s3", "PutObject"), &input, called.binding, Via::Presign);
            Some(Value::data())
        }
        ("waitFor", service) => {
            let states: Vec<_> = first(called.arguments).literals().map(str::to_owned).collect();
            let input = second(called.arguments);
            for operation in states.iter().filter_map(|state| facts::waiter(service, state)) {
                commands::record(machine, called.site, (service, operation), &input, called.binding, Via::Waiter);
            }
            Some(Value::data())
        }
        _ => None,
    }
}

/// `client.send(command)`.
fn send(machine: &mut Machine<'_>, called: &Called<'_>) -> Value {
    let command = first(called.arguments);
    let sent = commands::send_all(machine, &command, called.binding, Via::Sdk);
    let unclear = command.atoms().iter().any(|atom| matches!(atom, Atom::Unknown));
    if !sent || unclear {
        let why = format!("the command sent with this `{}` client could not be traced", called.service);
        machine.unresolved(called.site, why, vec![called.service.to_owned()]);
    }
    Value::data()
}

/// The operation is told by its method's name: `getSignedUrl('getObject', params)`.
fn named_operation(machine: &mut Machine<'_>, called: &Called<'_>, via: Via) -> Option<Value> {
    let name = first(called.arguments);
    let methods: Vec<_> = name.literals().map(str::to_owned).collect();
    let input = second(called.arguments);
    for operation in methods.iter().filter_map(|method| facts::operation_of_method(called.service, method)) {
        commands::record(machine, called.site, (called.service, &operation), &input, called.binding, via);
    }
    if methods.len() < name.atoms().len() {
        let why = format!("the operation given to `{}` is computed", called.name);
        machine.unresolved(called.site, why, vec![called.service.to_owned()]);
    }
    Some(Value::data())
}

fn operation(machine: &mut Machine<'_>, called: &Called<'_>) -> Option<Value> {
    // Libraries that turn callbacks into promises name the methods so.
    let name = called.name.strip_suffix("Async").unwrap_or(called.name);
    let operation = facts::operation_of_method(called.service, called.name)
        .or_else(|| facts::operation_of_method(called.service, name))?;
    let input = first(called.arguments);
    commands::record(machine, called.site, (called.service, &operation), &input, called.binding, Via::Sdk);
    Some(Value::data())
}
