//! The `fnassay` program: parses the command line, runs the engine, prints the report.
//!
//! stdout carries the report and nothing else; progress, warnings and hints go to stderr. Exit codes are [`exit::Exit`].

mod arguments;
mod commands;
mod config;
mod exit;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;

use crate::exit::{Exit, Failure};

fn main() -> ExitCode {
    let arguments = match arguments::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    match commands::run(arguments.command) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let failure = error.downcast_ref::<Failure>();
            output::error(&error, failure.and_then(|failure| failure.hint.as_deref()));
            failure.map_or(Exit::Incomplete, |failure| failure.exit).into()
        }
    }
}

/// Prints clap's message: help and version to stdout with success, mistakes to stderr with the usage code.
fn usage(error: &clap::Error) -> ExitCode {
    let is_mistake = error.use_stderr();
    // A closed stream leaves nobody to tell.
    drop(error.print());
    if is_mistake { Exit::Usage.into() } else { Exit::Clean.into() }
}
