//! OpenVEX: what is known of each flaw in each function, for those who consume it.
//!
//! **Source**: the OpenVEX specification 0.2.0. Findings are `affected` with what to do, or `under_investigation` where the
//! version is not known well enough or the linker left the flawed code out; findings with an answer by a VEX statement keep
//! that answer, those that the configuration ignores are `affected` and accepted. What a vendor answers is the vendor's to say.

use model::Finding;
use model::advisory::{AdvisoryMatch, FlawReach, MatchStatus};
use model::finding::{SuppressedFinding, SuppressionKind};
use model::function::Function;
use model::report::Report;
use serde_json::{Map, Value, json};

use super::{Format, RenderContext};

pub(crate) const FORMAT: Format = Format { id: "openvex", title: "OpenVEX statements on known flaws", render };

fn render(report: &Report, context: &RenderContext) -> String {
    let mut statements = Vec::new();
    for assessment in &report.functions {
        let function = &assessment.function;
        statements.extend(assessment.findings.iter().filter_map(|finding| open(function, finding)));
        statements.extend(assessment.suppressed.iter().filter_map(|suppressed| answered(function, suppressed)));
    }
    let document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": format!("urn:fnassay:vex:{}", context.today),
        "author": "fnassay",
        "timestamp": format!("{}T00:00:00Z", context.today),
        "version": 1,
        "tooling": format!("fnassay/{}", context.tool_version),
        "statements": statements,
    });
    super::json::to_text(&document) + "\n"
}

fn open(function: &Function, finding: &Finding) -> Option<Value> {
    let flaw = finding.advisory.as_ref()?;
    let (status, key, words) = if flaw.reach == FlawReach::NotLinked {
        ("under_investigation", "status_notes", "the linker left the vulnerable symbols out")
    } else if flaw.status == MatchStatus::Possible {
        ("under_investigation", "status_notes", flaw.why.as_deref().unwrap_or("the version is not known well enough"))
    } else {
        ("affected", "action_statement", finding.remedy.text.as_str())
    };
    statement(function, finding, flaw, &[("status", status), (key, words)])
}

fn answered(function: &Function, suppressed: &SuppressedFinding) -> Option<Value> {
    let finding = &suppressed.finding;
    let flaw = finding.advisory.as_ref()?;
    let reason = suppressed.by.reason.as_str();
    match suppressed.by.kind {
        SuppressionKind::Vendor => None,
        SuppressionKind::Ignored => {
            let accepted = format!("accepted: {reason}");
            statement(function, finding, flaw, &[("status", "affected"), ("action_statement", &accepted)])
        }
        SuppressionKind::Vex => {
            let status = suppressed.by.status.unwrap_or("not_affected");
            statement(function, finding, flaw, &[("status", status), ("impact_statement", reason)])
        }
    }
}

fn statement(function: &Function, finding: &Finding, flaw: &AdvisoryMatch, words: &[(&str, &str)]) -> Option<Value> {
    let component = finding.component.as_deref()?;
    let cve = flaw.ids.iter().find(|id| id.starts_with("CVE-"));
    let name = cve.or(flaw.ids.first())?;
    let aliases: Vec<_> = flaw.ids.iter().filter(|id| *id != name).collect();
    let mut statement = Map::new();
    statement.insert("vulnerability".to_owned(), json!({ "name": name, "aliases": aliases }));
    statement.insert(
        "products".to_owned(),
        json!([{ "@id": format!("urn:fnassay:function:{}", function.id), "subcomponents": [{ "@id": component }] }]),
    );
    statement.extend(words.iter().map(|(key, value)| ((*key).to_owned(), json!(value))));
    Some(Value::Object(statement))
}
