//! The project's chores, as `cargo xtask <chore>`.

mod bench;
mod bills;
mod escalation;
mod facts;
mod starter;
mod test;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "The project's chores")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Measure scans against the time that inflating every entry once takes.
    Bench(bench::BenchArguments),
    /// Make the fact tables from the registry packages they come from.
    Facts(FactsChore),
    /// Compare how policies are judged with cloudsplaining, parliament and policy_sentry.
    Peers(bench::policies::PeersArguments),
    /// Hold the bills of materials of the sample functions against the published rules.
    Bills,
    /// Install what the tests need and run them all.
    Test(test::TestArguments),
}

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
struct FactsChore {
    #[command(subcommand)]
    other_source: Option<OtherSource>,
    #[command(flatten)]
    tables: facts::FactsArguments,
}

/// Fact tables that no registry package yields.
#[derive(Subcommand)]
enum OtherSource {
    /// Make the advisories built into the program from a folder of OSV records.
    Starter(starter::StarterArguments),
    /// Make the table of privilege escalation paths from a checkout of their library.
    Escalation(escalation::EscalationArguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().chore {
        Chore::Bench(arguments) => bench::run(&arguments),
        Chore::Peers(arguments) => bench::policies::run(&arguments),
        Chore::Bills => bills::validate(),
        Chore::Facts(FactsChore { other_source: Some(OtherSource::Starter(arguments)), .. }) => {
            starter::run(&arguments)
        }
        Chore::Facts(FactsChore { other_source: Some(OtherSource::Escalation(arguments)), .. }) => {
            escalation::run(&arguments)
        }
        Chore::Facts(FactsChore { other_source: None, tables }) => facts::run(&tables),
        Chore::Test(arguments) => test::run(&arguments),
    }
}
