use proptest::prelude::*;

use super::*;
use crate::{MemoryProject, parse_yaml};

/// The value as compact text: `{a: [x, ${Y}]}`, alternatives as `<a|b>`, nothing as `-`.
pub(crate) fn show(partial: &Partial) -> String {
    let list = |values: &[Partial], separator: &str| values.iter().map(show).collect::<Vec<_>>().join(separator);
    match &partial.value {
        PartialValue::Null => "null".to_owned(),
        PartialValue::Bool(value) => value.to_string(),
        PartialValue::Number(text) => text.clone(),
        PartialValue::Text(text) => text.to_string(),
        PartialValue::Sequence(items) => format!("[{}]", list(items, ", ")),
        PartialValue::Mapping(entries) => {
            let entries = entries.iter().filter(|entry| !entry.value.is_absent());
            let entries = entries.map(|entry| format!("{}: {}", entry.name, show(&entry.value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        PartialValue::OneOf(values) => format!("<{}>", list(values, "|")),
        PartialValue::Absent => "-".to_owned(),
    }
}

const SCOPE: &str = "
Parameters:
  Stage: {Type: String}
  Size: {Type: Number, Default: 3}
  Table: {Type: String, Default: orders}
  Empty: {Type: String, Default: ''}
  Subnets: {Type: CommaDelimitedList, Default: 'a, b,c'}
  Zones: {Type: List<String>}
  Ami: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /path/to/ami}
Mappings:
  Map:
    eu: {size: big, zone: same}
    us: {size: small, zone: same}
Conditions:
  Yes: !Equals [a, a]
  No: !Not [!Condition Yes]
  Open: !Equals [!Ref Stage, prod]
  AlsoOpen: !And [!Condition Yes, !Condition Open]
  Shut: !And [!Condition No, !Condition Open]
  Either: !Or [!Condition Yes, {Condition: Open}]
  HasTable: !Not [!Equals [!Ref Table, '']]
  Loop: !Not [!Condition Pool]
  Pool: !Not [!Condition Loop]
Resources:
  R: {Type: 'A::B::C'}
";

/// Evaluates `value` in the scope above.
fn evaluate(value: &str) -> Parsed<Partial> {
    let text = format!("{SCOPE}Value: {value}\n");
    let root = parse_yaml(&text, "t.yaml").unwrap_or_else(|error| panic!("{error}: {value}")).value;
    let project = MemoryProject::new([
        ("extra.yaml", "- Effect: Allow\n  Action: !Sub 's3:${Table}'\n"),
        ("entries.json", "{\"k\": {\"Ref\": \"Table\"}}"),
    ]);
    let given = Parameters::default();
    let mut evaluator = Evaluator::new(&root, "t.yaml", &given, &project);
    let value = evaluator.evaluate(root.get("Value").unwrap());
    Parsed { value, gaps: evaluator.gaps }
}

#[track_caller]
fn check(value: &str, expected: &str) {
    let parsed = evaluate(value);
    assert_eq!(show(&parsed.value), expected, "{value}");
    assert_eq!(parsed.gaps, [], "{value}");
}

#[test]
fn references() {
    check("!Ref Table", "orders");
    check("{Ref: Table}", "orders");
    check("!Ref Size", "3");
    check("!Ref Stage", "${Stage}");
    check("!Ref Subnets", "[a, b, c]");
    check("!Ref Zones", "${Zones}");
    check("!Ref Ami", "${Ami}");
    check("!Ref AWS::Partition", "aws");
    check("!Ref AWS::Region", "${AWS::Region}");
    check("!Ref Orders", "${Orders}");
    check("[a, !Ref AWS::NoValue, b]", "[a, b]");
    check("{a: !Ref AWS::NoValue, b: c}", "{b: c}");
}

#[test]
fn attributes() {
    check("!GetAtt Orders.Arn", "${Orders.Arn}");
    check("!GetAtt [Orders, Arn]", "${Orders.Arn}");
    check("{'Fn::GetAtt': [Orders, Arn]}", "${Orders.Arn}");
    check("{'Fn::GetAtt': Nested.Outputs.Arn}", "${Nested.Outputs.Arn}");
    check("!GetAtt [Orders, !Ref Table]", "${Orders.orders}");
}

#[test]
fn substitutions() {
    check("!Sub 'arn:${AWS::Partition}:s3:::${Bucket}/*'", "arn:aws:s3:::${Bucket}/*");
    check("!Sub '${Table}-${Stage}-${Size}'", "orders-${Stage}-3");
    check("!Sub ['${A}/${B}', {A: !GetAtt T.Arn, B: !Ref Table}]", "${T.Arn}/orders");
    check("!Sub 'x${!Table}y'", "x${Table}y");
    check("!Sub '${Subnets}'", "${Subnets}");
    check("!Sub ['${A}', {A: !If [Open, x, y]}]", "<x|y>");
    check("!Sub ['${A}${A}', {A: !If [Open, x, y]}]", "<xx|xy|yx|yy>");
    check("{'Fn::Sub': ['${A}', {A: {Ref: Table}}]}", "orders");
    check("{'Fn::Sub': !Ref Table}", "${Table}");
}

#[test]
fn lists_and_texts() {
    check("!Join ['', [a, !Ref Table, !Ref Stage]]", "aorders${Stage}");
    check("!Join [',', !Ref Subnets]", "a,b,c");
    check("!Join [',', !Ref Zones]", "${Fn::Join(,,Zones)}");
    check("!Join ['/', [!GetAtt B.Arn, '*']]", "${B.Arn}/*");
    check("!Join ['-', [a, !If [Open, x, y]]]", "<a-x|a-y>");
    check("!Join ['-', [a, !If [Open, x, !Ref AWS::NoValue]]]", "${Fn::Join(-,a,Fn::If(Open,x,AWS::NoValue))}");
    check("!Join ['-', []]", "");
    check("!Select [1, !Ref Subnets]", "b");
    check("!Select ['0', [x, y]]", "x");
    check("!Select [0, !GetAZs '']", "${Fn::Select(0,Fn::GetAZs())}");
    check("!Select [9, [x]]", "${Fn::Select(9,x)}");
    check("!Select [1, !Split ['-', a-b]]", "b");
    check("!Select [5, !Split [':', !GetAtt Queue.Arn]]", "${Fn::Select(5,Fn::Split(:,Queue.Arn))}");
    check("!Split [',', 'a,b']", "[a, b]");
    check("{'Fn::Length': !Ref Subnets}", "3");
    check("{'Fn::Length': !Ref Zones}", "${Fn::Length(Zones)}");
    check("!Base64 abc", "YWJj");
    check("{'Fn::Base64': !Sub '${Stage}'}", "${Fn::Base64(Stage)}");
    check(
        "{'Fn::ToJsonString': {a: [1, true, null], b: !Ref Stage, c: 'x\"y'}}",
        r#"{"a":[1,true,null],"b":"${Stage}","c":"x\"y"}"#,
    );
    check("!Cidr [10.0.0.0/16, 2, 8]", "${Fn::Cidr(10.0.0.0/16,2,8)}");
    check("!ImportValue shared-Arn", "${Fn::ImportValue(shared-Arn)}");
    check("{'Fn::ImportValue': !Sub '${Stage}-Arn'}", "${Fn::ImportValue(Stage-Arn)}");
}

#[test]
fn maps() {
    check("!FindInMap [Map, eu, size]", "big");
    check("!FindInMap [Map, !Ref AWS::Region, size]", "<big|small>");
    check("!FindInMap [Map, !Ref AWS::Region, zone]", "same");
    check("!FindInMap [Map, none, size]", "${Fn::FindInMap(Map,none,size)}");
    check("!FindInMap [Map, none, size, {DefaultValue: tiny}]", "tiny");
    check("!FindInMap [Map, !Ref AWS::Region, size, {DefaultValue: tiny}]", "<big|small|tiny>");
    check("!FindInMap [Nowhere, a, b]", "${Fn::FindInMap(Nowhere,a,b)}");
}

#[test]
fn conditions_have_three_values() {
    for (name, expected) in [
        ("Yes", "true"),
        ("No", "false"),
        ("Open", "${Fn::Condition(Open)}"),
        ("AlsoOpen", "${Fn::Condition(AlsoOpen)}"),
        ("Shut", "false"),
        ("Either", "true"),
        ("HasTable", "true"),
        ("Loop", "${Fn::Condition(Loop)}"),
        ("Missing", "${Fn::Condition(Missing)}"),
    ] {
        check(&format!("!Condition {name}"), expected);
    }
    check("!Equals [!Ref Stage, !Ref Stage]", "true");
    check("!Equals [!Ref Stage, !Ref AWS::Region]", "${Fn::Equals(Stage,AWS::Region)}");
    check("!Equals [!FindInMap [Map, !Ref Stage, size], medium]", "false");
    check("!Equals [true, 'true']", "true");
}

#[test]
fn both_branches_of_an_undecided_choice_are_kept() {
    check("!If [Yes, a, b]", "a");
    check("!If [No, a, b]", "b");
    check("!If [Open, a, b]", "<a|b>");
    check("!If [Open, a, a]", "a");
    check("!If [Open, a, !If [Open, b, c]]", "<a|b|c>");
    check("!If [Open, a, !Ref AWS::NoValue]", "<a|->");
    check("[!If [Open, [a], [b]]]", "[<[a]|[b]>]");
    check("!If [Shut, !Ref AWS::NoValue, {a: b}]", "{a: b}");
}

#[test]
fn loops() {
    check(
        "{'Fn::ForEach::Loop': [X, [a, b], {'k${X}': !Sub '${X}-${Stage}', 'n&{X}': !Ref X}]}",
        "{ka: a-${Stage}, na: a, kb: b-${Stage}, nb: b}",
    );
    check(
        "{'Fn::ForEach::Loop': [X, !Ref Subnets, {'${X}': {'Fn::GetAtt': ['${X}', Arn]}}]}",
        "{a: ${a.Arn}, b: ${b.Arn}, c: ${c.Arn}}",
    );
    check(
        "{'Fn::ForEach::O': [X, [a, b], {'Fn::ForEach::I': [Y, [c], {'${X}${Y}': !Ref Y}]}], z: 1}",
        "{ac: c, bc: c, z: 1}",
    );
    let parsed = evaluate("{'Fn::ForEach::Loop': [X, !Ref Zones, {'k${X}': !Ref X}]}");
    assert_eq!(show(&parsed.value), "{k${X}: ${X}}");
    assert!(parsed.gaps[0].why.contains("known only at deployment"));
}

#[test]
fn inclusions() {
    check(
        "{'Fn::Transform': {Name: AWS::Include, Parameters: {Location: ./extra.yaml}}}",
        "[{Effect: Allow, Action: s3:orders}]",
    );
    check("{a: 1, 'Fn::Transform': {Name: AWS::Include, Parameters: {Location: entries.json}}}", "{a: 1, k: orders}");
    for (location, why) in [
        ("s3://bucket/x.yaml", "not a file of the project"),
        ("none.yaml", "no such file"),
        ("../x.yaml", "not a file of the project"),
        ("!Ref Stage", "known only at deployment"),
    ] {
        let parsed = evaluate(&format!(
            "{{a: 1, 'Fn::Transform': {{Name: AWS::Include, Parameters: {{Location: {location}}}}}}}"
        ));
        assert_eq!(show(&parsed.value), "{a: 1}");
        assert!(parsed.gaps[0].why.contains(why), "{:?}", parsed.gaps);
    }
    let parsed = evaluate("{'Fn::Transform': {Name: AWS::Include, Parameters: {Location: extra.yaml}}}").value;
    assert_eq!(parsed.items().next().unwrap().location("t.yaml").to_string(), "extra.yaml:1:3");
}

#[test]
fn what_is_not_known_is_a_reference_and_a_gap() {
    for value in ["!Magic x", "{'Fn::Magic': x}"] {
        let parsed = evaluate(value);
        assert_eq!(show(&parsed.value), "${Fn::Magic(x)}");
        assert!(parsed.gaps[0].why.contains("is not known"));
    }
    check("!Join [x]", "${Fn::Join(x)}");
    check("!Sub [a, b, c]", "${a,b,c}");
    check("!If [Open, x]", "${Fn::If(Open,x)}");
}

#[test]
fn text_keeps_its_first_line() {
    let parsed = evaluate("!Sub |\n  line ${Table}\n").value;
    assert_eq!(parsed.place.content_line, parsed.place.line + 1);
    let parsed = evaluate("\n  Fn::Sub:\n    - |\n      line ${A}\n    - {A: b}\n").value;
    assert_eq!(parsed.place.content_line, parsed.place.line + 2);
}

fn stack(text: &str, given: &[(&str, &str)]) -> Parsed<Stack> {
    let values = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    read(text, "t.yaml", &Parameters { values }, &MemoryProject::default()).unwrap()
}

#[test]
fn reads_resources_with_conditions() {
    let text = "Parameters: {Stage: {Type: String}}\nConditions: {Prod: !Equals [!Ref Stage, prod]}\nResources:\n  \
                A: {Type: 'AWS::X::Y', Condition: Prod, Properties: {Name: !Ref Stage}}\n  B: [1]\n";
    let parsed = stack(text, &[]);
    let a = parsed.value.resource("A").unwrap();
    assert_eq!((a.kind.as_str(), a.place.line), ("AWS::X::Y", 4));
    assert_eq!(a.condition.as_ref().unwrap().holds, Truth::Unknown);
    assert!(parsed.value.resource("B").is_none());
    assert!(parsed.gaps[0].why.contains("resource `B` is a list"));
    let given = stack(text, &[("Stage", "dev")]).value;
    assert!(given.resource("A").unwrap().is_excluded());
    assert_eq!(given.resource("A").unwrap().property("Name").unwrap().literal().unwrap(), "dev");
}

#[test]
fn detects_templates() {
    let cases = [
        ("Transform: AWS::Serverless-2016-10-31\nResources: {}", Some(Dialect::Sam)),
        (
            "Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\nResources: {A: {Type: x}}",
            Some(Dialect::Sam),
        ),
        ("Resources: {A: {Type: 'AWS::Serverless::Function'}}", Some(Dialect::Sam)),
        ("AWSTemplateFormatVersion: 2010-09-09\nResources: {}", Some(Dialect::CloudFormation)),
        ("Resources: {A: {Type: 'AWS::S3::Bucket'}}", Some(Dialect::CloudFormation)),
        ("{\"Resources\": {\"A\": {\"Type\": \"AWS::S3::Bucket\"}}}", Some(Dialect::CloudFormation)),
        ("resources: {Resources: {A: {Type: 'AWS::S3::Bucket'}}}", None),
        ("Resources: {A: {Type: x}}", None),
        ("- a", None),
    ];
    for (text, expected) in cases {
        assert_eq!(detect(&parse(text, "t").unwrap().value), expected, "{text}");
    }
}

#[test]
fn macros_of_the_user_are_gaps() {
    let gaps = stack("Transform: [AWS::Serverless-2016-10-31, Mine]\nResources: {}", &[]).gaps;
    assert_eq!(gaps.len(), 1);
    assert!(gaps[0].why.contains("macro `Mine`"));
}

#[test]
fn the_same_template_in_json_and_yaml_is_the_same() {
    let yaml = "Resources: {A: {Type: 'AWS::X::Y', Properties: {P: {'Fn::Sub': '${B}'}, Q: [1, true]}}}";
    let json =
        r#"{"Resources": {"A": {"Type": "AWS::X::Y", "Properties": {"P": {"Fn::Sub": "${B}"}, "Q": [1, true]}}}}"#;
    let shown = |text| show(&stack(text, &[]).value.resource("A").unwrap().body);
    assert_eq!(shown(yaml), shown(json));
}

#[test]
fn a_long_chain_of_conditions_is_cut() {
    let mut text = "Resources: {A: {Type: 'AWS::X::Y', Condition: C0}}\nConditions:\n".to_owned();
    for level in 0..5_000 {
        text.push_str(&format!("  C{level}: !Not [!Condition C{}]\n", level + 1));
    }
    let parsed = stack(&text, &[]);
    assert_eq!(parsed.value.resource("A").unwrap().condition.as_ref().unwrap().holds, Truth::Unknown);
}

#[test]
fn deep_nesting_of_functions_is_no_overflow() {
    let depth = 95;
    let text =
        format!("Resources: {{A: {{Type: 'AWS::X::Y', P: {}x{}}}}}", "!Join ['', [".repeat(depth), "]]".repeat(depth));
    assert_eq!(show(stack(&text, &[]).value.resource("A").unwrap().body.get("P").unwrap()), "x");
}

#[test]
fn a_bomb_of_loops_or_parameters_ends_in_a_gap() {
    let list = format!("[{}]", ["a"; 200].join(", "));
    let body = (0..4).fold("{'K${A0}${A1}${A2}${A3}': {Type: 'AWS::X::Y'}}".to_owned(), |body, level| {
        format!("{{'Fn::ForEach::L{level}': [A{level}, {list}, {body}]}}")
    });
    let parsed = stack(&format!("Resources: {body}"), &[]);
    assert!(parsed.gaps.iter().any(|gap| gap.why.contains("too many")), "{:?}", parsed.gaps.first());

    let uses = vec!["!Sub '${P}${P}${P}${P}'"; 5_000].join(", ");
    let text = format!(
        "Parameters: {{P: {{Type: String, Default: {}}}}}\nResources: {{A: {{Type: 'A::B', P: [{uses}]}}}}",
        "x".repeat(50_000)
    );
    let parsed = stack(&text, &[]);
    assert!(parsed.gaps.iter().any(|gap| gap.why.contains("more than")), "{:?}", parsed.gaps.first());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_template_evaluates(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "!Ref A", "!Sub '${A}${B.C}'", "!If [C, ", "!Join ['', [", "]", "]]", "{", "}", "[", ", ", "a: ", "Ref: ",
                "'Fn::ForEach::X': [Y, [p, q], {'${Y}': ", "!Select [1, ", "!Split [',', ", "!FindInMap [M, a, ", "x", "1",
                "!Condition C", "!Not [", "!Equals [", "'Fn::Transform': ", "!GetAtt ", "!Magic ",
            ]),
            0..40,
        )
    ) {
        let text = format!(
            "Parameters: {{A: {{Type: CommaDelimitedList, Default: 'a,b'}}}}\nMappings: {{M: {{a: {{b: c}}}}}}\n\
             Conditions: {{C: !Equals [!Ref AWS::Region, x]}}\nResources:\n  R:\n    P: {}\n",
            pieces.concat()
        );
        let _ = read(&text, "t", &Parameters::default(), &MemoryProject::default());
    }
}
