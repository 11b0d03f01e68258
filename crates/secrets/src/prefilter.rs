//! Where in a file anything may be found at all: one automaton over the keywords of all kinds.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::kind::{Case, Find, Kind};

/// What to do at a keyword.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trigger {
    /// Run the pattern of this kind (index into the list) around it; `exact` is the spelling it must have.
    Pattern { kind: usize, exact: Option<&'static str> },
    /// Read the assignment that it is part of.
    Assignment,
}

/// Which keywords to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Formats of providers and their names: for packages of others, and binary files.
    Specific,
    /// Also names that say `password` and the like.
    Everything,
}

/// Parts of names that make an assignment worth reading, when no provider is named. No one contains another.
const NAME_PARTS: &[&str] = &[
    "passw",
    "passphrase",
    "passcode",
    "pwd",
    "pswd",
    "_pass",
    "dbpass",
    "userpass",
    "secret",
    "token",
    "key",
    "creds",
    "credential",
    "_pw",
    "_pat",
    "license",
];

pub(crate) struct Prefilter {
    automaton: Option<AhoCorasick>,
    /// By number of the automaton's pattern.
    triggers: Vec<Vec<Trigger>>,
}

impl Prefilter {
    /// Costs some milliseconds, so it is made once and only when first needed.
    pub(crate) fn new(kinds: &[&Kind], scope: Scope) -> Self {
        let mut rows: Vec<(String, Trigger)> = Vec::new();
        for (kind, descriptor) in kinds.iter().enumerate() {
            match &descriptor.find {
                Find::Pattern { keywords, .. } => rows.extend(keywords.iter().map(|keyword| {
                    let exact = (keyword.case == Case::Exact).then_some(keyword.text);
                    (keyword.text.to_ascii_lowercase(), Trigger::Pattern { kind, exact })
                })),
                // Two letters are too common to look for alone; such names are read when a name part triggers.
                Find::Assigned { provider, .. } => {
                    let long = provider.iter().filter(|word| word.len() > 3);
                    rows.extend(long.map(|word| ((*word).to_owned(), Trigger::Assignment)));
                }
                Find::Generic => {}
            }
        }
        if scope == Scope::Everything {
            rows.extend(NAME_PARTS.iter().map(|part| ((*part).to_owned(), Trigger::Assignment)));
        }
        Self::of_rows(rows)
    }

    fn of_rows(mut rows: Vec<(String, Trigger)>) -> Self {
        rows.sort_by(|left, right| left.0.cmp(&right.0));
        let (mut keywords, mut triggers): (Vec<String>, Vec<Vec<Trigger>>) = (Vec::new(), Vec::new());
        for (keyword, trigger) in rows {
            let is_new = keywords.last() != Some(&keyword);
            if is_new {
                keywords.push(keyword);
                triggers.push(Vec::new());
            }
            let is_second_reading =
                |known: &Trigger| matches!((known, trigger), (Trigger::Assignment, Trigger::Assignment));
            if let Some(last) = triggers.last_mut().filter(|last| !last.iter().any(is_second_reading)) {
                last.push(trigger);
            }
        }
        // A DFA reads some 430 MB a second here; what `kind(None)` picks for so many keywords, less than half of it.
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&keywords);
        Self { automaton: automaton.ok(), triggers }
    }

    /// Calls `found` with every keyword's place and what to do there, in order of their ends.
    pub(crate) fn each(&self, text: &[u8], mut found: impl FnMut(std::ops::Range<usize>, Trigger)) {
        let Some(automaton) = &self.automaton else { return };
        for hit in automaton.find_overlapping_iter(text) {
            let spelled = text.get(hit.range()).unwrap_or_default();
            for trigger in self.triggers.get(hit.pattern().as_usize()).into_iter().flatten() {
                let is_spelled_so = match trigger {
                    Trigger::Pattern { exact: Some(exact), .. } => spelled == exact.as_bytes(),
                    _ => true,
                };
                if is_spelled_so {
                    found(hit.range(), *trigger);
                }
            }
        }
    }
}
