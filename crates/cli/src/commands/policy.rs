//! `fnassay policy`: IAM questions by themselves.

mod evaluate;
mod lint;

use crate::exit::Exit;
use crate::output;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Evaluate(evaluate::Arguments),
    /// List the actions that patterns stand for, e.g. `s3:Get*`
    #[command(after_help = "Example:\n  fnassay policy expand 's3:Get*' 'sqs:*Message'")]
    Expand {
        /// Action patterns with `*` and `?`
        #[arg(required = true, value_name = "ACTION")]
        actions: Vec<String>,
    },
    Lint(lint::Arguments),
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::Evaluate(arguments) => evaluate::run(arguments),
        Command::Lint(arguments) => lint::run(arguments),
        Command::Expand { actions } => {
            output::report(&engine::expand_actions(actions).join("\n"))?;
            Ok(Exit::Clean)
        }
    }
}
