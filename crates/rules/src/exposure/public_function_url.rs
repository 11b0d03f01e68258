//! Function URLs that ask nobody who they are.

use model::function::Exposure;
use model::{Confidence, Family, RemedyKind, Severity};

use crate::rule::{Findings, FunctionFacts, Rule, remedy};

pub(crate) static RULE: Rule = Rule {
    id: "public-function-url",
    family: Family::Exposure,
    severity: Severity::Medium,
    cwe: &["CWE-306"],
    tags: &["cis-aws-compute:4.6"],
    page: include_str!("public_function_url.md"),
    check,
};

/// How readers of templates call a function URL as the source of a trigger.
const FUNCTION_URL: &str = "function URL";

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    let is_public_url = |trigger: &&model::function::Trigger| {
        trigger.exposure == Exposure::Public && trigger.kind == "http" && trigger.source == FUNCTION_URL
    };
    for trigger in facts.function.triggers.iter().filter(is_public_url) {
        let title = "the function URL asks for no authentication (`AuthType: NONE`)".to_owned();
        let text = "set `AuthType: AWS_IAM`, put the function behind an API with an authorizer, or make sure that the code itself checks every request";
        let finding = out.add(
            &trigger.source,
            title,
            vec![trigger.location.clone()],
            remedy(RemedyKind::Edit, text, Some("AWS_IAM".to_owned())),
        );
        // The resource policy has a say too, and the code may check signatures.
        finding.confidence = Confidence::Likely;
    }
}
