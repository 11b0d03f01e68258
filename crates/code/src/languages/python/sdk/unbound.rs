//! Calls on receivers of which nothing is known.

use std::collections::BTreeSet;
use std::rc::Rc;

use model::call::{Binding, Via};

use crate::evaluate::{Arguments, Cloud, Machine, Site, Unbound, Value};
use crate::facts;
use crate::languages::{Candidate, Services};

/// A method is called on something of which nothing is known. When operations are named like it, it is kept until it is
/// known which services the code uses.
pub(in crate::languages::python) fn call_unknown(
    machine: &mut Machine<'_>,
    name: &str,
    arguments: &Arguments,
    package: Option<&str>,
    site: Site,
) -> Option<Value> {
    let first = arguments.positional.first().or_else(|| arguments.keyword.first().map(|(_, value)| value));
    let named = first.and_then(|first| first.literals().next());
    match (name, named) {
        ("get_paginator", Some(named)) => return Some(deferred("unbound paginator", named)),
        ("get_waiter", Some(named)) => return Some(deferred("unbound waiter", named)),
        ("generate_presigned_url", Some(named)) => {
            let named = named.to_owned();
            let entries = arguments.get(1, "Params").cloned().map(|parameters| machine.entries(&parameters));
            let (keyword, complete) = entries.unwrap_or((Vec::new(), true));
            let given = Arguments { keyword, more_keyword: !complete, ..Arguments::default() };
            machine.unbound_via(site, &named, &given, Via::Presign);
            return Some(Value::data());
        }
        _ => {}
    }
    if package.is_none()
        && let Some(resource) = resource(name, arguments)
    {
        return Some(resource);
    }
    let is_operation = facts::python_operations(name).next().is_some();
    let is_injected = || facts::injected(&format!("s3.client.{name}")).is_some();
    if is_operation || facts::is_resource_action(name) || is_injected() || name == "batch_writer" {
        machine.unbound(site, name, arguments, package);
    }
    if name == "batch_writer" {
        // What is written into it is part of the same call.
        return Some(deferred("batch", name));
    }
    None
}

fn deferred(kind: &'static str, name: &str) -> Value {
    Value::cloud(Cloud::Special { kind, name: name.into(), parts: [].into() })
}

/// `unknown.Table("name")`: only one service has resources of this class.
fn resource(class: &str, arguments: &Arguments) -> Option<Value> {
    if !class.starts_with(|first: char| first.is_ascii_uppercase()) || arguments.positional.is_empty() {
        return None;
    }
    let mut found = None;
    for service in facts::resource_services() {
        let key = format!("{service}.ServiceResource.{class}");
        let member = facts::resource_members(&key).find(|member| member.kind == "subresource");
        if member.is_some_and(|member| found.replace((service, member)).is_some()) {
            return None;
        }
    }
    let (service, member) = found?;
    let inputs = facts::bindings(member.identifiers).zip(arguments.positional.iter().cloned());
    let identifiers = inputs.map(|(bound, value)| (Rc::from(bound.target), value)).collect();
    Some(Value::cloud(Cloud::Resource {
        service: service.into(),
        kind: member.class.into(),
        identifiers,
        loaded: false,
        binding: Binding::Likely,
    }))
}

/// The operations that such a call may stand for: of the services that the code uses, with parameters that fit; when
/// none does, of any service that has the operation. Sorted, without duplicates.
pub(in crate::languages::python) fn candidates(unbound: &Unbound, services: &Services) -> Vec<Candidate> {
    // A bare word without a single argument name (`x.delete()`) says nothing about a cloud.
    if unbound.arguments.is_empty() && !unbound.method.contains('_') {
        return Vec::new();
    }
    let mut found = BTreeSet::new();
    if unbound.package.is_none() {
        for (service, kind) in services {
            if unbound.via == Some(Via::Waiter) {
                found.extend(of_waiter(unbound, service));
            } else if kind == "client" {
                found.extend(of_client(unbound, service));
            } else {
                found.extend(of_resources(unbound, service));
            }
        }
    }
    if found.is_empty() {
        found = of_any_service(unbound);
    }
    found.into_iter().collect()
}

/// Of all services those that have such an operation and whose required parameters are among the arguments.
fn of_any_service(unbound: &Unbound) -> BTreeSet<Candidate> {
    let mut found = BTreeSet::new();
    for operation in facts::python_operations(&unbound.method) {
        for service in facts::services_with(operation) {
            let has_required = facts::operation(service, operation)
                .is_some_and(|parameters| parameters.required().any(|name| unbound.arguments.contains_key(name)));
            if has_required && unbound.positional == 0 && fits(unbound, service, operation, |_| false) {
                found.insert(candidate(service, operation, unbound.via.unwrap_or(Via::Sdk)));
            }
        }
    }
    if found.is_empty() && unbound.package.is_none() && !unbound.arguments.is_empty() {
        for service in facts::resource_services() {
            found.extend(of_resources(unbound, service));
        }
    }
    found
}

fn of_waiter(unbound: &Unbound, service: &str) -> Option<Candidate> {
    let operation = facts::python_waiter(service, &unbound.method)?;
    fits(unbound, service, operation, |_| false).then(|| candidate(service, operation, Via::Waiter))
}

fn of_client(unbound: &Unbound, service: &str) -> Option<Candidate> {
    if let Some(injected) = facts::injected(&format!("{service}.client.{}", unbound.method)) {
        return fits_injected(unbound, &injected).then(|| candidate(service, injected.operation, Via::Transfer));
    }
    let operation = facts::python_operation(service, &unbound.method)?;
    let fits = unbound.positional == 0 && fits(unbound, service, operation, |_| false);
    fits.then(|| candidate(service, operation, unbound.via.unwrap_or(Via::Sdk)))
}

fn of_resources(unbound: &Unbound, service: &str) -> Vec<Candidate> {
    if unbound.via.is_some() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (of, injected) in facts::injected_in_resources(&unbound.method) {
        if of == service && (unbound.method == "batch_writer" || fits_injected(unbound, &injected)) {
            let via = if unbound.method == "batch_writer" { Via::Resource } else { Via::Transfer };
            found.push(candidate(service, injected.operation, via));
        }
    }
    let actions = facts::resource_actions(service, &unbound.method).filter(|action| {
        let is_bound = |name: &str| facts::bindings(action.parameters).any(|bound| top(bound.target) == name);
        unbound.positional == 0 && fits(unbound, service, action.operation, is_bound)
    });
    found.extend(actions.map(|action| candidate(service, action.operation, Via::Resource)));
    found
}

fn candidate(service: &str, operation: &str, via: Via) -> Candidate {
    Candidate { service: service.to_owned(), operation: operation.to_owned(), via }
}

/// Whether arguments are those of a method that boto3 adds by hand: at least two, for a place to and a place from.
fn fits_injected(unbound: &Unbound, injected: &facts::Injected<'_>) -> bool {
    let names: Vec<_> = injected.positional().collect();
    let top_level = unbound.arguments.keys().filter(|name| !name.contains('.'));
    let given = unbound.positional + top_level.count();
    unbound.arguments.keys().all(|name| names.contains(&top(name))) && (2..=names.len()).contains(&given)
}

/// Whether the arguments given are the operation's, and those it needs are given or bound otherwise.
fn fits(unbound: &Unbound, service: &str, operation: &str, is_bound: impl Fn(&str) -> bool) -> bool {
    let Some(parameters) = facts::operation(service, operation) else { return false };
    let given = |name: &str| unbound.arguments.contains_key(name);
    unbound.arguments.keys().all(|name| parameters.admits(top(name)) && is_written_alike(top(name), &parameters))
        && (!unbound.complete || parameters.required().all(|name| given(name) || is_bound(name)))
}

/// Where the table does not list an operation's optional parameters, names of another style than the required ones
/// (`limit` beside `TableName`) are not its; without required ones, a parameter's name shows by its capitals.
fn is_written_alike(name: &str, parameters: &facts::Parameters<'_>) -> bool {
    let starts_upper = |name: &str| name.starts_with(|first: char| first.is_ascii_uppercase());
    match parameters.required().next() {
        Some(required) => starts_upper(required) == starts_upper(name),
        None => name.contains(|letter: char| letter.is_ascii_uppercase()),
    }
}

/// The parameter of a nested one.
fn top(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}
