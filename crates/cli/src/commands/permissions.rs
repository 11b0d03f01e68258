//! `fnassay permissions`: the granted – needed – used table and the least-privilege policy.

use model::Family;
use model::report::{Assessment, Report};
use report::wire;

use super::scan::scan_all;
use crate::arguments::{Target, TextOrJson};
use crate::exit::Exit;
use crate::{config, output};

/// Compare what functions are granted with what their code needs
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  fnassay permissions .
  fnassay permissions src/app.py --calls --format json
  fnassay permissions function.zip --handler app.handler --policy role.json
  fnassay permissions template.yaml --usage AWSLogs/ last-accessed.json")]
pub(crate) struct Arguments {
    #[command(flatten)]
    target: Target,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TextOrJson,

    /// List every call with file and line
    #[arg(long)]
    calls: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let mut settings = config::load(arguments.target.config.as_deref())?.settings(&arguments.target);
    settings.families = vec![Family::Permission];
    let report = scan_all(&arguments.target, &settings)?;
    let text = match arguments.format {
        TextOrJson::Json => json(&report, arguments.calls),
        TextOrJson::Table => table(&report, arguments.calls),
    };
    output::report(&text)?;
    Ok(Exit::Clean)
}

fn json(report: &Report, with_calls: bool) -> String {
    let functions = report.functions.iter();
    report::formats::json::to_text(&wire::PermissionsReport {
        functions: functions.map(|function| wire::FunctionPermissions::from_model(function, with_calls)).collect(),
        gaps: report.gaps.iter().map(wire::Gap::from_model).collect(),
    })
}

fn table(report: &Report, with_calls: bool) -> String {
    let (width, colour) = output::terminal();
    let mut text = String::new();
    for assessment in &report.functions {
        text.push_str(&report::formats::table::permissions_text(assessment, width, colour));
        if with_calls {
            text.push_str(&calls(assessment));
        }
    }
    text.push_str(&report::formats::table::gaps_text(report, width, colour));
    text
}

fn calls(assessment: &Assessment) -> String {
    let line = |call: &model::call::Call| format!("    {}  {}.{}\n", call.location, call.service, call.operation);
    format!("  Calls {}\n{}\n", assessment.calls.len(), assessment.calls.iter().map(line).collect::<String>())
}
