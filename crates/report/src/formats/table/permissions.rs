//! The granted – needed table: what to remove, narrow and add before what may stay.

use model::Family;
use model::permission::Judgement;
use model::report::Assessment;

use super::findings::{first_few, item};
use super::layout::{Page, Style};
use crate::formats::story::{TOLD_BY_VERDICTS, VerdictGroup, of_family, verdict_groups};

/// Rows shown per judgement before the rest is only counted.
const MAX_ROWS_SHOWN: usize = 8;
/// Actions and resources shown per row before the rest is only counted.
const MAX_ACTIONS_SHOWN: usize = 6;
const MAX_RESOURCES_SHOWN: usize = 3;

/// Judgements in the order of what to do about them, with the mark and style of their rows.
const ORDER: &[(Judgement, &str, Style)] = &[
    (Judgement::Dangerous, "✗", Style::Critical),
    (Judgement::Add, "+", Style::Warning),
    (Judgement::Remove, "-", Style::High),
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
    let (granted, needed) = (permissions.granted_action_count, permissions.needed_action_count);
    page.section("Permissions", &format!("granted {granted} actions, needs {needed}"));
    for finding in of_family(assessment, Family::Permission).filter(|finding| !TOLD_BY_VERDICTS.contains(&finding.rule))
    {
        item(page, finding);
    }
    for (judgement, mark, style) in ORDER {
        rows(page, &verdict_groups(permissions, *judgement), *judgement, mark, *style);
    }
}

fn rows(page: &mut Page, groups: &[VerdictGroup<'_>], judgement: Judgement, mark: &str, style: Style) {
    for group in groups.iter().take(MAX_ROWS_SHOWN) {
        page.item(mark, style, judgement.name(), &row(group));
        page.more(Style::Dim, group.reason);
    }
    if let Some(rest) = groups.len().checked_sub(MAX_ROWS_SHOWN).filter(|rest| *rest > 0) {
        page.more(Style::Dim, &format!("and {rest} more to {}", judgement.name()));
    }
}

/// `dynamodb:DeleteItem, PutItem and 7 more of CrudPolicy (template.yaml:33) on dynamodb:table/${Orders}`
fn row(group: &VerdictGroup<'_>) -> String {
    let mut text = first_few(&actions(group), MAX_ACTIONS_SHOWN);
    if let Some(policy) = group.policy {
        text.push_str(&format!(" of {policy}"));
    }
    if let Some(origin) = &group.origin {
        text.push_str(&format!(" ({origin})"));
    }
    if group.resources != ["*"] {
        text.push_str(&format!(" on {}", first_few(&group.resources, MAX_RESOURCES_SHOWN)));
    }
    text
}

/// The actions, each with its service only where that changes.
fn actions(group: &VerdictGroup<'_>) -> Vec<String> {
    let mut service = "";
    let mut actions = Vec::new();
    for verdict in &group.verdicts {
        match verdict.action.split_once(':') {
            Some((same, name)) if same == service => actions.push(name.to_owned()),
            Some((other, _)) => {
                service = other;
                actions.push(verdict.action.clone());
            }
            None => actions.push(verdict.action.clone()),
        }
    }
    actions
}
