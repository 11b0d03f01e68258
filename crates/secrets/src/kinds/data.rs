//! Databases and data platforms with credentials of their own form.

use model::Severity;

use crate::checks::{Candidate, Check, Outcome};
use crate::kind::{Kind, any_case, exact};

pub(crate) static DATABRICKS_TOKEN: Kind = Kind::pattern(
    "databricks-token",
    "Databricks token",
    &[exact("dapi"), exact("dose")],
    r"\b((?:dapi|dose)[0-9a-f]{32}(?:-\d)?)\b",
)
.source("docs.databricks.com/dev-tools/auth/pat")
.severity(Severity::Critical)
.checks(&[Check::Entropy(3.0)])
.samples(&["DATABRICKS_TOKEN=dapi@{hex:32}-2"], &["dapi@{hex:8}"]);

pub(crate) static PLANETSCALE_TOKEN: Kind = Kind::pattern(
    "planetscale-token",
    "PlanetScale token or password",
    &[exact("pscale_tkn_"), exact("pscale_pw_"), exact("pscale_oauth_")],
    r"\b(pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.\-]{32,64})",
)
.source("planetscale.com/docs/concepts/service-tokens")
.severity(Severity::Critical)
.samples(&["pscale_tkn_@{b62:43}"], &["pscale_tkn_x"]);

pub(crate) static ALGOLIA_KEY: Kind = Kind::assigned(
    "algolia-api-key",
    "Algolia API key",
    &["algolia"],
    &["adminkey", "apikey", "adminapikey", "writekey", "writeapikey", "key", "token"],
    r"^[0-9a-f]{32}$",
)
.source("algolia.com/doc/guides/security/api-keys")
.severity(Severity::Medium)
.checks(&[Check::Entropy(3.0)])
.samples(&["ALGOLIA_ADMIN_KEY=@{hex:32}"], &["ALGOLIA_SEARCH_ID=@{hex:32}"]);

pub(crate) static SQL_CONNECTION: Kind = Kind::pattern(
    "sql-connection-string",
    "Database password in a connection string",
    &[any_case("password="), any_case("pwd="), any_case("password ="), any_case("pwd =")],
    r#"(?i)\b(?:server|data source|host|addr|address)\s?=[^"'<>\n]{1,200}?[;\s](?:password|pwd)\s?=\s?([^;"'\s<>&\\]{4,120})"#,
)
.often_shown()
.source("learn.microsoft.com/sql/connect/ado-net/connection-string-syntax; postgresql.org/docs/current/libpq-connect.html")
.severity(Severity::Critical)
.reach(240, 160)
.checks(&[Check::Run(given_not_named)])
.samples(
    &[
        "Server=tcp:orders.database.windows.net,1433;Initial Catalog=orders;User ID=svc;Password=@{b62:16};Encrypt=True;",
        "host=db.acme.internal port=5432 user=svc password=@{b62:16} dbname=orders",
    ],
    &["Server=tcp:x;User ID=svc;Password={your_password};", "Server=x;Integrated Security=true;", "Server=localhost;User Id=sa;Password=$(SA_PASSWORD);", "connect(host=redis_host, password=redis_password)"],
);

/// Keyword arguments look like a connection string, with the name of a variable in it.
fn given_not_named(candidate: &Candidate<'_>) -> Outcome {
    let value = candidate.value();
    let value = value.split(|byte| b"),".contains(byte)).next().unwrap_or(value);
    if crate::name::is_name_of_credential(value) { Outcome::Drop } else { Outcome::Keep }
}

pub(crate) static AIRTABLE_TOKEN: Kind = Kind::pattern(
    "airtable-token",
    "Airtable personal access token",
    &[exact("pat")],
    r"\b(pat[A-Za-z0-9]{14}\.[0-9a-f]{64})\b",
)
.source("airtable.com/developers/web/guides/personal-access-tokens")
.reach(1, 90)
.samples(&["AIRTABLE_TOKEN=pat@{b62:14}.@{hex:64}"], &["pattern.match"]);

pub(crate) static CONFLUENT_SECRET: Kind = Kind::assigned(
    "confluent-api-secret",
    "Confluent Cloud API secret",
    &["confluent", "kafka", "sasl", "schemaregistry"],
    &["secret", "apisecret", "password", "saslpassword"],
    r"^(?:[A-Za-z0-9+/]{64}|cflt[A-Za-z0-9+/]{60})$",
)
.source("docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys")
.severity(Severity::Critical)
.checks(&[Check::Entropy(4.2), Check::Classes(3)])
.samples(&["KAFKA_SASL_PASSWORD=@{b64:64}"], &["KAFKA_SASL_USERNAME=@{b64:64}"]);
