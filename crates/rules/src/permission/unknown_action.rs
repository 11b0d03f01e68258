//! Actions that IAM does not know.

use model::permission::GrantProblemKind;
use model::{Confidence, Family, RemedyKind, Severity};

use crate::rule::{Findings, FunctionFacts, Rule, remedy};

pub(crate) static RULE: Rule = Rule {
    id: "unknown-action",
    family: Family::Permission,
    severity: Severity::Medium,
    cwe: &["CWE-1068"],
    tags: &[],
    page: include_str!("unknown_action.md"),
    check,
};

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    for problem in facts.permissions.problems.iter().filter(|problem| problem.kind == GrantProblemKind::UnknownAction) {
        let title =
            format!("policy `{}` names `{}`, which grants nothing: {}", problem.policy, problem.action, problem.why);
        let text = match &problem.better {
            Some(better) => format!("write `{better}`, if that is meant, or remove it"),
            None => "correct its name or remove it".to_owned(),
        };
        let subject = format!("{} {}", problem.policy, problem.action);
        let remedy = remedy(RemedyKind::Policy, text, problem.better.clone());
        let finding = out.add(&subject, title, vec![problem.origin.clone()], remedy);
        // The tables may be older than an action.
        finding.confidence = if problem.better.is_some() { Confidence::Certain } else { Confidence::Likely };
    }
}
