//! What could not be read or decided. Never left out.

use maud::{Markup, html};
use model::Gap;

pub(super) fn section(title: &str, id: &str, gaps: &[Gap]) -> Markup {
    html! {
        @if !gaps.is_empty() {
            section.gaps aria-labelledby=(id) {
                h3 id=(id) { (title) " " span.count { (gaps.len()) } }
                table {
                    thead { tr { th scope="col" { "Where" } th scope="col" { "Why" } th scope="col" { "May hide" } } }
                    tbody { @for gap in gaps {
                        tr {
                            th scope="row" { code { (gap.location) } }
                            td { (gap.why) }
                            td { (gap.hides.iter().map(|hidden| hidden.name()).collect::<Vec<_>>().join(", ")) }
                        }
                    } }
                }
            }
        }
    }
}
