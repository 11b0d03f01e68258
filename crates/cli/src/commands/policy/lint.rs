//! `fnassay policy lint`: what is wrong with policies by themselves.

use std::path::PathBuf;

use report::wire;

use crate::arguments::{TextOrJson, parse_date};
use crate::exit::{Exit, Failure};
use crate::output;

/// Judge a policy document, or every identity of an account
///
/// The file holds a policy document or a list of statements (JSON or YAML), the answer of `aws iam get-policy-version` or
/// `get-role-policy`, Terraform's JSON (`.tf.json`, `terraform show -json`), or the answer of `aws iam get-account-authorization-details`: then all policies of an
/// identity are judged together, and findings name it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  fnassay policy lint policy.json\n  aws iam get-account-authorization-details > account.json\n  fnassay policy lint account.json --format json"
)]
pub(crate) struct Arguments {
    /// Policy document, or account details
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TextOrJson,
    /// Judge as on this day (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    today: Option<engine::Date>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let name = arguments.file.display().to_string();
    let text = super::read(&arguments.file, "policy")?;
    let today = arguments.today.unwrap_or_else(engine::today);
    let linted = engine::lint(&text, &name, today)
        .map_err(|error| Failure::incomplete(error.to_string()).with_hint(Some(super::POLICIES)))?;
    match arguments.format {
        TextOrJson::Json => {
            let lint = wire::Lint {
                findings: linted.findings.iter().map(wire::Finding::from_model).collect(),
                gaps: linted.gaps.iter().map(wire::Gap::from_model).collect(),
            };
            output::report(&report::formats::json::to_text(&lint))?;
        }
        TextOrJson::Table => {
            let lines: Vec<String> = linted.findings.iter().map(line).collect();
            output::report(if lines.is_empty() { "no findings".to_owned() } else { lines.join("\n") }.as_str())?;
            for gap in &linted.gaps {
                output::warning(&format!("{}: {}", gap.location, gap.why));
            }
        }
    }
    Ok(Exit::Clean)
}

fn line(finding: &model::Finding) -> String {
    let place = finding.locations.first().map(ToString::to_string).unwrap_or_default();
    let who = finding.identity.as_deref().map(|arn| format!(" {arn}:")).unwrap_or_default();
    format!("{place}: {} {}:{who} {}; {}", finding.severity.name(), finding.rule, finding.title, finding.remedy.text)
}
