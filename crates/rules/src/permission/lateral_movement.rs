//! Workloads that a role may start, enter or steer, whichever they are.

use model::permission::Harm;
use model::{Family, Severity};

use super::harm;
use crate::rule::{Findings, FunctionFacts, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "lateral-movement",
    family: Family::Permission,
    severity: Severity::Medium,
    cwe: &["CWE-284"],
    tags: &["asvs:v5.0.0-13.2.2"],
    page: include_str!("lateral_movement.md"),
    check,
};

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    harm::check(Harm::LateralMovement, RULE.severity, facts, out);
}
