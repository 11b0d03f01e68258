//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands::{advisories, explain, permissions, policy, sbom, scan};

/// Assays serverless functions: what they ship, what they leak, and what they may do that they need not.
#[derive(Debug, Parser)]
#[command(name = "fnassay", version, about, arg_required_else_help = true, propagate_version = true)]
#[command(after_help = "\
Examples:
  fnassay scan .                        every function of the SAM or Serverless project here
  fnassay scan build/orders.zip --runtime python3.12 --handler app.handler
  fnassay permissions . --calls         what the code needs, call by call
  fnassay permissions . --usage logs    granted, needed and, by CloudTrail's logs, used
  fnassay advisories update             fetch every advisory

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 usage or configuration, 3 scan not completed or nothing recognised")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Scan(scan::Arguments),
    Sbom(sbom::Arguments),
    Permissions(permissions::Arguments),
    /// IAM questions by themselves
    #[command(subcommand)]
    Policy(policy::Command),
    /// The advisory index: fetch, build, ask
    #[command(subcommand)]
    Advisories(advisories::Command),
    Explain(explain::Arguments),
}

/// The target and how to read it; the same in every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Target {
    /// A project, template, function folder, zip, jar, container image or bill of materials
    #[arg(required_unless_present = "usage", value_name = "TARGET")]
    targets: Vec<PathBuf>,

    /// Runtime of a bare package, e.g. `python3.12`
    #[arg(long, value_name = "RUNTIME", help_heading = "Bare packages")]
    pub(crate) runtime: Option<String>,

    /// Handler of a bare package, e.g. `app.handler`
    #[arg(long, value_name = "HANDLER", help_heading = "Bare packages")]
    pub(crate) handler: Option<String>,

    /// Policy document (JSON, YAML, Terraform's JSON) that the bare package's role has
    #[arg(long, value_name = "FILE", help_heading = "Bare packages")]
    pub(crate) policy: Option<PathBuf>,

    /// What the functions did: CloudTrail events (JSON, gz, tables of queries), last-accessed reports, Access Analyzer findings;
    /// files or folders
    #[arg(long, value_name = "PATH", num_args = 1..)]
    usage: Vec<PathBuf>,

    /// Language to write recommended policies in [default: the project's own]
    #[arg(long, value_name = "DIALECT", value_parser = dialect_names())]
    pub(crate) dialect: Option<String>,

    /// Template parameter or framework option
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parse_pair, help_heading = "Templates")]
    pub(crate) parameters: Vec<(String, String)>,

    /// Deployment stage [default: dev]
    #[arg(long, value_name = "STAGE", help_heading = "Templates")]
    pub(crate) stage: Option<String>,

    /// Deployment region [default: us-east-1]
    #[arg(long, value_name = "REGION", help_heading = "Templates")]
    pub(crate) region: Option<String>,

    /// Configuration file [default: `fnassay.toml` in the current folder, when there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Advisory index to judge by
    #[arg(long, value_name = "FILE")]
    pub(crate) advisories: Option<PathBuf>,

    /// Never use the network; a scan uses none anyway
    #[arg(long)]
    pub(crate) offline: bool,

    /// Judge as on this day (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub(crate) today: Option<engine::Date>,

    /// No progress bars, no hints
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

impl Target {
    /// Behind `--usage A B` alone, the last path is the target.
    pub(crate) fn targets(&self) -> &[PathBuf] {
        match self.usage.split_last() {
            Some((last, _)) if self.targets.is_empty() => std::slice::from_ref(last),
            _ => &self.targets,
        }
    }

    /// Logs to read.
    pub(crate) fn usage(&self) -> &[PathBuf] {
        match self.usage.split_last() {
            Some((_, others)) if self.targets.is_empty() => others,
            _ => &self.usage,
        }
    }

    /// What an output needs to know beside the report.
    pub(crate) fn render_context(&self, width: usize, colour: bool, today: engine::Date) -> report::RenderContext {
        report::RenderContext {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            width,
            colour,
            target: self.targets().iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "),
            today: today.to_string(),
        }
    }
}

/// Output of the smaller commands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextOrJson {
    #[default]
    Table,
    Json,
}

fn dialect_names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(engine::Dialect::ALL.map(engine::Dialect::name))
}

fn parse_pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    if name.is_empty() { Err("the name is empty".to_owned()) } else { Ok((name.to_owned(), value.to_owned())) }
}

pub(crate) fn parse_date(text: &str) -> Result<engine::Date, String> {
    text.parse().map_err(|_error| "write YYYY-MM-DD".to_owned())
}
