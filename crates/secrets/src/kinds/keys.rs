//! Private keys, tokens and headers that belong to no single provider.

use model::Severity;

use crate::checks::{self, Check};
use crate::kind::{Kind, any_case, exact};

pub(crate) static PRIVATE_KEY: Kind = Kind::pattern(
    "private-key",
    "Private key",
    &[exact("-----BEGIN ")],
    r"(-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED |SSH2 ENCRYPTED )?PRIVATE KEY-----(?s:[^\x00]{60,}?)-----END (?:RSA |EC |DSA |OPENSSH |ENCRYPTED |SSH2 ENCRYPTED )?PRIVATE KEY-----)",
)
.often_shown()
.source("RFC 7468, textual encodings of PKIX structures; openssh.com, PROTOCOL.key")
.severity(Severity::Critical)
.reach(1, 9200)
.checks(&[Check::Run(checks::pem_structure)])
.samples(
    &[
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE@{b64:60}\n@{b64:64}\n@{b64:64}\n-----END RSA PRIVATE KEY-----\n",
        "key = \"-----BEGIN PRIVATE KEY-----\\nMIIE@{b64:300}\\n-----END PRIVATE KEY-----\"",
    ],
    &[
        "-----BEGIN PUBLIC KEY-----\nMIIB@{b64:200}\n-----END PUBLIC KEY-----",
        "'-----BEGIN RSA PRIVATE KEY-----\\n' + body + '\\n-----END RSA PRIVATE KEY-----'",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    ],
);

pub(crate) static PGP_PRIVATE_KEY: Kind = Kind::pattern(
    "pgp-private-key",
    "PGP private key",
    &[exact("-----BEGIN PGP")],
    r"(-----BEGIN PGP PRIVATE KEY BLOCK-----(?s:[^\x00]{200,}?)-----END PGP PRIVATE KEY BLOCK-----)",
)
.often_shown()
.source("RFC 9580 §6, armor")
.severity(Severity::Critical)
.reach(1, 11200)
.checks(&[Check::Run(checks::pem_structure)])
.samples(
    &["-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOY@{b64:60}\n@{b64:64}\n@{b64:64}\n@{b64:64}\n-----END PGP PRIVATE KEY BLOCK-----"],
    &["-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN@{b64:300}\n-----END PGP PUBLIC KEY BLOCK-----"],
);

pub(crate) static AGE_KEY: Kind = Kind::pattern(
    "age-secret-key",
    "age secret key",
    &[exact("AGE-SECRET-KEY-1")],
    r"\b(AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})\b",
)
.source("github.com/C2SP/C2SP age specification")
.severity(Severity::Critical)
.samples(&["AGE-SECRET-KEY-1@{bech:58}"], &["AGE-SECRET-KEY-1"]);

pub(crate) static JSON_WEB_TOKEN: Kind = Kind::pattern(
    "json-web-token",
    "JSON Web Token",
    &[exact("eyJ")],
    r"\b(eyJ[A-Za-z0-9_\-]{14,}\.eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{20,})",
)
.often_shown()
.source("RFC 7519; RFC 7515 §3.1")
.severity(Severity::Medium)
.reach(1, 6000)
.checks(&[Check::Entropy(4.0), Check::Run(checks::jwt_structure)])
.samples(&["token = '@{jwt}'"], &["eyJhbGciOiJIUzI1NiJ9", "eyJ@{b62:40}.eyJ@{b62:40}.@{b62:43}"]);

pub(crate) static AUTHORIZATION_BASIC: Kind = Kind::pattern(
    "basic-authorization-header",
    "User name and password in an Authorization header",
    &[any_case("basic ")],
    r#"(?i)authorization["'`\])]{0,3}\s{0,3}[:=,]\s{0,3}["'`]?basic\s([A-Za-z0-9+/]{8,200}={0,2})"#,
)
.often_shown()
.source("RFC 7617")
.reach(40, 220)
.checks(&[Check::Run(checks::basic_credentials)])
.samples(
    &["headers = {'Authorization': 'Basic @{basic}'}"],
    &["Authorization: Basic <credentials>", "Authorization: Basic dXNlcjpleGFtcGxl"],
);

pub(crate) static AUTHORIZATION_BEARER: Kind = Kind::pattern(
    "bearer-authorization-header",
    "Token in an Authorization header",
    &[any_case("bearer "), any_case("token ")],
    r#"(?i)authorization["'`\])]{0,3}\s{0,3}[:=,]\s{0,3}["'`]?(?:bearer|token)\s([A-Za-z0-9_.~+/\-]{20,}={0,2})(?:["'`\s\\]|$)"#,
)
.often_shown()
.source("RFC 6750 §2.1")
.severity(Severity::Medium)
.reach(40, 440)
.checks(&[Check::Entropy(3.5), Check::Classes(2), Check::NotWordy])
.samples(&["curl -H 'Authorization: Bearer @{b62:40}'"], &["Authorization: Bearer ${token}", "Authorization: Bearer your-access-token-goes-here"]);

pub(crate) static CURL_USER: Kind = Kind::pattern(
    "curl-user-password",
    "User name and password on a curl command line",
    &[exact("curl ")],
    r#"\bcurl\s[^\n]{0,200}?\s(?:-u|--user)[\s=]["']?[A-Za-z0-9_.@\-]{2,60}:([^\s"'@:$<>{}%\\]{6,80})["']?(?:\s|$)"#,
)
.often_shown()
.source("curl.se/docs/manpage.html, --user")
.reach(1, 360)
.samples(
    &["curl -s -u admin:@{b62:12} https://x.acme.internal"],
    &["curl -u $USER:$PASSWORD https://x", "curl -u user:password https://x"],
);

pub(crate) static NETRC_PASSWORD: Kind = Kind::pattern(
    "netrc-password",
    "Password in a netrc file",
    &[exact("machine ")],
    r"\bmachine\s+\S{1,200}\s+login\s+\S{1,120}\s+password\s+(\S{4,200})",
)
.often_shown()
.source("gnu.org/software/inetutils/manual, the .netrc file")
.reach(1, 560)
.samples(
    &["machine api.acme.internal login svc password @{b62:20}"],
    &["machine api.acme.internal login svc password ${X}"],
);
