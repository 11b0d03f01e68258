//! What the function's role grants against what its code needs: verdicts put into words, one rule per kind of verdict.
//!
//! Every row of the permissions table is told by at most one rule, and rows of one policy and service together, so that
//! a report stays readable.

mod administrator_permission;
mod credential_exposure;
mod dangerous_permission;
mod data_exfiltration;
mod default_managed_policy;
mod denial_of_wallet;
mod destruction;
mod full_access_policy;
mod group;
mod harm;
mod ineffective_statement;
mod lateral_movement;
mod log_tampering;
mod missing_permission;
mod needless_permission;
mod privilege_escalation;
mod resource_exposure;
mod role_chain;
mod shared_role;
mod unknown_action;
mod wide_resource;
mod wide_trust;
mod wildcard_action;

use model::permission::{Harm, Judgement, Permissions, Policy, PolicyKind, Verdict};

use crate::rule::Rule;

pub(crate) const RULES: &[&Rule] = &[
    &administrator_permission::RULE,
    &credential_exposure::RULE,
    &dangerous_permission::RULE,
    &data_exfiltration::RULE,
    &default_managed_policy::RULE,
    &denial_of_wallet::RULE,
    &destruction::RULE,
    &full_access_policy::RULE,
    &ineffective_statement::RULE,
    &lateral_movement::RULE,
    &log_tampering::RULE,
    &missing_permission::RULE,
    &needless_permission::RULE,
    &privilege_escalation::RULE,
    &resource_exposure::RULE,
    &role_chain::RULE,
    &shared_role::RULE,
    &unknown_action::RULE,
    &wide_resource::RULE,
    &wide_trust::RULE,
    &wildcard_action::RULE,
];

/// What is said of a policy by itself, without the code that it is for.
pub(crate) const POLICY_RULES: &[&Rule] = &[
    &administrator_permission::RULE,
    &credential_exposure::RULE,
    &dangerous_permission::RULE,
    &data_exfiltration::RULE,
    &denial_of_wallet::RULE,
    &destruction::RULE,
    &full_access_policy::RULE,
    &ineffective_statement::RULE,
    &lateral_movement::RULE,
    &log_tampering::RULE,
    &privilege_escalation::RULE,
    &resource_exposure::RULE,
    &role_chain::RULE,
    &unknown_action::RULE,
    &wide_trust::RULE,
    &wildcard_action::RULE,
];

/// Which rule speaks about a row of the permissions table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaker {
    Administrator,
    Dangerous,
    /// What an attacker gains by a grant on every resource that is not needed.
    Harm(Harm),
    Missing,
    Needless,
    /// Rows of a policy of the vendor's that grants all of a service, or of several.
    FullAccessPolicy,
    /// Rows of another policy of the vendor's.
    DefaultManagedPolicy,
    Wildcard,
    WideResource,
    Nobody,
}

fn speaker(verdict: &Verdict, permissions: &Permissions) -> Speaker {
    let policy = permissions.policies.iter().find(|policy| verdict.policy.as_deref() == Some(policy.id.as_str()));
    match verdict.judgement {
        Judgement::Add => Speaker::Missing,
        _ if policy.is_some_and(is_service_linked) => Speaker::Nobody,
        _ if is_everything(&verdict.action) && has_every_resource(verdict) => Speaker::Administrator,
        Judgement::Keep => Speaker::Nobody,
        _ if is_told_by_way(verdict, permissions) => Speaker::Nobody,
        _ if policy.is_some_and(is_full_access) => Speaker::FullAccessPolicy,
        Judgement::Dangerous if is_whole_service(&verdict.action) && !has_code(permissions) => Speaker::Wildcard,
        Judgement::Dangerous => match worst_harm(verdict) {
            None | Some(Harm::PrivilegeEscalation) => Speaker::Dangerous,
            Some(harm) => Speaker::Harm(harm),
        },
        _ if has_code(permissions) && policy.is_some_and(is_vendors) => Speaker::DefaultManagedPolicy,
        Judgement::Scope if verdict.action.contains('*') => Speaker::Wildcard,
        Judgement::Scope => Speaker::WideResource,
        Judgement::Remove | Judgement::Review => match worst_harm(verdict) {
            _ if is_whole_service(&verdict.action)
                && verdict.judgement == Judgement::Review
                && !has_code(permissions) =>
            {
                Speaker::Wildcard
            }
            Some(harm) => Speaker::Harm(harm),
            None => Speaker::Needless,
        },
    }
}

/// Whether the code could be read, so that something is known of what is needed.
fn has_code(permissions: &Permissions) -> bool {
    permissions.recommended.is_some() || !permissions.needed.is_empty()
}

fn is_everything(action: &str) -> bool {
    matches!(action, "*" | "*:*")
}

/// `s3:*`.
fn is_whole_service(action: &str) -> bool {
    action.ends_with(":*") || action == "*"
}

fn has_every_resource(verdict: &Verdict) -> bool {
    verdict.resources.iter().any(|resource| resource.as_literal() == Some("*") || resource.is_unknown())
}

/// The worst that the row allows on every resource.
fn worst_harm(verdict: &Verdict) -> Option<Harm> {
    verdict.harms.iter().find(|harm| harm.is_everywhere).map(|harm| harm.harm)
}

/// Whether the row is a step of a published way to more rights and nothing else, so that `privilege-escalation` tells it.
fn is_told_by_way(verdict: &Verdict, permissions: &Permissions) -> bool {
    let is_step = |action: &String| permissions.escalations.iter().any(|way| way.actions.contains(action));
    worst_harm(verdict).is_some() && is_step(&verdict.action)
}

/// Only the service that it is made for can use it, and nobody can change it.
fn is_service_linked(policy: &Policy) -> bool {
    policy.arn.as_ref().is_some_and(|arn| arn.to_string().contains(":iam::aws:policy/aws-service-role/"))
}

fn is_vendors(policy: &Policy) -> bool {
    policy.kind == PolicyKind::Managed
}

/// Vendors' policies that grant all of a service or of the account, and are not named so. Sorted.
const FULL_ACCESS: &[&str] = &[
    "AdministratorAccess",
    "AdministratorAccess-AWSElasticBeanstalk",
    "AdministratorAccess-Amplify",
    "AmazonDynamoDBFullAccesswithDataPipeline",
    "DatabaseAdministrator",
    "NetworkAdministrator",
    "PowerUserAccess",
    "SystemAdministrator",
];

fn is_full_access(policy: &Policy) -> bool {
    let name = policy.name.rsplit('/').next().unwrap_or_default();
    let is_named_so = name.ends_with("FullAccess") || name.contains("_FullAccess") || name.contains("FullAccess_");
    is_vendors(policy) && (is_named_so || FULL_ACCESS.contains(&name))
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_of_full_access_are_sorted() {
        assert!(super::FULL_ACCESS.is_sorted());
    }
}
