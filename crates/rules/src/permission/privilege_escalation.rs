//! Published ways from what the role grants to more rights.

use std::collections::BTreeSet;

use model::permission::Escalation;
use model::{Confidence, Family, RemedyKind, Severity};

use crate::rule::{Findings, FunctionFacts, Rule, remedy};
use crate::words::{count, quoted_list};

pub(crate) static RULE: Rule = Rule {
    id: "privilege-escalation",
    family: Family::Permission,
    severity: Severity::Critical,
    cwe: &["CWE-269"],
    tags: &["asvs:v5.0.0-13.2.2"],
    page: include_str!("privilege_escalation.md"),
    check,
};

const LISTED_ACTIONS: usize = 6;
const LISTED_WAYS: usize = 4;

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    let ways = &facts.permissions.escalations;
    let Some(confidence) = ways.iter().map(|way| way.confidence).max() else { return };
    let names: Vec<&str> = ways.iter().map(|way| way.path.as_str()).collect();
    let title = match names.as_slice() {
        [only] => format!("the role's grants open a way to more rights, `{only}`: {}", gains(ways)),
        many => format!("the role's grants open {} to more rights: {}", count(many.len(), "way"), gains(ways)),
    };
    let text = format!(
        "remove {} or limit them to the resources that the function needs (see {})",
        quoted_list(&actions(ways), LISTED_ACTIONS),
        quoted_list(&names, LISTED_WAYS)
    );
    let mut locations: Vec<_> = ways.iter().flat_map(|way| way.origins.iter().cloned()).collect();
    locations.sort();
    locations.dedup();
    let finding = out.add("ways", title, locations, remedy(RemedyKind::Policy, text, None));
    finding.tags.extend(names.iter().map(|name| format!("path:{name}")));
    finding.confidence = confidence;
    // A way that is limited to named resources may be the function's purpose.
    finding.severity = match confidence {
        Confidence::Possible if ways.iter().all(|way| way.is_limited) => Severity::Medium,
        Confidence::Possible => Severity::High,
        Confidence::Likely | Confidence::Certain => Severity::Critical,
    };
}

/// What an attacker gains, each once.
fn gains(ways: &[Escalation]) -> String {
    let gains: BTreeSet<&str> = ways.iter().map(|way| way.gain).collect();
    format!("an attacker can {}", gains.into_iter().collect::<Vec<_>>().join(", or "))
}

/// The actions of the shortest ways first: taking those away closes most.
fn actions(ways: &[Escalation]) -> Vec<&str> {
    let mut ways: Vec<&Escalation> = ways.iter().collect();
    ways.sort_by_key(|way| way.actions.len());
    let mut actions: Vec<&str> = Vec::new();
    for action in ways.iter().flat_map(|way| &way.actions) {
        if !actions.contains(&action.as_str()) {
            actions.push(action);
        }
    }
    actions
}
