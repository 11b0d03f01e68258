//! The recommended policy, ready to copy.

use maud::{Markup, html};
use model::report::Assessment;

use crate::formats::json::to_text;
use crate::wire;

pub(super) fn section(assessment: &Assessment, position: usize) -> Markup {
    let Some(statements) = &assessment.permissions.recommended else { return html! {} };
    html! {
        section.policy aria-labelledby={ "r" (position) } {
            h3 id={ "r" (position) } { "Recommended policy" }
            @if statements.is_empty() {
                p.clean { "The code calls nothing of the cloud: no policy is needed." }
            } @else {
                p { "Grants what the code and the wiring need, and nothing else." }
                div.copyable {
                    button.copy type="button" hidden { "Copy" }
                    pre tabindex="0" aria-label="recommended policy document" { code { (to_text(&wire::PolicyDocument::from_model(statements))) } }
                }
            }
        }
    }
}
