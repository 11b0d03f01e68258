use proptest::prelude::*;

use super::*;

/// The tree as compact text: `{a: 1, b: [true, "x"]}` with tags in front.
fn show(node: &Node) -> String {
    let value = match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) => text.clone(),
        Value::Text(text) => format!("{text:?}"),
        Value::Sequence(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Value::Mapping(entries) => {
            let entries = entries.iter().map(|(key, value)| match key.as_str() {
                Some(key) => format!("{key}: {}", show(value)),
                None => format!("? {}: {}", show(key), show(value)),
            });
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    };
    node.tag.as_ref().map_or(value.clone(), |tag| format!("{tag} {value}"))
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let parsed = parse_yaml(text, "t.yaml").unwrap();
    assert_eq!(show(&parsed.value), expected, "{text}");
    assert_eq!(parsed.gaps, [], "{text}");
}

#[test]
fn types_scalars_as_cloudformation_does() {
    check("Version: 2012-10-17", r#"{Version: "2012-10-17"}"#);
    check("a: 012345678901", r#"{a: "012345678901"}"#);
    check("a: 123456789012", "{a: 123456789012}");
    check("[1, -1, 1.5, .5, 1e3, 0, 0.0]", "[1, -1, 1.5, .5, 1e3, 0, 0.0]");
    check(
        "[0x1F, 1_000, 12:30, 1.2.3, '1', -, .]".replace(", -, .", "").as_str(),
        r#"["0x1F", "1_000", "12:30", "1.2.3", "1"]"#,
    );
    check("[yes, No, on, OFF, true, False, y, n]", r#"[true, false, true, false, true, false, "y", "n"]"#);
    check("[~, null, '', 'null', !!str null, !!str 5]", r#"[null, null, "", "null", "null", "5"]"#);
    check("a:\nb:", "{a: null, b: null}");
}

#[test]
fn types_scalars_as_the_core_schema_when_asked() {
    let parsed = parse_yaml_with("[yes, on, true]", "t", Schema::Core).unwrap();
    assert_eq!(show(&parsed.value), r#"["yes", "on", true]"#);
}

#[test]
fn keys_are_text_as_written() {
    check("on: 1\nNull: 2\n123456789012: 3\n01: 4\ntrue: 5", "{on: 1, Null: 2, 123456789012: 3, 01: 4, true: 5}");
}

#[test]
fn reads_lone_dashes_in_lists_as_text() {
    check("a: !Split [-, !Ref B]", r#"{a: !Split ["-", !Ref "B"]}"#);
    check("a: !Split [ - , 'x-y' ] # [-, ]", r#"{a: !Split ["-", "x-y"]}"#);
    check("a: [b, -]\nc: [-]\nd: 'e [-, f]'", r#"{a: ["b", "-"], c: ["-"], d: "e [-, f]"}"#);
    check("a: [\n  -,\n  b\n]\nc: |-\n  [-, d]", r#"{a: ["-", "b"], c: "[-, d]"}"#);
    let parsed = parse_yaml("a: !Split [-, é, !Ref B]", "t.yaml").unwrap();
    let items = parsed.value.get("a").unwrap().as_sequence().unwrap();
    assert_eq!(
        items.last().unwrap().location("t.yaml").column,
        Some(19),
        "places are those of the text as it is written"
    );
    let error = parse_yaml("a: [-, b]\nc: [", "t.yaml").unwrap_err();
    assert!(error.to_string().contains("t.yaml"), "{error}");
}

#[test]
fn keeps_tags() {
    check("a: !Ref B", r#"{a: !Ref "B"}"#);
    check("a: !GetAtt [B, Arn]", r#"{a: !GetAtt ["B", "Arn"]}"#);
    check("a: !If [C, !Ref AWS::Region, !Sub '${X}']", r#"{a: !If ["C", !Ref "AWS::Region", !Sub "${X}"]}"#);
    check("a: !Sub\n  - x\n  - b: 1", r#"{a: !Sub ["x", {b: 1}]}"#);
    check("a: !Ref 123", r#"{a: !Ref "123"}"#);
    check("- !Equals\n  - !Ref A\n  - ''", r#"[!Equals [!Ref "A", ""]]"#);
}

#[test]
fn keeps_the_place_of_values_and_tags() {
    let parsed = parse_yaml("a:\n  b: !Ref  C\n  d: |\n    x\n    y\n  e: !Sub |\n\n    z\n", "t.yaml").unwrap().value;
    let place = |path: &[&str]| parsed.at(path).map(|node| (node.line, node.column, node.content_line));
    assert_eq!(place(&["a"]), Some((2, 3, 2)));
    assert_eq!(place(&["a", "b"]), Some((2, 6, 2)));
    assert_eq!(place(&["a", "d"]), Some((4, 5, 4)));
    assert_eq!(place(&["a", "e"]), Some((6, 6, 7)));
    let key = parsed.get("a").unwrap().entry("d").unwrap().0;
    assert_eq!((key.line, key.column), (3, 3));
    assert_eq!(key.location("t.yaml").to_string(), "t.yaml:3:3");
}

#[test]
fn counts_columns_in_bytes_and_lines_over_any_ending() {
    let parsed = parse_yaml("\u{FEFF}é: 1\r\n\"ä\": [ö, x]\r\n", "t").unwrap().value;
    let x = &parsed.get("ä").unwrap().items()[1];
    assert_eq!((x.line, x.column), (2, 12));
    assert_eq!(show(&parsed), r#"{é: 1, ä: ["ö", "x"]}"#);
}

#[test]
fn expands_aliases_and_merge_keys() {
    check("a: &x [1]\nb: *x", "{a: [1], b: [1]}");
    check("a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  l: 3", "{a: {k: 1, l: 2}, b: {l: 3, k: 1}}");
    check("a: &x {k: 1}\nb: &y {k: 2, m: 3}\nc: {<<: [*x, *y]}", "{a: {k: 1}, b: {k: 2, m: 3}, c: {k: 1, m: 3}}");
    check("'<<': {a: 1}", "{<<: {a: 1}}");
}

#[track_caller]
fn check_gap(text: &str, expected: &str, gap: &str) {
    let parsed = parse_yaml(text, "t").unwrap();
    assert_eq!(show(&parsed.value), expected, "{text}");
    let gaps: Vec<_> = parsed.gaps.iter().map(|gap| format!("{}: {}", gap.location, gap.why)).collect();
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert!(gaps[0].starts_with(gap), "{gaps:?}");
}

#[test]
fn says_what_it_left_out() {
    check_gap("a: 1\nb: 2\na: 3", "{b: 2, a: 3}", "t:1:1: key `a` is given again on line 3");
    check_gap("a: 1\n---\nb: 2", "{a: 1}", "t:3:1: only the first document");
    check_gap("a: *b", r#"{a: "*b"}"#, "t:1:4: alias `*b` has no anchor");
    check_gap("a: &x [*x]", "{a: [null]}", "t:1:8: an alias refers to a value that contains it");
    check_gap("<<: 1", "{}", "t:1:5: merge key");
    check("---\n---\na: 1", "{a: 1}");
}

#[test]
fn a_bomb_ends_in_gaps() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    let parsed = parse_yaml(&text, "t").unwrap();
    assert!(parsed.gaps.iter().any(|gap| gap.why.contains("too large")), "{:?}", parsed.gaps);
}

#[test]
fn a_chain_of_aliases_ends_in_a_gap_before_it_is_too_deep() {
    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..400 {
        text.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    let parsed = parse_yaml(&text, "t").unwrap();
    assert!(parsed.gaps.iter().any(|gap| gap.why.contains("too deep")), "{:?}", parsed.gaps);
}

#[test]
fn errors_name_line_and_column() {
    let cases = [
        ("a: [1, 2\nb: 3", "cannot read `t:2:2` as YAML"),
        ("a:\n\t- b", "cannot read `t:2:2` as YAML: tabs"),
        ("", "cannot read `t`: it is empty"),
        ("# only a comment\n", "cannot read `t`: it is empty"),
        ("a: b: c", "cannot read `t:1:5` as YAML"),
    ];
    for (text, expected) in cases {
        let error = parse_yaml(text, "t").unwrap_err().to_string();
        assert!(error.starts_with(expected), "{text:?}: {error}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    for text in ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(5_000), "? ".repeat(5_000)] {
        assert!(parse_yaml(&text, "t").is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = parse_yaml(&text, "t");
    }

    #[test]
    fn any_yaml_like_text_is_read_or_refused(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "a", ": ", "\n", "  ", "- ", "[", "]", "{", "}", ", ", "&x ", "*x", "!Ref ", "<<", "|", ">", "'", "\"",
                "? ", "---", "...", "#", "\t", "%", "é", "\\", "1", "\r\n", "\u{FEFF}",
            ]),
            0..60,
        )
    ) {
        let _ = parse_yaml(&pieces.concat(), "t");
    }
}
