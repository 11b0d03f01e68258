//! Google Cloud and Firebase.

use model::{Confidence, Severity};

use crate::checks::{self, Check, Outcome};
use crate::kind::{Kind, exact};

pub(crate) static SERVICE_ACCOUNT_KEY: Kind = Kind::pattern(
    "gcp-service-account-key",
    "Google Cloud service account key",
    &[exact("-----BEGIN ")],
    r#"private_key\\{0,3}["']\s*:\s*\\{0,3}["'](-----BEGIN (?:RSA )?PRIVATE KEY-----[^"']{120,}?-----END (?:RSA )?PRIVATE KEY-----)"#,
)
.source("cloud.google.com/iam/docs/keys-create-delete, service account key file")
.severity(Severity::Critical)
.reach(40, 8000)
.checks(&[Check::Run(belongs_to_service_account), Check::Run(checks::pem_structure)])
.samples(
    &["{\"type\": \"service_account\", \"private_key\": \"-----BEGIN PRIVATE KEY-----\\nMIIE@{b64:600}\\n-----END PRIVATE KEY-----\\n\", \"client_email\": \"a@b.iam.gserviceaccount.com\"}"],
    &["{\"type\": \"service_account\", \"private_key\": \"-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----\\n\"}"],
);

fn belongs_to_service_account(candidate: &checks::Candidate<'_>) -> Outcome {
    const FILE_BYTES: usize = 1500;
    let near = candidate.around(FILE_BYTES);
    let holds = |part: &str| crate::allow::contains_ignoring_case(near, part);
    if holds("service_account") || holds("gserviceaccount.com") { Outcome::Keep } else { Outcome::Drop }
}

/// Web keys of Firebase are made to be published, so this says less than its form.
pub(crate) static API_KEY: Kind = Kind::pattern(
    "gcp-api-key",
    "Google API key",
    &[exact("AIza")],
    r"\b(AIza[0-9A-Za-z_\-]{35})(?:[^0-9A-Za-z_\-]|$)",
)
.source("cloud.google.com/docs/authentication/api-keys")
.severity(Severity::Medium)
.reach(1, 48)
.checks(&[Check::Entropy(3.5)])
.samples(&["key=AIza@{b62:35}&x=1"], &["AIza@{b62:20}", "AIzaSyXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"]);

pub(crate) static OAUTH_CLIENT_SECRET: Kind = Kind::pattern(
    "gcp-oauth-client-secret",
    "Google OAuth client secret",
    &[exact("GOCSPX-")],
    r"\b(GOCSPX-[A-Za-z0-9_\-]{28})",
)
.source("support.google.com/cloud, OAuth 2.0 client secrets")
.checks(&[Check::Entropy(3.5)])
.samples(&["\"client_secret\":\"GOCSPX-@{b62:28}\""], &["GOCSPX-your-client-secret"]);

pub(crate) static OAUTH_TOKEN: Kind = Kind::pattern(
    "gcp-oauth-access-token",
    "Google OAuth access token",
    &[exact("ya29.")],
    r"\b(ya29\.[A-Za-z0-9_\-]{40,})",
)
.source("developers.google.com/identity/protocols/oauth2")
.severity(Severity::Medium)
.checks(&[Check::Entropy(4.0)])
.samples(&["Bearer ya29.@{b62:120}"], &["ya29.token"]);

pub(crate) static REFRESH_TOKEN: Kind = Kind::pattern(
    "gcp-oauth-refresh-token",
    "Google OAuth refresh token",
    &[exact("1//0")],
    r#"["'=\s](1//0[A-Za-z0-9_\-]{60,120})(?:["'\s\\,]|$)"#,
)
.source("developers.google.com/identity/protocols/oauth2")
.reach(2, 140)
.checks(&[Check::Entropy(4.0)])
.samples(&["\"refresh_token\": \"1//0@{b62:90}\""], &["\"refresh_token\": \"1//0abc\""]);

pub(crate) static FCM_SERVER_KEY: Kind = Kind::pattern(
    "firebase-server-key",
    "Firebase Cloud Messaging server key",
    &[exact("AAAA")],
    r"\b(AAAA[A-Za-z0-9_\-]{7}:[A-Za-z0-9_\-]{140})",
)
.source("firebase.google.com/docs/cloud-messaging/auth-server, legacy server key")
.confidence(Confidence::Certain)
.checks(&[Check::Entropy(4.0)])
.samples(&["FCM_KEY=AAAA@{b62:7}:@{b62:140}"], &["AAAA@{b62:7}:@{b62:20}"]);

pub(crate) static HMAC_KEY: Kind =
    Kind::pattern("gcp-hmac-key", "Google Cloud Storage HMAC key id", &[exact("GOOG1E")], r"\b(GOOG1E[A-Z0-9]{55})\b")
        .source("cloud.google.com/storage/docs/authentication/hmackeys")
        .severity(Severity::Medium)
        .checks(&[Check::Entropy(3.5)])
        .samples(&["GOOG1E@{up32:55}"], &["GOOG1E@{up32:10}"]);
