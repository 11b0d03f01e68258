//! `fnassay advisories`: the index of known vulnerabilities.

mod bar;
mod compare;
mod query;
mod rematch;
mod status;

use std::path::{Path, PathBuf};

use advisory::{BuildOptions, Index, UpdateOptions, UpdateOrigin, Updated};
use model::Gap;
use serde_json::json;

use self::bar::DownloadBar;
use crate::arguments::TextOrJson;
use crate::exit::{Exit, Failure};
use crate::output;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Fetch every advisory and rebuild the index
    #[command(
        after_help = "Examples:\n  fnassay advisories update\n  fnassay advisories update --from mirror/osv --ecosystem npm"
    )]
    Update(UpdateArguments),
    /// Build an index from a folder of OSV records
    #[command(after_help = "Example:\n  fnassay advisories build --from osv --output advisories.index")]
    Build(BuildArguments),
    /// Show which index is in use, what it holds and how old it is
    #[command(after_help = "Example:\n  fnassay advisories status")]
    Status(status::Arguments),
    /// Ask which vulnerabilities hit a package in a version
    #[command(after_help = "Example:\n  fnassay advisories query pkg:npm/lodash@4.17.15 pkg:pypi/requests@2.19.0")]
    Query(query::Arguments),
    /// Compare two versions as their ecosystem orders them
    #[command(after_help = "\
Examples:
  fnassay advisories compare --ecosystem PyPI 1.0rc1 1.0
  fnassay advisories compare --ecosystem npm < claims.txt    lines such as `1.0.0-rc.1 < 1.0.0`")]
    Compare(compare::Arguments),
    /// List the packages whose advisories differ between two indexes
    #[command(after_help = "Example:\n  fnassay advisories diff yesterday.index today.index")]
    Diff(DiffArguments),
    /// Tell what a newer index changes for stored bills of materials
    #[command(after_help = "\
Example:
  fnassay advisories rematch --bills bills yesterday.index today.index

The bills are those that `fnassay sbom` writes with --format cyclonedx, spdx or json; all files `*.json` below the folder
are read.")]
    Rematch(rematch::Arguments),
}

#[derive(Debug, clap::Args)]
pub(crate) struct UpdateArguments {
    /// A server or a folder laid out as OSV.dev's bucket
    #[arg(long, value_name = "URL|FOLDER", default_value = advisory::DEFAULT_ADDRESS)]
    from: String,

    /// Only this ecosystem; may be given several times [default: all that fnassay knows]
    #[arg(long = "ecosystem", value_name = "NAME")]
    ecosystems: Vec<String>,

    /// No progress bars, no hints
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct BuildArguments {
    /// Folder with `<Ecosystem>/all.zip`; `kev.json` and `epss.csv` are joined where present
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,

    /// The index to write
    #[arg(long, value_name = "FILE")]
    output: PathBuf,

    /// Only this ecosystem; may be given several times [default: all that are there]
    #[arg(long = "ecosystem", value_name = "NAME")]
    ecosystems: Vec<String>,

    /// No progress bars, no hints
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DiffArguments {
    #[arg(value_name = "OLD")]
    old: PathBuf,

    #[arg(value_name = "NEW")]
    new: PathBuf,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TextOrJson,
}

#[derive(Debug, clap::Args)]
struct IndexChoice {
    /// Advisory index to ask [default: the fetched one, else the built-in starter]
    #[arg(long, value_name = "FILE")]
    advisories: Option<PathBuf>,
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::Update(arguments) => update(arguments),
        Command::Build(arguments) => build(arguments),
        Command::Status(arguments) => status::run(arguments),
        Command::Query(arguments) => query::run(arguments),
        Command::Compare(arguments) => compare::run(arguments),
        Command::Diff(arguments) => diff(arguments),
        Command::Rematch(arguments) => rematch::run(arguments),
    }
}

fn update(arguments: &UpdateArguments) -> anyhow::Result<Exit> {
    let origin = UpdateOrigin::parse(&arguments.from).map_err(|error| Failure::usage(error.to_string()))?;
    let data_folder = advisory::default_data_folder().ok_or(advisory::Error::NoDataFolder)?;
    let client = advisory::client(concat!("fnassay/", env!("CARGO_PKG_VERSION")))?;
    let bar = DownloadBar::new(arguments.quiet);
    let options = UpdateOptions {
        origin: &origin,
        ecosystems: &arguments.ecosystems,
        data_folder: &data_folder,
        on_progress: &|progress| bar.show(progress),
    };
    let updated = advisory::update(&client, &options).map_err(failure);
    bar.finish();
    let Updated { index, records, withdrawn, packages, gaps } = updated?;
    warn(&gaps);
    let counts = format!("{records} advisories of {packages} packages, {withdrawn} withdrawn");
    output::report(&format!("{counts}\n{}", index.display()))?;
    Ok(Exit::Clean)
}

fn build(arguments: &BuildArguments) -> anyhow::Result<Exit> {
    let bar = DownloadBar::new(arguments.quiet);
    let options = BuildOptions { ecosystems: &arguments.ecosystems, on_progress: &|progress| bar.show(progress) };
    let built = advisory::build(&arguments.from, &options).map_err(failure);
    bar.finish();
    let built = built?;
    advisory::write_index(&arguments.output, &built.bytes).map_err(failure)?;
    warn(&built.gaps);
    let (records, packages, withdrawn) = (built.records, built.packages, built.withdrawn);
    let counts = format!("{records} advisories of {packages} packages, {withdrawn} withdrawn");
    output::report(&format!("{counts}\n{} ({} bytes)", arguments.output.display(), built.bytes.len()))?;
    Ok(Exit::Clean)
}

/// What the user can mend by typing something else is wrong usage.
fn failure(error: advisory::Error) -> Failure {
    let is_usage = match &error {
        advisory::Error::UnknownEcosystem { .. } | advisory::Error::NoFeeds { .. } => true,
        advisory::Error::File { source, .. } => source.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    };
    let hint = matches!(error, advisory::Error::Transport(_)).then_some("run it again: what was fetched is kept");
    let failure = if is_usage { Failure::usage(error.to_string()) } else { Failure::incomplete(error.to_string()) };
    failure.with_hint(hint)
}

/// Names the gaps on stderr; many of one kind would bury the rest.
fn warn(gaps: &[Gap]) {
    const SHOWN: usize = 20;
    for gap in gaps.iter().take(SHOWN) {
        output::warning(&format!("{}: {}", gap.location, gap.why));
    }
    if gaps.len() > SHOWN {
        output::warning(&format!("and {} more that could not be read", gaps.len() - SHOWN));
    }
}

impl IndexChoice {
    fn open(&self) -> anyhow::Result<Index> {
        let path = self.advisories.clone().or_else(|| advisory::default_index_path().filter(|path| path.exists()));
        let index = match path {
            Some(path) => open(&path)?,
            None => Index::starter()?,
        };
        Ok(index)
    }
}

fn open(path: &Path) -> anyhow::Result<Index> {
    Index::open(path).map_err(|error| Failure::usage(error.to_string()).into())
}

fn diff(arguments: &DiffArguments) -> anyhow::Result<Exit> {
    let changes = advisory::difference(&open(&arguments.old)?, &open(&arguments.new)?)?;
    let text = match arguments.format {
        TextOrJson::Json => {
            let change = |change: &advisory::PackageChange| json!({ "ecosystem": change.ecosystem, "package": change.package, "change": change.kind.name() });
            serde_json::to_string_pretty(&changes.iter().map(change).collect::<Vec<_>>())?
        }
        TextOrJson::Table => {
            let line = |change: &advisory::PackageChange| {
                format!("{}\t{}\t{}", change.ecosystem, change.package, change.kind.name())
            };
            changes.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    };
    output::report(&text)?;
    Ok(Exit::Clean)
}
