//! Code that is broken, hostile, or spread over folders.

use super::*;

#[test]
fn hostile_code_ends() {
    let deep_calls = (0..60).map(|n| format!("def f{n}(x):\n    f{}(x); f{}([x])\n", n + 1, n + 1)).collect::<String>();
    let loops = (0..14).map(|n| format!("{}for i{n} in x:\n", " ".repeat(n))).collect::<String>()
        + &" ".repeat(14)
        + "c = [c, x]\n";
    let elifs = "if x: a()\n".to_owned() + &"elif x: b()\n".repeat(3_000);
    let chain = format!("import boto3\nx = boto3{}\n", ".a()".repeat(3_000));
    let sum = format!("x = ''{}\n", " + 'a'".repeat(30_000));
    let doubling = "x = 'a'\n".to_owned() + &"x = x + x\n".repeat(200);
    let growing =
        "def f(x):\n    return f({'a': x})\nf(1)\ndef g(*a, **k):\n    return g(*a, 1, **k, **{'b': a})\ng()\n";
    let cycle = "class A(A): pass\nclass B:\n    def __getattr__(self, n): return getattr(self, n)\n    def __iter__(self): return self\nfor x in B().y: x.z()\nwith B() as b: b()\n";
    let many = (0..5_000).map(|n| format!("def f{n}():\n    return boto3.client('s3')\n")).collect::<String>();
    for text in [
        &*deep_calls,
        &loops,
        &elifs,
        &chain,
        &sum,
        &doubling,
        growing,
        cycle,
        &many,
        "import app\nfrom app import *\nfrom . import app\n",
        "def",
        "x = (",
        "\u{feff}import boto3\n",
        "\0\0",
        "f'{f\"{x!r:>{w}}\"}'",
        "print 'python 2'\nimport boto3\nboto3.client('s3').list_buckets()\n",
    ] {
        testing::facts(&[("app.py", text)], None, None);
        testing::facts(&[("app.py", text)], Some("app.f0"), Some("python3.12"));
    }
}

#[test]
fn broken_files_are_gaps_and_the_rest_counts() {
    let parsed = testing::facts(
        &[
            ("bad.py", "import boto3\nprint 'x'\nboto3.client('s3').list_buckets()\n"),
            ("deep.py", &"(".repeat(9_000)),
            ("good.py", "import boto3\nboto3.client('sqs').list_queues()\n"),
        ],
        None,
        None,
    );
    let calls: Vec<String> = parsed.value.calls.iter().map(testing::line).collect();
    assert_eq!(calls, ["bad.py:3 s3.ListBuckets()", "good.py:2 sqs.ListQueues()"]);
    let places: Vec<String> = parsed.gaps.iter().map(|gap| gap.location.to_string()).collect();
    assert_eq!(places, ["bad.py:2:7", "deep.py:1:1"]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        let artifact = artifact::Artifact::from_memory([("app.py", bytes.as_slice())]);
        crate::analyze(&artifact, &crate::Request { handler: Some("app.x"), ..Default::default() });
    }

    #[test]
    fn any_sequence_of_words_is_read_without_a_panic(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..120)) {
        let text = words.join(" ");
        testing::facts(&[("app.py", &text)], None, None);
    }
}

/// What random programs are made of.
const WORDS: &[&str] = &[
    "def f(a, *b, c=1, **d):\n ",
    "class A(B):\n ",
    "return",
    "yield",
    "yield from",
    "await",
    "lambda x: ",
    "if",
    "else",
    "elif x:\n ",
    "for x in",
    "while",
    "with",
    "as",
    "try:\n ",
    "except E:\n ",
    "finally:\n ",
    "match x:\n case",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    ":=",
    "=",
    "+=",
    "+",
    "*",
    "**",
    "%",
    "|",
    ".",
    ",",
    ";",
    "\n",
    "\n ",
    "\n  ",
    "x",
    "self",
    "A",
    "f",
    "boto3",
    "client",
    "'s3'",
    "import boto3\n",
    "from . import x\n",
    "from x import *\n",
    "super()",
    "global x",
    "nonlocal x",
    "f'{x}'",
    "'a %s'",
    "1",
    "None",
    "True",
    "not",
    "and",
    "or",
    "is",
    "in",
    "==",
    "@f\n",
    "getattr",
    "objects",
    "get_object",
    "...",
    "del x",
    "async ",
    "raise",
];

#[test]
fn imports_may_leave_the_function_s_folder_within_the_project() {
    let app = "from shared.db import table\nfrom ..common import notify\nimport layer_util\ndef handler(e, c):\n    table.scan()\n    notify()\n    layer_util.go()\n";
    let common = "import boto3\ndef notify():\n    boto3.client('sns').publish(TopicArn='t')\n";
    let project = [
        ("services/orders/app.py", app),
        ("services/common.py", common),
        ("shared/db.py", "import boto3\ntable = boto3.resource('dynamodb').Table('t')\n"),
        ("python/layer_util.py", "import boto3\ndef go():\n    boto3.client('sqs').list_queues()\n"),
    ];
    let project = artifact::Artifact::from_memory(project.iter().map(|(path, text)| (*path, text.as_bytes())));
    let own = artifact::Artifact::from_memory([("app.py", app.as_bytes())]);
    let surroundings = crate::Surroundings { artifact: &project, folder: "services/orders" };
    let request = crate::Request {
        handler: Some("app.handler"),
        runtime: None,
        surroundings: Some(surroundings),
        ..Default::default()
    };
    let parsed = crate::analyze(&own, &request);
    let calls: Vec<String> = parsed.value.calls.iter().map(testing::line).collect();
    assert_eq!(
        calls,
        [
            "app.py:5 dynamodb.Scan(TableName=t) [resource]",
            "python/layer_util.py:3 sqs.ListQueues()",
            "services/common.py:3 sns.Publish(TopicArn=t)",
        ],
        "{:?}",
        parsed.gaps
    );
    let alone = crate::analyze(&own, &crate::Request { surroundings: None, ..request });
    assert!(alone.value.calls.is_empty());
    let whys: Vec<&str> = alone.gaps.iter().map(|gap| gap.why.as_str()).collect();
    assert_eq!(whys, ["`..common` is imported here and is not among the files; calls made there are not seen"]);
}

#[test]
fn variables_that_are_set_need_no_defaults() {
    let app = "import boto3, os\nT = os.environ.get('T', 'dev-table')\nU = os.getenv('U') or 'dev'\ndef handler(e, c):\n    boto3.client(os.environ['SERVICE']).list_tables(ExclusiveStartTableName=T, Limit=U)\n";
    let own = artifact::Artifact::from_memory([("app.py", app.as_bytes())]);
    let variable = |name: &str, value: &str| model::function::EnvironmentVariable {
        name: name.to_owned(),
        value: model::SymbolicText::literal(value),
        location: model::Location::file("template.yaml"),
    };
    let environment = [variable("SERVICE", "dynamodb"), variable("T", "t"), variable("U", "u")];
    let request = crate::Request { handler: Some("app.handler"), environment: &environment, ..Default::default() };
    let calls: Vec<String> = crate::analyze(&own, &request).value.calls.iter().map(testing::line).collect();
    assert_eq!(calls, ["app.py:5 dynamodb.ListTables(ExclusiveStartTableName=${env:T} Limit=${env:U})"]);
}
