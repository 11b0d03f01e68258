//! What the policies of an identity grant: statements compiled to sets of actions on sets of resources.
//!
//! A request is allowed when some Allow reaches it, no Deny does, and the permissions boundary, where there is one, allows
//! it too. Conditions are never taken to hold, nor to fail: what depends on one is said to.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use model::function::Identity;
use model::permission::{Effect, Policy, PolicyKind, Statement};
use model::{Part, SymbolicText};

use super::access_set::AccessSet;
use super::action_set::{ActionSet, KnownActions};
use super::expiry;
use super::facts::{self, ActionId};
use super::pattern::{Pattern, Side};
use super::template_resources::TemplateResources;

/// Every statement of an identity, compiled.
#[derive(Default)]
pub(crate) struct Grants {
    allows: Vec<Grant>,
    denies: Vec<Grant>,
    /// `None` when no boundary is set, or its statements could not be read: it then takes nothing away here.
    boundary: Option<Vec<Grant>>,
    /// Policy and statement of those whose time has passed, with the day: they do nothing.
    expired: BTreeMap<(usize, usize), Date>,
}

/// One statement.
#[derive(Clone)]
pub(crate) struct Grant {
    /// Its policy's place in the identity.
    pub(crate) policy: usize,
    /// Its place in the policy.
    pub(crate) statement: usize,
    /// What it says, shared by all identities that have the policy.
    extent: Arc<Extent>,
}

/// What a statement is about.
struct Extent {
    actions: ActionSet,
    /// Whether `actions` is exactly what the statement names.
    is_exact: bool,
    resources: Resources,
    is_conditional: bool,
}

enum Resources {
    In(Vec<Pattern>),
    NotIn(Vec<Pattern>),
}

/// The statements of a policy, compiled.
#[derive(Clone, Default)]
pub(crate) struct CompiledPolicy {
    statements: Vec<(Effect, Grant)>,
    /// Places of those whose time has passed, with the day.
    expired: Vec<(usize, Date)>,
}

/// How far a statement reaches a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    No,
    /// Some of it, or it depends on what is known only at deployment.
    Perhaps,
    /// All of it, when the statement's condition holds.
    OnCondition,
    Surely,
}

/// Whether an action on a resource is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision<'a> {
    Granted(Reach, &'a Grant),
    NotGranted,
    Denied(&'a Grant),
    OutsideBoundary,
}

impl PartialEq for Grant {
    fn eq(&self, other: &Self) -> bool {
        (self.policy, self.statement) == (other.policy, other.statement)
    }
}

impl Eq for Grant {}

impl std::fmt::Debug for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "statement {} of policy {}", self.statement, self.policy)
    }
}

impl Grants {
    pub(crate) fn new(identity: &Identity, resources: &TemplateResources, today: Date) -> Self {
        Self::of_compiled(identity, |policy| compile(policy, resources, today))
    }

    /// The grants of an identity, whose policies `compile` compiles.
    pub(crate) fn of_compiled(identity: &Identity, mut compile: impl FnMut(&Policy) -> CompiledPolicy) -> Self {
        let mut grants = Self::default();
        for (place, policy) in identity.policies.iter().enumerate() {
            let compiled = compile(policy);
            grants.expired.extend(compiled.expired.iter().map(|(statement, day)| ((place, *statement), *day)));
            if policy.kind == PolicyKind::Boundary && !policy.statements.is_empty() {
                grants.boundary.get_or_insert_default();
            }
            for (effect, mut grant) in compiled.statements {
                grant.policy = place;
                match (effect, policy.kind) {
                    (Effect::Deny, _) => grants.denies.push(grant),
                    (Effect::Allow, PolicyKind::Boundary) => grants.boundary.get_or_insert_default().push(grant),
                    (Effect::Allow, _) => grants.allows.push(grant),
                }
            }
        }
        grants
    }

    /// Whether nothing surely takes away from what the policies allow.
    pub(crate) fn is_unlimited(&self) -> bool {
        self.boundary.is_none() && !self.denies.iter().any(|deny| deny.extent.is_exact && !deny.extent.is_conditional)
    }

    /// The statements about one action.
    pub(crate) fn only(&self, action: ActionId) -> Self {
        let about =
            |grants: &[Grant]| grants.iter().filter(|grant| grant.extent.actions.contains(action)).cloned().collect();
        Self {
            allows: about(&self.allows),
            denies: about(&self.denies),
            boundary: self.boundary.as_deref().map(about),
            expired: BTreeMap::new(),
        }
    }

    /// Whether every action is granted on every resource, and nothing may take any of that away.
    pub(crate) fn has_everything(&self) -> bool {
        let has_all = |grant: &Grant| {
            let has_resources = grant.patterns().is_some_and(|patterns| patterns.iter().any(Pattern::is_everything));
            let extent = &grant.extent;
            has_resources && extent.is_exact && !extent.is_conditional && extent.actions.len() == facts::action_count()
        };
        self.denies.is_empty() && self.boundary.is_none() && self.allows.iter().any(has_all)
    }

    pub(crate) fn decide(&self, action: ActionId, resource: &Pattern) -> Decision<'_> {
        if let Some(denial) = self.denies.iter().find(|deny| deny.reach(action, resource) == Reach::Surely) {
            return Decision::Denied(denial);
        }
        let reached = self.allows.iter().map(|allow| (allow.reach(action, resource), allow));
        // The first of the furthest: `max_by_key` would take the last.
        let best = reached.fold(None, |best: Option<(Reach, &Grant)>, found| match best {
            Some(best) if best.0 >= found.0 => Some(best),
            _ => Some(found),
        });
        let Some((reach, allow)) = best.filter(|(reach, _)| *reach > Reach::No) else { return Decision::NotGranted };
        if let Some(obstacle) = self.obstacle_together(action, resource) {
            return obstacle;
        }
        let Some(boundary) = &self.boundary else { return Decision::Granted(reach, allow) };
        let within = boundary.iter().map(|limit| limit.reach(action, resource)).max().unwrap_or(Reach::No);
        if within == Reach::No { Decision::OutsideBoundary } else { Decision::Granted(reach.min(within), allow) }
    }

    /// What leaves nothing of the resource to the action though no single statement does: all Denies together, or the
    /// boundary where no Deny reaches.
    fn obstacle_together(&self, action: ActionId, resource: &Pattern) -> Option<Decision<'_>> {
        let denial = self.sure_denies().find(|deny| deny.extent.actions.contains(action));
        if denial.is_none() && self.boundary.is_none() {
            return None;
        }
        let asked = AccessSet::on_any_of(&ActionSet::from_iter([action]), [resource]);
        let allowed = asked.intersection(&union(self.allows_of(action)))?;
        let left = allowed.difference(&union(self.sure_denies()).only(action))?;
        match (denial, &self.boundary) {
            (Some(denial), _) if left.is_empty() == Some(true) => Some(Decision::Denied(denial)),
            (_, Some(boundary)) => {
                let within = left.intersection(&union(boundary))?;
                (within.is_empty() == Some(true)).then_some(Decision::OutsideBoundary)
            }
            _ => None,
        }
    }

    fn sure_denies(&self) -> impl Iterator<Item = &Grant> {
        self.denies.iter().filter(|deny| deny.extent.is_exact && !deny.extent.is_conditional)
    }

    /// The actions of `grant` that the boundary has, and that all Denies together leave some resource of the grant for.
    pub(crate) fn effective(&self, actions: &ActionSet, grant: &Grant) -> ActionSet {
        let mut effective = actions.clone();
        for deny in self.denies.iter().filter(|deny| deny.takes_away_all_of(grant)) {
            effective.subtract(&deny.extent.actions);
        }
        if let Some(boundary) = &self.boundary {
            let mut within = ActionSet::empty();
            boundary.iter().for_each(|limit| within.unite(&limit.extent.actions));
            effective.intersect(&within);
        }
        self.left_of(&effective, grant).map_or(effective, |left| left.actions())
    }

    /// Everything granted; what is perhaps granted is in it. `None` where that is too much to tell.
    #[cfg(test)]
    pub(crate) fn accesses(&self) -> Option<AccessSet<'_>> {
        let mut left = self.allows.iter().map(|allow| self.left_of(&allow.extent.actions, allow));
        left.try_fold(AccessSet::default(), |all, one| Some(all.union(&one?)))
    }

    /// What the boundary allows.
    #[cfg(test)]
    pub(crate) fn limits(&self) -> Option<AccessSet<'_>> {
        self.boundary.as_deref().map(union)
    }

    /// What boundary and Denies leave of these actions of the grant; where an action is perhaps left, it is in it.
    fn left_of<'g>(&'g self, actions: &ActionSet, grant: &'g Grant) -> Option<AccessSet<'g>> {
        let mut left = grant.extent.accesses(actions);
        if let Some(boundary) = &self.boundary {
            left = left.intersection(&union(boundary))?;
        }
        left.difference(&union(self.sure_denies().filter(|deny| deny.extent.actions.meets(actions))))
    }

    /// The statement that denies `action` wherever `grant` allows it.
    pub(crate) fn denial_of(&self, action: ActionId, grant: &Grant) -> Option<&Grant> {
        self.denies.iter().find(|deny| deny.extent.actions.contains(action) && deny.takes_away_all_of(grant))
    }

    /// Every action granted on something.
    pub(crate) fn all_actions(&self) -> ActionSet {
        let mut all = ActionSet::empty();
        for allow in &self.allows {
            all.unite(&self.effective(&allow.extent.actions, allow));
        }
        all
    }

    /// The statements that allow the action on something.
    pub(crate) fn allows_of(&self, action: ActionId) -> impl Iterator<Item = &Grant> {
        self.allows.iter().filter(move |allow| allow.extent.actions.contains(action))
    }

    /// Whether some statement allows the action on every resource, unconditionally, and nothing may take it away.
    pub(crate) fn is_granted_everywhere(&self, action: ActionId) -> bool {
        let is_open = |grant: &Grant| {
            let has_all = match &grant.extent.resources {
                Resources::In(patterns) => patterns.iter().any(Pattern::is_everything),
                Resources::NotIn(_) => false,
            };
            has_all && grant.extent.is_exact && !grant.extent.is_conditional
        };
        let is_within =
            |limits: &Vec<Grant>| limits.iter().any(|limit| limit.extent.actions.contains(action) && is_open(limit));
        self.allows_of(action).any(is_open)
            && !self.denies.iter().any(|deny| deny.extent.actions.contains(action))
            && self.boundary.as_ref().is_none_or(is_within)
    }

    /// The day until which a statement held that holds no more.
    pub(crate) fn expired(&self, policy: usize, statement: usize) -> Option<Date> {
        self.expired.get(&(policy, statement)).copied()
    }

    /// Every Deny, in the order of policies and statements.
    pub(crate) fn denies(&self) -> impl Iterator<Item = &Grant> {
        self.denies.iter()
    }

    pub(crate) fn allow(&self, policy: usize, statement: usize) -> Option<&Grant> {
        self.allows.iter().find(|grant| grant.policy == policy && grant.statement == statement)
    }
}

impl Grant {
    pub(crate) fn reach(&self, action: ActionId, resource: &Pattern) -> Reach {
        if !self.extent.actions.contains(action) {
            return Reach::No;
        }
        let reach = match &self.extent.resources {
            Resources::In(patterns) if patterns.iter().any(|pattern| pattern.covers(resource)) => Reach::Surely,
            Resources::In(patterns) if patterns.iter().any(|pattern| pattern.may_meet(resource)) => Reach::Perhaps,
            Resources::In(_) => Reach::No,
            Resources::NotIn(patterns) if patterns.iter().any(|pattern| pattern.covers(resource)) => Reach::No,
            Resources::NotIn(patterns) if patterns.iter().any(|pattern| pattern.may_meet(resource)) => Reach::Perhaps,
            Resources::NotIn(_) => Reach::Surely,
        };
        match reach {
            Reach::Surely if !self.extent.is_exact => Reach::Perhaps,
            Reach::Surely if self.extent.is_conditional => Reach::OnCondition,
            reach => reach,
        }
    }

    /// The patterns of its resources; `None` for `NotResource`.
    pub(crate) fn patterns(&self) -> Option<&[Pattern]> {
        match &self.extent.resources {
            Resources::In(patterns) => Some(patterns),
            Resources::NotIn(_) => None,
        }
    }

    /// Whether this Deny surely reaches every resource of the Allow.
    fn takes_away_all_of(&self, allow: &Self) -> bool {
        if !self.extent.is_exact || self.extent.is_conditional {
            return false;
        }
        match (&self.extent.resources, &allow.extent.resources) {
            (Resources::In(mine), Resources::In(others)) => {
                others.iter().all(|other| mine.iter().any(|pattern| pattern.covers(other)))
            }
            (Resources::In(mine), Resources::NotIn(_)) => mine.iter().any(Pattern::is_everything),
            (Resources::NotIn(mine), Resources::In(others)) => {
                others.iter().all(|other| !mine.iter().any(|pattern| pattern.may_meet(other)))
            }
            (Resources::NotIn(_), Resources::NotIn(_)) => false,
        }
    }
}

impl Extent {
    fn accesses(&self, actions: &ActionSet) -> AccessSet<'_> {
        match &self.resources {
            Resources::In(patterns) => AccessSet::on_any_of(actions, patterns),
            Resources::NotIn(patterns) => AccessSet::on_all_but(actions, patterns),
        }
    }
}

/// What any of the statements is about, their conditions aside.
fn union<'g>(grants: impl IntoIterator<Item = &'g Grant>) -> AccessSet<'g> {
    let accesses = grants.into_iter().map(|grant| grant.extent.accesses(&grant.extent.actions));
    accesses.fold(AccessSet::default(), |all, one| all.union(&one))
}

/// Compiles a policy as the first of an identity.
pub(crate) fn compile(policy: &Policy, resources: &TemplateResources, today: Date) -> CompiledPolicy {
    let mut compiled = CompiledPolicy::default();
    for (statement, written) in policy.statements.iter().enumerate() {
        if let Some(day) = expiry::expired(&written.conditions, today) {
            compiled.expired.push((statement, day));
            continue;
        }
        let (actions, is_exact) = actions(written);
        let patterns = |texts: &[SymbolicText]| {
            texts.iter().map(|text| Pattern::new(text, Side::Grant, resources)).collect::<Vec<_>>()
        };
        let reached = match written.not_resources.as_slice() {
            [] => Resources::In(patterns(&written.resources)),
            excluded => Resources::NotIn(patterns(excluded)),
        };
        let extent = Extent { actions, is_exact, resources: reached, is_conditional: !written.conditions.is_empty() };
        compiled.statements.push((written.effect, Grant { policy: 0, statement, extent: Arc::new(extent) }));
    }
    compiled
}

/// The actions of a statement, and whether they are known exactly. Of what is not, all that it may be.
fn actions(statement: &Statement) -> (ActionSet, bool) {
    let mut set = ActionSet::empty();
    let mut is_exact = true;
    let is_exclusion = !statement.not_actions.is_empty();
    let texts = if is_exclusion { &statement.not_actions } else { &statement.actions };
    for text in texts {
        match ActionSet::of_text(text) {
            KnownActions::Exactly(actions) => set.unite(&actions),
            // What is perhaps excluded is perhaps granted.
            KnownActions::Within(_) if is_exclusion => is_exact = false,
            KnownActions::Within(actions) => {
                set.unite(&actions);
                is_exact = false;
            }
        }
    }
    (if is_exclusion { set.complement() } else { set }, is_exact)
}

/// Whether a text leaves open what it stands for.
pub(crate) fn is_open(text: &SymbolicText) -> bool {
    text.parts().iter().any(|part| !matches!(part, Part::Literal(_)))
}

#[cfg(test)]
mod tests;
