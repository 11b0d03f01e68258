//! Gaps of one root or archive, bounded: more than some of one kind are one gap with their number.

use model::{Gap, Hidden, Location};

/// Gaps of one kind that are held one by one for one archive; more of them are one gap.
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
    /// What gaps of many files point to: the root or archive.
    subject: String,
    /// Of other lists.
    gaps: Vec<Gap>,
    /// In the order found; there are a handful.
    kinds: Vec<Noted>,
}

/// The gaps of one kind.
#[derive(Debug)]
struct Noted {
    kind: &'static str,
    count: usize,
    /// The first of them, in the order found.
    gaps: Vec<Gap>,
}

impl Noted {
    fn finish(self, subject: &str) -> Vec<Gap> {
        match self.gaps.first() {
            Some(first) if self.count > self.gaps.len() => {
                let files = self.gaps.iter().map(|gap| gap.location.file.as_str());
                vec![Gap::of_files(first, self.count, subject, files)]
            }
            _ => self.gaps,
        }
    }
}

impl GapList {
    pub(crate) fn new(subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), gaps: Vec::new(), kinds: Vec::new() }
    }

    /// Notes that `file` has the problem `kind` (a sentence).
    pub(crate) fn note(&mut self, kind: &'static str, file: &str) {
        self.note_with(kind, file, || kind.to_owned());
    }

    /// As [`Self::note`], with a sentence of this file's own.
    pub(crate) fn note_with(&mut self, kind: &'static str, file: &str, why: impl FnOnce() -> String) {
        let at = self.kinds.iter().position(|noted| noted.kind == kind).unwrap_or_else(|| {
            self.kinds.push(Noted { kind, count: 0, gaps: Vec::new() });
            self.kinds.len() - 1
        });
        let Some(noted) = self.kinds.get_mut(at) else { return };
        noted.count += 1;
        if noted.gaps.len() < MAX_GAPS_OF_A_KIND {
            noted.gaps.push(file_gap(file, why()));
        }
    }

    /// Takes over what another list has noted.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.gaps.extend(other.finish());
    }

    /// Every gap, those of other lists first; one for all files of a kind that has too many.
    pub(crate) fn finish(mut self) -> Vec<Gap> {
        self.gaps.extend(self.kinds.into_iter().flat_map(|noted| noted.finish(&self.subject)));
        self.gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_of_a_kind_are_one_gap_with_their_number() {
        let mut gaps = GapList::new("a.zip");
        for number in 0..MAX_GAPS_OF_A_KIND + 3 {
            gaps.note("the entry is encrypted", &format!("a.zip!/{number}"));
        }
        let gaps = gaps.finish();
        let gaps: Vec<_> = gaps.iter().map(|gap| (gap.location.file.as_str(), gap.why.as_str())).collect();
        let why = "43 files below `a.zip` (`a.zip!/0`, `a.zip!/1`, `a.zip!/2` and 40 more): the entry is encrypted";
        assert_eq!(gaps, [("a.zip", why)]);
    }
}
