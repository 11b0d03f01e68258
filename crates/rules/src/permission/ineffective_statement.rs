//! Statements that grant nothing: the resource cannot be what the action works on, is AWS's own, or the time has passed.

use jiff::civil::Date;
use model::permission::{GrantProblemKind, Policy, PolicyKind, Statement};
use model::{Family, RemedyKind, Severity, SymbolicText};

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
    let own = |policy: &&Policy| policy.kind != PolicyKind::Managed;
    for policy in facts.permissions.policies.iter().filter(own) {
        for statement in &policy.statements {
            if let Some(day) = passed(statement, facts.today) {
                let title = format!("a statement of policy `{}` holds until {day} only, which has passed", policy.id);
                let remedy = remedy(RemedyKind::Policy, "remove the statement, or set another date", None);
                out.add(&format!("{} {day}", policy.id), title, vec![statement.origin.clone()], remedy);
            }
        }
    }
}

/// The day that the statement's condition on the time ended before.
fn passed(statement: &Statement, today: Date) -> Option<Date> {
    let limits = statement.conditions.iter().filter(|(operator, _)| {
        let operator = operator.to_ascii_lowercase();
        operator.starts_with("datelessthan") && !operator.ends_with("ifexists")
    });
    let times = limits.flat_map(|(_, keys)| keys).filter(|(key, _)| key.eq_ignore_ascii_case("aws:CurrentTime"));
    let latest = |values: &Vec<SymbolicText>| values.iter().map(day).collect::<Option<Vec<Date>>>()?.into_iter().max();
    times.filter_map(|(_, values)| latest(values)).min().filter(|day| *day < today)
}

/// The day of an ISO 8601 date or time.
fn day(text: &SymbolicText) -> Option<Date> {
    text.as_literal()?.get(..10)?.parse().ok()
}
