//! Version 2 of the SDK: one package with a class per service.

use std::rc::Rc;

use model::call::{Binding, Via};

use super::commands::{self, first};
use super::paths::Path;
use super::{facts, flavour, v3};
use crate::evaluate::{Arguments, Cloud, Machine, Site, Value};

/// The packages that export every class.
const NAMESPACES: &[&str] = &["aws-sdk", "aws-sdk/clients/all", "aws-sdk/global", "aws-sdk/index"];

/// Whether the path is the namespace of all classes.
pub(super) fn is_namespace(path: &str) -> bool {
    let path = Path::parse(path);
    NAMESPACES.contains(&path.package) && path.members.is_empty()
}

/// Service and flavour of the client that a path names as a class.
pub(super) fn client_of(path: &Path<'_>) -> Option<(String, &'static str)> {
    match class_path(path)?.as_slice() {
        ["DynamoDB", "DocumentClient"] => Some(("dynamodb".to_owned(), flavour::V2_DOCUMENT)),
        [class] => facts::v2_service(class).map(|service| (service.to_owned(), flavour::V2)),
        _ => None,
    }
}

/// The members from the namespace down, whichever file of the package the path starts at.
fn class_path<'a>(path: &Path<'a>) -> Option<Vec<&'a str>> {
    if NAMESPACES.contains(&path.package) {
        return Some(path.members.clone());
    }
    let file = path.package.strip_prefix("aws-sdk/clients/")?;
    let class = facts::v2_class_of_file(file.trim_end_matches(".js"))?;
    let mut members = vec![class];
    members.extend(path.members.iter().copied().filter(|member| *member != class));
    Some(members)
}

/// Constructors, and the helpers that are called without a client.
pub(super) fn call(
    machine: &mut Machine<'_>,
    path: &Path<'_>,
    arguments: &Arguments,
    construct: bool,
    site: Site,
) -> Option<Value> {
    let members = class_path(path)?;
    if let Some((service, flavour)) = client_of(path) {
        machine.service_seen(&service, "client");
        let service: Rc<str> = service.as_str().into();
        return Some(Value::cloud(Cloud::Client { service: Some(service), flavour, binding: Binding::Certain }));
    }
    let helper = facts::helper(&format!("aws-sdk.{}", members.join(".")))?;
    if !construct {
        return None;
    }
    if helper.operation == "PutObject" {
        return Some(v3::upload(machine, arguments, site));
    }
    commands::record(machine, site, (helper.service, helper.operation), &first(arguments), Binding::Certain, Via::Sdk);
    Some(Value::data())
}
