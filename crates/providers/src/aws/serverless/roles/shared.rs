//! The role that functions share unless told otherwise.

use deploy::formats::cloudformation::Partial;
use model::function::WiringKind;
use model::permission::{Policy, PolicyKind};
use model::{Location, SymbolicText};

use super::super::declared::{Declared, Entity, is_on};
use super::super::grants::{Grants, around, local_arn};
use super::super::{events, naming, wiring};
use super::policies::{Policies, is_network_policy};
use super::{Choice, Maker, Role, choice};

/// The role with everything the framework puts into it: for the functions that use it, and, as it does, for the others
/// too.
pub(super) fn role<'d>(declared: &'d Declared<'d>, entities: &[Entity<'_>]) -> Role {
    let mut policies = Policies::new(declared);
    let location = provider_location(declared);
    let mut grants = Grants::default();
    grant_logs(declared, entities, &mut grants, &location);
    for entity in entities {
        grant_settings(declared, entity, &mut grants);
        // Functions for which the framework makes a role keep their events to it.
        if choice(declared, entity) != Choice::Own(Maker::Framework) {
            events::grant(declared, entity, &mut grants);
            grant_scheduler(declared, entity, &mut grants);
        }
        if !matches!(choice(declared, entity), Choice::Custom(_)) {
            grant_destinations(declared, entity, &mut grants);
        }
    }
    policies.implicit(grants, &location);
    if let Some(statements) = statements(declared) {
        policies.statements(&format!("{}-lambda", declared.name_prefix()), statements);
    }
    if let Some(managed) = managed_policies(declared) {
        policies.managed(managed);
    }
    if let Some(network) = network_location(declared, entities) {
        policies.network(network);
    }
    if let Some(boundary) = boundary(declared) {
        policies.list.boundary(boundary);
    }
    if let Some(resource) = declared.stack.resource(naming::SHARED_ROLE) {
        let why = "`resources` change the role that the framework makes, key by key; what they add is listed, not what they replace";
        policies.list.gap_at(resource.place.location(&declared.service.file), why);
    }
    if let Some(extension) = declared.at(&["extensions", naming::SHARED_ROLE]) {
        let why = "`extensions` replace properties of the role that the framework makes; it is listed without them";
        policies.list.gap_at(declared.location_of(extension), why);
    }
    let elsewhere = policies.resources(naming::SHARED_ROLE);
    let (policies, gaps) = policies.into_parts();
    Role { name: SymbolicText::reference(format!("{}.Arn", naming::SHARED_ROLE)), policies, elsewhere, gaps }
}

/// The policies that the role has without anybody listing them.
pub(super) fn implied(declared: &Declared<'_>, role: &Role) -> Vec<Policy> {
    let listed = |policy: &Policy| {
        let managed = managed_policies(declared).into_iter().flat_map(Partial::items_or_self);
        managed.filter_map(Partial::text).any(|arn| Some(&arn) == policy.arn.as_ref())
    };
    let is_implied =
        |policy: &&Policy| policy.kind == PolicyKind::Implicit || is_network_policy(policy) && !listed(policy);
    role.policies.iter().filter(is_implied).cloned().collect()
}

/// The statements that the configuration adds to the role.
pub(super) fn statements<'d>(declared: &'d Declared<'_>) -> Option<&'d Partial> {
    let structured = declared.at(&["provider", "iam", "role", "statements"]);
    structured.or_else(|| declared.at(&["provider", "iamRoleStatements"]))
}

pub(super) fn managed_policies<'d>(declared: &'d Declared<'_>) -> Option<&'d Partial> {
    let structured = declared.at(&["provider", "iam", "role", "managedPolicies"]);
    structured.or_else(|| declared.at(&["provider", "iamManagedPolicies"]))
}

pub(super) fn boundary<'d>(declared: &'d Declared<'_>) -> Option<&'d Partial> {
    let paths: [&[&str]; 3] = [
        &["provider", "iam", "role", "permissionsBoundary"],
        &["provider", "iam", "role", "permissionBoundary"],
        &["provider", "rolePermissionsBoundary"],
    ];
    paths.into_iter().find_map(|path| declared.at(path))
}

pub(super) fn provider_location(declared: &Declared<'_>) -> Location {
    match declared.at(&["provider"]) {
        Some(provider) => declared.location_of(provider),
        None => Location::file(&declared.service.file),
    }
}

/// Logs: for every function whose name the framework makes, by what these names start with; for others by name.
fn grant_logs(declared: &Declared<'_>, entities: &[Entity<'_>], grants: &mut Grants, location: &Location) {
    let prefix = declared.name_prefix();
    let names: Vec<_> = entities.iter().map(|entity| (declared.name(entity), entity.is_set("disableLogs"))).collect();
    let is_usual = |name: &SymbolicText| name.to_string().starts_with(&prefix);
    let mut groups: Vec<SymbolicText> =
        names.iter().filter(|(name, is_silent)| !is_silent && !is_usual(name)).map(|(name, _)| name.clone()).collect();
    let has_usual = names.iter().any(|(name, is_silent)| !is_silent && is_usual(name));
    if has_usual {
        groups.push(SymbolicText::literal(format!("{prefix}*")));
    }
    let create = ["logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource"];
    grants.allow(&create, groups.iter().map(|group| wiring::log_group(group, ":*")), location);
    grants.allow(&["logs:PutLogEvents"], groups.iter().map(|group| wiring::log_group(group, ":*:*")), location);
    if has_usual {
        let silent = names.iter().filter(|(name, is_silent)| *is_silent && is_usual(name));
        grants.deny(&["logs:PutLogEvents"], silent.map(|(name, _)| wiring::log_group(name, ":*")), location);
    }
}

/// What settings of the function make the framework grant.
pub(super) fn grant_settings(declared: &Declared<'_>, entity: &Entity<'_>, grants: &mut Grants) {
    // Dead letters to what is not written out as an ARN are left to the user.
    if let Some(target) = entity.get("onError")
        && !target.computed
    {
        grants.allow(&["sns:Publish"], target.texts(), &declared.location_of(target));
    }
    let key = entity.get("kmsKeyArn").or_else(|| declared.at(&["provider", "kmsKeyArn"]));
    if let Some(key) = key.filter(|key| !key.computed) {
        grants.allow(&["kms:Decrypt"], key.texts(), &declared.location_of(key));
    }
    if let Some(tracing) = wiring::tracing(declared, entity) {
        let actions = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];
        grants.allow(&actions, ["*".into()], &declared.location_of(tracing));
    }
    if let Some((arn, value)) = wiring::file_system(entity) {
        let actions = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"];
        grants.allow(&actions, [arn], &declared.location_of(value));
    }
}

pub(super) fn grant_destinations(declared: &Declared<'_>, entity: &Entity<'_>, grants: &mut Grants) {
    for target in wiring::destinations(entity) {
        for wiring in wiring::destination(declared, target) {
            let action = match wiring.kind {
                WiringKind::DestinationQueue => "sqs:SendMessage",
                WiringKind::DestinationTopic => "sns:Publish",
                WiringKind::DestinationEventBus => "events:PutEvents",
                _ => "lambda:InvokeFunction",
            };
            grants.allow(&[action], wiring.resource, &wiring.location);
        }
    }
}

/// Schedules of EventBridge Scheduler start the function with its own role.
pub(super) fn grant_scheduler(declared: &Declared<'_>, entity: &Entity<'_>, grants: &mut Grants) {
    let schedules = events::of(declared, entity);
    let by_scheduler = |event: &events::Event<'_>| {
        let method = event.body.and_then(|body| body.get("method")).and_then(Partial::literal);
        event.kind == "schedule" && method.is_some_and(|method| method == "scheduler")
    };
    if let Some(event) = schedules.iter().find(|event| by_scheduler(event)) {
        let function = around("function:", &declared.name(entity), "");
        let versions = around("function:", &declared.name(entity), ":*");
        let arns = [function, versions].map(|resource| local_arn("lambda", &resource));
        grants.allow(&["lambda:InvokeFunction"], arns, &event.location);
    }
}

/// What makes the framework let the role into a network: the first of the settings, if there is any.
fn network_location(declared: &Declared<'_>, entities: &[Entity<'_>]) -> Option<Location> {
    if let Some(vpc) = declared.at(&["provider", "vpc"]).filter(|vpc| is_on(vpc)) {
        return Some(declared.location_of(vpc));
    }
    let of_function = entities.iter().find(|entity| wiring::declares_network(entity))?;
    Some(of_function.get("vpc").map_or_else(|| of_function.location.clone(), |vpc| declared.location_of(vpc)))
}
