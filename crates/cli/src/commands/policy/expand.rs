//! `fnassay policy expand`: which actions patterns stand for.

use std::path::PathBuf;

use anyhow::Context;

use crate::exit::{Exit, Failure};
use crate::output;

/// List the actions that patterns stand for, e.g. `s3:Get*`
///
/// With `--policy`, the actions that the Allow statements of a policy name, each once; what its Deny statements take away is
/// for `policy evaluate` to say.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  fnassay policy expand 's3:Get*' 'sqs:*Message'\n  fnassay policy expand --policy role.json"
)]
pub(crate) struct Arguments {
    /// Action patterns with `*` and `?`
    #[arg(required_unless_present = "policies", value_name = "ACTION")]
    actions: Vec<String>,
    /// Policy documents: JSON, YAML, or Terraform's JSON
    #[arg(long = "policy", value_name = "FILE")]
    policies: Vec<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let mut patterns = arguments.actions.clone();
    for path in &arguments.policies {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read policy `{name}`"))?;
        let read = engine::allowed_actions(&text, &name).map_err(|error| Failure::incomplete(error.to_string()))?;
        for gap in &read.gaps {
            output::warning(&format!("{}: {}", gap.location, gap.why));
        }
        patterns.extend(read.value);
    }
    output::report(&engine::expand_actions(&patterns).join("\n"))?;
    Ok(Exit::Clean)
}
