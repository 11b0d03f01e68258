//! What could not be read or decided. Never left out.

use maud::{Markup, html};
use model::Gap;

use super::words;
use crate::formats::story::gap_groups;

/// `level` is that of the heading: 2 on its own, 3 within a function.
pub(super) fn section(title: &str, id: &str, level: u8, gaps: &[Gap]) -> Markup {
    html! {
        @if !gaps.is_empty() {
            section.gaps aria-labelledby=(id) {
                @if level == 2 { h2 id=(id) { (title) " " span.count { (gaps.len()) } } }
                @else { h3 id=(id) { (title) " " span.count { (gaps.len()) } } }
                table.gap-list {
                    caption.unseen { (title) }
                    thead { tr { th scope="col" { "Where" } th scope="col" { "Why, and what to do" } th scope="col" { "May hide" } } }
                    tbody { @for group in gap_groups(gaps) {
                        tr {
                            th scope="row" { ul.plain { @for place in &group.places { li { code { (place) } } } } }
                            td { (words(group.why)) }
                            td { (group.hides) }
                        }
                    } }
                }
            }
        }
    }
}
