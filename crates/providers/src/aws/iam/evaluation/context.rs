//! What is known of the circumstances of a request: its condition keys.

use std::collections::{BTreeMap, BTreeSet};

/// Condition keys and their values. Keys are compared in any case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    values: BTreeMap<String, Vec<String>>,
    unknown: BTreeSet<String>,
}

/// What the context says of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known<'a> {
    /// In the order given.
    Present(&'a [String]),
    Absent,
    Unknown,
}

impl Context {
    /// Gives a key its values.
    pub fn insert(&mut self, key: &str, values: Vec<String>) {
        self.values.insert(key.to_ascii_lowercase(), values);
    }

    /// Says that nothing is known of a key: it may be absent, or have any value.
    pub fn insert_unknown(&mut self, key: &str) {
        self.unknown.insert(key.to_ascii_lowercase());
    }

    /// `key` in lower case.
    pub(super) fn get(&self, key: &str) -> Known<'_> {
        if self.unknown.contains(key) {
            return Known::Unknown;
        }
        self.values.get(key).map_or(Known::Absent, |values| Known::Present(values))
    }
}
