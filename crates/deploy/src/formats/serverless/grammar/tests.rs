use super::*;

/// `pieces` in one line: variables as `<source|source>`, lookups as `kind(parameter;…)@address`.
fn show(pieces: &[Piece]) -> String {
    pieces.iter().map(show_piece).collect()
}

fn show_piece(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => text.clone(),
        Piece::Variable(variable) => {
            let sources: Vec<_> = variable.sources.iter().map(show_source).collect();
            format!("<{}>", sources.join("|"))
        }
    }
}

fn show_source(source: &Source) -> String {
    match source {
        Source::Literal(literal) => show_literal(literal),
        Source::Nested(template) => show(template),
        Source::Lookup { kind, parameters, address } => {
            let parameters: Vec<_> = parameters.iter().map(show_parameter).collect();
            let parameters = if parameters.is_empty() { String::new() } else { format!("({})", parameters.join(";")) };
            format!("{kind}{parameters}@{}", address.as_deref().map_or(String::new(), show))
        }
    }
}

fn show_parameter(parameter: &Parameter) -> String {
    match parameter {
        Parameter::Literal(literal) => show_literal(literal),
        Parameter::Template(template) => show(template),
    }
}

fn show_literal(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => format!("'{text}'"),
        Literal::Number(text) => text.clone(),
        Literal::Boolean(value) => value.to_string(),
        Literal::Null => "null".to_owned(),
    }
}

fn check(text: &str, expected: &str) {
    match parse(text) {
        Ok(pieces) => assert_eq!(show(&pieces), expected, "of {text}"),
        Err(error) => panic!("{text} {error}"),
    }
}

#[test]
fn reads_variables_of_every_form() {
    for (text, expected) in [
        ("", ""),
        ("plain", "plain"),
        ("${self:custom.a}", "<self@custom.a>"),
        ("${self:}", "<self@>"),
        ("a-${sls:stage}-b", "a-<sls@stage>-b"),
        ("${opt:stage, 'dev'}", "<opt@stage|'dev'>"),
        ("${opt:stage,\"dev\"}", "<opt@stage|'dev'>"),
        ("${opt:stage, self:provider.stage, 'dev'}", "<opt@stage|self@provider.stage|'dev'>"),
        ("${opt:a, true}${opt:b, 5}${opt:c, null}", "<opt@a|true><opt@b|5><opt@c|null>"),
        ("${env:NAME, ''}", "<env@NAME|''>"),
        ("${file(./c.yml):a.b}", "<file('./c.yml')@a.b>"),
        ("${file(./c.${opt:stage, 'dev'}.yml):x}", "<file(./c.<opt@stage|'dev'>.yml)@x>"),
        ("${file('./a b.yml')}", "<file('./a b.yml')@>"),
        ("${self:custom.${self:provider.stage}.x}", "<self@custom.<self@provider.stage>.x>"),
        ("${cf(us-west-2):stack.out}", "<cf('us-west-2')@stack.out>"),
        ("${cf.us-west-2:stack.out}", "<cf.us-west-2@stack.out>"),
        ("${ssm:/path/to/key~true}", "<ssm@/path/to/key~true>"),
        ("${ssm(us-east-1, noDecrypt):/a}", "<ssm('us-east-1';'noDecrypt')@/a>"),
        ("${strToBool(${env:A, 'false'})}", "<strToBool(<env@A|'false'>)@>"),
        ("${opt:stage, ${self:custom.stage}}", "<opt@stage|<self@custom.stage>>"),
        ("${file(a.json), file(b.json):k}", "<file('a.json')@|file('b.json')@k>"),
        ("${s3:bucket/key.txt}", "<s3@bucket/key.txt>"),
        ("${self:\n  custom.a}", "<self@custom.a>"),
    ] {
        check(text, expected);
    }
}

#[test]
fn leaves_what_belongs_to_others_as_text() {
    for text in [
        "${AWS::Region}",
        "arn:${AWS::Partition}:s3:::${Bucket}",
        "${Table.Arn}",
        "${!Literal}",
        "${stageVariables.x}",
        "${aws::x}",
        "${}",
        "${",
        "$",
        "${lower}",
        "${lower.Arn}",
        "#{AWS::Region}",
        "a \\ b \\\\ c",
    ] {
        check(text, text);
    }
    check("${Prefix}-${self:a}", "${Prefix}-<self@a>");
    check("${!${self:a}}", "${!<self@a>}");
}

#[test]
fn honours_escapes() {
    check("\\${self:a}", "${self:a}");
    check("\\\\${self:a}", "\\<self@a>");
    check("\\\\\\${self:a}", "\\${self:a}");
}

#[test]
fn names_what_is_wrong() {
    for (text, expected) in [
        ("${self:a", SyntaxError::Unterminated),
        ("${file(a.yml", SyntaxError::Unterminated),
        ("${opt:stage, dev}", SyntaxError::InvalidSource),
        ("${opt:stage, 'dev", SyntaxError::Unterminated),
        ("${opt:stage, 'dev' x}", SyntaxError::InvalidAddress),
        ("${self:custom.${AWS::Region}}", SyntaxError::InvalidSource),
        ("${file(a.yml}", SyntaxError::InvalidSource),
    ] {
        assert_eq!(parse(text), Err(expected), "of {text}");
    }
}

#[test]
fn stops_at_a_nesting_no_one_writes() {
    let deep = format!("{}x{}", "${self:".repeat(100_000), "}".repeat(100_000));
    assert_eq!(parse(&deep), Err(SyntaxError::TooDeep));
}

#[test]
fn keeps_the_text_of_a_variable_as_written() {
    let pieces = parse("x${opt:stage,  self:provider.stage}y").unwrap();
    let [_, Piece::Variable(variable), _] = pieces.as_slice() else { panic!("{pieces:?}") };
    assert_eq!(variable.text, "${opt:stage,  self:provider.stage}");
}

proptest::proptest! {
    #[test]
    fn reads_any_text_without_panic(text in "[${}()':,a-z\"\\\\ .]{0,40}") {
        let _ = parse(&text);
    }
}
