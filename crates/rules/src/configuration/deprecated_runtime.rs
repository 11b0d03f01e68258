//! Runtimes that get no security patches, or soon will get none.

use model::{Family, RemedyKind, Severity};

use crate::rule::{Findings, FunctionFacts, Rule, remedy};
use crate::runtime::successor;

pub(crate) static RULE: Rule = Rule {
    id: "deprecated-runtime",
    family: Family::Configuration,
    severity: Severity::Medium,
    cwe: &["CWE-1104"],
    tags: &["asvs:v5.0.0-15.2.1", "cis-aws-compute:4.11", "aws-fsbp:Lambda.2"],
    page: include_str!("deprecated_runtime.md"),
    check,
};

/// From how many days before the end a runtime is worth a word.
const NOTICE_DAYS: i64 = 90;

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    let (Some(runtime), Some(status)) = (&facts.function.runtime, facts.runtime_status) else { return };
    let (Some(end), Some(days_left)) = (&status.deprecation, status.days_left) else { return };
    let (severity, title) = match status.state {
        "blocked" => {
            let since = status.block_update.as_deref().unwrap_or(end);
            (
                Severity::High,
                format!(
                    "runtime `{runtime}` has had no security patches since {end}, and no update of the function is accepted since {since}"
                ),
            )
        }
        "deprecated" => (Severity::Medium, format!("runtime `{runtime}` has had no security patches since {end}")),
        _ if days_left <= NOTICE_DAYS => {
            (Severity::Info, format!("runtime `{runtime}` gets no security patches after {end}"))
        }
        _ => return,
    };
    let next = successor(facts.function.cloud, runtime);
    let deadline = status.block_update.as_ref().filter(|_| status.state == "deprecated");
    let text = match (next, deadline) {
        (Some(next), Some(deadline)) => {
            format!("move to `{next}`, at the latest before {deadline}, when updates are blocked")
        }
        (Some(next), None) => format!("move to `{next}`"),
        (None, _) => "move to a runtime that is supported".to_owned(),
    };
    out.add(runtime, title, Vec::new(), remedy(RemedyKind::Edit, text, next.map(str::to_owned))).severity = severity;
}
