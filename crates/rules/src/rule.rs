//! What a rule is, what it sees, and how it speaks.

use jiff::civil::Date;
use model::advisory::ComponentVulnerabilities;
use model::component::Component;
use model::function::Function;
use model::permission::Permissions;
use model::report::RuntimeStatus;
use model::secret::SecretFact;
use model::{Confidence, Family, Finding, Location, Remedy, RemedyKind, Severity};
use sha2::{Digest, Sha256};

/// A rule with everything that is said of it anywhere.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case noun for the pattern found; never changes.
    pub id: &'static str,
    pub family: Family,
    /// Harm if true, unless the facts say otherwise.
    pub severity: Severity,
    /// `CWE-798`.
    pub cwe: &'static [&'static str],
    /// Chapters of public standards that ask for the same, as tags of the findings.
    pub tags: &'static [&'static str],
    /// Markdown with fixed headings; its samples are run as tests.
    pub page: &'static str,
    pub(crate) check: fn(&FunctionFacts<'_>, &mut Findings<'_>),
}

/// Everything that is known about one function.
#[derive(Debug, Clone, Copy)]
pub struct FunctionFacts<'a> {
    pub function: &'a Function,
    pub components: &'a [Component],
    pub vulnerabilities: &'a [ComponentVulnerabilities],
    pub secrets: &'a [SecretFact],
    pub permissions: &'a Permissions,
    pub runtime_status: Option<&'a RuntimeStatus>,
    /// The day of the scan, in UTC.
    pub today: Date,
}

/// Takes down what one rule says about one function.
#[derive(Debug)]
pub(crate) struct Findings<'a> {
    rule: &'static Rule,
    function: &'a Function,
    list: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(rule: &'static Rule, function: &'a Function) -> Self {
        Self { rule, function, list: Vec::new() }
    }

    /// A finding about `subject`, which must be unique within the rule and function and must not depend on lines: it is
    /// what the finding is recognised by in later scans. Without locations, the function's own is taken.
    pub(crate) fn add(
        &mut self,
        subject: &str,
        title: String,
        locations: Vec<Location>,
        remedy: Remedy,
    ) -> &mut Finding {
        let locations = if locations.is_empty() { vec![self.function.location.clone()] } else { locations };
        let finding = Finding {
            rule: self.rule.id,
            family: self.rule.family,
            severity: self.rule.severity,
            confidence: Confidence::Certain,
            title,
            locations,
            component: None,
            advisory: None,
            cwe: self.rule.cwe.iter().map(|cwe| (*cwe).to_owned()).collect(),
            tags: self.rule.tags.iter().map(|tag| (*tag).to_owned()).collect(),
            identity: None,
            remedy,
            fingerprint: fingerprint(self.rule.id, &self.function.id, subject),
        };
        let at = self.list.len();
        self.list.push(finding);
        &mut self.list[at]
    }

    pub(crate) fn into_list(self) -> Vec<Finding> {
        self.list
    }
}

pub(crate) fn remedy(kind: RemedyKind, text: impl Into<String>, to: Option<String>) -> Remedy {
    Remedy { kind, text: text.into(), to }
}

/// Thirty-two hex digits that stay the same as long as the rule, the function and the subject do.
fn fingerprint(rule: &str, function: &str, subject: &str) -> String {
    const KEPT_BYTES: usize = 16;
    let mut digest = Sha256::new();
    for part in [rule, function, subject] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    digest.finalize().iter().take(KEPT_BYTES).map(|byte| format!("{byte:02x}")).collect()
}
