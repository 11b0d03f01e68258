//! Policies of one role, gathered.

use deploy::formats::cloudformation::Partial;
use model::permission::{Policy, PolicyKind, Statement};
use model::{Gap, Hidden, Location, SymbolicText};

use super::super::declared::Declared;
use super::super::grants::Grants;
use crate::aws::iam::facts;
use crate::aws::policy_document;

/// The policy that lets a function into a network.
pub(super) const NETWORK_POLICY: &str = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole";

pub(super) struct Policies<'d, 'a> {
    declared: &'d Declared<'a>,
    policies: Vec<Policy>,
    pub(super) gaps: Vec<Gap>,
}

impl<'d, 'a> Policies<'d, 'a> {
    pub(super) fn new(declared: &'d Declared<'a>) -> Self {
        Self { declared, policies: Vec::new(), gaps: Vec::new() }
    }

    pub(super) fn into_parts(self) -> (Vec<Policy>, Vec<Gap>) {
        (self.policies, self.gaps)
    }

    /// What the framework adds on its own.
    pub(super) fn implicit(&mut self, grants: Grants, location: &Location) {
        let statements = grants.into_statements();
        if !statements.is_empty() {
            self.push(PolicyKind::Implicit, "added by the Serverless Framework", None, statements, location.clone());
        }
    }

    /// Statements of the configuration, under the name of the policy that they go into.
    pub(super) fn statements(&mut self, name: &str, listed: &Partial) {
        let statements = policy_document::from_partial(listed, &self.declared.service.file).take_gaps(&mut self.gaps);
        if !statements.is_empty() {
            self.push(PolicyKind::Inline, name, None, statements, self.declared.location_of(listed));
        }
    }

    /// Managed policies, listed by ARN or reference.
    pub(super) fn managed(&mut self, listed: &Partial) {
        for item in listed.items_or_self() {
            let location = self.declared.location_of(item);
            match item.texts().next() {
                Some(arn) => self.attach(&arn, &location, None),
                None => self.gaps.push(self.declared.gap(
                    item,
                    "a managed policy is neither an ARN nor a reference; what it grants is not seen",
                    &[Hidden::Permissions],
                )),
            }
        }
    }

    /// The boundary that limits the role.
    pub(super) fn boundary(&mut self, boundary: &Partial) {
        if let Some(arn) = boundary.texts().next() {
            let location = self.declared.location_of(boundary);
            self.attach(&arn, &location, Some(PolicyKind::Boundary));
        }
    }

    /// The managed policy `arn`; `kind` when it is not attached as such.
    pub(super) fn attach(&mut self, arn: &SymbolicText, location: &Location, kind: Option<PolicyKind>) {
        if let Some(known) = arn.as_literal().and_then(facts::managed_policy) {
            let statements = known.statements(location);
            let arn = Some(SymbolicText::literal(known.arn.as_str()));
            return self.push(kind.unwrap_or(PolicyKind::Managed), known.name, arn, statements, location.clone());
        }
        let shown = arn.to_string();
        if let Some(logical_id) = arn.as_reference()
            && let Some(resource) = self.declared.stack.resource(logical_id)
            && let Some(document) = resource.property("PolicyDocument")
        {
            let read = policy_document::from_partial(document, &self.declared.service.file);
            let statements = read.take_gaps(&mut self.gaps);
            let kind = kind.unwrap_or(PolicyKind::Customer);
            return self.push(kind, logical_id, Some(arn.clone()), statements, location.clone());
        }
        let why = format!("policy `{shown}` is not part of the project; what it grants is not seen");
        self.gaps.push(Gap::new(location.clone(), why, &[Hidden::Permissions]));
        let name = shown.rsplit_once('/').map_or(shown.as_str(), |(_, name)| name).to_owned();
        self.push(kind.unwrap_or(PolicyKind::Unresolved), &name, Some(arn.clone()), Vec::new(), location.clone());
    }

    pub(super) fn push(
        &mut self,
        kind: PolicyKind,
        name: &str,
        arn: Option<SymbolicText>,
        statements: Vec<Statement>,
        location: Location,
    ) {
        let repeated = self.policies.iter().filter(|policy| policy.name == name).count();
        let id = if repeated == 0 { name.to_owned() } else { format!("{name}#{}", repeated + 1) };
        self.policies.push(Policy { id, kind, name: name.to_owned(), arn, statements, location });
    }
}
