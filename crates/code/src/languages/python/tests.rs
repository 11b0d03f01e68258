//! Whole behaviours on small files.

mod handlers;
mod hostile;

use crate::testing;

/// The calls of one file without a handler.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    testing::check(&[("app.py", text)], None, None, expected);
}

/// The calls that `app.handler` reaches in these files.
#[track_caller]
fn check_handler(files: &[(&str, &str)], expected: &[&str]) {
    testing::check(files, Some("app.handler"), Some("python3.12"), expected);
}

#[test]
fn clients_are_known_however_they_are_made() {
    for text in [
        "import boto3\nboto3.client('s3').get_object(Bucket='b', Key='k')\n",
        "import boto3 as b\nb.client('s3').get_object(Bucket='b', Key='k')\n",
        "from boto3 import client\nclient('s3').get_object(Bucket='b', Key='k')\n",
        "from boto3 import client as c\nc(service_name='s3').get_object(Bucket='b', Key='k')\n",
        "import boto3\nboto3.client(service_name='s3', region_name='x').get_object(Bucket='b', Key='k')\n",
        "import boto3\nboto3.Session().client('s3').get_object(Bucket='b', Key='k')\n",
        "import boto3.session\nboto3.session.Session(profile_name='p').client('s3').get_object(Bucket='b', Key='k')\n",
        "from boto3.session import Session\nSession().client('s3').get_object(Bucket='b', Key='k')\n",
        "import botocore.session\nbotocore.session.get_session().create_client('s3').get_object(Bucket='b', Key='k')\n",
        "import boto3\nboto3.DEFAULT_SESSION.client('s3').get_object(Bucket='b', Key='k')\n",
        "import boto3\nboto3.resource('s3').meta.client.get_object(Bucket='b', Key='k')\n",
        "import boto3\nS = 's3'; boto3.client(S).get_object(Bucket='b', Key='k')\n",
        "import boto3\n(c := boto3.client('s3')).get_object(Bucket='b', Key='k')\n",
        "import boto3\nf = boto3.client; f('s3').get_object(Bucket='b', Key='k')\n",
        "import boto3\ngetattr(boto3, 'client')('s3').get_object(Bucket='b', Key='k')\n",
        "import importlib\nimportlib.import_module('boto3').client('s3').get_object(Bucket='b', Key='k')\n",
        "import boto3\nx = {'s': boto3.client('s3')}['s'].get_object(Bucket='b', Key='k')\n",
        "import boto3\na, b = boto3.client('s3'), 1; a.get_object(Bucket='b', Key='k')\n",
    ] {
        check(text, &["app.py:2 s3.GetObject(Bucket=b Key=k)"]);
    }
}

#[test]
fn code_without_an_sdk_is_never_guessed_at() {
    for text in [
        "import json\njson.load(open('x'))\n",
        "import yaml, torch, pickle\nyaml.load(f); torch.load(f); pickle.load(f)\n",
        "def f(d, x):\n    d.copy()\n    x.delete()\n    x.query(Table='x'); x.scan(); x.publish(TopicArn='x')\n",
        "import requests\nrequests.get('x').delete()\nclient = make()\nclient.get_object(Bucket='b', Key='k')\n",
        "import boto3\nimport json\nd = {}\nd.copy(); json.load(open('x')); [].copy()\n",
        "import boto3\ns3 = boto3.client('s3')\nimport redis\nr = redis.Redis()\nr.publish('a', 'b'); r.copy(); r.delete()\n",
        "import boto3\ns3 = boto3.client('s3')\ndef f(obj):\n    obj.delete()\n    obj.copy()\n",
    ] {
        check(text, &[]);
    }
}

#[test]
fn the_micro_battery() {
    for (text, expected) in [
        (
            "import boto3\nS='dynamodb'\nc = boto3.client(S)\nc.get_item(TableName='t', Key={})\n",
            &["app.py:4 dynamodb.GetItem(Key= TableName=t)"][..],
        ),
        (
            "import boto3\ns3 = boto3.client('s3')\ns3.download_file(Bucket='b', Key='k', Filename='/tmp/x')\ns3.upload_file('/tmp/x', 'b', 'k2')\n",
            &["app.py:3 s3.GetObject(Bucket=b Key=k) [transfer]", "app.py:4 s3.PutObject(Bucket=b Key=k2) [transfer]"],
        ),
        (
            "import boto3\ns3 = boto3.client('s3')\ns3.generate_presigned_url('get_object', Params={'Bucket': 'b', 'Key': 'k'}, ExpiresIn=5)\ns3.generate_presigned_post(Bucket='b', Key='k')\n",
            &["app.py:3 s3.GetObject(Bucket=b Key=k) [presign]", "app.py:4 s3.PutObject(Bucket=b Key=k) [presign]"],
        ),
        ("import boto3\nc = boto3.client('s3')\ngetattr(c, 'list_buckets')()\n", &["app.py:3 s3.ListBuckets()"]),
        ("import boto3\nc = boto3.client('s3')\nf = c.list_buckets\nf()\n", &["app.py:4 s3.ListBuckets()"]),
        (
            "import boto3\nsqs = boto3.resource('sqs')\nq = sqs.get_queue_by_name(QueueName='q')\nq.send_message(MessageBody='m')\nfor m in q.receive_messages(MaxNumberOfMessages=1):\n    m.delete()\n",
            &[
                "app.py:3 sqs.GetQueueUrl(QueueName=q) [resource]",
                "app.py:4 sqs.SendMessage(MessageBody=m QueueUrl=*) [resource]",
                "app.py:5 sqs.ReceiveMessage(MaxNumberOfMessages=1 QueueUrl=*) [resource]",
                "app.py:6 sqs.DeleteMessage(QueueUrl=* ReceiptHandle=*) [resource]",
            ],
        ),
        (
            "import boto3\nb = boto3.resource('s3').Bucket('b')\nb.objects.filter(Prefix='p').delete()\nfor o in b.objects.all():\n    o.get()\n    print(o.size)\n",
            &[
                "app.py:3 s3.DeleteObjects(Bucket=b Delete.Objects.Key=*) [resource]",
                "app.py:3 s3.ListObjects(Bucket=b Prefix=p) [resource]",
                "app.py:4 s3.ListObjects(Bucket=b) [resource]",
                "app.py:5 s3.GetObject(Bucket=b Key=*) [resource]",
            ],
        ),
        (
            "import boto3\nclass A:\n    def __init__(self):\n        self.c = boto3.client('s3')\n    def run(self):\n        self.c.list_buckets()\n",
            &["app.py:6 s3.ListBuckets()"],
        ),
        (
            "import boto3\nC = {'a': boto3.client('s3'), 'b': boto3.client('sqs')}\nC['b'].list_queues()\nfor n, c in C.items():\n    c.close()\n",
            &["app.py:3 sqs.ListQueues()"],
        ),
        (
            "import boto3\ndef make(n):\n    return boto3.client(n)\nmake('s3').list_buckets()\nmake('sqs').list_queues()\n",
            &["app.py:4 s3.ListBuckets()", "app.py:5 sqs.ListQueues()"],
        ),
        (
            "import boto3\nc = boto3.client('s3')\np = c.get_paginator('list_objects_v2')\nfor page in p.paginate(Bucket='b', PaginationConfig={'MaxItems': 3}):\n    page.get('Contents')\n",
            &["app.py:4 s3.ListObjectsV2(Bucket=b) [paginator]"],
        ),
        (
            "import boto3\nc = boto3.client('s3')\nc.get_waiter('object_exists').wait(Bucket='b', Key='k', WaiterConfig={})\n",
            &["app.py:3 s3.HeadObject(Bucket=b Key=k) [waiter]"],
        ),
    ] {
        check(text, expected);
    }
}

#[test]
fn environment_and_text_flow_into_arguments() {
    for (expression, expected) in [
        ("os.environ['T']", "${env:T}"),
        ("os.environ.get('T')", "${env:T}"),
        ("os.environ.get('T', 'd')", "d|${env:T}"),
        ("os.getenv('T', default='d')", "d|${env:T}"),
        ("environ['T']", "${env:T}"),
        ("getenv('T')", "${env:T}"),
        ("f\"{os.environ['T']}-x\"", "${env:T}-x"),
        ("f'a{1}b'", "a1b"),
        ("f'{N}{N}'", "nn"),
        ("'{}-{n}'.format(N, n=os.environ['T'])", "n-${env:T}"),
        ("'{0}{{x}}{0}'.format(N)", "n{x}n"),
        ("'%s-%s' % (N, os.environ['T'])", "n-${env:T}"),
        ("'%(a)s' % {'a': N}", "n"),
        ("'a' + N + 'c'", "anc"),
        ("'-'.join(['a', N])", "a-n"),
        ("N.upper()", "N"),
        ("str(os.environ['T'])", "${env:T}"),
        ("'a' if x() else 'b'", "a|b"),
        ("os.environ.get('T') or 'b'", "b|${env:T}"),
        ("random.choice()", "*"),
        ("event['x']", "*"),
        ("f\"p/{event['x']}\"", "p/*"),
        ("CONFIG['t']", "tt"),
        ("CONFIG.get('t')", "tt"),
        ("Names.ORDERS", "oo"),
        ("Kind.A.value", "kk"),
        ("settings.table", "ss"),
        ("name()", "nn"),
    ] {
        let text = format!(
            "import boto3, os, random\nfrom enum import Enum\nfrom os import environ, getenv\nN = 'n'\nCONFIG = {{'t': 'tt'}}\nclass Names:\n    ORDERS = 'oo'\nclass Kind(Enum):\n    A = 'kk'\nclass S:\n    def __init__(self):\n        self.table = 'ss'\nsettings = S()\ndef name():\n    return 'nn'\ndef handler(event, context):\n    boto3.client('sns').publish(TopicArn={expression})\n"
        );
        let expected = format!("app.py:17 sns.Publish(TopicArn={expected})");
        check_handler(&[("app.py", &text)], &[&expected]);
    }
}

#[test]
fn only_what_the_handler_reaches_counts() {
    let text = "import boto3
s3 = boto3.client('s3')
def used():
    s3.list_buckets()
def unused():
    s3.delete_bucket(Bucket='b')
class A:
    def __init__(self):
        s3.get_object(Bucket='b', Key='k')
    def run(self):
        s3.put_object(Bucket='b', Key='k')
    def not_run(self):
        s3.delete_object(Bucket='b', Key='k')
def handler(event, context):
    used()
    a = A()
    a.run()
if __name__ == '__main__':
    s3.create_bucket(Bucket='b')
";
    check_handler(
        &[("app.py", text)],
        &[
            "app.py:4 s3.ListBuckets()",
            "app.py:9 s3.GetObject(Bucket=b Key=k)",
            "app.py:11 s3.PutObject(Bucket=b Key=k)",
        ],
    );
    testing::check(
        &[("app.py", text)],
        None,
        None,
        &[
            "app.py:4 s3.ListBuckets()",
            "app.py:6 s3.DeleteBucket(Bucket=b)",
            "app.py:9 s3.GetObject(Bucket=b Key=k)",
            "app.py:11 s3.PutObject(Bucket=b Key=k)",
            "app.py:13 s3.DeleteObject(Bucket=b Key=k)",
            "app.py:19 s3.CreateBucket(Bucket=b)",
        ],
    );
}

#[test]
fn shadowed_functions_do_not_count() {
    check(
        "import boto3\ns3 = boto3.client('s3')\ndef f():\n    s3.list_buckets()\ndef f():\n    s3.get_object(Bucket='b', Key='k')\n",
        &["app.py:6 s3.GetObject(Bucket=b Key=k)"],
    );
}

#[test]
fn clients_flow_between_files() {
    check_handler(
        &[
            (
                "app.py",
                "from db import table, get_client as gc\nfrom lib.store import Store\nimport lib.util as u\nfrom lib import store\ndef handler(e, c):\n    table.get_item(Key={'id': 1})\n    gc().list_queues()\n    Store(table).save({'a': 1})\n    u.notify('x')\n    store.helper()\n",
            ),
            (
                "db.py",
                "import boto3, os\ntable = boto3.resource('dynamodb').Table(os.environ['TABLE'])\ndef get_client():\n    return boto3.client('sqs')\n",
            ),
            ("lib/__init__.py", ""),
            (
                "lib/store.py",
                "class Store:\n    def __init__(self, table):\n        self._table = table\n    def save(self, item):\n        return self._table.put_item(Item=item)\ndef helper():\n    pass\n",
            ),
            (
                "lib/util.py",
                "import boto3\nfrom .names import TOPIC\ndef notify(m):\n    boto3.client('sns').publish(TopicArn=TOPIC, Message=m)\n",
            ),
            ("lib/names.py", "TOPIC = 'arn:t'\n"),
        ],
        &[
            "app.py:6 dynamodb.GetItem(Key=id Key.id=1 TableName=${env:TABLE}) [resource]",
            "app.py:7 sqs.ListQueues()",
            "lib/store.py:5 dynamodb.PutItem(Item=a Item.a=1 TableName=${env:TABLE}) [resource]",
            "lib/util.py:4 sns.Publish(Message=x TopicArn=arn:t)",
        ],
    );
}

#[test]
fn wrappers_are_as_clear_as_the_calls_they_wrap() {
    check(
        "import boto3
ddb = boto3.client('dynamodb')
def call(op, **kw):
    return getattr(ddb, op)(**kw)
call('get_item', TableName='a', Key={})
call('delete_item', TableName='b', Key={})
for name in ['list_tables', 'describe_limits']:
    getattr(ddb, name)()
def invoke(client, method, params):
    fn = getattr(client, method)
    return fn(**params)
invoke(boto3.client('sqs'), 'send_message', {'QueueUrl': 'q', 'MessageBody': 'm'})
",
        &[
            "app.py:4 dynamodb.DeleteItem(Key= TableName=b)",
            "app.py:4 dynamodb.GetItem(Key= TableName=a)",
            "app.py:8 dynamodb.DescribeLimits()",
            "app.py:8 dynamodb.ListTables()",
            "app.py:11 sqs.SendMessage(MessageBody=m QueueUrl=q)",
        ],
    );
}

#[test]
fn arguments_are_followed_through_dicts() {
    check(
        "import boto3
ddb = boto3.client('dynamodb')
def f(start, extra):
    params = {'TableName': 't', 'Limit': 5}
    if start:
        params['ExclusiveStartKey'] = start
    params.update(IndexName='i')
    ddb.query(**params)
    ddb.scan(TableName='x', **extra)
    ddb.batch_get_item(RequestItems={'one': {'Keys': []}, 'two': {}})
    ddb.transact_write_items(TransactItems=[{'Put': {'TableName': 'p'}}, {'Delete': {'TableName': 'd'}}])
",
        &[
            "app.py:8 dynamodb.Query(ExclusiveStartKey=* IndexName=i Limit=5 TableName=t)",
            "app.py:9 dynamodb.Scan(TableName=x …)",
            "app.py:10 dynamodb.BatchGetItem(RequestItems=one|two RequestItems.one=Keys RequestItems.one.Keys= RequestItems.two=)",
            "app.py:11 dynamodb.TransactWriteItems(TransactItems=Delete|Put TransactItems.Delete=TableName TransactItems.Delete.TableName=d TransactItems.Put=TableName TransactItems.Put.TableName=p)",
        ],
    );
}

#[test]
fn python_ways_of_holding_a_client() {
    for text in [
        // lazily made globals
        "import boto3\n_c = None\ndef get():\n    global _c\n    if _c is None:\n        _c = boto3.client('s3')\n    return _c\ndef handler(e, x):\n    get().list_buckets()\n",
        "import boto3\n_cache = {}\ndef get(n):\n    if n not in _cache:\n        _cache[n] = boto3.client(n)\n    return _cache[n]\ndef handler(e, x):\n    pass\n    get('s3').list_buckets()\n",
        "import boto3\nfrom functools import lru_cache\n@lru_cache(maxsize=None)\ndef get(n):\n    return boto3.client(n)\n\n\ndef handler(e, x):\n    get('s3').list_buckets()\n",
        "import boto3, functools\n@functools.cache\ndef get():\n    return boto3.client('s3')\n\n\n\ndef handler(e, x):\n    get().list_buckets()\n",
        // classes
        "import boto3\nclass A:\n    c = boto3.client('s3')\n    @classmethod\n    def go(cls):\n        return cls\n\ndef handler(e, x):\n    A.go().c.list_buckets()\n",
        "import boto3\nclass A:\n    @property\n    def c(self):\n        return boto3.client('s3')\n\n\ndef handler(e, x):\n    A().c.list_buckets()\n",
        "import boto3\nclass B:\n    def __init__(self, n):\n        self.c = boto3.client(n)\nclass A(B):\n    def __init__(self):\n        super().__init__('s3')\ndef handler(e, x):\n    A().c.list_buckets()\n",
        "import boto3\nclass A:\n    _i = None\n    def __new__(cls):\n        if cls._i is None:\n            cls._i = super().__new__(cls); cls._i.c = boto3.client('s3')\n        return cls._i\ndef handler(e, x):\n    A().c.list_buckets()\n",
        "import boto3\nfrom dataclasses import dataclass\n@dataclass\nclass D:\n    c: object\n    n: int = 0\n\ndef handler(e, x):\n    D(boto3.client('s3')).c.list_buckets()\n",
        "import boto3\nclass A:\n    def __getattr__(self, name):\n        return getattr(boto3.client('s3'), name)\n\n\n\ndef handler(e, x):\n    A().list_buckets()\n",
        // closures, partials, context managers, generators
        "import boto3\ndef outer():\n    c = boto3.client('s3')\n    def inner():\n        return c\n    return inner\n\ndef handler(e, x):\n    outer()().list_buckets()\n",
        "import boto3\nfrom functools import partial\nmk = partial(boto3.client, 's3')\n\n\n\n\ndef handler(e, x):\n    mk(region_name='r').list_buckets()\n",
        "import boto3\nfrom contextlib import contextmanager\n@contextmanager\ndef c():\n    yield boto3.client('s3')\n\ndef handler(e, x):\n  with c() as s:\n    s.list_buckets()\n",
        "import boto3\nclass M:\n    def __enter__(self):\n        return boto3.client('s3')\n    def __exit__(self, *a): pass\n\ndef handler(e, x):\n  with M() as s:\n    s.list_buckets()\n",
        "import boto3\ndef handler(e, x, c=boto3.client('s3')):\n    pass\n\n\n\n\n\n    c.list_buckets()\n",
        "import boto3\nmk = lambda n: boto3.client(n)\n\n\n\n\n\ndef handler(e, x):\n    mk('s3').list_buckets()\n",
        "import boto3\ndef handler(e, x):\n    cs = [boto3.client(n) for n in ('s3',)]\n\n\n\n\n    for c in cs:\n        c.list_buckets()\n",
        "import boto3\ndef handler(e, x):\n    cs = {n: boto3.client(n) for n in ['s3', 'sqs']}\n\n\n\n\n\n    cs['s3'].list_buckets()\n",
        "import boto3\ndef deco(f):\n    def w(*a, **k):\n        return f(*a, client=boto3.client('s3'), **k)\n    return w\n\n@deco\ndef handler(e, x, client):\n    client.list_buckets()\n",
        "try:\n    import boto3\nexcept ImportError:\n    boto3 = None\n\n\n\ndef handler(e, x):\n    boto3.client('s3').list_buckets()\n",
        "import aioboto3, asyncio\nasync def main():\n    session = aioboto3.Session()\n    async with session.client('s3') as s3:\n        return s3\n\n\ndef handler(e, x):\n    asyncio.run(main()).list_buckets()\n",
        "import boto3\nfrom concurrent.futures import ThreadPoolExecutor\ndef work(c):\n    return c\n\ndef handler(e, x):\n    with ThreadPoolExecutor() as p:\n        f = p.submit(work, boto3.client('s3'))\n        f.result().list_buckets()\n",
        "import boto3\nclass S:\n    def __init__(self):\n        self._c = None\n    def c(self):\n        self._c = self._c or boto3.client('s3')\n        return self._c\ndef handler(e, x):\n    S().c().list_buckets()\n",
        "import boto3\ndef handler(e, x):\n    match e['k']:\n        case 'a':\n            c = boto3.client('s3')\n        case _:\n            return\n\n    c.list_buckets()\n",
        "import boto3\ndef handler(e, x):\n    handler.c = boto3.client('s3')\n\n\n\n\n\n    handler.c.list_buckets()\n",
    ] {
        check_handler(&[("app.py", text)], &["app.py:9 s3.ListBuckets()"]);
    }
}

#[test]
fn the_ledger_names_what_cannot_be_decided() {
    for (text, expected) in [
        ("import boto3\ndef f(n):\n    boto3.client(n).list_tags_for_resource(ResourceArn='b')\n", &["? app.py:3"][..]),
        ("import boto3\nc = boto3.client('s3')\ndef f(n):\n    getattr(c, n)()\n", &["? app.py:4"]),
        ("import boto3\ndef f(code):\n    eval(code)\n", &["? app.py:3"]),
        ("import boto3\nc = boto3.client('s3')\ndef f(n):\n    c.get_paginator(n).paginate()\n", &["? app.py:4"]),
        ("import boto3\nc = boto3.client('nosuch')\nc.do_it()\n", &["? app.py:2"]),
        ("import boto3\nc = boto3.client('s3')\nc.no_such_thing()\n", &["? app.py:3"]),
        (
            "import boto3\na = boto3.client('ecr')\nb = boto3.client('codecommit')\ndef f(x):\n    x.list_tags_for_resource(resourceArn='r')\n",
            &["? app.py:5"],
        ),
    ] {
        check(text, expected);
    }
}

#[test]
fn one_fitting_service_makes_an_unknown_receiver_likely() {
    for (call, expected) in [
        ("x.get_object(Bucket='b', Key='k')", &["app.py:4 s3.GetObject(Bucket=b Key=k) [likely]"][..]),
        ("x.get_item(TableName='b', Key='k')", &["app.py:4 dynamodb.GetItem(Key=k TableName=b) [likely]"]),
        ("x.get_object(bucket='b')", &[]),
        ("x.put_item(Item={'a': 1})", &["app.py:4 dynamodb.PutItem(Item=a Item.a=1) [resource likely]"]),
        ("x.Table('t').scan()", &["app.py:4 dynamodb.Scan(TableName=t) [resource likely]"]),
        ("x.Bucket('b').upload_file('f', 'k')", &["app.py:4 s3.PutObject(Bucket=b Key=k) [transfer likely]"]),
        ("x.upload_file('f', 'b', 'k')", &["app.py:4 s3.PutObject() [transfer likely]"]),
        ("x.upload_file('f')", &[]),
        (
            "x.get_paginator('list_objects_v2').paginate(Bucket='b')",
            &["app.py:4 s3.ListObjectsV2(Bucket=b) [paginator likely]"],
        ),
        (
            "x.get_waiter('object_exists').wait(Bucket='b', Key='k')",
            &["app.py:4 s3.HeadObject(Bucket=b Key=k) [waiter likely]"],
        ),
        (
            "x.generate_presigned_url('put_object', Params={'Bucket': 'b', 'Key': 'k'})",
            &["app.py:4 s3.PutObject(Bucket=b Key=k) [presign likely]"],
        ),
        ("x.inner.client.get_object(Bucket='b', Key='k')", &["app.py:4 s3.GetObject(Bucket=b Key=k) [likely]"]),
        ("x.delete()", &[]),
        ("x.copy()", &[]),
        ("x.query('select 1')", &[]),
        ("x.get('a'); x.update(b=1); x.publish('t', 'm')", &[]),
        ("x.list_tags_for_resource(resourceArn='r')", &["? app.py:4"]),
    ] {
        check(&format!("import boto3\ns3 = boto3.client('s3')\ndef f(x):\n    {call}\n"), expected);
        check(&format!("def f(x):\n    {call}\n"), &[]);
    }
    check(
        "import boto3\nd = boto3.resource('dynamodb')\ndef f(table):\n    table.query(KeyConditionExpression=1)\n    with table.batch_writer() as b:\n        b.put_item(Item={})\n",
        &[
            "app.py:4 dynamodb.Query(KeyConditionExpression=1) [resource likely]",
            "app.py:5 dynamodb.BatchWriteItem() [resource likely]",
        ],
    );
}

#[test]
fn annotations_are_evidence() {
    for text in [
        "import boto3\nfrom mypy_boto3_s3 import S3Client\n\ndef f(c: S3Client):\n    c.list_buckets()\n",
        "import boto3\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING: from mypy_boto3_s3.client import S3Client\ndef f(c: 'S3Client'):\n    c.list_buckets()\n",
        "import boto3\nfrom mypy_boto3_s3 import S3Client\nfrom typing import Optional\ndef f(c: Optional[S3Client] = None):\n    c.list_buckets()\n",
        "import boto3\nfrom mypy_boto3_s3 import S3Client\n\ndef f(c: S3Client | None):\n    c.list_buckets()\n",
    ] {
        check(text, &["app.py:5 s3.ListBuckets() [likely]"]);
    }
    check(
        "import boto3\nfrom mypy_boto3_dynamodb.service_resource import Table\ndef f(t: Table):\n    t.put_item(Item={})\n",
        &["app.py:4 dynamodb.PutItem(Item= TableName=*) [resource likely]"],
    );
    check(
        "import boto3\nclass R:\n    def __init__(self):\n        self.c = boto3.client('s3')\ndef f(r: R):\n    r.c.list_buckets()\n",
        &["app.py:6 s3.ListBuckets()"],
    );
}

#[test]
fn libraries_call_on_the_code_s_behalf() {
    for (text, expected) in [
        (
            "from aws_lambda_powertools.utilities import parameters\ndef handler(e, c):\n    parameters.get_parameter('/a', decrypt=True)\n    parameters.get_secret(name='s')\n",
            &[
                "app.py:3 ssm.GetParameter(Name=/a WithDecryption=true …) [library]",
                "app.py:4 secretsmanager.GetSecretValue(SecretId=s …) [library]",
            ][..],
        ),
        (
            "from aws_lambda_powertools.utilities.parameters import SSMProvider, DynamoDBProvider\np = SSMProvider(config=1)\nd = DynamoDBProvider(table_name='t')\ndef handler(e, c):\n    p.get_multiple('/path')\n    d.get('k')\n",
            &[
                "app.py:5 ssm.GetParametersByPath(Path=/path …) [library]",
                "app.py:6 dynamodb.GetItem(TableName=t …) [library]",
            ],
        ),
        (
            "import os\nfrom aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, idempotent\nlayer = DynamoDBPersistenceLayer(table_name=os.environ['T'])\n@idempotent(persistence_store=layer)\ndef handler(e, c):\n    return 1\n",
            &[
                "app.py:3 dynamodb.DeleteItem(TableName=${env:T} …) [library]",
                "app.py:3 dynamodb.GetItem(TableName=${env:T} …) [library]",
                "app.py:3 dynamodb.PutItem(TableName=${env:T} …) [library]",
                "app.py:3 dynamodb.UpdateItem(TableName=${env:T} …) [library]",
            ],
        ),
        (
            "import os\nfrom pynamodb.models import Model\nclass User(Model):\n    class Meta:\n        table_name = os.environ['T']\n    def touch(self):\n        self.save()\ndef handler(e, c):\n    User('a').touch()\n    User.get('a').delete()\n    for u in User.query('x'):\n        u.refresh()\n",
            &[
                "app.py:7 dynamodb.PutItem(TableName=${env:T} …) [library]",
                "app.py:10 dynamodb.DeleteItem(TableName=${env:T} …) [library]",
                "app.py:10 dynamodb.GetItem(TableName=${env:T} …) [library]",
                "app.py:11 dynamodb.Query(TableName=${env:T} …) [library]",
                "app.py:12 dynamodb.GetItem(TableName=${env:T} …) [library]",
            ],
        ),
        (
            "import pandas as pd\ndef handler(e, c):\n    df = pd.read_csv(f\"s3://{e['b']}/x.csv\")\n    pd.read_csv('/tmp/x')\n    df.to_csv('/tmp/y')\n    df.dropna().to_parquet('s3://out/y')\n",
            &[
                "app.py:3 s3.GetObject(Bucket=* Key=x.csv …) [library]",
                "app.py:3 s3.HeadObject(Bucket=* Key=x.csv …) [library]",
                "app.py:3 s3.ListObjectsV2(Bucket=* Key=x.csv …) [library]",
                "app.py:6 s3.PutObject(Bucket=out Key=y …) [library]",
            ],
        ),
        (
            "import awswrangler as wr\ndef handler(e, c):\n    wr.s3.list_objects('s3://b/p')\n    wr.secretsmanager.get_secret('n')\n",
            &[
                "app.py:3 s3.ListObjectsV2(Bucket=b Key=p …) [library]",
                "app.py:4 secretsmanager.GetSecretValue(SecretId=n …) [library]",
            ],
        ),
        (
            "import subprocess, os\ndef handler(e, c):\n    subprocess.run(['aws', 's3', 'cp', 's3://b/k', '/tmp/x'])\n    os.system(f\"aws dynamodb scan --table-name {e['t']}\")\n    subprocess.run(['ls', '-l'])\n",
            &["app.py:3 s3.GetObject(Bucket=b …) [cli]", "app.py:4 dynamodb.Scan(TableName=* …) [cli]"],
        ),
    ] {
        check_handler(&[("app.py", text)], expected);
    }
}

#[test]
fn packages_that_use_the_sdk_go_into_the_ledger() {
    let app = "import helper_lib, other_lib\ndef handler(e, c):\n    helper_lib.go()\n";
    check_handler(
        &[
            ("app.py", app),
            ("helper_lib/__init__.py", "def go():\n    from . import inner\n"),
            ("helper_lib/inner.py", "import boto3\nboto3.client('s3').list_buckets()\n"),
            ("helper_lib-1.0.dist-info/RECORD", "helper_lib/__init__.py,,\nhelper_lib/inner.py,,\n"),
            ("other_lib/__init__.py", "import json\n"),
            ("other_lib-1.0.dist-info/RECORD", "other_lib/__init__.py,,\n"),
        ],
        &["? app.py:1 `helper_lib` uses the SDK itself,"],
    );
    check_handler(&[("app.py", "import sagemaker\ndef handler(e, c):\n    sagemaker.Session()\n")], &["? app.py:1"]);
    check_handler(
        &[(
            "app.py",
            "from common_layer import s3\ndef handler(e, c):\n    s3.get_object(Bucket='b', Key='k')\n    s3.frobnicate(Bucket='b')\n",
        )],
        &["? app.py:3"],
    );
    // The SDK itself and libraries with a model are not looked into.
    check_handler(
        &[
            (
                "app.py",
                "import boto3\nfrom aws_lambda_powertools import Logger\ndef handler(e, c):\n    boto3.client('s3').list_buckets()\n",
            ),
            (
                "boto3/__init__.py",
                "class Session:\n    def go(self):\n        self.client('s3').delete_bucket(Bucket='x')\n",
            ),
            ("aws_lambda_powertools/__init__.py", "import boto3\nboto3.client('sqs').list_queues()\n"),
        ],
        &["app.py:4 s3.ListBuckets()"],
    );
}
