//! Methods of clients.

use std::rc::Rc;

use model::call::{Binding, Via};

use super::record;
use crate::evaluate::{Arguments, Cloud, Machine, Site, Use, Value};
use crate::facts;

/// Methods that call nothing.
const SILENT: &[&str] =
    &["can_paginate", "close", "__enter__", "__exit__", "__aenter__", "__aexit__", "get_available_regions"];

pub(in crate::languages::python) fn call_client(
    machine: &mut Machine<'_>,
    client: &Rc<Cloud>,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Value {
    let Cloud::Client { service, binding, .. } = &**client else { return Value::data() };
    if SILENT.contains(&name) {
        return Value::data();
    }
    let Some(service) = service else {
        return call_on_some_service(machine, name, arguments, site);
    };
    match name {
        "get_paginator" => paginators(machine, service, arguments, site),
        "get_waiter" => waiters(machine, service, arguments, site),
        "generate_presigned_url" => presign(machine, service, arguments, site),
        _ => call_method(machine, service, *binding, name, arguments, site),
    }
}

fn call_method(
    machine: &mut Machine<'_>,
    service: &Rc<str>,
    binding: Binding,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Value {
    if let Some(injected) = facts::injected(&format!("{service}.client.{name}")) {
        let on = Receiver { service, binding, identifiers: &[] };
        return call_injected(machine, &on, &injected, name, arguments, site);
    }
    match facts::python_operation(service, name) {
        Some(operation) => {
            let named = arguments.keyword.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
            let used = Use {
                service: service.to_string(),
                operation: operation.to_owned(),
                arguments: named,
                arguments_complete: !arguments.more_keyword,
                binding,
                via: Via::Sdk,
            };
            machine.record(site, used);
        }
        None => {
            let why = format!("`{name}` is no operation of `{service}` that is known");
            machine.misfit(site, why, vec![service.to_string()]);
        }
    }
    Value::data()
}

/// What a method is called on.
pub(super) struct Receiver<'r> {
    pub service: &'r Rc<str>,
    pub binding: Binding,
    /// Of a resource; empty for a client.
    pub identifiers: &'r [(Rc<str>, Value)],
}

/// A method that boto3 adds by hand, of a client or a resource.
pub(super) fn call_injected(
    machine: &mut Machine<'_>,
    on: &Receiver<'_>,
    injected: &facts::Injected<'_>,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Value {
    let given = |wanted: &str| {
        let position = injected.positional().position(|name| name == wanted);
        position.and_then(|position| arguments.get(position, wanted)).or_else(|| arguments.named(wanted)).cloned()
    };
    let mut named = Vec::new();
    for bound in injected.bindings() {
        let value = match bound.source {
            "identifier" => {
                on.identifiers.iter().find(|(name, _)| **name == *bound.detail).map(|(_, value)| value.clone())
            }
            source => given(source),
        };
        named.push((bound.target.to_owned(), value.unwrap_or_else(Value::unknown)));
    }
    let mut complete = !arguments.more_keyword && !arguments.more_positional;
    if let Some(extra) = given("ExtraArgs") {
        let (entries, all) = machine.entries(&extra);
        complete &= all;
        named.extend(entries.into_iter().map(|(name, value)| (name.to_string(), value)));
    }
    for (argument, value) in &arguments.keyword {
        if !injected.positional().any(|name| name == &**argument) {
            named.push((argument.to_string(), value.clone()));
        }
    }
    let via = match name {
        "generate_presigned_post" => Via::Presign,
        name if name.contains("upload") || name.contains("download") || name == "copy" => Via::Transfer,
        _ if on.identifiers.is_empty() => Via::Sdk,
        _ => Via::Resource,
    };
    let used = Use {
        service: on.service.to_string(),
        operation: injected.operation.to_owned(),
        arguments: named,
        arguments_complete: complete,
        binding: on.binding,
        via,
    };
    machine.record(site, used);
    Value::data()
}

fn paginators(machine: &mut Machine<'_>, service: &Rc<str>, arguments: &Arguments, site: Site) -> Value {
    let name = arguments.get(0, "operation_name").cloned().unwrap_or_else(Value::none);
    let operations = operations(machine, service, &name, "paginator", site);
    let paginator = |operation: &'static str| {
        Value::cloud(Cloud::Paginator { service: Rc::clone(service), operation: operation.into() })
    };
    operations.into_iter().fold(Value::none(), |all, operation| all.or(paginator(operation)))
}

fn waiters(machine: &mut Machine<'_>, service: &Rc<str>, arguments: &Arguments, site: Site) -> Value {
    let name = arguments.get(0, "waiter_name").cloned().unwrap_or_else(Value::none);
    let mut waiters = Value::none();
    for literal in name.literals() {
        if let Some(operation) = facts::python_waiter(service, literal) {
            let waiter = Cloud::Waiter { service: Rc::clone(service), operation: operation.into() };
            waiters = waiters.or(Value::cloud(waiter));
        }
    }
    if waiters.is_none() {
        let why = format!("which waiter of `{service}` is meant is not known");
        machine.misfit(site, why, vec![service.to_string()]);
        return Value::data();
    }
    machine.fits(site);
    waiters
}

/// The operations that method names given as text stand for; one that is computed goes into the ledger.
fn operations(machine: &mut Machine<'_>, service: &Rc<str>, name: &Value, what: &str, site: Site) -> Vec<&'static str> {
    let found: Vec<_> = name.literals().filter_map(|literal| facts::python_operation(service, literal)).collect();
    let why = format!("the operation of this {what} of `{service}` is not known");
    if found.is_empty() {
        machine.misfit(site, why, vec![service.to_string()]);
    } else {
        machine.fits(site);
        if found.len() < name.atoms().len() {
            machine.unresolved(site, why, vec![service.to_string()]);
        }
    }
    found
}

fn presign(machine: &mut Machine<'_>, service: &Rc<str>, arguments: &Arguments, site: Site) -> Value {
    let name = arguments.get(0, "ClientMethod").cloned().unwrap_or_else(Value::none);
    let parameters = arguments.get(1, "Params").cloned();
    let (entries, complete) = parameters.map_or((Vec::new(), true), |parameters| machine.entries(&parameters));
    let keyword = entries;
    let given = Arguments { keyword, more_keyword: !complete || arguments.more_keyword, ..Arguments::default() };
    for operation in operations(machine, service, &name, "presigned address", site) {
        record(machine, site, service, operation, &given, Via::Presign);
    }
    Value::data()
}

/// Methods of `S3Transfer` and transfer managers.
pub(super) fn call_transfer(
    machine: &mut Machine<'_>,
    client: &Value,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Value {
    // `S3Transfer.upload_file(filename, bucket, key)` has names of its own in the same order.
    let renamed = |name: &str| match name {
        "filename" => "Filename",
        "bucket" => "Bucket",
        "key" => "Key",
        "extra_args" => "ExtraArgs",
        "fileobj" => "Fileobj",
        "copy_source" => "CopySource",
        _ => "Callback",
    };
    let keyword = arguments.keyword.iter().map(|(name, value)| (Rc::from(renamed(name)), value.clone())).collect();
    let arguments = Arguments { keyword, ..arguments.clone() };
    let method = match name {
        "upload_file" => "upload_file",
        "upload" => "upload_fileobj",
        "download_file" | "download" => "download_file",
        "copy" => "copy",
        "delete" => "delete_object",
        _ => return Value::data(),
    };
    let method = machine.member(client, method, site);
    machine.call(&method, &arguments, site)
}

/// A method of a client of which the service is not known: decided when only one service has such an operation.
fn call_on_some_service(machine: &mut Machine<'_>, name: &str, arguments: &Arguments, site: Site) -> Value {
    let mut candidates: Vec<(&str, &str)> = Vec::new();
    for operation in facts::python_operations(name) {
        for service in facts::services_with(operation) {
            let fits = facts::operation(service, operation).is_some_and(|parameters| {
                let given = |name: &str| arguments.named(name).is_some();
                arguments.keyword.iter().all(|(name, _)| parameters.admits(name))
                    && (arguments.more_keyword || parameters.required().all(given))
            });
            if fits {
                candidates.push((service, operation));
            }
        }
    }
    candidates.sort_unstable();
    candidates.dedup();
    match candidates.as_slice() {
        [(service, _)] => {
            call_method(machine, &Rc::from(*service), Binding::Likely, name, arguments, site);
        }
        [] => {}
        several => {
            let services: Vec<String> = several.iter().map(|(service, _)| (*service).to_owned()).collect();
            let services = if services.len() > 12 { Vec::new() } else { services };
            machine.unresolved(site, format!("`{name}` is called on a client of a computed service"), services);
        }
    }
    Value::data()
}

/// `getattr(client, name)` with a name that is not known.
pub(in crate::languages::python) fn computed_member(machine: &mut Machine<'_>, cloud: &Rc<Cloud>, site: Site) {
    let services = match &**cloud {
        Cloud::Client { service: Some(service), .. } | Cloud::Resource { service, .. } => vec![service.to_string()],
        Cloud::Client { .. } => Vec::new(),
        _ => return,
    };
    let what = services.first().map_or_else(|| "a client".to_owned(), |service| format!("a client of `{service}`"));
    machine.unresolved(site, format!("a method of {what} is taken by a computed name"), services);
}
