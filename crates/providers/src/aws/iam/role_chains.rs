//! Roles that may be taken on one after the other, through their trust policies.
//!
//! Source: the IAM user guide, "Roles terms and concepts" (role chaining) and "Policy evaluation logic": in one account a
//! trust policy that names a role lets it in by itself; one that names the account leaves it to the identity's policies.
//! Not seen: roles of other accounts, and principals that are named by an id.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::civil::Date;
use model::function::Identity;
use model::permission::{Effect, Permissions};
use model::trust::{ChainGain, PrincipalKind, RoleChain, TrustStatement};
use model::{Confidence, Location, SymbolicText};

use super::expiry;
use super::facts;
use super::grants::{Decision, Grants, Reach};
use super::pattern::{Pattern, Side};
use super::template_resources::TemplateResources;

/// Most roles of one chain.
const MAX_CHAIN_ROLES: usize = 6;
/// Most roles that are followed from one identity.
const MAX_REACHED_ROLES: usize = 200;
/// Most chains that are told of one identity: those with the worst ends.
const MAX_CHAINS: usize = 10;
/// Most pairs of an identity and a role that are compared, all identities together.
const MAX_COMPARISONS: usize = 1_000_000;

const ASSUME_ROLE: &str = "sts:AssumeRole";

/// What matters of an identity when roles are taken on from it, or its own is.
pub struct Standing {
    arn: String,
    has_everything: bool,
    /// Ids of escalation paths, sorted.
    ways: Vec<String>,
    action_count: usize,
    /// Its statements about taking roles on.
    assuming: Grants,
    /// Where that is granted first, if it is.
    origin: Option<Location>,
    trust: Vec<TrustStatement>,
}

impl Standing {
    pub(super) fn new(identity: &Identity, grants: &Grants, permissions: &Permissions, today: Date) -> Self {
        let mut ways: Vec<String> = permissions.escalations.iter().map(|way| way.path.clone()).collect();
        ways.sort_unstable();
        let names_accounts = |statement: &&TrustStatement| {
            statement.principals.iter().any(|principal| principal.kind == PrincipalKind::Aws)
                && expiry::expired(&statement.conditions, today).is_none()
        };
        let action = facts::action(ASSUME_ROLE);
        let grant = action.and_then(|action| grants.allows_of(action).next());
        let origin = grant.and_then(|grant| {
            identity
                .policies
                .get(grant.policy)?
                .statements
                .get(grant.statement)
                .map(|statement| statement.origin.clone())
        });
        Self {
            arn: identity.name.as_ref().map(SymbolicText::to_string).unwrap_or_default(),
            has_everything: grants.has_everything(),
            ways,
            action_count: permissions.granted_action_count,
            assuming: action.map_or_else(Grants::default, |action| grants.only(action)),
            origin,
            trust: identity.trust.iter().filter(names_accounts).cloned().collect(),
        }
    }

    fn account(&self) -> &str {
        self.arn.split(':').nth(4).unwrap_or_default()
    }

    /// What the end of a chain that starts here grants besides; nothing when that is nothing more.
    fn gain_by(&self, end: &Self) -> Option<ChainGain> {
        if end.has_everything {
            return Some(ChainGain::Everything);
        }
        let ways: Vec<String> = end.ways.iter().filter(|way| !self.ways.contains(way)).cloned().collect();
        if !ways.is_empty() {
            return Some(ChainGain::Escalation(ways));
        }
        let more = end.action_count.saturating_sub(self.action_count);
        (more > 0).then_some(ChainGain::Actions(more))
    }
}

/// One role lets another identity in.
struct Step {
    to: usize,
    confidence: Confidence,
    /// Where the trust policy says so, and where it is granted.
    origins: Vec<Location>,
}

/// The chains from each identity, in their order; `false` when there were too many pairs to compare all.
pub fn role_chains(standings: &[Standing]) -> (Vec<Vec<RoleChain>>, bool) {
    let (steps, is_complete) = steps(standings);
    let chains = (0..standings.len()).map(|start| chains_from(start, standings, &steps)).collect();
    (chains, is_complete)
}

fn steps(standings: &[Standing]) -> (Vec<Vec<Step>>, bool) {
    let places: BTreeMap<&str, usize> =
        standings.iter().enumerate().map(|(place, standing)| (standing.arn.as_str(), place)).collect();
    let mut steps: Vec<Vec<Step>> = standings.iter().map(|_| Vec::new()).collect();
    // Roles that leave it to the identities of their account.
    let mut open: Vec<(usize, &TrustStatement, Pattern)> = Vec::new();
    for (to, role) in standings.iter().enumerate() {
        for statement in role.trust.iter().filter(|statement| statement.effect == Effect::Allow) {
            for principal in statement.principals.iter().filter(|each| each.kind == PrincipalKind::Aws) {
                let name = principal.name.as_str();
                let is_account = name == role.account() || account_of_root(name) == Some(role.account());
                if statement.is_exclusion || is_account || name == "*" {
                    open.push((to, statement, pattern(&role.arn)));
                } else if let Some(from) = places.get(name).copied().filter(|from| *from != to) {
                    let step = standings.get(from).and_then(|standing| named_step(standing, role, to, statement));
                    if let (Some(step), Some(steps)) = (step, steps.get_mut(from)) {
                        steps.push(step);
                    }
                }
            }
        }
    }
    let mut left = MAX_COMPARISONS;
    for (from, (standing, steps)) in standings.iter().zip(&mut steps).enumerate() {
        if standing.origin.is_none() {
            continue;
        }
        for (to, statement, pattern) in open.iter().filter(|(to, ..)| *to != from).take(left) {
            left -= 1;
            let role = standings.get(*to);
            steps.extend(role.and_then(|role| granted_step(standing, role, *to, statement, pattern)));
        }
    }
    (steps, left > 0)
}

/// A step to a role that names the identity: that is enough, unless something denies it.
fn named_step(from: &Standing, role: &Standing, to: usize, statement: &TrustStatement) -> Option<Step> {
    let is_own = from.account() == role.account();
    let decision = from.decide(&pattern(&role.arn));
    let is_granted = matches!(decision, Some(Decision::Granted(..)));
    if matches!(decision, Some(Decision::Denied(_))) || !is_own && !is_granted || role.refuses(&from.arn) {
        return None;
    }
    let granted = from.origin.clone().filter(|_| is_granted);
    let origins = granted.into_iter().chain([statement.origin.clone()]).collect();
    Some(Step { to, confidence: confidence(statement), origins })
}

/// A step to a role that leaves it to the policies of its account.
fn granted_step(
    from: &Standing,
    role: &Standing,
    to: usize,
    statement: &TrustStatement,
    pattern: &Pattern,
) -> Option<Step> {
    let Some(Decision::Granted(reach, _)) = from.decide(pattern) else { return None };
    if from.account() != role.account() || role.refuses(&from.arn) {
        return None;
    }
    let confidence = if reach == Reach::Surely { confidence(statement) } else { Confidence::Possible };
    let origins = from.origin.clone().into_iter().chain([statement.origin.clone()]).collect();
    Some(Step { to, confidence, origins })
}

impl Standing {
    fn decide(&self, role: &Pattern) -> Option<Decision<'_>> {
        facts::action(ASSUME_ROLE).map(|action| self.assuming.decide(action, role))
    }

    /// Whether the trust policy surely denies the identity.
    fn refuses(&self, arn: &str) -> bool {
        let denies = |statement: &TrustStatement| {
            let is_named = statement.principals.iter().any(|principal| principal.name == "*" || principal.name == arn);
            statement.effect == Effect::Deny && statement.conditions.is_empty() && is_named != statement.is_exclusion
        };
        self.trust.iter().any(denies)
    }
}

fn confidence(statement: &TrustStatement) -> Confidence {
    if statement.conditions.is_empty() { Confidence::Likely } else { Confidence::Possible }
}

fn pattern(arn: &str) -> Pattern {
    Pattern::new(&SymbolicText::literal(arn), Side::Need, &TemplateResources::default())
}

fn account_of_root(name: &str) -> Option<&str> {
    name.strip_suffix(":root")?.split(':').nth(4)
}

/// The shortest chain to each role that can be reached, if its end grants more; the worst first.
fn chains_from(start: usize, standings: &[Standing], steps: &[Vec<Step>]) -> Vec<RoleChain> {
    let steps_from = |place: usize| steps.get(place).map(Vec::as_slice).unwrap_or_default();
    let Some(own) = standings.get(start).filter(|own| !own.has_everything && !steps_from(start).is_empty()) else {
        return Vec::new();
    };
    let mut reached = BTreeSet::from([start]);
    let mut open: VecDeque<(usize, Vec<&Step>)> = VecDeque::from([(start, Vec::new())]);
    let mut chains = Vec::new();
    while let Some((place, path)) = open.pop_front() {
        for step in steps_from(place) {
            if path.len() >= MAX_CHAIN_ROLES || reached.len() > MAX_REACHED_ROLES || !reached.insert(step.to) {
                continue;
            }
            let mut path = path.clone();
            path.push(step);
            chains.extend(chain(own, &path, standings));
            open.push_back((step.to, path));
        }
    }
    chains.sort_by(|left: &RoleChain, right: &RoleChain| {
        let likely = |chain: &RoleChain| Reverse(chain.confidence);
        (&left.gain, likely(left), &left.roles).cmp(&(&right.gain, likely(right), &right.roles))
    });
    chains.truncate(MAX_CHAINS);
    chains
}

fn chain(own: &Standing, path: &[&Step], standings: &[Standing]) -> Option<RoleChain> {
    let gain = own.gain_by(standings.get(path.last()?.to)?)?;
    Some(RoleChain {
        roles: path.iter().filter_map(|step| standings.get(step.to)).map(|standing| standing.arn.clone()).collect(),
        gain,
        confidence: path.iter().map(|step| step.confidence).min()?,
        origins: path.iter().flat_map(|step| step.origins.iter().cloned()).collect(),
    })
}

#[cfg(test)]
mod tests;
