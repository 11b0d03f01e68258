//! `cargo xtask bench`: what scans cost, as ratios to the time that inflating every entry once takes.
//!
//! Times whole processes, so that start-up counts; the floor is a process too. Cases run interleaved, and the median of
//! the runs is told. Asserts nothing about times.

mod inputs;
mod measure;
mod table;
mod workers;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use inputs::{INPUTS, Input};
use measure::{Case, Measured, Until};

#[derive(clap::Args)]
pub(crate) struct BenchArguments {
    /// Timed runs of each case.
    #[arg(long, default_value_t = 15)]
    runs: usize,
    /// Threads that every case may use; by default as many as there are cores.
    #[arg(long)]
    threads: Option<usize>,
    /// Measure what was built last instead of building it.
    #[arg(long)]
    no_build: bool,
    /// Only inputs whose name contains one of these words.
    only: Vec<String>,
    #[command(subcommand)]
    worker: Option<workers::Worker>,
}

/// Builds what is measured and its inputs, measures, and prints the table.
///
/// # Errors
/// When something cannot be built or run.
#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
pub(crate) fn run(arguments: &BenchArguments) -> Result<()> {
    if let Some(worker) = &arguments.worker {
        return worker.run();
    }
    if !arguments.no_build {
        build()?;
    }
    let programs = Programs::built();
    let folder = workspace_root().join("target/bench-inputs");
    let mut cases = vec![programs.start_up()];
    for input in INPUTS.iter().filter(|input| arguments.wants(input)) {
        let path = input.obtain(&folder).with_context(|| format!("cannot make input `{}`", input.name))?;
        cases.extend(programs.cases(input, &path));
    }
    let threads = match arguments.threads {
        Some(threads) => threads,
        None => std::thread::available_parallelism()?.get(),
    };
    let measured = measure::all(&cases, arguments.runs, threads)?;
    print!("{}", table::render(&measured, arguments.runs, threads));
    Ok(())
}

impl BenchArguments {
    fn wants(&self, input: &Input) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| input.name.contains(word.as_str()))
    }
}

/// The folder of the workspace's own `Cargo.toml`.
fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_owned)
}

fn build() -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.current_dir(workspace_root()).args(["build", "--release", "--quiet", "-p", "fnassay", "-p", "xtask"]);
    ensure!(build.status().context("cannot start cargo")?.success(), "the release build failed");
    Ok(())
}

/// The programs measured, built with optimisation.
struct Programs {
    fnassay: PathBuf,
    /// This program, for what it measures against.
    xtask: PathBuf,
}

impl Programs {
    fn built() -> Self {
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace_root().join("target"), PathBuf::from);
        let program = |name: &str| target.join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        Self { fnassay: program("fnassay"), xtask: program("xtask") }
    }

    fn start_up(&self) -> Case {
        Case {
            input: "–",
            name: "`--help`, until its first byte",
            until: Until::FirstByte,
            ..self.fnassay(&["--help"])
        }
    }

    /// The floor first.
    fn cases(&self, input: &Input, path: &Path) -> Vec<Case> {
        let mut cases = Vec::new();
        for (name, worker) in [("inflate floor", "floor"), ("read all entries", "read"), ("list entries", "list")] {
            let command = vec![self.xtask.clone().into(), "bench".into(), worker.into(), path.into()];
            cases.push(Case { input: input.name, name, command, until: Until::Exit });
        }
        for (name, only) in [("scan --only vulnerability", Some("vulnerability")), ("scan", None)] {
            let mut case = self.fnassay(&["scan"]);
            case.command.push(path.into());
            case.command.extend(input.scan_arguments.iter().map(OsString::from));
            case.command.extend(only.iter().flat_map(|only| ["--only".into(), only.into()]));
            cases.push(Case { input: input.name, name, ..case });
        }
        cases
    }

    fn fnassay(&self, arguments: &[&str]) -> Case {
        let command =
            std::iter::once(self.fnassay.clone().into()).chain(arguments.iter().map(OsString::from)).collect();
        Case { input: "", name: "", command, until: Until::Exit }
    }
}
