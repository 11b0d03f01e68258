//! Data and resources that a role may delete or overwrite everywhere.

use model::permission::Harm;
use model::{Family, Severity};

use super::harm;
use crate::rule::{Findings, FunctionFacts, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "destruction",
    family: Family::Permission,
    severity: Severity::Medium,
    cwe: &["CWE-250"],
    tags: &["asvs:v5.0.0-13.2.2"],
    page: include_str!("destruction.md"),
    check,
};

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    harm::check(Harm::Destruction, RULE.severity, facts, out);
}
