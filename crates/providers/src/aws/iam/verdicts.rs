//! Grants and needs compared: one verdict for every granted action as it is written, and one for every needed action that
//! is not granted.

mod additions;
mod granted;
mod used;

use model::function::Identity;
use model::permission::Verdict;

use super::coverage::Doubts;
use super::facts::ActionId;
use super::grants::Grants;
use super::needs::{NeededResource, Needs};
use super::pattern::{Pattern, Side};
use super::template_resources::TemplateResources;
use crate::aws::usage::FunctionUsage;
pub(super) use granted::listed;
pub(super) use used::denied_without_need;

/// Both sides of the comparison.
pub(super) struct Comparison<'a> {
    pub(super) identity: &'a Identity,
    pub(super) grants: &'a Grants,
    pub(super) needs: &'a Needs,
    pub(super) doubts: Doubts<'a>,
    /// What logs show, where there are any.
    pub(super) usage: Option<&'a FunctionUsage>,
    /// Every resource of every need, compiled.
    pub(super) needed: Vec<CompiledNeed<'a>>,
}

/// One action on one resource.
pub(super) struct CompiledNeed<'a> {
    pub(super) action: ActionId,
    pub(super) resource: &'a NeededResource,
    pub(super) pattern: Pattern,
    /// Everything below it: `…/table/orders/*`.
    pub(super) below: Pattern,
    /// Everything whose name starts with its own.
    pub(super) longer: Pattern,
}

/// Every need compiled, in the order of actions and resources.
pub(super) fn compiled<'a>(needs: &'a Needs, resources: &TemplateResources) -> Vec<CompiledNeed<'a>> {
    let compile = |action: ActionId, resource: &'a NeededResource| {
        let followed_by = |ending: &str| {
            let mut text = resource.text.clone();
            text.push(model::Part::Literal(ending.to_owned()));
            Pattern::new(&text, Side::Need, resources)
        };
        CompiledNeed {
            action,
            resource,
            pattern: Pattern::new(&resource.text, Side::Need, resources),
            below: followed_by("/*"),
            longer: followed_by("*"),
        }
    };
    let of_action = |(action, needed): (&ActionId, &'a super::needs::NeededAction)| {
        let action = *action;
        needed.resources.iter().map(move |resource| compile(action, resource)).collect::<Vec<_>>()
    };
    needs.actions.iter().flat_map(of_action).collect()
}

impl Comparison<'_> {
    /// Those of the policy at this place of the identity.
    pub(super) fn verdicts_of(&self, place: usize) -> Vec<Verdict> {
        granted::verdicts_of(self, place)
    }

    /// Granted actions in the order of policies, statements and actions; then those to add, by name.
    pub(super) fn verdicts(&self) -> Vec<Verdict> {
        let mut verdicts = granted::verdicts(self);
        verdicts.extend(additions::verdicts(self));
        verdicts
    }
}
