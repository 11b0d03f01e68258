//! Resources that a role may open to others, whichever they are.

use model::permission::Harm;
use model::{Family, Severity};

use super::harm;
use crate::rule::{Findings, FunctionFacts, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "resource-exposure",
    family: Family::Permission,
    severity: Severity::High,
    cwe: &["CWE-732"],
    tags: &["asvs:v5.0.0-13.2.2"],
    page: include_str!("resource_exposure.md"),
    check,
};

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    harm::check(Harm::ResourceExposure, RULE.severity, facts, out);
}
