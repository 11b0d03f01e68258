//! Services, operations, their Python methods, paginators and waiters.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::facts::table::{Rows, overlay};
use crate::facts::{Facts, javascript};

/// Operations that no model of a package has.
pub(super) const OVERLAY: &str = "crates/code/data/overlay_operations.tsv";

pub(super) fn services(facts: &Facts) -> Result<Rows> {
    let mut rows = Rows::default();
    for (name, service) in &facts.botocore.services {
        rows.add([
            name.as_str(),
            &service.signing_name,
            &service.endpoint_prefix,
            &service.service_id,
            &javascript::package(&service.service_id),
            &javascript::client(&service.service_id),
            if service.is_current { "current" } else { "retired" },
        ]);
    }
    Ok(rows)
}

pub(super) fn operations(facts: &Facts) -> Result<Rows> {
    let by_name = services_by_operation(facts)?;
    let mut rows = Rows::default();
    for (service, name, operation) in facts.botocore.operations() {
        let is_shared = by_name.get(name).is_some_and(|services| services.len() > 1);
        let optional = if is_shared { operation.optional.join(",") } else { String::new() };
        rows.add([format!("{service}.{name}"), operation.required.join(","), optional]);
    }
    for row in overlay(facts, OVERLAY, 4)? {
        rows.add([format!("{}.{}", row[0], row[1]), row[2].clone()]);
    }
    Ok(rows)
}

pub(super) fn commands(facts: &Facts) -> Result<Rows> {
    let mut rows = Rows::default();
    for (operation, services) in services_by_operation(facts)? {
        rows.add([operation, services.join(",")]);
    }
    Ok(rows)
}

pub(super) fn python_methods(facts: &Facts) -> Result<Rows> {
    let mut rows = Rows::default();
    for operation in services_by_operation(facts)?.into_keys() {
        rows.add([facts.botocore.python.method(&operation), operation]);
    }
    Ok(rows)
}

pub(super) fn paginators(facts: &Facts) -> Result<Rows> {
    let mut rows = Rows::default();
    for (name, service) in &facts.botocore.services {
        for operation in &service.paginated {
            rows.add([format!("{name}.{operation}")]);
        }
    }
    Ok(rows)
}

pub(super) fn waiters(facts: &Facts) -> Result<Rows> {
    let mut rows = Rows::default();
    for (name, service) in &facts.botocore.services {
        for (waiter, operation) in &service.waiters {
            rows.add([format!("{name}.{waiter}"), operation.clone(), facts.botocore.python.method(waiter)]);
        }
    }
    Ok(rows)
}

/// Services sorted, by operation.
fn services_by_operation(facts: &Facts) -> Result<BTreeMap<String, Vec<String>>> {
    let mut by_operation: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (service, operation, _) in facts.botocore.operations() {
        by_operation.entry(operation.to_owned()).or_default().push(service.to_owned());
    }
    for row in overlay(facts, OVERLAY, 4)? {
        by_operation.entry(row[1].clone()).or_default().push(row[0].clone());
    }
    for services in by_operation.values_mut() {
        services.sort_unstable();
        services.dedup();
    }
    Ok(by_operation)
}
