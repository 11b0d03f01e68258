//! Amazon Web Services.

use model::{Confidence, Severity};

use crate::checks::{Candidate, Check, Outcome};
use crate::kind::{Kind, any_case, exact};

/// Opens nothing without its secret key; found together they become [`ACCESS_KEY`].
pub(crate) static ACCESS_KEY_ID: Kind = Kind::pattern(
    "aws-access-key-id",
    "AWS access key id",
    &[exact("AKIA"), exact("ASIA")],
    r"\b((?:AKIA|ASIA)[A-Z2-7]{16})\b",
)
.source("docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html, unique identifiers")
.severity(Severity::Medium)
.reach(1, 24)
.checks(&[Check::Entropy(2.9), Check::Run(temporary_is_doubtful)])
.samples(
    &["AWS_ACCESS_KEY_ID=AKIA@{up32:16}", "key = 'ASIA@{up32:16}'"],
    &["AKIAIOSFODNN7EXAMPLE", "AKIAAAAAAAAAAAAAAAAA", "xAKIA@{up32:16}", "AKIA@{up32:17}"],
);

/// Ids of sessions end within hours, and stand in every log of the account.
fn temporary_is_doubtful(candidate: &Candidate<'_>) -> Outcome {
    if candidate.value().starts_with(b"ASIA") { Outcome::Doubtful } else { Outcome::Keep }
}

pub(crate) static SECRET_ACCESS_KEY: Kind = Kind::pattern(
    "aws-secret-access-key",
    "AWS secret access key",
    &[
        any_case("secret_access_key"),
        any_case("secretaccesskey"),
        any_case("secret-access-key"),
        any_case("secret access key"),
        any_case("secret_key"),
        any_case("secretkey"),
        any_case("aws_secret"),
        any_case("awssecret"),
    ],
    r#"(?i)(?:secret[_\- ]?(?:access)?[_\- ]?key|aws_?secret)[a-z0-9_]{0,24}\\?["'\]>)]{0,3}\s{0,8}(?:[:=,>]|value["']?\s*[:=])[\s"'`\\=>]{0,16}((?-i:[A-Za-z0-9/+]{40}))(?:[^A-Za-z0-9/+=]|$)"#,
)
.source("docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html")
.severity(Severity::Critical)
.reach(8, 160)
.checks(&[Check::Entropy(4.2), Check::Classes(3), Check::NotWordy])
.samples(
    &[
        "aws_secret_access_key = @{aws:40}",
        "secretAccessKey: '@{aws:40}'",
        "\"SecretKey\": \"@{aws:40}\"",
        "<aws_secret>@{aws:40}</aws_secret>",
        "- Name: AWS_SECRET_ACCESS_KEY\n  Value: @{aws:40}\n",
    ],
    &[
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "secretAccessKey: @{hex:40}",
        "aws_secret_access_key = ${AWS_SECRET_ACCESS_KEY}",
    ],
);

/// An id, at most some lines of syntax, then forty characters that stand alone.
pub(crate) static ACCESS_KEY: Kind = Kind::pattern(
    "aws-access-key",
    "AWS access key (id and secret key)",
    &[exact("AKIA"), exact("ASIA")],
    r#"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b(?s:.{0,160}?)[^A-Za-z0-9/+]([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)"#,
)
.source("docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html")
.severity(Severity::Critical)
.confidence(Confidence::Certain)
.reach(1, 260)
.checks(&[Check::Entropy(4.2), Check::Classes(3), Check::NotWordy])
.samples(
    &[
        "[default]\naws_access_key_id = AKIA@{up32:16}\naws_secret_access_key = @{aws:40}\n",
        "boto3.client('s3', 'x', 'AKIA@{up32:16}', '@{aws:40}')",
        "secretAccessKey: '@{aws:40}', accessKeyId: 'AKIA@{up32:16}'",
    ],
    &["AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AKIA@{up32:16} and '@{hex:40}'"],
);

pub(crate) static SESSION_TOKEN: Kind = Kind::pattern(
    "aws-session-token",
    "AWS session token",
    &[exact("IQoJb3JpZ2lu"), exact("FwoGZXIvYXdz"), exact("FQoGZXIvYXdz"), exact("AQoDYXdz")],
    r"\b((?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz|AQoDYXdz)[A-Za-z0-9/+]{80,}={0,2})",
)
.source("docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html")
.reach(1, 1000)
.checks(&[Check::Entropy(4.5)])
.samples(&["aws_session_token=IQoJb3JpZ2lu@{b64:300}"], &["IQoJb3JpZ2lu@{b64:12}"]);

pub(crate) static APPSYNC_KEY: Kind =
    Kind::pattern("aws-appsync-api-key", "AWS AppSync API key", &[exact("da2-")], r"\b(da2-[a-z0-9]{26})\b")
        .source("docs.aws.amazon.com/appsync/latest/devguide/security-authz.html")
        .severity(Severity::Medium)
        .checks(&[Check::Entropy(3.0)])
        .samples(&["aws_appsync_apiKey: 'da2-@{lower:26}'"], &["da2-@{lower:10}"]);

pub(crate) static BEDROCK_KEY: Kind = Kind::pattern(
    "aws-bedrock-api-key",
    "Amazon Bedrock API key",
    &[exact("ABSK"), exact("bedrock-api-key-")],
    r"\b(ABSK[A-Za-z0-9+/]{100,260}={0,2}|bedrock-api-key-[A-Za-z0-9+/]{60,}={0,2})",
)
.source("docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html")
.severity(Severity::Critical)
.reach(1, 1000)
.checks(&[Check::Entropy(4.0)])
.samples(&["AWS_BEARER_TOKEN_BEDROCK=ABSK@{b64:128}"], &["ABSK@{b64:20}"]);

pub(crate) static MWS_TOKEN: Kind = Kind::pattern(
    "aws-mws-auth-token",
    "Amazon MWS auth token",
    &[exact("amzn.mws.")],
    r"\b(amzn\.mws\.[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\b",
)
.source("docs.github.com/code-security, supported secret scanning patterns: Amazon MWS")
.samples(&["amzn.mws.@{uuid}"], &["amzn.mws.@{hex:8}"]);
