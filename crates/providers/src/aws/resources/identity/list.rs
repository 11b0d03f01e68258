//! The policies of one identity while they are gathered: ids unique, each managed policy once.

use deploy::formats::cloudformation::{Partial, PartialValue, Resource, Stack, Truth};
use model::permission::{Policy, PolicyKind, Statement};
use model::trust::TrustStatement;
use model::{Gap, Location, SymbolicText};

use super::HIDES;
use crate::aws::iam::facts;
use crate::aws::policy_document;
use crate::aws::resources::declared::Declared;

pub(in crate::aws) struct PolicyList<'f> {
    pub(super) stack: &'f Stack,
    /// Whether the function itself is left out of this deployment.
    is_for_excluded: bool,
    policies: Vec<Policy>,
    trust: Vec<TrustStatement>,
    gaps: Vec<Gap>,
}

impl<'f> PolicyList<'f> {
    pub(in crate::aws) fn new(stack: &'f Stack) -> Self {
        Self { stack, is_for_excluded: false, policies: Vec::new(), trust: Vec::new(), gaps: Vec::new() }
    }

    pub(super) fn of_function(function: &Declared<'f>) -> Self {
        Self { is_for_excluded: function.resource.is_excluded(), ..Self::new(function.stack) }
    }

    /// The policies and the gaps about them. What SAM implies and the template names as well is listed once, where it
    /// is named.
    pub(in crate::aws) fn finish(self) -> (Vec<Policy>, Vec<Gap>) {
        (self.policies, self.gaps)
    }

    /// Who may take the role on, as far as it has been read.
    pub(in crate::aws) fn take_trust(&mut self) -> Vec<TrustStatement> {
        std::mem::take(&mut self.trust)
    }

    pub(super) fn trust(&mut self, document: &Partial) {
        let read = policy_document::trust_from_partial(document, self.file());
        self.trust.extend(read.take_gaps(&mut self.gaps));
    }

    pub(super) fn file(&self) -> &'f str {
        &self.stack.file
    }

    pub(in crate::aws) fn push(
        &mut self,
        kind: PolicyKind,
        name: String,
        arn: Option<SymbolicText>,
        statements: Vec<Statement>,
        location: Location,
    ) {
        let same =
            |policy: &&mut Policy| policy.arn.is_some() && policy.arn == arn && policy.kind != PolicyKind::Boundary;
        if kind != PolicyKind::Boundary
            && let Some(known) = self.policies.iter_mut().find(same)
        {
            // Naming what is implied anyway attaches it once; the name is what the reader can see.
            if known.kind == PolicyKind::Implicit && kind == PolicyKind::Managed {
                (known.kind, known.statements, known.location) = (kind, statements, location);
            }
            return;
        }
        let count = self.policies.iter().filter(|policy| policy.name == name).count();
        let id = if count == 0 { name.clone() } else { format!("{name}#{}", count + 1) };
        self.policies.push(Policy { id, kind, name, arn, parameters: Vec::new(), statements, location });
    }

    /// Attaches one of SAM's policy templates with its parameters as they are written.
    pub(super) fn template(
        &mut self,
        name: String,
        parameters: Vec<(String, SymbolicText)>,
        statements: Vec<Statement>,
        location: Location,
    ) {
        self.push(PolicyKind::Template, name, None, statements, location);
        if let Some(policy) = self.policies.last_mut() {
            policy.parameters = parameters;
        }
    }

    /// How many policies there are so far.
    pub(in crate::aws) fn count(&self) -> usize {
        self.policies.len()
    }

    /// Ids of the policies that were added after there were `count`.
    pub(in crate::aws) fn added_after(&self, count: usize) -> impl Iterator<Item = String> {
        self.policies.iter().skip(count).map(|policy| policy.id.clone())
    }

    /// Attaches the policy document `document` under `name`.
    pub(in crate::aws) fn document(&mut self, kind: PolicyKind, name: String, document: &Partial, location: Location) {
        let statements = policy_document::from_partial(document, self.file()).take_gaps(&mut self.gaps);
        self.undecided(document, &format!("policy `{name}`"));
        self.push(kind, name, None, statements, location);
    }

    /// Attaches the managed policy that `text` names: by name, by ARN, or as a resource of the template.
    pub(in crate::aws) fn managed(&mut self, kind: PolicyKind, text: &SymbolicText, location: Location) {
        if let Some(resource) = self.policy_resource(text) {
            return self.customer(kind, resource, text, location);
        }
        let known = text.as_literal().and_then(facts::managed_policy);
        let written = text.to_string();
        match known {
            Some(policy) => {
                let statements = policy.statements(&location);
                let arn = Some(SymbolicText::literal(policy.arn));
                self.push(kind, policy.name.to_owned(), arn, statements, location);
            }
            None => {
                let why = match text.as_literal() {
                    Some(name) if !name.contains(':') || name.contains(":iam::aws:policy/") => {
                        format!(
                            "no AWS managed policy is known as `{written}`; what it grants is not seen, check its name"
                        )
                    }
                    _ => format!("managed policy `{written}` is outside the template, so what it grants is not seen"),
                };
                self.gap_at(location.clone(), why);
                let kind = if kind == PolicyKind::Boundary { kind } else { PolicyKind::Unresolved };
                self.push(kind, written, Some(text.clone()), Vec::new(), location);
            }
        }
    }

    /// Attaches the `AWS::IAM::ManagedPolicy` of the template.
    pub(super) fn customer(&mut self, kind: PolicyKind, resource: &Resource, arn: &SymbolicText, location: Location) {
        if !self.applies(resource) {
            return;
        }
        let kind = if kind == PolicyKind::Boundary { kind } else { PolicyKind::Customer };
        let name = resource_name(resource, "ManagedPolicyName");
        let document = resource.property("PolicyDocument");
        let statements = document.map(|document| policy_document::from_partial(document, self.file()));
        let statements = statements.map(|parsed| parsed.take_gaps(&mut self.gaps)).unwrap_or_default();
        if let Some(document) = document {
            self.undecided(document, &format!("policy `{name}`"));
        }
        self.push(kind, name, Some(arn.clone()), statements, location);
    }

    /// The policy that limits what the role may do at most.
    pub(in crate::aws) fn boundary(&mut self, boundary: &Partial) {
        for alternative in boundary.alternatives() {
            if let Some(text) = alternative.text() {
                self.managed(PolicyKind::Boundary, &text, alternative.location(self.file()));
            }
        }
    }

    /// Whether a resource that attaches something is created; a gap says when that is not certain.
    pub(super) fn applies(&mut self, resource: &Resource) -> bool {
        let Some(condition) = &resource.condition else { return true };
        // A function that is itself left out of this deployment is judged as it would be when it is not.
        if self.is_for_excluded {
            return true;
        }
        let (id, name) = (&resource.logical_id, &condition.name);
        let why = match condition.holds {
            Truth::True => return true,
            Truth::Unknown => {
                format!("`{id}` is attached only when condition `{name}` holds, known only at deployment; it is listed")
            }
            Truth::False => format!(
                "`{id}` is left out: condition `{name}` does not hold with the template's parameters; give others in \
                 samconfig.toml to judge another deployment"
            ),
        };
        self.gap_at(resource.place.location(self.file()), why);
        condition.holds == Truth::Unknown
    }

    /// Says that some part of `value` has branches of which all are listed.
    pub(super) fn undecided(&mut self, value: &Partial, what: &str) {
        if let Some(place) = undecided_part(value) {
            let why = format!("which parts of {what} apply is decided at deployment; every branch is listed");
            self.gap_at(place.location(self.file()), why);
        }
    }

    pub(super) fn gap(&mut self, at: &Partial, why: impl Into<String>) {
        self.gap_at(at.location(self.file()), why);
    }

    pub(in crate::aws) fn gap_at(&mut self, location: Location, why: impl Into<String>) {
        let gap = Gap::new(location, why, &HIDES);
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// The managed policy of the template that `text` refers to: by reference, or by its name in an ARN.
    fn policy_resource(&self, text: &SymbolicText) -> Option<&'f Resource> {
        let policies = || self.stack.of_kind("AWS::IAM::ManagedPolicy");
        if let Some(reference) = text.as_reference() {
            let logical_id = reference.split('.').next().unwrap_or_default();
            return policies().find(|policy| policy.logical_id == logical_id);
        }
        let written = text.to_string();
        let name = written.split_once(":policy/").map_or("", |(_, path)| path.rsplit('/').next().unwrap_or_default());
        policies().find(|policy| {
            let given = policy.property("ManagedPolicyName").and_then(|name| name.texts().next());
            !name.is_empty() && given.is_some_and(|given| given.to_string() == name)
        })
    }
}

/// The name given to a resource, or its logical id.
pub(super) fn resource_name(resource: &Resource, property: &str) -> String {
    let given = resource.property(property).and_then(|name| name.texts().next());
    given.map_or_else(|| resource.logical_id.clone(), |name| name.to_string())
}

fn undecided_part(value: &Partial) -> Option<&Partial> {
    match &value.value {
        PartialValue::OneOf(_) => Some(value),
        PartialValue::Sequence(items) => items.iter().find_map(undecided_part),
        PartialValue::Mapping(entries) => entries.iter().find_map(|entry| undecided_part(&entry.value)),
        _ => None,
    }
}
