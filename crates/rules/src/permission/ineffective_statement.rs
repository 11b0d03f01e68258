//! Statements that grant nothing: the resource cannot be what the action works on, is AWS's own, or the time has passed.

use model::permission::GrantProblemKind;
use model::{Family, RemedyKind, Severity};

use crate::rule::{Findings, FunctionFacts, Rule, remedy};

pub(crate) static RULE: Rule = Rule {
    id: "ineffective-statement",
    family: Family::Permission,
    severity: Severity::Low,
    cwe: &["CWE-1164"],
    tags: &[],
    page: include_str!("ineffective_statement.md"),
    check,
};

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    for problem in facts.permissions.problems.iter().filter(|problem| problem.kind != GrantProblemKind::UnknownAction) {
        if problem.kind == GrantProblemKind::Expired {
            let title = format!("a statement of policy `{}` does nothing: {}", problem.policy, problem.why);
            let remedy = remedy(RemedyKind::Policy, "remove the statement, or set another date", None);
            out.add(&format!("{} {}", problem.policy, problem.why), title, vec![problem.origin.clone()], remedy);
            continue;
        }
        let title =
            format!("policy `{}` names `{}`, which grants nothing: {}", problem.policy, problem.action, problem.why);
        let text = match (&problem.better, problem.kind) {
            (Some(better), GrantProblemKind::WrongResource) => format!("name a resource of the form `{better}`"),
            _ => "remove it".to_owned(),
        };
        let subject = format!("{} {}", problem.policy, problem.action);
        let remedy = remedy(RemedyKind::Policy, text, problem.better.clone());
        out.add(&subject, title, vec![problem.origin.clone()], remedy);
    }
}
