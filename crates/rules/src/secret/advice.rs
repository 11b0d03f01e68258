//! What to do about a leaked credential: end its life first, then keep the next one elsewhere.

use model::function::Cloud;
use model::secret::SecretFact;
use model::{Remedy, RemedyKind};

use crate::rule::remedy;

/// How credentials of some kinds are ended and replaced, by the start of the kind's id; the first that fits.
const ENDINGS: &[(&str, &str)] = &[
    (
        "aws-access-key",
        "deactivate the access key in IAM and delete it; a function needs none: grant its role what the key was for",
    ),
    (
        "aws-secret-access-key",
        "deactivate the access key in IAM and delete it; a function needs none: grant its role what the key was for",
    ),
    ("aws-session-token", "revoke the role's sessions in IAM; a function gets its own credentials from its role"),
    (
        "gcp-service-account-key",
        "delete the key in IAM; run the function as the service account instead of carrying its key",
    ),
    ("azure-storage", "rotate the account's keys; let the function use its managed identity"),
    ("azure-cosmos", "rotate the account's keys; let the function use its managed identity"),
    ("azure-shared-access", "regenerate the policy's keys; let the function use its managed identity"),
    ("azure-", "revoke it in Azure and issue another"),
    ("github-", "revoke the token in GitHub's developer settings and read its audit log"),
    ("private-key", "replace the key pair, and every certificate or authorised key made from it"),
    ("jwt-signing-secret", "replace the secret: until then anyone who has read it can make valid tokens"),
    ("database-url", "change the password in the database"),
    ("sql-connection-string", "change the password in the database"),
    ("generic-password", "change the password where it is set"),
    ("json-web-token", "end the session or token where it was issued"),
];

const BY_DEFAULT: &str = "revoke it where it was issued and issue another";

pub(super) fn rotate(secret: &SecretFact, cloud: Cloud) -> Remedy {
    let ending = ENDINGS.iter().find(|(start, _)| secret.kind.starts_with(start)).map_or(BY_DEFAULT, |(_, text)| text);
    remedy(RemedyKind::Rotate, format!("{ending}; {}", keep_elsewhere(cloud)), None)
}

/// For a value that a system package brings along.
pub(super) fn check_package(package: &str) -> Remedy {
    let text = format!(
        "nothing, if `{package}` is a public package: everyone has this value, and nothing may rely on it; if the package is your own, take the value out of it, revoke it and issue another"
    );
    remedy(RemedyKind::Rotate, text, None)
}

fn keep_elsewhere(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Aws => {
            "keep the new value in Secrets Manager or as a SecureString parameter and read it when the function starts"
        }
        Cloud::Azure => "keep the new value in Key Vault and refer to it with `@Microsoft.KeyVault(…)`",
        Cloud::Gcp => "keep the new value in Secret Manager and mount it with `--set-secrets`",
    }
}
