//! The vendor's policies that grant all of a service, or of the account.

use std::collections::BTreeSet;

use model::permission::{Judgement, Verdict};
use model::{Confidence, Family, RemedyKind, Severity};

use super::group::{Group, groups_by_policy};
use super::{Speaker, has_code};
use crate::rule::{Findings, FunctionFacts, Rule, remedy};
use crate::words::{count, quoted_list};

pub(crate) static RULE: Rule = Rule {
    id: "full-access-policy",
    family: Family::Permission,
    severity: Severity::High,
    cwe: &["CWE-250"],
    tags: &["asvs:v5.0.0-13.2.2", "cis-aws-compute:4.4"],
    page: include_str!("full_access_policy.md"),
    check,
};

const LISTED_ACTIONS: usize = 6;

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    let has_code = has_code(facts.permissions);
    for group in groups_by_policy(facts.permissions, Speaker::FullAccessPolicy) {
        let title = match has_code {
            true => format!(
                "{} is the vendor's full access, of which the function needs {}",
                group.policy_words(),
                needed_words(&group)
            ),
            false => format!(
                "{} is the vendor's full access: it grants {}",
                group.policy_words(),
                quoted_list(&group.actions(), LISTED_ACTIONS)
            ),
        };
        let remedy = remedy(RemedyKind::Policy, advice(&group), None);
        let finding = out.add(&group.subject(), title, group.locations(), remedy);
        finding.tags.extend(group.harm_tags());
        finding.confidence = if has_code { group.confidence() } else { Confidence::Certain };
        finding.severity =
            if group.verdicts.iter().any(|row| reaches_harm(row)) { RULE.severity } else { Severity::Medium };
    }
}

fn reaches_harm(row: &Verdict) -> bool {
    row.harms.iter().any(|harm| harm.is_everywhere)
}

/// What of a vendor's policy is needed.
pub(super) fn needed_words(group: &Group<'_>) -> String {
    match group.needed_actions().as_slice() {
        [] => "nothing that was seen".to_owned(),
        [only] => format!("only `{only}`"),
        many => format!("only {}", count(many.len(), "action")),
    }
}

pub(super) fn advice(group: &Group<'_>) -> String {
    let needed = group.needed_actions();
    let detach = format!("detach {}", group.policy_words());
    if group.verdicts.iter().all(|row| row.judgement == Judgement::Remove) {
        return format!("{detach}: nothing was found that needs it");
    }
    if needed.is_empty() {
        return format!("{detach}, and attach a policy with what is needed");
    }
    let actions: BTreeSet<&str> = needed.iter().copied().collect();
    format!("{detach}, and grant {} instead", quoted_list(&actions.into_iter().collect::<Vec<_>>(), LISTED_ACTIONS))
}
