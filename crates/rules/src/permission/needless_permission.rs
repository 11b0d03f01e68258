//! Actions that are granted and not needed.

use model::permission::{Judgement, Permissions, PolicyKind};
use model::{Confidence, Family, RemedyKind, Severity};

use super::Speaker;
use super::group::{Group, groups};
use crate::rule::{Findings, FunctionFacts, Rule, remedy};
use crate::words::{count, quoted_list};

pub(crate) static RULE: Rule = Rule {
    id: "needless-permission",
    family: Family::Permission,
    severity: Severity::Medium,
    cwe: &["CWE-250"],
    tags: &["asvs:v5.0.0-13.2.2", "cis-aws-compute:4.4"],
    page: include_str!("needless_permission.md"),
    check,
};

const LISTED_ACTIONS: usize = 6;

/// Verbs that only look; what they open is told by the data, not by the account's state.
const LOOKING: &[&str] =
    &["List", "Describe", "Get", "Head", "BatchGet", "Query", "Scan", "Select", "View", "Search", "Lookup", "Check"];

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    let chosen = |group: &Group<'_>| !is_implicit(group, facts.permissions);
    for group in groups(facts.permissions, Speaker::Needless).into_iter().filter(chosen) {
        let sure = group.verdicts.iter().any(|verdict| verdict.judgement == Judgement::Remove);
        let finding =
            out.add(&group.subject(), title(&group, sure), group.locations(), advice(&group, facts.permissions, sure));
        finding.tags.extend(group.harm_tags());
        finding.confidence = if sure { group.confidence() } else { Confidence::Possible };
        finding.severity = severity(&group, sure);
    }
}

/// Attached by the deployment tool as a whole (logs, tracing): nobody chose it, and nobody can trim it.
fn is_implicit(group: &Group<'_>, permissions: &Permissions) -> bool {
    let mut policies = permissions.policies.iter().filter(|policy| Some(policy.id.as_str()) == group.policy);
    policies.any(|policy| policy.kind == PolicyKind::Implicit)
}

fn title(group: &Group<'_>, sure: bool) -> String {
    let actions = group.actions();
    let verb = if sure { "does not need" } else { "may not need" };
    match actions.as_slice() {
        [only] => format!("{} grants `{only}`, which the function {verb}", group.policy_words()),
        many => format!(
            "{} grants {} on `{}` that the function {verb}",
            group.policy_words(),
            count(many.len(), "action"),
            group.service
        ),
    }
}

fn severity(group: &Group<'_>, sure: bool) -> Severity {
    let only_looks = |action: &str| {
        let verb = action.split_once(':').map_or(action, |(_, verb)| verb);
        LOOKING.iter().any(|looking| verb.starts_with(looking))
    };
    let is_harmless = group.service != "*" && group.actions().into_iter().all(only_looks);
    match (sure, is_harmless) {
        (true, false) => Severity::Medium,
        (true, true) | (false, false) => Severity::Low,
        (false, true) => Severity::Info,
    }
}

fn advice(group: &Group<'_>, permissions: &Permissions, sure: bool) -> model::Remedy {
    let actions = quoted_list(&group.actions(), LISTED_ACTIONS);
    let verdicts = permissions.verdicts.iter().filter(|verdict| verdict.policy.as_deref() == group.policy);
    let is_whole_policy = verdicts.clone().count() == group.verdicts.len();
    let text = match (sure, is_whole_policy, permissions.recommended.is_some()) {
        (true, true, _) => format!("detach {}: nothing of it is needed ({actions})", group.policy_words()),
        (true, false, true) => format!("use the recommended policy, which leaves out {actions}"),
        (true, false, false) => format!("remove {actions} from {}", group.policy_words()),
        (false, ..) => format!("look whether the function needs {actions}: the gaps say which code could not be read"),
    };
    remedy(RemedyKind::Policy, text, None)
}
