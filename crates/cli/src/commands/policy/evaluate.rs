//! `fnassay policy evaluate`: whether requests are allowed.

use std::path::PathBuf;

use report::wire::Evaluation;

use crate::exit::Exit;
use crate::output;

/// Decide whether requests are allowed by the policies given with them, one JSON line a case
///
/// A case is a JSON file with `request` (principal, action, resource, contextVariables, unknownContext) and the policies:
/// identityPolicies, resourcePolicy, permissionBoundaryPolicies, sessionPolicy, vpcEndpointPolicies,
/// serviceControlPolicies, resourceControlPolicies. The decision is Allowed, ImplicitlyDenied, ExplicitlyDenied or Unknown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  fnassay policy evaluate case.json")]
pub(crate) struct Arguments {
    /// Files that each hold a case
    #[arg(required = true, value_name = "CASE.json")]
    cases: Vec<PathBuf>,
    /// Output form; there is one
    #[arg(long, value_parser = ["json"], default_value = "json", hide = true)]
    format: String,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let mut lines = String::new();
    let mut exit = Exit::Clean;
    for path in &arguments.cases {
        let name = path.display().to_string();
        let text = super::read(path, "case").map_err(anyhow::Error::from);
        let answer = text.and_then(|text| Ok(engine::evaluate_case(&text, &name)?));
        let line = match answer {
            Ok(answer) => Evaluation::from_model(&name, &answer),
            Err(error) => {
                output::error(&error, None);
                exit = Exit::Incomplete;
                Evaluation::unread(&name, format!("{error:#}"))
            }
        };
        lines += &serde_json::to_string(&line)?;
        lines.push('\n');
    }
    output::report(&lines)?;
    Ok(exit)
}
