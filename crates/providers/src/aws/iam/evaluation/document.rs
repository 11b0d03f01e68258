//! Policy documents, compiled for evaluation.
//!
//! Unlike [`crate::aws::policy_document`], which lists what a template grants, this reads strictly: what IAM would refuse is
//! kept with its reason, so that nothing is allowed by a statement that does not mean what it seems to.

use deploy::{Node, Value};
use model::permission::Effect;

use super::condition::Condition;
use super::context::Context;
use super::principal::{NamedPrincipal, Principals};
use super::resource::{RequestedResource, ResourcePattern, Resources};
use super::truth::Truth;
use crate::aws::iam::wildcard;

/// Most statements that are evaluated of one policy; IAM takes some hundred.
const MAX_STATEMENTS: usize = 10_000;

/// A policy document with the name it goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub name: String,
    pub(super) statements: Vec<Statement>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    /// Its Sid, else its 1-based place.
    pub(super) id: String,
    /// `None` when it cannot be told.
    pub(super) effect: Option<Effect>,
    pub(super) principals: Option<Principals>,
    actions: Actions,
    /// `None` when it names none.
    pub(super) resources: Option<Resources>,
    conditions: Vec<Condition>,
    /// Why IAM would refuse it: it then applies for certain to nothing.
    problem: Option<String>,
}

/// What a policy is attached to decides what its statements must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attachment {
    /// Statements name resources and no principals.
    Identity,
    /// Statements name principals, and resources where there may be several.
    Resource,
}

/// `Action` or `NotAction`; patterns in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Actions {
    is_negated: bool,
    patterns: Vec<String>,
}

/// What a statement is compared with, whoever asks.
pub(super) struct Asked<'a> {
    /// In lower case.
    pub(super) action: &'a str,
    pub(super) resource: &'a RequestedResource,
    pub(super) context: &'a Context,
}

impl Document {
    /// Compiles the document. Total: what is wrong in it makes the statements concerned unknown.
    pub fn new(name: impl Into<String>, document: &Node) -> Self {
        let has_variables = document.get("Version").and_then(Node::as_str) == Some("2012-10-17");
        let listed = document.get("Statement").unwrap_or(document);
        let items = if listed.as_sequence().is_some() { listed.items() } else { std::slice::from_ref(listed) };
        let compile = |(index, item): (usize, &Node)| Compiler { has_variables, problem: None }.statement(index, item);
        let mut statements: Vec<Statement> = items.iter().take(MAX_STATEMENTS).enumerate().map(compile).collect();
        if items.len() > MAX_STATEMENTS {
            statements.push(Statement::unreadable(format!("the policy has more than {MAX_STATEMENTS} statements")));
        }
        Self { name: name.into(), statements }
    }

    /// A document of which nothing is known but that it is there.
    pub(super) fn unreadable(name: impl Into<String>, why: String) -> Self {
        Self { name: name.into(), statements: vec![Statement::unreadable(why)] }
    }

    /// Adds that the whole document is in doubt.
    pub(super) fn doubt(&mut self, why: &str) {
        self.statements.push(Statement::unreadable(why.to_owned()));
    }
}

impl Statement {
    fn unreadable(why: String) -> Self {
        Self {
            id: String::new(),
            effect: None,
            principals: None,
            actions: Actions { is_negated: true, patterns: Vec::new() },
            resources: None,
            conditions: Vec::new(),
            problem: Some(why),
        }
    }

    /// Whether the statement is about the request, its principal aside.
    pub(super) fn truth(
        &self,
        asked: &Asked<'_>,
        effect: Effect,
        attachment: Attachment,
        why: &mut Vec<String>,
    ) -> Truth {
        let is_deny = effect == Effect::Deny;
        if !self.actions.match_action(asked.action) {
            return Truth::False;
        }
        let mut reasons = Vec::new();
        let resources = self.resources.as_ref();
        let mut truth = resources
            .map_or(Truth::True, |resources| resources.truth(asked.resource, asked.context, is_deny, &mut reasons));
        for condition in &self.conditions {
            if truth == Truth::False {
                return truth;
            }
            truth = truth.and(condition.truth(asked.context, is_deny, &mut reasons));
        }
        if let Some(problem) = self.problem.as_deref().or_else(|| self.misplacement(attachment)) {
            truth = truth.and(Truth::Unknown);
            reasons.push(problem.to_owned());
        }
        if truth == Truth::Unknown {
            why.append(&mut reasons);
        }
        truth
    }
}

impl Statement {
    /// Why IAM would not take the statement where it is attached.
    fn misplacement(&self, attachment: Attachment) -> Option<&'static str> {
        let is_of_identity = attachment == Attachment::Identity;
        let lacks_resource = is_of_identity && self.resources.is_none();
        let has_principal = is_of_identity && self.principals.is_some();
        match (lacks_resource, has_principal) {
            (true, _) => Some("the statement has neither `Resource` nor `NotResource`"),
            (_, true) => Some("a policy that is not a resource's names no principal"),
            _ => None,
        }
    }
}

impl Actions {
    fn match_action(&self, action: &str) -> bool {
        self.patterns.iter().any(|pattern| action_matches(pattern, action)) != self.is_negated
    }
}

/// Both in lower case. What no action's name can be matches none.
fn action_matches(pattern: &str, action: &str) -> bool {
    let is_name = |text: &str| !text.is_empty() && !text.contains([' ', ',']);
    match pattern.split_once(':') {
        None => pattern == "*",
        Some((service, name)) => is_name(service) && is_name(name) && wildcard::matches(pattern, action),
    }
}

struct Compiler {
    has_variables: bool,
    problem: Option<String>,
}

impl Compiler {
    fn statement(mut self, index: usize, item: &Node) -> Statement {
        let id = item.get("Sid").and_then(Node::as_str).filter(|sid| !sid.is_empty());
        let id = id.map_or_else(|| (index + 1).to_string(), str::to_owned);
        if !item.is_mapping() {
            let why = format!("line {}: {} stands where a statement should", item.line, item.kind());
            return Statement { id, ..Statement::unreadable(why) };
        }
        self.check_elements(item);
        let effect = self.effect(item);
        let actions = self.actions(item);
        let resources = self.resources(item);
        let principals = self.principals(item);
        let conditions = self.conditions(item);
        Statement { id, effect, principals, actions, resources, conditions, problem: self.problem }
    }

    fn refuse(&mut self, node: &Node, why: impl std::fmt::Display) {
        self.problem.get_or_insert_with(|| format!("line {}, column {}: {why}", node.line, node.column));
    }

    fn check_elements(&mut self, item: &Node) {
        const ELEMENTS: &[&str] = &[
            "Action",
            "Condition",
            "Effect",
            "NotAction",
            "NotPrincipal",
            "NotResource",
            "Principal",
            "Resource",
            "Sid",
        ];
        for (key, _) in item.entries() {
            let name = key.as_str().unwrap_or_default();
            if ELEMENTS.binary_search(&name).is_err() {
                self.refuse(key, format!("`{name}` is no element of a statement"));
            }
        }
        for (one, other) in [("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")] {
            if let (Some(_), Some(node)) = (item.get(one), item.get(other)) {
                self.refuse(node, format!("the statement has both `{one}` and `{other}`"));
            }
        }
    }

    fn effect(&mut self, item: &Node) -> Option<Effect> {
        match item.get("Effect").and_then(Node::as_str) {
            Some("Allow") => Some(Effect::Allow),
            Some("Deny") => Some(Effect::Deny),
            _ => {
                self.refuse(item, "the effect is neither `Allow` nor `Deny`");
                None
            }
        }
    }

    fn actions(&mut self, item: &Node) -> Actions {
        let (node, is_negated) = match (item.get("Action"), item.get("NotAction")) {
            (Some(node), _) => (node, false),
            (None, Some(node)) => (node, true),
            (None, None) => {
                self.refuse(item, "the statement has neither `Action` nor `NotAction`");
                return Actions { is_negated: true, patterns: Vec::new() };
            }
        };
        let patterns = self.texts(node, is_negated).into_iter().map(|text| text.to_ascii_lowercase()).collect();
        Actions { is_negated, patterns }
    }

    fn resources(&mut self, item: &Node) -> Option<Resources> {
        let (node, is_negated) = match (item.get("Resource"), item.get("NotResource")) {
            (Some(node), _) => (node, false),
            (None, Some(node)) => (node, true),
            (None, None) => return None,
        };
        let patterns =
            self.texts(node, is_negated).iter().map(|text| ResourcePattern::new(text, self.has_variables)).collect();
        Some(Resources { is_negated, patterns })
    }

    fn principals(&mut self, item: &Node) -> Option<Principals> {
        let (node, is_negated) = match (item.get("Principal"), item.get("NotPrincipal")) {
            (Some(node), _) => (node, false),
            (None, Some(node)) => (node, true),
            (None, None) => return None,
        };
        let mut named = Vec::new();
        match &node.value {
            Value::Text(text) if text == "*" => named.push(NamedPrincipal::Everyone),
            Value::Mapping(entries) => {
                for (key, value) in entries {
                    let texts = self.texts(value, is_negated);
                    match key.as_str().unwrap_or_default() {
                        "AWS" => named.extend(texts.iter().map(|text| NamedPrincipal::of_account(text))),
                        "Service" | "Federated" => named.extend(texts.into_iter().map(named_by_name)),
                        "CanonicalUser" => named.extend(texts.into_iter().map(NamedPrincipal::CanonicalUser)),
                        name => {
                            self.refuse(key, format!("`{name}` is no kind of principal"));
                            named.push(NamedPrincipal::Everyone);
                        }
                    }
                }
            }
            _ => {
                self.refuse(node, "the principal is neither `*` nor a mapping");
                named.push(NamedPrincipal::Everyone);
            }
        }
        Some(Principals { is_negated, named })
    }

    fn conditions(&mut self, item: &Node) -> Vec<Condition> {
        let Some(block) = item.get("Condition") else { return Vec::new() };
        if !block.is_mapping() {
            self.refuse(block, "the condition is not a mapping");
        }
        let mut conditions = Vec::new();
        for (operator, keys) in block.entries() {
            if !keys.is_mapping() {
                self.refuse(keys, "a condition operator needs a mapping of keys");
            }
            for (key, values) in keys.entries() {
                let (operator, key) = (operator.as_str().unwrap_or_default(), key.as_str().unwrap_or_default());
                // A value that cannot be read may be any: without the condition the statement is unknown, not false.
                let is_readable = scalars(values).iter().all(|value| value.scalar_text().is_some());
                let values = self.texts(values, true);
                conditions.extend(is_readable.then(|| Condition::new(operator, key, &values, self.has_variables)));
            }
        }
        conditions
    }

    /// A scalar or a list of scalars. What is neither is refused; where a list says what is meant, it may mean anything.
    fn texts(&mut self, node: &Node, leave_out: bool) -> Vec<String> {
        let mut texts = Vec::new();
        for item in scalars(node) {
            match item.scalar_text() {
                Some(text) => texts.push(text.to_owned()),
                None => {
                    self.refuse(item, format!("{} stands where text is expected", item.kind()));
                    if !leave_out {
                        texts.push("*".to_owned());
                    }
                }
            }
        }
        texts
    }
}

/// The items of a list; anything else is a list of itself.
fn scalars(node: &Node) -> &[Node] {
    node.as_sequence().unwrap_or(std::slice::from_ref(node))
}

fn named_by_name(name: String) -> NamedPrincipal {
    if name == "*" { NamedPrincipal::Everyone } else { NamedPrincipal::Name(name) }
}
