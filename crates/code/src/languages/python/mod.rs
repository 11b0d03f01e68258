//! Python: files, imports, handlers, the standard library as far as values flow through it, boto3 and its relatives.

mod installed;
mod lower;
mod methods;
mod resolve;
mod sdk;
mod standard;
#[cfg(test)]
mod tests;

use super::{Language, Model};
use crate::evaluate::{Arguments, Atom, Machine, Site, Value};

pub(crate) const PYTHON: Language = Language {
    id: "python",
    ecosystem: "pypi",
    extensions: &[".py"],
    runtimes: &["python"],
    constructor: "__init__",
    allocator: Some("__new__"),
    call_method: Some("__call__"),
    missing_member: Some("__getattr__"),
    index_method: Some("__getitem__"),
    iterator_method: Some("__iter__"),
    enter_methods: &["__enter__", "__aenter__"],
    leave_methods: &["__exit__", "__aexit__"],
    entries_are_members: false,
    submodule: |name| Some(format!(".{name}")),
    package: |request| request.split('.').next().unwrap_or_default(),
    installed: installed::installed,
    is_foreign,
    is_sdk,
    is_inert_base: standard::is_inert_base,
    lower: lower::lower,
    resolve: resolve::resolve,
    modules_below: resolve::modules_below,
    handler: resolve::handler,
    sdk_users: installed::sdk_users,
    candidates: sdk::candidates,
    model: Model { global: standard::global, member, index, call, decorate: standard::decorate, annotation, element },
};

/// Top-level packages that are the SDK, or through which it is used.
const SDK_PACKAGES: &[&str] = &["aioboto3", "aiobotocore", "boto3", "botocore", "s3transfer"];

fn is_sdk(path: &str) -> bool {
    let package = path.split('.').next().unwrap_or_default();
    SDK_PACKAGES.binary_search(&package).is_ok()
}

/// Installed packages and virtual environments.
fn is_foreign(path: &str) -> bool {
    let (folder, _) = path.rsplit_once('/').unwrap_or_default();
    folder.split('/').any(|segment| {
        matches!(segment, "site-packages" | "dist-packages" | ".venv" | "venv" | "node_modules" | ".aws-sam" | ".tox")
            || SDK_PACKAGES.contains(&segment)
    })
}

fn member(machine: &mut Machine<'_>, receiver: &Atom, name: &str, site: Site) -> Option<Value> {
    match receiver {
        Atom::Cloud(cloud) => sdk::member(machine, cloud, name, site),
        receiver => standard::member(machine, receiver, name, site),
    }
}

fn index(machine: &mut Machine<'_>, receiver: &Atom, index: &Value, _site: Site) -> Option<Value> {
    match receiver {
        Atom::External(path) => standard::index(machine, path, index),
        Atom::Cloud(_) => Some(receiver.clone().into()),
        _ => None,
    }
}

fn call(
    machine: &mut Machine<'_>,
    callee: &Atom,
    arguments: &Arguments,
    _construct: bool,
    site: Site,
) -> Option<Value> {
    match callee {
        Atom::External(path) if is_sdk(path) => sdk::call_path(machine, path, arguments, site),
        Atom::External(path) => {
            let called = standard::call(machine, path, arguments, site);
            if called.is_none()
                && let Some((package, name)) = path.rsplit_once('.')
            {
                sdk::unbound_from(machine, package, name, arguments, site);
            }
            called
        }
        Atom::Cloud(cloud) => sdk::call_value(machine, cloud, arguments, site),
        Atom::Member(member) => match &member.receiver {
            Atom::Cloud(cloud) => sdk::call_member(machine, cloud, &member.name, arguments, site),
            Atom::Foreign(path, _) => {
                let called = methods::call(machine, member, arguments, site);
                if called.is_none() {
                    sdk::unbound_from(machine, path, &member.name, arguments, site);
                }
                called
            }
            receiver => {
                // Data has no operations; what looks like one on it comes from a value that was not understood.
                let is_lost = matches!(receiver, Atom::Data | Atom::Text(_)) && !arguments.keyword.is_empty();
                let called = methods::call(machine, member, arguments, site);
                if !is_lost && (called.is_some() || !callee.is_anything()) {
                    return called;
                }
                sdk::call_unknown(machine, &member.name, arguments, None, site).or(called)
            }
        },
        _ => None,
    }
}

fn annotation(machine: &mut Machine<'_>, annotation: &Value) -> Option<Value> {
    sdk::annotation(machine, annotation)
}

fn element(machine: &mut Machine<'_>, receiver: &Atom, site: Site) -> Option<Value> {
    match receiver {
        Atom::Cloud(cloud) => sdk::element(machine, cloud, site),
        _ => None,
    }
}
