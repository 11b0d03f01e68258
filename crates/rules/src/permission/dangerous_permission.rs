//! Actions with which a function can widen its own or others' rights, or hide what it did.

use model::{Family, RemedyKind, Severity};

use super::Speaker;
use super::group::groups;
use crate::rule::{Findings, FunctionFacts, Rule, remedy};
use crate::words::{count, quoted_list};

pub(crate) static RULE: Rule = Rule {
    id: "dangerous-permission",
    family: Family::Permission,
    severity: Severity::High,
    cwe: &["CWE-269"],
    tags: &["asvs:v5.0.0-13.2.2"],
    page: include_str!("dangerous_permission.md"),
    check,
};

const LISTED_ACTIONS: usize = 6;

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    for group in groups(facts.permissions, Speaker::Dangerous) {
        let actions = group.actions();
        let title = match actions.as_slice() {
            [only] => format!("{} grants `{only}`, which gives power over the account", group.policy_words()),
            many => format!(
                "{} grants {} of `{}` that give power over the account",
                group.policy_words(),
                count(many.len(), "action"),
                group.service
            ),
        };
        let is_needed = !group.needed_actions().is_empty();
        let what = if is_needed {
            "limit to the resources that the code names, with conditions where they exist,"
        } else {
            "remove"
        };
        let reasons = group.reasons().join("; ");
        let why = if reasons.is_empty() { String::new() } else { format!(" ({reasons})") };
        let text = format!("{what} {}{why}", quoted_list(&actions, LISTED_ACTIONS));
        let finding = out.add(&group.subject(), title, group.locations(), remedy(RemedyKind::Policy, text, None));
        finding.tags.extend(group.harm_tags());
        finding.confidence = group.confidence();
    }
}
