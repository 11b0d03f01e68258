//! One package in the index: its name, the versions that bound its ranges, its groups.
//!
//! Bounds are written once for each package, ascending by key, and ranges name them by number: placing a version among the
//! bounds (one comparison of bytes for each step of a binary search) decides every range of the package by comparing
//! small numbers. A place is written as 0 for the start of the order, 1 for its end, else `2 + 2·bound + side`; a range's
//! end carries one bit more, whether it is a fix. Facts that only a hit needs stand behind the ranges and are skipped
//! otherwise.

use inventory::{Cut, Side, Span, VersionKey, VersionSet};
use model::Severity;
use model::advisory::{AffectedCode, SeverityBasis};

use super::Corrupt;
use super::bytes::{Reader, Writer};
use super::ids::{read_id, write_id};
use crate::affected::{AffectedVersions, Event, EventKind, Undecided};
use crate::day::Day;
use crate::groups::Group;

/// Bits of a group's first byte, above the three of its severity and the two of what that rests on.
const KNOWN_EXPLOITED: u8 = 1 << 5;
const MALWARE: u8 = 1 << 6;
const HAS_MORE: u8 = 1 << 7;
/// Bits of the second byte, which is there when the first has [`HAS_MORE`].
const HAS_ODD_VERSIONS: u8 = 1;
const HAS_ARCHITECTURES: u8 = 1 << 1;
/// Begins a path below the package's own name, which is left out.
const BELOW_PACKAGE: char = '\u{1}';

const SEVERITIES: [Severity; 5] = [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

/// EPSS is published with five decimals.
const PROBABILITY_STEPS: f64 = 100_000.0;

/// Joined by CVE id when the index is built.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Exploitation {
    pub(crate) is_known: bool,
    /// 0–1.
    pub(crate) probability: Option<f64>,
}

/// Writes the bytes of a package. `vector_number` gives the place of a vector in the section of vectors.
pub(super) fn write_package(
    name: &str,
    groups: &[(&Group, Exploitation)],
    mut vector_number: impl FnMut(&crate::severity::Vector) -> u64,
) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.text(name);
    let bounds = Bounds::of(groups.iter().map(|(group, _)| &group.versions));
    bounds.write(&mut writer);
    writer.count(groups.len());
    for (group, exploitation) in groups {
        write_group(&mut writer, name, (group, *exploitation), &bounds, &mut vector_number);
    }
    writer.0
}

/// Every version that bounds a range of the package, ascending.
struct Bounds<'a>(Vec<(&'a VersionKey, &'a str)>);

impl<'a> Bounds<'a> {
    /// Of several spellings of one version a fix's is kept, then the first in byte order.
    fn of(groups: impl Iterator<Item = &'a AffectedVersions>) -> Self {
        let mut all: Vec<_> = groups.flat_map(|versions| &versions.bounds).collect();
        all.sort_by(|left, right| {
            (left.0, !left.1.is_fix, &left.1.text).cmp(&(right.0, !right.1.is_fix, &right.1.text))
        });
        all.dedup_by(|later, first| later.0 == first.0);
        Self(all.into_iter().map(|(key, bound)| (key, &*bound.text)).collect())
    }

    fn write(&self, writer: &mut Writer) {
        writer.count(self.0.len());
        for (key, text) in &self.0 {
            writer.text(key.as_bytes());
            writer.text(text);
        }
    }

    fn place(&self, cut: &Cut) -> u64 {
        match cut {
            Cut::Start => 0,
            Cut::End => 1,
            Cut::At(key, side) => {
                let bound = self.0.partition_point(|(known, _)| *known < key) as u64;
                2 + 2 * bound + u64::from(*side == Side::After)
            }
        }
    }
}

fn write_group(
    writer: &mut Writer,
    package: &str,
    (group, exploitation): (&Group, Exploitation),
    bounds: &Bounds<'_>,
    vector_number: &mut impl FnMut(&crate::severity::Vector) -> u64,
) {
    let versions = &group.versions;
    let has_odd_versions = !versions.listed.is_empty() || !versions.undecided.is_empty();
    let more = u8::from(has_odd_versions) * HAS_ODD_VERSIONS + u8::from(group.architectures != 0) * HAS_ARCHITECTURES;
    let basis = SeverityBasis::ALL.iter().position(|basis| *basis == group.severity_basis).unwrap_or(0) as u8;
    writer.byte(
        group.severity as u8
            | basis << 3
            | if exploitation.is_known { KNOWN_EXPLOITED } else { 0 }
            | if group.is_malware { MALWARE } else { 0 }
            | if more != 0 { HAS_MORE } else { 0 },
    );
    if more != 0 {
        writer.byte(more);
    }
    writer.count(versions.set.spans().len());
    for span in versions.set.spans() {
        let is_fix = match span.end() {
            Cut::At(key, Side::Before) => versions.bounds.get(key).is_some_and(|bound| bound.is_fix),
            _ => false,
        };
        writer.number(bounds.place(span.start()));
        writer.number(bounds.place(span.end()) * 2 + u64::from(is_fix));
    }
    if has_odd_versions {
        write_odd_versions(writer, versions);
    }
    if group.architectures != 0 {
        writer.number(u64::from(group.architectures));
    }
    let mut facts = Writer::default();
    facts.count(group.ids.len());
    for id in &group.ids {
        write_id(&mut facts, id);
    }
    facts.count(group.vectors.len());
    for vector in &group.vectors {
        facts.number(vector_number(vector));
    }
    facts.number(group.published.map_or(0, |day| u64::from(day.0) + 1));
    facts.count(group.weaknesses.len());
    for weakness in &group.weaknesses {
        facts.number(u64::from(*weakness));
    }
    let probability =
        exploitation.probability.map(|probability| (probability.clamp(0.0, 1.0) * PROBABILITY_STEPS).round() as u64);
    facts.number(probability.map_or(0, |steps| steps + 1));
    write_code(&mut facts, package, &group.code);
    writer.text(&facts.0);
}

/// Nothing for a package that is hit as a whole.
fn write_code(facts: &mut Writer, package: &str, code: &[AffectedCode]) {
    if code.is_empty() {
        return;
    }
    facts.count(code.len());
    for part in code {
        match part.path.strip_prefix(package) {
            Some(below) => facts.text(format!("{BELOW_PACKAGE}{below}")),
            None => facts.text(&part.path),
        }
        facts.count(part.symbols.len());
        for symbol in &part.symbols {
            facts.text(symbol);
        }
    }
}

fn write_odd_versions(writer: &mut Writer, versions: &AffectedVersions) {
    writer.count(versions.listed.len());
    for version in &versions.listed {
        writer.text(version.as_bytes());
    }
    writer.count(versions.undecided.len());
    for undecided in &versions.undecided {
        let events = match undecided {
            Undecided::Commits => &[][..],
            Undecided::Events(events) => events,
        };
        writer.count(events.len());
        for event in events {
            writer.byte(event.kind as u8);
            writer.text(event.version.as_bytes());
        }
    }
}

/// A package as it lies in the index, with the ranges of all its groups decoded.
#[derive(Debug)]
pub(crate) struct PackageView<'a> {
    pub(crate) name: &'a str,
    pub(crate) bounds: Vec<BoundView<'a>>,
    pub(crate) groups: Vec<GroupView<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BoundView<'a> {
    pub(crate) key: &'a [u8],
    pub(crate) text: &'a str,
}

#[derive(Debug)]
pub(crate) struct GroupView<'a> {
    pub(crate) severity: Severity,
    pub(crate) severity_basis: SeverityBasis,
    pub(crate) is_known_exploited: bool,
    pub(crate) is_malware: bool,
    /// Ascending.
    pub(crate) ranges: Vec<RangeView>,
    pub(crate) listed: Vec<&'a str>,
    pub(crate) undecided: Vec<Undecided>,
    /// Bits of [`crate::architecture`]; 0 means all.
    pub(crate) architectures: u32,
    facts: &'a [u8],
}

/// The versions between two places among the bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RangeView {
    start: Place,
    end: Place,
    is_fixed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Start,
    At { bound: u32, side: Side },
    End,
}

/// Where a version stands among a package's bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// It is the bound of this number.
    At(u32),
    /// Above all bounds before this number, below it and those after.
    Below(u32),
}

/// What a hit needs beside the ranges.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) ids: Vec<String>,
    /// Numbers in the section of vectors.
    pub(crate) vectors: Vec<u32>,
    pub(crate) published: Option<Day>,
    pub(crate) weaknesses: Vec<u32>,
    pub(crate) probability: Option<f64>,
    /// With the package's name restored in paths.
    pub(crate) code: Vec<AffectedCode>,
}

impl<'a> PackageView<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Corrupt> {
        let mut reader = Reader(bytes);
        let name = reader.text()?;
        let bounds = (0..reader.count()?)
            .map(|_| Ok(BoundView { key: reader.blob()?, text: reader.text()? }))
            .collect::<Result<Vec<_>, _>>()?;
        let groups =
            (0..reader.count()?).map(|_| GroupView::read(&mut reader, bounds.len())).collect::<Result<_, _>>()?;
        if !reader.is_empty() {
            return Err(Corrupt("a package is longer than its groups"));
        }
        Ok(Self { name, bounds, groups })
    }

    /// Where `key` stands among the bounds.
    pub(crate) fn position(&self, key: &VersionKey) -> Position {
        let at = self.bounds.partition_point(|bound| bound.key < key.as_bytes());
        let is_bound = self.bounds.get(at).is_some_and(|bound| bound.key == key.as_bytes());
        let number = u32::try_from(at).unwrap_or(u32::MAX);
        if is_bound { Position::At(number) } else { Position::Below(number) }
    }

    /// The group's ranges as a set over the ecosystem's order.
    pub(crate) fn version_set(&self, group: &GroupView<'_>) -> VersionSet {
        let cut = |place: Place| match place {
            Place::Start => Cut::Start,
            Place::End => Cut::End,
            Place::At { bound, side } => {
                let key = self.bounds.get(bound as usize).map_or(&[][..], |bound| bound.key);
                Cut::At(VersionKey::from_bytes(key), side)
            }
        };
        VersionSet::from_spans(group.ranges.iter().filter_map(|range| Span::new(cut(range.start), cut(range.end))))
    }

    /// The versions that fix the group, ascending: numbers of bounds.
    pub(crate) fn fixes<'g>(group: &'g GroupView<'_>) -> impl Iterator<Item = u32> + use<'g> {
        group.ranges.iter().filter(|range| range.is_fixed).filter_map(|range| match range.end {
            Place::At { bound, .. } => Some(bound),
            Place::Start | Place::End => None,
        })
    }
}

impl RangeView {
    fn contains(self, position: Position) -> bool {
        let (start, end) = match position {
            Position::At(bound) => (Place::At { bound, side: Side::Before }, Place::At { bound, side: Side::After }),
            // Nothing is bounded between the places around it, so it takes what lies just below the next bound.
            Position::Below(bound) => {
                let below = bound.checked_sub(1).map_or(Place::Start, |bound| Place::At { bound, side: Side::After });
                (below, Place::At { bound, side: Side::Before })
            }
        };
        self.start <= start && end <= self.end
    }
}

impl<'a> GroupView<'a> {
    fn read(reader: &mut Reader<'a>, bounds: usize) -> Result<Self, Corrupt> {
        let flags = reader.byte()?;
        let more = if flags & HAS_MORE != 0 { reader.byte()? } else { 0 };
        let severity = *SEVERITIES.get(usize::from(flags & 7)).ok_or(Corrupt("a severity is unknown"))?;
        let severity_basis =
            *SeverityBasis::ALL.get(usize::from(flags >> 3 & 3)).ok_or(Corrupt("a severity is unknown"))?;
        let ranges = (0..reader.count()?).map(|_| read_range(reader, bounds)).collect::<Result<_, _>>()?;
        let (mut listed, mut undecided) = (Vec::new(), Vec::new());
        if more & HAS_ODD_VERSIONS != 0 {
            listed = (0..reader.count()?).map(|_| reader.text()).collect::<Result<_, _>>()?;
            undecided = (0..reader.count()?).map(|_| read_undecided(reader)).collect::<Result<_, _>>()?;
        }
        let architectures = if more & HAS_ARCHITECTURES != 0 { reader.small()? } else { 0 };
        Ok(Self {
            severity,
            severity_basis,
            architectures,
            is_known_exploited: flags & KNOWN_EXPLOITED != 0,
            is_malware: flags & MALWARE != 0,
            ranges,
            listed,
            undecided,
            facts: reader.blob()?,
        })
    }

    pub(crate) fn contains(&self, position: Position) -> bool {
        self.ranges.iter().any(|range| range.contains(position))
    }

    /// Whether every version is hit, readable or not.
    pub(crate) fn hits_all(&self) -> bool {
        self.ranges.iter().any(|range| range.start == Place::Start && range.end == Place::End)
    }

    /// `package` is the name under which it was written.
    pub(crate) fn facts(&self, package: &str) -> Result<Facts, Corrupt> {
        let mut reader = Reader(self.facts);
        let ids = (0..reader.count()?).map(|_| read_id(&mut reader)).collect::<Result<_, _>>()?;
        let vectors = (0..reader.count()?).map(|_| reader.small()).collect::<Result<_, _>>()?;
        let published = reader.small()?.checked_sub(1).map(Day);
        let weaknesses = (0..reader.count()?).map(|_| reader.small()).collect::<Result<_, _>>()?;
        let probability = reader.small()?.checked_sub(1).map(|steps| f64::from(steps) / PROBABILITY_STEPS);
        let code = if reader.is_empty() { Vec::new() } else { read_code(&mut reader, package)? };
        Ok(Facts { ids, vectors, published, weaknesses, probability, code })
    }

    /// The group's first id alone.
    pub(crate) fn first_id(&self) -> Result<String, Corrupt> {
        let mut reader = Reader(self.facts);
        if reader.count()? == 0 {
            return Err(Corrupt("a group has no id"));
        }
        read_id(&mut reader)
    }
}

fn read_code(reader: &mut Reader<'_>, package: &str) -> Result<Vec<AffectedCode>, Corrupt> {
    let part = |reader: &mut Reader<'_>| {
        let path = reader.text()?;
        let path =
            path.strip_prefix(BELOW_PACKAGE).map_or_else(|| path.to_owned(), |below| format!("{package}{below}"));
        let symbols = (0..reader.count()?).map(|_| reader.text().map(str::to_owned)).collect::<Result<_, _>>()?;
        Ok(AffectedCode { path, symbols })
    };
    (0..reader.count()?).map(|_| part(reader)).collect()
}

fn read_range(reader: &mut Reader<'_>, bounds: usize) -> Result<RangeView, Corrupt> {
    let start = read_place(reader.small()?, bounds)?;
    let end = reader.small()?;
    let range = RangeView { start, end: read_place(end / 2, bounds)?, is_fixed: end % 2 == 1 };
    if range.start < range.end { Ok(range) } else { Err(Corrupt("a range ends before it begins")) }
}

fn read_place(place: u32, bounds: usize) -> Result<Place, Corrupt> {
    match place {
        0 => Ok(Place::Start),
        1 => Ok(Place::End),
        _ => {
            let bound = (place - 2) / 2;
            let side = if place.is_multiple_of(2) { Side::Before } else { Side::After };
            if (bound as usize) < bounds {
                Ok(Place::At { bound, side })
            } else {
                Err(Corrupt("a range has no such bound"))
            }
        }
    }
}

fn read_undecided(reader: &mut Reader<'_>) -> Result<Undecided, Corrupt> {
    let events = (0..reader.count()?)
        .map(|_| {
            let kind = *EventKind::ALL.get(usize::from(reader.byte()?)).ok_or(Corrupt("an event is unknown"))?;
            Ok(Event { kind, version: reader.text()?.into() })
        })
        .collect::<Result<Vec<_>, Corrupt>>()?;
    Ok(if events.is_empty() { Undecided::Commits } else { Undecided::Events(events) })
}
