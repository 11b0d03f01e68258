//! Built-in names and the standard library, as far as clients, operation names and functions flow through them.
//!
//! **Source**: the Python 3.14 library reference. What is not listed here gives data (standard library) or something
//! foreign (other packages), and functions handed to it are taken to be called.

mod builtins;
mod containers;
mod library;
mod runners;

use std::rc::Rc;

use model::SymbolicText;
use model::table::SortedLines;

pub(super) use containers::{add_to_dict, copy_list};
pub(super) use runners::{call_special, call_special_member};

use super::sdk;
use crate::evaluate::{Arguments, Atom, Machine, Member, OWNER, ObjectId, Site, Value};
use crate::facts;

const MODULES: &str = include_str!("modules.tsv");
const BUILTINS: &str = include_str!("builtins.tsv");

pub(super) fn is_standard(module: &str) -> bool {
    SortedLines::new(MODULES).get(module).is_some()
}

fn package(path: &str) -> &str {
    path.split('.').next().unwrap_or_default()
}

pub(super) fn global(machine: &mut Machine<'_>, name: &str, _site: Site) -> Option<Value> {
    if SortedLines::new(BUILTINS).get(name).is_some() {
        return Some(Value::external(&format!("builtins.{name}")));
    }
    match name {
        // Imported by the platform, a module is never the main one; run by itself, it may be.
        "__name__" if machine.has_handler() => Some(Value::literal("module")),
        "__name__" | "__file__" | "__doc__" | "__debug__" | "__path__" | "__package__" => Some(Value::data()),
        _ => None,
    }
}

/// Classes of the standard library whose methods no framework calls.
pub(super) fn is_inert_base(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or_default();
    matches!(
        package(path),
        "builtins" | "abc" | "enum" | "typing" | "typing_extensions" | "dataclasses" | "collections"
    ) || name.ends_with("Exception")
        || name.ends_with("Error")
        || matches!(name, "BaseModel" | "BaseSettings" | "Schema" | "JSONEncoder")
}

pub(super) fn member(machine: &mut Machine<'_>, receiver: &Atom, name: &str, site: Site) -> Option<Value> {
    match receiver {
        // `Enum` members are written like fields.
        Atom::Text(_) | Atom::Integer(_) if name == "value" => Some(receiver.clone().into()),
        Atom::Instance(id) | Atom::Class(id) => {
            let class = if matches!(receiver, Atom::Class(_)) { *id } else { machine.class_of(*id)? };
            match name {
                "__class__" => Some(Atom::Class(class).into()),
                "__dict__" | "__name__" | "__module__" | "__doc__" => Some(Value::data()),
                _ => setting(machine, class, name),
            }
        }
        Atom::Data if name.contains('_') && facts::python_operations(name).next().is_some() => {
            Some(Atom::Member(Rc::new(Member { receiver: Atom::Data, name: name.into() })).into())
        }
        Atom::External(path) if path.ends_with("()") => Some(
            Atom::Member(Rc::new(Member {
                receiver: machine.foreign(path, site).single()?.clone(),
                name: name.into(),
            }))
            .into(),
        ),
        _ => None,
    }
}

/// Fields of pydantic's settings classes hold the environment variable of their name.
fn setting(machine: &mut Machine<'_>, class: ObjectId, name: &str) -> Option<Value> {
    let is_settings = machine.foreign_bases(class).iter().any(|base| base.ends_with("BaseSettings"));
    is_settings.then(|| Value::text(SymbolicText::environment(name.to_uppercase())))
}

pub(super) fn index(_machine: &mut Machine<'_>, path: &str, index: &Value) -> Option<Value> {
    match path {
        "os.environ" | "os.environb" => Some(environment(index)),
        _ if matches!(package(path), "typing" | "typing_extensions") => Some(index.clone()),
        _ => None,
    }
}

/// The environment variables of these names.
pub(super) fn environment(names: &Value) -> Value {
    let variable = |atom: &Atom| match atom {
        Atom::Text(text) => match text.as_literal() {
            Some(name) => Value::text(SymbolicText::environment(name)),
            None => Value::text(SymbolicText::unknown()),
        },
        _ => Value::text(SymbolicText::unknown()),
    };
    names.atoms().iter().fold(Value::none(), |values, atom| values.or(variable(atom)))
}

pub(super) fn decorate(machine: &mut Machine<'_>, decorator: &Atom, decorated: &Value, site: Site) -> Option<Value> {
    match decorator {
        Atom::External(path) if is_transparent(path) => Some(decorated.clone()),
        Atom::External(path) => {
            sdk::wrappers::decorated(machine, path, site);
            Some(decorated.clone())
        }
        Atom::Foreign(path, id) => {
            if !is_transparent(path)
                && let Some(owner) = machine.part(*id, OWNER)
            {
                for atom in owner.atoms().to_vec() {
                    if let Atom::Foreign(_, owner) = atom {
                        machine.hold(owner, decorated.clone());
                    }
                }
            }
            Some(decorated.clone())
        }
        Atom::Member(member) => {
            if let Atom::Foreign(path, owner) = &member.receiver
                && !is_transparent(path)
            {
                machine.hold(*owner, decorated.clone());
            }
            Some(decorated.clone())
        }
        _ => None,
    }
}

/// Decorators that only wrap: using the object they belong to does not call what they decorate.
fn is_transparent(path: &str) -> bool {
    const WRAPPING: &[&str] = &[
        "aws_lambda_powertools.Logger",
        "aws_lambda_powertools.Metrics",
        "aws_lambda_powertools.Tracer",
        "aws_lambda_powertools.logging",
        "aws_lambda_powertools.metrics",
        "aws_lambda_powertools.middleware_factory",
        "aws_lambda_powertools.tracing",
        "aws_xray_sdk",
        "backoff",
        "cachetools",
        "datadog_lambda",
        "ddtrace",
        "loguru",
        "opentelemetry",
        "pytest",
        "retry",
        "sentry_sdk",
        "structlog",
        "tenacity",
        "unittest",
    ];
    is_standard(package(path)) || WRAPPING.iter().any(|prefix| path.starts_with(prefix))
}

pub(super) fn call(machine: &mut Machine<'_>, path: &str, arguments: &Arguments, site: Site) -> Option<Value> {
    if let Some(builtin) = path.strip_prefix("builtins.") {
        return Some(builtins::call(machine, builtin, arguments, site));
    }
    if let Some(value) = library::call(machine, path, arguments, site) {
        return Some(value);
    }
    if let Some(value) = sdk::wrappers::call(machine, path, arguments, site) {
        return Some(value);
    }
    if !is_standard(package(path)) {
        return None;
    }
    for value in arguments.values() {
        machine.escape(value, site);
    }
    Some(machine.foreign(&format!("{path}()"), site))
}

fn argument(arguments: &Arguments, position: usize, name: &str) -> Value {
    arguments.get(position, name).cloned().unwrap_or_else(Value::none)
}

fn rest_of(arguments: &Arguments, skipped: usize) -> Arguments {
    let positional = arguments.positional.iter().skip(skipped).cloned().collect();
    Arguments { positional, ..arguments.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert_eq!(SortedLines::new(MODULES).first_unsorted(), None);
        assert_eq!(SortedLines::new(BUILTINS).first_unsorted(), None);
        assert!(is_standard("json") && !is_standard("requests"));
    }
}
