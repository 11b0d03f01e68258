//! Actions granted by a pattern, of which the code needs a few.

use model::{Family, RemedyKind, Severity};

use super::Speaker;
use super::group::groups;
use crate::rule::{Findings, FunctionFacts, Rule, remedy};
use crate::words::quoted_list;

pub(crate) static RULE: Rule = Rule {
    id: "wildcard-action",
    family: Family::Permission,
    severity: Severity::Medium,
    cwe: &["CWE-250"],
    tags: &["asvs:v5.0.0-13.2.2", "cis-aws-compute:4.4"],
    page: include_str!("wildcard_action.md"),
    check,
};

const LISTED_ACTIONS: usize = 6;

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    for group in groups(facts.permissions, Speaker::Wildcard) {
        let (actions, needed) = (group.actions(), group.needed_actions());
        let is_whole_service = actions.iter().any(|action| action.ends_with(":*") || *action == "*");
        let title = format!(
            "{} grants {}, of which the function needs {}",
            group.policy_words(),
            quoted_list(&actions, LISTED_ACTIONS),
            needed_words(&needed)
        );
        let text = match needed.is_empty() {
            true => format!("name the actions that are needed instead of {}", quoted_list(&actions, LISTED_ACTIONS)),
            false => format!(
                "grant {} instead of {}",
                quoted_list(&needed, LISTED_ACTIONS),
                quoted_list(&actions, LISTED_ACTIONS)
            ),
        };
        let finding = out.add(&group.subject(), title, group.locations(), remedy(RemedyKind::Policy, text, None));
        finding.confidence = group.confidence();
        finding.severity = if is_whole_service { Severity::High } else { Severity::Medium };
    }
}

fn needed_words(needed: &[&str]) -> String {
    match needed {
        [] => "nothing that was seen".to_owned(),
        [only] => format!("only `{only}`"),
        many => format!("only {}", crate::words::count(many.len(), "action")),
    }
}
