//! What an attacker gains by an action, by category.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail, ensure};

use super::data::{Action, IamData};
use crate::facts::Facts;
use crate::facts::sources::CLOUDSPLAINING;
use crate::facts::table::{Rows, overlay};

pub(super) const OVERLAY: &str = "crates/providers/data/overlay_harms.tsv";

/// In the order of `model::permission::Harm`.
const HARMS: [&str; 8] = [
    "privilege-escalation",
    "credential-exposure",
    "resource-exposure",
    "log-tampering",
    "data-exfiltration",
    "lateral-movement",
    "destruction",
    "denial-of-wallet",
];
const CREDENTIALS: usize = 1;
const EXPOSURE: usize = 2;
const EXFILTRATION: usize = 4;
const DESTRUCTION: usize = 6;

/// A prefix that the source misspells, and the right one.
const MISSPELT_PREFIX: (&str, &str) = ("gamelist:", "gamelift:");

/// What the source lists and IAM has no action for: an operation that needs no permission, and a name of the past.
const NO_ACTIONS: &[&str] = &["connect:getfederationtokens", "sso:getrolecredentials"];

/// Verbs of actions that delete or end what they name.
const DESTROYING: &[&str] = &["BatchDelete", "Delete", "Deregister", "Destroy", "Purge", "Terminate"];

/// Verbs that only look, whatever their access level.
const LOOKING: &[&str] = &["Describe", "Get", "List", "Validate", "View"];

/// Harms of an action: place in [`HARMS`], and the entry's mark and gain, if it has such.
type Harms = BTreeMap<usize, (bool, String)>;

pub(super) fn rows(facts: &Facts) -> Result<Rows> {
    let iam = IamData::read(facts)?;
    let mut harms: BTreeMap<&str, Harms> = BTreeMap::new();
    for action in iam.actions.values() {
        let entry = harms.entry(&action.full_name).or_default();
        if action.has_level("Permissions management") && !action.begins_with(LOOKING) {
            entry.insert(EXPOSURE, (false, String::new()));
        }
        if action.has_level("Write") && action.begins_with(DESTROYING) {
            entry.insert(DESTRUCTION, (false, String::new()));
        }
    }
    let source = facts.sources.folder(&CLOUDSPLAINING).join("cloudsplaining/shared/constants.py");
    let source = fs::read_to_string(&source)?;
    let lists =
        [("READ_ONLY_DATA_EXFILTRATION_ACTIONS", EXFILTRATION), ("ACTIONS_THAT_RETURN_CREDENTIALS", CREDENTIALS)];
    for (list, harm) in lists {
        for name in literals(&source, list)? {
            let name = name.replace(MISSPELT_PREFIX.0, MISSPELT_PREFIX.1);
            match iam.action(&name) {
                Some(action) => {
                    harms.entry(&action.full_name).or_default().insert(harm, (false, String::new()));
                }
                None => ensure!(NO_ACTIONS.contains(&name.as_str()), "`{list}` names `{name}`, which is no action"),
            }
        }
    }
    extend(&mut harms, &iam, facts)?;
    let mut rows = Rows::default();
    for (action, harms) in harms.iter().filter(|(_, harms)| !harms.is_empty()) {
        let cell = |(harm, (is_marked, gain)): (&usize, &(bool, String))| {
            let mark = if *is_marked { "!" } else { "" };
            let gain = if gain.is_empty() { String::new() } else { format!("={gain}") };
            format!("{}{mark}{gain}", HARMS[*harm])
        };
        rows.add(std::iter::once((*action).to_owned()).chain(harms.iter().map(cell)));
    }
    Ok(rows)
}

/// Applies the overlay, in which every pattern names an action.
fn extend<'a>(harms: &mut BTreeMap<&'a str, Harms>, iam: &'a IamData, facts: &Facts) -> Result<()> {
    for row in overlay(facts, OVERLAY, 4)? {
        let [pattern, harm, mark, gain] = row.as_slice() else { bail!("`{OVERLAY}`: a row of another width") };
        let place = HARMS.iter().position(|known| known == harm);
        ensure!(place.is_some() || harm == "-", "`{OVERLAY}`: `{harm}` is no harm");
        let key = pattern.to_lowercase();
        let mut named = iam.actions.iter().filter(|(name, _)| fits(&key, name)).peekable();
        ensure!(named.peek().is_some(), "`{OVERLAY}`: `{pattern}` names no action");
        for (_, action) in named {
            let entry = harms.entry(&action.full_name).or_default();
            match place {
                Some(place) => entry.insert(place, (mark == "!", gain.clone())),
                None => entry.remove(&EXPOSURE),
            };
        }
    }
    Ok(())
}

/// The string literals of a Python list.
fn literals<'a>(source: &'a str, list: &str) -> Result<Vec<&'a str>> {
    let (_, rest) = source.split_once(&format!("{list} = [")).with_context(|| format!("there is no list `{list}`"))?;
    let (items, _) = rest.split_once("\n]").context("the list has no end")?;
    let code = items.lines().filter(|line| !line.trim_start().starts_with('#'));
    Ok(code.filter_map(|line| line.split('"').nth(1)).collect())
}

/// Whether a name fits a pattern with `*`, letters compared as they are.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name
            .strip_prefix(start)
            .is_some_and(|tail| (0..=tail.len()).any(|at| tail.get(at..).is_some_and(|tail| fits(rest, tail)))),
    }
}

impl Action {
    fn has_level(&self, level: &str) -> bool {
        self.access_level.split(',').any(|known| known.trim() == level)
    }

    fn begins_with(&self, verbs: &[&str]) -> bool {
        let name = self.full_name.split_once(':').map_or("", |(_, name)| name);
        verbs.iter().any(|verb| name.starts_with(verb))
    }
}
