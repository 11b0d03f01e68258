//! The roles of a service: which function runs with which, and what each grants.

mod custom;
pub(super) mod home;
mod own;
mod policies;
mod shared;

use std::collections::BTreeMap;

use deploy::formats::cloudformation::{Partial, PartialValue};
use model::permission::Policy;
use model::{Gap, Hidden, SymbolicText};

use super::declared::{Declared, Entity};
use super::naming;

/// Plugins that give functions roles of their own.
const PLUGINS: [&str; 5] = [
    "@interlace/serverless-iam-roles-per-function",
    "@serverlessops/serverless-iam-roles-per-function",
    "serverless-granular-iam",
    "serverless-iam-roles-per-function",
    "serverless-iam-roles-per-function-v4",
];

/// One role and what it grants.
#[derive(Debug)]
pub(super) struct Role {
    pub(super) name: SymbolicText,
    pub(super) policies: Vec<Policy>,
    /// Ids of the policies that are not written where the role's own are.
    pub(super) elsewhere: Vec<String>,
    pub(super) gaps: Vec<Gap>,
}

/// Every role of a service that a function runs with.
#[derive(Debug)]
pub(super) struct Roles {
    roles: Vec<Role>,
    /// Index into `roles` by the function's key.
    of_function: BTreeMap<String, usize>,
}

/// Where a function's role comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice {
    /// Made for the service.
    Shared,
    /// Made for the function alone.
    Own(Maker),
    /// Named in the configuration.
    Custom(SymbolicText),
}

/// What makes roles for single functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Maker {
    Plugin,
    Framework,
}

impl Roles {
    pub(super) fn of<'d>(declared: &'d Declared<'d>, entities: &[Entity<'_>]) -> Self {
        let mut roles: Vec<Role> = Vec::new();
        let mut known: Vec<(Choice, usize)> = Vec::new();
        let mut of_function = BTreeMap::new();
        for entity in entities {
            let choice = choice(declared, entity);
            let is_own = matches!(choice, Choice::Own(_));
            let at = known.iter().find(|(other, _)| !is_own && *other == choice).map(|(_, at)| *at);
            let at = at.unwrap_or_else(|| {
                roles.push(role(declared, entities, entity, &choice));
                known.push((choice, roles.len() - 1));
                roles.len() - 1
            });
            of_function.insert(entity.key.to_owned(), at);
        }
        Self { roles, of_function }
    }

    /// The role of the function `key`.
    pub(super) fn of_function(&self, key: &str) -> Option<&Role> {
        self.roles.get(*self.of_function.get(key)?)
    }

    /// Keys of the functions that run with `role`, sorted.
    pub(super) fn functions_with<'r>(&'r self, role: &'r Role) -> impl Iterator<Item = &'r str> {
        let is_role = |at: usize| self.roles.get(at).is_some_and(|other| std::ptr::eq(other, role));
        self.of_function.iter().filter(move |(_, at)| is_role(**at)).map(|(key, _)| key.as_str())
    }
}

fn choice(declared: &Declared<'_>, entity: &Entity<'_>) -> Choice {
    if let Some(role) = entity.get("role").and_then(named) {
        return role;
    }
    let of_provider = declared.at(&["provider", "iam", "role"]).and_then(named);
    if let Some(role) = of_provider.or_else(|| declared.at(&["provider", "role"]).and_then(named)) {
        return role;
    }
    let is_set = |path: &[&str]| entity.at(path).is_some();
    if declares_statements(entity) && has_makers(declared) {
        return Choice::Own(if declared.has_plugin(&PLUGINS) { Maker::Plugin } else { Maker::Framework });
    }
    if is_per_function(declared)
        || is_set(&["iam", "role", "statements"])
        || is_set(&["iam", "role", "managedPolicies"])
    {
        return Choice::Own(Maker::Framework);
    }
    Choice::Shared
}

/// The role that a setting names; `None` when it describes one instead.
fn named(role: &Partial) -> Option<Choice> {
    let text = role.texts().next()?;
    let reference = text.as_reference().and_then(|name| name.strip_suffix(".Arn")).or(text.as_literal());
    Some(if reference == Some(naming::SHARED_ROLE) { Choice::Shared } else { Choice::Custom(text) })
}

fn role<'d>(declared: &'d Declared<'d>, entities: &[Entity<'_>], entity: &Entity<'_>, choice: &Choice) -> Role {
    match choice {
        Choice::Shared => shared::role(declared, entities),
        Choice::Own(maker) => own::role(declared, entity, *maker),
        Choice::Custom(text) => custom::role(declared, entity, text),
    }
}

/// Whether function-level `iamRoleStatements` have any effect.
fn has_makers(declared: &Declared<'_>) -> bool {
    declared.has_plugin(&PLUGINS) || declared.service.framework_major() >= Some(4)
}

/// Whether v4 is told to make a role for every function.
fn is_per_function(declared: &Declared<'_>) -> bool {
    declared.text_at(&["provider", "iam", "role", "mode"]).is_some_and(|mode| mode == "perFunction")
}

/// Whether the function has statements of its own as the plugin takes them, be they `null`.
fn declares_statements(entity: &Entity<'_>) -> bool {
    match &entity.body.value {
        PartialValue::Mapping(entries) => entries.iter().any(|entry| entry.name == "iamRoleStatements"),
        _ => false,
    }
}

/// The gap for statements of a function that nothing reads.
pub(super) fn ignored_statements(declared: &Declared<'_>, entity: &Entity<'_>) -> Option<Gap> {
    let statements = entity.get("iamRoleStatements").filter(|_| !has_makers(declared))?;
    let why = "`iamRoleStatements` of a function take effect with the plugin `serverless-iam-roles-per-function` or with \
               framework version 4 only; they are left out: list the plugin or state `frameworkVersion`";
    Some(declared.gap(statements, why, &[Hidden::Permissions]))
}
