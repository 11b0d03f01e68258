//! From a folder of advisories to an index.

use std::path::{Path, PathBuf};

use model::{Gap, Hidden, Location};
use rustc_hash::FxHashSet;

use crate::Error;
use crate::amazon;
use crate::day::Day;
use crate::exploitation::ExploitationTables;
use crate::feed::{Feed, feeds, is_wanted};
use crate::groups;
use crate::index::{Contents, EcosystemCount, IndexWriter, Withdrawn};
use crate::osv::{Record, open_archive};
use crate::progress::Progress;

/// Gaps beyond this are counted, not listed: a foreign file must not fill the report.
const MAX_GAPS: usize = 1_000;

/// How to build an index.
pub struct BuildOptions<'a> {
    /// Names of the ecosystems to take, as OSV spells them or by our id; empty takes all.
    pub ecosystems: &'a [String],
    pub on_progress: &'a (dyn Fn(Progress<'_>) + Sync),
}

/// An index, not yet written to a file.
#[derive(Debug)]
pub struct Built {
    pub bytes: Vec<u8>,
    /// Advisories under distinct ids, without withdrawn ones.
    pub records: u64,
    pub withdrawn: u64,
    pub packages: u64,
    /// What could not be read, naming zip and entry.
    pub gaps: Vec<Gap>,
}

/// The index of `folder`: `<Ecosystem>/all.zip` as OSV.dev publishes them, and where present Amazon Linux's bulletins
/// (`amazon-linux/**/updateinfo.xml.gz`), `kev.json` and `epss.csv`. Equal
/// input yields equal bytes.
///
/// # Errors
/// When the folder holds no advisories, a zip's directory cannot be read, or an ecosystem that was asked for is absent. A
/// single record that cannot be read is a gap.
pub fn build(folder: &Path, options: &BuildOptions<'_>) -> Result<Built, Error> {
    build_selected(folder, options, &Selection { taken: "", extra_head: &[], keep: &|_| true })
}

/// What goes into an index beyond what its folder holds, and what is left out.
pub(crate) struct Selection<'a> {
    /// Day the folder was taken.
    pub(crate) taken: &'a str,
    pub(crate) extra_head: &'a [String],
    pub(crate) keep: &'a dyn Fn(&Record) -> bool,
}

pub(crate) fn build_selected(
    folder: &Path,
    options: &BuildOptions<'_>,
    selection: &Selection<'_>,
) -> Result<Built, Error> {
    let mut tally = Tally::default();
    let mut writer = IndexWriter::default();
    let exploitation = ExploitationTables::read(folder, &mut tally.gaps);
    for feed in feeds(folder, options.ecosystems, &mut tally.gaps)? {
        let mut records = read_feed(&feed, options, &mut tally)?;
        records.retain(|record| (selection.keep)(record));
        let counts = tally.count(&records, &feed);
        let packages = groups::packages(records);
        tally.packages += packages.len() as u64;
        writer.add(&packages, &counts, |group| exploitation.of(group.ids.iter().map(|id| &**id)))?;
    }
    let bulletins = amazon::read(folder, &amazon_files(folder, options.ecosystems), &mut tally.gaps);
    tally.packages += bulletins.packages.len() as u64;
    tally.newest = tally.newest.max(bulletins.newest);
    writer.add(&bulletins.packages, &bulletins.counts, |group| exploitation.of(group.ids.iter().map(|id| &**id)))?;
    tally.ids.extend(bulletins.ids);
    (options.on_progress)(Progress::Writing);
    tally.withdrawn.sort_unstable();
    tally.withdrawn.dedup_by(|later, first| later.id == first.id);
    let contents = Contents {
        taken: selection.taken.to_owned(),
        records: tally.ids.len() as u64,
        withdrawn: tally.withdrawn.len() as u64,
        unreadable: tally.unreadable,
        newest: tally.newest.map(|day| day.to_string()).unwrap_or_default(),
        known_exploited: exploitation.catalogue,
        exploitation_probability: exploitation.probabilities_day,
        ecosystems: Vec::new(),
    };
    let mut head = head(&contents, tally.ids.iter().chain(tally.withdrawn.iter().map(|withdrawn| &withdrawn.id)));
    head.extend_from_slice(selection.extra_head);
    Ok(Built {
        records: contents.records,
        withdrawn: contents.withdrawn,
        packages: tally.packages,
        bytes: writer.finish(&head, contents, &tally.withdrawn),
        gaps: limited(tally.gaps),
    })
}

/// The bulletins of Amazon Linux, when they are asked for.
fn amazon_files(folder: &Path, wanted: &[String]) -> Vec<PathBuf> {
    if is_wanted(amazon::ECOSYSTEM, wanted) { amazon::files(folder) } else { Vec::new() }
}

/// What is counted while ecosystems pass by.
#[derive(Default)]
struct Tally {
    ids: FxHashSet<Box<str>>,
    withdrawn: Vec<Withdrawn>,
    newest: Option<Day>,
    unreadable: u64,
    packages: u64,
    gaps: Vec<Gap>,
}

impl Tally {
    fn count(&mut self, records: &[Record], feed: &Feed) -> Vec<EcosystemCount> {
        let names = records.iter().flat_map(|record| &record.packages).map(|package| &*package.ecosystem);
        let mut names: Vec<_> = names.chain(feed.zips.iter().map(|(name, _)| name.as_str())).collect();
        names.sort_unstable();
        names.dedup();
        let mut counts: Vec<_> =
            names.into_iter().map(|name| EcosystemCount { name: name.into(), records: 0, newest: None }).collect();
        let mut counted: FxHashSet<(&str, &str)> = FxHashSet::default();
        for record in records {
            if let Some(day) = record.withdrawn {
                self.withdrawn.push(Withdrawn { id: record.id.clone(), day });
                continue;
            }
            self.newest = self.newest.max(record.published);
            self.ids.insert(record.id.clone());
            for package in &record.packages {
                let at = counts.binary_search_by(|count| count.name.cmp(&package.ecosystem));
                let Some(count) = at.ok().and_then(|at| counts.get_mut(at)) else { continue };
                count.newest = count.newest.max(record.published);
                count.records += u64::from(counted.insert((&package.ecosystem, &record.id)));
            }
        }
        counts
    }
}

fn read_feed(feed: &Feed, options: &BuildOptions<'_>, tally: &mut Tally) -> Result<Vec<Record>, Error> {
    let mut records = Vec::new();
    for (name, path) in &feed.zips {
        let archive = open_archive(path, &format!("{name}/{}", crate::feed::ZIP_FILE))?;
        let total = archive.len();
        let read =
            archive.records(name, &|done| (options.on_progress)(Progress::Reading { ecosystem: name, done, total }));
        tally.unreadable += read.unreadable;
        tally.gaps.extend(read.gaps);
        records.extend(read.records);
    }
    Ok(records)
}

/// Who states the advisories, and under which terms: what their licences ask to be said.
const SOURCES: &[(&str, &str)] = &[
    ("GHSA-", "GitHub Advisory Database (GHSA-), licence CC BY 4.0, (c) GitHub and contributors"),
    ("PYSEC-", "PyPA Advisory Database (PYSEC-), licence CC BY 4.0"),
    ("GO-", "Go Vulnerability Database (GO-), licence CC BY 4.0, (c) The Go Authors"),
    ("RUSTSEC-", "RustSec Advisory Database (RUSTSEC-), licence CC0 1.0 or CC BY 4.0"),
    ("ALAS", "Amazon Linux Security Center (ALAS), (c) Amazon"),
    ("MAL-", "OpenSSF Malicious Packages (MAL-), licence Apache-2.0"),
];

fn head<'i>(contents: &Contents, ids: impl Iterator<Item = &'i Box<str>> + Clone) -> Vec<String> {
    let mut lines = vec![
        "facts of security advisories: ids, packages, versions, severities, dates; none of their text".to_owned(),
        "changed from the sources: reduced to these facts, merged by alias, rearranged".to_owned(),
    ];
    let mut add = |source: &str| lines.push(format!("source: {source}"));
    let is_there = |prefix: &str| ids.clone().any(|id| id.starts_with(prefix));
    SOURCES.iter().filter(|(prefix, _)| is_there(prefix)).for_each(|(_, source)| add(source));
    if !contents.known_exploited.is_empty() {
        add(&format!("CISA Known Exploited Vulnerabilities Catalog {}, licence CC0 1.0", contents.known_exploited));
    }
    if !contents.exploitation_probability.is_empty() {
        let day = &contents.exploitation_probability;
        add(&format!(
            "EPSS scores of {day}, FIRST.org (https://www.first.org/epss), free to use with this attribution"
        ));
    }
    lines
}

fn limited(mut gaps: Vec<Gap>) -> Vec<Gap> {
    if gaps.len() > MAX_GAPS {
        let more = gaps.len() - MAX_GAPS;
        gaps.truncate(MAX_GAPS);
        gaps.push(Gap::new(Location::file("…"), format!("{more} more like these"), &[Hidden::Vulnerabilities]));
    }
    gaps
}
