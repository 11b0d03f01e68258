//! Monitoring and logging.

use model::Severity;

use crate::checks::Check;
use crate::kind::{Kind, exact};

pub(crate) static DATADOG_API_KEY: Kind = Kind::assigned(
    "datadog-api-key",
    "Datadog API key",
    &["datadog", "dd"],
    &["apikey", "key", "token", "ddapikey", "clienttoken"],
    r"^[0-9a-f]{32}$",
)
.source("docs.datadoghq.com/account_management/api-app-keys")
.checks(&[Check::Entropy(3.0)])
.samples(
    &["DD_API_KEY: @{hex:32}", "datadog: { apiKey: '@{hex:32}' }"],
    &["DD_API_KEY: ${DD_API_KEY}", "DD_SITE: datadoghq.com", "ADD_API_NAME: @{hex:32}"],
);

pub(crate) static DATADOG_APP_KEY: Kind = Kind::assigned(
    "datadog-application-key",
    "Datadog application key",
    &["datadog", "dd"],
    &["appkey", "applicationkey", "ddappkey"],
    r"^(?:[0-9a-f]{40}|ddapp_[A-Za-z0-9]{34})$",
)
.source("docs.datadoghq.com/account_management/api-app-keys")
.checks(&[Check::Entropy(3.0)])
.samples(&["DD_APP_KEY=@{hex:40}"], &["DD_APP_NAME=@{hex:40}"]);

pub(crate) static NEW_RELIC_KEY: Kind = Kind::pattern(
    "new-relic-key",
    "New Relic key",
    &[exact("NRAK-"), exact("NRII-"), exact("NRAL"), exact("NRRA-"), exact("NRSP-")],
    r"\b(NRAK-[A-Z0-9]{27}|NRII-[A-Za-z0-9_\-]{32}|NRRA-[0-9a-f]{42}|NRSP-[a-z]{2}\d{2}[0-9a-f]{31}|(?:[a-z]{2}\d{2}xx)?[0-9a-f]{30,36}NRAL)\b",
)
.source("docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys")
.reach(44, 56)
.checks(&[Check::Entropy(3.0)])
.samples(&["NEW_RELIC_API_KEY=NRAK-@{up32:27}", "NEW_RELIC_LICENSE_KEY: @{hex:36}NRAL"], &["NRAK-X"]);

pub(crate) static NEW_RELIC_LICENSE: Kind = Kind::assigned(
    "new-relic-license-key",
    "New Relic license key",
    &["newrelic"],
    &["licensekey", "license"],
    r"^[0-9a-f]{40}$",
)
.source("docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys")
.severity(Severity::Medium)
.checks(&[Check::Entropy(3.0)])
.samples(&["NEW_RELIC_LICENSE_KEY=@{hex:40}"], &["NEW_RELIC_ACCOUNT_ID=@{hex:40}"]);

pub(crate) static SENTRY_TOKEN: Kind = Kind::pattern(
    "sentry-auth-token",
    "Sentry auth token",
    &[exact("sntrys_"), exact("sntryu_")],
    r"\b(sntrys_eyJ[A-Za-z0-9+/=]{80,}_[A-Za-z0-9+/]{30,60}|sntryu_[0-9a-f]{64})",
)
.source("docs.sentry.io/api/guides/create-auth-token; docs.sentry.io/account/auth-tokens")
.reach(1, 500)
.samples(&["SENTRY_AUTH_TOKEN=sntryu_@{hex:64}"], &["sntryu_x"]);

pub(crate) static SENTRY_DSN: Kind = Kind::pattern(
    "sentry-dsn-with-secret",
    "Sentry DSN with a secret key",
    &[exact(".ingest.sentry.io"), exact("@sentry.io/")],
    r"https://[0-9a-f]{32}:([0-9a-f]{32})@(?:o\d+\.ingest\.)?sentry\.io/\d+",
)
.source("docs.sentry.io/concepts/key-terms/dsn-explainer")
.severity(Severity::Low)
.reach(100, 40)
.samples(&["https://@{hex:32}:@{hex:32}@sentry.io/1234"], &["https://@{hex:32}@o1.ingest.sentry.io/1234"]);

pub(crate) static GRAFANA_TOKEN: Kind = Kind::pattern(
    "grafana-token",
    "Grafana token",
    &[exact("glsa_"), exact("glc_")],
    r"\b(glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_eyJ[A-Za-z0-9+/=]{60,})",
)
.source("grafana.com/docs/grafana/latest/administration/service-accounts")
.reach(1, 420)
.checks(&[Check::Entropy(3.8)])
.samples(&["glsa_@{b62:32}_@{hex:8}"], &["glsa_x"]);

pub(crate) static HONEYCOMB_KEY: Kind = Kind::pattern(
    "honeycomb-key",
    "Honeycomb key",
    &[exact("hcaik_"), exact("hcamk_"), exact("hcxik_"), exact("hcxmk_")],
    r"\b(hc[ax][im]k_[A-Za-z0-9]{58})\b",
)
.source("docs.honeycomb.io/configure/environments/manage-api-keys")
.severity(Severity::Medium)
.samples(&["HONEYCOMB_API_KEY=hcaik_@{lower:58}"], &["hcaik_x"]);

pub(crate) static DYNATRACE_TOKEN: Kind = Kind::pattern(
    "dynatrace-token",
    "Dynatrace access token",
    &[exact("dt0c01."), exact("dt0s01."), exact("dt0s16.")],
    r"\b(dt0[cs][01][0-9]\.[A-Z2-7]{8,24}\.[A-Z2-7]{64})\b",
)
.source("docs.dynatrace.com, access tokens: token format")
.samples(&["dt0c01.@{up32:24}.@{up32:64}"], &["dt0c01.@{up32:24}"]);

pub(crate) static SPLUNK_TOKEN: Kind = Kind::assigned(
    "splunk-hec-token",
    "Splunk HTTP event collector token",
    &["splunk", "hec"],
    &["token", "hectoken", "authtoken"],
    r"^(?i:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$",
)
.source("docs.splunk.com, set up and use HTTP event collector")
.severity(Severity::Medium)
.samples(&["SPLUNK_HEC_TOKEN=@{uuid}"], &["SPLUNK_INDEX=@{uuid}"]);

pub(crate) static PAGERDUTY_KEY: Kind = Kind::assigned(
    "pagerduty-key",
    "PagerDuty API or integration key",
    &["pagerduty"],
    &["key", "token", "apikey", "routingkey", "integrationkey", "servicekey"],
    r"^(?:u\+[A-Za-z0-9_\-]{18}|[A-Za-z0-9_\-]{20}|[0-9a-zA-Z]{32})$",
)
.source("support.pagerduty.com, API access keys")
.severity(Severity::Medium)
.checks(&[Check::Entropy(3.0), Check::NotWordy])
.samples(&["PAGERDUTY_ROUTING_KEY=@{hex:32}"], &["PAGERDUTY_SERVICE=@{hex:32}"]);

pub(crate) static SUMO_LOGIC: Kind = Kind::pattern(
    "sumologic-collector-url",
    "Sumo Logic HTTP source address",
    &[exact(".sumologic.com/receiver/")],
    r"sumologic\.com/receiver/v1/http/([A-Za-z0-9_\-]{60,120}={0,2})",
)
.source("help.sumologic.com, HTTP logs and metrics source")
.severity(Severity::Medium)
.reach(1, 180)
.samples(
    &["https://endpoint1.collection.sumologic.com/receiver/v1/http/@{b62:88}=="],
    &["https://endpoint1.collection.sumologic.com/receiver/v1/http/"],
);
