//! Package registries.

use model::Severity;

use crate::checks::{self, Check};
use crate::kind::{Kind, any_case, exact};

pub(crate) static NPM_TOKEN: Kind =
    Kind::pattern("npm-access-token", "npm access token", &[exact("npm_")], r"\b(npm_[A-Za-z0-9]{36})\b")
        .source("docs.npmjs.com/about-access-tokens; github.blog, npm token format (checksum)")
        .severity(Severity::Critical)
        .reach(1, 48)
        .checks(&[Check::Entropy(3.5), Check::Run(checks::base62_checksum)])
        .samples(&["_authToken=npm_@{crc62:30}"], &["npm_config_registry_of_this_long_project", "npm_@{b62:12}"]);

pub(crate) static NPM_LEGACY: Kind = Kind::pattern(
    "npm-registry-auth",
    "npm registry credential",
    &[exact(":_authToken="), exact(":_password="), exact("_auth=")],
    r#"(?m)(?:/:_authToken|/:_password|^_auth)\s{0,2}=\s{0,2}["']?([A-Za-z0-9+/=_\-.]{16,})["']?\s*$"#,
)
.source("docs.npmjs.com/cli/configuring-npm/npmrc, auth related configuration")
.reach(64, 460)
.checks(&[Check::Entropy(3.0)])
.samples(&["//npm.example.org/:_authToken=@{b62:40}"], &["//npm.example.org/:_authToken=${NPM_TOKEN}"]);

pub(crate) static PYPI_TOKEN: Kind = Kind::pattern(
    "pypi-api-token",
    "PyPI API token",
    &[exact("pypi-AgEIcHlwaS5vcmc"), exact("pypi-AgENdGVzdC5weXBpLm9yZ")],
    r"\b(pypi-(?:AgEIcHlwaS5vcmc|AgENdGVzdC5weXBpLm9yZ)[A-Za-z0-9_\-]{50,})",
)
.source("PyPI help, API tokens; PyPI documentation (macaroon with the caveat of its index)")
.severity(Severity::Critical)
.reach(1, 460)
.checks(&[Check::Entropy(4.0)])
.samples(&["password = pypi-AgEIcHlwaS5vcmc@{b62:120}"], &["pypi-AgEIcHlwaS5vcmc"]);

pub(crate) static RUBYGEMS_KEY: Kind =
    Kind::pattern("rubygems-api-key", "RubyGems API key", &[exact("rubygems_")], r"\b(rubygems_[0-9a-f]{48})\b")
        .source("guides.rubygems.org/api-key-scopes")
        .severity(Severity::Critical)
        .samples(&[":rubygems_api_key: rubygems_@{hex:48}"], &["rubygems_version"]);

pub(crate) static CRATES_TOKEN: Kind =
    Kind::pattern("crates-io-token", "crates.io API token", &[exact("cio")], r"\b(cio[A-Za-z0-9]{32})\b")
        .source("doc.rust-lang.org/cargo/reference/publishing.html; crates.io token format")
        .severity(Severity::Critical)
        .checks(&[Check::Entropy(3.5), Check::Classes(2), Check::NotWordy])
        .samples(&["token = \"cio@{b62:32}\""], &["cioaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]);

pub(crate) static NUGET_KEY: Kind =
    Kind::pattern("nuget-api-key", "NuGet API key", &[exact("oy2")], r"\b(oy2[a-z0-9]{43})\b")
        .source("learn.microsoft.com/nuget/nuget-org/scoped-api-keys")
        .severity(Severity::Critical)
        .checks(&[Check::Entropy(3.5), Check::NotWordy])
        .samples(&["NUGET_KEY=oy2@{lower:43}"], &["oy2@{lower:10}"]);

pub(crate) static DOCKER_TOKEN: Kind = Kind::pattern(
    "docker-access-token",
    "Docker access token",
    &[exact("dckr_pat_"), exact("dckr_oat_")],
    r"\b(dckr_(?:pat|oat)_[A-Za-z0-9_\-]{27,32})",
)
.source("docs.docker.com/security/access-tokens")
.checks(&[Check::Entropy(3.5)])
.samples(&["docker login -u me -p dckr_pat_@{b62:27}"], &["dckr_pat_x"]);

pub(crate) static DOCKER_CONFIG: Kind = Kind::pattern(
    "docker-config-auth",
    "Docker registry login",
    &[any_case("\"auths\"")],
    r#"(?s)"auths"\s*:\s*\{.{0,}?"auth"\s*:\s*"([A-Za-z0-9+/=]{12,})""#,
)
.source("docs.docker.com/reference/cli/docker/login, credential storage")
.reach(1, 860)
.checks(&[Check::Run(checks::basic_credentials)])
.samples(
    &["{\"auths\": {\"registry.example.org\": {\"auth\": \"@{basic}\"}}}"],
    &["{\"auths\": {\"registry.example.org\": {}}}"],
);

pub(crate) static ARTIFACTORY_TOKEN: Kind = Kind::pattern(
    "artifactory-token",
    "Artifactory API key or token",
    &[exact("AKCp"), exact("cmVmdGtu")],
    r"\b(AKCp[A-Za-z0-9]{69}|cmVmdGtu[A-Za-z0-9]{56})\b",
)
.source("jfrog.com/help, access tokens and API key formats")
.checks(&[Check::Entropy(4.0)])
.samples(&["AKCp@{b62:69}", "cmVmdGtu@{b62:56}"], &["AKCp@{b62:8}"]);
