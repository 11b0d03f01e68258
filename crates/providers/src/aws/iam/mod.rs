//! Who may do what: granted actions compared with needed ones.
//!
//! Place in the flow: `deploy` and this crate's resource readers yield a function's policies, `code` its calls; this
//! module turns both into verdicts and a least-privilege policy. It reads no files and sends nothing.
//!
//! Supported: identity policies with Allow, Deny, NotAction, NotResource, wildcards and the permissions boundary;
//! conditions are kept and said, never taken to hold. Unsupported: resource, session and organization policies.

mod access_set;
pub mod account;
mod action_set;
mod alone;
mod alternatives;
mod coverage;
mod dangers;
mod escalation;
pub mod evaluation;
mod expiry;
pub mod facts;
mod grants;
mod needs;
pub(crate) mod pattern;
mod problems;
mod recommendation;
mod resource_kinds;
mod role_chains;
mod signed_requests;
mod template_resources;
mod trust;
mod verdicts;
mod wildcard;

pub use alone::{PolicyJudge, Standing, role_chains};
pub use coverage::CodeCoverage;
pub use needs::needs;
pub(crate) use needs::needs_of_call;
pub use template_resources::TemplateResources;
pub(crate) use wildcard::matches as glob;

use jiff::civil::Date;
use model::call::CodeFacts;
use model::function::Function;
use model::permission::Permissions;
use model::{Gap, Hidden, Parsed};

use super::usage::FunctionUsage;
use coverage::Doubts;
use grants::Grants;
use verdicts::Comparison;

/// The permissions table of one function: what its policies grant, what its code and wiring need, a verdict for each, and
/// the policy that grants what is needed and nothing else. A gap for every call whose permissions are not known. Statements
/// that hold until a day before `today` grant nothing. `usage` is what logs show of the function, where there are any.
pub fn permissions(
    function: &Function,
    code: &CodeFacts,
    coverage: &CodeCoverage,
    resources: &TemplateResources,
    today: Date,
    usage: Option<&FunctionUsage>,
) -> Parsed<Permissions> {
    let identity = &function.identity;
    let mut gaps = Vec::new();
    let mut needs = needs::needs_in_detail(&code.calls, function, resources).take_gaps(&mut gaps);
    let grants = Grants::new(identity, resources, today);
    alternatives::settle(&mut needs, &grants, resources);
    let comparison = Comparison {
        identity,
        grants: &grants,
        needs: &needs,
        doubts: Doubts::new(coverage, code),
        usage,
        needed: verdicts::compiled(&needs, resources),
    };
    let granted = grants.all_actions();
    let is_unread = matches!(coverage, CodeCoverage::None(_) | CodeCoverage::Alone);
    let recommended = (!is_unread).then(|| recommendation::recommend(&needs, &grants, identity, resources));
    if identity.name.is_none() && identity.policies.is_empty() && !needs.actions.is_empty() {
        let why = "nothing says what this code is granted; name its policy with `--policy FILE` to have them compared";
        gaps.push(Gap::new(function.location.clone(), why, &[Hidden::Permissions]));
    }
    gaps.extend(usage.and_then(|usage| verdicts::denied_without_need(usage, &needs, function)));
    let verdicts = comparison.verdicts();
    let proposal = recommended
        .as_deref()
        .map(|recommended| recommendation::propose(function, &verdicts, recommended, &needs, resources, today));
    let permissions = Permissions {
        identity: identity.name.clone(),
        policies: identity.policies.clone(),
        needed: needs.to_model(),
        used: usage.map(FunctionUsage::used).unwrap_or_default(),
        denied: usage.map(FunctionUsage::denied).unwrap_or_default(),
        verdicts,
        recommended,
        proposal,
        escalations: escalation::escalations(&grants, &granted, identity),
        problems: problems::problems(identity, resources, today),
        trust_problems: trust::problems(identity, today),
        role_chains: Vec::new(),
        granted_action_count: granted.len(),
        needed_action_count: needs.actions.keys().filter(|action| granted.contains(**action)).count(),
    };
    Parsed { value: permissions, gaps }
}

/// The actions that the patterns name, sorted, without repetition; a pattern that names none stands for itself.
pub fn expand_actions<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut actions = Vec::new();
    for pattern in patterns {
        let expanded = facts::expand(pattern);
        if expanded.is_empty() {
            actions.push(pattern.to_owned());
        }
        actions.extend(expanded);
    }
    actions.sort_unstable();
    actions.dedup();
    actions
}

/// Of the patterns, those that name no action, in their order, each with the action that is named most like it.
pub fn unknown_actions<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Vec<(&'a str, Option<String>)> {
    let unknown = patterns.into_iter().filter(|pattern| facts::expand(pattern).is_empty());
    unknown.map(|pattern| (pattern, facts::nearest(pattern).map(|nearest| nearest.name()))).collect()
}

#[cfg(test)]
mod tests;
