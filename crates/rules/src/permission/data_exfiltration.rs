//! Data that a role may read or copy everywhere.

use model::permission::Harm;
use model::{Family, Severity};

use super::harm;
use crate::rule::{Findings, FunctionFacts, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "data-exfiltration",
    family: Family::Permission,
    severity: Severity::Medium,
    cwe: &["CWE-200"],
    tags: &["asvs:v5.0.0-13.2.2"],
    page: include_str!("data_exfiltration.md"),
    check,
};

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    harm::check(Harm::DataExfiltration, RULE.severity, facts, out);
}
