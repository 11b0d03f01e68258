//! The recommended policy as entries of the place it is written at: policies that are needed as they are stay by name, what
//! the place grants by itself is left out, the rest is written as policy templates that fit exactly and as statements.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::function::{Function, Identity};
use model::permission::{Effect, Judgement, Policy, PolicyKind, RecommendedStatement, Statement, Tier, Verdict};
use model::proposal::{PolicyForm, PolicyHome, Proposal, ProposedPolicy, Syntax};
use model::{Location, SymbolicText};

use super::super::facts;
use super::super::grants::{Decision, Grants, Reach};
use super::super::needs::Needs;
use super::super::pattern::{Pattern, Side};
use super::super::template_resources::TemplateResources;
use super::super::verdicts::listed;
use super::{allow, name, templates};

/// Name of a policy that replaces none.
const NEW_POLICY: &str = "LeastPrivilege";

/// What to write for `recommended`. `verdicts` are those of the identity of `function`.
pub(in crate::aws::iam) fn propose(
    function: &Function,
    verdicts: &[Verdict],
    recommended: &[RecommendedStatement],
    needs: &Needs,
    resources: &TemplateResources,
    today: Date,
) -> Proposal {
    let identity = &function.identity;
    let home = identity.home.clone().unwrap_or_else(|| document(function));
    let may_stay = |policy: &&Policy| !home.is_translation && stays(policy, &home, verdicts);
    let kept: Vec<&Policy> = identity.policies.iter().filter(may_stay).collect();
    let given = home.implied.iter().chain(kept.iter().copied()).cloned().collect();
    let mut rest = without_granted(recommended, given, needs, resources, today);
    let mut policies: Vec<ProposedPolicy> =
        kept.iter().filter(|policy| is_here(policy, &home)).filter_map(|policy| entry(policy)).collect();
    if home.form == PolicyForm::SamFunction {
        policies.extend(templates::fitting(&mut rest, resources));
    }
    name(&mut rest);
    if !rest.is_empty() {
        let old = identity.policies.iter().find(|policy| policy.kind == PolicyKind::Inline && is_here(policy, &home));
        let name = old.map_or_else(|| NEW_POLICY.to_owned(), |policy| policy.name.clone());
        let statements = rest.iter().map(|statement| written(statement, &home.location)).collect();
        policies.push(ProposedPolicy::Inline { name, statements });
    }
    let mut steps = steps(identity, &home, &kept);
    steps.extend(to_review(verdicts));
    Proposal { policies, current: current(identity, &home), steps, home }
}

/// Where nothing is known of the place: a policy document by itself.
fn document(function: &Function) -> PolicyHome {
    PolicyHome {
        is_translation: false,
        form: PolicyForm::Document,
        syntax: Syntax::Json,
        file: String::new(),
        owner: function.name.clone(),
        implied: Vec::new(),
        elsewhere: Vec::new(),
        boundary: None,
        steps: Vec::new(),
        location: function.location.clone(),
    }
}

/// Whether all that the policy grants is needed. Statements are always written anew, so that they say no more than is
/// needed; of a policy that is kept by its name nothing else can be said.
fn stays(policy: &Policy, home: &PolicyHome, verdicts: &[Verdict]) -> bool {
    let has_name = match policy.kind {
        PolicyKind::Managed | PolicyKind::Customer | PolicyKind::Template | PolicyKind::Connector => true,
        // Nothing can be said of what it grants: it is the reader's to decide.
        PolicyKind::Unresolved => return true,
        PolicyKind::Inline => home.elsewhere.contains(&policy.id),
        PolicyKind::Implicit | PolicyKind::Boundary => false,
    };
    let mut own = verdicts.iter().filter(|verdict| verdict.policy.as_ref() == Some(&policy.id)).peekable();
    let takes_nothing = policy.statements.iter().all(|statement| statement.effect == Effect::Allow);
    has_name && takes_nothing && own.peek().is_some() && own.all(|verdict| verdict.judgement == Judgement::Keep)
}

/// Whether the policy is an entry of the place.
fn is_here(policy: &Policy, home: &PolicyHome) -> bool {
    let is_written = !matches!(policy.kind, PolicyKind::Implicit | PolicyKind::Boundary | PolicyKind::Connector);
    is_written && !home.elsewhere.contains(&policy.id) && !is_implied(policy, home)
}

fn is_implied(policy: &Policy, home: &PolicyHome) -> bool {
    let is_listed = policy.location != home.location;
    home.implied.iter().any(|implied| implied.arn.is_some() && implied.arn == policy.arn) && !is_listed
}

fn entry(policy: &Policy) -> Option<ProposedPolicy> {
    match policy.kind {
        PolicyKind::Template => {
            Some(ProposedPolicy::Template { name: policy.name.clone(), parameters: policy.parameters.clone() })
        }
        PolicyKind::Managed | PolicyKind::Customer | PolicyKind::Unresolved if policy.arn.is_some() => {
            policy.arn.clone().map(ProposedPolicy::Managed)
        }
        PolicyKind::Inline | PolicyKind::Customer => {
            Some(ProposedPolicy::Inline { name: policy.name.clone(), statements: policy.statements.clone() })
        }
        _ => None,
    }
}

/// What stands at the place today; nothing where the place is new.
fn current(identity: &Identity, home: &PolicyHome) -> Vec<ProposedPolicy> {
    let is_new = home.is_translation
        || home.form == PolicyForm::NewRole
        || home.location.file != home.file && !home.file.is_empty();
    if is_new {
        return Vec::new();
    }
    identity.policies.iter().filter(|policy| is_here(policy, home)).filter_map(entry).collect()
}

/// The statements without what `given` grants surely, in their order.
fn without_granted(
    recommended: &[RecommendedStatement],
    given: Vec<Policy>,
    needs: &Needs,
    resources: &TemplateResources,
    today: Date,
) -> Vec<RecommendedStatement> {
    let given = Grants::new(&Identity { policies: given, ..Identity::default() }, resources, today);
    let is_given = |action: &str, text: &SymbolicText| {
        let Some(action) = facts::action(action) else { return false };
        let pattern = Pattern::new(text, Side::Need, resources);
        match given.decide(action, &pattern) {
            Decision::Granted(Reach::Surely, _) => true,
            // Who makes the role grants what the platform does for the function; the pattern of today's shared role, which
            // is all that is known of the resource, may be wider than that.
            Decision::Granted(..) => needs.actions.get(&action).is_some_and(|needed| needed.tier == Tier::Runtime),
            _ => false,
        }
    };
    let mut rest = Vec::new();
    for statement in recommended {
        if statement.effect == Effect::Deny {
            rest.push(statement.clone());
            continue;
        }
        let mut by_resources: BTreeMap<Vec<SymbolicText>, Vec<String>> = BTreeMap::new();
        for action in &statement.actions {
            let missing: Vec<_> = statement.resources.iter().filter(|text| !is_given(action, text)).cloned().collect();
            by_resources.entry(missing).or_default().push(action.clone());
        }
        by_resources.remove(&Vec::new());
        rest.extend(
            by_resources.into_iter().map(|(texts, actions)| allow(actions, texts, statement.conditions.clone())),
        );
    }
    rest
}

fn written(statement: &RecommendedStatement, location: &Location) -> Statement {
    let actions = statement.actions.iter().map(|action| action.as_str().into()).collect();
    Statement {
        sid: Some(statement.sid.clone()),
        not_resources: statement.not_resources.clone(),
        conditions: statement.conditions.clone(),
        ..Statement::new(statement.effect, actions, statement.resources.clone(), location.clone())
    }
}

/// Grants that may be used although no need of them was found: the text leaves them out.
fn to_review(verdicts: &[Verdict]) -> Option<String> {
    let reviewed = verdicts.iter().filter(|verdict| verdict.judgement == Judgement::Review);
    let mut actions = reviewed.filter(|verdict| !facts::expand(&verdict.action).is_empty()).peekable();
    actions.peek()?;
    let actions = listed(actions.map(|verdict| verdict.action.clone()));
    Some(format!("decide first about what is to be reviewed, as it is not in this text: {actions}"))
}

/// What is to be done beside writing the policies.
fn steps(identity: &Identity, home: &PolicyHome, kept: &[&Policy]) -> Vec<String> {
    let mut steps = home.steps.clone();
    for policy in &identity.policies {
        let is_kept = kept.iter().any(|kept| kept.id == policy.id);
        let place = &policy.location;
        match policy.kind {
            PolicyKind::Unresolved if home.is_translation => {
                steps
                    .push(format!("`{}` ({place}) could not be read: what it grants is not in this text", policy.name));
            }
            _ if home.is_translation => {}
            PolicyKind::Unresolved => steps.push(format!(
                "`{}` ({place}) could not be read and is left as it is: see whether anything needs it",
                policy.name
            )),
            PolicyKind::Connector if !is_kept => {
                steps.push(format!("delete connector `{}` ({place}): it grants more than is needed", policy.name));
            }
            PolicyKind::Implicit | PolicyKind::Boundary => {}
            _ if !is_kept && home.elsewhere.contains(&policy.id) => {
                let name = &policy.name;
                steps.push(format!("take `{name}` ({place}) away from the role: what is needed of it is written here"));
            }
            _ => {}
        }
    }
    steps
}
