//! Whether a request is allowed, by every policy that has a say in it.
//!
//! Source: the IAM user guide, "Policy evaluation logic" with its pages on cross-account access, permissions boundaries,
//! session policies and the elements of policies; the Organizations guide on service and resource control policies.
//! Supported: identity, resource, boundary, session, VPC endpoint, service control and resource control policies; users,
//! roles, sessions, federated users, roots, services and the anonymous. What is not known makes the decision unknown
//! wherever it matters, never allowed.

mod authorisation;
mod case;
mod condition;
mod context;
mod document;
mod principal;
mod resource;
mod service_rules;
mod text;
mod truth;

#[cfg(test)]
mod tests;

pub use case::{Case, CaseError};
pub(super) use condition::date;
pub use context::Context;
pub use document::Document;
pub use principal::Principal;

use model::evaluation::Answer;
use resource::RequestedResource;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    principal: Principal,
    /// In lower case.
    action: String,
    resource: RequestedResource,
    /// As given.
    resource_arn: String,
    /// The account that the resource belongs to.
    account: String,
    context: Context,
}

impl Request {
    /// `account` is the resource's; empty takes the ARN's, else the principal's.
    pub fn new(principal: Principal, action: &str, resource: &str, account: &str, context: Context) -> Self {
        let of_arn = resource.split(':').nth(4).filter(|account| !account.is_empty() && !account.contains('*'));
        let account = match account {
            "" => of_arn.unwrap_or(&principal.account).to_owned(),
            account => account.to_owned(),
        };
        let takes_none = super::facts::action(action).is_some_and(|action| action.resource_types().next().is_none());
        Self {
            action: action.to_ascii_lowercase(),
            resource: RequestedResource::new(resource, takes_none),
            resource_arn: resource.to_owned(),
            account,
            principal,
            context,
        }
    }

    fn is_same_account(&self) -> bool {
        self.principal.is_in_account() && self.principal.account == self.account
    }
}

/// Everything that has a say. A kind that is `None` or empty does not apply.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies {
    pub identity: Vec<Document>,
    pub resource: Option<Document>,
    pub boundary: Vec<Document>,
    pub session: Option<Document>,
    pub vpc_endpoint: Vec<Document>,
    /// Those of each level of the organization, from the root down: every level must allow.
    pub service_control: Vec<Vec<Document>>,
    /// As above; at each level everything is allowed unless denied.
    pub resource_control: Vec<Vec<Document>>,
}

/// Decides one request. Cost: one pass over all statements.
pub fn evaluate(request: &Request, policies: &Policies) -> Answer {
    authorisation::Authorisation::new(request, policies).answer()
}
