//! The assessment screen: one self-contained file that a browser shows without network and without JavaScript.
//!
//! A list of functions with their risk; per function its code threats on one side, its permissions on the other, then the
//! policy and the upgrades to make. JavaScript only adds the copy buttons. Colour never carries meaning alone.

mod gaps;
mod permissions;
mod picture;
mod policy;
mod summary;
mod threats;
mod upgrades;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::report::{Assessment, Report};

use super::story::harmless;
use super::table::worst_first;
use super::{Format, RenderContext};

pub(crate) const FORMAT: Format = Format { id: "html", title: "assessment screen, one self-contained page", render };

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");

fn render(report: &Report, context: &RenderContext) -> String {
    let functions = worst_first(report);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content={ "fnassay " (context.tool_version) };
                title { "fnassay: " (context.target) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#functions" { "Skip to the functions" }
                (summary::header(report, context))
                div.layout {
                    (overview(&functions))
                    main #functions {
                        @for (position, assessment) in functions.iter().enumerate() {
                            (function(assessment, position))
                        }
                        (gaps::section("Not known about the whole scan", "scan-gaps", 2, &report.gaps))
                    }
                }
                (summary::footer(report, context))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    harmless(&page.into_string())
}

/// The list of functions, worst first.
fn overview(functions: &[&Assessment]) -> Markup {
    html! {
        nav.overview aria-labelledby="overview-title" {
            h2 #overview-title { "Functions " span.count { (functions.len()) } }
            ol {
                @for (position, assessment) in functions.iter().enumerate() {
                    li {
                        a href={ "#f" (position) } {
                            (picture::risk_dial(assessment.risk.score, assessment.risk.band))
                            span.name { (assessment.function.name) }
                            span.detail { (summary::one_line(assessment)) }
                        }
                    }
                }
            }
        }
    }
}

fn function(assessment: &Assessment, position: usize) -> Markup {
    let function = &assessment.function;
    html! {
        article.function id={ "f" (position) } aria-labelledby={ "t" (position) } {
            header {
                h2 id={ "t" (position) } { (function.name) }
                p.risk { (picture::risk_dial(assessment.risk.score, assessment.risk.band))
                    span { "risk " strong { (assessment.risk.score) } " of 100, " strong class={ "band " (assessment.risk.band) } { (assessment.risk.band) } }
                }
                (about(assessment))
                @if let Some(change) = &assessment.risk.best_single_change {
                    p.next { strong { "Do next" } " " (words(change)) " risk" }
                }
            }
            (upgrades::section(assessment, position))
            div.sides {
                (threats::side(assessment, position))
                (permissions::side(assessment, position))
            }
            (policy::section(assessment, position))
            (gaps::section("Not known", &format!("g{position}"), 3, &assessment.gaps))
        }
    }
}

/// What the function is: where it is declared, what runs it, what starts it.
fn about(assessment: &Assessment) -> Markup {
    let function = &assessment.function;
    html! {
        dl.about {
            div { dt { "Declared" } dd { code { (function.id) } } }
            @if let Some(runtime) = &function.runtime {
                div { dt { "Runtime" } dd { code { (runtime) } (runtime_state(assessment)) } }
            }
            @if let Some(handler) = &function.handler {
                div { dt { "Handler" } dd { code { (handler) } } }
            }
            @if !function.triggers.is_empty() {
                div { dt { "Started by" } dd {
                    ul.plain { @for trigger in &function.triggers {
                        li { (trigger.kind) " " code { (trigger.source) } " " span class={ "exposure " (trigger.exposure.name()) } { (trigger.exposure.name()) } }
                    } }
                } }
            }
            @if !function.environment.is_empty() {
                div { dt { "Environment" } dd {
                    @for (at, variable) in function.environment.iter().enumerate() { @if at > 0 { ", " } code { (variable.name) } }
                } }
            }
        }
    }
}

/// The text with what stands in backticks as code.
fn words(text: &str) -> Markup {
    let is_paired = text.matches('`').count().is_multiple_of(2);
    html! {
        @if is_paired {
            @for (at, part) in text.split('`').enumerate() {
                @if at % 2 == 1 { code { (part) } } @else { (part) }
            }
        } @else { (text) }
    }
}

fn runtime_state(assessment: &Assessment) -> Markup {
    let Some(status) = &assessment.runtime_status else { return html! {} };
    let left = match status.days_left {
        Some(days) if days < 0 => format!("for {} days", -days),
        Some(days) => format!("{days} days left"),
        None => String::new(),
    };
    html! { " " span class={ "state " (status.state) } { (status.state) @if !left.is_empty() { ", " (left) } } }
}
