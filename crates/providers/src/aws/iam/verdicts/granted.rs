//! Granted actions as they are written, each with what becomes of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::permission::{Conditions, Effect, Judgement, Policy, PolicyKind, Statement, Tier, Verdict};
use model::{Confidence, SymbolicText};

use super::{Comparison, CompiledNeed};
use crate::aws::iam::action_set::{ActionSet, KnownActions};
use crate::aws::iam::dangers::{EVERYTHING, dangers_in, harms_in};
use crate::aws::iam::facts::{self, ActionId, actions_by_harm};
use crate::aws::iam::grants::{Grant, Reach, is_open};
use crate::aws::iam::pattern::Pattern;
use crate::aws::iam::problems;

/// Most names that a sentence lists.
const MAX_LISTED: usize = 8;

pub(super) fn verdicts(comparison: &Comparison<'_>) -> Vec<Verdict> {
    let policies = 0..comparison.identity.policies.len();
    policies.flat_map(|place| verdicts_of(comparison, place)).collect()
}

/// Those of the policy at this place.
pub(super) fn verdicts_of(comparison: &Comparison<'_>, place: usize) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    let policy = comparison.identity.policies.get(place).filter(|policy| policy.kind != PolicyKind::Boundary);
    let Some(policy) = policy else { return verdicts };
    for (index, statement) in policy.statements.iter().enumerate().filter(|(_, each)| each.effect == Effect::Allow) {
        if let Some(day) = comparison.grants.expired(place, index) {
            verdicts.extend(expired(policy, statement, day));
        } else if let Some(grant) = comparison.grants.allow(place, index) {
            verdicts.extend(Row { comparison, policy, statement, grant }.verdicts());
        }
    }
    verdicts
}

/// The actions of a statement that held until `day`.
fn expired<'a>(policy: &'a Policy, statement: &'a Statement, day: Date) -> impl Iterator<Item = Verdict> + 'a {
    let everything = (0, "*".to_owned());
    let written = statement.actions.iter().map(ToString::to_string).enumerate();
    let except = (!statement.not_actions.is_empty()).then_some(everything);
    written.chain(except).map(move |(index, action)| Verdict {
        action,
        resources: statement.resources.clone(),
        judgement: Judgement::Remove,
        reason: format!("grants nothing: the statement held until {day}"),
        harms: Vec::new(),
        needed_actions: Vec::new(),
        policy: Some(policy.id.clone()),
        origin: Some(statement.action_origin(index).clone()),
        confidence: Confidence::Certain,
    })
}

/// One Allow statement being judged.
pub(super) struct Row<'a> {
    pub(super) comparison: &'a Comparison<'a>,
    policy: &'a Policy,
    statement: &'a Statement,
    pub(super) grant: &'a Grant,
}

/// One action as it is written.
pub(super) struct Written {
    action: String,
    /// What it stands for.
    actions: ActionSet,
    is_exact: bool,
    /// Of these, what takes effect.
    pub(super) effective: ActionSet,
    origin: model::Location,
}

/// A need that the statement reaches.
pub(super) struct Reached<'a> {
    pub(super) need: &'a CompiledNeed<'a>,
    reach: Reach,
}

/// What becomes of a granted action, and why.
pub(super) struct Judged {
    pub(super) judgement: Judgement,
    pub(super) reason: String,
    /// The ARNs to grant in place of the statement's own.
    resources: Option<Vec<SymbolicText>>,
    pub(super) confidence: Confidence,
}

impl Judged {
    fn new(judgement: Judgement, confidence: Confidence, reason: impl Into<String>) -> Self {
        Self { judgement, reason: reason.into(), resources: None, confidence }
    }
}

impl<'a> Row<'a> {
    fn verdicts(&self) -> Vec<Verdict> {
        let written = self.written();
        written.iter().filter(|written| self.is_telling(written)).map(|written| self.verdict(written)).collect()
    }

    /// Whether there is something to say of an action. Without code that is what it lets an attacker do, and how wide it is.
    fn is_telling(&self, written: &Written) -> bool {
        !self.comparison.doubts.is_alone()
            || written.action.contains('*')
            || actions_by_harm().iter().any(|(_, harmful)| harmful.meets(&written.effective))
    }

    /// The statement's actions; `NotAction` is everything with an exception.
    fn written(&self) -> Vec<Written> {
        let statement = self.statement;
        if !statement.not_actions.is_empty() {
            let mut actions = ActionSet::of_pattern("*");
            for text in &statement.not_actions {
                if let KnownActions::Exactly(excluded) = ActionSet::of_text(text) {
                    actions.subtract(&excluded);
                }
            }
            let is_exact = !statement.not_actions.iter().any(is_open);
            return vec![self.read("*".to_owned(), actions, is_exact, statement.origin.clone())];
        }
        let read = |(index, text): (usize, &SymbolicText)| {
            let (actions, is_exact) = match ActionSet::of_text(text) {
                KnownActions::Exactly(actions) => (actions, true),
                KnownActions::Within(actions) => (actions, false),
            };
            self.read(text.to_string(), actions, is_exact, statement.action_origin(index).clone())
        };
        statement.actions.iter().enumerate().map(read).collect()
    }

    fn read(&self, action: String, actions: ActionSet, is_exact: bool, origin: model::Location) -> Written {
        let effective = self.comparison.grants.effective(&actions, self.grant);
        Written { action, actions, is_exact, effective, origin }
    }

    fn verdict(&self, written: &Written) -> Verdict {
        let reached = self.reached(written);
        let needed: BTreeSet<String> = reached.iter().map(|reached| reached.need.action.name()).collect();
        let judged = self.with_use(self.judge(written, &reached), written, &reached);
        let own = match self.statement.not_resources.as_slice() {
            [] => self.statement.resources.clone(),
            _ => vec!["*".into()],
        };
        let accepted = self.accepted(&written.effective);
        let harms = harms_in(&accepted, &own, |action| self.is_unconstrained_for(action));
        Verdict {
            action: written.action.clone(),
            resources: judged.resources.unwrap_or(own),
            judgement: judged.judgement,
            reason: judged.reason,
            needed_actions: needed.into_iter().collect(),
            harms,
            policy: Some(self.policy.id.clone()),
            origin: Some(written.origin.clone()),
            confidence: judged.confidence,
        }
    }

    fn reached(&self, written: &Written) -> Vec<Reached<'a>> {
        let needed = self.comparison.needed.iter().filter(|need| written.effective.contains(need.action));
        let reached = needed.map(|need| Reached { need, reach: self.grant.reach(need.action, &need.pattern) });
        reached.filter(|reached| reached.reach > Reach::No).collect()
    }

    fn judge(&self, written: &Written, reached: &[Reached<'a>]) -> Judged {
        if written.actions.is_empty() {
            return self.unknown_name(written);
        }
        if written.effective.is_empty() {
            return self.without_effect(written);
        }
        if let Some(judged) = self.dangerous(written, reached) {
            return judged;
        }
        if reached.is_empty() { self.needless(written) } else { self.needed(written, reached) }
    }

    /// The name stands for no action that IAM knows.
    fn unknown_name(&self, written: &Written) -> Judged {
        if !written.is_exact {
            let reason = "what it stands for is known only at deployment";
            return Judged::new(Judgement::Review, Confidence::Possible, reason);
        }
        if let Some(action) = facts::action_of_operation_named(&written.action) {
            let reason = format!("grants nothing: that is an operation, which IAM checks as `{action}`");
            return Judged::new(Judgement::Review, Confidence::Likely, reason);
        }
        match facts::nearest(&written.action) {
            Some(nearest) => {
                let reason = format!("grants nothing: there is no such action; `{}` may be meant", nearest.name());
                Judged::new(Judgement::Review, Confidence::Likely, reason)
            }
            None => {
                let reason = "IAM has no action of this name, or the fact tables are older than it";
                Judged::new(Judgement::Review, Confidence::Possible, reason)
            }
        }
    }

    fn without_effect(&self, written: &Written) -> Judged {
        let denial = written.actions.iter().find_map(|action| self.comparison.grants.denial_of(action, self.grant));
        let reason = match denial.and_then(|denial| self.comparison.identity.policies.get(denial.policy)) {
            Some(policy) => format!("grants nothing: policy `{}` denies it", policy.id),
            None => "grants nothing: the permissions boundary does not allow it".to_owned(),
        };
        Judged::new(Judgement::Remove, Confidence::Certain, reason)
    }

    /// Wide grants of actions by which an attacker goes further. A service's wildcard that is needed for something is told
    /// by what it is needed for; everything, and what the code does not need, by the harm.
    fn dangerous(&self, written: &Written, reached: &[Reached<'a>]) -> Option<Judged> {
        let is_everything = written.action == "*" || written.action == "*:*";
        let needed = listed(reached.iter().map(|reached| reached.need.action.name()));
        if is_everything && self.is_everywhere() && self.statement.not_actions.is_empty() {
            let reason = match reached {
                [] => format!("{} can {EVERYTHING}", self.attacker()),
                _ => format!("whoever takes the function over can {EVERYTHING}; needed: {needed}"),
            };
            return Some(Judged::new(Judgement::Dangerous, Confidence::Certain, reason));
        }
        let is_one = written.effective.len() == 1;
        let is_told_by_need = !(reached.is_empty() || is_one && self.is_wider(reached));
        if is_told_by_need {
            return None;
        }
        let mut dangers = dangers_in(&self.accepted(&written.effective));
        dangers.retain(|(action, _)| self.is_unconstrained_for(*action));
        let (action, harm) = dangers.first()?;
        let by = if is_one { String::new() } else { format!("by `{}` ", action.name()) };
        let further = match dangers.len() - 1 {
            0 => String::new(),
            1 => ", and one more action of its kind".to_owned(),
            count => format!(", and {count} more actions of its kind"),
        };
        let advice = match reached {
            [] if self.comparison.doubts.is_alone() => "",
            [] => "; no call that needs it was found",
            _ => "; it is needed, but on less than this",
        };
        let reason = format!("{} can {by}{harm}{further}{advice}", self.attacker());
        let mut judged = Judged::new(Judgement::Dangerous, Confidence::Certain, reason);
        if self.comparison.doubts.is_alone() {
            judged.confidence = Confidence::Likely;
        } else if let Some(doubt) = self.doubt(written).filter(|_| reached.is_empty()) {
            judged.reason.push_str(&format!(", though {doubt}"));
            judged.confidence = Confidence::Likely;
        }
        Some(judged)
    }

    fn attacker(&self) -> &'static str {
        if self.comparison.doubts.is_alone() { "whoever has it" } else { "whoever takes the function over" }
    }

    fn needless(&self, written: &Written) -> Judged {
        if !written.is_exact {
            let reason = "which actions it grants is known only at deployment";
            return Judged::new(Judgement::Review, Confidence::Possible, reason);
        }
        if self.comparison.doubts.is_alone() {
            let reason = "whether it is needed only the code can tell";
            return Judged::new(Judgement::Review, Confidence::Possible, reason);
        }
        if let Some(doubt) = self.doubt(written) {
            let reason = format!("no call that needs it was found, but {doubt}");
            return Judged::new(Judgement::Review, Confidence::Possible, reason);
        }
        let elsewhere = self.comparison.needed.iter().any(|need| written.effective.contains(need.action));
        let reason = match () {
            () if elsewhere => "the code needs it on other resources only",
            () if self.comparison.needs.actions.is_empty() => "the code calls no service that needs it",
            () => "no call that needs it was found",
        };
        Judged::new(Judgement::Remove, Confidence::Likely, reason)
    }

    /// Why an action without a known need may be used all the same.
    fn doubt(&self, written: &Written) -> Option<String> {
        let possible = self.comparison.needs.possible.iter().find(|(action, _)| written.effective.contains(**action));
        if let Some((action, why)) = possible {
            let name = action.name();
            return Some(if name == written.action { why.clone() } else { format!("`{name}`: {why}") });
        }
        let prefixes: BTreeSet<&str> = if written.effective.len() > MAX_PREFIX_SEARCH {
            BTreeSet::from([written.action.split(':').next().unwrap_or("*")])
        } else {
            written.effective.iter().map(ActionId::service).collect()
        };
        let unmapped = prefixes.iter().find_map(|prefix| self.comparison.needs.unmapped.get(prefix));
        if let Some(operation) = unmapped {
            return Some(format!("the permissions of the call `{operation}` are not known here"));
        }
        let doubts = &self.comparison.doubts;
        prefixes.iter().find_map(|prefix| doubts.about(prefix)).or_else(|| doubts.beside_the_sdk(&written.effective))
    }

    fn needed(&self, written: &Written, reached: &[Reached<'a>]) -> Judged {
        let confidence = self.confidence(reached);
        let names: BTreeSet<String> = reached.iter().map(|reached| reached.need.action.name()).collect();
        let names_listed = listed(names.iter().cloned());
        if names.len() < written.effective.len() {
            let count = written.effective.len();
            let reason = match self.doubt(written) {
                Some(doubt) => format!("grants {count} actions; known to be needed: {names_listed}; {doubt}"),
                None => format!("grants {count} actions; needed: {names_listed}"),
            };
            let mut judged = Judged::new(Judgement::Scope, confidence, reason);
            judged.resources = Some(narrowest(reached));
            return judged;
        }
        let caller = self.caller(reached);
        if self.is_platforms_own(reached) || !self.is_wider(reached) {
            return Judged::new(Judgement::Keep, confidence, format!("needed {caller}{}", self.condition(reached)));
        }
        if reached.iter().any(|reached| !reached.need.resource.is_known) {
            let reason = format!("needed {caller}; on which resource is not known from the code");
            return Judged::new(Judgement::Keep, confidence.min(Confidence::Likely), reason);
        }
        let resources = narrowest(reached);
        let arns = listed(resources.iter().map(ToString::to_string));
        let reason = format!("needed {caller}, on {arns} only");
        Judged { judgement: Judgement::Scope, reason, resources: Some(resources), confidence }
    }

    fn confidence(&self, reached: &[Reached<'_>]) -> Confidence {
        let of = |reached: &Reached<'_>| {
            let needed = self.comparison.needs.actions.get(&reached.need.action);
            let needed = needed.map_or(Confidence::Possible, |needed| needed.confidence);
            match reached.reach {
                Reach::Surely => needed,
                Reach::OnCondition => needed.min(Confidence::Likely),
                Reach::No | Reach::Perhaps => Confidence::Possible,
            }
        };
        reached.iter().map(of).max().unwrap_or(Confidence::Possible)
    }

    /// `for dynamodb.GetItem (app.py:7)`.
    fn caller(&self, reached: &[Reached<'_>]) -> String {
        let evidence = reached.iter().find_map(|reached| {
            self.comparison.needs.actions.get(&reached.need.action).and_then(|needed| needed.evidence.first())
        });
        evidence.map(|evidence| format!("for {} ({})", evidence.call, evidence.location)).unwrap_or_default()
    }

    fn condition(&self, reached: &[Reached<'_>]) -> &'static str {
        match reached.iter().map(|reached| reached.reach).max() {
            Some(Reach::OnCondition) => ", as far as the statement's condition holds",
            Some(Reach::Perhaps) => ", if what is known only at deployment fits",
            _ => "",
        }
    }

    /// Whether the platform needs it through a policy that nobody here wrote.
    fn is_platforms_own(&self, reached: &[Reached<'_>]) -> bool {
        let is_runtime = |reached: &Reached<'_>| {
            self.comparison.needs.actions.get(&reached.need.action).is_some_and(|needed| needed.tier == Tier::Runtime)
        };
        matches!(self.policy.kind, PolicyKind::Managed | PolicyKind::Implicit) && reached.iter().all(is_runtime)
    }

    /// Whether the statement names every resource.
    fn is_everywhere(&self) -> bool {
        self.grant.patterns().is_none_or(|patterns| patterns.iter().any(Pattern::is_everything))
    }

    /// Whether the statement names every resource that the action can be used on.
    fn is_everywhere_for(&self, action: ActionId) -> bool {
        let may_reach_all = |patterns: &[Pattern]| patterns.iter().any(Pattern::has_wildcards);
        if !self.is_everywhere() && !self.grant.patterns().is_some_and(may_reach_all) {
            return false;
        }
        let types = types_of(std::iter::once(action));
        let reaches_all = |pattern: &Pattern| types.iter().any(|arn| pattern.covers(arn));
        self.is_everywhere() || self.grant.patterns().is_some_and(|patterns| patterns.iter().any(reaches_all))
    }

    /// Whether neither the statement's resources nor its condition keep the action to a part of what it can be used on.
    fn is_unconstrained_for(&self, action: ActionId) -> bool {
        !is_narrowed(&self.statement.conditions) && self.is_everywhere_for(action)
    }

    /// Of the actions, those that AWS does not refuse on what the statement names.
    fn accepted(&self, actions: &ActionSet) -> ActionSet {
        let texts = &self.statement.resources;
        if texts.is_empty() || !problems::are_of_aws(texts) {
            return actions.clone();
        }
        actions.iter().filter(|action| !problems::is_refused(*action, texts)).collect()
    }

    /// Whether the statement reaches more than what is needed. Resources that the needed actions cannot be used on, and
    /// such as lie below a needed one, do not count.
    fn is_wider(&self, reached: &[Reached<'a>]) -> bool {
        let Some(patterns) = self.grant.patterns() else { return true };
        let types = types_of(reached.iter().map(|reached| reached.need.action));
        let is_relevant = |pattern: &&Pattern| {
            pattern.is_everything() || types.is_empty() || types.iter().any(|arn| arn.may_meet(pattern))
        };
        let is_templated = matches!(self.policy.kind, PolicyKind::Template | PolicyKind::Connector);
        let is_needed = |pattern: &Pattern| {
            reached.iter().any(|reached| {
                let need = reached.need;
                need.pattern.covers(pattern)
                    || need.below.covers(pattern)
                    || is_objects_of_one_bucket(pattern, &need.pattern)
                    // SAM's own templates end some names with `*`.
                    || is_templated && need.longer.covers(pattern)
                    // One resource, under a name that is known only at deployment.
                    || !pattern.has_wildcards() && pattern.may_meet(&need.pattern)
            })
        };
        patterns.iter().filter(is_relevant).any(|pattern| !is_needed(pattern))
    }
}

/// Condition keys that every call of a running function fits, or that only tell when and from where one is made.
const NEVER_NARROWING: &[&str] = &["aws:currenttime", "aws:epochtime", "aws:requestedregion", "aws:securetransport"];

/// Whether a condition may keep the grant from some resources or uses.
fn is_narrowed(conditions: &Conditions) -> bool {
    let keys = conditions.values().flat_map(|keys| keys.keys());
    keys.into_iter().any(|key| !NEVER_NARROWING.contains(&key.to_ascii_lowercase().as_str()))
}

/// Sets larger than this belong to a wildcard over services or to one service; its own prefix then speaks for them.
pub(super) const MAX_PREFIX_SEARCH: usize = 2000;

/// The ARN patterns of the resource types that the actions take.
fn types_of(actions: impl Iterator<Item = ActionId>) -> Vec<&'static Pattern> {
    actions.flat_map(|action| &Pattern::of_action(action).known).collect()
}

/// `bucket/*` for a need of `bucket/key`: objects are not granted one by one.
fn is_objects_of_one_bucket(granted: &Pattern, needed: &Pattern) -> bool {
    granted.is_all_objects_of_a_bucket() && granted.covers(needed)
}

/// The needed resources, sorted, without repetition.
fn narrowest(reached: &[Reached<'_>]) -> Vec<SymbolicText> {
    let texts: BTreeMap<&SymbolicText, ()> = reached.iter().map(|reached| (&reached.need.resource.text, ())).collect();
    texts.into_keys().cloned().collect()
}

/// `` `a`, `b` and 3 more are ``; each name once, sorted.
pub(in crate::aws::iam) fn listed(names: impl Iterator<Item = String>) -> String {
    let names: BTreeSet<String> = names.collect();
    let shown: Vec<String> = names.iter().take(MAX_LISTED).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(MAX_LISTED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
