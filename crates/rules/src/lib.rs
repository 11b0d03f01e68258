//! Judges what was found out about a function: findings, risk, and the page that explains each rule.
//!
//! Last stage before the report. Rules see [`model`] only: no bytes, trees, files or sockets, and no clock; a rule is a
//! function from facts to findings beside a page that says what it finds, and the page's samples are its tests.
//! Deliberately not done here: comparing grants with needs (`providers` makes the verdicts that rules put into words),
//! matching versions (`advisory`), and suppressing findings (`engine`).

mod configuration;
mod exposure;
mod permission;
mod risk;
mod rule;
mod runtime;
mod secret;
#[cfg(test)]
mod tests;
mod vulnerability;
mod words;

use std::cmp::Reverse;

use model::Finding;
use model::advisory::FlawReach;

pub use risk::risk;
pub use rule::{FunctionFacts, Rule};
pub use runtime::{cloud_of_runtime, runtime_status};

use rule::Findings;

/// Every rule, sorted by id.
pub fn rules() -> Vec<&'static Rule> {
    let families = [configuration::RULES, exposure::RULES, permission::RULES, secret::RULES, vulnerability::RULES];
    let mut rules: Vec<&'static Rule> = families.into_iter().flatten().copied().collect();
    rules.sort_by_key(|rule| rule.id);
    rules
}

/// The page of the rule with this id, in Markdown.
pub fn explain(id: &str) -> Option<&'static str> {
    rules().into_iter().find(|rule| rule.id == id).map(|rule| rule.page)
}

/// Everything that the rules say about one function, worst first.
pub fn check(facts: &FunctionFacts<'_>) -> Vec<Finding> {
    check_with(&rules(), facts)
}

/// What the rules say of an identity's policies by themselves, without the code that they are for; worst first.
pub fn check_policies(facts: &FunctionFacts<'_>) -> Vec<Finding> {
    check_with(permission::POLICY_RULES, facts)
}

fn check_with(rules: &[&'static Rule], facts: &FunctionFacts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in rules {
        let mut out = Findings::new(rule, facts.function);
        (rule.check)(facts, &mut out);
        findings.extend(out.into_list());
    }
    sort_findings(&mut findings);
    findings
}

/// Whether the flawed code is known to be absent from the program: such findings stand behind all of their severity.
fn is_left_out(finding: &Finding) -> bool {
    finding.advisory.as_ref().is_some_and(|flaw| flaw.reach == FlawReach::NotLinked)
}

fn nearness(finding: &Finding) -> Option<FlawReach> {
    finding.advisory.as_ref().map(|flaw| flaw.reach)
}

/// Worst first; findings that weigh the same in an order that depends on nothing but themselves.
pub fn sort_findings(findings: &mut [Finding]) {
    findings.sort_by(|left, right| {
        let weight = |finding: &Finding| {
            (
                Reverse(finding.severity),
                is_left_out(finding),
                Reverse(finding.confidence),
                finding.family,
                nearness(finding),
            )
        };
        let name = |finding: &Finding| (finding.rule, finding.title.clone(), finding.fingerprint.clone());
        weight(left)
            .cmp(&weight(right))
            .then_with(|| name(left).cmp(&name(right)))
            .then_with(|| left.locations.cmp(&right.locations))
    });
}
