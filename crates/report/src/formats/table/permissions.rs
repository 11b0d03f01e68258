//! The granted – needed table: what to remove, narrow and add before what may stay.

use model::Family;
use model::permission::{Judgement, Permissions};
use model::report::Assessment;

use super::findings::{first_few, item};
use super::layout::{Page, Style};
use crate::formats::story::{
    TOLD_BY_VERDICTS, VerdictGroup, blast_radius, counted, is_needless, lacking, last_used, of_family, unread_role,
    verdict_groups,
};
use crate::proposal;

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
    page.section("Permissions", &headline(assessment));
    for finding in of_family(assessment, Family::Permission).filter(|finding| !TOLD_BY_VERDICTS.contains(&finding.rule))
    {
        item(page, finding);
    }
    for (judgement, mark, style) in ORDER {
        rows(page, permissions, &verdict_groups(permissions, *judgement), *judgement, mark, *style);
    }
}

/// `granted 1,240 actions, needs 3; blast radius 86 % → 7 % with what is needed`
fn headline(assessment: &Assessment) -> String {
    let permissions = &assessment.permissions;
    let (granted, needed) = (permissions.granted_action_count, permissions.needed_action_count);
    if let Some(role) = unread_role(permissions) {
        return format!("needs {} actions; what role `{role}` grants is not seen", counted(permissions.needed.len()));
    }
    let mut text = format!("granted {} actions, needs {}", counted(granted), counted(needed));
    match lacking(permissions) {
        0 => {}
        lacking => text.push_str(&format!(" of them and {} more", counted(lacking))),
    }
    if let Some((of_granted, of_needed)) = blast_radius(assessment) {
        text.push_str(&format!("; blast radius {of_granted} % granted → {of_needed} % needed"));
    }
    text
}

/// The recommended policy as the project would write it, and what changes.
pub(super) fn recommendation(page: &mut Page, assessment: &Assessment) {
    let Some(proposal) = &assessment.permissions.proposal else { return };
    let diff = proposal::diff(proposal);
    page.section(
        "Recommended",
        &format!("{} ({})", proposal::place(&proposal.home), proposal.home.form.dialect().name()),
    );
    if diff.is_empty() {
        page.remark("✓", Style::Good, "nothing to change");
        return;
    }
    for step in proposal::steps(proposal) {
        page.remark("→", Style::Good, &step);
    }
    page.blank();
    page.verbatim(&proposal::text(proposal), false);
    if !proposal.current.is_empty() {
        page.blank();
        page.section("Changes", "from what stands there today, both written alike");
        page.verbatim(&diff, true);
    }
    page.blank();
}

fn rows(
    page: &mut Page,
    permissions: &Permissions,
    groups: &[VerdictGroup<'_>],
    judgement: Judgement,
    mark: &str,
    style: Style,
) {
    for group in groups.iter().take(MAX_ROWS_SHOWN) {
        let actions = first_few(&actions(group), MAX_ACTIONS_SHOWN);
        if is_needless(judgement) {
            page.struck_item(mark, style, judgement.name(), &actions);
            page.more(Style::Plain, granted_by(group).trim_start());
        } else {
            page.item(mark, style, judgement.name(), &format!("{actions}{}", granted_by(group)));
        }
        let harm = group.harm.map(|harm| format!("; lets an attacker {}", harm.gain())).unwrap_or_default();
        // The reason of what is dangerous names the harm itself.
        let harm = if judgement == Judgement::Dangerous { String::new() } else { harm };
        page.more(Style::Dim, &format!("{}{harm}{}", group.reason, used(permissions, group)));
    }
    if let Some(rest) = groups.len().checked_sub(MAX_ROWS_SHOWN).filter(|rest| *rest > 0) {
        page.more(Style::Dim, &format!("and {rest} more to {}", judgement.name()));
    }
}

/// `; last used 2026-11-01`, where logs were given and the reason does not tell so.
fn used(permissions: &Permissions, group: &VerdictGroup<'_>) -> String {
    if group.reason.contains(" used ") {
        return String::new();
    }
    let mut days: Vec<String> = group.verdicts.iter().filter_map(|verdict| last_used(permissions, verdict)).collect();
    days.sort_unstable();
    match days.iter().rfind(|day| *day != "not seen").or(days.last()).map(String::as_str) {
        None => String::new(),
        Some("not seen") => "; not seen in the logs".to_owned(),
        Some("seen") => "; seen in the logs".to_owned(),
        Some(day) => format!("; last used {day}"),
    }
}

/// ` of CrudPolicy (template.yaml:33) on dynamodb:table/${Orders}`
fn granted_by(group: &VerdictGroup<'_>) -> String {
    let mut text = String::new();
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
