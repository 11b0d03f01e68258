//! Amazon Linux's bulletins: which package in which build mends which flaws.
//!
//! **Source**: `updateinfo.xml` or `updateinfo.xml.gz` of the distribution's yum and dnf repositories, anywhere below
//! `amazon-linux/` of the folder. Each becomes advisories of `Amazon Linux:2`, `Amazon Linux:2023` or, for the extras of
//! Amazon Linux 2, of `Amazon Linux:2:<topic>`; the `short` name of the bulletin's collection tells which, else its id, else
//! its folders' names.
//! **Supported**: bulletins of type `security`; packages by name, epoch, version, release and architecture; a flaw is a CVE that
//! the bulletin refers to, or the bulletin itself where it refers to none.
//! **Unsupported (→ gap)**: files that are no XML, larger than [`MAX_XML_BYTES`], or of no known release; bulletins without
//! id; packages without name or version. Flaws without a fix are not in this source.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use inventory::Ecosystem;
use model::{Gap, Hidden, Location};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::affected::{AffectedVersions, Event as RangeEvent, EventKind, Stated};
use crate::architecture;
use crate::day::Day;
use crate::exploitation::read_possibly_gzipped;
use crate::groups::{Group, Package, id_rank};
use crate::index::EcosystemCount;
use crate::severity::{Opinion, StatedSeverity, judge};

/// Below a folder of advisories.
pub(crate) const FOLDER: &str = "amazon-linux";
/// As OSV would spell it.
pub(crate) const ECOSYSTEM: &str = "Amazon Linux";
const MAX_XML_BYTES: usize = 512 << 20;
/// Folders below [`FOLDER`] that are looked into, one within the other.
const MAX_DEPTH: usize = 4;
/// References and packages of one bulletin; the largest real ones have some hundreds.
const MAX_PARTS: usize = 20_000;

/// What all files together say.
#[derive(Debug, Default)]
pub(crate) struct Bulletins {
    /// Sorted by ecosystem, then name.
    pub(crate) packages: Vec<Package>,
    pub(crate) counts: Vec<EcosystemCount>,
    /// Bulletins under distinct ids.
    pub(crate) ids: BTreeSet<Box<str>>,
    pub(crate) newest: Option<Day>,
}

/// The bulletin files below `folder`, sorted.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![(folder.join(FOLDER), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.ends_with("updateinfo.xml") || name.ends_with("updateinfo.xml.gz") {
                files.push(path);
            } else if depth < MAX_DEPTH && path.is_dir() {
                folders.push((path, depth + 1));
            }
        }
    }
    files.sort_unstable();
    files
}

/// The advisories in `files`, which lie below `folder`. What cannot be read is a gap.
pub(crate) fn read(folder: &Path, files: &[PathBuf], gaps: &mut Vec<Gap>) -> Bulletins {
    let mut flaws = Flaws::default();
    for path in files {
        let shown = path.strip_prefix(folder).unwrap_or(path).display().to_string();
        let read = read_possibly_gzipped(path, MAX_XML_BYTES)
            .and_then(|bytes| bytes.ok_or_else(|| "it is not there".to_owned()))
            .and_then(|bytes| bulletins(&bytes));
        match read {
            Ok(bulletins) => bulletins.iter().for_each(|bulletin| flaws.add(bulletin, &shown, gaps)),
            Err(why) => gaps.push(Gap::new(Location::file(shown), why, &[Hidden::Vulnerabilities])),
        }
    }
    flaws.finish()
}

/// One `<update>`.
#[derive(Debug, Default, PartialEq)]
struct Bulletin {
    id: String,
    kind: String,
    issued: String,
    severity: String,
    cves: BTreeSet<String>,
    /// The `short` name of the collection.
    collection: String,
    packages: Vec<Fixed>,
}

/// A build that has the fix.
#[derive(Debug, PartialEq)]
struct Fixed {
    name: String,
    architecture: String,
    /// `epoch:version-release`, the epoch left out when it is 0.
    version: String,
}

fn bulletins(bytes: &[u8]) -> Result<Vec<Bulletin>, String> {
    let mut reader = Reader::from_reader(bytes);
    let mut bulletins: Vec<Bulletin> = Vec::new();
    let mut text = String::new();
    loop {
        match reader.read_event().map_err(|error| format!("it is no readable XML: {error}"))? {
            Event::Start(tag) => {
                text.clear();
                open(&tag, &mut bulletins);
            }
            Event::Empty(tag) => open(&tag, &mut bulletins),
            Event::Text(found) => text.push_str(&String::from_utf8_lossy(&found)),
            Event::End(tag) => {
                if let Some(bulletin) = bulletins.last_mut() {
                    match tag.name().as_ref() {
                        b"id" => bulletin.id = text.trim().to_owned(),
                        b"severity" => bulletin.severity = text.trim().to_owned(),
                        _ => {}
                    }
                }
                text.clear();
            }
            Event::Eof => return Ok(bulletins),
            _ => {}
        }
    }
}

fn open(tag: &BytesStart<'_>, bulletins: &mut Vec<Bulletin>) {
    let attribute = |name: &str| {
        let found = tag.try_get_attribute(name).ok().flatten();
        found.and_then(|found| found.unescape_value().ok()).map(String::from).unwrap_or_default()
    };
    if tag.name().as_ref() == b"update" {
        bulletins.push(Bulletin { kind: attribute("type"), ..Bulletin::default() });
        return;
    }
    let Some(bulletin) = bulletins.last_mut() else { return };
    match tag.name().as_ref() {
        b"issued" => bulletin.issued = attribute("date"),
        b"reference" if attribute("type") == "cve" && bulletin.cves.len() < MAX_PARTS => {
            let id = attribute("id");
            if id.starts_with("CVE-") {
                bulletin.cves.insert(id);
            }
        }
        b"collection" => bulletin.collection = attribute("short"),
        b"package" if bulletin.packages.len() < MAX_PARTS => {
            let (epoch, version, release) = (attribute("epoch"), attribute("version"), attribute("release"));
            let epoch = if epoch.is_empty() || epoch == "0" { String::new() } else { format!("{epoch}:") };
            let release = if release.is_empty() { release } else { format!("-{release}") };
            let version = if version.is_empty() { version } else { format!("{epoch}{version}{release}") };
            bulletin.packages.push(Fixed { name: attribute("name"), architecture: attribute("arch"), version });
        }
        _ => {}
    }
}

impl Bulletin {
    /// OSV's way to write the repository: `2`, `2023`, `2:docker`.
    fn release(&self, path: &str) -> Option<String> {
        let collection = self.collection.strip_prefix("amazon-linux-").unwrap_or(&self.collection);
        let (release, stream) = split_release(collection)
            .or_else(|| split_release(self.id.strip_prefix("ALAS")?))
            .or_else(|| path.split('/').find_map(|folder| split_release(folder.strip_prefix("al")?)))?;
        let by_id = || split_release(self.id.strip_prefix("ALAS")?).map(|(_, stream)| stream);
        let by_folder =
            || path.split_once("/extras/").map(|(_, rest)| rest.split('/').next().unwrap_or_default().to_owned());
        let stream = Some(stream).filter(|stream| !stream.is_empty());
        let stream =
            stream.or_else(|| by_id().filter(|stream| !stream.is_empty())).or_else(by_folder).unwrap_or_default();
        Some(if stream.is_empty() || stream == "core" { release } else { format!("{release}:{stream}") })
    }
}

/// The release and what follows it (`2---docker`, `2KERNEL-5.10-2022-002`, `2023-2023-012`): a repository's name in lower
/// case, empty for the core.
fn split_release(text: &str) -> Option<(String, String)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (release, rest) = text.split_at_checked(digits)?;
    if !matches!(release, "1" | "2" | "2022" | "2023" | "2025" | "2026" | "2027") {
        return None;
    }
    let year = rest.match_indices('-').find(|(at, _)| {
        let after = rest.get(at + 1..).unwrap_or_default();
        after.len() > 4 && after.starts_with("20") && after.as_bytes().get(4) == Some(&b'-')
    });
    let stream = year.map_or(rest, |(at, _)| rest.get(..at).unwrap_or_default());
    let stream = stream.trim_matches(['-', '_', ' ']).to_ascii_lowercase();
    Some((release.to_owned(), stream.strip_prefix("extras-").unwrap_or(&stream).to_owned()))
}

/// What one bulletin says of one flaw of one package.
#[derive(Debug, Default)]
struct Mended {
    /// Builds with the fix, and the architectures of each.
    by_version: BTreeMap<String, u32>,
    severity: Option<StatedSeverity>,
    published: Option<Day>,
}

/// By ecosystem and package, then by flaw and bulletin.
#[derive(Debug, Default)]
struct Flaws {
    packages: BTreeMap<(String, String), BTreeMap<(String, String), Mended>>,
    bulletins: BTreeMap<String, BTreeMap<Box<str>, Option<Day>>>,
}

impl Flaws {
    fn add(&mut self, bulletin: &Bulletin, shown: &str, gaps: &mut Vec<Gap>) {
        if !bulletin.kind.is_empty() && bulletin.kind != "security" {
            return;
        }
        let mut note = |why: String| gaps.push(Gap::new(Location::file(shown), why, &[Hidden::Vulnerabilities]));
        if bulletin.id.is_empty() {
            return note("a bulletin has no id".to_owned());
        }
        let Some(release) = bulletin.release(shown) else {
            return note(format!("bulletin `{}` is of no release that is known", bulletin.id));
        };
        let ecosystem = format!("{ECOSYSTEM}:{release}");
        let published = Day::parse(&bulletin.issued);
        self.bulletins.entry(ecosystem.clone()).or_default().insert(bulletin.id.as_str().into(), published);
        let bulletin_alone = BTreeSet::from([bulletin.id.clone()]);
        let flaws = if bulletin.cves.is_empty() { &bulletin_alone } else { &bulletin.cves };
        for fixed in &bulletin.packages {
            if fixed.name.is_empty() || fixed.version.is_empty() {
                note(format!("bulletin `{}` names a package without name or version", bulletin.id));
                continue;
            }
            let package = self.packages.entry((ecosystem.clone(), fixed.name.clone())).or_default();
            for flaw in flaws {
                let mended = package.entry((flaw.clone(), bulletin.id.clone())).or_default();
                mended.severity = StatedSeverity::parse(&bulletin.severity);
                mended.published = published;
                *mended.by_version.entry(fixed.version.clone()).or_default() |= architecture::bit(&fixed.architecture);
            }
        }
    }

    fn finish(self) -> Bulletins {
        let package = |((ecosystem, name), flaws): ((String, String), BTreeMap<(String, String), Mended>)| {
            let mut groups: Vec<Group> = flaws.into_iter().flat_map(|(ids, mended)| groups(&ids, &mended)).collect();
            groups.sort_by(|left, right| (&left.ids, left.architectures).cmp(&(&right.ids, right.architectures)));
            Package { ecosystem: ecosystem.into(), name: name.into(), groups }
        };
        let count = |(name, ids): (&String, &BTreeMap<Box<str>, Option<Day>>)| EcosystemCount {
            name: name.as_str().into(),
            records: ids.len() as u64,
            newest: ids.values().copied().max().flatten(),
        };
        Bulletins {
            counts: self.bulletins.iter().map(count).collect(),
            newest: self.bulletins.values().flat_map(BTreeMap::values).copied().max().flatten(),
            ids: self.bulletins.into_values().flat_map(BTreeMap::into_keys).collect(),
            packages: self.packages.into_iter().map(package).collect(),
        }
    }
}

/// One group for each build: what is older is hit.
fn groups((flaw, bulletin): &(String, String), mended: &Mended) -> Vec<Group> {
    let mut ids: Vec<Box<str>> = vec![flaw.as_str().into(), bulletin.as_str().into()];
    ids.sort_by(|left, right| (id_rank(left), left).cmp(&(id_rank(right), right)));
    ids.dedup();
    let opinion = Opinion { is_malware: false, vectors: &[], stated: mended.severity, vendor: None };
    let (severity, severity_basis) = judge(std::iter::once(opinion));
    let group = |(version, architectures): (&String, &u32)| {
        let event = |kind, version: &str| RangeEvent { kind, version: version.into() };
        let range = vec![event(EventKind::Introduced, "0"), event(EventKind::Fixed, version)];
        Group {
            ids: ids.clone(),
            versions: AffectedVersions::from_stated(
                Stated { ranges: vec![range], ..Stated::default() },
                Ecosystem::by_advisory_name(ECOSYSTEM),
            ),
            severity,
            severity_basis,
            vectors: Vec::new(),
            published: mended.published,
            weaknesses: Vec::new(),
            is_malware: false,
            architectures: *architectures,
            code: Vec::new(),
        }
    };
    mended.by_version.iter().map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_release_and_repository() {
        for (collection, id, path, expected) in [
            ("amazon-linux-2", "ALAS2-2018-939", "amazon-linux/al2/updateinfo.xml.gz", Some("2")),
            ("amazon-linux-2023", "ALAS2023-2023-012", "amazon-linux/al2023/updateinfo.xml.gz", Some("2023")),
            ("amazon-linux-2---docker", "ALAS2DOCKER-2021-001", "x", Some("2:docker")),
            ("amazon-linux-2", "ALAS2KERNEL-5.10-2022-002", "x", Some("2:kernel-5.10")),
            ("", "ALASX", "amazon-linux/al2/extras/nginx1/updateinfo.xml", Some("2:nginx1")),
            ("", "ALAS2-2020-001", "amazon-linux/al2/extras/php8.0/updateinfo.xml", Some("2:php8.0")),
            ("something", "ALASX", "elsewhere/updateinfo.xml", None),
        ] {
            let bulletin = Bulletin { id: id.to_owned(), collection: collection.to_owned(), ..Bulletin::default() };
            assert_eq!(bulletin.release(path).as_deref(), expected, "{collection} {id} {path}");
        }
    }

    #[test]
    fn reads_what_a_bulletin_says() {
        let xml = r#"<?xml version="1.0"?><updates><update type="security"><id>ALAS2-2020-1</id><issued date="2020-01-02 03:04:05"/>
            <severity>important</severity><description>a &lt;b&gt; &amp; c</description>
            <references><reference id="CVE-2020-1" type="cve"/><reference id="x" type="self"/></references>
            <pkglist><collection short="amazon-linux-2"><package arch="x86_64" epoch="1" name="p" release="2.amzn2" version="1.0"><filename>f</filename></package>
            </collection></pkglist></update></updates>"#;
        let read = bulletins(xml.as_bytes()).unwrap();
        let fixed = Fixed { name: "p".into(), architecture: "x86_64".into(), version: "1:1.0-2.amzn2".into() };
        assert_eq!(read[0].packages, [fixed]);
        assert_eq!(
            (read[0].id.as_str(), read[0].severity.as_str(), read[0].cves.len()),
            ("ALAS2-2020-1", "important", 1)
        );
        assert!(bulletins(b"<updates><update></updates>").is_err());
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { cases: 100, ..Default::default() })]

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), text in "[<>/a-z=\" !&;\\[\\]-]{0,120}") {
            let _ = bulletins(&bytes);
            let _ = bulletins(format!("<updates><update type='security'>{text}").as_bytes());
        }
    }
}
