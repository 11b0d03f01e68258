//! `cargo xtask peers`: policies judged by us and by other tools, with every difference explained by a row of
//! `benches/policy_differences.tsv`.
//!
//! The peers are cloudsplaining, parliament and policy_sentry of PyPI, where Python finds them. Their answers are compared,
//! nothing of them is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

use super::compare::{self, Compared};
use super::{table, workspace_root};

const INSTALL: &str = "install them with `python3 -m venv FOLDER` and `FOLDER/bin/pip install cloudsplaining==0.9.1 \
                       parliament==1.6.4 policy_sentry==0.15.2`, then name `--python FOLDER/bin/python`";

/// What cloudsplaining and we tell of a policy: ours is a tag or a rule.
const CATEGORIES: &[&str] =
    &["credential-exposure", "data-exfiltration", "escalation", "resource-exposure", "service-wildcard"];
const UNKNOWN_ACTION: &str = "unknown-action";
/// Compared with policy_sentry: which actions there are, and their access levels.
const ACTIONS: &str = "actions";
const LEVELS: &str = "access-levels";

/// Reads paths of policies; prints one line of JSON for each, then one with every action's access level.
const ASK: &str = r#"
import json, logging, sys
logging.disable(logging.CRITICAL)
from cloudsplaining.scan.policy_document import PolicyDocument
from parliament import analyze_policy_string
from policy_sentry.querying.actions import get_actions_with_access_level
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    policy = PolicyDocument(json.loads(text))
    found = {
        "credential-exposure": policy.credentials_exposure,
        "data-exfiltration": policy.allows_data_exfiltration_actions,
        "escalation": policy.allows_privilege_escalation,
        "resource-exposure": policy.permissions_management_without_constraints,
        "service-wildcard": policy.service_wildcard,
    }
    try:
        issues = {finding.issue for finding in analyze_policy_string(text).findings}
    except Exception as error:
        print(f"parliament gives up on {path}: {error}", file=sys.stderr)
        issues = {}
    print(json.dumps({"path": path, "cloudsplaining": [k for k, v in found.items() if v],
                      "parliament": ["unknown-action"] if "UNKNOWN_ACTION" in issues else []}))
levels = ["List", "Read", "Write", "Tagging", "Permissions management"]
print(json.dumps({level: get_actions_with_access_level("all", level) for level in levels}))
"#;

#[derive(clap::Args)]
pub(crate) struct PeersArguments {
    /// Python that has the peers.
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// Take one of so many of AWS's managed policies.
    #[arg(long, default_value_t = 10)]
    every: usize,
}

/// # Errors
/// When a peer is not installed, a difference has no row, or a row no difference.
#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
pub(crate) fn run(arguments: &PeersArguments) -> Result<()> {
    let root = workspace_root();
    let program = crate::bills::build(&root)?;
    let folder = program.parent().and_then(Path::parent).context("the program has no folder")?.join("peer-policies");
    let policies = sample(&root, &folder, arguments.every.max(1))?;
    let (theirs, levels) = ask_peers(&arguments.python, &policies)?;
    let mut ours: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for path in &policies {
        for category in judge(&program, path)? {
            ours.entry(category).or_default().insert(name(path));
        }
    }
    let none = BTreeSet::new();
    let mut compared = Vec::new();
    for (peer, categories) in [("cloudsplaining", CATEGORIES), ("parliament", &[UNKNOWN_ACTION])] {
        for category in categories {
            let found = theirs.get(&(peer, *category)).unwrap_or(&none);
            compared.push(Compared::new(category, peer, ours.get(category).unwrap_or(&none), found));
        }
    }
    compared
        .extend(compare_actions(&fs::read_to_string(root.join("crates/providers/data/iam_actions.tsv"))?, &levels)?);
    println!("{} policies", policies.len());
    print!("{}", table::render_components(&compared));
    let rows = fs::read_to_string(root.join("benches/policy_differences.tsv"))?;
    super::told(&compare::judge(&compared, &compare::table(&rows)?))
}

/// One of `every` managed policies as a document, and those of the sample functions.
fn sample(root: &Path, folder: &Path, every: usize) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    let text = fs::read_to_string(root.join("crates/providers/data/managed_policies.tsv"))?;
    let mut paths = vec![root.join("testdata/functions/bare-zip/role.json")];
    for row in text.lines().filter(|line| !line.starts_with('#')).step_by(every) {
        let fields: Vec<&str> = row.split('\t').collect();
        let &[name, _, _, _, statements] = fields.as_slice() else { bail!("`{row}` has not five fields") };
        let statements: Vec<Map<String, Value>> = serde_json::from_str(statements)?;
        let statements: Vec<Value> = statements.iter().map(statement).collect();
        let path = folder.join(format!("{name}.json"));
        fs::write(&path, json!({"Version": "2012-10-17", "Statement": statements}).to_string())?;
        paths.push(path);
    }
    Ok(paths)
}

/// A statement as AWS writes it, from the fact table's short form.
fn statement(short: &Map<String, Value>) -> Value {
    let mut long = Map::new();
    let effect = if short.contains_key("e") { "Deny" } else { "Allow" };
    long.insert("Effect".to_owned(), effect.into());
    for (key, value) in short {
        let (key, value) = match key.as_str() {
            "a" => ("Action", actions(value)),
            "n" => ("NotAction", actions(value)),
            "r" => ("Resource", value.clone()),
            "x" => ("NotResource", value.clone()),
            "c" => ("Condition", value.clone()),
            _ => continue,
        };
        long.insert(key.to_owned(), value);
    }
    long.into()
}

/// `s3:GetObject,PutObject iam:*` → a list of patterns.
fn actions(packed: &Value) -> Value {
    let groups = packed.as_str().unwrap_or_default().split(' ');
    let patterns = groups.flat_map(|group| match group.split_once(':') {
        Some((prefix, names)) => names.split(',').map(|name| format!("{prefix}:{name}")).collect(),
        None => vec![group.to_owned()],
    });
    patterns.collect()
}

type Found = BTreeMap<(&'static str, &'static str), BTreeSet<String>>;

#[expect(clippy::print_stderr, reason = "what a peer gives up on belongs beside the table")]
fn ask_peers(python: &Path, policies: &[PathBuf]) -> Result<(Found, Value)> {
    let output = Command::new(python).args(["-c", ASK]).args(policies).output();
    let output = output.with_context(|| format!("cannot start `{}`", python.display()))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the peers did not answer: {INSTALL}\n{complaint}");
    eprint!("{complaint}");
    let (mut found, mut levels) = (Found::new(), Value::Null);
    for line in String::from_utf8(output.stdout)?.lines().filter(|line| line.starts_with('{')) {
        let answer: Value = serde_json::from_str(line)?;
        let Some(path) = answer.get("path").and_then(Value::as_str) else {
            levels = answer;
            continue;
        };
        for (peer, categories) in [("cloudsplaining", CATEGORIES), ("parliament", &[UNKNOWN_ACTION])] {
            let told = answer.get(peer).and_then(Value::as_array).context("a peer's answer is missing")?;
            for category in categories.iter().filter(|category| told.iter().any(|one| one == **category)) {
                found.entry((peer, category)).or_default().insert(name(Path::new(path)));
            }
        }
    }
    Ok((found, levels))
}

/// The categories of what we find in a policy.
fn judge(program: &Path, policy: &Path) -> Result<BTreeSet<&'static str>> {
    let output = Command::new(program).args(["policy", "lint", "--format", "json"]).arg(policy).output()?;
    let report: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("no report on `{}`: {}", policy.display(), String::from_utf8_lossy(&output.stderr)))?;
    let mut found = BTreeSet::new();
    for finding in report.get("findings").and_then(Value::as_array).into_iter().flatten() {
        let rule = finding.get("rule").and_then(Value::as_str).unwrap_or_default();
        let tags = finding.get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        for tag in tags {
            let harm = tag.strip_prefix("harm:");
            found.extend(CATEGORIES.iter().filter(|category| harm == Some(category)));
            found.extend(tag.starts_with("path:").then_some("escalation"));
        }
        match rule {
            "administrator-permission" => found.extend(CATEGORIES),
            "wildcard-action" => drop(found.insert("service-wildcard")),
            UNKNOWN_ACTION => drop(found.insert(UNKNOWN_ACTION)),
            _ => {}
        }
    }
    Ok(found)
}

/// Actions, and for those that both know their levels as `service:action=level`.
fn compare_actions(facts: &str, levels: &Value) -> Result<[Compared; 2]> {
    let mut ours: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for row in facts.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = row.split('\t');
        let (key, letters) = (fields.next().unwrap_or_default(), fields.nth(1).unwrap_or_default());
        ours.insert(
            key.to_owned(),
            LEVEL_NAMES.iter().filter(|one| letters.contains(one.0)).map(|one| one.1).collect(),
        );
    }
    let mut theirs: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (_, level) in LEVEL_NAMES {
        let actions = levels.get(level).and_then(Value::as_array);
        for action in actions.context(INSTALL)?.iter().filter_map(Value::as_str) {
            theirs.entry(action.to_lowercase()).or_default().push(level);
        }
    }
    let names = |known: &BTreeMap<String, Vec<&str>>| known.keys().cloned().collect();
    let levels = |known: &BTreeMap<String, Vec<&str>>, other: &BTreeMap<String, Vec<&str>>| {
        let both = known.iter().filter(|(action, _)| other.contains_key(*action));
        both.map(|(action, levels)| format!("{action}={}", levels.join(","))).collect()
    };
    Ok([
        Compared::new(ACTIONS, "policy_sentry", &names(&ours), &names(&theirs)),
        Compared::new(LEVELS, "policy_sentry", &levels(&ours, &theirs), &levels(&theirs, &ours)),
    ])
}

/// Letters of our table, and the levels' names.
const LEVEL_NAMES: &[(char, &str)] =
    &[('L', "List"), ('R', "Read"), ('W', "Write"), ('T', "Tagging"), ('P', "Permissions management")];

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_of_the_fact_table_become_those_of_aws() {
        let short = json!({"a": "s3:GetObject,Put* iam:* *", "r": ["*"], "e": "D", "s": "x"});
        let long = json!({"Effect": "Deny", "Action": ["s3:GetObject", "s3:Put*", "iam:*", "*"], "Resource": ["*"]});
        assert_eq!(statement(short.as_object().unwrap()), long);
    }

    #[test]
    fn levels_are_compared_where_both_know_the_action() {
        let theirs =
            json!({"List": ["s3:B"], "Read": ["s3:A"], "Write": [], "Tagging": [], "Permissions management": []});
        let [actions, levels] = compare_actions("# head\ns3:a\tA\tR\ns3:b\tB\tR\ns3:c\tC\tW\n", &theirs).unwrap();
        assert_eq!((actions.both, actions.only_ours.len(), actions.only_theirs.len()), (2, 1, 0));
        assert_eq!(levels.only_ours.into_iter().collect::<Vec<_>>(), ["s3:b=Read"]);
    }

    #[test]
    fn every_row_of_the_table_can_be_read() {
        assert!(compare::table(include_str!("../../../benches/policy_differences.tsv")).is_ok());
    }
}
