//! Records of what was done that a role may erase or turn off.

use model::permission::Harm;
use model::{Family, Severity};

use super::harm;
use crate::rule::{Findings, FunctionFacts, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "log-tampering",
    family: Family::Permission,
    severity: Severity::High,
    cwe: &["CWE-778"],
    tags: &["asvs:v5.0.0-13.2.2"],
    page: include_str!("log_tampering.md"),
    check,
};

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    harm::check(Harm::LogTampering, RULE.severity, facts, out);
}
