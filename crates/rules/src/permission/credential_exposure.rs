//! Keys, tokens and passwords that a role may read everywhere.

use model::permission::Harm;
use model::{Family, Severity};

use super::harm;
use crate::rule::{Findings, FunctionFacts, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "credential-exposure",
    family: Family::Permission,
    severity: Severity::High,
    cwe: &["CWE-522"],
    tags: &["asvs:v5.0.0-13.2.2"],
    page: include_str!("credential_exposure.md"),
    check,
};

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    harm::check(Harm::CredentialExposure, RULE.severity, facts, out);
}
