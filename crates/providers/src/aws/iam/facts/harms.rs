//! What an attacker gains by an action.

use std::sync::LazyLock;

use model::permission::Harm;
use model::table::SortedLines;

use super::actions::{ActionId, action};
use crate::aws::iam::action_set::ActionSet;

const HARMS: &str = include_str!("../../../../data/iam_harms.tsv");

/// One harm of one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionHarm {
    pub action: ActionId,
    pub harm: Harm,
    /// Whether its grant on everything is called dangerous by itself.
    pub is_dangerous: bool,
    /// Completes "whoever takes the function over can …".
    pub gain: &'static str,
}

/// The table, compiled once.
struct Compiled {
    /// In the order of actions, then harms.
    entries: Vec<ActionHarm>,
    /// The actions of each harm, in the order of [`Harm::ALL`].
    sets: Vec<(Harm, ActionSet)>,
    dangerous: ActionSet,
}

static COMPILED: LazyLock<Compiled> = LazyLock::new(|| {
    let mut entries: Vec<ActionHarm> =
        SortedLines::new(HARMS).iter().flat_map(|(name, cells)| entries(name, cells)).collect();
    entries.sort_by_key(|entry| (entry.action, entry.harm));
    let of = |harm: Harm| entries.iter().filter(move |entry| entry.harm == harm).map(|entry| entry.action).collect();
    let sets = Harm::ALL.into_iter().map(|harm| (harm, of(harm))).collect();
    let dangerous = entries.iter().filter(|entry| entry.is_dangerous).map(|entry| entry.action).collect();
    Compiled { entries, sets, dangerous }
});

fn entries(name: &'static str, cells: &'static str) -> Vec<ActionHarm> {
    let Some(action) = action(name) else { return Vec::new() };
    cells.split('\t').filter_map(|cell| entry(action, cell)).collect()
}

fn entry(action: ActionId, cell: &'static str) -> Option<ActionHarm> {
    let (name, gain) = cell.split_once('=').unwrap_or((cell, ""));
    let harm = Harm::parse(name.trim_end_matches('!'))?;
    let gain = if gain.is_empty() { harm.gain() } else { gain };
    Some(ActionHarm { action, harm, is_dangerous: name.ends_with('!'), gain })
}

/// The harms of an action, worst first.
pub fn harms_of(action: ActionId) -> &'static [ActionHarm] {
    let entries = &COMPILED.entries;
    let start = entries.partition_point(|entry| entry.action < action);
    let rest = entries.get(start..).unwrap_or_default();
    let length = rest.partition_point(|entry| entry.action == action);
    rest.get(..length).unwrap_or_default()
}

/// The actions of every harm, worst first.
pub(crate) fn actions_by_harm() -> &'static [(Harm, ActionSet)] {
    &COMPILED.sets
}

/// The actions whose grant on everything is dangerous by itself.
pub(crate) fn dangerous_actions() -> &'static ActionSet {
    &COMPILED.dangerous
}

#[cfg(test)]
pub(super) const TABLE: (&str, &str) = ("iam_harms", HARMS);

#[cfg(test)]
mod tests {
    use super::*;

    fn names(action_name: &str) -> Vec<&'static str> {
        harms_of(action(action_name).unwrap()).iter().map(|entry| entry.harm.name()).collect()
    }

    #[test]
    fn every_row_names_an_action_and_harms() {
        let rows: Vec<(&str, &str)> = SortedLines::new(HARMS).iter().collect();
        assert!(rows.len() > 3_000, "{}", rows.len());
        for (name, cells) in rows {
            assert_eq!(action(name).map(ActionId::name).as_deref(), Some(name));
            assert_eq!(entries(name, cells).len(), cells.split('\t').count(), "{name}");
        }
    }

    #[test]
    fn actions_have_the_harms_that_they_are_known_for() {
        for (action, harms) in [
            ("secretsmanager:GetSecretValue", &["credential-exposure", "data-exfiltration"][..]),
            ("gamelift:GetComputeAccess", &["credential-exposure"]),
            ("s3:GetObject", &["data-exfiltration"]),
            ("s3:PutBucketPolicy", &["resource-exposure"]),
            ("cloudtrail:StopLogging", &["log-tampering"]),
            ("lambda:InvokeFunction", &["lateral-movement"]),
            ("dynamodb:DeleteTable", &["destruction"]),
            ("ec2:RunInstances", &["denial-of-wallet"]),
            ("iam:PassRole", &["privilege-escalation"]),
            ("s3:ListAllMyBuckets", &[]),
            ("logs:PutLogEvents", &[]),
            ("xray:PutTraceSegments", &[]),
        ] {
            assert_eq!(names(action), harms, "{action}");
        }
    }
}
