//! The page as text: self-contained, well-formed for keyboards and screen readers.

use std::collections::BTreeSet;

use crate::rich;

pub(crate) fn page() -> String {
    (report::find("html").unwrap().render)(&rich::rich_report(), &rich::context())
}

/// Every start tag, without its angle brackets.
fn tags(page: &str) -> Vec<&str> {
    // Styles and scripts hold no tags; everything else has its `<` escaped.
    page.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag).collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// What lies between each `<name …>` and its end.
fn elements<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let (start, end) = (format!("<{name}"), format!("</{name}>"));
    let starts = page.match_indices(&start).filter(|(at, _)| page[at + start.len()..].starts_with([' ', '>']));
    starts.filter_map(|(at, _)| page[at..].split(&end).next()).collect()
}

#[test]
fn asks_nothing_of_the_network() {
    let page = page();
    for tag in tags(&page) {
        for name in ["src", "href", "srcset", "action", "poster", "data"] {
            let value = attribute(tag, name).unwrap_or("#");
            assert!(value.starts_with('#'), "`{tag}` leads outside");
        }
        assert!(!["link", "iframe", "img", "object", "embed"].iter().any(|name| tag.starts_with(name)), "`{tag}`");
    }
    assert!(!page.contains("@import") && !page.contains("url("));
}

#[test]
fn has_headings_in_order() {
    let page = page();
    let levels: Vec<u8> =
        tags(&page).iter().filter_map(|tag| tag.strip_prefix('h')?.split(' ').next()?.parse().ok()).collect();
    assert_eq!(levels.first(), Some(&1));
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
    for (before, after) in levels.iter().zip(levels.iter().skip(1)) {
        assert!(*after <= before + 1, "a heading of level {after} follows one of level {before}");
    }
}

#[test]
fn has_unique_ids_and_no_reference_into_nothing() {
    let page = page();
    let ids: Vec<_> = tags(&page).iter().filter_map(|tag| attribute(tag, "id")).collect();
    let unique: BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "{ids:?}");
    for tag in tags(&page) {
        let target =
            attribute(tag, "href").and_then(|href| href.strip_prefix('#')).or(attribute(tag, "aria-labelledby"));
        assert!(target.is_none_or(|id| unique.contains(id)), "`{tag}` refers to nothing");
    }
}

#[test]
fn labels_pictures_and_tables() {
    let page = page();
    for picture in tags(&page).iter().filter(|tag| tag.starts_with("svg")) {
        assert!(attribute(picture, "aria-label").is_some() && attribute(picture, "role") == Some("img"), "`{picture}`");
    }
    let tables = elements(&page, "table");
    assert!(tables.len() > 5);
    for table in tables {
        assert!(table.contains("<caption"), "no caption: {table}");
        assert!(table.contains("<th scope=\"row\">"), "no row headers: {table}");
        assert!(!table.contains("<th>"), "a header without scope: {table}");
    }
}

#[test]
fn keeps_hostile_names_inert() {
    let page = page();
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<img"));
    assert!(page.chars().all(|one| one == '\n' || (!one.is_control() && !('\u{202a}'..='\u{202e}').contains(&one))));
}

#[test]
fn is_the_same_each_time() {
    assert_eq!(page(), page());
}
