//! Policies judged by themselves, without the code that they are for.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::call::CodeFacts;
use model::function::Identity;
use model::permission::{GrantProblem, Permissions, Policy, PolicyKind, Verdict};

use super::coverage::{CodeCoverage, Doubts};
use super::grants::{self, CompiledPolicy, Grants};
use super::needs::Needs;
use super::template_resources::TemplateResources;
use super::verdicts::Comparison;
use super::{escalation, problems, trust};

pub use super::role_chains::{Standing, role_chains};

/// Judges identities one after the other. What a managed policy says is worked out once for all that have it attached.
pub struct PolicyJudge {
    today: Date,
    code: CodeFacts,
    needs: Needs,
    resources: TemplateResources,
    /// By ARN.
    shared: BTreeMap<String, Shared>,
}

/// A managed policy.
#[derive(Default)]
struct Shared {
    compiled: CompiledPolicy,
    problems: Vec<GrantProblem>,
    /// What is said of its grants where nothing takes from them.
    verdicts: Option<Vec<Verdict>>,
}

impl PolicyJudge {
    pub fn new(today: Date) -> Self {
        let (code, needs, resources) = Default::default();
        Self { today, code, needs, resources, shared: BTreeMap::new() }
    }

    /// The permissions of an identity as far as its policies tell; rows only of actions that could do harm, or with a
    /// wildcard, and policies without their statements. And what matters of it when others can take its role on.
    pub fn judge(&mut self, identity: &Identity) -> (Permissions, Standing) {
        let grants = Grants::of_compiled(identity, |policy| self.compiled(policy));
        let granted = grants.all_actions();
        let permissions = Permissions {
            identity: identity.name.clone(),
            policies: identity.policies.iter().map(outline).collect(),
            verdicts: self.verdicts(identity, &grants),
            escalations: escalation::escalations(&grants, &granted, identity),
            problems: identity.policies.iter().flat_map(|policy| self.problems(policy)).collect(),
            trust_problems: trust::problems(identity, self.today),
            granted_action_count: granted.len(),
            ..Permissions::default()
        };
        let standing = Standing::new(identity, &grants, &permissions, self.today);
        (permissions, standing)
    }

    fn compiled(&mut self, policy: &Policy) -> CompiledPolicy {
        let compile = || grants::compile(policy, &self.resources, self.today);
        let Some(arn) = arn(policy) else { return compile() };
        if let Some(shared) = self.shared.get(arn) {
            return shared.compiled.clone();
        }
        let compiled = compile();
        let problems = match problems::is_own(policy) {
            true => problems::problems_of(policy, &self.resources, self.today),
            false => Vec::new(),
        };
        let shared = Shared { compiled: compiled.clone(), problems, verdicts: None };
        self.shared.insert(arn.to_owned(), shared);
        compiled
    }

    fn problems(&self, policy: &Policy) -> Vec<GrantProblem> {
        match arn(policy).and_then(|arn| self.shared.get(arn)) {
            Some(shared) => {
                let mut problems = shared.problems.clone();
                problems.iter_mut().for_each(|problem| problem.policy.clone_from(&policy.id));
                problems
            }
            None if problems::is_own(policy) => problems::problems_of(policy, &self.resources, self.today),
            None => Vec::new(),
        }
    }

    fn verdicts(&mut self, identity: &Identity, grants: &Grants) -> Vec<Verdict> {
        let coverage = CodeCoverage::Alone;
        let doubts = Doubts::new(&coverage, &self.code);
        let comparison = Comparison { identity, grants, needs: &self.needs, doubts, usage: None, needed: Vec::new() };
        let is_unlimited = grants.is_unlimited();
        let mut verdicts = Vec::new();
        for (place, policy) in identity.policies.iter().enumerate() {
            let shared = arn(policy).filter(|_| is_unlimited).and_then(|arn| self.shared.get_mut(arn));
            let Some(shared) = shared else {
                verdicts.extend(comparison.verdicts_of(place));
                continue;
            };
            let known = shared.verdicts.get_or_insert_with(|| comparison.verdicts_of(place));
            verdicts.extend(known.iter().map(|verdict| Verdict { policy: Some(policy.id.clone()), ..verdict.clone() }));
        }
        verdicts
    }
}

/// The policy without its statements.
fn outline(policy: &Policy) -> Policy {
    Policy {
        id: policy.id.clone(),
        kind: policy.kind,
        name: policy.name.clone(),
        arn: policy.arn.clone(),
        parameters: policy.parameters.clone(),
        statements: Vec::new(),
        location: policy.location.clone(),
    }
}

/// The ARN under which what the policy says is known.
fn arn(policy: &Policy) -> Option<&str> {
    let is_managed = matches!(policy.kind, PolicyKind::Managed | PolicyKind::Customer);
    policy.arn.as_ref().filter(|_| is_managed)?.as_literal()
}
