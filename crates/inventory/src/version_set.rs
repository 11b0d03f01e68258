//! Sets of versions as unions of spans over the ecosystem's order: affected ranges and manifests' requirements.

use crate::VersionKey;

/// A place between versions. `Before(v)` and `After(v)` enclose exactly `v`.
///
/// INVARIANT: the derived order is the order of places: the variants' order, and `Side`'s within one version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cut {
    /// Below every version.
    Start,
    At(VersionKey, Side),
    /// Above every version.
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    Before,
    After,
}

impl Cut {
    pub fn before(key: VersionKey) -> Self {
        Self::At(key, Side::Before)
    }

    pub fn after(key: VersionKey) -> Self {
        Self::At(key, Side::After)
    }
}

/// The versions between two cuts; never empty as a stretch of the order, though no version may have been published in it.
///
/// `[introduced, fixed)` is `Span::new(Cut::before(introduced), Cut::before(fixed))`,
/// `[introduced, last_affected]` is `Span::new(Cut::before(introduced), Cut::after(last_affected))`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Span {
    start: Cut,
    end: Cut,
}

impl Span {
    /// `None` when `end` does not lie above `start` (a range that ends before it begins holds nothing).
    pub fn new(start: Cut, end: Cut) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    pub fn start(&self) -> &Cut {
        &self.start
    }

    pub fn end(&self) -> &Cut {
        &self.end
    }
}

/// Any set of versions that can be said with bounds. Operations are exact and cost one pass over the spans.
///
/// INVARIANT: spans ascend and a gap lies between each two, so equal sets have equal spans.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct VersionSet {
    spans: Vec<Span>,
}

impl VersionSet {
    pub fn empty() -> Self {
        Self::default()
    }

    pub fn all() -> Self {
        Self { spans: vec![Span { start: Cut::Start, end: Cut::End }] }
    }

    /// Exactly the versions equal to `key`.
    pub fn single(key: VersionKey) -> Self {
        Self { spans: vec![Span { start: Cut::before(key.clone()), end: Cut::after(key) }] }
    }

    /// The versions from `start` to `end`; empty when `end` does not lie above `start`.
    pub fn between(start: Cut, end: Cut) -> Self {
        Self { spans: Span::new(start, end).into_iter().collect() }
    }

    /// The union of `spans`, in any order, overlapping or not.
    pub fn from_spans(spans: impl IntoIterator<Item = Span>) -> Self {
        let mut spans: Vec<_> = spans.into_iter().collect();
        spans.sort_unstable_by(|left, right| left.start.cmp(&right.start));
        let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match merged.last_mut() {
                Some(last) if span.start <= last.end => last.end = span.end.max(last.end.clone()),
                _ => merged.push(span),
            }
        }
        Self { spans: merged }
    }

    /// Ascending, with a gap between each two.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    pub fn contains(&self, key: &VersionKey) -> bool {
        let before = |cut: &Cut| match cut {
            Cut::Start => true,
            Cut::At(at, Side::Before) => at <= key,
            Cut::At(at, Side::After) => at < key,
            Cut::End => false,
        };
        let next = self.spans.partition_point(|span| before(&span.start));
        next.checked_sub(1).and_then(|last| self.spans.get(last)).is_some_and(|span| !before(&span.end))
    }

    pub fn union(&self, other: &Self) -> Self {
        Self::from_spans(self.spans.iter().chain(&other.spans).cloned())
    }

    pub fn intersection(&self, other: &Self) -> Self {
        Self {
            spans: self.overlaps(other).map(|(start, end)| Span { start: start.clone(), end: end.clone() }).collect(),
        }
    }

    pub fn complement(&self) -> Self {
        let mut spans = Vec::with_capacity(self.spans.len() + 1);
        let mut start = Cut::Start;
        for span in &self.spans {
            spans.extend(Span::new(start, span.start.clone()));
            start = span.end.clone();
        }
        spans.extend(Span::new(start, Cut::End));
        Self { spans }
    }

    pub fn difference(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }

    pub fn intersects(&self, other: &Self) -> bool {
        self.overlaps(other).next().is_some()
    }

    pub fn is_subset_of(&self, other: &Self) -> bool {
        // Spans of `other` have gaps between them, so a span lies in the set only if one span holds it whole.
        self.spans.iter().all(|span| {
            let next = other.spans.partition_point(|holder| holder.start <= span.start);
            next.checked_sub(1).and_then(|last| other.spans.get(last)).is_some_and(|holder| span.end <= holder.end)
        })
    }

    /// The non-empty overlaps of both sets' spans, ascending.
    fn overlaps<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (&'a Cut, &'a Cut)> {
        let (mut left, mut right) = (self.spans.iter().peekable(), other.spans.iter().peekable());
        std::iter::from_fn(move || {
            while let (Some(a), Some(b)) = (left.peek().copied(), right.peek().copied()) {
                if a.end <= b.end {
                    left.next();
                } else {
                    right.next();
                }
                let (start, end) = ((&a.start).max(&b.start), (&a.end).min(&b.end));
                if start < end {
                    return Some((start, end));
                }
            }
            None
        })
    }
}

/// The versions a manifest's requirement lets an install choose: some stretches with everything in them, others with
/// releases only, since most package managers leave out pre-releases that the requirement does not name.
#[derive(Debug, Clone)]
pub struct AdmittedVersions {
    /// Every version in here, pre-releases too.
    any: VersionSet,
    /// The releases in here, no pre-release.
    releases: VersionSet,
    first_release: FirstRelease,
}

/// The place of the first release at or above a cut: the cut itself when a release may stand right there.
pub(crate) type FirstRelease = fn(&Cut) -> Cut;

impl AdmittedVersions {
    pub(crate) fn new(any: VersionSet, releases: VersionSet, first_release: FirstRelease) -> Self {
        Self { any, releases, first_release }
    }

    /// Whether `key` is admitted; pre-releases count as admitted between releases that are.
    pub fn contains(&self, key: &VersionKey) -> bool {
        self.any.contains(key) || self.releases.contains(key)
    }

    /// Whether some admitted version lies in `other`.
    pub fn intersects(&self, other: &VersionSet) -> bool {
        self.any.intersects(other) || self.holds_release(&self.releases.intersection(other))
    }

    /// Whether every admitted version lies in `other`. A requirement that admits nothing is a subset of no set: nothing
    /// can be said of what it installs.
    pub fn is_subset_of(&self, other: &VersionSet) -> bool {
        !self.is_empty() && self.any.is_subset_of(other) && !self.holds_release(&self.releases.difference(other))
    }

    pub fn is_empty(&self) -> bool {
        self.any.is_empty() && !self.holds_release(&self.releases)
    }

    /// Everything admitted, and the pre-releases between admitted releases.
    pub fn as_set(&self) -> VersionSet {
        self.any.union(&self.releases)
    }

    fn holds_release(&self, set: &VersionSet) -> bool {
        set.spans().iter().any(|span| (self.first_release)(span.start()) < *span.end())
    }
}

#[cfg(test)]
impl AdmittedVersions {
    /// Checks what the requirement `text`, read as these versions, admits and refuses.
    #[track_caller]
    pub(crate) fn check(
        &self,
        text: &str,
        key: impl Fn(&str) -> Result<VersionKey, crate::Unparsable>,
        admitted: &[&str],
        refused: &[&str],
    ) {
        for version in admitted {
            assert!(self.contains(&key(version).unwrap()), "`{text}` should admit {version}");
        }
        for version in refused {
            let single = VersionSet::single(key(version).unwrap());
            assert!(!self.intersects(&single), "`{text}` should refuse {version}");
        }
    }
}
