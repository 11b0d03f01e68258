//! Needed actions that are granted on more than they are needed on.

use std::collections::BTreeSet;

use model::{Family, RemedyKind, Severity};

use super::group::{Group, groups};
use super::{Speaker, has_every_resource};
use crate::rule::{Findings, FunctionFacts, Rule, remedy};
use crate::words::{count, quoted_list};

pub(crate) static RULE: Rule = Rule {
    id: "wide-resource",
    family: Family::Permission,
    severity: Severity::Medium,
    cwe: &["CWE-732"],
    tags: &["asvs:v5.0.0-13.2.2", "cis-aws-compute:4.4"],
    page: include_str!("wide_resource.md"),
    check,
};

const LISTED_NAMES: usize = 4;

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    for group in groups(facts.permissions, Speaker::WideResource) {
        let is_every = group.verdicts.iter().any(|verdict| has_every_resource(verdict));
        let finding = out.add(&group.subject(), title(&group, is_every), group.locations(), advice(&group));
        finding.tags.extend(group.harm_tags());
        finding.confidence = group.confidence();
        finding.severity = if is_every { Severity::Medium } else { Severity::Low };
    }
}

fn title(group: &Group<'_>, is_every: bool) -> String {
    let wide = if is_every { "every resource" } else { "more resources than the code uses" };
    match group.actions().as_slice() {
        [only] => format!("{} grants `{only}` on {wide}", group.policy_words()),
        many => format!(
            "{} grants {} of `{}` on {wide}",
            group.policy_words(),
            count(many.len(), "needed action"),
            group.service
        ),
    }
}

/// `scope` rows carry the resources of the grant; the reason names what to grant instead.
fn advice(group: &Group<'_>) -> model::Remedy {
    let actions = quoted_list(&group.actions(), LISTED_NAMES);
    let reasons: BTreeSet<&str> = group.reasons().into_iter().collect();
    let why = reasons.into_iter().next().map(|reason| format!(": {reason}")).unwrap_or_default();
    remedy(RemedyKind::Policy, format!("limit {actions} to the resources that the recommended policy names{why}"), None)
}
