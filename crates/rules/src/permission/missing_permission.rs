//! Actions that are needed and not granted.

use std::collections::BTreeSet;

use model::permission::{Permissions, PolicyKind};
use model::{Confidence, Family, Location, RemedyKind, Severity};

use super::Speaker;
use super::group::{Group, groups};
use crate::rule::{Findings, FunctionFacts, Rule, remedy};
use crate::words::{count, quoted_list};

pub(crate) static RULE: Rule = Rule {
    id: "missing-permission",
    family: Family::Permission,
    severity: Severity::Medium,
    cwe: &["CWE-280"],
    tags: &[],
    page: include_str!("missing_permission.md"),
    check,
};

const LISTED_ACTIONS: usize = 6;
const LISTED_RESOURCES: usize = 3;

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    let has_unread = facts.permissions.policies.iter().any(|policy| policy.kind == PolicyKind::Unresolved);
    for group in groups(facts.permissions, Speaker::Missing) {
        let actions = group.actions();
        let title = match actions.as_slice() {
            [only] => format!("the code calls for `{only}`, which the role does not grant"),
            many => format!(
                "the code calls for {} on `{}` that the role does not grant",
                count(many.len(), "action"),
                group.service
            ),
        };
        let finding = out.add(&group.subject(), title, evidence(&group, facts.permissions), advice(&group, has_unread));
        // A policy that could not be read may grant it.
        finding.confidence = if has_unread { Confidence::Possible } else { group.confidence() };
        finding.severity = if finding.confidence == Confidence::Possible { Severity::Low } else { RULE.severity };
    }
}

/// Where the code needs the group's actions.
fn evidence(group: &Group<'_>, permissions: &Permissions) -> Vec<Location> {
    let actions = group.actions();
    let needs = permissions.needed.iter().filter(|need| actions.contains(&need.action.as_str()));
    let places: BTreeSet<Location> =
        needs.flat_map(|need| &need.evidence).map(|evidence| evidence.location.clone()).collect();
    places.into_iter().collect()
}

fn advice(group: &Group<'_>, has_unread: bool) -> model::Remedy {
    let resources: BTreeSet<String> =
        group.verdicts.iter().flat_map(|verdict| &verdict.resources).map(ToString::to_string).collect();
    let resources: Vec<String> = resources.into_iter().collect();
    let actions = quoted_list(&group.actions(), LISTED_ACTIONS);
    let mut text = format!("allow {actions} on {}", quoted_list(&resources, LISTED_RESOURCES));
    if has_unread {
        text.push_str(", unless a policy that could not be read here allows it");
    }
    remedy(RemedyKind::Policy, text, None)
}
