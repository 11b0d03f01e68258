//! Actions whose mere grant lets an attacker who takes the function over go further, and what they gain by it.
//!
//! Source: the escalation paths published by pathfinding.cloud, prowler and Rhino Security Labs, as facts: action and
//! harm. Full combinations of actions are rules of their own.

use super::action_set::ActionSet;
use super::facts::{self, ActionId};

/// `(action, what the attacker gains)`. Sorted by action.
const DANGERS: &[(&str, &str)] = &[
    ("cloudformation:CreateStack", "create any resource with the rights of the role that the stack is given"),
    ("cloudformation:UpdateStack", "change any resource of a stack with the rights of the stack's role"),
    ("cloudtrail:DeleteTrail", "erase the record of what they do"),
    ("cloudtrail:StopLogging", "stop the record of what they do"),
    ("cloudtrail:UpdateTrail", "turn the record of what they do elsewhere"),
    ("ec2:ModifyInstanceAttribute", "run commands as any instance's role by changing its start script"),
    ("glue:CreateDevEndpoint", "run code with the rights of any role that may be passed"),
    ("glue:UpdateDevEndpoint", "log in where a role with other rights runs"),
    ("iam:AddUserToGroup", "join a group with more rights"),
    ("iam:AttachGroupPolicy", "give a group any policy"),
    ("iam:AttachRolePolicy", "give a role, their own too, any policy"),
    ("iam:AttachUserPolicy", "give a user any policy"),
    ("iam:CreateAccessKey", "make themselves keys of another user"),
    ("iam:CreateLoginProfile", "set a password for another user"),
    ("iam:CreatePolicyVersion", "rewrite a policy that is already attached"),
    ("iam:DeleteRolePermissionsBoundary", "lift the limit that is set on a role"),
    ("iam:PassRole", "hand a role with more rights to a service and act through it"),
    ("iam:PutGroupPolicy", "write any policy into a group"),
    ("iam:PutRolePermissionsBoundary", "change the limit that is set on a role"),
    ("iam:PutRolePolicy", "write any policy into a role, their own too"),
    ("iam:PutUserPolicy", "write any policy into a user"),
    ("iam:SetDefaultPolicyVersion", "bring back an older, wider version of a policy"),
    ("iam:UpdateAssumeRolePolicy", "let themselves assume another role"),
    ("iam:UpdateLoginProfile", "change another user's password"),
    ("kms:CreateGrant", "give the use of a key to anyone"),
    ("kms:PutKeyPolicy", "take a key over"),
    ("kms:ScheduleKeyDeletion", "destroy all data under a key"),
    ("lambda:AddPermission", "open functions to callers from anywhere"),
    ("lambda:UpdateFunctionCode", "run their code with the rights of any function"),
    ("lambda:UpdateFunctionConfiguration", "slip their code into any function as a layer, and read its variables"),
    ("organizations:LeaveOrganization", "escape the organization's rules"),
    ("ssm:SendCommand", "run commands on any managed machine, with the rights of its role"),
    ("ssm:StartSession", "log in to any managed machine"),
    ("sts:AssumeRole", "become any role that trusts this one"),
];

/// Harm of granting everything.
pub(crate) const EVERYTHING: &str =
    "do anything in the account: read all data, delete it, and give themselves lasting access";

/// The dangerous actions of a set, in the order of their names, with what an attacker gains by each.
pub(crate) fn dangers_in(actions: &ActionSet) -> impl Iterator<Item = (ActionId, &'static str)> {
    let known = DANGERS.iter().filter_map(|(name, harm)| Some((facts::action(name)?, *harm)));
    known.filter(|(action, _)| actions.contains(*action))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dangers_are_sorted_and_known() {
        assert!(DANGERS.is_sorted());
        for (name, _) in DANGERS {
            assert_eq!(facts::action(name).map(ActionId::name).as_deref(), Some(*name));
        }
    }
}
