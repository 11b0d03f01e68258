//! The project's chores, as `cargo xtask <chore>`.

mod facts;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "The project's chores")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Make the fact tables from the registry packages they come from.
    Facts(facts::FactsArguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().chore {
        Chore::Facts(arguments) => facts::run(&arguments),
    }
}
