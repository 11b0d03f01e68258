use proptest::prelude::*;

use super::*;
use crate::parse_yaml;

#[test]
fn reads_values_with_places() {
    let text = "{\n\t\"a\": [1, -2.5e3, \"x\\n\\u00e9\\ud83d\\ude00\\/\"],\n  \"b\": {\"c\": null, \"d\": true}}";
    let tree = parse_json(text, "t.json").unwrap().value;
    assert_eq!(tree.at(&["b", "d"]).unwrap().as_bool(), Some(true));
    let items = tree.get("a").unwrap().items();
    assert_eq!(items[1].value, Value::Number("-2.5e3".into()));
    assert_eq!(items[2].as_str(), Some("x\n\u{e9}\u{1F600}/"));
    let d = tree.get("b").unwrap().entry("d").unwrap();
    assert_eq!((d.0.line, d.0.column, d.1.line, d.1.column), (3, 20, 3, 25));
}

#[test]
fn the_last_of_equal_keys_counts() {
    let parsed = parse_json("{\"a\": 1,\n\"a\": 2}", "t").unwrap();
    assert_eq!(parsed.value.get("a").unwrap().scalar_text(), Some("2"));
    assert_eq!(parsed.gaps[0].to_owned().why, "key `a` is given again on line 2; only the last counts");
}

#[test]
fn errors_name_line_and_column() {
    let cases = [
        ("{\"a\": 1,}", "cannot read `t:1:9` as JSON: expected a key in double quotes"),
        ("{\"a\" 1}", "cannot read `t:1:6` as JSON: expected `:`"),
        ("{\n\"a\": [1 2]}", "cannot read `t:2:9` as JSON: expected `,` or `]`"),
        ("{\"a\": \"b", "cannot read `t:1:7` as JSON: the text is not closed"),
        ("{\"a\": \"b\nc\"}", "cannot read `t:1:9` as JSON: a control character"),
        ("{\"a\": 01}", "cannot read `t:1:7` as JSON: `01` is not a number"),
        ("{\"a\": b}", "cannot read `t:1:7` as JSON: expected a value, found `b`"),
        ("{\"a\": ", "cannot read `t:1:7` as JSON: expected a value, found the end"),
        ("{} x", "cannot read `t:1:4` as JSON: there is more text"),
        ("\"\\x\"", "cannot read `t:1:2` as JSON: unknown escape"),
        ("\"\\u12\"", "cannot read `t:1:2` as JSON: `\\u` needs four"),
        (" ", "cannot read `t`: it is empty"),
    ];
    for (text, expected) in cases {
        let error = parse_json(text, "t").unwrap_err().to_string();
        assert!(error.starts_with(expected), "{text:?}: {error}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    assert!(parse_json(&"[".repeat(100_000), "t").is_err());
    assert!(parse_json(&"{\"a\":".repeat(100_000), "t").is_err());
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        "\\PC{0,12}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map("\\PC{0,6}", inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

fn same(node: &Node, value: &serde_json::Value) -> bool {
    match (&node.value, value) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(left), serde_json::Value::Bool(right)) => left == right,
        (Value::Number(left), serde_json::Value::Number(right)) => *left == right.to_string(),
        (Value::Text(left), serde_json::Value::String(right)) => left == right,
        (Value::Sequence(left), serde_json::Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Mapping(left), serde_json::Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, value)| right.get(key.as_str().unwrap()).is_some_and(|right| same(value, right)))
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn reads_what_a_json_writer_writes(value in json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        prop_assert!(same(&parse_json(&text, "t").unwrap().value, &value), "{text}");
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[\\[\\]{}\",:\\\\ a0-9u\\-.etrufalsn\n]{0,80}") {
        let read = parse_json(&text, "t").is_ok();
        prop_assert_eq!(read, serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
        let _ = parse_yaml(&text, "t");
    }
}
