//! `cargo xtask facts escalation`: makes the table of published ways from a grant to more rights.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use deploy::Node;

use crate::facts::sources::{PROWLER, Sources};

/// Where the table is committed, below the workspace's folder.
const PATH: &str = "crates/providers/data/iam_escalation_paths.tsv";
/// What every path of prowler's that is not in the library is said to be.
const PROWLER_KIND: &str = "combination";

#[derive(clap::Args)]
pub(crate) struct EscalationArguments {
    /// Checkout of the path library of pathfinding.cloud (Apache-2.0), which no registry has.
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
    /// Its revision, for the table's head.
    #[arg(long)]
    revision: String,
    /// Compare with the committed table instead of writing it.
    #[arg(long)]
    check: bool,
}

/// Writes the table, or with `--check` says whether it differs.
///
/// # Errors
/// When a source cannot be read or has another shape than expected, or `--check` finds a difference.
#[expect(clippy::print_stdout, reason = "what was made is what the command says")]
pub(crate) fn run(arguments: &EscalationArguments) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sources = Sources::obtain_one(&root.join("target/facts"), &PROWLER)?;
    let library = library(&arguments.from.join("data/paths"))?;
    let known: BTreeSet<&BTreeSet<String>> = library.values().map(|(_, actions)| actions).collect();
    let source = sources.folder(&PROWLER).join("prowler/providers/aws/services/iam/lib/privilege_escalation.py");
    let others = combinations(&fs::read_to_string(&source)?)?;
    let mut rows: BTreeSet<String> = library.iter().map(|(id, (kind, actions))| row(id, kind, actions)).collect();
    rows.extend(
        others
            .iter()
            .filter(|(_, actions)| !known.contains(actions))
            .map(|(id, actions)| row(id, PROWLER_KIND, actions)),
    );
    let text = head(&arguments.revision) + &rows.into_iter().collect::<String>();
    let path = root.join(PATH);
    if arguments.check {
        ensure!(fs::read_to_string(&path)? == text, "`{PATH}` differs from what its sources yield");
    } else {
        fs::write(&path, &text).with_context(|| format!("cannot write `{PATH}`"))?;
    }
    println!("{:>9} bytes {:>6} rows  {PATH}", text.len(), text.lines().count());
    Ok(())
}

fn head(revision: &str) -> String {
    let source = PROWLER.title();
    format!(
        "# Published ways from a grant to more rights: the actions that each takes\n\
         # columns, separated by tabs:\n\
         #   id: the library's, else prowler's key\n\
         #   kind: the library's category; `{PROWLER_KIND}` for those that prowler alone has\n\
         #   actions: comma separated; a pattern stands for all that it names\n\
         # source: pathfinding.cloud {revision} (Apache-2.0)\n\
         # source: {source}\n\
         # maker: cargo xtask facts escalation\n"
    )
}

fn row(id: &str, kind: &str, actions: &BTreeSet<String>) -> String {
    let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
    format!("{id}\t{kind}\t{}\n", actions.join(","))
}

/// Kind and required actions of every path of the library, by id.
fn library(folder: &Path) -> Result<BTreeMap<String, (String, BTreeSet<String>)>> {
    let mut paths = BTreeMap::new();
    for service in fs::read_dir(folder).with_context(|| format!("cannot list `{}`", folder.display()))? {
        for file in fs::read_dir(service?.path())? {
            let file = file?.path();
            let text = fs::read_to_string(&file)?;
            let name = file.display().to_string();
            let tree = deploy::parse_yaml(&text, &name)?.value;
            let (id, kind, actions) = path(&tree).with_context(|| format!("`{name}` is no path"))?;
            paths.insert(id, (kind, actions));
        }
    }
    ensure!(paths.len() > 50, "the library has another shape than expected");
    Ok(paths)
}

fn path(tree: &Node) -> Option<(String, String, BTreeSet<String>)> {
    let text = |key: &str| tree.get(key).and_then(Node::as_str).map(str::to_owned);
    let required = tree.at(&["permissions", "required"])?.items();
    let actions: Option<BTreeSet<String>> =
        required.iter().map(|item| Some(item.get("permission")?.as_str()?.to_owned())).collect();
    Some((text("id")?, text("category")?, actions.filter(|actions| !actions.is_empty())?))
}

/// Prowler's combinations of actions by key: a dictionary of sets of string literals.
fn combinations(source: &str) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let (_, rest) =
        source.split_once("privilege_escalation_policies_combination = {").context("prowler has no combinations")?;
    let (table, _) = rest.split_once("\n}").context("the combinations have no end")?;
    let mut combinations = BTreeMap::new();
    let code: String = table.lines().map(|line| line.split('#').next().unwrap_or_default()).collect();
    for entry in code.split('}') {
        let Some((key, actions)) = entry.split_once('{') else { continue };
        let literals = |text: &str| text.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        let key = literals(key).pop().context("a combination has no key")?;
        combinations.insert(key, literals(actions).into_iter().collect());
    }
    ensure!(combinations.len() > 90, "the combinations have another shape than expected");
    Ok(combinations)
}
