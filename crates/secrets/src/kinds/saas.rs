//! Other services: identity, documents, design, feature flags.

use model::Severity;

use crate::checks::Check;
use crate::kind::{Kind, any_case, exact};

pub(crate) static OKTA_TOKEN: Kind = Kind::pattern(
    "okta-api-token",
    "Okta API token",
    &[any_case("okta"), exact("SSWS")],
    r#"(?:SSWS\s{1,2}|(?i:okta)[A-Za-z0-9_.\-]{0,40}\\?["'\]]{0,2}\s{0,4}(?:[:=,]|=>)\s{0,4}\\?["'`]?)(00[A-Za-z0-9_\-]{40})(?:[^A-Za-z0-9_\-]|$)"#,
)
.source("developer.okta.com/docs/guides/create-an-api-token")
.severity(Severity::Critical)
.reach(1, 140)
.checks(&[Check::Entropy(3.8)])
.samples(&["OKTA_API_TOKEN=00@{b62:40}", "Authorization: SSWS 00@{b62:40}"], &["OKTA_API_TOKEN=00x"]);

pub(crate) static AUTH0_SECRET: Kind = Kind::assigned(
    "auth0-client-secret",
    "Auth0 client secret",
    &["auth0"],
    &["secret", "clientsecret"],
    r"^[A-Za-z0-9_\-]{64}$",
)
.source("auth0.com/docs/get-started/applications/confidential-and-public-applications")
.severity(Severity::Critical)
.checks(&[Check::Entropy(4.0)])
.samples(&["AUTH0_CLIENT_SECRET=@{b62:64}"], &["AUTH0_CLIENT_ID=@{b62:64}"]);

pub(crate) static NOTION_TOKEN: Kind = Kind::pattern(
    "notion-token",
    "Notion integration token",
    &[exact("ntn_"), any_case("notion")],
    r#"(?:\b(ntn_[A-Za-z0-9]{46})\b|(?i:notion)[^\n]{0,60}?["'=:\s](secret_[A-Za-z0-9]{43})\b)"#,
)
.source("developers.notion.com/docs/authorization")
.reach(1, 160)
.samples(&["NOTION_TOKEN=ntn_@{b62:46}", "NOTION_API_KEY=secret_@{b62:43}"], &["ntn_x"]);

pub(crate) static LINEAR_KEY: Kind = Kind::pattern(
    "linear-api-key",
    "Linear API key",
    &[exact("lin_api_"), exact("lin_oauth_")],
    r"\b(lin_(?:api|oauth)_[A-Za-z0-9]{40,64})\b",
)
.source("linear.app/developers/graphql, authentication")
.samples(&["lin_api_@{b62:40}"], &["lin_api_x"]);

pub(crate) static FIGMA_TOKEN: Kind =
    Kind::pattern("figma-token", "Figma personal access token", &[exact("figd_")], r"\b(figd_[A-Za-z0-9_\-]{40,50})")
        .source("developers.figma.com/docs/rest-api/authentication")
        .severity(Severity::Medium)
        .samples(&["figd_@{b62:40}"], &["figd_x"]);

pub(crate) static POSTMAN_KEY: Kind =
    Kind::pattern("postman-api-key", "Postman API key", &[exact("PMAK-")], r"\b(PMAK-[0-9a-f]{24}-[0-9a-f]{34})\b")
        .source("learning.postman.com/docs/developer/postman-api/authentication")
        .samples(&["PMAK-@{hex:24}-@{hex:34}"], &["PMAK-x"]);

pub(crate) static HUBSPOT_TOKEN: Kind = Kind::pattern(
    "hubspot-token",
    "HubSpot private app token",
    &[exact("pat-na1-"), exact("pat-na2-"), exact("pat-eu1-")],
    r"\b(pat-(?:na\d|eu1)-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\b",
)
.source("developers.hubspot.com/docs/guides/apps/private-apps")
.samples(&["pat-na1-@{uuid}"], &["pat-na1-x"]);

pub(crate) static CONTENTFUL_TOKEN: Kind = Kind::pattern(
    "contentful-management-token",
    "Contentful management token",
    &[exact("CFPAT-")],
    r"\b(CFPAT-[A-Za-z0-9_\-]{43})",
)
.source("contentful.com/developers/docs/references/authentication")
.samples(&["CFPAT-@{b62:43}"], &["CFPAT-x"]);

pub(crate) static TYPEFORM_TOKEN: Kind =
    Kind::pattern("typeform-token", "Typeform token", &[exact("tfp_")], r"\b(tfp_[A-Za-z0-9_\-]{40,60})")
        .source("typeform.com/developers/get-started/personal-access-token")
        .severity(Severity::Medium)
        .checks(&[Check::Entropy(3.8)])
        .samples(&["tfp_@{b62:44}"], &["tfp_x"]);

pub(crate) static DROPBOX_TOKEN: Kind =
    Kind::pattern("dropbox-token", "Dropbox access token", &[exact("sl.")], r"\b(sl\.(?:u\.)?[A-Za-z0-9_\-]{130,240})")
        .source("developers.dropbox.com/oauth-guide")
        .reach(1, 260)
        .checks(&[Check::Entropy(4.5)])
        .samples(&["DROPBOX_TOKEN=sl.@{b62:140}"], &["sl.length"]);

pub(crate) static FACEBOOK_TOKEN: Kind = Kind::pattern(
    "facebook-access-token",
    "Facebook access token",
    &[exact("EAAC"), exact("EAAB"), exact("EAAG"), exact("EAAD")],
    r"\b(EAA[BCDG][A-Za-z0-9]{100,})\b",
)
.source("developers.facebook.com/docs/facebook-login/guides/access-tokens")
.checks(&[Check::Entropy(4.5)])
.samples(&["FB_TOKEN=EAAB@{b62:160}"], &["EAAB@{b62:20}"]);

pub(crate) static TWITTER_BEARER: Kind = Kind::pattern(
    "twitter-bearer-token",
    "X (Twitter) bearer token",
    &[exact("AAAAAAAAAAAAAAAAAAAAA")],
    r"\bA{20,23}([B-Za-z0-9](?:%2[BFbf]|%3D|[A-Za-z0-9]){60,112})(?:[^A-Za-z0-9%]|$)",
)
.source("docs.x.com/fundamentals/authentication/oauth-2-0/bearer-tokens")
.severity(Severity::Medium)
.reach(1, 140)
.checks(&[Check::Entropy(4.2)])
.samples(
    &["TWITTER_BEARER=AAAAAAAAAAAAAAAAAAAAA@{b62:9}%2B@{b62:70}"],
    &["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
);

pub(crate) static LAUNCHDARKLY_KEY: Kind = Kind::pattern(
    "launchdarkly-key",
    "LaunchDarkly SDK or API key",
    &[exact("sdk-"), exact("api-")],
    r"\b((?:sdk|api)-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\b",
)
.source("launchdarkly.com/docs/sdk/concepts/client-side-server-side, keys")
.severity(Severity::Medium)
.samples(&["LD_SDK_KEY=sdk-@{uuid}"], &["sdk-v2"]);

pub(crate) static MAPBOX_TOKEN: Kind = Kind::pattern(
    "mapbox-secret-token",
    "Mapbox secret token",
    &[exact("sk.eyJ")],
    r"\b(sk\.eyJ[A-Za-z0-9_\-]{40,160}\.[A-Za-z0-9_\-]{22})",
)
.source("docs.mapbox.com/help/getting-started/access-tokens")
.samples(&["sk.eyJ@{b62:80}.@{b62:22}"], &["pk.eyJ@{b62:80}.@{b62:22}"]);

pub(crate) static SONAR_TOKEN: Kind = Kind::pattern(
    "sonarqube-token",
    "SonarQube token",
    &[exact("squ_"), exact("sqp_"), exact("sqa_")],
    r"\b(sq[upa]_[0-9a-f]{40})\b",
)
.source("docs.sonarsource.com/sonarqube, managing your tokens")
.severity(Severity::Medium)
.samples(&["squ_@{hex:40}"], &["squ_x"]);

pub(crate) static SNYK_TOKEN: Kind = Kind::assigned(
    "snyk-token",
    "Snyk API token",
    &["snyk"],
    &["token", "apitoken", "apikey", "key"],
    r"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$",
)
.source("docs.snyk.io/snyk-api/authentication-for-api")
.samples(&["SNYK_TOKEN=@{uuid}"], &["SNYK_ORG_ID=@{uuid}"]);
