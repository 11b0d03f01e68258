//! Which versions of a package an advisory hits: OSV's events and lists as a set over the ecosystem's order.
//!
//! **Source**: OSV schema 1.3–1.7, `affected[].ranges`, `affected[].versions` and the evaluation algorithm.
//! **Supported**: events in any order, `introduced` (`0` is below everything), `fixed`, `last_affected`, `limit`; several
//! ranges and the list of versions are alternatives; neither means every version; GitHub's
//! `last_known_affected_version_range` ends a range that has no end of its own.
//! **Unsupported (kept, answered with `possible`)**: ranges with a version that the ecosystem's rules refuse, ranges of an
//! ecosystem whose order the program does not know, and advisories that state commits only.

use std::collections::BTreeMap;

use inventory::{Cut, Ecosystem, Side, Span, VersionKey, VersionSet};

/// The versions hit, by one advisory or by a group of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AffectedVersions {
    pub(crate) set: VersionSet,
    /// How each version that bounds `set` is written, and whether it is a fix.
    pub(crate) bounds: BTreeMap<VersionKey, Bound>,
    /// Single versions that have no place in the order: hit when written exactly so. Sorted.
    pub(crate) listed: Vec<Box<str>>,
    /// What cannot be placed in the order. Sorted.
    pub(crate) undecided: Vec<Undecided>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) text: Box<str>,
    /// The version is stated to have the fix.
    pub(crate) is_fix: bool,
}

/// A range as stated, where it cannot be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Undecided {
    Events(Vec<Event>),
    /// Only commits of the source repository are stated.
    Commits,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Event {
    pub(crate) kind: EventKind,
    pub(crate) version: Box<str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EventKind {
    Introduced,
    Fixed,
    LastAffected,
    Limit,
}

impl EventKind {
    pub(crate) const ALL: [Self; 4] = [Self::Introduced, Self::Fixed, Self::LastAffected, Self::Limit];
}

/// One `affected` entry, as far as it concerns versions.
#[derive(Debug, Default)]
pub(crate) struct Stated<'a> {
    /// The events of each range, commits left out.
    pub(crate) ranges: Vec<Vec<Event>>,
    pub(crate) has_commit_ranges: bool,
    pub(crate) versions: Vec<&'a str>,
    /// `<= 1.2.3` or `< 1.2.3`.
    pub(crate) last_known: Option<&'a str>,
}

impl AffectedVersions {
    /// What one `affected` entry says. `ecosystem` is `None` where the program does not know it.
    pub(crate) fn from_stated(stated: Stated<'_>, ecosystem: Option<&Ecosystem>) -> Self {
        let mut affected = Self::default();
        if stated.ranges.is_empty() && stated.versions.is_empty() {
            if stated.has_commit_ranges {
                affected.undecided.push(Undecided::Commits);
            } else {
                affected.set = VersionSet::all();
            }
            return affected;
        }
        let last_known = stated.last_known.and_then(parse_last_known);
        for events in stated.ranges {
            affected.add_range(events, last_known.as_ref(), ecosystem);
        }
        affected.add_versions(&stated.versions, ecosystem);
        affected.tidy();
        affected
    }

    /// Adds what another entry or another advisory of the same flaw says: hit by one is hit.
    pub(crate) fn add(&mut self, other: Self) {
        self.set = self.set.union(&other.set);
        for (key, bound) in other.bounds {
            self.add_bound(key, bound);
        }
        self.listed.extend(other.listed);
        self.undecided.extend(other.undecided);
        self.tidy();
    }

    /// Whether nothing is said to be hit, not even possibly.
    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.listed.is_empty() && self.undecided.is_empty()
    }

    /// Whether some version may be hit by both.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        !self.undecided.is_empty()
            || !other.undecided.is_empty()
            || self.set.intersects(&other.set)
            || self.listed.iter().any(|version| other.listed.binary_search(version).is_ok())
    }

    fn add_range(&mut self, mut events: Vec<Event>, last_known: Option<&LastKnown<'_>>, ecosystem: Option<&Ecosystem>) {
        let Some(placed) = place(&events, ecosystem) else {
            if let Some(last_known) =
                last_known.filter(|_| events.iter().all(|event| event.kind == EventKind::Introduced))
            {
                events.push(last_known.event());
            }
            self.undecided.push(Undecided::Events(events));
            return;
        };
        let mut set = evaluate(&placed);
        if let Some(bound) = last_known {
            match end_open_span(&set, bound, ecosystem) {
                Narrowed::Unchanged => {}
                Narrowed::To(narrowed, key) => {
                    self.add_bound(key, Bound { text: bound.version.into(), is_fix: false });
                    set = narrowed;
                }
                Narrowed::Undecided => {
                    events.push(bound.event());
                    self.undecided.push(Undecided::Events(events));
                    return;
                }
            }
        }
        for (event, cut) in events.into_iter().zip(&placed) {
            if let Cut::At(key, _) = &cut.at {
                self.add_bound(key.clone(), Bound { text: event.version, is_fix: event.kind == EventKind::Fixed });
            }
        }
        self.set = self.set.union(&set);
    }

    fn add_versions(&mut self, versions: &[&str], ecosystem: Option<&Ecosystem>) {
        let mut singles = Vec::new();
        for version in versions {
            match ecosystem.and_then(|ecosystem| ecosystem.version_key(version).ok()) {
                Some(key) if self.set.contains(&key) => {}
                Some(key) => {
                    self.add_bound(key.clone(), Bound { text: (*version).into(), is_fix: false });
                    singles.extend(Span::new(Cut::before(key.clone()), Cut::after(key)));
                }
                None => self.listed.push((*version).into()),
            }
        }
        if !singles.is_empty() {
            self.set = self.set.union(&VersionSet::from_spans(singles));
        }
    }

    /// Of several spellings of one version a fix's is kept, then the first in byte order: the same in any order of input.
    fn add_bound(&mut self, key: VersionKey, bound: Bound) {
        let kept = self.bounds.entry(key).or_insert_with(|| bound.clone());
        if (!bound.is_fix, &bound.text) < (!kept.is_fix, &kept.text) {
            kept.text = bound.text;
        }
        kept.is_fix |= bound.is_fix;
    }

    /// Drops bounds that the merged set no longer has, and puts lists in order.
    fn tidy(&mut self) {
        let used: Vec<&VersionKey> = self.set.spans().iter().flat_map(span_keys).collect();
        self.bounds.retain(|key, _| used.binary_search(&key).is_ok());
        self.listed.sort_unstable();
        self.listed.dedup();
        self.undecided.sort_unstable();
        self.undecided.dedup();
    }
}

/// The versions at a span's start and end.
fn span_keys(span: &Span) -> impl Iterator<Item = &VersionKey> {
    [span.start(), span.end()].into_iter().filter_map(|cut| match cut {
        Cut::At(key, _) => Some(key),
        Cut::Start | Cut::End => None,
    })
}

/// An event's place in the order.
#[derive(Debug)]
struct PlacedEvent {
    at: Cut,
    kind: EventKind,
}

/// The events' places in the order they were given; `None` when one has none.
fn place(events: &[Event], ecosystem: Option<&Ecosystem>) -> Option<Vec<PlacedEvent>> {
    let place_one = |event: &Event| {
        let at = match (event.kind, &*event.version) {
            (EventKind::Introduced, "0") => Cut::Start,
            (EventKind::Limit, "*") => Cut::End,
            (kind, version) => {
                let key = ecosystem?.version_key(version).ok()?;
                if kind == EventKind::LastAffected { Cut::after(key) } else { Cut::before(key) }
            }
        };
        Some(PlacedEvent { at, kind: event.kind })
    };
    events.iter().map(place_one).collect()
}

/// The versions that OSV's algorithm calls affected: events in order switch the state, and where there are limits a
/// version must lie below one of them.
fn evaluate(events: &[PlacedEvent]) -> VersionSet {
    let mut switches: Vec<(&Cut, bool)> = events
        .iter()
        .filter(|event| event.kind != EventKind::Limit)
        .map(|event| (&event.at, event.kind == EventKind::Introduced))
        .collect();
    switches.sort();
    let mut spans = Vec::new();
    let mut open: Option<&Cut> = None;
    for same_place in switches.chunk_by(|left, right| left.0 == right.0) {
        let Some((at, opens_last)) = same_place.last() else { continue };
        let closes = same_place.iter().any(|(_, opens)| !opens);
        // Introduced and fixed at one place: a fix of what came before and a new start, or a range that holds nothing.
        open = match (open, closes, *opens_last) {
            (Some(start), true, opens) => {
                spans.extend(Span::new(start.clone(), (*at).clone()));
                opens.then_some(*at)
            }
            (Some(start), false, _) => Some(start),
            (None, closes, opens) => (opens && !closes).then_some(*at),
        };
    }
    spans.extend(open.and_then(|start| Span::new(start.clone(), Cut::End)));
    let set = VersionSet::from_spans(spans);
    match events.iter().filter(|event| event.kind == EventKind::Limit).map(|event| &event.at).max() {
        Some(limit) => set.intersection(&VersionSet::between(Cut::Start, limit.clone())),
        None => set,
    }
}

/// GitHub's upper bound for ranges that it states without a fix.
#[derive(Debug, Clone, Copy)]
struct LastKnown<'a> {
    side: Side,
    version: &'a str,
}

impl LastKnown<'_> {
    fn event(&self) -> Event {
        let kind = if self.side == Side::After { EventKind::LastAffected } else { EventKind::Limit };
        Event { kind, version: self.version.into() }
    }
}

fn parse_last_known(text: &str) -> Option<LastKnown<'_>> {
    let text = text.trim();
    let (side, version) = match text.strip_prefix("<=") {
        Some(version) => (Side::After, version),
        None => (Side::Before, text.strip_prefix('<')?),
    };
    let version = version.trim();
    (!version.is_empty()).then_some(LastKnown { side, version })
}

enum Narrowed {
    Unchanged,
    To(VersionSet, VersionKey),
    Undecided,
}

/// `set` with its open end, if it has one, moved down to `bound`.
fn end_open_span(set: &VersionSet, bound: &LastKnown<'_>, ecosystem: Option<&Ecosystem>) -> Narrowed {
    if set.spans().last().is_none_or(|last| *last.end() != Cut::End) {
        return Narrowed::Unchanged;
    }
    match ecosystem.and_then(|ecosystem| ecosystem.version_key(bound.version).ok()) {
        Some(key) => {
            let below = VersionSet::between(Cut::Start, Cut::At(key.clone(), bound.side));
            Narrowed::To(set.intersection(&below), key)
        }
        None => Narrowed::Undecided,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(text: &str) -> Vec<Event> {
        text.split_whitespace()
            .map(|word| {
                let (kind, version) = word.split_at(1);
                let kind = match kind {
                    "i" => EventKind::Introduced,
                    "f" => EventKind::Fixed,
                    "l" => EventKind::LastAffected,
                    _ => EventKind::Limit,
                };
                Event { kind, version: version.into() }
            })
            .collect()
    }

    fn npm() -> Option<&'static Ecosystem> {
        Ecosystem::by_id("npm")
    }

    fn hit(affected: &AffectedVersions, versions: &str) -> String {
        let keys = versions.split_whitespace().map(|version| (version, npm().unwrap().version_key(version).unwrap()));
        keys.filter(|(_, key)| affected.set.contains(key)).map(|(version, _)| version).collect::<Vec<_>>().join(" ")
    }

    const VERSIONS: &str = "0.0.1-a 0.9.0 1.0.0-rc 1.0.0 1.5.0 2.0.0 2.5.0 3.0.0 4.0.0";

    /// Ranges are separated by `|`; an event is `i`, `f`, `l` (last affected) or `m` (limit) and a version.
    fn check(ranges: &str, expected: &str) {
        let ranges: Vec<_> = ranges.split('|').map(events).collect();
        let affected = AffectedVersions::from_stated(Stated { ranges, ..Stated::default() }, npm());
        assert_eq!(hit(&affected, VERSIONS), expected);
        assert_eq!(affected.undecided, []);
    }

    #[test]
    fn evaluates_events_as_osv_does() {
        check("i0", VERSIONS);
        check("i0 f1.0.0", "0.0.1-a 0.9.0 1.0.0-rc");
        check("f1.0.0 i0", "0.0.1-a 0.9.0 1.0.0-rc");
        check("i1.0.0 f2.0.0", "1.0.0 1.5.0");
        check("i1.0.0 l2.0.0", "1.0.0 1.5.0 2.0.0");
        check("f1.0.0 i2.0.0 f3.0.0 i0", "0.0.1-a 0.9.0 1.0.0-rc 2.0.0 2.5.0");
        check("i1.0.0 f2.0.0|i3.0.0 l3.0.0", "1.0.0 1.5.0 3.0.0");
        check("i1.0.0 m2.0.0", "1.0.0 1.5.0");
        check("i1.0.0 m1.5.0 m2.5.0", "1.0.0 1.5.0 2.0.0");
        check("i1.0.0 m*", "1.0.0 1.5.0 2.0.0 2.5.0 3.0.0 4.0.0");
        check("i0 l1.0.0 l2.0.0", "0.0.1-a 0.9.0 1.0.0-rc 1.0.0");
        check("i0 f1.0.0 f2.0.0", "0.0.1-a 0.9.0 1.0.0-rc");
        check("i1.0.0 i2.0.0 f3.0.0", "1.0.0 1.5.0 2.0.0 2.5.0");
    }

    #[test]
    fn a_range_that_begins_where_another_ends_leaves_no_hole_and_opens_none() {
        check("i0 f1.0.0 i1.0.0 f2.0.0", "0.0.1-a 0.9.0 1.0.0-rc 1.0.0 1.5.0");
        check("i1.0.0 f1.0.0", "");
        check("f1.0.0 i1.0.0", "");
        check("i1.0.0 l1.0.0", "1.0.0");
    }

    #[test]
    fn a_range_that_ends_before_it_begins_is_open_as_in_osv() {
        check("i3.0.0 f2.0.0", "3.0.0 4.0.0");
    }

    #[test]
    fn nothing_stated_means_every_version_but_commits_mean_unknown() {
        assert_eq!(AffectedVersions::from_stated(Stated::default(), npm()).set, VersionSet::all());
        let commits = AffectedVersions::from_stated(Stated { has_commit_ranges: true, ..Stated::default() }, npm());
        assert_eq!((commits.set.is_empty(), commits.undecided), (true, vec![Undecided::Commits]));
    }

    #[test]
    fn a_list_of_versions_is_an_alternative_to_ranges() {
        let stated = Stated {
            ranges: vec![events("i1.0.0 f1.5.0")],
            versions: vec!["v1.0.0", "2.5.0", "odd"],
            ..Stated::default()
        };
        let affected = AffectedVersions::from_stated(stated, npm());
        assert_eq!(hit(&affected, VERSIONS), "1.0.0 2.5.0");
        assert_eq!(affected.listed, ["odd".into()]);
        let bounds: Vec<_> = affected.bounds.values().map(|bound| (&*bound.text, bound.is_fix)).collect();
        assert_eq!(bounds, [("1.0.0", false), ("1.5.0", true), ("2.5.0", false)]);
    }

    #[test]
    fn the_last_known_affected_range_ends_only_what_has_no_end() {
        let check = |range: &str, last_known: &'static str, expected: &str| {
            let stated = Stated { ranges: vec![events(range)], last_known: Some(last_known), ..Stated::default() };
            assert_eq!(hit(&AffectedVersions::from_stated(stated, npm()), VERSIONS), expected, "{range} {last_known}");
        };
        check("i1.0.0", "<= 2.0.0", "1.0.0 1.5.0 2.0.0");
        check("i1.0.0", "< 2.0.0", "1.0.0 1.5.0");
        check("i1.0.0 f2.5.0", "<= 2.0.0", "1.0.0 1.5.0 2.0.0");
        check("i1.0.0 f2.5.0", "<= 1.0.0", "1.0.0 1.5.0 2.0.0");
        check("i3.0.0 f2.0.0", "<= 1.5.0", "");
        check("i1.0.0", "about 2", "1.0.0 1.5.0 2.0.0 2.5.0 3.0.0 4.0.0");
    }

    #[test]
    fn versions_without_a_place_leave_the_range_undecided() {
        let stated = Stated { ranges: vec![events("i1.0.0 fsoon"), events("i3.0.0 f4.0.0")], ..Stated::default() };
        let affected = AffectedVersions::from_stated(stated, npm());
        assert_eq!(hit(&affected, VERSIONS), "3.0.0");
        assert_eq!(affected.undecided, [Undecided::Events(events("i1.0.0 fsoon"))]);
        let unordered = AffectedVersions::from_stated(Stated { ranges: vec![events("i0")], ..Stated::default() }, None);
        assert_eq!(unordered.set, VersionSet::all());
        let stated = Stated { ranges: vec![events("i0")], last_known: Some("<= 2"), ..Stated::default() };
        assert_eq!(AffectedVersions::from_stated(stated, None).undecided, [Undecided::Events(events("i0 l2"))]);
    }

    #[test]
    fn merging_keeps_only_the_fixes_that_still_end_a_line() {
        let range = |text: &str| {
            AffectedVersions::from_stated(Stated { ranges: vec![events(text)], ..Stated::default() }, npm())
        };
        let mut merged = range("i0 f1.5.0");
        merged.add(range("i0 l1.5.0"));
        merged.add(range("i2.0.0 f3.0.0"));
        let bounds: Vec<_> = merged.bounds.values().map(|bound| (&*bound.text, bound.is_fix)).collect();
        assert_eq!(bounds, [("1.5.0", true), ("2.0.0", false), ("3.0.0", true)]);
        assert!(range("i1.0.0 f2.0.0").overlaps(&range("i1.5.0")));
        assert!(!range("i1.0.0 f2.0.0").overlaps(&range("i2.0.0")));
    }
}
