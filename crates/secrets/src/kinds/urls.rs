//! Addresses with a password in them.

use model::Severity;

use crate::checks::{Candidate, Check, Outcome};
use crate::kind::{Kind, exact};
use crate::name::{is_name_of_credential, is_one_of};

pub(crate) static DATABASE_URL: Kind = Kind::pattern(
    "database-url",
    "Database address with a password",
    &[
        exact("postgres://"),
        exact("postgresql://"),
        exact("psycopg2://"),
        exact("asyncpg://"),
        exact("psycopg://"),
        exact("mysql://"),
        exact("mysql2://"),
        exact("pymysql://"),
        exact("mysqlconnector://"),
        exact("mariadb://"),
        exact("mongodb://"),
        exact("mongodb+srv://"),
        exact("redis://"),
        exact("rediss://"),
        exact("mssql://"),
        exact("pyodbc://"),
        exact("sqlserver://"),
        exact("cockroachdb://"),
        exact("clickhouse://"),
        exact("oracle://"),
        exact("neo4j://"),
        exact("neo4j+s://"),
        exact("bolt://"),
        exact("couchdb://"),
        exact("snowflake://"),
        exact("redshift://"),
    ],
    r#"\b[a-z0-9+]{3,24}://[^\s:/@"'`<>\\,;]{0,80}:([^\s"'`<>\\]{3,160})@[A-Za-z0-9_.\-\[${*%]{1,100}"#,
)
.often_shown()
.source("RFC 3986 §3.2.1; postgresql.org/docs/current/libpq-connect.html; mongodb.com/docs/manual/reference/connection-string")
.severity(Severity::Critical)
.reach(16, 300)
.checks(&[Check::Run(real_password)])
.samples(
    &[
        "DATABASE_URL=postgres://svc:@{b62:16}@db.acme.internal:5432/orders",
        "mongodb+srv://svc:@{b62:16}@cluster0.ab1cd.mongodb.net/orders",
        "redis://:@{b62:20}@cache.acme.internal:6379",
        "postgresql+psycopg2://svc:@{b62:8}@@{b62:4}@db.acme.internal/x",
    ],
    &[
        "postgres://user:password@localhost:5432/db",
        "postgres://${USER}:${PASSWORD}@db/x",
        "mongodb://db.acme.internal:27017/orders",
        "mysql://root:root@127.0.0.1/test",
        "postgres://{user}:{password}@{host}/x",
        "f\"postgres://svc:%s@db.acme.internal\"",
    ],
);

pub(crate) static QUEUE_URL: Kind = Kind::pattern(
    "message-broker-url",
    "Message broker address with a password",
    &[
        exact("amqp://"),
        exact("amqps://"),
        exact("mqtt://"),
        exact("mqtts://"),
        exact("nats://"),
        exact("stomp://"),
        exact("kafka://"),
    ],
    r#"\b[a-z0-9+]{3,24}://[^\s:/@"'`<>\\,;]{0,80}:([^\s"'`<>\\]{3,160})@[A-Za-z0-9_.\-\[${*%]{1,100}"#,
)
.often_shown()
.source("rabbitmq.com/docs/uri-spec; RFC 3986 §3.2.1")
.severity(Severity::Critical)
.reach(2, 300)
.checks(&[Check::Run(real_password)])
.samples(
    &["amqps://svc:@{b62:20}@mq.acme.internal/orders"],
    &["amqp://guest:guest@localhost:5672/", "amqp://mq.acme.internal"],
);

pub(crate) static HTTP_URL: Kind = Kind::pattern(
    "url-with-password",
    "Address with a user name and password",
    &[exact("https://"), exact("http://"), exact("ftp://"), exact("sftp://"), exact("smtp://"), exact("smtps://"), exact("ldap://"), exact("ldaps://"), exact("ssh://")],
    r#"\b(?:https?|s?ftp|smtps?|ldaps?|ssh)://[^\s:/@"'`<>\\,;()?#]{1,80}:([^\s"'`<>\\/()?#]{3,120})@[A-Za-z0-9_.\-]{1,64}"#,
)
.often_shown()
.source("RFC 3986 §3.2.1")
.reach(1, 290)
.checks(&[Check::Run(real_password)])
.samples(
    &["https://deploy:@{b62:20}@git.acme.internal/orders.git"],
    &["https://user:pass@example.com/", "https://acme.internal:8443/a@b", "http://localhost:3000/@scope/x", "https://$USER:$TOKEN@git.acme.internal"],
);

/// Not a template's hole, not a default that everybody knows, and less so for a database on the developer's machine.
fn real_password(candidate: &Candidate<'_>) -> Outcome {
    let (value, matched) = (candidate.value(), candidate.matched());
    let host = matched.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
    let before = matched.split(|byte| *byte == b'@').next().unwrap_or_default();
    let user =
        before.rsplit(|byte| *byte == b':').nth(1).map_or(&b""[..], |user| user.strip_prefix(b"//").unwrap_or(user));
    let starts = |start: &&str| crate::allow::starts_ignoring_case(host, start);
    match () {
        () if crate::allow::is_reference(value) || value.starts_with(b"$") || value.starts_with(b"%") => Outcome::Drop,
        () if crate::allow::is_reference(host) && is_one_of(value, KNOWN_PASSWORDS) => Outcome::Drop,
        () if value == user
            || is_one_of(value, KNOWN_PASSWORDS)
            || is_wordy_hole(value)
            || is_name_of_credential(value) =>
        {
            Outcome::Drop
        }
        () if DOCUMENTATION_HOSTS.iter().any(|part| crate::allow::contains_ignoring_case(host, part)) => Outcome::Drop,
        () if LOCAL_HOSTS.iter().any(starts) => Outcome::Doubtful,
        () => Outcome::Keep,
    }
}

/// `PASSWORD`, `MY_PASS`, `[password]`: names in capitals or brackets where a password goes.
fn is_wordy_hole(value: &[u8]) -> bool {
    let is_capital_name =
        value.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_') && crate::randomness::is_wordy(value);
    is_capital_name || value.starts_with(b"[") || value.starts_with(b"<") || value.starts_with(b"*")
}

/// What stands for a password in every manual.
const KNOWN_PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "pass",
    "pwd",
    "pw",
    "secret",
    "user",
    "username",
    "root",
    "admin",
    "postgres",
    "mysql",
    "guest",
    "test",
    "example",
    "mypassword",
    "my-password",
    "mypass",
    "xxx",
    "token",
    "db_password",
    "dbpass",
    "p4ssw0rd",
    "password123",
    "123456",
    "1234",
    "12345",
    "changeme",
    "foobar",
    "hunter2",
    "p@ssword",
    "auth",
    "port",
    "abc",
    "bar",
    "baz",
    "userpass",
    "tiger",
    "pass123",
    "password1",
    "toor",
];

const DOCUMENTATION_HOSTS: &[&str] = &[
    "example.",
    "host.com",
    "myhost",
    "your",
    "domain.",
    "foo.",
    "acme.com",
    "my.",
    "server.com",
    "hostname",
    "test.com",
    "somewhere",
];

const LOCAL_HOSTS: &[&str] = &["localhost", "127.0.0.1", "0.0.0.0", "host.docker", "[::1]"];
