//! Code hosting.

use model::Severity;

use crate::checks::{self, Check};
use crate::kind::{Kind, exact};

pub(crate) static GITHUB_TOKEN: Kind = Kind::pattern(
    "github-token",
    "GitHub token",
    &[exact("ghp_"), exact("gho_"), exact("ghu_"), exact("ghs_"), exact("ghr_")],
    r"\b(gh[pousr]_[A-Za-z0-9]{36})\b",
)
.source("docs.github.com/authentication, GitHub's token formats; github.blog, behind GitHub's new authentication token formats (checksum)")
.severity(Severity::Critical)
.reach(1, 48)
.checks(&[Check::Entropy(3.5), Check::Run(checks::base62_checksum)])
.samples(&["token = 'ghp_@{crc62:30}'", "GITHUB_TOKEN=ghs_@{b62:36}"], &["ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "ghp_@{b62:20}"]);

pub(crate) static GITHUB_FINE_GRAINED: Kind = Kind::pattern(
    "github-fine-grained-token",
    "GitHub fine-grained token",
    &[exact("github_pat_")],
    r"\b(github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b",
)
.source("docs.github.com/authentication, fine-grained personal access tokens")
.severity(Severity::Critical)
.checks(&[Check::Entropy(3.5)])
.samples(&["github_pat_@{b62:22}_@{b62:59}"], &["github_pat_@{b62:22}"]);

pub(crate) static GITLAB_TOKEN: Kind = Kind::pattern(
    "gitlab-token",
    "GitLab token",
    &[
        exact("glpat-"),
        exact("gldt-"),
        exact("glrt-"),
        exact("glcbt-"),
        exact("glptt-"),
        exact("glft-"),
        exact("glimt-"),
        exact("glagent-"),
        exact("gloas-"),
        exact("glsoat-"),
        exact("glffct-"),
    ],
    r"\b(gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_\-]{20,64}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?)",
)
.source("docs.gitlab.com/security/tokens, token prefixes")
.severity(Severity::Critical)
.reach(1, 120)
.checks(&[Check::Entropy(3.3)])
.samples(&["GITLAB_TOKEN=glpat-@{b62:20}"], &["glpat-<token>", "glpat-@{b62:8}"]);

pub(crate) static BITBUCKET_PASSWORD: Kind =
    Kind::pattern("bitbucket-app-password", "Bitbucket app password", &[exact("ATBB")], r"\b(ATBB[A-Za-z0-9]{32})\b")
        .source("support.atlassian.com/bitbucket-cloud/docs/app-passwords")
        .checks(&[Check::Entropy(3.5)])
        .samples(&["ATBB@{b62:32}"], &["ATBB@{b62:10}"]);

pub(crate) static ATLASSIAN_TOKEN: Kind = Kind::pattern(
    "atlassian-api-token",
    "Atlassian API token",
    &[exact("ATATT3xFfGF0"), exact("ATCTT3xFf")],
    r"\b(AT(?:A|C)TT3xFf[A-Za-z0-9+/=_\-]{150,240}=[0-9A-F]{8})",
)
.source("support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account")
.severity(Severity::Critical)
.checks(&[Check::Entropy(4.0)])
.samples(&["ATATT3xFfGF0@{b62:176}=@{HEX:8}"], &["ATATT3xFfGF0@{b62:20}"]);

pub(crate) static ATLASSIAN_OLD_TOKEN: Kind = Kind::assigned(
    "atlassian-legacy-token",
    "Atlassian API token",
    &["atlassian", "jira", "confluence", "bitbucket"],
    &["token", "apikey", "password", "secret"],
    r"^[A-Za-z0-9]{24}$",
)
.source("support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account")
.checks(&[Check::Entropy(3.5), Check::Classes(2), Check::NotWordy])
.samples(&["JIRA_API_TOKEN=@{b62:24}"], &["JIRA_API_TOKEN=${JIRA}"]);
