//! The policies that an `AWS::IAM::Role` itself carries.

use deploy::formats::cloudformation::{Partial, Resource};
use model::permission::PolicyKind;

use super::list::PolicyList;

pub(super) fn attach(role: &Resource, list: &mut PolicyList<'_>) {
    if !list.applies(role) {
        return;
    }
    for policy in role.property("Policies").iter().flat_map(|policies| policies.items_or_self()) {
        inline(policy, list);
    }
    if let Some(arns) = role.property("ManagedPolicyArns") {
        for arn in arns.items_or_self() {
            match arn.text() {
                Some(text) => list.managed(PolicyKind::Managed, &text, arn.location(list.file())),
                None => {
                    list.gap(arn, "a managed policy is given by something that is no text; what it grants is not seen")
                }
            }
        }
        list.undecided(arns, &format!("the managed policies of `{}`", role.logical_id));
    }
    if let Some(document) = role.property("AssumeRolePolicyDocument") {
        list.trust(document);
    }
    if let Some(boundary) = role.property("PermissionsBoundary") {
        list.boundary(boundary);
    }
}

/// One of the role's inline policies: `{PolicyName, PolicyDocument}`.
fn inline(policy: &Partial, list: &mut PolicyList<'_>) {
    let location = policy.location(list.file());
    match policy.get("PolicyDocument") {
        Some(document) => {
            let name = policy.get("PolicyName").and_then(|name| name.texts().next()).map(|name| name.to_string());
            list.document(PolicyKind::Inline, name.unwrap_or_else(|| "inline policy".to_owned()), document, location);
        }
        None => list.gap(policy, "an inline policy has no `PolicyDocument`; what it grants is not seen"),
    }
}
