use super::*;
use crate::{MemoryProject, Value};

/// `node` as JSON, keys in order.
fn show(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Sequence(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(",")),
        Value::Mapping(entries) => {
            let entries: Vec<_> =
                entries.iter().map(|(key, value)| format!("{}:{}", key.as_str().unwrap_or("?"), show(value))).collect();
            format!("{{{}}}", entries.join(","))
        }
        Value::Text(text) => format!("'{text}'"),
        _ => node.scalar_text().unwrap_or_default().to_owned(),
    }
}

/// What the first file exports, and the gaps.
fn exported(files: &[(&str, &str)]) -> (Option<Node>, Vec<Gap>) {
    let project = MemoryProject::new(files.iter().copied());
    let (path, text) = files[0];
    let mut gaps = Vec::new();
    let node = read(&project, path, text.as_bytes(), crate::project::folder_of(path), &mut gaps).unwrap();
    (node, gaps)
}

#[track_caller]
fn check(files: &[(&str, &str)], expected: &str) {
    let (node, gaps) = exported(files);
    assert_eq!((node.as_ref().map(show).as_deref(), gaps), (Some(expected), Vec::new()), "of {}", files[0].1);
}

#[test]
fn reads_values_that_are_written_down() {
    for (text, expected) in [
        (
            "module.exports = {a: 1, 'b-c': [true, null, 'x'], ['d' + 1]: `e${2}f`}",
            "{a:1,b-c:[true,null,'x'],d1:'e2f'}",
        ),
        ("export default {a: 1} as const satisfies X", "{a:1}"),
        ("const c: AWS = {a: `\\${self:custom.x}`}; export = c;", "{a:'${self:custom.x}'}"),
        ("const c = {a: {b: 2}}; module.exports = {...c, x: c.a.b, y: c['a'], z: undefined}", "{a:{b:2},x:2,y:{b:2}}"),
        ("const l = [1]; export default {l: [0, ...l, 2]}", "{l:[0,1,2]}"),
        ("export const a = 1; export function f() { return 2 }\nexport { a as b }", "{a:1,f:'${program:m.ts:1}',b:1}"),
        ("exports.a = 1; module.exports.b = 2", "{a:1,b:2}"),
        ("const f = (n: string) => ({handler: `${n}.main`}); module.exports = {x: f('a')}", "{x:{handler:'a.main'}}"),
        ("function f(n) { const p = `src/${n}`; return {p} }\nmodule.exports = {x: f('a')}", "{x:{p:'src/a'}}"),
        ("module.exports = async () => ({a: 1})", "{a:1}"),
        (
            "module.exports = {e: process.env.A, d: process.env.A || 'x', n: process.env.A ?? process.env.B ?? 5}",
            "{e:'${env:A}',d:'${env:A, 'x'}',n:'${env:A, env:B, '5'}'}",
        ),
        ("const {a, b: c} = {a: 1, b: 2}; module.exports = {a, c}", "{a:1,c:2}"),
        ("module.exports = Object.assign({}, {a: 1}, {a: 2})", "{a:2}"),
        ("const c: any = {a: 1}; c.b = {d: 2}; c['e'] = 3; module.exports = c", "{a:1,b:{d:2},e:3}"),
        ("module.exports = {a: 1}; module.exports.b = 2", "{a:1,b:2}"),
        ("const c = {a: 1}; console.log(c); module.exports = {c}", "{c:{a:1}}"),
        ("function f() { require('x').config() }\nf(); module.exports = {a: 1}", "{a:1}"),
    ] {
        let (node, _) = exported(&[("m.ts", text)]);
        assert_eq!(node.as_ref().map(show).as_deref(), Some(expected), "of {text}");
    }
}

#[test]
fn follows_imports_within_the_project() {
    let template = "import type { AWS } from '@serverless/typescript';\nimport hello from '@functions/hello';\nimport { table as t } from './res';\nconst c: AWS = { functions: { hello }, resources: t };\nmodule.exports = c;\n";
    let hello = "import { handlerPath } from '@libs/handler-resolver';\nexport default { handler: `${handlerPath(__dirname)}/handler.main` };\n";
    let resolver = "export const handlerPath = (context: string) => {\n  return `${context.split(process.cwd())[1].substring(1).replace(/\\\\/g, '/')}`\n};\n";
    let files = [
        ("api/serverless.ts", template),
        ("api/src/functions/index.ts", "export { default as hello } from './hello';"),
        ("api/src/functions/hello/index.ts", hello),
        ("api/src/libs/handler-resolver.ts", resolver),
        ("api/res.ts", "export const table = require('./table.json');"),
        ("api/table.json", "{\"T\": 1}"),
        ("api/tsconfig.json", "{ // aliases\n \"extends\": \"./tsconfig.paths.json\", }"),
        (
            "api/tsconfig.paths.json",
            "{\"compilerOptions\": {\"baseUrl\": \".\", \"paths\": {\"@functions/*\": [\"src/functions/*\"], \"@libs/*\": [\"src/libs/*\"]}}}",
        ),
    ];
    let (node, _) = exported(&files);
    let node = node.unwrap();
    assert_eq!(show(&node), "{functions:{hello:{handler:'src/functions/hello/handler.main'}},resources:{T:1}}");
    let handler = node.at(&["functions", "hello", "handler"]).unwrap();
    assert_eq!(handler.location("x").to_string(), "api/src/functions/hello/index.ts:2:27");
    let common = [
        (
            "m.js",
            "const x = require('./x'); const {n} = require('./x'); const y = require('./y/index.js'); module.exports = {x, n, y: y.z}",
        ),
        ("x.js", "module.exports = {n: 1}"),
        ("y/index.js", "exports.z = () => 5; exports.z = 4"),
    ];
    let (node, _) = exported(&common);
    assert!(show(&node.unwrap()).starts_with("{x:{n:1},n:1,y:"));
    check(
        &[
            ("m.mjs", "import * as f from './f.js'; export default {...f}"),
            ("f.ts", "export const a = 1; export * from './g'"),
            ("g.ts", "export const b = 2"),
        ],
        "{a:1,b:2}",
    );
}

#[test]
fn what_has_to_be_run_is_a_reference_and_a_gap() {
    for (text, expected, gap) in [
        ("module.exports = {a: f(), b: 1}", "{a:'${program:m.js:1}',b:1}", "m.js:1:22: `a` is worked out by running"),
        ("module.exports = {a: `x-${f()}`}", "{a:'x-${program:m.js:1}'}", "a part of a text"),
        ("module.exports = {...f(), b: 1}", "{b:1}", "what is spread here"),
        ("const a = b; const b = a; module.exports = {a}", "{a:'${program:m.js:1}'}", "`a` is worked out"),
        ("import x from 'package'; export default {x}", "{x:'${program:m.js:1}'}", "`x` is worked out"),
        (
            "const f = {}; if (x) { f.a = 1 } else { f['b'] = 2 }\nmodule.exports = {f}",
            "{f:'${program:m.js:2}'}",
            "`f` is worked out",
        ),
        ("import o from './o'; o.a = 1; export default {o}", "{o:'${program:m.js:1}'}", "`o` is worked out"),
        ("const l = [1]; l.push(2); module.exports = {l}", "{l:'${program:m.js:1}'}", "`l` is worked out"),
        ("const c = {}; Object.assign(c, x); module.exports = {c}", "{c:'${program:m.js:1}'}", "`c` is worked out"),
        ("let c = 1; function f() { c = 2 }\nmodule.exports = {c}", "{c:'${program:m.js:2}'}", "`c` is worked out"),
        ("module.exports = {a: c ? 1 : 2}", "{a:'${program:m.js:1}'}", "`a` is worked out"),
    ] {
        let (node, gaps) = exported(&[("m.js", text)]);
        assert_eq!(node.as_ref().map(show).as_deref(), Some(expected), "of {text}");
        assert!(
            gaps.iter().any(|found| format!("{}: {}", found.location, found.why).contains(gap)),
            "{text}: {gaps:?}"
        );
    }
    for text in [
        "",
        "module.exports = f()",
        "module.exports = async () => { if (a) { return {} } }",
        "const a = require('./m'); module.exports = a",
    ] {
        let (node, gaps) = exported(&[("m.js", text)]);
        assert!(node.is_none() && !gaps.is_empty(), "{text}: {node:?}");
    }
}

#[test]
fn is_bounded() {
    let deep = format!("module.exports = {}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let wide = format!("const a = [1,1,1,1,1,1,1,1]; module.exports = {}", "{a: ".repeat(40) + &"}".repeat(40));
    let mut bomb = "const a0 = [1, 1];\n".to_owned();
    for level in 1..60 {
        bomb.push_str(&format!("const a{level} = [...a{}, ...a{}];\n", level - 1, level - 1));
    }
    bomb.push_str("module.exports = {x: a59}");
    let project = MemoryProject::default();
    for text in [
        deep,
        wide,
        bomb,
        "!".repeat(100_000),
        "(".repeat(100_000),
        "a.".repeat(60_000),
        "a=>".repeat(40_000),
        "a?b:".repeat(30_000),
        "a<".repeat(60_000),
        "typeof ".repeat(18_000),
        "`${".repeat(40_000),
        "if(a)b;else ".repeat(10_000),
    ] {
        let _ = read(&project, "m.js", text.as_bytes(), "", &mut Vec::new());
    }
    assert!(read(&project, "m.js", &vec![b' '; MAX_PROGRAM_BYTES + 1], "", &mut Vec::new()).is_err());
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(100))]

    #[test]
    fn reads_any_program_without_panic(text in "(module.exports ?=|const|export|import|default|\\{|\\}|\\[|\\]|\\.\\.\\.|a|b|'|`|\\$\\{|=>|\\(|\\)|:|,|;|\n| ){0,40}") {
        let _ = read(&MemoryProject::new([("a.js", "module.exports = {b: 1}")]), "m.ts", text.as_bytes(), "", &mut Vec::new());
    }
}
