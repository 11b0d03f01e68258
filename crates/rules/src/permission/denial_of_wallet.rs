//! Cost that a role may run up.

use model::permission::Harm;
use model::{Family, Severity};

use super::harm;
use crate::rule::{Findings, FunctionFacts, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "denial-of-wallet",
    family: Family::Permission,
    severity: Severity::Low,
    cwe: &["CWE-770"],
    tags: &["asvs:v5.0.0-13.2.2"],
    page: include_str!("denial_of_wallet.md"),
    check,
};

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    harm::check(Harm::DenialOfWallet, RULE.severity, facts, out);
}
