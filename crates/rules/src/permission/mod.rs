//! What the function's role grants against what its code needs: verdicts put into words, one rule per kind of verdict.
//!
//! Every row of the permissions table is told by at most one rule, and rows of one policy and service together, so that
//! a report stays readable.

mod administrator_permission;
mod dangerous_permission;
mod group;
mod ineffective_statement;
mod missing_permission;
mod needless_permission;
mod privilege_escalation;
mod shared_role;
mod unknown_action;
mod wide_resource;
mod wildcard_action;

use model::permission::{Judgement, Verdict};

use crate::rule::Rule;

pub(crate) const RULES: &[&Rule] = &[
    &administrator_permission::RULE,
    &dangerous_permission::RULE,
    &ineffective_statement::RULE,
    &missing_permission::RULE,
    &needless_permission::RULE,
    &privilege_escalation::RULE,
    &shared_role::RULE,
    &unknown_action::RULE,
    &wide_resource::RULE,
    &wildcard_action::RULE,
];

/// What is said of a policy by itself, without the code that it is for.
pub(crate) const POLICY_RULES: &[&Rule] = &[
    &administrator_permission::RULE,
    &dangerous_permission::RULE,
    &ineffective_statement::RULE,
    &privilege_escalation::RULE,
    &unknown_action::RULE,
];

/// Which rule speaks about a row of the permissions table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaker {
    Administrator,
    Dangerous,
    Missing,
    Needless,
    Wildcard,
    WideResource,
    Nobody,
}

fn speaker(verdict: &Verdict) -> Speaker {
    let is_everything = matches!(verdict.action.as_str(), "*" | "*:*");
    match verdict.judgement {
        Judgement::Add => Speaker::Missing,
        _ if is_everything && has_every_resource(verdict) => Speaker::Administrator,
        Judgement::Dangerous => Speaker::Dangerous,
        Judgement::Remove | Judgement::Review => Speaker::Needless,
        Judgement::Scope if verdict.action.contains('*') => Speaker::Wildcard,
        Judgement::Scope => Speaker::WideResource,
        Judgement::Keep => Speaker::Nobody,
    }
}

fn has_every_resource(verdict: &Verdict) -> bool {
    verdict.resources.iter().any(|resource| resource.as_literal() == Some("*") || resource.is_unknown())
}
