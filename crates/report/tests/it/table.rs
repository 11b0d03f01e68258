//! The table as a person reads it: within its width, without colours unless asked, inert whatever names it shows.

use report::RenderContext;

use crate::rich;

fn table(context: &RenderContext) -> String {
    (report::find("table").unwrap().render)(&rich::rich_report(), context)
}

#[test]
fn is_never_wider_than_asked_for() {
    for width in [60, 80, 100, 120] {
        let text = table(&RenderContext { width, ..rich::context() });
        let wide: Vec<_> = text.lines().filter(|line| line.chars().count() > width).collect();
        assert_eq!(wide, Vec::<&str>::new(), "wider than {width} columns");
    }
}

#[test]
fn shows_no_control_characters_of_foreign_names() {
    let text = table(&rich::context());
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    let coloured = table(&RenderContext { colour: true, ..rich::context() });
    assert!(coloured.contains("\u{1b}[1m") && !coloured.contains('\u{202e}'));
}

#[test]
fn says_the_same_with_and_without_colours() {
    let coloured = table(&RenderContext { colour: true, ..rich::context() });
    let mut plain = String::new();
    for (at, part) in coloured.split('\u{1b}').enumerate() {
        plain.push_str(if at == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(plain, table(&rich::context()));
}

#[test]
fn shows_the_worst_function_first_and_groups_equal_verdicts() {
    let text = table(&rich::context());
    assert!(text.starts_with("── OrdersFunction ─"), "{text}");
    assert!(text.contains("dynamodb:BatchWriteItem, ConditionCheckItem, DeleteItem"), "{text}");
    assert!(text.contains("pypi/jinja2@2.11.2 → 3.1.6 clears 2: CVE-bbbb-bbbb-bbbb"), "{text}");
}
