//! Version 3 of the SDK: packages of clients and commands, and the helper packages around them.

use std::rc::Rc;

use model::call::{Binding, Via};

use super::commands::{self, first, second};
use super::paths::Path;
use super::{facts, flavour};
use crate::evaluate::{Arguments, Cloud, Machine, Site, Value};

const LIB_DYNAMODB: &str = "@aws-sdk/lib-dynamodb";
const LIB_STORAGE: &str = "@aws-sdk/lib-storage";

/// Calls of what the SDK's packages export.
pub(super) fn call(
    machine: &mut Machine<'_>,
    path: &Path<'_>,
    arguments: &Arguments,
    construct: bool,
    site: Site,
) -> Option<Value> {
    if path.package == LIB_DYNAMODB
        && let Some(client) = document_client(path)
    {
        machine.service_seen("dynamodb", "client");
        return Some(client);
    }
    if path.package == LIB_STORAGE && path.member() == Some("Upload") {
        return Some(upload(machine, arguments, site));
    }
    if let Some(helper) = facts::helper(&path.joined()) {
        return Some(call_helper(machine, helper, arguments, site));
    }
    let (service, _) = facts::package(path.package)?;
    let name = path.member()?;
    if let Some((service, flavour)) = client_of(path).filter(|_| construct) {
        machine.service_seen(&service, "client");
        let service: Rc<str> = service.as_str().into();
        return Some(Value::cloud(Cloud::Client { service: Some(service), flavour, binding: Binding::Certain }));
    }
    call_exported(machine, service, name, arguments, site)
}

/// Commands, paginators and waiters of a client package.
fn call_exported(
    machine: &mut Machine<'_>,
    service: &'static str,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Option<Value> {
    if let Some(operation) = name.strip_suffix("Command").filter(|operation| !operation.is_empty()) {
        machine.service_seen(service, "client");
        return Some(commands::new(service, operation, first(arguments), site));
    }
    if let Some(operation) = name.strip_prefix("paginate").filter(|operation| facts::has_operation(service, operation))
    {
        commands::record(machine, site, (service, operation), &second(arguments), Binding::Certain, Via::Paginator);
        return Some(Value::data());
    }
    let waiter = name.strip_prefix("waitUntil").or_else(|| name.strip_prefix("waitFor"))?;
    let operation = facts::waiter(service, waiter)?;
    commands::record(machine, site, (service, operation), &second(arguments), Binding::Certain, Via::Waiter);
    Some(Value::data())
}

/// Service and flavour of the client that a path names as a class.
pub(super) fn client_of(path: &Path<'_>) -> Option<(String, &'static str)> {
    let name = path.member()?;
    if path.package == LIB_DYNAMODB {
        return matches!(name, "DynamoDBDocument" | "DynamoDBDocumentClient")
            .then(|| ("dynamodb".to_owned(), flavour::V3_DOCUMENT));
    }
    let (service, client) = facts::package(path.package)?;
    let is_client = name == client || client.strip_suffix("Client") == Some(name);
    is_client.then(|| (service.to_owned(), flavour::V3))
}

/// `DynamoDBDocumentClient.from(client)`, and the same made with `new`.
fn document_client(path: &Path<'_>) -> Option<Value> {
    match path.members.as_slice() {
        ["DynamoDBDocument" | "DynamoDBDocumentClient"] | ["DynamoDBDocument" | "DynamoDBDocumentClient", "from"] => {
            let service = Some("dynamodb".into());
            Some(Value::cloud(Cloud::Client { service, flavour: flavour::V3_DOCUMENT, binding: Binding::Certain }))
        }
        _ => None,
    }
}

fn call_helper(machine: &mut Machine<'_>, helper: facts::Helper, arguments: &Arguments, site: Site) -> Value {
    let operation = (helper.service, helper.operation);
    match helper.kind {
        "command" => return commands::new(helper.service, helper.operation, first(arguments), site),
        "presigner" => {
            commands::send_all(machine, &second(arguments), Binding::Certain, Via::Presign);
        }
        "paginator" => {
            commands::record(machine, site, operation, &second(arguments), Binding::Certain, Via::Paginator);
        }
        "function" if helper.service == "s3" => {
            commands::record(machine, site, operation, &second(arguments), Binding::Certain, Via::Presign);
        }
        // Credential providers take the operation's parameters as `params`; signers take their own.
        "function" | "class" => {
            let options = first(arguments);
            let (entries, _) = machine.entries(&options);
            let input = entries.into_iter().find(|(name, _)| &**name == "params").map_or(options, |(_, input)| input);
            commands::record(machine, site, operation, &input, Binding::Certain, Via::Sdk);
        }
        _ => {}
    }
    Value::data()
}

/// `new Upload({ client, params })` puts an object, in one piece or in several: all parts are checked like the whole.
pub(super) fn upload(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    let (options, _) = machine.entries(&first(arguments));
    let input = options.into_iter().find(|(name, _)| &**name == "params").map(|(_, input)| input);
    record_upload(machine, &input.unwrap_or_else(Value::unknown), site);
    Value::data()
}

pub(super) fn record_upload(machine: &mut Machine<'_>, input: &Value, site: Site) {
    commands::record(machine, site, ("s3", "PutObject"), input, Binding::Certain, Via::Transfer);
}
