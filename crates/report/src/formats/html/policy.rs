//! The recommended policy, ready to copy: as the project would write it, what changes, and as a document.

use maud::{Markup, html};
use model::proposal::{PolicyForm, Proposal};
use model::report::Assessment;

use super::words;
use crate::formats::json::to_text;
use crate::{proposal, wire};

pub(super) fn section(assessment: &Assessment, position: usize) -> Markup {
    let permissions = &assessment.permissions;
    let Some(statements) = &permissions.recommended else { return html! {} };
    let document = to_text(&wire::PolicyDocument::from_model(statements));
    html! {
        section.policy aria-labelledby={ "r" (position) } {
            h3 id={ "r" (position) } { "Recommended policy" }
            @if statements.is_empty() {
                p.clean { "The code calls nothing of the cloud: no policy is needed." }
            } @else {
                p { "Grants what the code and the wiring need, and nothing else." }
            }
            @match permissions.proposal.as_ref().filter(|proposal| proposal.home.form != PolicyForm::Document) {
                Some(proposal) => {
                    (in_dialect(proposal))
                    @if !statements.is_empty() {
                        details { summary { "The whole policy as a document" } (copyable(&document, "recommended policy document")) }
                    }
                }
                None => {
                    @if !statements.is_empty() { (copyable(&document, "recommended policy document")) }
                }
            }
        }
    }
}

/// What to write into the project's own file.
fn in_dialect(proposal: &Proposal) -> Markup {
    let diff = proposal::diff(proposal);
    let steps = proposal::steps(proposal);
    html! {
        h4 { (proposal::place(&proposal.home)) }
        @if !steps.is_empty() { ul.steps { @for step in &steps { li { (words(step)) } } } }
        (copyable(&proposal::text(proposal), "recommended policies as the project writes them"))
        @if diff.is_empty() {
            p.clean { "That is what stands there today." }
        } @else if !proposal.current.is_empty() {
            details open { summary { "What changes" } (difference(&diff)) }
        }
    }
}

fn copyable(text: &str, label: &str) -> Markup {
    html! {
        div.copyable {
            button.copy type="button" hidden { "Copy" }
            pre tabindex="0" aria-label=(label) { code { (text) } }
        }
    }
}

/// The signs at the beginning of lines say what colour repeats.
fn difference(diff: &str) -> Markup {
    html! {
        pre.diff tabindex="0" aria-label="difference from today" { code { @for line in diff.lines() {
            @match line.chars().next() {
                Some('+') => ins { (line) },
                Some('-') => span.gone { (line) },
                _ => span.same { (line) },
            }
            "\n"
        } } }
    }
}
