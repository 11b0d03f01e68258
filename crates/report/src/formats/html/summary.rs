//! The head and foot of the page: what was scanned, by which facts, and the counts.

use maud::{Markup, html};
use model::permission::Judgement;
use model::report::{Assessment, Report};
use model::{Family, Severity};

use crate::formats::RenderContext;

pub(super) fn header(report: &Report, context: &RenderContext) -> Markup {
    html! {
        header.page {
            p.brand { "fnassay" }
            h1 { "Assessment of " code { (context.target) } }
            p.date { (context.today) }
            dl.tiles {
                (tile(report.functions.len(), if report.functions.len() == 1 { "function" } else { "functions" }, ""))
                @for severity in [Severity::Critical, Severity::High, Severity::Medium] {
                    (tile(findings(report).filter(|finding| finding.severity == severity).count(), severity.name(), severity.name()))
                }
                (tile(findings(report).filter(|finding| finding.family == Family::Secret).count(), "secrets", ""))
                (tile(needless(report), "needless grants", ""))
                (tile(gap_count(report), if gap_count(report) == 1 { "gap" } else { "gaps" }, ""))
            }
            @if report.advisories.is_starter {
                p.notice { strong { "Judged by the built-in starter table" } " of " (report.advisories.built_at) " with "
                    (report.advisories.records) " advisories. Run " code { "fnassay advisories update" } " to get everything." }
            }
        }
    }
}

fn tile(count: usize, label: &str, class: &str) -> Markup {
    html! { div class={ "tile " (class) @if count == 0 { " none" } } { dt { (label) } dd { (count) } } }
}

fn findings(report: &Report) -> impl Iterator<Item = &model::Finding> {
    report.functions.iter().flat_map(|function| &function.findings)
}

fn needless(report: &Report) -> usize {
    let verdicts = report.functions.iter().flat_map(|function| &function.permissions.verdicts);
    verdicts.filter(|verdict| matches!(verdict.judgement, Judgement::Remove | Judgement::Dangerous)).count()
}

fn gap_count(report: &Report) -> usize {
    report.gaps.len() + report.functions.iter().map(|function| function.gaps.len()).sum::<usize>()
}

/// The counts of one function for the list.
pub(super) fn one_line(assessment: &Assessment) -> String {
    let of = |family| assessment.findings.iter().filter(|finding| finding.family == family).count();
    let mut parts = Vec::new();
    for (family, one, many) in
        [(Family::Vulnerability, "vulnerability", "vulnerabilities"), (Family::Secret, "secret", "secrets")]
    {
        match of(family) {
            0 => {}
            1 => parts.push(format!("1 {one}")),
            count => parts.push(format!("{count} {many}")),
        }
    }
    let permissions = &assessment.permissions;
    if permissions.granted_action_count > 0 {
        parts.push(format!(
            "{} of {} actions needed",
            permissions.needed_action_count, permissions.granted_action_count
        ));
    }
    if parts.is_empty() { "nothing found".to_owned() } else { parts.join(" · ") }
}

pub(super) fn footer(report: &Report, context: &RenderContext) -> Markup {
    let source = &report.advisories;
    html! {
        footer.page {
            p { "Made by fnassay " (context.tool_version) ". Advisories: " (source.name)
                @if !source.built_at.is_empty() { ", built " (source.built_at) }
                @if source.records > 0 { ", " (source.records) " records, newest " (source.newest) }
                "." }
        }
    }
}
