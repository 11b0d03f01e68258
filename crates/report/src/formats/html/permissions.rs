//! The right side: what the function is granted, what it needs, and the verdict. Needless grants are struck through.

use maud::{Markup, html};
use model::Family;
use model::permission::{Judgement, Permissions, Verdict};
use model::report::Assessment;

use super::{picture, threats, words};
use crate::formats::story::{
    VerdictGroup, blast_radius, counted, is_needless, lacking, last_used, of_family, unread_role, verdict_groups,
};

/// Judgements in the order of what to do about them, with what they mean to the reader.
const GROUPS: &[(Judgement, &str, &str)] = &[
    (Judgement::Dangerous, "Dangerous", "an attacker gains more than the function's own work"),
    (Judgement::Add, "Missing", "needed and not granted: the call will be denied"),
    (Judgement::Remove, "Needless", "granted, and nothing needs it"),
    (Judgement::Scope, "Too wide", "needed, on fewer resources or for fewer actions"),
    (Judgement::Review, "To review", "no need was found, but the code was not understood whole"),
    (Judgement::Keep, "Needed", "granted and needed"),
];

pub(super) fn side(assessment: &Assessment, position: usize) -> Markup {
    let permissions = &assessment.permissions;
    let findings: Vec<_> = of_family(assessment, Family::Permission).collect();
    html! {
        section.side aria-labelledby={ "p" (position) } {
            h3 id={ "p" (position) } { "Permissions" }
            @if permissions.policies.is_empty() && permissions.verdicts.is_empty() {
                p.clean { "Nothing is granted, and no need was found." }
            } @else {
                (headline(assessment))
                @if !findings.is_empty() { (threats::list(&findings)) }
                @for (judgement, title, meaning) in GROUPS {
                    (group(permissions, *judgement, title, meaning))
                }
                (policies(permissions))
            }
        }
    }
}

fn headline(assessment: &Assessment) -> Markup {
    let permissions = &assessment.permissions;
    let (granted, needed) = (permissions.granted_action_count, permissions.needed_action_count);
    html! {
        p.headline {
            @if let Some(role) = unread_role(permissions) {
                "Needs " strong { (counted(permissions.needed.len())) } " actions. What role " code { (role) } " grants is not seen."
            } @else {
                "Granted " strong { (counted(granted)) } " actions, needs " strong { (counted(needed)) }
                @if lacking(permissions) > 0 { " of them and " strong { (counted(lacking(permissions))) } " more" }
                "."
            }
            @if let Some((of_granted, of_needed)) = blast_radius(assessment) {
                " Blast radius " strong { (of_granted) " %" } " as granted, " strong { (of_needed) " %" } " with what is needed."
            }
            @if let Some(identity) = &permissions.identity { " Runs as " code { (identity) } "." }
        }
        (picture::needed_bar(granted, needed))
    }
}

/// Actions of one row, or rows of what may stay, that are shown before the rest is folded.
const MAX_SHOWN: usize = 12;

fn group(permissions: &Permissions, judgement: Judgement, title: &str, meaning: &str) -> Markup {
    let groups = verdict_groups(permissions, judgement);
    let count: usize = groups.iter().map(|group| group.verdicts.len()).sum();
    if count == 0 {
        return html! {};
    }
    let is_folded = judgement == Judgement::Keep && groups.len() > MAX_SHOWN;
    let heading = html! { span.verdict { (title) } " " span.count { (counted(count)) } " " span.detail { (meaning) } };
    let table = html! {
        table class={ "verdicts " (judgement.name()) } {
            caption { (heading) }
            thead { tr {
                th scope="col" { "Actions" } th scope="col" { "Granted by, on, and why" }
                @if !permissions.used.is_empty() { th scope="col" { "Last used" } }
            } }
            @for chunk in groups.chunk_by(|left, right| left.harm == right.harm) {
                tbody {
                    @if groups.first().is_some_and(|group| group.harm.is_some()) { (harm(permissions, chunk)) }
                    @for group in chunk { (row(permissions, group, judgement)) }
                }
            }
        }
    };
    html! {
        @if is_folded {
            details { summary { (title) " " span.count { (counted(count)) } ": " (meaning) } (table) }
        } @else { (table) }
    }
}

/// The heading of what allows the same harm.
fn harm(permissions: &Permissions, groups: &[VerdictGroup<'_>]) -> Markup {
    let harm = groups.first().and_then(|group| group.harm);
    let count: usize = groups.iter().map(|group| group.verdicts.len()).sum();
    let columns = if permissions.used.is_empty() { "2" } else { "3" };
    html! {
        tr.harm { th scope="rowgroup" colspan=(columns) {
            @match harm { Some(harm) => { "Lets an attacker " (harm.gain()) }, None => "No harm of it is known" }
            " " span.count { (counted(count)) }
        } }
    }
}

fn row(permissions: &Permissions, group: &VerdictGroup<'_>, judgement: Judgement) -> Markup {
    let is_needless = is_needless(judgement);
    let (shown, folded) = group.verdicts.split_at(group.verdicts.len().min(MAX_SHOWN));
    html! {
        tr {
            th scope="row" {
                @if is_needless { span.unseen { "needless: " } }
                (actions(shown, is_needless))
                @if !folded.is_empty() {
                    details { summary { "and " (counted(folded.len())) " more" } (actions(folded, is_needless)) }
                }
            }
            td {
                @if let Some(policy) = group.policy {
                    p { strong { (policy) } @if let Some(origin) = &group.origin { " " span.place { (origin) } } }
                }
                @if group.resources != ["*"] {
                    p { span.detail { "on " } @for resource in &group.resources { code { (resource) } " " } }
                } @else { p.detail { "on every resource" } }
                p { (words(group.reason)) }
            }
            @if !permissions.used.is_empty() { td.used { (used(permissions, group)) } }
        }
    }
}

fn actions(verdicts: &[&Verdict], is_needless: bool) -> Markup {
    html! {
        ul.actions { @for verdict in verdicts {
            li { @if is_needless { del { code { (verdict.action) } } } @else { code { (verdict.action) } } }
        } }
    }
}

/// The latest of the row's actions; which one, where it has several.
fn used(permissions: &Permissions, group: &VerdictGroup<'_>) -> Markup {
    let mut seen: Vec<(String, &str)> = group
        .verdicts
        .iter()
        .filter_map(|verdict| Some((last_used(permissions, verdict)?, verdict.action.as_str())))
        .filter(|(day, _)| day != "not seen")
        .collect();
    seen.sort_unstable();
    html! {
        @match seen.last() {
            None => span.detail { "not seen" },
            Some((day, _)) if group.verdicts.len() == 1 => (day),
            Some((day, action)) => { (day) " " code { (action) } },
        }
    }
}

fn policies(permissions: &Permissions) -> Markup {
    html! {
        @if !permissions.policies.is_empty() {
            details {
                summary { (permissions.policies.len()) " policies attached" }
                ul.plain { @for policy in &permissions.policies {
                    li { code { (policy.name) } " " span.detail { (policy.kind.name()) ", " (policy.statements.len()) " statements" } " " span.place { (policy.location) } }
                } }
            }
        }
    }
}
