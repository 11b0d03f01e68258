//! The right side: what the function is granted, what it needs, and the verdict. Needless grants are struck through.

use maud::{Markup, html};
use model::Family;
use model::permission::{Judgement, Permissions};
use model::report::Assessment;

use super::{picture, threats, words};
use crate::formats::story::{VerdictGroup, of_family, verdict_groups};

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
                (headline(permissions))
                @if !findings.is_empty() { (threats::list(&findings)) }
                @for (judgement, title, meaning) in GROUPS {
                    (group(permissions, *judgement, title, meaning))
                }
                (policies(permissions))
            }
        }
    }
}

fn headline(permissions: &Permissions) -> Markup {
    html! {
        p.headline {
            "Granted " strong { (permissions.granted_action_count) } " actions, needs " strong { (permissions.needed_action_count) } "."
            @if let Some(identity) = &permissions.identity { " Runs as " code { (identity) } "." }
        }
        (picture::needed_bar(permissions.granted_action_count, permissions.needed_action_count))
    }
}

fn group(permissions: &Permissions, judgement: Judgement, title: &str, meaning: &str) -> Markup {
    let groups = verdict_groups(permissions, judgement);
    let count: usize = groups.iter().map(|group| group.verdicts.len()).sum();
    html! {
        @if count > 0 {
            table class={ "verdicts " (judgement.name()) } {
                caption { span.verdict { (title) } " " span.count { (count) } " " span.detail { (meaning) } }
                thead { tr { th scope="col" { "Actions" } th scope="col" { "Granted by, on, and why" } } }
                tbody { @for group in &groups { (row(group, judgement)) } }
            }
        }
    }
}

fn row(group: &VerdictGroup<'_>, judgement: Judgement) -> Markup {
    let is_needless = matches!(judgement, Judgement::Remove | Judgement::Dangerous);
    html! {
        tr {
            th scope="row" {
                @if is_needless { span.unseen { "needless: " } }
                ul.actions { @for verdict in &group.verdicts {
                    li { @if is_needless { del { code { (verdict.action) } } } @else { code { (verdict.action) } } }
                } }
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
