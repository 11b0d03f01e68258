//! Which actions an event log can show at all.
//!
//! Three things hide a use from a log: the operation writes no event, or only a data event, which a trail records when it is
//! told to; the trail leaves reads out; or the action is checked within other calls and none is named like it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::event_sources;
use super::evidence::LogCoverage;
use crate::aws::iam::facts::{self, ActionId, Condition};

const HIDDEN: &str = include_str!("../../../data/usage_hidden_actions.tsv");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ShownBy {
    /// Every trail.
    Management,
    /// A trail that records data events of the service.
    Data,
    /// A trail that does not leave the service out.
    AnyOfService,
    Never,
}

/// Why the log may not show a use of the action; `None` when it would.
pub(super) fn obstacle(action: ActionId, logs: &LogCoverage) -> Option<String> {
    let (name, service) = (action.name(), action.service());
    let of_service = |host: &String| event_sources::prefixes(host).contains(&service);
    match shown_by(action) {
        ShownBy::Never => return Some(format!("no log shows `{name}`")),
        ShownBy::Data if !logs.data_sources.iter().any(of_service) => {
            return Some(format!("the log has no data events of `{service}`, which alone would show `{name}`"));
        }
        ShownBy::AnyOfService if !logs.sources.iter().any(of_service) => {
            return Some(format!("the log has no event of `{service}` at all, as if they were left out of the trail"));
        }
        ShownBy::Management if !logs.has_management => {
            return Some(format!("the log has no management events, which would show `{name}`"));
        }
        ShownBy::Management | ShownBy::Data | ShownBy::AnyOfService => {}
    }
    let reads_only = action.access_levels().chars().all(|level| matches!(level, 'L' | 'R'));
    if reads_only && !logs.has_reads {
        return Some(format!("the log has no events of operations that read, so it would not show `{name}`"));
    }
    (!SHOWABLE.contains(&action)).then(|| format!("no operation is known whose event would show `{name}`"))
}

/// Whether a trail shows the action by data events only.
pub(super) fn is_data_action(action: &str) -> bool {
    facts::action(action).is_some_and(|action| shown_by(action) == ShownBy::Data)
}

fn shown_by(action: ActionId) -> ShownBy {
    HIDDEN_ACTIONS.get(&action).copied().unwrap_or(ShownBy::Management)
}

static HIDDEN_ACTIONS: LazyLock<BTreeMap<ActionId, ShownBy>> = LazyLock::new(|| {
    let mut hidden = BTreeMap::new();
    for (pattern, rest) in model::table::SortedLines::new(HIDDEN).iter() {
        let shown_by = match rest.split('\t').next() {
            Some("data") => ShownBy::Data,
            Some("any") => ShownBy::AnyOfService,
            _ => ShownBy::Never,
        };
        hidden.extend(facts::matching(pattern).map(|action| (action, shown_by)));
    }
    hidden
});

/// Actions that some operation asks for always, or with parameters that its event tells. Reading the table of operations takes
/// some milliseconds, and happens only when there is a log.
static SHOWABLE: LazyLock<std::collections::BTreeSet<ActionId>> = LazyLock::new(|| {
    let is_told = |needed: &facts::OperationAction| !needed.is_forwarded && needed.condition != Condition::Sometimes;
    let actions = facts::all_operation_actions().filter(is_told);
    actions.filter_map(|needed| facts::action(needed.action)).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_an_action_of_iam() {
        let table = model::table::SortedLines::new(HIDDEN);
        assert_eq!(table.first_unsorted(), None);
        for (pattern, rest) in table.iter() {
            assert!(facts::matching(pattern).next().is_some(), "`{pattern}` names no action");
            let columns: Vec<&str> = rest.split('\t').collect();
            let [shown_by, reason] = columns.as_slice() else { panic!("`{pattern}` has {} columns", columns.len()) };
            assert!(["data", "any", "never"].contains(shown_by), "`{pattern}` is shown by `{shown_by}`");
            assert!(!reason.is_empty(), "`{pattern}` has no reason");
        }
    }
}
