//! Trust policies that let in more than is meant.

use model::trust::TrustProblemKind;
use model::{Confidence, Family, RemedyKind, Severity};

use crate::rule::{Findings, FunctionFacts, Rule, remedy};

pub(crate) static RULE: Rule = Rule {
    id: "wide-trust",
    family: Family::Permission,
    severity: Severity::High,
    cwe: &["CWE-284"],
    tags: &["asvs:v5.0.0-13.2.2"],
    page: include_str!("wide_trust.md"),
    check,
};

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    for problem in &facts.permissions.trust_problems {
        let title = format!("the role's trust policy lets `{}` in: {}", problem.principal, problem.why);
        let subject = format!("{}\n{}", problem.kind.name(), problem.principal);
        let remedy = remedy(RemedyKind::Policy, problem.remedy.clone(), None);
        let finding = out.add(&subject, title, vec![problem.origin.clone()], remedy);
        finding.tags.push(format!("trust:{}", problem.kind.name()));
        finding.confidence = problem.confidence;
        finding.severity = match (problem.kind, problem.confidence) {
            (TrustProblemKind::Anyone, Confidence::Likely | Confidence::Certain) => Severity::Critical,
            (TrustProblemKind::Anyone | TrustProblemKind::AnySubject, _) => Severity::High,
            (TrustProblemKind::OtherAccount, _) => Severity::Medium,
            (TrustProblemKind::AnySource, _) => Severity::Low,
        };
    }
}
