//! Policies that attach themselves to a role: `AWS::IAM::Policy`, `AWS::IAM::RolePolicy`, `AWS::IAM::ManagedPolicy`.

use deploy::formats::cloudformation::{Partial, Resource};
use model::SymbolicText;
use model::permission::PolicyKind;

use super::list::{PolicyList, resource_name};
use super::{AssignedRole, Role};

/// A resource type that names the roles it is attached to.
struct Attachment {
    resource: &'static str,
    /// Property that names the roles.
    roles: &'static str,
    name: &'static str,
    is_managed: bool,
}

/// Sorted by resource.
const ATTACHMENTS: &[Attachment] = &[
    Attachment { resource: "AWS::IAM::ManagedPolicy", roles: "Roles", name: "ManagedPolicyName", is_managed: true },
    Attachment { resource: "AWS::IAM::Policy", roles: "Roles", name: "PolicyName", is_managed: false },
    Attachment { resource: "AWS::IAM::RolePolicy", roles: "RoleName", name: "PolicyName", is_managed: false },
];

pub(super) fn attach(assigned: &AssignedRole<'_>, list: &mut PolicyList<'_>) {
    let stack = list.stack;
    for resource in &stack.resources {
        let Some(kind) = ATTACHMENTS.iter().find(|kind| kind.resource == resource.kind) else { continue };
        let Some(roles) = resource.property(kind.roles) else { continue };
        if !roles.items_or_self().any(|role| names(role, assigned)) {
            continue;
        }
        let location = resource.place.location(&stack.file);
        if kind.is_managed {
            let arn = SymbolicText::reference(resource.logical_id.as_str());
            list.customer(PolicyKind::Customer, resource, &arn, location);
        } else if list.applies(resource) {
            inline(resource, kind, list);
        }
    }
}

fn inline(resource: &Resource, kind: &Attachment, list: &mut PolicyList<'_>) {
    let location = resource.place.location(list.file());
    match resource.property("PolicyDocument") {
        Some(document) => list.document(PolicyKind::Inline, resource_name(resource, kind.name), document, location),
        None => list.gap(&resource.body, format!("policy `{}` has no `PolicyDocument`", resource.logical_id)),
    }
}

/// Whether `role`, as a policy names it, is the assigned one.
fn names(role: &Partial, assigned: &AssignedRole<'_>) -> bool {
    let key = assigned.key();
    let given = match &assigned.role {
        Role::Resource(resource) => resource.property("RoleName").and_then(|name| name.texts().next()),
        Role::Generated { .. } | Role::Made { .. } => None,
        // Of a role elsewhere only the name is known.
        Role::Elsewhere => {
            let written = assigned.name.to_string();
            written
                .split_once(":role/")
                .map(|(_, path)| SymbolicText::parse_sub(path.rsplit('/').next().unwrap_or_default()))
        }
    };
    role.texts().any(|text| {
        text.as_reference().is_some_and(|reference| reference.split('.').next() == Some(key.as_str()))
            || (!text.is_empty() && (given.as_ref() == Some(&text) || text == assigned.name))
    })
}
