//! Whole files in, calls out.

use proptest::prelude::*;

use crate::testing;

const GET: &str = "new GetObjectCommand({Bucket: 'b', Key: 'k'})";

/// The calls of one file without a handler.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    testing::check(&[("app.js", text)], None, None, expected);
}

/// The calls of one TypeScript file without a handler.
#[track_caller]
fn check_typescript(text: &str, expected: &[&str]) {
    testing::check(&[("app.ts", text)], None, None, expected);
}

/// The calls that a handler reaches in these files.
#[track_caller]
fn check_handler(files: &[(&str, &str)], handler: &str, expected: &[&str]) {
    testing::check(files, Some(handler), Some("nodejs22.x"), expected);
}

#[test]
fn version_3_clients_are_known_however_they_are_imported() {
    for import in [
        "import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3'; const c = new S3Client({});",
        "import * as s3 from '@aws-sdk/client-s3'; const { S3Client, GetObjectCommand } = s3; const c = new S3Client();",
        "const { S3Client, GetObjectCommand } = require('@aws-sdk/client-s3'); const c = new S3Client({});",
        "const s3 = require('@aws-sdk/client-s3'); const GetObjectCommand = s3.GetObjectCommand, c = new s3.S3Client();",
        "import { S3, GetObjectCommand } from '@aws-sdk/client-s3'; const c = new S3({ region: 'x' });",
        "import { S3Client as Q, GetObjectCommand } from '@aws-sdk/client-s3'; let c; c = new Q({});",
        "const { S3Client, GetObjectCommand } = await import('@aws-sdk/client-s3'); const c = new S3Client({});",
        "import { captureAWSv3Client } from 'aws-xray-sdk'; import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3'; const c = captureAWSv3Client(new S3Client({}));",
        "const s3_1 = __importStar(require('@aws-sdk/client-s3')); const { GetObjectCommand } = s3_1; const c = new s3_1.S3Client();",
    ] {
        check(&format!("{import}\nawait c.send({GET});\n"), &["app.js:2 s3.GetObject(Bucket=b Key=k)"]);
    }
}

#[test]
fn commands_count_where_they_are_made_once_they_are_sent() {
    let head = "import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3'; const c = new S3Client({});\n";
    let made = "app.js:2 s3.GetObject(Bucket=b Key=k)";
    let likely = "app.js:2 s3.GetObject(Bucket=b Key=k) [likely]";
    let cases: [(String, &[&str]); 8] = [
        (format!("const command = {GET};\nawait c.send(command);"), &[made]),
        (format!("const make = () => {GET};\nconst run = x => c.send(x);\nrun(make());"), &[made]),
        (format!("const command = {GET};\nunknown.send(command);"), &[likely]),
        (format!("const command = {GET};\nrequire('x')(command);"), &[likely]),
        (format!("const command = {GET};"), &[]),
        ("c.config; c.destroy();".to_owned(), &[]),
        (format!("await Promise.all([1, 2].map(n => c.send({GET})));"), &[made]),
        (format!("[{GET}].forEach(command => c.send(command));"), &[made]),
    ];
    for (text, expected) in cases {
        check(&format!("{head}{text}\n"), expected);
    }
    check(&format!("{head}function f(x) {{ return c.send(x); }}\n"), &["? app.js:2"]);
}

#[test]
fn aggregated_clients_document_clients_and_helpers() {
    for (text, expected) in [
        (
            "import { DynamoDB } from '@aws-sdk/client-dynamodb';\nnew DynamoDB({}).getItem({TableName: 't'});",
            &["app.js:2 dynamodb.GetItem(TableName=t)"][..],
        ),
        (
            "import { DynamoDBClient } from '@aws-sdk/client-dynamodb'; import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';\nconst d = DynamoDBDocumentClient.from(new DynamoDBClient({}));\nd.send(new PutCommand({TableName: process.env.TABLE, Item: {id: '1'}}));",
            &["app.js:3 dynamodb.PutItem(Item=id Item.id=1 TableName=${env:TABLE})"],
        ),
        (
            "import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';\nconst d = DynamoDBDocument.from(x);\nd.query({TableName: 't'}); d.update({TableName: 't'});",
            &["app.js:3 dynamodb.Query(TableName=t)", "app.js:3 dynamodb.UpdateItem(TableName=t)"],
        ),
        (
            "import { getSignedUrl } from '@aws-sdk/s3-request-presigner'; import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';\nawait getSignedUrl(new S3Client(), new PutObjectCommand({Bucket: 'b'}), {expiresIn: 3});",
            &["app.js:2 s3.PutObject(Bucket=b) [presign]"],
        ),
        (
            "import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';\nfor await (const page of paginateListObjectsV2({client: new S3Client()}, {Bucket: 'b'})) {}",
            &["app.js:2 s3.ListObjectsV2(Bucket=b) [paginator]"],
        ),
        (
            "import { waitUntilObjectExists, S3Client } from '@aws-sdk/client-s3';\nawait waitUntilObjectExists({client: new S3Client()}, {Bucket: 'b'});",
            &["app.js:2 s3.HeadObject(Bucket=b) [waiter]"],
        ),
        (
            "import { Upload } from '@aws-sdk/lib-storage';\nnew Upload({client, params: {Bucket: 'b'}}).done();",
            &["app.js:2 s3.PutObject(Bucket=b) [transfer]"],
        ),
    ] {
        check(text, expected);
    }
}

#[test]
fn version_2_in_all_its_forms() {
    let get = "app.js:2 s3.GetObject(Bucket=b)";
    for import in [
        "const AWS = require('aws-sdk'); const s3 = new AWS.S3();",
        "import AWS from 'aws-sdk'; const s3 = new AWS.S3({apiVersion: 'x'});",
        "import * as AWS from 'aws-sdk'; const s3 = new AWS.S3;",
        "import { S3 } from 'aws-sdk'; const s3 = new S3();",
        "const S3 = require('aws-sdk/clients/s3'); const s3 = new S3();",
        "import S3 from 'aws-sdk/clients/s3'; const s3 = new S3();",
        "const AWSXRay = require('aws-xray-sdk'); const AWS = AWSXRay.captureAWS(require('aws-sdk')); const s3 = new AWS.S3();",
        "const aws_sdk_1 = __importDefault(require('aws-sdk')); const s3 = new aws_sdk_1.default.S3();",
        "var a = require('aws-sdk'), s3 = new a['S3']();",
    ] {
        for call in [
            "s3.getObject({Bucket: 'b'}).promise();",
            "s3.getObject({Bucket: 'b'}, (error, data) => {});",
            "const p = {Bucket: 'b'}; await s3.getObject(p).promise().then(x => x);",
            "s3['getObject']({Bucket: 'b'});",
            "const f = s3.getObject.bind(s3); f({Bucket: 'b'});",
            "const { promisify } = require('util'); promisify(s3.getObject).bind(s3)({Bucket: 'b'});",
            "s3.makeRequest('getObject', {Bucket: 'b'});",
        ] {
            check(&format!("{import}\n{call}\n"), &[get]);
        }
    }
}

#[test]
fn version_2_document_clients_and_transfers() {
    let aws = "const AWS = require('aws-sdk');\n";
    for (text, expected) in [
        (
            "new AWS.DynamoDB.DocumentClient().put({TableName: 't'}).promise();",
            &["app.js:2 dynamodb.PutItem(TableName=t)"][..],
        ),
        (
            "const d = new AWS.DynamoDB.DocumentClient(); d.get({TableName: process.env.T || 'x'});",
            &["app.js:2 dynamodb.GetItem(TableName=x|${env:T})"],
        ),
        ("new AWS.S3().getSignedUrl('putObject', {Bucket: 'b'});", &["app.js:2 s3.PutObject(Bucket=b) [presign]"]),
        ("new AWS.S3().waitFor('objectExists', {Bucket: 'b'});", &["app.js:2 s3.HeadObject(Bucket=b) [waiter]"]),
        (
            "new AWS.SQS().sendMessage({QueueUrl: `${process.env.Q}/x`});",
            &["app.js:2 sqs.SendMessage(QueueUrl=${env:Q}/x)"],
        ),
        ("AWS.DynamoDB.Converter.marshall({}); AWS.config.update({region: 'x'}); new AWS.Credentials('a');", &[]),
        ("const op = event.op; new AWS.S3()[op]({});", &["? app.js:2"]),
    ] {
        check(&format!("{aws}{text}\n"), expected);
    }
}

#[test]
fn code_without_an_sdk_is_never_guessed_at() {
    for text in [
        "x.query(); y.scan(); z.publish({TopicArn: 't'}); m.get('a'); m.put(1);",
        "const m = new Map(); m.get('x'); m.set('a', 1); JSON.parse('{}');",
        "import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3';",
        "import { GetObjectCommand } from '@aws-sdk/client-s3'; class Q { send() {} } new Q().send();",
        "const AWS = require('aws-sdk'); const s3 = new AWS.S3(); const t = { getObject() {} }; t.getObject({});",
        "import type { S3Client } from './x';",
        "import axios from 'axios'; axios.get('x').then(r => r.send({}));",
    ] {
        check(text, &[]);
    }
}

#[test]
fn values_flow_through_modules_classes_and_closures() {
    check_handler(
        &[
            (
                "src/app.ts",
                "import { load } from './store';\nexport const handler = async (event: any) => load(event.id);\n",
            ),
            (
                "src/store.ts",
                "import { client, TABLE } from './client';\nimport { GetCommand } from '@aws-sdk/lib-dynamodb';\nexport async function load(id: string) { return client.send(new GetCommand({ TableName: TABLE, Key: { id } })); }\nexport const unused = () => client.send(new GetCommand({ TableName: 'other' }));\n",
            ),
            (
                "src/client.ts",
                "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';\nimport { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';\nexport const TABLE = process.env.TABLE!;\nexport const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));\n",
            ),
        ],
        "src/app.handler",
        &["src/store.ts:3 dynamodb.GetItem(Key=id Key.id=* TableName=${env:TABLE})"],
    );
    check_handler(
        &[
            (
                "index.js",
                "const { Store } = require('./lib/store');\nconst s = new Store(process.env.BUCKET);\nexports.handler = async () => { await s.save('k', 1); };\n",
            ),
            (
                "lib/store.js",
                "const { S3 } = require('aws-sdk');\nclass Store {\n  #s3 = new S3();\n  constructor(bucket) { this.bucket = bucket; }\n  save(key, body) { return this.#s3.putObject({ Bucket: this.bucket, Key: key, Body: body }).promise(); }\n  drop(key) { return this.#s3.deleteObject({ Bucket: this.bucket, Key: key }).promise(); }\n}\nmodule.exports = { Store };\n",
            ),
        ],
        "index.handler",
        &["lib/store.js:5 s3.PutObject(Body=1 Bucket=${env:BUCKET} Key=k)"],
    );
}

#[test]
fn handlers_are_found_wherever_they_are_wrapped_or_built() {
    let call = "const { SNS } = require('@aws-sdk/client-sns');\nconst work = async () => new SNS({}).publish({ TopicArn: 't' });\n";
    let expected = |file: &str| format!("{file}:2 sns.Publish(TopicArn=t)");
    for (file, rest, handler) in [
        ("app.js", "exports.handler = work;", "app.handler"),
        ("app.js", "module.exports.handler = work;", "app.handler"),
        ("app.js", "module.exports = { handler: work };", "app.handler"),
        ("app.mjs", "export { work as handler };", "app.handler"),
        ("app.mjs", "export default { run: work };", "app.default.run"),
        ("app.js", "const middy = require('@middy/core'); exports.handler = middy(work).use({});", "app.handler"),
        (
            "app.js",
            "const middy = require('@middy/core'); exports.handler = middy().use({}).handler(work);",
            "app.handler",
        ),
        ("app.js", "const wrap = f => async (e) => f(e); exports.handler = wrap(work);", "app.handler"),
        (
            "app.js",
            "class H { run() { return work(); } } const h = new H(); exports.handler = h.run.bind(h);",
            "app.handler",
        ),
        (
            "app.js",
            "const app = require('express')(); app.get('/', (q, s) => work()); exports.handler = require('serverless-http')(app);",
            "app.handler",
        ),
        ("src/app.ts", "export const handler = async () => { await work(); };", "dist/app.handler"),
        ("src/fn/app.ts", "export const handler = async () => { await work(); };", "app.handler"),
        ("a/b.c.js", "exports.handler = work;", "a/b.c.handler"),
        ("app/index.js", "exports.handler = work;", "app/index.handler"),
    ] {
        check_handler(&[(file, &format!("{call}{rest}\n"))], handler, &[&expected(file)]);
    }
}

#[test]
fn compiled_code_means_what_its_author_wrote() {
    let tsc = r#""use strict";
var __awaiter = (this && this.__awaiter) || function (thisArg, _arguments, P, generator) { return new Promise(() => {}); };
Object.defineProperty(exports, "__esModule", { value: true });
exports.handler = void 0;
const client_s3_1 = require("@aws-sdk/client-s3");
const client = new client_s3_1.S3Client({});
const handler = (event) => __awaiter(void 0, void 0, void 0, function* () {
    const answer = yield client.send(new client_s3_1.GetObjectCommand({ Bucket: "b" }));
    return answer;
});
exports.handler = handler;
"#;
    check_handler(&[("app.js", tsc)], "app.handler", &["app.js:8 s3.GetObject(Bucket=b)"]);
    let esbuild = r#"var __defProp = Object.defineProperty;
var __export = (target, all) => { for (var name in all) __defProp(target, name, { get: all[name], enumerable: true }); };
var __toCommonJS = (mod) => mod;
var app_exports = {};
__export(app_exports, { handler: () => handler });
module.exports = __toCommonJS(app_exports);
var import_client_s3 = require("@aws-sdk/client-s3");
var client = new import_client_s3.S3Client({});
var handler = async () => client.send(new import_client_s3.GetObjectCommand({ Bucket: "b" }));
"#;
    check_handler(&[("app.js", esbuild)], "app.handler", &["app.js:9 s3.GetObject(Bucket=b)"]);
}

#[test]
fn types_bind_clients_that_are_handed_in() {
    let import = "import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3';\n";
    for text in [
        "export const f = (c: S3Client) => c.send(new GetObjectCommand({ Bucket: 'b' }));",
        "class A { constructor(private readonly c: S3Client) {} go() { return this.c.send(new GetObjectCommand({ Bucket: 'b' })); } }",
        "class A { private c: S3Client; go() { return this.c.send(new GetObjectCommand({ Bucket: 'b' })); } }",
    ] {
        check_typescript(&format!("{import}{text}\n"), &["app.ts:2 s3.GetObject(Bucket=b) [likely]"]);
    }
}

#[test]
fn typescript_syntax_is_no_obstacle() {
    let text = "import { SQSClient, SendMessageCommand, type SendMessageCommandInput } from '@aws-sdk/client-sqs';
enum Queue { Orders = 'orders', Mail = 'mail' }
namespace Urls { export const base = 'https://q/'; }
const client = <SQSClient>new SQSClient({});
abstract class Base<T> { protected abstract name(): string; send(body: T) { const input: SendMessageCommandInput = { QueueUrl: `${Urls.base}${this.name()}`, MessageBody: String(body) }; return client!.send(new SendMessageCommand(input as any)); } }
class Orders extends Base<string> { protected name() { return Queue.Orders; } }
export const handler = async () => { await new Orders().send('x'); };
";
    check_handler(
        &[("app.ts", text)],
        "app.handler",
        &["app.ts:5 sqs.SendMessage(MessageBody=x QueueUrl=https://q/orders)"],
    );
}

#[test]
fn libraries_stand_for_what_they_call() {
    check(
        "import { getParameter } from '@aws-lambda-powertools/parameters/ssm';\nawait getParameter('/a/b');\n",
        &["app.js:2 ssm.GetParameter(Name=/a/b) [library]"],
    );
}

#[test]
fn code_made_at_run_time_is_a_ledger_entry() {
    check("import { S3 } from '@aws-sdk/client-s3';\neval(event.code);\n", &["? app.js:2"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_read_without_panic(text in "[ -~\\n]{0,200}") {
        testing::facts(&[("app.ts", &text)], None, None);
    }

    #[test]
    fn any_tokens_are_read_without_panic(tokens in proptest::collection::vec(
        prop::sample::select(vec![
            "(", ")", "{", "}", "[", "]", "=>", "=", ",", ";", ".", "?.", "...", "a", "b", "class", "function", "new",
            "await", "async", "yield", "import", "export", "default", "from", "'x'", "`${", "`", "1", "for", "of", "if",
            "else", "switch", "case", "try", "catch", "this", "super", ":", "?", "enum", "namespace", "as", "@", "<", ">",
        ]), 0..60)) {
        testing::facts(&[("app.ts", &tokens.join(" "))], None, None);
    }
}

#[test]
fn deep_nesting_is_a_gap_and_no_overflow() {
    for text in [
        "(".repeat(20_000),
        "[".repeat(20_000),
        "a=>".repeat(20_000),
        "!".repeat(20_000),
        "if(a)".repeat(20_000),
        "{a:".repeat(20_000),
        "f(".repeat(20_000),
        "`${".repeat(20_000),
        format!("x = {}1", "1+".repeat(20_000)),
    ] {
        testing::facts(&[("app.js", &format!("require('aws-sdk');\n{text}"))], None, None);
    }
}

#[test]
fn clients_handed_to_code_that_is_not_read_are_told() {
    check(
        "import nodemailer from 'nodemailer'; import AWS from 'aws-sdk';\nexport const handler = () => nodemailer.createTransport({ SES: new AWS.SES() }).sendMail({});",
        &["? app.js:2"],
    );
    // Commands that are sent by someone else are seen where they are made.
    check(
        "import { S3Client } from '@aws-sdk/client-s3'; import xray from 'aws-xray-sdk';\nconst client = xray.captureAWSv3Client(new S3Client({})); console.log(client);",
        &[],
    );
}

#[test]
fn classes_that_a_framework_makes_instances_of_run() {
    let files = [
        (
            "handler.ts",
            "import { NestFactory } from '@nestjs/core'; import { AppModule } from './module';\nexport const handler = async () => (await NestFactory.create(AppModule)).init();",
        ),
        (
            "module.ts",
            "import { Module } from '@nestjs/common'; import { Books, Titles } from './books';\n@Module({ controllers: [Books], providers: [{ provide: 'Titles', useClass: Titles }] })\nexport class AppModule {}",
        ),
        (
            "books.ts",
            "import { Controller, Get } from '@nestjs/common'; import * as AWS from 'aws-sdk';\nexport class Shelf { put() { return new AWS.DynamoDB.DocumentClient().put({ TableName: 't' }); } }\n@Controller('books')\nexport class Books { constructor(private readonly shelf: Shelf) {} @Get() all() { return this.shelf.put(); } }\nexport class Titles { private db; constructor() { this.db = new AWS.DynamoDB.DocumentClient(); }\n list() { return this.db.scan({ TableName: 't' }); } }",
        ),
    ];
    check_handler(
        &files,
        "handler.handler",
        &["books.ts:2 dynamodb.PutItem(TableName=t)", "books.ts:6 dynamodb.Scan(TableName=t)"],
    );
}

#[test]
fn parameters_are_fetched_by_name_or_by_path() {
    let head = "import ssm from '@middy/ssm';\n";
    let (names, paths) = ("app.js:2 ssm.GetParameters(…) [library]", "app.js:2 ssm.GetParametersByPath(…) [library]");
    for (text, expected) in [
        ("ssm({ names: { token: '/app/token' } });", &[names][..]),
        ("ssm({ paths: { all: '/app/' } });", &[paths]),
        ("ssm({ fetchData: { token: `/${process.env.STAGE}/token` } });", &[names]),
        ("ssm({ fetchData: { token: '/app/token', all: '/app/' } });", &[names, paths]),
        ("ssm(options);", &[names, paths]),
    ] {
        check(&format!("{head}{text}\n"), expected);
    }
}
