//! `cargo xtask facts starter`: makes the advisories built into the program.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

/// Where the table is committed, below the workspace's folder.
const PATH: &str = "crates/advisory/data/starter.advisories";

#[derive(clap::Args)]
pub(crate) struct StarterArguments {
    /// Folder of advisories as OSV.dev lays them out: `<Ecosystem>/all.zip`, and `kev.json`, `epss.csv` if wanted.
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
    /// Day on which the folder was taken, as `2026-08-31`.
    #[arg(long)]
    day: String,
    /// Compare with the committed table instead of writing it.
    #[arg(long)]
    check: bool,
}

/// Writes the starter table, or with `--check` says whether it differs from what the folder yields.
///
/// # Errors
/// When the folder cannot be read, the table would be too large, or `--check` finds a difference.
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what was made and what was left out is what the command says"
)]
pub(crate) fn run(arguments: &StarterArguments) -> Result<()> {
    let built = advisory::make_starter(&arguments.from, &arguments.day, &|_| ())?;
    for gap in &built.gaps {
        eprintln!("{}: {}", gap.location, gap.why);
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(PATH);
    if arguments.check {
        let committed = fs::read(&path).with_context(|| format!("cannot read `{PATH}`"))?;
        ensure!(committed == built.bytes, "`{PATH}` differs from what `{}` yields", arguments.from.display());
    } else {
        fs::write(&path, &built.bytes).with_context(|| format!("cannot write `{PATH}`"))?;
    }
    println!("{:>9} bytes {:>6} advisories of {} packages  {PATH}", built.bytes.len(), built.records, built.packages);
    Ok(())
}
