//! Commands: made in one place, sent in another.

use std::rc::Rc;

use model::call::{Binding, Via};

use crate::evaluate::{Arguments, Atom, Cloud, Machine, ModuleId, Site, Use, Value};

const KIND: &str = "command";

/// A command made at `site`.
pub(super) fn new(service: &str, operation: &str, input: Value, site: Site) -> Value {
    let place = [i64::from(site.module.0), i64::from(site.offset)].map(|number| Value::from(Atom::Integer(number)));
    let [module, offset] = place;
    let parts: Rc<[Value]> = [input, module, offset].into();
    Value::cloud(Cloud::Special { kind: KIND, name: format!("{service}.{operation}").into(), parts })
}

/// Records every command among the alternatives as sent; whether there was one.
pub(super) fn send_all(machine: &mut Machine<'_>, value: &Value, binding: Binding, via: Via) -> bool {
    let mut sent = false;
    for atom in value.atoms() {
        if let Some((site, service, operation, input)) = parts_of(atom) {
            record(machine, site, (&service, &operation), &input, binding, via);
            sent = true;
        }
    }
    sent
}

fn parts_of(atom: &Atom) -> Option<(Site, String, String, Value)> {
    let Atom::Cloud(cloud) = atom else { return None };
    let Cloud::Special { kind: KIND, name, parts } = &**cloud else { return None };
    let (service, operation) = name.split_once('.')?;
    let [input, module, offset] = &**parts else { return None };
    let number = |value: &Value| match value.single() {
        Some(Atom::Integer(number)) => u32::try_from(*number).ok(),
        _ => None,
    };
    let site = Site { module: ModuleId(number(module)?), offset: number(offset)? };
    Some((site, service.to_owned(), operation.to_owned(), input.clone()))
}

/// Records one use whose parameters are the entries of `input`.
pub(super) fn record(
    machine: &mut Machine<'_>,
    site: Site,
    (service, operation): (&str, &str),
    input: &Value,
    binding: Binding,
    via: Via,
) {
    let (entries, complete) = machine.entries(input);
    let arguments = entries.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
    machine.service_seen(service, "client");
    machine.record(
        site,
        Use {
            service: service.to_owned(),
            operation: operation.to_owned(),
            arguments,
            arguments_complete: complete,
            binding,
            via,
        },
    );
}

/// The first argument, or nothing.
pub(super) fn first(arguments: &Arguments) -> Value {
    arguments.positional.first().cloned().unwrap_or_else(|| Atom::Nothing.into())
}

/// The second argument, or nothing.
pub(super) fn second(arguments: &Arguments) -> Value {
    arguments.positional.get(1).cloned().unwrap_or_else(|| Atom::Nothing.into())
}
