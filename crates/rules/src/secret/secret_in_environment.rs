//! Credentials as plain text in the function's environment variables.

use model::secret::SecretPlace;
use model::{Family, Severity};

use super::{advice, cwe_of_keys, severity, subject};
use crate::rule::{Findings, FunctionFacts, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "secret-in-environment",
    family: Family::Secret,
    severity: Severity::High,
    cwe: &["CWE-526", "CWE-798"],
    tags: &["asvs:v5.0.0-13.3.1", "cis-aws-compute:4.3"],
    page: include_str!("secret_in_environment.md"),
    check,
};

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    for secret in facts.secrets.iter().filter(|secret| secret.place == SecretPlace::Environment) {
        let name = secret.holder.as_deref().unwrap_or("?");
        let title = format!("{} in environment variable `{name}`", secret.title);
        let remedy = advice::rotate(secret, facts.function.cloud);
        let finding = out.add(&format!("{name}\n{}", subject(secret)), title, secret.locations.clone(), remedy);
        finding.severity = severity(secret);
        finding.confidence = secret.confidence;
        finding.cwe.extend(cwe_of_keys(secret));
        finding.tags.push(format!("secret:{}", secret.kind));
    }
}
