//! The vendor's ready-made policies, attached as they are.

use model::permission::Judgement;
use model::{Confidence, Family, RemedyKind, Severity};

use super::Speaker;
use super::full_access_policy::{advice, needed_words};
use super::group::groups_by_policy;
use crate::rule::{Findings, FunctionFacts, Rule, remedy};
use crate::words::count;

pub(crate) static RULE: Rule = Rule {
    id: "default-managed-policy",
    family: Family::Permission,
    severity: Severity::Medium,
    cwe: &["CWE-250"],
    tags: &["asvs:v5.0.0-13.2.2", "cis-aws-compute:4.4"],
    page: include_str!("default_managed_policy.md"),
    check,
};

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    for group in groups_by_policy(facts.permissions, Speaker::DefaultManagedPolicy) {
        let is_sure = group.verdicts.iter().any(|row| row.judgement != Judgement::Review);
        let title = format!(
            "{} is the vendor's, and {} of it {} more than the function needs, which is {}",
            group.policy_words(),
            count(group.verdicts.len(), "entry").replace("entrys", "entries"),
            if is_sure { "grant" } else { "may grant" },
            needed_words(&group)
        );
        let remedy = remedy(RemedyKind::Policy, advice(&group), None);
        let finding = out.add(&group.subject(), title, group.locations(), remedy);
        finding.tags.extend(group.harm_tags());
        finding.confidence = if is_sure { group.confidence() } else { Confidence::Possible };
        let reaches_harm = group.verdicts.iter().flat_map(|row| &row.harms).any(|harm| harm.is_everywhere);
        finding.severity = match (is_sure, reaches_harm) {
            (true, true) => RULE.severity,
            (true, false) | (false, true) => Severity::Low,
            (false, false) => Severity::Info,
        };
    }
}
