//! IAM's actions: names, access levels, the resource types they take.

use std::ops::Range;
use std::sync::LazyLock;

use model::table::SortedLines;

use crate::aws::iam::wildcard;

const ACTIONS: &str = include_str!("../../../../data/iam_actions.tsv");
const SERVICES: &str = include_str!("../../../../data/iam_services.tsv");

/// The rows of the table in order; an [`ActionId`] is a place in it. Splitting the text into lines takes well under a
/// millisecond and happens once.
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let row = |(key, rest)| Row { key, rest };
    SortedLines::new(ACTIONS).iter().map(row).collect()
});

#[derive(Debug, Clone, Copy)]
struct Row {
    /// `s3:getobject`.
    key: &'static str,
    /// Name, access levels, resource types, dependent actions, separated by tabs.
    rest: &'static str,
}

/// An action that IAM knows, by its place among all of them in the order of their lower-case names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(u32);

impl ActionId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }

    pub(crate) fn from_index(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// `s3:GetObject`.
    pub fn name(self) -> String {
        format!("{}:{}", self.service(), self.column(0))
    }

    /// `s3`.
    pub fn service(self) -> &'static str {
        let key = ROWS.get(self.index()).map_or("", |row| row.key);
        key.split_once(':').map_or("", |(service, _)| service)
    }

    /// The letters of its access levels: List, Read, Write, Tagging, Permissions management.
    pub fn access_levels(self) -> &'static str {
        self.column(1)
    }

    /// Keys of the resource types that it takes (`s3:object`), with whether one must be given. Empty for an action that
    /// only works on `*`.
    pub fn resource_types(self) -> impl Iterator<Item = (String, bool)> {
        let service = self.service();
        let types = self.column(2).split(',').filter(|name| !name.is_empty());
        types.map(move |name| match name.strip_suffix('!') {
            Some(required) => (format!("{service}:{required}"), true),
            None => (format!("{service}:{name}"), false),
        })
    }

    /// Actions that the service may ask for too.
    pub fn dependent_actions(self) -> impl Iterator<Item = &'static str> {
        self.column(3).split(',').filter(|name| !name.is_empty())
    }

    fn column(self, index: usize) -> &'static str {
        ROWS.get(self.index()).and_then(|row| row.rest.split('\t').nth(index)).unwrap_or("")
    }
}

/// How many actions there are.
pub fn action_count() -> usize {
    ROWS.len()
}

/// The action of this name, in any case.
pub fn action(name: &str) -> Option<ActionId> {
    let key = name.to_ascii_lowercase();
    ROWS.binary_search_by_key(&key.as_str(), |row| row.key).ok().map(ActionId::from_index)
}

/// The actions of a service prefix, in order.
pub fn actions_of_service(prefix: &str) -> impl Iterator<Item = ActionId> {
    starting_with(&format!("{}:", prefix.to_ascii_lowercase())).map(ActionId::from_index)
}

/// Whether IAM has actions under this prefix.
pub fn is_service(prefix: &str) -> bool {
    SortedLines::new(SERVICES).get(&prefix.to_ascii_lowercase()).is_some()
}

/// The places of the actions that a pattern names, when they follow one another because its only wildcard is a `*` at
/// the end.
pub(crate) fn range_matching(pattern: &str) -> Option<Range<usize>> {
    let prefix = pattern.strip_suffix('*')?.to_ascii_lowercase();
    let is_plain = !prefix.contains(['*', '?']);
    let is_valid = prefix.is_empty() || prefix.contains(':');
    (is_plain && is_valid).then(|| starting_with(&prefix))
}

/// The actions that a pattern with `*` and `?` names, in any case, in order. `*` alone is every action; a pattern
/// without a colon names nothing.
pub fn matching(pattern: &str) -> impl Iterator<Item = ActionId> {
    let pattern = pattern.to_ascii_lowercase();
    let literal = pattern.split(['*', '?']).next().unwrap_or("");
    let is_valid = pattern == "*" || pattern.contains(':');
    let candidates = if is_valid { starting_with(literal) } else { 0..0 };
    candidates
        .filter(move |index| ROWS.get(*index).is_some_and(|row| wildcard::matches(&pattern, row.key)))
        .map(ActionId::from_index)
}

/// The names of the actions that a pattern names, sorted bytewise.
pub fn expand(pattern: &str) -> Vec<String> {
    let mut names: Vec<String> = matching(pattern).map(ActionId::name).collect();
    names.sort_unstable();
    names
}

/// The known action whose name is nearest to `name`, if it is near enough for a slip of the pen: at most two letters
/// wrong in the action, one in the prefix.
pub fn nearest(name: &str) -> Option<ActionId> {
    let name = name.to_ascii_lowercase();
    let (prefix, action) = name.split_once(':')?;
    let prefixes: Vec<&str> = if is_service(prefix) {
        vec![prefix]
    } else {
        SortedLines::new(SERVICES)
            .iter()
            .map(|(known, _)| known)
            .filter(|known| distance(known, prefix, 1) <= 1)
            .collect()
    };
    let candidates = prefixes.into_iter().flat_map(actions_of_service);
    let measured = candidates.map(|id| {
        let known = ROWS.get(id.index()).and_then(|row| row.key.split_once(':')).map_or("", |(_, known)| known);
        (distance(known, action, 2), id)
    });
    measured.filter(|(wrong, _)| *wrong <= 2).min().map(|(_, id)| id)
}

fn starting_with(prefix: &str) -> Range<usize> {
    let start = ROWS.partition_point(|row| row.key < prefix);
    let length = ROWS.get(start..).unwrap_or_default().partition_point(|row| row.key.starts_with(prefix));
    start..start + length
}

/// Letters to change, insert or drop to turn one word into the other; `limit + 1` when more than `limit`.
fn distance(left: &str, right: &str, limit: usize) -> usize {
    if left.len().abs_diff(right.len()) > limit {
        return limit + 1;
    }
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, letter) in left.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(above + 1);
        for ((replaced, dropped), other) in row.iter().zip(row.iter().skip(1)).zip(&right) {
            let replace = replaced + usize::from(*other != letter);
            let insert = next.last().copied().unwrap_or(usize::MAX - 1) + 1;
            next.push(replace.min(dropped + 1).min(insert));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0).min(limit + 1)
}

#[cfg(test)]
pub(super) const TABLES: &[(&str, &str)] = &[("iam_actions", ACTIONS), ("iam_services", SERVICES)];
