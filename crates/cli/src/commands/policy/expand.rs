//! `fnassay policy expand`: which actions patterns stand for.

use std::path::PathBuf;

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
        let text = super::read(path, "policy")?;
        let read = engine::allowed_actions(&text, &name)
            .map_err(|error| Failure::incomplete(error.to_string()).with_hint(Some(super::POLICIES)))?;
        if let (true, Some(gap)) = (read.value.is_empty(), read.gaps.first()) {
            let failure = Failure::incomplete(format!("no action in `{name}`: {}", gap.why));
            return Err(failure.with_hint(Some(super::POLICIES)).into());
        }
        for gap in &read.gaps {
            output::warning(&format!("{}: {}", gap.location, gap.why));
        }
        patterns.extend(read.value);
    }
    for (pattern, nearest) in engine::unknown_actions(&patterns) {
        let hint = nearest.map(|nearest| format!("; `{nearest}` may be meant")).unwrap_or_default();
        output::warning(&format!("`{pattern}` stands for no action that is known{hint}"));
    }
    output::report(&engine::expand_actions(&patterns).join("\n"))?;
    Ok(Exit::Clean)
}
