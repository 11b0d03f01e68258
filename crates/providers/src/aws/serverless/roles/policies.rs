//! Policies of one role, gathered as those of roles in templates are.

use deploy::formats::cloudformation::Partial;
use model::permission::{Policy, PolicyKind};
use model::{Gap, Location};

use super::super::declared::Declared;
use super::super::grants::Grants;
use crate::aws::resources::{PolicyList, attach_by_id};

/// The policy that lets a function into a network.
const NETWORK_POLICY: &str = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole";

/// Whether it is the policy that the framework attaches to roles in a network.
pub(super) fn is_network_policy(policy: &Policy) -> bool {
    policy.arn.as_ref().and_then(model::SymbolicText::as_literal) == Some(NETWORK_POLICY)
}

pub(super) struct Policies<'d> {
    declared: &'d Declared<'d>,
    pub(super) list: PolicyList<'d>,
}

impl<'d> Policies<'d> {
    pub(super) fn new(declared: &'d Declared<'d>) -> Self {
        Self { declared, list: PolicyList::new(&declared.stack) }
    }

    pub(super) fn into_parts(self) -> (Vec<Policy>, Vec<Gap>) {
        self.list.finish()
    }

    /// What the framework adds on its own.
    pub(super) fn implicit(&mut self, grants: Grants, location: &Location) {
        let statements = grants.into_statements();
        if !statements.is_empty() {
            let name = "added by the Serverless Framework".to_owned();
            self.list.push(PolicyKind::Implicit, name, None, statements, location.clone());
        }
    }

    /// Statements of the configuration, under the name of the policy that they go into.
    pub(super) fn statements(&mut self, name: &str, listed: &Partial) {
        self.list.document(PolicyKind::Inline, name.to_owned(), listed, self.declared.location_of(listed));
    }

    /// Managed policies, listed by ARN or reference.
    pub(super) fn managed(&mut self, listed: &Partial) {
        for item in listed.items_or_self() {
            let location = self.declared.location_of(item);
            match item.text() {
                Some(arn) => self.list.managed(PolicyKind::Managed, &arn, location),
                None => {
                    let why = "a managed policy is neither an ARN nor a reference; what it grants is not seen";
                    self.list.gap_at(location, why);
                }
            }
        }
    }

    pub(super) fn network(&mut self, location: Location) {
        self.list.managed(PolicyKind::Managed, &NETWORK_POLICY.into(), location);
    }

    /// What `resources` give the role of this logical id; the ids of these policies.
    pub(super) fn resources(&mut self, logical_id: &str) -> Vec<String> {
        let written = self.list.count();
        attach_by_id(logical_id, &mut self.list);
        self.list.added_after(written).collect()
    }
}
