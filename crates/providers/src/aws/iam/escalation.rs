//! Which published ways to more rights the grants of an identity open.
//!
//! A way is open when each of its actions is granted on something, after Deny statements and the boundary. Whether it leads
//! anywhere depends on targets that a policy does not show: it is `possible` where an action is limited to some resources or
//! by a condition, or where the way leads through something that exists already; else `likely`. A role that may be passed only
//! to services that the way does not lead through opens nothing.

mod passing;

use model::function::Identity;
use model::permission::Escalation;
use model::{Confidence, Location};

use super::action_set::ActionSet;
use super::facts::{self, ActionId, EscalationKind, EscalationPath, escalation_paths};
use super::grants::{Grant, Grants};
use super::problems;

/// The open ways, in the order of their ids.
pub(super) fn escalations(grants: &Grants, granted: &ActionSet, identity: &Identity) -> Vec<Escalation> {
    let is_open = |path: &&EscalationPath| {
        path.actions.iter().all(|action| granted.contains(*action) && takes_effect(*action, path, grants, identity))
    };
    escalation_paths().iter().filter(is_open).map(|path| escalation(path, grants, identity)).collect()
}

/// Whether the action is granted on something that is not AWS's own, and, where it passes a role, to a service that the
/// path leads through.
fn takes_effect(action: ActionId, path: &EscalationPath, grants: &Grants, identity: &Identity) -> bool {
    let statement = |grant: &Grant| identity.policies.get(grant.policy)?.statements.get(grant.statement);
    let is_passing = passing::passes_role(path) && facts::action("iam:PassRole") == Some(action);
    let reaches = |grant: &Grant| {
        statement(grant).is_none_or(|statement| {
            let is_refused = !statement.resources.is_empty() && problems::is_refused(action, &statement.resources);
            !is_refused && (!is_passing || passing::may_pass(statement, path))
        })
    };
    grants.allows_of(action).any(reaches)
}

/// Whether the way leads through something that exists already, and of which the policy says nothing.
fn needs_target(path: &EscalationPath) -> bool {
    let changes_rights = |action: &ActionId| matches!(action.service(), "iam" | "sso");
    path.kind == EscalationKind::ExistingPassrole || !path.actions.iter().any(changes_rights)
}

/// Origins that are listed of one way.
const MAX_ORIGINS: usize = 8;

fn escalation(path: &EscalationPath, grants: &Grants, identity: &Identity) -> Escalation {
    let is_limited = path.actions.iter().any(|action| !grants.is_granted_everywhere(*action));
    let mut origins: Vec<Location> =
        path.actions.iter().filter_map(|action| origin(*action, grants, identity)).collect();
    origins.sort_unstable();
    origins.dedup();
    origins.truncate(MAX_ORIGINS);
    Escalation {
        path: path.id.to_owned(),
        gain: gain(path.kind),
        actions: path.actions.iter().map(|action| action.name()).collect(),
        confidence: if is_limited || needs_target(path) { Confidence::Possible } else { Confidence::Likely },
        is_limited,
        origins,
    }
}

/// Where the action is granted first.
fn origin(action: ActionId, grants: &Grants, identity: &Identity) -> Option<Location> {
    let grant = grants.allows_of(action).next()?;
    let statement = identity.policies.get(grant.policy)?.statements.get(grant.statement)?;
    Some(statement.origin.clone())
}

fn gain(kind: EscalationKind) -> &'static str {
    match kind {
        EscalationKind::SelfEscalation => "give themselves any right",
        EscalationKind::PrincipalAccess => "become another user or role",
        EscalationKind::NewPassrole => "act as any role that may be passed",
        EscalationKind::ExistingPassrole => "act as the role of something that exists already",
        EscalationKind::Combination => "get rights that the role does not have",
    }
}
