//! Which role a function runs with, and every policy attached to it.
//!
//! Source: the SAM transform 2016-10-31 (`aws-sam-translator` 1.115, Apache-2.0) for the roles it makes; the resource
//! reference of `AWS::IAM` for the others.
//! Supported: roles made by SAM with all they imply, roles of the template with inline, managed and attached policies and
//! their boundary, connectors, AWS managed policies by name or ARN, customer managed policies of the template.
//! Unsupported (→ gap, and a policy of kind `unresolved`): roles and policies outside the template.

mod attached;
mod connectors;
mod generated;
mod home;
mod implicit;
mod list;
mod role_resource;
mod roles;

use deploy::Project;
use model::function::Identity;
use model::permission::PolicyKind;
use model::{Gap, Hidden, Location, SymbolicText};

use super::declared::Declared;
pub(in crate::aws) use home::boundary;
pub(in crate::aws) use list::PolicyList;
pub(super) use roles::Roles;
use roles::{AssignedRole, Role};

/// The identity of one function of the template. `all_roles` are those of all: they are shared, and connectors name others.
pub(super) fn of(
    function: &Declared<'_>,
    all_roles: &Roles<'_, '_>,
    project: &dyn Project,
    gaps: &mut Vec<Gap>,
) -> Identity {
    let roles = all_roles.of(function);
    let mut list = PolicyList::of_function(function);
    let mut elsewhere = Vec::new();
    for assigned in roles {
        attach(assigned, all_roles, project, &mut list);
        let written = list.count();
        attached::attach(assigned, &mut list);
        connectors::attach(assigned, all_roles, &mut list);
        elsewhere.extend(list.added_after(written));
    }
    if roles.is_empty() {
        list.gap_at(
            function.location(),
            format!("`{}` has no role; what it is granted is not seen", function.logical_id()),
        );
    }
    if roles.len() > 1 {
        let name = function.logical_id();
        list.gap_at(
            function.location(),
            format!("which role `{name}` runs with is known only at deployment; all are listed"),
        );
    }
    let trust = list.take_trust();
    let (policies, mut found) = list.finish();
    gaps.append(&mut found);
    let name = roles.first().map(|assigned| assigned.name.clone());
    let home = home::of(function, all_roles, elsewhere, &policies, project);
    Identity { name, policies, trust, shared_with: all_roles.shared_with(function), home }
}

fn attach(assigned: &AssignedRole<'_>, roles: &Roles<'_, '_>, project: &dyn Project, list: &mut PolicyList<'_>) {
    match &assigned.role {
        Role::Generated { owner } => {
            if let Some(owner) = roles.function(owner) {
                generated::attach(owner, project, list);
            }
        }
        Role::Resource(role) => role_resource::attach(role, list),
        Role::Made { .. } => {}
        Role::Elsewhere => {
            let name = assigned.name.to_string();
            let why = format!(
                "role `{name}` is outside the template, so what it grants is not seen; give its policy with `--policy`"
            );
            list.gap_at(assigned.location.clone(), why);
            let arn = Some(assigned.name.clone());
            list.push(PolicyKind::Unresolved, name, arn, Vec::new(), assigned.location.clone());
        }
    }
}

/// What the template gives the role of this logical id: its own policies when it is a resource, and those that attach
/// themselves to it. For functions that are declared elsewhere than in the template.
pub(in crate::aws) fn attach_by_id(logical_id: &str, list: &mut PolicyList<'_>) {
    let resource = list.stack.resource(logical_id).filter(|resource| resource.kind == "AWS::IAM::Role");
    let (role, location) = match resource {
        Some(resource) => (Role::Resource(resource), resource.place.location(list.file())),
        None => (Role::Made { logical_id }, Location::file(list.file())),
    };
    if let Some(resource) = resource {
        role_resource::attach(resource, list);
    }
    let name = SymbolicText::reference(format!("{logical_id}.Arn"));
    attached::attach(&AssignedRole { role, name, location }, list);
}

/// What an undecided or unreadable grant hides.
const HIDES: [Hidden; 1] = [Hidden::Permissions];

#[cfg(test)]
mod tests;
