//! Which functions of a template run with which roles.

use std::collections::BTreeMap;

use deploy::formats::cloudformation::{Partial, PartialValue, Resource};
use model::{Location, SymbolicText};

use crate::aws::resources::declared::Declared;

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

type ById<'d, 's> = BTreeMap<&'s str, &'d Declared<'s>>;

/// The roles of every function of a template.
pub(in crate::aws::resources) struct Roles<'d, 's> {
    by_id: ById<'d, 's>,
    assigned: BTreeMap<&'s str, Vec<AssignedRole<'s>>>,
    /// Logical ids of the functions that have the role of this key, in file order.
    by_key: BTreeMap<String, Vec<&'s str>>,
}

impl<'d, 's> Roles<'d, 's> {
    pub(in crate::aws::resources) fn of_functions(functions: &'d [Declared<'s>]) -> Self {
        let by_id: ById<'d, 's> = functions.iter().map(|function| (function.logical_id(), function)).collect();
        let assigned: BTreeMap<_, _> =
            by_id.iter().map(|(id, function)| (*id, assigned_roles(function, &by_id))).collect();
        let mut by_key: BTreeMap<String, Vec<&'s str>> = BTreeMap::new();
        for (id, roles) in &assigned {
            for role in roles {
                by_key.entry(role.key()).or_default().push(id);
            }
        }
        Self { by_id, assigned, by_key }
    }

    /// The function of this logical id.
    pub(super) fn function(&self, logical_id: &str) -> Option<&'d Declared<'s>> {
        self.by_id.get(logical_id).copied()
    }

    /// The roles that the function may run with; several when which one is undecided.
    pub(super) fn of(&self, function: &Declared<'_>) -> &[AssignedRole<'s>] {
        self.assigned.get(function.logical_id()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether the function of this logical id runs with the role of this key.
    pub(super) fn has(&self, logical_id: &str, key: &str) -> bool {
        self.by_key.get(key).is_some_and(|ids| ids.contains(&logical_id))
    }

    /// Ids of the other functions that run with a role of the function, sorted.
    pub(super) fn shared_with(&self, function: &Declared<'_>) -> Vec<String> {
        let keys = self.of(function).iter().map(AssignedRole::key);
        let ids = keys.flat_map(|key| self.by_key.get(&key).into_iter().flatten());
        let others = ids.filter(|id| **id != function.logical_id()).filter_map(|id| self.by_id.get(id));
        let mut shared: Vec<_> = others.map(|other| other.id()).collect();
        shared.sort();
        shared.dedup();
        shared
    }
}

/// The roles that the function may run with: one, or the branches of an undecided choice.
fn assigned_roles<'s>(function: &Declared<'s>, by_id: &ById<'_, 's>) -> Vec<AssignedRole<'s>> {
    let written = function.get("Role");
    let mut roles: Vec<AssignedRole<'s>> = Vec::new();
    if let Some(written) = written {
        for alternative in written.alternatives() {
            if let Some(text) = alternative.text() {
                let location = function.location_of(alternative);
                roles.push(AssignedRole { role: role_of(&text, function, by_id), name: text, location });
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

fn role_of<'s>(text: &SymbolicText, function: &Declared<'s>, by_id: &ById<'_, 's>) -> Role<'s> {
    let stack = function.stack;
    if let Some(reference) = text.as_reference() {
        let logical_id = reference.split('.').next().unwrap_or_default();
        if let Some(resource) = stack.resource(logical_id).filter(|resource| resource.kind == "AWS::IAM::Role") {
            return Role::Resource(resource);
        }
        let owner = logical_id.strip_suffix("Role").filter(|_| stack.resource(logical_id).is_none());
        let owner = owner.and_then(|owner| by_id.get(owner));
        let owner = owner.filter(|owner| owner.kind.is_sam && owner.get("Role").is_none());
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
