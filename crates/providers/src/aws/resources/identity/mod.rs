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
mod implicit;
mod list;
mod role_resource;

use deploy::Project;
use deploy::formats::cloudformation::{Partial, PartialValue, Resource};
use model::function::Identity;
use model::permission::PolicyKind;
use model::{Gap, Hidden, Location, SymbolicText};

use super::declared::Declared;
pub(in crate::aws) use list::PolicyList;

/// A role that a function runs with.
pub(super) enum Role<'s> {
    /// SAM makes it for the function of this logical id.
    Generated { owner: &'s str },
    /// It is a resource of the template.
    Resource(&'s Resource),
    /// Another tool than SAM makes it, under this logical id.
    Made { logical_id: &'s str },
    /// It is elsewhere.
    Elsewhere,
}

/// One of the roles that a function may run with, as it is written.
pub(super) struct AssignedRole<'s> {
    pub(super) role: Role<'s>,
    /// The role's ARN or a reference; a description for a generated one.
    pub(super) name: SymbolicText,
    pub(super) location: Location,
}

impl AssignedRole<'_> {
    /// What two functions that share the role have in common.
    pub(super) fn key(&self) -> String {
        match &self.role {
            Role::Generated { owner } => format!("{owner}Role"),
            Role::Resource(resource) => resource.logical_id.clone(),
            Role::Made { logical_id } => (*logical_id).to_owned(),
            Role::Elsewhere => self.name.to_string(),
        }
    }
}

/// The identity of `function`. `functions` are all of the template's: roles are shared, connectors name others.
pub(super) fn of(
    function: &Declared<'_>,
    functions: &[Declared<'_>],
    project: &dyn Project,
    gaps: &mut Vec<Gap>,
) -> Identity {
    let roles = assigned_roles(function, functions);
    let mut list = PolicyList::of_function(function);
    for assigned in &roles {
        attach(assigned, functions, project, &mut list);
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
    let shared_with = shared_with(function, &roles, functions);
    let (policies, mut found) = list.finish();
    gaps.append(&mut found);
    Identity { name: roles.into_iter().next().map(|assigned| assigned.name), policies, shared_with }
}

fn attach(assigned: &AssignedRole<'_>, functions: &[Declared<'_>], project: &dyn Project, list: &mut PolicyList<'_>) {
    match &assigned.role {
        Role::Generated { owner } => {
            if let Some(owner) = functions.iter().find(|function| function.logical_id() == *owner) {
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
    attached::attach(assigned, list);
    connectors::attach(assigned, functions, list);
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

/// The roles that the function may run with: one, or the branches of an undecided choice.
pub(super) fn assigned_roles<'s>(function: &Declared<'s>, functions: &[Declared<'s>]) -> Vec<AssignedRole<'s>> {
    let written = function.get("Role");
    let mut roles: Vec<AssignedRole<'s>> = Vec::new();
    if let Some(written) = written {
        for alternative in written.alternatives() {
            if let Some(text) = alternative.text() {
                let location = function.location_of(alternative);
                roles.push(AssignedRole { role: role_of(&text, function, functions), name: text, location });
            }
        }
    }
    let may_be_absent = match written.map(|written| &written.value) {
        None => true,
        Some(PartialValue::OneOf(values)) => values.iter().any(Partial::is_absent),
        Some(_) => false,
    };
    if function.kind.is_sam && may_be_absent {
        let owner = function.logical_id();
        let name = SymbolicText::literal(format!("role generated for {owner}"));
        roles.push(AssignedRole { role: Role::Generated { owner }, name, location: function.location() });
    }
    roles
}

fn role_of<'s>(text: &SymbolicText, function: &Declared<'s>, functions: &[Declared<'s>]) -> Role<'s> {
    let stack = function.stack;
    if let Some(reference) = text.as_reference() {
        let logical_id = reference.split('.').next().unwrap_or_default();
        if let Some(resource) = stack.resource(logical_id).filter(|resource| resource.kind == "AWS::IAM::Role") {
            return Role::Resource(resource);
        }
        let owner = logical_id.strip_suffix("Role").filter(|_| stack.resource(logical_id).is_none());
        let owner = owner.and_then(|owner| {
            functions
                .iter()
                .find(|other| other.kind.is_sam && other.logical_id() == owner && other.get("Role").is_none())
        });
        return owner.map_or(Role::Elsewhere, |owner| Role::Generated { owner: owner.logical_id() });
    }
    // `arn:aws:iam::…:role/path/name`: joined by name.
    let written = text.to_string();
    let name = written.split_once(":role/").map(|(_, path)| path.rsplit('/').next().unwrap_or_default());
    let named = |resource: &&Resource| {
        let given = resource.property("RoleName").and_then(|name| name.texts().next());
        given.is_some_and(|given| name == Some(given.to_string().as_str()))
    };
    stack.of_kind("AWS::IAM::Role").find(named).map_or(Role::Elsewhere, Role::Resource)
}

fn shared_with(function: &Declared<'_>, roles: &[AssignedRole<'_>], functions: &[Declared<'_>]) -> Vec<String> {
    let keys: Vec<_> = roles.iter().map(AssignedRole::key).collect();
    let shares = |other: &&Declared<'_>| {
        other.logical_id() != function.logical_id()
            && assigned_roles(other, functions).iter().any(|role| keys.contains(&role.key()))
    };
    let mut ids: Vec<_> = functions.iter().filter(shares).map(Declared::id).collect();
    ids.sort();
    ids
}

/// What an undecided or unreadable grant hides.
const HIDES: [Hidden; 1] = [Hidden::Permissions];

#[cfg(test)]
mod tests;
