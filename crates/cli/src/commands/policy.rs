//! `fnassay policy`: IAM questions by themselves.

mod evaluate;
mod expand;
mod lint;

use std::path::Path;

use crate::exit::{Exit, Failure};

/// What the commands read.
const POLICIES: &str = "give a policy document or a list of statements in JSON or YAML, the answer of `aws iam \
                        get-account-authorization-details`, or Terraform's JSON (`terraform show -json`)";

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

/// The text of a file that is `what` (`policy`, `case`).
fn read(path: &Path, what: &str) -> Result<String, Failure> {
    let name = path.display();
    if path.is_dir() {
        let hint = format!("name the {what}'s file, e.g. `{}`", path.join("policy.json").display());
        return Err(Failure::incomplete(format!("cannot read {what} `{name}`: it is a folder")).with_hint(Some(hint)));
    }
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::incomplete(format!("cannot read {what} `{name}`: {error}")).with_hint(Some("check the path"))
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let hint = match error.as_bytes() {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is UTF-16, as PowerShell writes it: save it as UTF-8",
            _ => "give JSON or YAML in UTF-8",
        };
        Failure::incomplete(format!("cannot read {what} `{name}`: it is no text in UTF-8")).with_hint(Some(hint))
    })
}
