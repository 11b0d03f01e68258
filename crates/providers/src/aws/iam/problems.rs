//! Statements that grant nothing, or less than they seem to: names that IAM does not know, resources that an action cannot
//! work on, resources of AWS's own that nobody may change.

use jiff::civil::Date;
use model::SymbolicText;
use model::function::Identity;
use model::permission::{Effect, GrantProblem, GrantProblemKind, Policy, PolicyKind, Statement};

use super::expiry;
use super::facts::{self, ActionId, arn_of_resource_type};
use super::pattern::{Pattern, Side};
use super::template_resources::TemplateResources;

/// Problems that are listed of one identity.
const MAX_PROBLEMS: usize = 1_000;

/// What is wrong with the grants, in the order of policies and statements. AWS's own policies are taken to be right.
pub(super) fn problems(identity: &Identity, resources: &TemplateResources, today: Date) -> Vec<GrantProblem> {
    let mut found = Vec::new();
    for policy in identity.policies.iter().filter(|policy| is_own(policy)) {
        found.extend(problems_of(policy, resources, today));
        if found.len() > MAX_PROBLEMS {
            found.truncate(MAX_PROBLEMS);
            break;
        }
    }
    found
}

/// Whether the policy was written by whoever uses it.
pub(super) fn is_own(policy: &Policy) -> bool {
    !matches!(policy.kind, PolicyKind::Managed | PolicyKind::Template | PolicyKind::Connector | PolicyKind::Implicit)
}

/// What is wrong with the grants of one policy.
pub(super) fn problems_of(policy: &Policy, resources: &TemplateResources, today: Date) -> Vec<GrantProblem> {
    let mut found = Vec::new();
    for statement in &policy.statements {
        let mut checker = Checker { policy, statement, resources, found: &mut found };
        match expiry::expired(&statement.conditions, today) {
            Some(day) => checker.expired(day),
            None => checker.check(),
        }
        if found.len() > MAX_PROBLEMS {
            break;
        }
    }
    found
}

struct Checker<'a> {
    policy: &'a Policy,
    statement: &'a Statement,
    resources: &'a TemplateResources,
    found: &'a mut Vec<GrantProblem>,
}

impl Checker<'_> {
    fn check(&mut self) {
        let statement = self.statement;
        let written = if statement.actions.is_empty() { &statement.not_actions } else { &statement.actions };
        for (index, text) in written.iter().enumerate() {
            let Some(pattern) = text.as_literal() else { continue };
            let mut named = facts::matching(pattern).peekable();
            if named.peek().is_none() {
                self.unknown_name(index, pattern);
            } else if statement.effect == Effect::Allow && statement.not_actions.is_empty() {
                self.resource(index, pattern, &named.collect::<Vec<_>>());
            }
        }
    }

    fn expired(&mut self, day: Date) {
        self.found.push(GrantProblem {
            kind: GrantProblemKind::Expired,
            action: String::new(),
            why: format!("its condition on the time held until {day}"),
            better: None,
            policy: self.policy.id.clone(),
            origin: self.statement.origin.clone(),
        });
    }

    fn unknown_name(&mut self, index: usize, pattern: &str) {
        let service = pattern.split_once(':').map(|(service, _)| service);
        let better = facts::nearest(pattern).map(ActionId::name);
        let why = match service {
            None => "an action is named with its service, as in `s3:GetObject`".to_owned(),
            Some(service) if !facts::is_service(service) => format!("IAM knows no service `{service}`"),
            Some(_) if pattern.contains([' ', ',']) => "an action's name has no space or comma".to_owned(),
            Some(_) => "IAM knows no such action".to_owned(),
        };
        self.add(GrantProblemKind::UnknownAction, index, pattern, why, better);
    }

    /// Whether what the pattern names can work on anything that the statement names.
    fn resource(&mut self, index: usize, pattern: &str, named: &[ActionId]) {
        let texts = &self.statement.resources;
        if texts.is_empty() || texts.iter().any(|text| !is_checkable(text)) {
            return;
        }
        let patterns: Vec<Pattern> = texts.iter().map(|text| Pattern::new(text, Side::Need, self.resources)).collect();
        if patterns.iter().any(Pattern::is_everything) {
            return;
        }
        if named.iter().all(|action| is_refused(*action, texts)) {
            let why = "nobody but AWS may change this resource".to_owned();
            return self.add(GrantProblemKind::OfAws, index, pattern, why, None);
        }
        if named.iter().any(|action| works_on(*action, &patterns)) {
            return;
        }
        let better = named.first().and_then(|action| shape(*action));
        let why = match &better {
            Some(shape) => format!("it works on `{shape}`, which no resource of the statement is"),
            None => "it works on no single resource, so only `*` grants it".to_owned(),
        };
        self.add(GrantProblemKind::WrongResource, index, pattern, why, Some(better.unwrap_or_else(|| "*".to_owned())));
    }

    fn add(&mut self, kind: GrantProblemKind, index: usize, action: &str, why: String, better: Option<String>) {
        self.found.push(GrantProblem {
            kind,
            action: action.to_owned(),
            why,
            better,
            policy: self.policy.id.clone(),
            origin: self.statement.action_origin(index).clone(),
        });
    }
}

/// Whether enough is known of a resource to say that an action cannot work on it: ARNs of other partitions have the same
/// shapes, but the tables write them for one.
fn is_checkable(text: &SymbolicText) -> bool {
    text.as_literal().is_some_and(|text| text == "*" || text.starts_with("arn:aws:") || text.starts_with("arn:*:"))
}

fn works_on(action: ActionId, patterns: &[Pattern]) -> bool {
    let kinds = Pattern::of_action(action);
    !kinds.is_complete || kinds.known.iter().any(|kind| patterns.iter().any(|pattern| pattern.may_meet(kind)))
}

/// The plainest shape of the resources that the action works on.
fn shape(action: ActionId) -> Option<String> {
    let shapes = action.resource_types().filter_map(|(key, _)| arn_of_resource_type(&key));
    shapes.min_by_key(|shape| shape.len()).map(str::to_owned)
}

/// Whether the action would change resources that are all AWS's own.
pub(super) fn is_refused(action: ActionId, texts: &[SymbolicText]) -> bool {
    action.service() == "iam" && action.access_levels().contains(['W', 'P', 'T']) && are_of_aws(texts)
}

/// Whether nobody but AWS may change any of the resources.
pub(super) fn are_of_aws(texts: &[SymbolicText]) -> bool {
    texts.iter().all(|text| {
        text.as_literal().is_some_and(|text| text.contains(":iam::aws:policy/") || text.contains(":role/aws-reserved/"))
    })
}
