//! Calls on receivers of which nothing is known.

use std::collections::BTreeSet;

use model::call::Via;

use crate::evaluate::Unbound;
use crate::facts;
use crate::languages::Candidate;

/// The operations that such a call may stand for: of services that the code uses, with parameters that fit. Sorted,
/// without duplicates.
pub(in crate::languages::python) fn candidates(
    unbound: &Unbound,
    services: &BTreeSet<(String, String)>,
) -> Vec<Candidate> {
    let mut found = BTreeSet::new();
    // A bare word without a single argument name (`x.delete()`) says nothing about a cloud.
    let speaks = !unbound.arguments.is_empty() || unbound.method.contains('_');
    if !speaks {
        return Vec::new();
    }
    if unbound.package.is_some() {
        return of_any_service(unbound);
    }
    for (service, kind) in services {
        if kind == "client" {
            found.extend(of_client(unbound, service));
        } else {
            found.extend(of_resources(unbound, service));
        }
    }
    found.into_iter().collect()
}

/// Of all services those that have such an operation and whose required parameters are among the arguments.
fn of_any_service(unbound: &Unbound) -> Vec<Candidate> {
    let mut found = BTreeSet::new();
    for operation in facts::python_operations(&unbound.method) {
        for service in facts::services_with(operation) {
            let has_required = facts::operation(service, operation)
                .is_some_and(|parameters| parameters.required().any(|name| unbound.arguments.contains_key(name)));
            if has_required && fits(unbound, service, operation, |_| false) {
                found.insert(candidate(service, operation, Via::Sdk));
            }
        }
    }
    found.into_iter().collect()
}

fn of_client(unbound: &Unbound, service: &str) -> Option<Candidate> {
    if let Some(injected) = facts::injected(&format!("{service}.client.{}", unbound.method)) {
        let names: Vec<_> = injected.positional().collect();
        let fits = unbound.arguments.keys().all(|name| names.contains(&top(name))) && unbound.positional <= names.len();
        return fits.then(|| candidate(service, injected.operation, Via::Transfer));
    }
    let operation = facts::python_operation(service, &unbound.method)?;
    let fits = unbound.positional == 0 && fits(unbound, service, operation, |_| false);
    fits.then(|| candidate(service, operation, Via::Sdk))
}

fn of_resources(unbound: &Unbound, service: &str) -> Vec<Candidate> {
    let actions = facts::resource_actions(service, &unbound.method).filter(|action| {
        let is_bound = |name: &str| facts::bindings(action.parameters).any(|bound| top(bound.target) == name);
        unbound.positional == 0 && fits(unbound, service, action.operation, is_bound)
    });
    actions.map(|action| candidate(service, action.operation, Via::Resource)).collect()
}

fn candidate(service: &str, operation: &str, via: Via) -> Candidate {
    Candidate { service: service.to_owned(), operation: operation.to_owned(), via }
}

/// Whether the arguments given are the operation's, and those it needs are given or bound otherwise.
fn fits(unbound: &Unbound, service: &str, operation: &str, is_bound: impl Fn(&str) -> bool) -> bool {
    let Some(parameters) = facts::operation(service, operation) else { return false };
    let given = |name: &str| unbound.arguments.contains_key(name);
    unbound.arguments.keys().all(|name| parameters.admits(top(name)) && starts_like_a_parameter(top(name), &parameters))
        && (!unbound.complete || parameters.required().all(|name| given(name) || is_bound(name)))
}

/// Where the table does not list an operation's optional parameters, names of another style than the required ones
/// (`limit` beside `TableName`) are not its.
fn starts_like_a_parameter(name: &str, parameters: &facts::Parameters<'_>) -> bool {
    let starts_upper = |name: &str| name.starts_with(|first: char| first.is_ascii_uppercase());
    parameters.required().next().is_none_or(|required| starts_upper(required) == starts_upper(name))
}

/// The parameter of a nested one.
fn top(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}
