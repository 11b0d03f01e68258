//! Structures as Athena and CloudTrail Lake write them into one column: `{type=AssumedRole, arn=arn:aws:…, tags=[a, b]}`.
//!
//! Source: the text that Trino's casts of rows and maps give.
//! Supported: nested structures and lists. Unsupported: values that hold `, name=` themselves; the text has no quotes to tell
//! them from members, so they are cut there.

use serde_json::{Map, Value};

/// Deepest nesting that is followed; what lies deeper is taken as text.
const MAX_LEVELS: usize = 32;

/// The structure or list, with texts for all its leaves and names in lower case; `None` for any other text.
pub(super) fn read(text: &str) -> Option<Value> {
    let text = text.trim();
    (text.starts_with('{') && text.ends_with('}') || text.starts_with('[') && text.ends_with(']'))
        .then(|| value(text, MAX_LEVELS))
}

fn value(text: &str, levels: usize) -> Value {
    let text = text.trim();
    let inside = |open, close| text.strip_prefix(open).and_then(|text: &str| text.strip_suffix(close));
    if levels > 0 {
        if let Some(members) = inside('{', '}') {
            return Value::Object(structure(members, levels - 1));
        }
        if let Some(items) = inside('[', ']') {
            let items = parts(items).into_iter().filter(|item| !item.trim().is_empty());
            return Value::Array(items.map(|item| value(item, levels - 1)).collect());
        }
    }
    if text == "null" { Value::Null } else { Value::String(text.to_owned()) }
}

fn structure(members: &str, levels: usize) -> Map<String, Value> {
    let mut structure = Map::new();
    for member in parts(members) {
        if let Some((name, inner)) = member.split_once('=') {
            structure.insert(name.trim().to_ascii_lowercase(), value(inner, levels));
        }
    }
    structure
}

/// The text cut at the commas that stand in no brackets.
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..));
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_structures_of_athena() {
        for (text, expected) in [
            (
                "{type=AssumedRole, arn=arn:aws:sts::1:assumed-role/r/s}",
                Some(json!({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/r/s"})),
            ),
            ("{a={B=1, c=null}, d=[x, {y=2}]}", Some(json!({"a": {"b": "1", "c": null}, "d": ["x", {"y": "2"}]}))),
            ("[]", Some(json!([]))),
            ("{}", Some(json!({}))),
            ("plain", None),
            ("", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert!(read(&deep).is_some(), "deep nesting ends");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[{}\\[\\]=, a-c\\PC]{0,60}") {
            read(&text);
        }
    }
}
