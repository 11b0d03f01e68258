//! What whoever takes a function over can do with what it is granted.
//!
//! Harm is a fact of single actions (`facts::harms_of`); combinations of actions that lead to more rights are ways of their
//! own, in `escalation`.

use model::SymbolicText;
use model::permission::GrantHarm;

use super::action_set::ActionSet;
use super::facts::{ActionHarm, ActionId, actions_by_harm, dangerous_actions, harms_of};

/// Most actions that a harm of one grant lists.
const MAX_LISTED: usize = 6;
/// Actions of one harm that are asked about before its grant is taken not to reach everything.
const MAX_ASKED: usize = 64;

/// Harm of granting everything.
pub(crate) const EVERYTHING: &str =
    "do anything in the account: read all data, delete it, and give themselves lasting access";

/// The actions of a set that are dangerous by themselves, in the order of their names, with what an attacker gains by each.
pub(crate) fn dangers_in(actions: &ActionSet) -> Vec<(ActionId, &'static str)> {
    let mut found = actions.clone();
    found.intersect(dangerous_actions());
    let gain = |action: ActionId| {
        let marked: Option<&ActionHarm> = harms_of(action).iter().find(|harm| harm.is_dangerous);
        marked.map(|harm| (action, harm.gain))
    };
    found.iter().filter_map(gain).collect()
}

/// What the actions allow, worst first, each category once. `is_everywhere` tells whether an action is granted on every
/// resource that it can be used on.
pub(crate) fn harms_in(
    actions: &ActionSet,
    resources: &[SymbolicText],
    is_everywhere: impl Fn(ActionId) -> bool,
) -> Vec<GrantHarm> {
    let mut harms = Vec::new();
    for (harm, known) in actions_by_harm() {
        if !known.meets(actions) {
            continue;
        }
        let mut found = known.clone();
        found.intersect(actions);
        let reached = found.iter().take(MAX_ASKED).find(|action| is_everywhere(*action));
        let rest =
            found.iter().filter(|action| Some(*action) != reached).take(MAX_LISTED - usize::from(reached.is_some()));
        let mut listed: Vec<String> = reached.into_iter().chain(rest).map(ActionId::name).collect();
        listed.sort_unstable();
        harms.push(GrantHarm {
            harm: *harm,
            actions: listed,
            action_count: found.len(),
            is_everywhere: reached.is_some(),
            resources: resources.to_vec(),
        });
    }
    harms
}
