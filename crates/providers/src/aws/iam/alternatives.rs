//! Calls that ask for one of several actions: the parts of a transaction, the kinds of a statement.
//!
//! Which one is not known where the code puts the parts together at run time. When some are granted, those are taken for the
//! ones that are asked for: a role that was made for deleting is not said to lack writing.

use std::collections::BTreeSet;

use model::Confidence;
use model::permission::Tier;

use super::facts::ActionId;
use super::grants::{Decision, Grants};
use super::needs::Needs;
use super::template_resources::TemplateResources;
use super::verdicts::compiled;

/// Takes the actions that are not granted, of calls for which another one is, for possible ones.
pub(super) fn settle(needs: &mut Needs, grants: &Grants, resources: &TemplateResources) {
    let is_alternative = |action: &ActionId| {
        let needed = needs.actions.get(action);
        needed.is_some_and(|needed| needed.confidence == Confidence::Possible && needed.tier != Tier::Runtime)
    };
    let granted: BTreeSet<ActionId> = compiled(needs, resources)
        .iter()
        .filter(|need| is_alternative(&need.action))
        .filter(|need| matches!(grants.decide(need.action, &need.pattern), Decision::Granted(..)))
        .map(|need| need.action)
        .collect();
    let evidence = |action: &ActionId| needs.actions.get(action).map(|needed| needed.evidence.as_slice());
    let has_other = |action: &&ActionId| {
        let own = evidence(action).unwrap_or_default();
        !own.is_empty()
            && own.iter().all(|each| granted.iter().filter_map(evidence).any(|others| others.contains(each)))
    };
    let missing: Vec<ActionId> = needs
        .actions
        .keys()
        .filter(|action| is_alternative(action) && !granted.contains(action))
        .filter(has_other)
        .copied()
        .collect();
    for action in missing {
        let needed = needs.actions.remove(&action);
        let call = needed.and_then(|needed| needed.evidence.into_iter().next()).map(|evidence| evidence.call);
        let why = format!("`{}` asks for it or for others that are granted", call.unwrap_or_default());
        needs.possible.insert(action, why);
    }
}
