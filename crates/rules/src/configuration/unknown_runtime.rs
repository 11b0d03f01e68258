//! Runtimes that the table of dates does not know.

use model::function::{Cloud, FunctionKind};
use model::{Confidence, Family, RemedyKind, Severity};

use crate::rule::{Findings, FunctionFacts, Rule, remedy};

pub(crate) static RULE: Rule = Rule {
    id: "unknown-runtime",
    family: Family::Configuration,
    severity: Severity::Low,
    cwe: &["CWE-1104"],
    tags: &[],
    page: include_str!("unknown_runtime.md"),
    check,
};

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    let Some(runtime) = &facts.function.runtime else { return };
    // Only Amazon's runtimes are in the table so far, and a value of the deployment is not a name.
    let is_checked =
        facts.function.cloud == Cloud::Aws && facts.function.kind == FunctionKind::Function && !runtime.contains("${");
    if is_checked && facts.runtime_status.is_none() {
        let title = format!("runtime `{runtime}` is not known, so nobody can say whether it is still patched");
        let text = "correct the name if it is misspelt; a runtime newer than this program asks for an update of it";
        out.add(runtime, title, Vec::new(), remedy(RemedyKind::Edit, text, None)).confidence = Confidence::Likely;
    }
}
