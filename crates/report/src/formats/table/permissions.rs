//! The granted – needed table, and the policy that would do.

use model::permission::{Judgement, Permissions, Verdict};
use model::report::Assessment;

use super::layout::{Page, Style};

/// Verdict rows shown per judgement before the rest is only counted.
const MAX_ROWS_SHOWN: usize = 12;

/// Judgements in the order of what to do about them, with the mark and style of their rows.
const ORDER: &[(Judgement, &str, Style)] = &[
    (Judgement::Dangerous, "✗", Style::Critical),
    (Judgement::Add, "+", Style::Warning),
    (Judgement::Remove, "-", Style::Struck),
    (Judgement::Scope, "~", Style::Warning),
    (Judgement::Review, "?", Style::Warning),
    (Judgement::Keep, "✓", Style::Good),
];

pub(super) fn block(page: &mut Page, assessment: &Assessment) {
    let permissions = &assessment.permissions;
    if permissions.policies.is_empty() && permissions.needed.is_empty() {
        page.section("Permissions", "none granted, none needed");
        return;
    }
    page.section("Permissions", &headline(permissions));
    for (judgement, mark, style) in ORDER {
        rows(page, permissions, *judgement, mark, *style);
    }
}

fn headline(permissions: &Permissions) -> String {
    format!("granted {} actions, needs {}", permissions.granted_action_count, permissions.needed_action_count)
}

fn rows(page: &mut Page, permissions: &Permissions, judgement: Judgement, mark: &str, style: Style) {
    let verdicts: Vec<_> = permissions.verdicts.iter().filter(|verdict| verdict.judgement == judgement).collect();
    for verdict in verdicts.iter().take(MAX_ROWS_SHOWN) {
        page.item(mark, style, &row(verdict));
    }
    if let Some(rest) = verdicts.len().checked_sub(MAX_ROWS_SHOWN).filter(|rest| *rest > 0) {
        page.item(" ", Style::Dim, &format!("and {rest} more to {}", judgement.name()));
    }
}

fn row(verdict: &Verdict) -> String {
    let resources: Vec<_> = verdict.resources.iter().map(ToString::to_string).collect();
    format!("{:<9} {} on {} — {}", verdict.judgement.name(), verdict.action, resources.join(", "), verdict.reason)
}
