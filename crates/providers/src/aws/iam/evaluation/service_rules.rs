//! What some services add to the rules that hold for all.
//!
//! Source: the guides of KMS ("Key policies"), STS ("GetCallerIdentity", "Granting permissions to assume a role") and IAM
//! ("AWS managed policies", "Service-linked and reserved roles").

use super::Request;
use crate::aws::iam::facts;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServiceRule {
    None,
    /// No policy has a say.
    AlwaysAllowed,
    /// The resource's policy must allow, directly or by handing it to the account.
    NeedsResourcePolicy,
    /// The resource is AWS's own: nobody changes it.
    Refused,
}

/// The rule for a request.
pub(super) fn of(request: &Request) -> ServiceRule {
    let (service, name) = request.action.split_once(':').unwrap_or((&request.action, ""));
    let resource = request.resource_arn.splitn(6, ':').nth(5).unwrap_or_default();
    match (service, name) {
        ("sts", "getcalleridentity") => ServiceRule::AlwaysAllowed,
        ("sts", _) if name.starts_with("assumerole") => ServiceRule::NeedsResourcePolicy,
        ("sts", "tagsession" | "setsourceidentity") if resource.starts_with("role/") => {
            ServiceRule::NeedsResourcePolicy
        }
        ("kms", _) if resource.starts_with("key/") => ServiceRule::NeedsResourcePolicy,
        ("kms", _) if resource.starts_with("alias/aws/") && changes(request) => ServiceRule::Refused,
        ("iam", _) if is_of_aws(&request.resource_arn, resource) && changes(request) => ServiceRule::Refused,
        _ => ServiceRule::None,
    }
}

/// A managed policy of AWS, or a role that AWS keeps for its own services.
fn is_of_aws(arn: &str, resource: &str) -> bool {
    let is_managed = arn.split(':').nth(4) == Some("aws") && resource.starts_with("policy/");
    is_managed || resource.starts_with("role/aws-reserved/")
}

fn changes(request: &Request) -> bool {
    // Levels: Write, Permissions management, Tagging. What is not known is taken to change something.
    facts::action(&request.action).is_none_or(|action| action.access_levels().contains(['W', 'P', 'T']))
}
