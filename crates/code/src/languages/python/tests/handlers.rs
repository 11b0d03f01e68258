//! Which functions count: handlers, imports, functions that are handed over.

use super::*;

#[test]
fn handlers_in_all_their_spellings() {
    let code = "import boto3\ndef run(e, c):\n    boto3.client('s3').list_buckets()\nclass App:\n    def go(self, e, c):\n        boto3.client('sqs').list_queues()\n";
    for (path, handler, expected) in [
        ("app.py", "app.run", "app.py:3 s3.ListBuckets()"),
        ("src/app.py", "src/app.run", "src/app.py:3 s3.ListBuckets()"),
        ("src/app.py", "src.app.run", "src/app.py:3 s3.ListBuckets()"),
        ("src/app.py", "./src/app.run", "src/app.py:3 s3.ListBuckets()"),
        ("pkg/__init__.py", "pkg.run", "pkg/__init__.py:3 s3.ListBuckets()"),
        ("pkg/mod.py", "pkg.mod.App.go", "pkg/mod.py:6 sqs.ListQueues()"),
    ] {
        testing::check(&[(path, code)], Some(handler), Some("python3.12"), &[expected]);
    }
    let missing = testing::facts(&[("app.py", code)], Some("nope.run"), Some("python3.12"));
    assert_eq!(missing.value.calls.len(), 2);
    assert_eq!(missing.gaps.len(), 1, "{:?}", missing.gaps);
    let member_missing = testing::facts(&[("app.py", code)], Some("app.nope"), Some("python3.12"));
    assert_eq!(member_missing.value.calls.len(), 2);
    assert_eq!(member_missing.gaps.len(), 1, "{:?}", member_missing.gaps);
}

#[test]
fn imports_in_all_their_forms() {
    let db = "import boto3\ns3 = boto3.client('s3')\n";
    for (main, other) in [
        ("from pkg.db import s3\ndef handler(e, c):\n    s3.list_buckets()\n", "pkg/db.py"),
        ("import pkg.db\ndef handler(e, c):\n    pkg.db.s3.list_buckets()\n", "pkg/db.py"),
        ("from pkg import db\ndef handler(e, c):\n    db.s3.list_buckets()\n", "pkg/db.py"),
        ("from db import *\ndef handler(e, c):\n    s3.list_buckets()\n", "db.py"),
        ("from pkg import s3\ndef handler(e, c):\n    s3.list_buckets()\n", "pkg/__init__.py"),
        ("import importlib\ndef handler(e, c):\n    importlib.import_module('db').s3.list_buckets()\n", "db.py"),
        ("N = 'd' + 'b'\ndef handler(e, c):\n    __import__(N).s3.list_buckets()\n", "db.py"),
        ("from db import s3\ndef handler(e, c):\n    s3.list_buckets()\n", "src/db.py"),
        ("def handler(e, c):\n    from db import s3\n    s3.list_buckets()\n", "db.py"),
    ] {
        check_handler(&[("app.py", main), (other, db)], &["app.py:3 s3.ListBuckets()"]);
    }
    check_handler(
        &[
            (
                "app.py",
                "import importlib\ndef handler(e, c):\n    m = importlib.import_module(f\"plugins.{e['name']}\")\n    importlib.import_module('.' + e['n'], package='plugins')\n    m.run()\n",
            ),
            ("plugins/__init__.py", ""),
            ("plugins/a.py", "import boto3\ndef run():\n    boto3.client('s3').list_buckets()\n"),
            ("plugins/b/__init__.py", "import boto3\ndef run():\n    boto3.client('sqs').list_queues()\n"),
        ],
        &["plugins/a.py:3 s3.ListBuckets()", "plugins/b/__init__.py:3 sqs.ListQueues()"],
    );
    testing::check(
        &[
            (
                "svc/api/app.py",
                "from ..shared.db import s3\nfrom . import local\ndef handler(e, c):\n    s3.list_buckets()\n    local.go(s3)\n",
            ),
            ("svc/api/local.py", "def go(c):\n    c.get_object(Bucket='b', Key='k')\n"),
            ("svc/shared/db.py", db),
        ],
        Some("svc/api/app.handler"),
        Some("python3.9"),
        &["svc/api/app.py:4 s3.ListBuckets()", "svc/api/local.py:2 s3.GetObject(Bucket=b Key=k)"],
    );
    check_handler(
        &[
            ("app.py", "from pkg import s3, go\ndef handler(e, c):\n    go()\n"),
            ("pkg/__init__.py", "from .db import s3\nfrom .ops import *\n"),
            ("pkg/db.py", db),
            ("pkg/ops.py", "from pkg.db import s3\ndef go():\n    s3.list_buckets()\n"),
        ],
        &["pkg/ops.py:3 s3.ListBuckets()"],
    );
}

#[test]
fn functions_that_are_handed_over_run() {
    for text in [
        "import boto3, threading\ns3 = boto3.client('s3')\ndef work(n):\n    s3.list_buckets()\ndef handler(e, c):\n    threading.Thread(target=work, args=(1,)).start()\n",
        "import boto3\ns3 = boto3.client('s3')\ndef work(n):\n    s3.list_buckets()\ndef handler(e, c):\n    list(map(work, e['x']))\n",
        "import boto3\ns3 = boto3.client('s3')\ndef work(n):\n    s3.list_buckets()\nACTIONS = {'a': work}\ndef handler(e, c):\n    ACTIONS[e['a']](1)\n",
        "import boto3\ns3 = boto3.client('s3')\ndef work(n):\n    s3.list_buckets()\ndef handler(e, c):\n    globals().get('x')\n    [work(i) for i in e]\n",
        "import boto3, somelib\ns3 = boto3.client('s3')\ndef work(n):\n    s3.list_buckets()\ndef handler(e, c):\n    somelib.run(callback=work)\n",
        "import boto3, somelib\ns3 = boto3.client('s3')\ndef work(n):\n    s3.list_buckets()\ndef handler(e, c):\n    sorted(e, key=lambda x: work(x))\n    max(e, key=work)\n",
        "import boto3\nfrom lib import App\napp = App(); s3 = boto3.client('s3'); _ = 0; x = (lambda: s3.nothing)\n@app.get('/x')\ndef route():\n  s3.list_buckets()\ndef handler(e, c):\n    return app.resolve(e, c)\n",
    ] {
        let line = 1 + text.lines().position(|line| line.contains("s3.list_buckets()")).unwrap();
        check_handler(&[("app.py", text)], &[&format!("app.py:{line} s3.ListBuckets()")]);
    }
    // The object is never used.
    check_handler(
        &[(
            "app.py",
            "import boto3\nfrom lib import App\napp = App()\n@app.get('/x')\ndef route():\n    boto3.client('s3').list_buckets()\n@app.get('/y')\ndef other():\n    boto3.client('s3').list_buckets()\ndef handler(e, c):\n    return 1\n",
        )],
        &[],
    );
}
