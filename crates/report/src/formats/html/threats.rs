//! The left side: what the code ships, leaks and exposes, each with what to do.

use std::collections::BTreeSet;

use maud::{Markup, html};
use model::advisory::MatchStatus;
use model::report::Assessment;
use model::{Family, Finding, Severity};

use super::words;
use crate::formats::story::{
    OTHER_FAMILIES, TOLD_BY_VERDICTS, VulnerableComponent, advisory_id, of_family, packages, vulnerable_components,
};

pub(super) fn side(assessment: &Assessment, position: usize) -> Markup {
    html! {
        section.side aria-labelledby={ "c" (position) } {
            h3 id={ "c" (position) } { "Code threats" }
            (components(assessment))
            @for (title, family) in OTHER_FAMILIES { (others(assessment, title, *family)) }
        }
    }
}

/// Vulnerable components, worst first, each with its flaws; what to do about them stands in the list of upgrades.
fn components(assessment: &Assessment) -> Markup {
    let vulnerable = vulnerable_components(assessment);
    let total = packages(assessment).count();
    html! {
        h4 { "Vulnerable components " span.count { (vulnerable.len()) " of " (total) } }
        @if vulnerable.is_empty() {
            p.clean { @if total == 0 { "No components were found." } @else { "No known vulnerability in what was found." } }
        } @else {
            ul.findings { @for found in &vulnerable { (component(found)) } }
        }
        @if total > 0 { (inventory(assessment)) }
    }
}

fn component(found: &VulnerableComponent<'_>) -> Markup {
    let places: BTreeSet<_> =
        found.findings.iter().flat_map(|finding| &finding.locations).map(ToString::to_string).collect();
    html! {
        li {
            p.title { (badge(found.worst)) " " code.whole { (found.name) } }
            ul.flaws { @for finding in &found.findings { li { (flaw(finding)) } } }
            @for doubt in doubts(&found.findings) { p.doubt { "Possible: " (words(doubt)) } }
            p.place { (places.into_iter().collect::<Vec<_>>().join(", ")) }
        }
    }
}

fn flaw(finding: &Finding) -> Markup {
    let Some(advisory) = &finding.advisory else { return html! { (finding.title) } };
    let score = advisory.cvss.first().map(|cvss| format!("CVSS {} {:.1}", cvss.version, cvss.score));
    html! {
        span class={ "dot " (finding.severity.name()) } aria-hidden="true" {} " "
        strong { (advisory_id(finding)) } " "
        (finding.severity.name())
        @if let Some(score) = score { ", " (score) }
        @if advisory.known_exploited { ", " strong.exploited { "exploited in the wild" } }
        @if advisory.status == MatchStatus::Possible { ", possible" }
        @for alias in advisory.ids.iter().filter(|id| *id != advisory_id(finding)) { " " span.alias { (alias) } }
    }
}

/// Why flaws are only possible, each reason once.
fn doubts<'a>(findings: &[&'a Finding]) -> BTreeSet<&'a str> {
    findings.iter().filter_map(|finding| finding.advisory.as_ref()?.why.as_deref()).collect()
}

/// Every component, folded away.
fn inventory(assessment: &Assessment) -> Markup {
    html! {
        details {
            summary { "All " (packages(assessment).count()) " components" }
            table {
                caption.unseen { "All components" }
                thead { tr { th scope="col" { "Component" } th scope="col" { "From" } th scope="col" { "Reach" } } }
                tbody { @for component in &assessment.components {
                    tr {
                        th scope="row" { code { (component.purl.strip_prefix("pkg:").unwrap_or(&component.purl)) }
                            @if let model::component::Version::Range(range) = &component.version { " " span.detail { (range) ", not pinned" } } }
                        td { (component.origin.name()) }
                        td { (component.reach.name()) }
                    }
                } }
            }
        }
    }
}

fn others(assessment: &Assessment, title: &str, family: Family) -> Markup {
    let findings: Vec<_> = of_family(assessment, family).collect();
    html! {
        @if !findings.is_empty() {
            h4 { (title) " " span.count { (findings.len()) } }
            (list(&findings))
        }
    }
}

/// Findings with what to do about each, unless the table of verdicts tells that.
pub(super) fn list(findings: &[&Finding]) -> Markup {
    html! {
        ul.findings { @for finding in findings {
            li {
                p.title { (badge(finding.severity)) " " span { (words(&finding.title)) } }
                @if !TOLD_BY_VERDICTS.contains(&finding.rule) {
                    p.remedy { span.arrow aria-hidden="true" { "→ " } (words(&finding.remedy.text)) }
                }
                p.place { (finding.locations.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")) }
            }
        } }
    }
}

pub(super) fn badge(severity: Severity) -> Markup {
    html! { span class={ "badge " (severity.name()) } { (severity.name()) } }
}
