//! Roles that are made for one function.

use deploy::formats::cloudformation::Partial;
use model::SymbolicText;
use model::permission::Policy;

use super::super::declared::{Declared, Entity, is_on};
use super::super::grants::{Grants, arns, around, local_arn};
use super::super::{events, naming, wiring};
use super::policies::Policies;
use super::{Maker, Role, is_per_function, shared};

/// The section of `custom` that the plugin is configured by.
const PLUGIN_SECTION: &str = "serverless-iam-roles-per-function";

pub(super) fn role(declared: &Declared<'_>, entity: &Entity<'_>, maker: Maker) -> Role {
    let mut policies = Policies::new(declared);
    let mut grants = Grants::default();
    match maker {
        Maker::Plugin => grant_by_plugin(declared, entity, &mut grants),
        Maker::Framework => grant_by_framework(declared, entity, &mut grants),
    }
    policies.implicit(grants, &entity.location);
    let name = format!("{}-{}", declared.name_prefix(), entity.key);
    let mut elsewhere = Vec::new();
    if inherits(declared, entity, maker)
        && let Some(statements) = shared::statements(declared)
    {
        let written = policies.list.count();
        policies.statements(&format!("{}-lambda", declared.name_prefix()), statements);
        elsewhere.extend(policies.list.added_after(written));
    }
    for statements in [entity.at(&["iam", "role", "statements"]), entity.get("iamRoleStatements")].into_iter().flatten()
    {
        policies.statements(&name, statements);
    }
    let inherited = shared::managed_policies(declared).filter(|_| is_per_function(declared));
    let own = [entity.at(&["iam", "role", "managedPolicies"]), entity.get("iamManagedPolicies")];
    for managed in own.into_iter().chain([inherited]).flatten() {
        policies.managed(managed);
    }
    if is_in_network(declared, entity) {
        policies.network(entity.location.clone());
    }
    if let Some(boundary) = boundary(declared, entity) {
        policies.list.boundary(boundary);
    }
    let role = naming::own_role(entity.key);
    elsewhere.extend(policies.resources(&role));
    let (policies, gaps) = policies.into_parts();
    Role { name: SymbolicText::reference(format!("{role}.Arn")), policies, elsewhere, gaps }
}

/// What a role of the function's own is granted whatever its statements say.
pub(super) fn implied(declared: &Declared<'_>, entity: &Entity<'_>, maker: Maker) -> Vec<Policy> {
    let mut policies = Policies::new(declared);
    let mut grants = Grants::default();
    match maker {
        Maker::Plugin => grant_by_plugin(declared, entity, &mut grants),
        Maker::Framework => grant_by_framework(declared, entity, &mut grants),
    }
    policies.implicit(grants, &entity.location);
    if is_in_network(declared, entity) {
        policies.network(entity.location.clone());
    }
    policies.into_parts().0
}

/// As version 3.2 of the plugin does: logs, streams, queues and dead letters, and nothing for other events.
fn grant_by_plugin(declared: &Declared<'_>, entity: &Entity<'_>, grants: &mut Grants) {
    let group = wiring::log_group(&declared.name(entity), ":*:*");
    let actions = ["logs:CreateLogStream", "logs:CreateLogGroup", "logs:PutLogEvents"];
    grants.allow(&actions, [group], &entity.location);
    events::grant_some(declared, entity, &["sqs", "stream"], grants);
    if let Some(target) = entity.get("onError") {
        grants.allow(&["sns:Publish"], arns(target), &declared.location_of(target));
    }
}

fn grant_by_framework(declared: &Declared<'_>, entity: &Entity<'_>, grants: &mut Grants) {
    let given = entity.at(&["logs", "logGroup"]).or_else(|| declared.at(&["provider", "logs", "lambda", "logGroup"]));
    let group = match given.and_then(|group| group.texts().next()) {
        Some(group) => local_arn("logs", &around("log-group:", &group, ":*")),
        None => wiring::log_group(&declared.name(entity), ":*"),
    };
    let actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
    grants.allow(&actions, [group], &entity.location);
    shared::grant_settings(declared, entity, grants);
    events::grant(declared, entity, grants);
    shared::grant_scheduler(declared, entity, grants);
    shared::grant_destinations(declared, entity, grants);
}

/// Whether the statements of the shared role go into this one too.
fn inherits(declared: &Declared<'_>, entity: &Entity<'_>, maker: Maker) -> bool {
    let own = match maker {
        Maker::Plugin => entity.get("iamRoleStatementsInherit"),
        Maker::Framework => entity.at(&["iam", "inheritStatements"]).or_else(|| entity.get("iamRoleStatementsInherit")),
    };
    let default = declared.at(&["custom", PLUGIN_SECTION, "defaultInherit"]).filter(|_| maker == Maker::Plugin);
    match own {
        Some(own) => is_on(own),
        None => default.is_some_and(is_on) || (maker == Maker::Framework && is_per_function(declared)),
    }
}

/// Both makers go by what is written of the network, not by whether the function ends up in it.
fn is_in_network(declared: &Declared<'_>, entity: &Entity<'_>) -> bool {
    let is_given = |vpc: &Partial| is_on(vpc) && (vpc.text().is_some() || vpc.entries().next().is_some());
    entity.get("vpc").is_some_and(is_given) || declared.at(&["provider", "vpc"]).is_some_and(is_given)
}

fn boundary<'d>(declared: &'d Declared<'_>, entity: &'d Entity<'_>) -> Option<&'d Partial> {
    let own = entity.at(&["iam", "role", "permissionsBoundary"]).or_else(|| entity.get("iamPermissionsBoundary"));
    let of_plugin = || declared.at(&["custom", PLUGIN_SECTION, "iamGlobalPermissionsBoundary"]);
    own.or_else(of_plugin).or_else(|| shared::boundary(declared))
}
