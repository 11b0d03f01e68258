//! Needed actions that nothing grants.

use std::collections::BTreeMap;

use model::permission::{Judgement, PolicyKind, Tier, Verdict, unread_role};
use model::{Confidence, SymbolicText};

use super::Comparison;
use super::used::add_evidence;
use crate::aws::iam::facts::ActionId;
use crate::aws::iam::grants::Decision;
use crate::aws::iam::needs::NeededAction;

/// One row per action, sorted by name. None when nothing is known of what the function is granted: its role is not said, or
/// made elsewhere.
pub(super) fn verdicts(comparison: &Comparison<'_>) -> Vec<Verdict> {
    let identity = comparison.identity;
    let is_unnamed = identity.name.is_none() && identity.policies.is_empty();
    if is_unnamed || unread_role(identity.name.as_ref(), &identity.policies).is_some() {
        return Vec::new();
    }
    let mut missing: BTreeMap<ActionId, Missing> = BTreeMap::new();
    let is_sure = |action: &ActionId| {
        let needed = comparison.needs.actions.get(action);
        needed.is_some_and(|needed| needed.tier != Tier::Runtime || needed.confidence > Confidence::Possible)
    };
    for need in comparison.needed.iter().filter(|need| is_sure(&need.action)) {
        let decision = comparison.grants.decide(need.action, &need.pattern);
        let Some(why) = obstacle(decision, comparison) else { continue };
        let entry = missing.entry(need.action).or_insert_with(|| Missing { resources: Vec::new(), why });
        entry.resources.push(need.resource.text.clone());
    }
    let row = |(action, missing): (ActionId, Missing)| {
        comparison.needs.actions.get(&action).map(|needed| verdict(action, missing, needed, comparison))
    };
    let mut verdicts: Vec<Verdict> = missing.into_iter().filter_map(row).collect();
    verdicts.sort_by(|left, right| left.action.cmp(&right.action));
    verdicts
}

struct Missing {
    resources: Vec<SymbolicText>,
    /// Why it is not granted.
    why: String,
}

/// What stands in the way of a needed action; nothing when it is granted, perhaps only.
fn obstacle(decision: Decision<'_>, comparison: &Comparison<'_>) -> Option<String> {
    let policy = |place: usize| comparison.identity.policies.get(place).map_or("", |policy| policy.id.as_str());
    match decision {
        Decision::Granted(..) => None,
        Decision::NotGranted => Some("no policy grants it".to_owned()),
        Decision::Denied(denial) => Some(format!("policy `{}` denies it", policy(denial.policy))),
        Decision::OutsideBoundary => Some("the permissions boundary does not allow it".to_owned()),
    }
}

fn verdict(action: ActionId, missing: Missing, needed: &NeededAction, comparison: &Comparison<'_>) -> Verdict {
    let unread = comparison.identity.policies.iter().find(|policy| policy.kind == PolicyKind::Unresolved);
    let caller = needed.evidence.first();
    let caller = caller.map(|evidence| format!(" for {} ({})", evidence.call, evidence.location)).unwrap_or_default();
    let consequence = match needed.tier {
        Tier::Runtime => "the platform cannot do its part",
        _ => "the call fails with AccessDenied",
    };
    let mut reason = format!("needed{caller}, and {}: {consequence}", missing.why);
    if let Some(policy) = unread {
        reason.push_str(&format!(", unless `{}`, which could not be read, grants it", policy.id));
    }
    let mut verdict = Verdict {
        action: action.name(),
        resources: missing.resources,
        judgement: Judgement::Add,
        reason,
        needed_actions: vec![action.name()],
        harms: Vec::new(),
        policy: None,
        origin: None,
        confidence: if unread.is_some() { Confidence::Possible } else { needed.confidence },
    };
    if let Some(usage) = comparison.usage {
        add_evidence(&mut verdict, action, usage);
    }
    verdict
}
