//! What type annotations promise: the stub packages name service and class.

use std::rc::Rc;

use model::call::Binding;

use super::service_resource;
use crate::evaluate::{Atom, Cloud, Machine, Value};
use crate::facts;

/// Beginnings of the stub packages' names, followed by the service with `_` for `-`.
const STUB_PACKAGES: &[&str] = &["mypy_boto3_", "types_boto3_", "types_aiobotocore_"];

/// The likely clients and resources of an annotation such as `mypy_boto3_s3.S3Client`.
pub(in crate::languages::python) fn annotation(machine: &mut Machine<'_>, annotation: &Value) -> Option<Value> {
    let mut promised = Value::none();
    for atom in annotation.atoms() {
        if let Atom::External(path) = atom
            && let Some(value) = stub(machine, path)
        {
            promised = promised.or(value);
        }
    }
    (!promised.is_none()).then_some(promised)
}

fn stub(machine: &mut Machine<'_>, path: &str) -> Option<Value> {
    let (package, rest) = path.split_once('.')?;
    let service = STUB_PACKAGES.iter().find_map(|prefix| package.strip_prefix(prefix))?;
    let service: Rc<str> =
        [service.to_owned(), service.replace('_', "-")].into_iter().find(|name| facts::is_service(name))?.into();
    let class = rest.rsplit('.').next()?;
    if class.ends_with("Client") {
        machine.service_seen(&service, "client");
        return Some(Value::cloud(Cloud::Client { service: Some(service), flavour: "", binding: Binding::Likely }));
    }
    if class.ends_with("ServiceResource") {
        machine.service_seen(&service, "ServiceResource");
        return Some(Value::cloud(service_resource(&service, Binding::Likely)));
    }
    let row = facts::resource_members(&format!("{service}.{class}")).find(|member| member.kind == "class")?;
    let identifiers = row.identifiers.split(',').map(|name| (Rc::from(name), Value::unknown())).collect();
    machine.service_seen(&service, class);
    Some(Value::cloud(Cloud::Resource {
        service,
        kind: class.into(),
        identifiers,
        loaded: false,
        binding: Binding::Likely,
    }))
}
