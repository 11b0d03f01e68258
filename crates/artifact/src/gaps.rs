//! Gaps of one root or archive, bounded: after some of one kind, only their number is told.

use std::collections::BTreeMap;

use model::{Gap, Hidden, Location};

/// Gaps of one kind that are told one by one in one archive; the rest is told as a number.
const MAX_GAPS_OF_A_KIND: usize = 40;

/// What an unreadable file may hide.
pub(crate) const HIDDEN_BY_A_FILE: &[Hidden] = &[Hidden::Components, Hidden::Secrets, Hidden::Calls];

/// A gap about one file.
pub(crate) fn file_gap(file: &str, why: impl Into<String>) -> Gap {
    Gap::new(Location::file(file), why, HIDDEN_BY_A_FILE)
}

/// Collects the gaps of one root or archive in the order found.
#[derive(Debug)]
pub(crate) struct GapList {
    /// What the summaries point to: the root or archive.
    subject: String,
    gaps: Vec<Gap>,
    counts: BTreeMap<&'static str, usize>,
}

impl GapList {
    pub(crate) fn new(subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), gaps: Vec::new(), counts: BTreeMap::new() }
    }

    /// Notes that `file` has the problem `kind` (a sentence that also reads well after "N more entries: ").
    pub(crate) fn note(&mut self, kind: &'static str, file: &str) {
        self.note_with(kind, file, || kind.to_owned());
    }

    /// As [`Self::note`], with a sentence of this file's own.
    pub(crate) fn note_with(&mut self, kind: &'static str, file: &str, why: impl FnOnce() -> String) {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        if *count <= MAX_GAPS_OF_A_KIND {
            self.gaps.push(file_gap(file, why()));
        }
    }

    /// Takes over what another list has noted.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.gaps.extend(other.finish());
    }

    /// Every gap, with one summary for each kind that was cut short.
    pub(crate) fn finish(mut self) -> Vec<Gap> {
        for (kind, count) in self.counts {
            if let Some(more) = count.checked_sub(MAX_GAPS_OF_A_KIND).filter(|more| *more > 0) {
                self.gaps.push(file_gap(&self.subject, format!("{more} more entries: {kind}")));
            }
        }
        self.gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_number_of_what_it_leaves_out() {
        let mut gaps = GapList::new("a.zip");
        for number in 0..MAX_GAPS_OF_A_KIND + 3 {
            gaps.note("the entry is encrypted", &format!("a.zip!/{number}"));
        }
        let gaps = gaps.finish();
        assert_eq!(gaps.len(), MAX_GAPS_OF_A_KIND + 1);
        let last = gaps.last().map(|gap| (gap.location.file.as_str(), gap.why.as_str()));
        assert_eq!(last, Some(("a.zip", "3 more entries: the entry is encrypted")));
    }
}
