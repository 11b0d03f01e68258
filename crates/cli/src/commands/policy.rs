//! `fnassay policy`: IAM questions by themselves.

mod evaluate;
mod expand;
mod lint;

use crate::exit::Exit;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Evaluate(evaluate::Arguments),
    Expand(expand::Arguments),
    Lint(lint::Arguments),
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::Evaluate(arguments) => evaluate::run(arguments),
        Command::Lint(arguments) => lint::run(arguments),
        Command::Expand(arguments) => expand::run(arguments),
    }
}
