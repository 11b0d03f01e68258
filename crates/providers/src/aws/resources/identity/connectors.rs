//! What SAM's connectors grant to a role.
//!
//! Supported: `AWS::Serverless::Connector` and `Connectors` of a resource, ends named by `Id` or described by `Type` and
//! `Arn`, one destination or several.
//! Unsupported (→ gap): ends that the template does not have, pairs of types that SAM does not connect.

use deploy::formats::cloudformation::Partial;
use model::permission::{PolicyKind, Statement};
use model::{Location, SymbolicText};

use super::list::PolicyList;
use super::{AssignedRole, Roles};
use crate::aws::iam::facts::{self, ConnectorSide};

/// Types whose `Ref` is their ARN. Sorted.
const ARN_BY_REFERENCE: [&str; 6] = [
    "AWS::AppSync::DataSource",
    "AWS::AppSync::GraphQLApi",
    "AWS::SNS::Topic",
    "AWS::Serverless::GraphQLApi",
    "AWS::Serverless::StateMachine",
    "AWS::StepFunctions::StateMachine",
];

/// One connection between two resources.
struct Connection<'s> {
    name: String,
    source: End,
    destination: End,
    permissions: Vec<String>,
    written: &'s Partial,
    location: Location,
}

/// One end of a connection.
struct End {
    logical_id: Option<String>,
    kind: String,
    arn: SymbolicText,
    name: SymbolicText,
    /// The role, when the end describes it instead of naming a resource.
    role_name: Option<SymbolicText>,
}

/// Attaches what connectors grant to the assigned role.
pub(super) fn attach(assigned: &AssignedRole<'_>, roles: &Roles<'_, '_>, list: &mut PolicyList<'_>) {
    for connection in connections(list) {
        let mut statements = Vec::new();
        for permission in &connection.permissions {
            statements.extend(granted(&connection, permission, assigned, roles, list));
        }
        if !statements.is_empty() {
            let name = format!("{}Policy", connection.name);
            list.push(PolicyKind::Connector, name, None, statements, connection.location.clone());
        }
    }
}

fn granted(
    connection: &Connection<'_>,
    permission: &str,
    assigned: &AssignedRole<'_>,
    roles: &Roles<'_, '_>,
    list: &mut PolicyList<'_>,
) -> Vec<Statement> {
    let (source, destination) = (&connection.source, &connection.destination);
    let Some(connector) = facts::connector(&source.kind, &destination.kind, permission) else {
        if [source, destination].iter().any(|end| has_role(end, assigned, roles)) {
            let why = format!(
                "connector `{}` grants `{permission}` from `{}` to `{}`, which SAM does not know",
                connection.name, source.kind, destination.kind
            );
            list.gap(connection.written, why);
        }
        return Vec::new();
    };
    let receiver = match connector.side {
        ConnectorSide::SourceRole => source,
        ConnectorSide::DestinationRole => destination,
        ConnectorSide::ResourcePolicy => return Vec::new(),
    };
    if !has_role(receiver, assigned, roles) {
        return Vec::new();
    }
    connector.statements(&source.arn, &destination.arn, &destination.name, &connection.location)
}

/// Whether what stands at `end` runs with the assigned role.
fn has_role(end: &End, assigned: &AssignedRole<'_>, roles: &Roles<'_, '_>) -> bool {
    if let Some(role) = &end.role_name {
        let key = assigned.key();
        return role.as_reference() == Some(key.as_str()) || role.as_literal() == Some(key.as_str());
    }
    end.logical_id.as_ref().is_some_and(|logical_id| roles.has(logical_id, &assigned.key()))
}

/// Every connection of the template, one per destination.
fn connections<'f>(list: &mut PolicyList<'f>) -> Vec<Connection<'f>> {
    let stack = list.stack;
    let mut connections = Vec::new();
    for resource in &stack.resources {
        if resource.kind == "AWS::Serverless::Connector"
            && let Some(properties) = resource.properties()
            && list_applies(resource, list)
        {
            let location = resource.place.location(&stack.file);
            let source = properties.get("Source").map(|source| end(source, list));
            connect(&resource.logical_id, source, properties, location, list, &mut connections);
        }
        for embedded in resource.body.get("Connectors").iter().flat_map(|connectors| connectors.entries()) {
            let Some(properties) = embedded.value.get("Properties") else { continue };
            let mut source = of_resource(&resource.logical_id, list);
            if let Some(described) =
                properties.get("SourceReference").and_then(|source| source.get("Arn")?.texts().next())
            {
                source.arn = described;
            }
            let name = format!("{}{}", resource.logical_id, embedded.name);
            let location = embedded.place.location(&stack.file);
            connect(&name, Some(source), properties, location, list, &mut connections);
        }
    }
    connections
}

fn list_applies(resource: &deploy::formats::cloudformation::Resource, list: &mut PolicyList<'_>) -> bool {
    resource.condition.is_none() || list.applies(resource)
}

fn connect<'f>(
    name: &str,
    source: Option<End>,
    properties: &'f Partial,
    location: Location,
    list: &mut PolicyList<'f>,
    connections: &mut Vec<Connection<'f>>,
) {
    let Some(source) = source else {
        return list.gap(properties, format!("connector `{name}` has no source; what it grants is not seen"));
    };
    let permissions: Vec<String> = properties
        .get("Permissions")
        .map(|granted| granted.items_or_self().filter_map(Partial::literal).collect())
        .unwrap_or_default();
    for destination in properties.get("Destination").iter().flat_map(|destination| destination.items_or_self()) {
        let source = End {
            logical_id: source.logical_id.clone(),
            kind: source.kind.clone(),
            arn: source.arn.clone(),
            name: source.name.clone(),
            role_name: source.role_name.clone(),
        };
        connections.push(Connection {
            name: name.to_owned(),
            source,
            destination: end(destination, list),
            permissions: permissions.clone(),
            written: properties,
            location: location.clone(),
        });
    }
}

/// An end as a connector writes it: `{Id}`, or `{Type, Arn, RoleName, …}`.
fn end(written: &Partial, list: &PolicyList<'_>) -> End {
    let text = |key: &str| written.get(key).and_then(|value| value.texts().next());
    match written.get("Id").and_then(Partial::literal) {
        Some(logical_id) => of_resource(&logical_id, list),
        None => End {
            logical_id: None,
            kind: written.get("Type").and_then(Partial::literal).unwrap_or_default(),
            arn: text("Arn").unwrap_or_else(SymbolicText::unknown),
            name: text("Name").unwrap_or_else(SymbolicText::unknown),
            role_name: Some(text("RoleName").unwrap_or_default()),
        },
    }
}

fn of_resource(logical_id: &str, list: &PolicyList<'_>) -> End {
    let kind = list.stack.resource(logical_id).map(|resource| resource.kind.clone()).unwrap_or_default();
    let attribute = if ARN_BY_REFERENCE.binary_search(&kind.as_str()).is_ok() { "" } else { ".Arn" };
    End {
        logical_id: Some(logical_id.to_owned()),
        kind,
        arn: SymbolicText::reference(format!("{logical_id}{attribute}")),
        name: SymbolicText::reference(format!("{logical_id}.Name")),
        role_name: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_sorted() {
        assert!(ARN_BY_REFERENCE.is_sorted());
    }
}
