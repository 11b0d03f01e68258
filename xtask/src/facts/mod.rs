//! `cargo xtask facts`: makes the fact tables from the registry packages pinned in [`sources`].
//!
//! Each table is one row of [`TABLES`] (or a file family of its own) and becomes one committed file, sorted for
//! `model::table::SortedLines`. Hand corrections are overlay files beside the tables: read here, never written.

mod botocore;
mod iam;
mod javascript;
mod json;
mod jvm;
mod npm_libraries;
mod python_names;
mod runtimes;
mod sdk;
pub(crate) mod sources;
mod table;
mod usage;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use sources::Sources;
use table::Table;

#[derive(clap::Args)]
pub(crate) struct FactsArguments {
    /// Compare what the sources yield with the committed files instead of writing them.
    #[arg(long)]
    check: bool,
    /// Only tables whose path contains one of these words.
    only: Vec<String>,
}

/// Every table, in the order of their paths.
const TABLES: &[&[Table]] =
    &[sdk::TABLES, iam::TABLES, jvm::TABLES, npm_libraries::TABLES, usage::TABLES, runtimes::TABLES];

/// Writes the tables, or with `--check` names those that differ from what their sources yield.
///
/// # Errors
/// When a package cannot be obtained or read, a table cannot be made, or `--check` finds a difference.
#[expect(clippy::print_stdout, reason = "which tables were made, and how large, is what the command says")]
pub(crate) fn run(arguments: &FactsArguments) -> Result<()> {
    let root = workspace_root();
    let sources = Sources::obtain(&root.join("target/facts"))?;
    let facts = Facts { botocore: botocore::Models::read(&sources)?, sources, root };
    let mut stale = Vec::new();
    for table in TABLES.iter().flat_map(|tables| tables.iter()).filter(|table| arguments.wants(table)) {
        let text = table.text(&facts).with_context(|| format!("cannot make `{}`", table.path))?;
        let path = facts.root.join(table.path);
        if arguments.check {
            let committed = fs::read_to_string(&path).unwrap_or_default();
            if committed != text {
                stale.push(table.path);
            }
        } else {
            fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            fs::write(&path, &text).with_context(|| format!("cannot write `{}`", table.path))?;
        }
        println!("{:>9} bytes {:>6} rows  {}", text.len(), text.lines().count(), table.path);
    }
    ensure!(stale.is_empty(), "differs from what its sources yield, run `cargo xtask facts`: {}", stale.join(", "));
    Ok(())
}

impl FactsArguments {
    fn wants(&self, table: &Table) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| table.path.contains(word.as_str()))
    }
}

/// Everything a table may be made from.
pub(crate) struct Facts {
    pub(crate) sources: Sources,
    pub(crate) botocore: botocore::Models,
    /// The workspace folder, for overlay files.
    pub(crate) root: PathBuf,
}

fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}
