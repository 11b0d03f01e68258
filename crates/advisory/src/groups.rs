//! One group for each flaw of a package, whatever its names.
//!
//! Records are of one flaw when `aliases` connect them, directly or through others (`related` and `upstream` do not count).
//! Some records name two flaws, so a group whose members hit ranges of the package that have nothing in common is split.
//! The outcome does not depend on the order in which records, aliases or packages come.

use std::collections::BTreeMap;

use model::Severity;
use model::advisory::{AffectedCode, SeverityBasis};
use rustc_hash::FxHashMap;

use crate::affected::AffectedVersions;
use crate::day::Day;
use crate::osv::{PackageAdvisory, Record};
use crate::severity::{Opinion, Vector, judge};

/// Everything known of one package.
#[derive(Debug, PartialEq)]
pub(crate) struct Package {
    /// With its release suffix (`Debian:12`).
    pub(crate) ecosystem: Box<str>,
    pub(crate) name: Box<str>,
    /// By the first id.
    pub(crate) groups: Vec<Group>,
}

/// One flaw of one package.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    /// GitHub's ids, then other databases', CVE ids last; each kind sorted.
    pub(crate) ids: Vec<Box<str>>,
    pub(crate) versions: AffectedVersions,
    pub(crate) severity: Severity,
    pub(crate) severity_basis: SeverityBasis,
    /// Newest CVSS version first.
    pub(crate) vectors: Vec<Vector>,
    /// The earliest of the members'.
    pub(crate) published: Option<Day>,
    pub(crate) weaknesses: Vec<u32>,
    /// Every member says the registry's package is malware: nothing is said of code from elsewhere under the same name.
    pub(crate) is_malware: bool,
    /// Architectures of the machine that it is said of, as bits of [`crate::architecture`]; 0 means all.
    pub(crate) architectures: u32,
    /// The parts of the package that have the flaw; empty means all of it.
    pub(crate) code: Vec<AffectedCode>,
}

/// The order in which a group's ids are shown, and in which its members are asked.
pub(crate) fn id_rank(id: &str) -> u8 {
    match id.split_once('-').map_or(id, |(prefix, _)| prefix) {
        "GHSA" => 0,
        "CVE" => 2,
        _ => 1,
    }
}

/// The packages of `records`, sorted by ecosystem, then name. Withdrawn records are left out, and connect nothing.
pub(crate) fn packages(records: Vec<Record>) -> Vec<Package> {
    let mut records = records;
    records.retain(|record| record.withdrawn.is_none());
    let flaws = connect(&records);
    let mut members: BTreeMap<(Box<str>, Box<str>), Vec<Member>> = BTreeMap::new();
    for (at, record) in records.iter_mut().enumerate() {
        let flaw = flaws.get(at).copied().unwrap_or(u32::MAX);
        for PackageAdvisory { ecosystem, name, versions, code } in std::mem::take(&mut record.packages) {
            if !versions.is_empty() {
                members.entry((ecosystem, name)).or_default().push(Member { record: at, flaw, versions, code });
            }
        }
    }
    let package = |((ecosystem, name), members)| Package { ecosystem, name, groups: group(members, &records) };
    members.into_iter().map(package).collect()
}

/// What one record says of one package.
#[derive(Debug)]
struct Member {
    record: usize,
    flaw: u32,
    versions: AffectedVersions,
    code: Vec<AffectedCode>,
}

/// For each record the number of its flaw.
fn connect(records: &[Record]) -> Vec<u32> {
    let mut nodes: FxHashMap<&str, u32> = FxHashMap::default();
    let mut flaws = UnionFind::default();
    let mut own = Vec::with_capacity(records.len());
    for record in records {
        let node = *nodes.entry(&record.id).or_insert_with(|| flaws.add());
        own.push(node);
        for alias in &record.aliases {
            let alias = *nodes.entry(alias).or_insert_with(|| flaws.add());
            flaws.join(node, alias);
        }
    }
    own.into_iter().map(|node| flaws.root(node)).collect()
}

/// Disjoint sets of small numbers.
#[derive(Debug, Default)]
struct UnionFind {
    parents: Vec<u32>,
}

impl UnionFind {
    fn add(&mut self) -> u32 {
        let node = u32::try_from(self.parents.len()).unwrap_or(u32::MAX);
        self.parents.push(node);
        node
    }

    fn parent(&self, node: u32) -> u32 {
        self.parents.get(node as usize).copied().unwrap_or(node)
    }

    fn set_parent(&mut self, node: u32, parent: u32) {
        if let Some(slot) = self.parents.get_mut(node as usize) {
            *slot = parent;
        }
    }

    fn root(&mut self, mut node: u32) -> u32 {
        while self.parent(node) != node {
            // Halving the path keeps later walks short.
            let grandparent = self.parent(self.parent(node));
            self.set_parent(node, grandparent);
            node = grandparent;
        }
        node
    }

    /// The smaller number becomes the root.
    fn join(&mut self, left: u32, right: u32) {
        let (left, right) = (self.root(left), self.root(right));
        self.set_parent(left.max(right), left.min(right));
    }
}

fn group(mut members: Vec<Member>, records: &[Record]) -> Vec<Group> {
    let record = |member: &Member| records.get(member.record);
    let id = |member: &Member| record(member).map_or("", |record| &*record.id);
    let modified = |member: &Member| record(member).map_or("", |record| &*record.modified);
    members.sort_by(|left, right| {
        (id_rank(id(left)), id(left), modified(right)).cmp(&(id_rank(id(right)), id(right), modified(left)))
    });
    // The same advisory from two feeds (`Debian`, `Debian:12`): the later state holds.
    members.dedup_by(|later, first| later.record == first.record || id(later) == id(first));
    let mut by_flaw: BTreeMap<u32, Vec<Member>> = BTreeMap::new();
    for member in members {
        by_flaw.entry(member.flaw).or_default().push(member);
    }
    let parts = by_flaw.into_values().flat_map(split);
    let mut groups: Vec<_> = parts.map(|part| merge(part, records)).collect();
    groups.sort_by(|left, right| left.ids.cmp(&right.ids));
    groups
}

/// Comparing members costs the square of their number. Real groups have a handful; larger ones stay whole.
const MAX_SPLIT_MEMBERS: usize = 1_000;

/// The members in parts such that members of two parts hit no version in common.
fn split(members: Vec<Member>) -> Vec<Vec<Member>> {
    if members.len() == 1 || members.len() > MAX_SPLIT_MEMBERS {
        return vec![members];
    }
    let mut parts = UnionFind::default();
    let nodes: Vec<u32> = members.iter().map(|_| parts.add()).collect();
    for (at, (left, left_node)) in members.iter().zip(&nodes).enumerate() {
        for (right, right_node) in members.iter().zip(&nodes).skip(at + 1) {
            if left.versions.overlaps(&right.versions) {
                parts.join(*left_node, *right_node);
            }
        }
    }
    let mut by_root: BTreeMap<u32, Vec<Member>> = BTreeMap::new();
    for (member, node) in members.into_iter().zip(nodes) {
        by_root.entry(parts.root(node)).or_default().push(member);
    }
    by_root.into_values().collect()
}

/// `members` as one: hit by one is hit; every vector and weakness is kept.
fn merge(members: Vec<Member>, records: &[Record]) -> Group {
    let facts: Vec<&Record> = members.iter().filter_map(|member| records.get(member.record)).collect();
    let is_malware = |record: &Record| record.id.starts_with("MAL-");
    let opinions = facts.iter().map(|record| Opinion {
        is_malware: is_malware(record),
        vectors: &record.vectors,
        stated: record.stated_severity,
        vendor: record.vendor_severity,
    });
    let (severity, severity_basis) = judge(opinions);
    let mut ids: Vec<Box<str>> =
        facts.iter().flat_map(|record| std::iter::once(&record.id).chain(&record.aliases)).cloned().collect();
    ids.sort_by(|left, right| (id_rank(left), left).cmp(&(id_rank(right), right)));
    ids.dedup();
    let published = facts.iter().filter_map(|record| record.published).min();
    let is_malware = facts.iter().all(|record| is_malware(record));
    let vectors = sorted_union(facts.iter().map(|record| &record.vectors));
    let weaknesses = sorted_union(facts.iter().map(|record| &record.weaknesses));
    let mut versions = AffectedVersions::default();
    let mut code = Vec::new();
    for member in members {
        versions.add(member.versions);
        // Databases that name no parts (GitHub's of Go) say nothing against one that does.
        code.extend(member.code);
    }
    code.sort_unstable();
    code.dedup();
    Group {
        ids,
        versions,
        severity,
        severity_basis,
        vectors,
        published,
        weaknesses,
        is_malware,
        architectures: 0,
        code,
    }
}

fn sorted_union<'a, T: Ord + Clone + 'a>(lists: impl Iterator<Item = &'a Vec<T>>) -> Vec<T> {
    let mut all: Vec<T> = lists.flatten().cloned().collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `id`, its aliases, and the events (`introduced fixed`) for package `p`.
    fn record(id: &str, aliases: &[&str], range: (&str, &str)) -> Record {
        let (introduced, fixed) = range;
        let json = format!(
            r#"{{"id":"{id}","modified":"2024-01-01T00:00:00Z","aliases":{aliases:?},"affected":[{{"package":{{"ecosystem":"npm","name":"p"}},
            "ranges":[{{"type":"SEMVER","events":[{{"introduced":"{introduced}"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
        );
        Record::parse(json.as_bytes(), "npm").unwrap()
    }

    fn ids(records: Vec<Record>) -> Vec<String> {
        let packages = packages(records);
        packages.iter().flat_map(|package| &package.groups).map(|group| group.ids.join(" ")).collect()
    }

    #[test]
    fn aliases_connect_in_any_order_and_through_others() {
        let chain = || {
            vec![
                record("A-1", &["D-1"], ("0", "1.0.0")),
                record("B-1", &["C-1"], ("0", "1.0.0")),
                record("C-1", &["D-1"], ("0", "1.0.0")),
                record("E-1", &[], ("0", "1.0.0")),
            ]
        };
        let expected = ["A-1 B-1 C-1 D-1", "E-1"];
        assert_eq!(ids(chain()), expected);
        assert_eq!(ids(chain().into_iter().rev().collect()), expected);
    }

    #[test]
    fn ids_stand_in_the_order_of_preference() {
        let records = vec![
            record("PYSEC-2021-1", &["CVE-2021-2", "GHSA-2222-2222-2222"], ("0", "1.0.0")),
            record("GHSA-2222-2222-2222", &["CVE-2021-2"], ("0", "1.0.0")),
        ];
        assert_eq!(ids(records), ["GHSA-2222-2222-2222 PYSEC-2021-1 CVE-2021-2"]);
    }

    #[test]
    fn a_group_is_split_where_members_have_nothing_in_common() {
        let records = vec![
            record("A-1", &["CVE-1", "CVE-2"], ("1.0.0", "2.0.0")),
            record("B-1", &["CVE-2"], ("5.0.0", "6.0.0")),
            record("C-1", &["CVE-1"], ("1.5.0", "3.0.0")),
        ];
        assert_eq!(ids(records), ["A-1 C-1 CVE-1 CVE-2", "B-1 CVE-2"]);
    }

    #[test]
    fn the_later_state_of_one_advisory_holds() {
        let states = || {
            let mut later = record("A-1", &[], ("0", "2.0.0"));
            later.modified = "2024-02-01T00:00:00Z".into();
            vec![record("A-1", &[], ("0", "1.0.0")), later]
        };
        for records in [states(), states().into_iter().rev().collect()] {
            let packages = packages(records);
            let bounds: Vec<_> = packages[0].groups[0].versions.bounds.values().map(|bound| &*bound.text).collect();
            assert_eq!(bounds, ["2.0.0"]);
        }
    }

    #[test]
    fn withdrawn_records_are_left_out_and_connect_nothing() {
        let mut withdrawn = record("W-1", &["A-1", "B-1"], ("0", "1.0.0"));
        withdrawn.withdrawn = Some(None);
        let records = vec![withdrawn, record("A-1", &[], ("0", "1.0.0")), record("B-1", &[], ("0", "1.0.0"))];
        assert_eq!(ids(records), ["A-1", "B-1"]);
    }
}
