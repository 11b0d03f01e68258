//! boto3, botocore and their asynchronous relatives.
//!
//! **Source**: boto3 and botocore 1.44 reference; service facts from the tables of [`crate::facts`].

mod clients;
mod resources;
mod types;
mod unbound;

pub(super) mod cli;
pub(super) mod wrappers;

use std::rc::Rc;

use model::call::{Binding, Via};
use model::{Part, SymbolicText};

pub(super) use clients::{call_client, computed_member};
pub(super) use types::annotation;
pub(super) use unbound::{call_unknown, candidates};

use crate::evaluate::{Arguments, Atom, Cloud, Machine, Site, Use, Value};
use crate::facts;

/// A call of something inside an SDK package.
pub(super) fn call_path(machine: &mut Machine<'_>, path: &str, arguments: &Arguments, site: Site) -> Option<Value> {
    let name = path.rsplit('.').next().unwrap_or_default();
    match name {
        "client" | "create_client" => Some(clients(machine, arguments, site)),
        "resource" => Some(resource(machine, arguments, site)),
        "Session" | "AioSession" | "AIOHTTPSession" | "get_session" | "_get_default_session" => {
            Some(Value::cloud(Cloud::Session))
        }
        "S3Transfer" | "TransferManager" | "create_transfer_manager" => {
            let client = arguments.get(0, "client").cloned().unwrap_or_else(Value::unknown);
            Some(special("transfer", client))
        }
        "create_model_resource" => Some(Value::data()),
        _ => {
            for value in arguments.values() {
                machine.escape(value, site);
            }
            Some(Value::data())
        }
    }
}

fn special(kind: &'static str, part: Value) -> Value {
    Value::cloud(Cloud::Special { kind, name: "".into(), parts: [part].into() })
}

/// `client(service_name)`.
fn clients(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    let name = arguments.get(0, "service_name").cloned().unwrap_or_else(Value::unknown);
    let mut clients = Value::none();
    for service in service_names(machine, &name, "client", site) {
        clients = clients.or(client(service, Binding::Certain));
    }
    clients
}

fn client(service: Option<Rc<str>>, binding: Binding) -> Value {
    Value::cloud(Cloud::Client { service, flavour: "", binding })
}

fn resource(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    let name = arguments.get(0, "service_name").cloned().unwrap_or_else(Value::unknown);
    let mut resources = Value::none();
    for service in service_names(machine, &name, "ServiceResource", site) {
        resources = resources.or(match service {
            Some(service) => Value::cloud(service_resource(&service, Binding::Certain)),
            None => Value::unknown(),
        });
    }
    resources
}

fn service_resource(service: &Rc<str>, binding: Binding) -> Cloud {
    Cloud::Resource {
        service: Rc::clone(service),
        kind: "ServiceResource".into(),
        identifiers: Rc::from([]),
        loaded: true,
        binding,
    }
}

/// The services that a name may mean; `None` for one that the code computes.
fn service_names(machine: &mut Machine<'_>, name: &Value, kind: &str, site: Site) -> Vec<Option<Rc<str>>> {
    let mut services = Vec::new();
    let mut is_computed = name.is_none();
    for atom in name.atoms() {
        let literal = match atom {
            Atom::Text(text) => match text.parts() {
                [Part::Environment(name)] => {
                    machine.environment_variable(name).and_then(SymbolicText::as_literal).map(str::to_owned)
                }
                _ => text.as_literal().map(str::to_owned),
            },
            Atom::Nothing => continue,
            _ => None,
        };
        match literal {
            Some(service) if facts::is_service(&service) => {
                machine.service_seen(&service, kind);
                services.push(Some(Rc::from(service)));
            }
            Some(service) => {
                let why = format!("`{service}` is no service that is known; its calls are not understood");
                machine.unresolved(site, why, Vec::new());
            }
            None => is_computed = true,
        }
    }
    if is_computed {
        // What is called on such a client decides whether it can be told; a resource has too many shapes for that.
        if kind != "client" {
            machine.unresolved(site, "the service of this resource is computed; name it literally", Vec::new());
        }
        services.push(None);
    }
    services
}

/// A member of a value of the SDK that is not called yet.
pub(super) fn member(machine: &mut Machine<'_>, cloud: &Rc<Cloud>, name: &str, site: Site) -> Option<Value> {
    match &**cloud {
        Cloud::Client { .. } => match name {
            "meta" => Some(special("meta", Atom::Cloud(Rc::clone(cloud)).into())),
            "exceptions" | "waiter_names" => Some(Value::data()),
            _ => None,
        },
        Cloud::Special { kind: "meta", parts, .. } => match name {
            "client" => parts.first().cloned(),
            _ => Some(Value::data()),
        },
        Cloud::Resource { .. } => resources::member(machine, cloud, name, site),
        Cloud::Session if matches!(name, "region_name" | "profile_name" | "available_profiles" | "events") => {
            Some(Value::data())
        }
        _ => None,
    }
}

/// A call of a value of the SDK itself.
pub(super) fn call_value(machine: &mut Machine<'_>, cloud: &Cloud, arguments: &Arguments, site: Site) -> Option<Value> {
    match cloud {
        Cloud::Special { kind, parts, .. } => super::standard::call_special(machine, kind, parts, arguments, site),
        _ => None,
    }
}

/// A call of a method of a value of the SDK.
pub(super) fn call_member(
    machine: &mut Machine<'_>,
    cloud: &Rc<Cloud>,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Option<Value> {
    match &**cloud {
        Cloud::Session => Some(match name {
            "client" | "create_client" => clients(machine, arguments, site),
            "resource" => resource(machine, arguments, site),
            "_session" => Value::cloud(Cloud::Session),
            _ => Value::data(),
        }),
        Cloud::Client { .. } => Some(call_client(machine, cloud, name, arguments, site)),
        Cloud::Resource { .. } => Some(resources::call(machine, cloud, name, arguments, site)),
        Cloud::Collection { .. } => Some(resources::call_collection(machine, cloud, name, arguments, site)),
        Cloud::Paginator { service, operation } => {
            if name == "paginate" {
                record(machine, site, service, operation, arguments, Via::Paginator);
            }
            Some(Value::data())
        }
        Cloud::Waiter { service, operation } => {
            if name == "wait" {
                record(machine, site, service, operation, arguments, Via::Waiter);
            }
            Some(Value::data())
        }
        Cloud::Special { kind: "unbound paginator", name: method, .. } if name == "paginate" => {
            machine.unbound_via(site, method, &without_configuration(arguments), Via::Paginator);
            Some(Value::data())
        }
        Cloud::Special { kind: "unbound waiter", name: method, .. } if name == "wait" => {
            machine.unbound_via(site, method, &without_configuration(arguments), Via::Waiter);
            Some(Value::data())
        }
        Cloud::Special { kind: "transfer", parts, .. } => {
            let client = parts.first().cloned().unwrap_or_else(Value::unknown);
            Some(clients::call_transfer(machine, &client, name, arguments, site))
        }
        Cloud::Special { kind, parts, .. } => {
            super::standard::call_special_member(machine, kind, parts, name, arguments, site)
                .or_else(|| Some(Value::data()))
        }
    }
}

/// The operation's own arguments of a paginator's or waiter's.
fn without_configuration(arguments: &Arguments) -> Arguments {
    let mut own = arguments.clone();
    own.keyword.retain(|(name, _)| !matches!(&**name, "PaginationConfig" | "WaiterConfig"));
    own
}

/// Notes a use whose keyword arguments are the operation's parameters.
fn record(machine: &mut Machine<'_>, site: Site, service: &str, operation: &str, arguments: &Arguments, via: Via) {
    let own = without_configuration(arguments);
    let named = own.keyword.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    machine.record(
        site,
        Use {
            service: service.to_owned(),
            operation: operation.to_owned(),
            arguments: named,
            arguments_complete: !arguments.more_keyword,
            binding: Binding::Certain,
            via,
        },
    );
}

/// What iterating over a value of the SDK yields.
pub(super) fn element(machine: &mut Machine<'_>, cloud: &Rc<Cloud>, site: Site) -> Option<Value> {
    match &**cloud {
        Cloud::Collection { .. } => Some(resources::element(machine, cloud, site)),
        Cloud::Resource { .. } => Some(Atom::Cloud(Rc::clone(cloud)).into()),
        Cloud::Special { kind: "future", .. } => Some(Atom::Cloud(Rc::clone(cloud)).into()),
        _ => Some(Value::data()),
    }
}

/// A method is called on something from a package that is not among the files: it may be a layer that is missing.
pub(super) fn unbound_from(machine: &mut Machine<'_>, path: &str, name: &str, arguments: &Arguments, site: Site) {
    let package = path.split(['.', '(']).next().unwrap_or_default();
    if arguments.keyword.is_empty()
        || super::standard::is_standard(package)
        || wrappers::is_modelled(package)
        || super::installed::is_common(package)
        || super::installed::has_package(&machine.project().sources, package)
    {
        return;
    }
    if facts::python_operations(name).next().is_some() {
        call_unknown(machine, name, arguments, Some(package), site);
    }
}
