//! Everything on everything.

use model::{Confidence, Family, RemedyKind, Severity};

use super::Speaker;
use super::group::groups;
use crate::rule::{Findings, FunctionFacts, Rule, remedy};
use crate::words::quoted_list;

pub(crate) static RULE: Rule = Rule {
    id: "administrator-permission",
    family: Family::Permission,
    severity: Severity::Critical,
    cwe: &["CWE-250"],
    tags: &["asvs:v5.0.0-13.2.2", "cis-aws-compute:4.9"],
    page: include_str!("administrator_permission.md"),
    check,
};

const LISTED_ACTIONS: usize = 6;

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    for group in groups(facts.permissions, Speaker::Administrator) {
        let title = format!("{} grants every action on every resource", group.policy_words());
        let needed = group.needed_actions();
        let text = match (needed.as_slice(), facts.permissions.recommended.is_some()) {
            (_, true) => "replace it by the recommended policy".to_owned(),
            ([], false) => "replace it by the actions that the function needs".to_owned(),
            (needed, false) => format!("replace it by {}", quoted_list(needed, LISTED_ACTIONS)),
        };
        let finding = out.add(&group.subject(), title, group.locations(), remedy(RemedyKind::Policy, text, None));
        finding.tags.extend(group.harm_tags());
        finding.confidence = Confidence::Certain;
    }
}
