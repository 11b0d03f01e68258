//! Credentials in the files of the function.

use model::secret::{SecretFact, SecretPlace};
use model::{Family, Severity};

use super::{advice, cwe_of_keys, severity, subject};
use crate::rule::{Findings, FunctionFacts, Rule};
use crate::words::count;

pub(crate) static RULE: Rule = Rule {
    id: "hard-coded-secret",
    family: Family::Secret,
    severity: Severity::High,
    cwe: &["CWE-798"],
    tags: &["asvs:v5.0.0-13.3.1"],
    page: include_str!("hard_coded_secret.md"),
    check,
};

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    let in_files = facts.secrets.iter().filter(|secret| secret.place == SecretPlace::File);
    for secret in in_files.filter(|secret| !is_told_as_variable(secret, facts.secrets)) {
        let remedy = match &secret.shipped_by {
            Some(package) => advice::check_package(package),
            None => advice::rotate(secret, facts.function.cloud),
        };
        let finding = out.add(&subject(secret), title(secret), secret.locations.clone(), remedy);
        finding.severity = severity(secret);
        finding.confidence = secret.confidence;
        finding.cwe.extend(cwe_of_keys(secret));
        finding.tags.push(format!("secret:{}", secret.kind));
    }
}

/// Whether every place of the value is a line of the template that `secret-in-environment` points to.
fn is_told_as_variable(secret: &SecretFact, secrets: &[SecretFact]) -> bool {
    let variables = || {
        secrets
            .iter()
            .filter(|other| other.place == SecretPlace::Environment && other.fingerprint == secret.fingerprint)
    };
    let is_told = |place: &model::Location| {
        variables().flat_map(|other| &other.locations).any(|told| told.file == place.file && told.line == place.line)
    };
    secret.locations.iter().all(is_told)
}

/// `Stripe secret key in `src/pay.js``, with the name it is assigned to where only that gives it away.
fn title(secret: &SecretFact) -> String {
    let is_told_by_name = secret.preview == "…";
    let holder =
        secret.holder.as_ref().filter(|_| is_told_by_name).map(|name| format!(" `{name}`")).unwrap_or_default();
    let Some(first) = secret.locations.first() else { return secret.title.to_owned() };
    let files = secret.locations.iter().filter(|place| place.file != first.file).count();
    let more = if files == 0 { String::new() } else { format!(" and {}", count(files, "other place")) };
    let shipped = if secret.shipped_by.is_some() { ", unchanged as its system package brings it" } else { "" };
    format!("{}{holder} in `{}`{more}{shipped}", secret.title, first.file)
}
