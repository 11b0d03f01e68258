use std::fmt::Write;

use super::*;
use crate::{MemoryProject, Value};

/// `node` in one line: mappings `{a: b}`, lists `[a, b]`, texts with unknown parts after `~`, tags as written.
fn show(node: &Node) -> String {
    let tag = match node.tag.as_deref() {
        Some("!Sub") => "~".to_owned(),
        Some(tag) => format!("{tag} "),
        None => String::new(),
    };
    let value = match &node.value {
        Value::Null => "null".to_owned(),
        Value::Sequence(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Value::Mapping(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", key.as_str().unwrap_or("?"), show(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Text(text) => format!("'{text}'"),
        _ => node.scalar_text().unwrap_or_default().to_owned(),
    };
    tag + &value
}

fn service(files: &[(&str, &str)], given: &Options) -> Parsed<Service> {
    let project = MemoryProject::new(files.iter().copied());
    let file = files[0].0;
    read(files[0].1.as_bytes(), file, &project, given).unwrap()
}

/// The section `x` of a configuration with `files`, and the gaps, one a line.
fn section(files: &[(&str, &str)], given: &Options) -> (String, String) {
    let Parsed { value, gaps } = service(files, given);
    let mut shown = String::new();
    for gap in gaps {
        writeln!(shown, "{}: {}", gap.location, gap.why).unwrap();
    }
    (value.root.get("x").map(show).unwrap_or_default(), shown)
}

#[track_caller]
fn check(yaml: &str, expected: &str) {
    let (shown, gaps) = section(&[("serverless.yml", yaml)], &Options::default());
    assert_eq!((shown.as_str(), gaps.as_str()), (expected, ""), "of {yaml}");
}

#[track_caller]
fn check_gap(files: &[(&str, &str)], expected: &str, expected_gap: &str) {
    let (shown, gaps) = section(files, &Options::default());
    assert_eq!(shown, expected, "of {}", files[0].1);
    assert!(gaps.contains(expected_gap), "{gaps} lacks {expected_gap}");
}

#[test]
fn replaces_variables_by_values_of_any_type() {
    for (yaml, expected) in [
        ("custom: {a: 1, l: [p, q]}\nx: ${self:custom.a}", "1"),
        ("custom: {a: 1, l: [p, q]}\nx: a-${self:custom.a}-b", "'a-1-b'"),
        ("custom: {a: 1, l: [p, q]}\nx: ${self:custom.l}", "['p', 'q']"),
        ("custom: {a: 1, l: [p, q]}\nx: ${self:custom.l.1}", "'q'"),
        ("custom: {a: true}\nx: {y: [\"${self:custom.a}\"]}", "{y: [true]}"),
        ("custom: {a: '${self:custom.b}', b: '${self:custom.c}', c: z}\nx: ${self:custom.a}", "'z'"),
        ("custom: {a: '${self:custom.b.d}', b: '${self:custom.c}', c: {d: z}}\nx: ${self:custom.a}", "'z'"),
        ("custom: {dev: {t: small}}\nx: ${self:custom.${sls:stage}.t}", "'small'"),
        ("custom: {flag: 'true'}\nx: ${strToBool(${self:custom.flag})}", "true"),
        ("x: ${strToBool(${opt:nope, 'false'})}", "false"),
        ("x: ${self:custom.no, 'd'}", "'d'"),
        ("custom: {n: null}\nx: ${self:custom.n, 5}", "5"),
        ("x: ${opt:a, opt:b, true}", "true"),
        ("custom: {y: q}\nx: ${opt:a, ${self:custom.y}}", "'q'"),
        ("custom: {y: q}\nx: ${opt:a, '${self:custom.y}-z'}", "'q-z'"),
        ("x: \\${self:custom.a}", "'${self:custom.a}'"),
        ("x: no variable", "'no variable'"),
    ] {
        check(yaml, expected);
    }
}

#[test]
fn knows_stage_region_and_service_without_being_told() {
    for (yaml, expected) in [
        ("x: ${sls:stage}/${opt:stage}/${self:provider.stage}", "'dev/dev/dev'"),
        ("x: ${aws:region}/${opt:region}/${self:provider.region}", "'us-east-1/us-east-1/us-east-1'"),
        ("provider: {stage: prod}\nx: ${sls:stage}/${opt:stage}/${self:provider.stage}", "'prod/prod/prod'"),
        ("provider: {stage: \"${opt:stage, 'qa'}\"}\nx: ${sls:stage}/${opt:stage, self:provider.stage}", "'qa/qa'"),
        ("custom: {s: qa}\nprovider: {stage: \"${opt:stage, self:custom.s}\"}\nx: ${self:provider.stage}", "'qa'"),
        ("provider: {region: eu-west-1}\nx: ${aws:region}", "'eu-west-1'"),
        ("provider: {stage: '${env:STAGE}'}\nx: ${opt:stage, 'a'}", "'a'"),
        ("service: shop\nx: ${self:service}-${self:service.name}", "'shop-shop'"),
        ("service: {name: shop}\nx: ${self:service}-${self:service.name}", "'shop-shop'"),
        ("params: {default: {d: 1}, dev: {d: 2}}\nx: ${param:d}", "2"),
        ("stages: {default: {params: {d: 1}}}\nx: ${param:d}", "1"),
    ] {
        let (shown, _) = section(&[("serverless.yml", yaml)], &Options::default());
        assert_eq!(shown, expected, "of {yaml}");
    }
    let given = Options { stage: Some("prod".into()), ..Options::default() };
    let yaml = "provider: {stage: qa}\ncustom: {prod: {t: big}}\nx: ${self:custom.${opt:stage, 'dev'}.t}-${sls:stage}";
    assert_eq!(section(&[("serverless.yml", yaml)], &given).0, "'big-prod'");
}

#[test]
fn keeps_what_only_a_deployment_knows_as_references() {
    for (yaml, expected) in [
        ("x: ${aws:accountId}", "~'${AWS::AccountId}'"),
        ("x: arn:aws:s3:::${ssm:/app/${sls:stage}/bucket}/*", "~'arn:aws:s3:::${ssm:/app/dev/bucket}/*'"),
        ("x: ${cf(eu-west-1):stack.out}", "~'${cf(eu-west-1):stack.out}'"),
        ("x: ${ssm:/a, 'default'}", "~'${ssm:/a}'"),
        ("x: ${AWS::Region}", "'${AWS::Region}'"),
        ("x: ${AWS::Region}-${ssm:/a}", "~'${!AWS::Region}-${ssm:/a}'"),
        ("x: {Fn::Sub: 'a-${AWS::Region}-${ssm:/a}'}", "{Fn::Sub: 'a-${AWS::Region}-${ssm:/a}'}"),
        ("x: !Sub 'a-${AWS::Region}-${ssm:/a}'", "~'a-${AWS::Region}-${ssm:/a}'"),
        ("x: {Fn::Sub: ['${ssm:/a}', {B: '${ssm:/b}'}]}", "{Fn::Sub: ['${ssm:/a}', {B: ~'${ssm:/b}'}]}"),
        (
            "custom: {t: '${AWS::Region}-${ssm:/a}'}\nx: {Fn::Sub: '${self:custom.t}'}",
            "{Fn::Sub: '${AWS::Region}-${ssm:/a}'}",
        ),
        ("custom: {t: 'q-${ssm:/a}'}\nx: 'p-${self:custom.t}-r'", "~'p-q-${ssm:/a}-r'"),
        ("custom: {t: Table}\nx: !GetAtt '${self:custom.t}.Arn'", "!GetAtt 'Table.Arn'"),
        ("custom: {t: Table}\nx: !Ref ${self:custom.t}", "!Ref 'Table'"),
        ("plugins: [serverless-pseudo-parameters]\nx: arn:#{AWS::Region}:${ssm:/a}", "~'arn:${AWS::Region}:${ssm:/a}'"),
        ("x: arn:#{AWS::Region}", "'arn:#{AWS::Region}'"),
    ] {
        check(yaml, expected);
    }
    check_gap(
        &[("serverless.yml", "x: '${env:TABLE}-${opt:b}'")],
        "~'${env:TABLE}-${opt:b}'",
        "`${env:TABLE}`, `${opt:b}`",
    );
}

#[test]
fn reads_files_of_the_project_and_keeps_their_places() {
    let files = [
        ("api/serverless.yml", "custom: ${file(../shared/custom.yml)}\nx: ${self:custom.list}"),
        (
            "shared/custom.yml",
            "name: orders\nlist:\n  - ${self:custom.name}\n  - ${file(./${sls:stage}.json):size}\n  - ${file(note.txt)}",
        ),
        ("api/dev.json", "{\"size\": 3}"),
        ("api/note.txt", "hello"),
    ];
    let Parsed { value, gaps } = service(&files, &Options::default());
    assert_eq!(gaps, []);
    let list = value.root.get("x").unwrap();
    assert_eq!(show(list), "['orders', 3, 'hello']");
    let places: Vec<_> = list.items().iter().map(|item| value.location(item).to_string()).collect();
    assert_eq!(places, ["shared/custom.yml:1:7", "api/dev.json:1:10", "api/note.txt:1:1"]);
    assert_eq!(value.location(list).to_string(), "shared/custom.yml:3:3");
}

#[test]
fn falls_back_when_a_file_or_key_is_missing() {
    let files = [
        ("serverless.yml", "x: ['${file(no.yml):a, 1}', '${file(c.yml):a.b, 2}', '${file(e.yml), 3}']"),
        ("c.yml", "a: {}"),
        ("e.yml", ""),
    ];
    assert_eq!(section(&files, &Options::default()), ("[1, 2, 3]".to_owned(), String::new()));
}

#[test]
fn says_what_it_cannot_decide() {
    for (files, shown, gap) in [
        (
            &[("serverless.yml", "x: ${self:custom.no}")][..],
            "~'${self:custom.no}'",
            "serverless.yml:1:4: `${self:custom.no}` has no value: `custom.no` is not in the configuration",
        ),
        (
            &[("serverless.yml", "x: ${file(a.js):b, 'd'}"), ("a.js", "module.exports = f()")],
            "~'${file(a.js):b, 'd'}'",
            "`a.js` is a program, which is not run",
        ),
        (
            &[("serverless.yml", "x: ${file(a.js):b, 'd'}"), ("a.js", "module.exports = {b: f()}")],
            "~'${program:a.js:1}'",
            "a.js:1:22: `b` is worked out by running",
        ),
        (&[("serverless.yml", "x: ${file(../a.yml)}")], "~'${file(../a.yml)}'", "`../a.yml` is outside the project"),
        (&[("serverless.yml", "x: ${file(no.yml)}")], "~'${file(no.yml)}'", "there is no file `no.yml`"),
        (&[("serverless.yml", "x: ${file(a.yml)}"), ("a.yml", "a: [")], "~'${file(a.yml)}'", "cannot read `a.yml:1"),
        (
            &[("serverless.yml", "x: ${file(${env:S}.yml)}")],
            "~'${file(env:S.yml)}'",
            "the name of the file depends on values",
        ),
        (&[("serverless.yml", "x: ${opt:stage, dev}")], "'${opt:stage, dev}'", "neither a source"),
        (
            &[("serverless.yml", "x: a-${self:custom}\ncustom: {a: b}")],
            "~'a-${self:custom}'",
            "stands inside a text but is a mapping",
        ),
        (
            &[("serverless.yml", "x: a-${self:custom.r}\ncustom: {r: !Ref B}")],
            "~'a-${self:custom.r}'",
            "a CloudFormation function",
        ),
        (&[("serverless.yml", "provider: {variableSyntax: x}\nx: a")], "'a'", "`variableSyntax` changes"),
    ] {
        check_gap(files, shown, gap);
    }
}

#[test]
fn stops_at_cycles() {
    for yaml in [
        "x: ${self:x}",
        "x: a${self:x}",
        "custom: {a: '${self:custom.b}', b: '${self:custom.a}'}\nx: ${self:custom.a}",
        "custom: {a: '${self:custom.b.c}', b: '${self:custom.a}'}\nx: ${self:custom.a}",
        "custom: {a: {b: '${self:custom.a}'}}\nx: ${self:custom.a}",
        "x: ${self:}",
        "x: {y: '${self:x.y.z}'}",
    ] {
        let (_, gaps) = section(&[("serverless.yml", yaml)], &Options::default());
        assert!(gaps.contains("refers to itself"), "{yaml}: {gaps}");
    }
    for file in ["x: ${file(a.yml)}", "x: ${file(a.yml):x}", "x: a${file(a.yml):x}"] {
        let (_, gaps) = section(&[("serverless.yml", "x: ${file(a.yml):x}"), ("a.yml", file)], &Options::default());
        assert!(gaps.contains("itself") || gaps.contains("levels"), "{file}: {gaps}");
    }
}

#[test]
fn is_bounded_in_time_and_memory() {
    let mut bomb = "custom:\n  a0: [x, x]\n".to_owned();
    let mut texts = "custom:\n  a0: ''\n".to_owned();
    let mut chain = "custom:\n  a0: end\n".to_owned();
    for level in 1..60 {
        let below = level - 1;
        writeln!(bomb, "  a{level}: ['${{self:custom.a{below}}}', '${{self:custom.a{below}}}']").unwrap();
        writeln!(texts, "  a{level}: '${{self:custom.a{below}}}${{self:custom.a{below}}}'").unwrap();
        writeln!(chain, "  a{level}: ${{self:custom.a{below}}}").unwrap();
    }
    let (_, gaps) = section(&[("serverless.yml", &(bomb + "x: ${self:custom.a59}"))], &Options::default());
    assert!(gaps.contains("the rest is left out"), "{gaps}");
    check(&(texts + "x: ${self:custom.a59}"), "''");
    check(&(chain + "x: ${self:custom.a59}"), "'end'");
    let mut long = "custom:\n  a0: end\n".to_owned();
    for level in (1..5_000).rev() {
        writeln!(long, "  a{level}: a${{self:custom.a{}}}", level - 1).unwrap();
    }
    for yaml in [long.clone(), long.replace(" a$", " $")] {
        let (_, gaps) = section(&[("serverless.yml", &(yaml + "x: ${self:custom.a4999}"))], &Options::default());
        assert!(gaps.contains("levels"), "{gaps}");
    }
}

#[test]
fn reads_dotenv_files_only_when_told() {
    let dotenv = (".env", "TABLE=orders\n");
    let stage = (".env.dev", "TABLE=orders-dev\n");
    for (yaml, files, expected) in [
        ("useDotenv: true\nx: ${env:TABLE}", &[dotenv][..], "'orders'"),
        ("useDotenv: true\nx: ${env:TABLE}", &[dotenv, stage], "'orders-dev'"),
        ("frameworkVersion: '4'\nx: ${env:TABLE}", &[dotenv], "'orders'"),
        ("frameworkVersion: '>=3.2 <4'\nx: ${env:TABLE}", &[dotenv], "~'${env:TABLE}'"),
        ("useDotenv: false\nframeworkVersion: ^4.1.0\nx: ${env:TABLE}", &[dotenv], "~'${env:TABLE}'"),
    ] {
        let files: Vec<_> = std::iter::once(("serverless.yml", yaml)).chain(files.iter().copied()).collect();
        assert_eq!(section(&files, &Options::default()).0, expected, "of {yaml}");
    }
}

#[test]
fn merges_sections_given_as_lists() {
    let yaml = "functions:\n  - a: {handler: a.b}\n  - ${file(f.yml)}\nresources:\n  - Resources: {A: 1}\n  - Resources: {B: 2}\n    Outputs: {O: 3}\n";
    let files = [("serverless.yml", yaml), ("f.yml", "b: {handler: b.c}")];
    let Parsed { value, gaps } = service(&files, &Options::default());
    assert_eq!(gaps, []);
    assert_eq!(show(value.root.get("functions").unwrap()), "{a: {handler: 'a.b'}, b: {handler: 'b.c'}}");
    assert_eq!(show(value.root.get("resources").unwrap()), "{Resources: {A: 1, B: 2}, Outputs: {O: 3}}");
    let (_, gaps) = section(&[("serverless.yml", "functions:\n  - ${file(f.js)}\n")], &Options::default());
    assert!(gaps.contains("an item of `functions` is not known"), "{gaps}");
}

#[test]
fn reads_programs_that_write_their_values_down() {
    let files = [
        ("serverless.yml", "x: '${file(a.js):b}-${file(c.ts):d}'"),
        ("a.js", "module.exports = () => ({b: process.env.B || 'q'})"),
        ("c.ts", "export const d: string = '${sls:stage}'"),
    ];
    assert_eq!(section(&files, &Options::default()), ("'q-dev'".to_owned(), String::new()));
    let files = [
        (
            "api/serverless.ts",
            "import x from './x'; export default {service: 's', custom: {a: 1}, x: [x, '${self:custom.a}']}",
        ),
        ("api/x.ts", "export default {y: 2}"),
    ];
    let Parsed { value, gaps } = service(&files, &Options::default());
    assert_eq!((show(value.root.get("x").unwrap()).as_str(), gaps), ("[{y: 2}, 1]", Vec::new()));
    assert_eq!(
        value.location(value.root.at(&["x"]).unwrap().items()[0].get("y").unwrap()).to_string(),
        "api/x.ts:1:20"
    );
    let project = MemoryProject::default();
    assert!(read(b"module.exports = f()", "serverless.js", &project, &Options::default()).is_err());
}

#[test]
fn reads_json_and_refuses_what_is_no_mapping() {
    let files = [("serverless.json", "{\"custom\": {\"a\": 1}, \"x\": \"${self:custom.a}\"}")];
    assert_eq!(section(&files, &Options::default()).0, "1");
    let project = MemoryProject::default();
    for text in ["[1]", "a: [", "", "just text"] {
        assert!(read(text.as_bytes(), "serverless.yml", &project, &Options::default()).is_err(), "{text}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(200))]

    #[test]
    fn reads_any_bytes_without_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let _ = read(&bytes, "serverless.yml", &MemoryProject::default(), &Options::default());
    }

    #[test]
    fn reads_any_variables_without_panic(
        a in "[${}()':,a-c\"\\\\ .~&*!-]{0,30}",
        b in "(\\$\\{(self|file|opt|env)(\\(f.yml\\))?:(custom)?\\.?[abc]?(, )?){0,3}\\}{0,3}",
        c in "(\\$\\{self:custom\\.[abc]\\}|\\$\\{file\\(f.yml\\)\\}|[a-z])(\\$\\{self:(custom.)?[abc]\\})?",
    ) {
        let quote = |text: &str| serde_json::Value::from(text).to_string();
        let json = format!("{{\"custom\": {{\"a\": {}, \"b\": {}, \"c\": {}}}, \"x\": \"${{self:custom}}\"}}", quote(&a), quote(&b), quote(&c));
        let project = MemoryProject::new([("f.yml", "a: ${self:custom.b}\nb: ${file(f.yml):a}\n")]);
        let _ = read(json.as_bytes(), "serverless.json", &project, &Options::default());
    }
}
