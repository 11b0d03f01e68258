//! The upgrades to make: one short list, worst first.

use maud::{Markup, html};
use model::report::Assessment;

use super::threats::badge;
use super::words;
use crate::formats::story::{VulnerableComponent, vulnerable_components};

pub(super) fn section(assessment: &Assessment, position: usize) -> Markup {
    let components = vulnerable_components(assessment);
    html! {
        @if !components.is_empty() {
            section.upgrades aria-labelledby={ "u" (position) } {
                h3 id={ "u" (position) } { "Upgrades to make " span.count { (components.len()) } }
                table {
                    caption.unseen { "Upgrades to make, worst first" }
                    thead { tr {
                        th scope="col" { "Worst" } th scope="col" { "Component" } th scope="col" { "To" }
                        th scope="col" { "Clears" } th scope="col" { "How" }
                    } }
                    tbody { @for component in &components { (row(component)) } }
                }
            }
        }
    }
}

fn row(component: &VulnerableComponent<'_>) -> Markup {
    let count = component.findings.len();
    html! {
        tr {
            td { (badge(component.worst)) }
            th scope="row" { code.whole { (component.name) } }
            td { @match component.upgrade { Some((version, _)) => strong { (version) }, None => span.detail { "none known" } } }
            td.clears {
                @match component.upgrade {
                    Some((_, cleared)) if cleared == count => { (count) },
                    Some((_, cleared)) => { (cleared) " of " (count) },
                    None => { "0 of " (count) },
                }
                @if component.is_possible { " " span.detail { "possible" } }
            }
            td { (words(component.remedy)) }
        }
    }
}
