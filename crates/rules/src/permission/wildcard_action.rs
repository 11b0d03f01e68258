//! Actions granted by a pattern, of which the code needs a few.

use std::collections::BTreeSet;

use model::permission::Harm;
use model::{Confidence, Family, RemedyKind, Severity};

use super::group::{Group, groups};
use super::{Speaker, has_code, is_whole_service};
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
    let has_code = has_code(facts.permissions);
    for group in groups(facts.permissions, Speaker::Wildcard) {
        let remedy = remedy(RemedyKind::Policy, advice(&group), None);
        let finding = out.add(&group.subject(), title(&group, has_code), group.locations(), remedy);
        finding.tags.extend(group.harm_tags());
        finding.confidence = if has_code { group.confidence() } else { Confidence::Likely };
        finding.severity = severity(&group, has_code);
    }
}

fn title(group: &Group<'_>, has_code: bool) -> String {
    let actions = quoted_list(&group.actions(), LISTED_ACTIONS);
    let harms = harms(group);
    match (has_code, harms.is_empty()) {
        (true, _) => format!(
            "{} grants {actions}, of which the function needs {}",
            group.policy_words(),
            needed_words(&group.needed_actions())
        ),
        (false, true) => format!("{} grants {actions}, all of a service", group.policy_words()),
        (false, false) => format!(
            "{} grants {actions} on every resource: whoever takes the function over can {}",
            group.policy_words(),
            harms.join(", ")
        ),
    }
}

/// What an attacker gains everywhere, worst first.
fn harms(group: &Group<'_>) -> Vec<&'static str> {
    let everywhere = group.verdicts.iter().flat_map(|row| &row.harms).filter(|harm| harm.is_everywhere);
    let harms: BTreeSet<Harm> = everywhere.map(|harm| harm.harm).collect();
    harms.into_iter().map(Harm::gain).collect()
}

fn advice(group: &Group<'_>) -> String {
    let (actions, needed) = (group.actions(), group.needed_actions());
    match needed.is_empty() {
        true => format!("name the actions that are needed instead of {}", quoted_list(&actions, LISTED_ACTIONS)),
        false => format!(
            "grant {} instead of {}",
            quoted_list(&needed, LISTED_ACTIONS),
            quoted_list(&actions, LISTED_ACTIONS)
        ),
    }
}

/// Without code to compare with, a whole service is worth a word on everything, and a note on named resources.
fn severity(group: &Group<'_>, has_code: bool) -> Severity {
    let is_whole = group.actions().into_iter().any(is_whole_service);
    match (has_code, harms(group).is_empty()) {
        (true, _) if is_whole => Severity::High,
        (true, _) => Severity::Medium,
        (false, false) => Severity::High,
        (false, true) => Severity::Low,
    }
}

fn needed_words(needed: &[&str]) -> String {
    match needed {
        [] => "nothing that was seen".to_owned(),
        [only] => format!("only `{only}`"),
        many => format!("only {}", crate::words::count(many.len(), "action")),
    }
}
