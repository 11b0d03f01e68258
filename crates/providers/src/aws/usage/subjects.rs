//! The functions of a scan, and which of them an event is of.

use aho_corasick::AhoCorasick;

use super::subject::{Match, Principal, Subject};

/// The functions that logs are read for.
#[derive(Debug)]
pub struct Subjects {
    pub(super) subjects: Vec<Subject>,
    /// Finds the names without which a record is of none of them; `None` when there is nothing to go by.
    names: Option<AhoCorasick>,
}

impl Subjects {
    pub fn new(subjects: Vec<Subject>) -> Self {
        let fragments: Option<Vec<String>> = subjects.iter().map(fragment).collect();
        // The automaton fails only for more names than any scan has; without it every record is parsed.
        let names = fragments.and_then(|fragments| AhoCorasick::new(fragments).ok());
        let mut made = Self { subjects, names };
        if made.takes_only_role() {
            made.names = None;
        }
        made
    }

    /// Whether there is one function, and nothing is known of its role: the only role of a log may then be its role.
    pub(super) fn takes_only_role(&self) -> bool {
        matches!(self.subjects.as_slice(), [subject] if subject.is_without_role())
    }

    /// Whether a record of these bytes may be of one of the functions.
    pub(super) fn may_concern(&self, record: &[u8]) -> bool {
        self.names.as_ref().is_none_or(|names| names.is_match(record))
    }

    /// The functions that the principal is, by position, each with how that is known.
    pub(super) fn of(&self, principal: Principal<'_>) -> Vec<(usize, Match)> {
        let fits = self.subjects.iter().enumerate();
        let mut found: Vec<(usize, Match)> =
            fits.filter_map(|(at, subject)| Some((at, subject.fit(principal)?))).collect();
        let own: Vec<&Subject> = found
            .iter()
            .filter(|(_, how)| *how != Match::SharedRole)
            .filter_map(|(at, _)| self.subjects.get(*at))
            .collect();
        let is_anothers = |at: usize| {
            let shared_with = self.subjects.get(at).map(|subject| subject.shared_with.as_slice()).unwrap_or_default();
            own.iter().any(|other| shared_with.contains(&other.id))
        };
        found.retain(|(at, how)| *how != Match::SharedRole || !is_anothers(*at));
        found
    }
}

/// A text that every record of the function holds.
fn fragment(subject: &Subject) -> Option<String> {
    if subject.is_without_role() { subject.function.fragment() } else { subject.role.fragment() }
}
