//! What JavaScript's own library and the cloud SDKs mean to the evaluator.
//!
//! A client is [`Cloud::Client`] with a flavour that says which methods it has. A command is remembered with the place it
//! was made at, and counts as a call there once it is sent, signed, or handed to anything else: a command that is only
//! imported or left lying about is none.

mod builtins;
mod clients;
mod commands;
mod containers;
mod facts;
pub(super) mod libraries;
mod paths;
mod v2;
mod v3;

use std::collections::BTreeSet;
use std::rc::Rc;

use model::call::Binding;

use self::paths::Path;
use crate::evaluate::{Arguments, Atom, Cloud, Machine, Site, Unbound, Value};
use crate::languages::{Candidate, Model};

pub(super) const MODEL: Model = Model { global: builtins::global, member, index, call, decorate, annotation, element };

/// The services with a client in the code that have an operation of the method's name.
pub(super) fn candidates(unbound: &Unbound, services: &BTreeSet<(String, String)>) -> Vec<Candidate> {
    let operation = facts::upper_first(&unbound.method);
    let seen =
        facts::services_of_method(&unbound.method).filter(|service| services.iter().any(|(known, _)| known == service));
    seen.map(|service| Candidate {
        service: service.to_owned(),
        operation: operation.clone(),
        via: model::call::Via::Sdk,
    })
    .collect()
}

/// Which methods a client has.
mod flavour {
    /// Version 3: `send`, and the operations themselves on aggregated clients.
    pub(super) const V3: &str = "";
    /// Version 3's `DynamoDBDocument` and `DynamoDBDocumentClient`.
    pub(super) const V3_DOCUMENT: &str = "document";
    /// Version 2.
    pub(super) const V2: &str = "v2";
    /// Version 2's `DynamoDB.DocumentClient`.
    pub(super) const V2_DOCUMENT: &str = "v2-document";
}

fn member(machine: &mut Machine<'_>, receiver: &Atom, name: &str, site: Site) -> Option<Value> {
    match receiver {
        Atom::External(path) => builtins::external_member(path, name),
        receiver => builtins::member(machine, receiver, name, site),
    }
}

fn index(machine: &mut Machine<'_>, receiver: &Atom, index: &Value, site: Site) -> Option<Value> {
    let names: Vec<String> = index.literals().map(str::to_owned).collect();
    let all_known = names.len() == index.atoms().len() && !names.is_empty();
    match receiver {
        Atom::External(path) if &**path == "process.env" => Some(builtins::environment(index)),
        Atom::Cloud(_) | Atom::External(_) if all_known => {
            let receiver = receiver.clone().into();
            Some(names.iter().fold(Value::none(), |joined, name| joined.or(machine.member(&receiver, name, site))))
        }
        Atom::Cloud(cloud) => {
            let services = clients::service_of(cloud).map(|service| vec![service.to_owned()]).unwrap_or_default();
            machine.unresolved(site, "the method called on this client is computed", services);
            Some(Value::unknown())
        }
        Atom::External(path) if v2::is_namespace(path) || Path::parse(path).is_v3_package() => {
            machine.unresolved(site, "the client's class is computed", Vec::new());
            Some(Value::unknown())
        }
        _ => None,
    }
}

fn call(machine: &mut Machine<'_>, callee: &Atom, arguments: &Arguments, construct: bool, site: Site) -> Option<Value> {
    match callee {
        Atom::External(path) => {
            let path = Path::parse(path);
            let known = builtins::call_external(machine, &path, arguments, construct, site)
                .or_else(|| v3::call(machine, &path, arguments, construct, site))
                .or_else(|| v2::call(machine, &path, arguments, construct, site))
                .or_else(|| libraries::call(machine, &path, arguments, site));
            known.or_else(|| hand_over(machine, arguments))
        }
        Atom::Member(member) => {
            let known = match &member.receiver {
                Atom::Cloud(cloud) => clients::call(machine, cloud, &member.name, arguments, site),
                receiver => libraries::call_member(machine, receiver, &member.name, arguments, site)
                    .or_else(|| builtins::call_member(machine, receiver, &member.name, arguments, site)),
            };
            known.or_else(|| hand_over(machine, arguments))
        }
        _ => hand_over(machine, arguments),
    }
}

/// Commands among the arguments of something unknown: it can only be there to send them.
fn hand_over(machine: &mut Machine<'_>, arguments: &Arguments) -> Option<Value> {
    for value in arguments.values() {
        commands::send_all(machine, value, Binding::Likely, model::call::Via::Sdk);
    }
    None
}

fn decorate(_machine: &mut Machine<'_>, _decorator: &Atom, _decorated: &Value, _site: Site) -> Option<Value> {
    None
}

/// `s3: S3Client`, `AWS.DynamoDB.DocumentClient`: the client that the type names.
fn annotation(machine: &mut Machine<'_>, annotation: &Value) -> Option<Value> {
    let clients: Vec<Atom> = annotation
        .atoms()
        .iter()
        .filter_map(|atom| match atom {
            Atom::External(path) => {
                let path = Path::parse(path);
                v3::client_of(&path).or_else(|| v2::client_of(&path))
            }
            _ => None,
        })
        .map(|(service, flavour)| {
            machine.service_seen(&service, "client");
            let service: Option<Rc<str>> = Some(service.as_str().into());
            Atom::Cloud(Rc::new(Cloud::Client { service, flavour, binding: Binding::Likely }))
        })
        .collect();
    (!clients.is_empty()).then(|| clients.into_iter().collect())
}

fn element(_machine: &mut Machine<'_>, _receiver: &Atom, _site: Site) -> Option<Value> {
    Some(Value::data())
}
