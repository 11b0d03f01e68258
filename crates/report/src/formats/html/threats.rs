//! The left side: what the code ships, leaks and exposes, each with what to do.

use std::collections::BTreeMap;

use maud::{Markup, html};
use model::report::Assessment;
use model::{Family, Finding, Severity};

pub(super) fn side(assessment: &Assessment, position: usize) -> Markup {
    html! {
        section.side aria-labelledby={ "c" (position) } {
            h3 id={ "c" (position) } { "Code threats" }
            (components(assessment))
            @for (title, family) in [
                ("Secrets", Family::Secret), ("Weaknesses", Family::Weakness), ("Exposure", Family::Exposure),
                ("Configuration", Family::Configuration),
            ] { (others(assessment, title, family)) }
        }
    }
}

/// Vulnerable components, worst first, each with its flaws and the one upgrade.
fn components(assessment: &Assessment) -> Markup {
    let mut by_component: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in assessment.findings.iter().filter(|finding| finding.family == Family::Vulnerability) {
        by_component.entry(finding.component.as_deref().unwrap_or_default()).or_default().push(finding);
    }
    let mut rows: Vec<_> = by_component.into_iter().collect();
    rows.sort_by_key(|(purl, findings)| (std::cmp::Reverse(worst(findings)), *purl));
    let total = assessment.components.len();
    html! {
        h4 { "Components " span.count { (rows.len()) " of " (total) " vulnerable" } }
        @if rows.is_empty() {
            p.clean { @if total == 0 { "No components were found." } @else { "No known vulnerability in what was found." } }
        } @else {
            ul.findings { @for (purl, findings) in &rows { (component(purl, findings)) } }
        }
        @if total > 0 { (inventory(assessment)) }
    }
}

fn worst(findings: &[&Finding]) -> Option<Severity> {
    findings.iter().map(|finding| finding.severity).max()
}

fn component(purl: &str, findings: &[&Finding]) -> Markup {
    let name = purl.strip_prefix("pkg:").unwrap_or(purl);
    let first = findings.first();
    html! {
        li {
            p.title { (badge(worst(findings).unwrap_or(Severity::Info))) " " code { (name) } }
            ul.flaws { @for finding in findings {
                li { (flaw(finding)) }
            } }
            @if let Some(finding) = first {
                p.remedy { span.arrow aria-hidden="true" { "→ " } (finding.remedy.text) }
                p.place { (finding.locations.iter().map(|location| location.file.as_str()).collect::<Vec<_>>().join(", ")) }
            }
        }
    }
}

fn flaw(finding: &Finding) -> Markup {
    let Some(advisory) = &finding.advisory else { return html! { (finding.title) } };
    let score = advisory.cvss.first().map(|cvss| format!("CVSS {} {:.1}", cvss.version, cvss.score));
    html! {
        span class={ "dot " (finding.severity.name()) } aria-hidden="true" {} " "
        (advisory.ids.join(" = ")) " "
        span.detail {
            (finding.severity.name())
            @if let Some(score) = score { ", " (score) }
            @if advisory.known_exploited { ", " strong { "exploited in the wild" } }
            @if advisory.status == model::advisory::MatchStatus::Possible { ", possible" @if let Some(why) = &advisory.why { ": " (why) } }
        }
    }
}

/// Every component, folded away.
fn inventory(assessment: &Assessment) -> Markup {
    html! {
        details {
            summary { "All " (assessment.components.len()) " components" }
            table {
                thead { tr { th scope="col" { "Component" } th scope="col" { "From" } th scope="col" { "Reach" } } }
                tbody { @for component in &assessment.components {
                    tr {
                        td { code { (component.purl.strip_prefix("pkg:").unwrap_or(&component.purl)) }
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
    let findings: Vec<_> = assessment.findings.iter().filter(|finding| finding.family == family).collect();
    html! {
        @if !findings.is_empty() {
            h4 { (title) " " span.count { (findings.len()) } }
            ul.findings { @for finding in findings {
                li {
                    p.title { (badge(finding.severity)) " " (finding.title) }
                    p.remedy { span.arrow aria-hidden="true" { "→ " } (finding.remedy.text) }
                    p.place { (finding.locations.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")) }
                }
            } }
        }
    }
}

pub(super) fn badge(severity: Severity) -> Markup {
    html! { span class={ "badge " (severity.name()) } { (severity.name()) } }
}
