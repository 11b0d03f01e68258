//! One role for several functions: each may do what any of them needs.

use model::{Family, RemedyKind, Severity};

use crate::rule::{Findings, FunctionFacts, Rule, remedy};
use crate::words::{count, quoted_list};

pub(crate) static RULE: Rule = Rule {
    id: "shared-role",
    family: Family::Permission,
    severity: Severity::Low,
    cwe: &["CWE-250"],
    tags: &["asvs:v5.0.0-13.2.1", "cis-aws-compute:4.5"],
    page: include_str!("shared_role.md"),
    check,
};

const LISTED_FUNCTIONS: usize = 3;

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    let identity = &facts.function.identity;
    if identity.shared_with.is_empty() {
        return;
    }
    let role = identity.name.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default();
    let others = count(identity.shared_with.len(), "other function");
    let title = format!("role{role} is shared with {others}");
    let with = quoted_list(&identity.shared_with, LISTED_FUNCTIONS);
    let text =
        format!("give the function a role of its own with the recommended policy; the role now serves {with} as well");
    let finding = out.add("role", title, Vec::new(), remedy(RemedyKind::Policy, text, None));
    finding.identity = identity.name.as_ref().map(ToString::to_string);
}
