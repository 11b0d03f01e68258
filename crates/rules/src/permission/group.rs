//! Rows of the permissions table that one finding tells together.

use std::collections::{BTreeMap, BTreeSet};

use model::permission::{Harm, Permissions, Verdict};
use model::{Confidence, Location};

use super::{Speaker, speaker};

/// Rows that one policy grants on one service.
pub(super) struct Group<'a> {
    /// Id of the policy; `None` for rows that no policy grants.
    pub(super) policy: Option<&'a str>,
    /// `dynamodb`; `*` for all.
    pub(super) service: &'a str,
    pub(super) verdicts: Vec<&'a Verdict>,
}

/// The rows that `wanted` speaks about, by policy, then service.
pub(super) fn groups(permissions: &Permissions, wanted: Speaker) -> Vec<Group<'_>> {
    let mut rows: BTreeMap<(Option<&str>, &str), Vec<&Verdict>> = BTreeMap::new();
    for verdict in permissions.verdicts.iter().filter(|verdict| speaker(verdict, permissions) == wanted) {
        rows.entry((verdict.policy.as_deref(), service(&verdict.action))).or_default().push(verdict);
    }
    rows.into_iter().map(|((policy, service), verdicts)| Group { policy, service, verdicts }).collect()
}

/// The rows that `wanted` speaks about, by policy alone; their service is `*`.
pub(super) fn groups_by_policy(permissions: &Permissions, wanted: Speaker) -> Vec<Group<'_>> {
    let mut rows: BTreeMap<Option<&str>, Vec<&Verdict>> = BTreeMap::new();
    for verdict in permissions.verdicts.iter().filter(|verdict| speaker(verdict, permissions) == wanted) {
        rows.entry(verdict.policy.as_deref()).or_default().push(verdict);
    }
    rows.into_iter().map(|(policy, verdicts)| Group { policy, service: "*", verdicts }).collect()
}

fn service(action: &str) -> &str {
    action.split_once(':').map_or("*", |(service, _)| service)
}

impl Group<'_> {
    /// What tells this group from the others of its rule, whatever stands on which line.
    pub(super) fn subject(&self) -> String {
        format!("{}\n{}", self.policy.unwrap_or_default(), self.service)
    }

    /// Sorted, without duplicates.
    pub(super) fn actions(&self) -> Vec<&str> {
        let actions: BTreeSet<&str> = self.verdicts.iter().map(|verdict| verdict.action.as_str()).collect();
        actions.into_iter().collect()
    }

    /// Sorted, without duplicates.
    pub(super) fn needed_actions(&self) -> Vec<&str> {
        let needed: BTreeSet<&str> =
            self.verdicts.iter().flat_map(|verdict| &verdict.needed_actions).map(String::as_str).collect();
        needed.into_iter().collect()
    }

    pub(super) fn locations(&self) -> Vec<Location> {
        let places: BTreeSet<Location> = self.verdicts.iter().filter_map(|verdict| verdict.origin.clone()).collect();
        places.into_iter().collect()
    }

    /// The rows' reasons, each once, in order.
    pub(super) fn reasons(&self) -> Vec<&str> {
        let reasons: BTreeSet<&str> =
            self.verdicts.iter().map(|verdict| verdict.reason.as_str()).filter(|reason| !reason.is_empty()).collect();
        reasons.into_iter().collect()
    }

    /// A tag for each category of harm, worst first.
    pub(super) fn harm_tags(&self) -> impl Iterator<Item = String> {
        let harms: BTreeSet<Harm> = self.verdicts.iter().flat_map(|row| &row.harms).map(|harm| harm.harm).collect();
        harms.into_iter().map(|harm| format!("harm:{}", harm.name()))
    }

    pub(super) fn confidence(&self) -> Confidence {
        self.verdicts.iter().map(|verdict| verdict.confidence).max().unwrap_or(Confidence::Possible)
    }

    /// `policy `X``, or what stands for it.
    pub(super) fn policy_words(&self) -> String {
        self.policy.map_or_else(|| "the role".to_owned(), |policy| format!("policy `{policy}`"))
    }
}
