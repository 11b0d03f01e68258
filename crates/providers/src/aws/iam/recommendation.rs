//! The least-privilege policy: what is needed, nothing else.
//!
//! INVARIANT: every needed action is in it, on each resource that it is known to be needed on. Where the resource is not
//! known, or is a pattern of which a part only is granted, the action stays on what it is granted on today, so that the
//! proposal never reaches further than that; save for what a grant with `NotResource` leaves out, which an Allow cannot say.
//! A Deny that takes away a part of what is needed stays, for the actions that it limits.

mod proposal;
mod templates;

pub(super) use proposal::propose;

use std::collections::BTreeMap;

use model::function::Identity;
use model::permission::{Conditions, Effect, RecommendedStatement};
use model::{Part, SymbolicText};

use super::facts::{self, ActionId};
use super::grants::{Decision, Grants, Reach};
use super::needs::{NeededResource, Needs};
use super::pattern::{Pattern, Side};
use super::template_resources::TemplateResources;

/// The statements, sorted by resources, then actions. An action that is granted under a condition today keeps it.
pub(super) fn recommend(
    needs: &Needs,
    grants: &Grants,
    identity: &Identity,
    resources: &TemplateResources,
) -> Vec<RecommendedStatement> {
    // Actions by what they are needed on and under which conditions.
    let mut groups: BTreeMap<(Vec<SymbolicText>, Conditions), Vec<String>> = BTreeMap::new();
    for (action, needed) in &needs.actions {
        let mut by_condition: BTreeMap<Conditions, Vec<SymbolicText>> = BTreeMap::new();
        let texts = needed.resources.iter().flat_map(|resource| {
            let granted = if resource.is_known {
                granted_parts(*action, resource, grants, identity, resources)
            } else {
                granted_within(*action, resource, grants, identity, resources)
            };
            if granted.is_empty() { vec![resource.text.clone()] } else { granted }
        });
        for text in without_covered(texts, resources) {
            let conditions = conditions(*action, &text, grants, identity, resources);
            by_condition.entry(conditions).or_default().push(text);
        }
        for (conditions, texts) in by_condition {
            groups.entry((texts, conditions)).or_default().push(action.name());
        }
    }
    let mut statements: Vec<RecommendedStatement> = groups
        .into_iter()
        .map(|((resources, conditions), mut actions)| {
            actions.sort_unstable();
            allow(actions, resources, conditions)
        })
        .collect();
    statements.sort_by(|left, right| (&left.resources, &left.actions).cmp(&(&right.resources, &right.actions)));
    statements.extend(denials(&statements, grants, identity, resources));
    name(&mut statements);
    statements
}

fn allow(actions: Vec<String>, resources: Vec<SymbolicText>, conditions: Conditions) -> RecommendedStatement {
    let not_resources = Vec::new();
    RecommendedStatement { sid: String::new(), effect: Effect::Allow, actions, resources, not_resources, conditions }
}

/// What the Deny statements of today take away from these statements without taking all of it, in their order.
fn denials(
    allowed: &[RecommendedStatement],
    grants: &Grants,
    identity: &Identity,
    resources: &TemplateResources,
) -> Vec<RecommendedStatement> {
    let pairs: Vec<(ActionId, String, Pattern)> = allowed
        .iter()
        .flat_map(|statement| statement.actions.iter().map(move |action| (action, &statement.resources)))
        .filter_map(|(name, texts)| facts::action(name).map(|action| (action, name, texts)))
        .flat_map(|(action, name, texts)| {
            texts.iter().map(move |text| (action, name.clone(), Pattern::new(text, Side::Need, resources)))
        })
        .collect();
    let kept = grants.denies().filter_map(|deny| {
        // What a Deny takes whole is missing today, and to be added.
        let is_limited = |(action, _, pattern): &&(ActionId, String, Pattern)| {
            matches!(deny.reach(*action, pattern), Reach::Perhaps | Reach::OnCondition)
        };
        let mut actions: Vec<String> = pairs.iter().filter(is_limited).map(|(_, name, _)| name.clone()).collect();
        actions.sort_unstable();
        actions.dedup();
        let statement = identity.policies.get(deny.policy)?.statements.get(deny.statement)?;
        (!actions.is_empty()).then(|| RecommendedStatement {
            sid: String::new(),
            effect: Effect::Deny,
            actions,
            resources: statement.resources.clone(),
            not_resources: statement.not_resources.clone(),
            conditions: statement.conditions.clone(),
        })
    });
    kept.collect()
}

/// The resources within `needed` that the action is granted on today; none when all of `needed` is.
fn granted_within(
    action: ActionId,
    needed: &NeededResource,
    grants: &Grants,
    identity: &Identity,
    resources: &TemplateResources,
) -> Vec<SymbolicText> {
    let pattern = Pattern::new(&needed.text, Side::Need, resources);
    if !matches!(grants.decide(action, &pattern), Decision::Granted(Reach::Perhaps, _)) {
        return Vec::new();
    }
    let mut within = Vec::new();
    for grant in grants.allows_of(action) {
        let statement = identity.policies.get(grant.policy).and_then(|policy| policy.statements.get(grant.statement));
        let texts = statement.map(|statement| statement.resources.as_slice()).unwrap_or_default();
        let meets = |text: &&SymbolicText| Pattern::new(text, Side::Grant, resources).may_meet(&pattern);
        within.extend(texts.iter().filter(meets).cloned());
    }
    within
}

/// What today's grants have of a needed pattern, such as the keys of a bucket, where that is surely a part of it only; none
/// where it is all, or cannot be told.
fn granted_parts(
    action: ActionId,
    needed: &NeededResource,
    grants: &Grants,
    identity: &Identity,
    resources: &TemplateResources,
) -> Vec<SymbolicText> {
    let pattern = Pattern::new(&needed.text, Side::Need, resources);
    let furthest = grants.allows_of(action).map(|grant| grant.reach(action, &pattern)).max();
    let has_exclusion = grants.allows_of(action).any(|grant| grant.patterns().is_none());
    if furthest != Some(Reach::Perhaps) || has_exclusion {
        return Vec::new();
    }
    let parts = granted_within(action, needed, grants, identity, resources);
    let is_comparable = |text: &SymbolicText| {
        let part = Pattern::new(text, Side::Grant, resources);
        pattern.covers(&part) || pattern.is_known() && part.is_known()
    };
    if parts.iter().all(is_comparable) { parts } else { Vec::new() }
}

/// The texts, with unknown parts written `*`, without those that another covers; sorted.
fn without_covered(texts: impl Iterator<Item = SymbolicText>, resources: &TemplateResources) -> Vec<SymbolicText> {
    let mut texts: Vec<SymbolicText> = texts.map(|text| written(&text)).collect();
    texts.sort_unstable();
    texts.dedup();
    let patterns: Vec<Pattern> = texts.iter().map(|text| Pattern::new(text, Side::Need, resources)).collect();
    let is_covered = |place: usize| {
        patterns.iter().enumerate().any(|(other, pattern)| {
            let covers = other != place && patterns.get(place).is_some_and(|mine| pattern.covers(mine));
            // Of two that cover one another, the first stays.
            covers && (other < place || !patterns.get(place).is_some_and(|mine| mine.covers(pattern)))
        })
    };
    let kept = texts.iter().enumerate().filter(|(place, _)| !is_covered(*place));
    kept.map(|(_, text)| text.clone()).collect()
}

fn written(text: &SymbolicText) -> SymbolicText {
    text.map_parts(|part| match part {
        Part::Unknown | Part::Environment(_) => Some(SymbolicText::literal("*")),
        Part::Literal(_) | Part::Reference(_) => None,
    })
}

/// The conditions of the grant that covers the need today, when only a conditional one does.
fn conditions(
    action: ActionId,
    resource: &SymbolicText,
    grants: &Grants,
    identity: &Identity,
    resources: &TemplateResources,
) -> Conditions {
    let pattern = Pattern::new(resource, Side::Need, resources);
    match grants.decide(action, &pattern) {
        Decision::Granted(Reach::OnCondition, grant) => {
            let policy = identity.policies.get(grant.policy);
            let statement = policy.and_then(|policy| policy.statements.get(grant.statement));
            statement.map(|statement| statement.conditions.clone()).unwrap_or_default()
        }
        _ => Conditions::new(),
    }
}

/// Most services that a statement is named after.
const MAX_NAMED_SERVICES: usize = 2;

/// Names statements after their services, numbered where a name repeats.
fn name(statements: &mut [RecommendedStatement]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for statement in statements {
        let mut services: Vec<String> =
            statement.actions.iter().filter_map(|action| action.split_once(':')).map(|(name, _)| title(name)).collect();
        services.dedup();
        let mut base = if services.len() > MAX_NAMED_SERVICES { "Several".to_owned() } else { services.concat() };
        if statement.effect == Effect::Deny {
            base.insert_str(0, "No");
        }
        let count = counts.entry(base.clone()).or_default();
        *count += 1;
        statement.sid = if *count == 1 { base } else { format!("{base}{count}") };
    }
}

/// `application-autoscaling` → `ApplicationAutoscaling`: a sid has letters and digits only.
fn title(service: &str) -> String {
    let words = service.split(|letter: char| !letter.is_ascii_alphanumeric());
    let capitalised = words.map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
    });
    capitalised.collect()
}

#[cfg(test)]
mod tests;
