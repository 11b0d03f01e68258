//! Credentials that ship with the function or stand in its configuration.

mod advice;
mod hard_coded_secret;
mod secret_in_environment;

use model::secret::SecretFact;
use model::{Confidence, Severity};

use crate::rule::Rule;

pub(crate) const RULES: &[&Rule] = &[&hard_coded_secret::RULE, &secret_in_environment::RULE];

/// Harm if true: what only a name gives away is taken one step lower, as it may be a default or a sample.
/// What a system package brought is known to everyone who has the package, and no secret unless the package is the user's.
fn severity(secret: &SecretFact) -> Severity {
    if secret.shipped_by.is_some() {
        return Severity::Info;
    }
    match (secret.confidence, secret.severity) {
        (Confidence::Possible, Severity::Critical) => Severity::High,
        (Confidence::Possible, Severity::High) => Severity::Medium,
        (Confidence::Possible, Severity::Medium | Severity::Low | Severity::Info) => Severity::Low,
        (Confidence::Likely | Confidence::Certain, severity) => severity,
    }
}

/// What makes two findings about secrets the same: the kind and the value, told by its digest.
fn subject(secret: &SecretFact) -> String {
    format!("{}\n{}", secret.kind, secret.fingerprint)
}

/// Keys that sign or encrypt are a weakness of their own.
fn cwe_of_keys(secret: &SecretFact) -> Option<String> {
    let is_key = secret.kind.contains("private-key") || secret.kind.contains("signing");
    is_key.then(|| "CWE-321".to_owned())
}
