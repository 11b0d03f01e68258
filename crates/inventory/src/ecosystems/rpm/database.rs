//! What rpm has installed: the database in each of its forms.
//!
//! **Source**: rpm's manual, "Databases" and "RPM file format"; the layouts of the forms in their own modules.
//! **Supported**: `Packages` (Berkeley DB), `Packages.db` (ndb), `rpmdb.sqlite`, in the folders where distributions keep them,
//! read in memory. Keys that rpm lists as packages (`gpg-pubkey`) are none.
//! **Unsupported** (→ gap): pages and headers that contradict themselves, changes that lie in a write-ahead log.

use std::collections::BTreeSet;

use artifact::Content;
use model::Gap;

use crate::distribution::{RootSystem, root_before};
use crate::document::{Document, EntryPath, Format, HIDES, Reading};
use crate::ecosystems::rpm::header::Header;
use crate::ecosystems::rpm::{OTHER, berkeley, ndb, sqlite};
use crate::ownership::note_owned;
use crate::system_package::Record;
use crate::unchanged::FileDigest;

pub(crate) const FORMAT: Format = Format { id: "rpm-database", accepts, read, finds_installed: true, advice: "" };

const FOLDERS: &[&str] = &["usr/lib/sysimage/rpm", "usr/share/rpm", "var/lib/rpm"];
/// Packages of one database; whole servers have some thousands.
const MAX_PACKAGES: usize = 65_536;
/// Databases of servers with everything installed reach 200 MB.
const MAX_DATABASE_BYTES: u64 = 256 << 20;

/// A way in which rpm keeps the headers of packages.
struct Form {
    file_name: &'static str,
    /// Hands every header in the file to the sink.
    read: fn(&[u8], &mut Sink<'_>),
}

const FORMS: &[Form] = &[
    Form { file_name: "Packages", read: berkeley::read },
    Form { file_name: "Packages.db", read: ndb::read },
    Form { file_name: "rpmdb.sqlite", read: sqlite::read },
];

/// Takes what a form's reader finds in the file.
pub(super) struct Sink<'a> {
    take: &'a mut dyn FnMut(&[u8]),
    damage: BTreeSet<&'static str>,
    /// INVARIANT: what is handed on is together no larger than the file; headers that share bytes are no headers.
    bytes_left: usize,
}

impl Sink<'_> {
    /// A package's header.
    pub(super) fn header(&mut self, bytes: &[u8]) {
        match self.bytes_left.checked_sub(bytes.len()) {
            Some(left) => {
                self.bytes_left = left;
                (self.take)(bytes);
            }
            None => self.damaged("parts of the database lie over one another"),
        }
    }

    /// A part of the file that cannot be followed; `why` names it.
    pub(super) fn damaged(&mut self, why: &'static str) {
        self.damage.insert(why);
    }
}

fn accepts(path: EntryPath<'_>) -> bool {
    form(path).is_some() && root(path).is_some()
}

fn form(path: EntryPath<'_>) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.file_name == path.file_name)
}

fn root(path: EntryPath<'_>) -> Option<&str> {
    FOLDERS.iter().find_map(|folder| root_before(path, folder))
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let (Some(form), Some(root)) = (form(document.path), root(document.path)) else { return };
    let Some(bytes) = content(document, reading) else { return };
    note_unwritten(document, reading);
    let mut reader = Reader { document, root, system: None, reading, packages: 0, damaged: 0 };
    let mut take = |header: &[u8]| reader.take(header);
    let mut sink = Sink { take: &mut take, damage: BTreeSet::new(), bytes_left: bytes.len() };
    (form.read)(&bytes, &mut sink);
    let damage = sink.damage;
    reader.finish(&damage);
}

fn content(document: &Document<'_>, reading: &mut Reading) -> Option<Content> {
    if document.entry.size_bytes > MAX_DATABASE_BYTES {
        let why = format!(
            "the database is larger than {} MB and was not read; rebuild it with `rpm --rebuilddb`",
            MAX_DATABASE_BYTES >> 20
        );
        reading.gaps.push(document.gap(None, why));
        return None;
    }
    match document.survey.artifact.read(document.entry) {
        Ok(content) => Some(content),
        Err(gap) => {
            reading.gaps.push(Gap::new(gap.location, gap.why, HIDES));
            None
        }
    }
}

/// What sqlite has not moved into the database yet may add packages, replace and drop them.
fn note_unwritten(document: &Document<'_>, reading: &mut Reading) {
    for suffix in ["-journal", "-wal"] {
        let beside = document.sibling(&format!("{}{suffix}", document.path.file_name));
        if let Some(log) = beside.filter(|log| log.entry.size_bytes > 0) {
            let why = format!(
                "changes to the database wait in it, so packages may be missing or outdated; run `rpm --rebuilddb` before packing `{}`",
                document.path.file_name
            );
            reading.gaps.push(log.gap(None, why));
        }
    }
}

struct Reader<'a, 'r> {
    document: &'a Document<'a>,
    root: &'a str,
    system: Option<RootSystem>,
    reading: &'r mut Reading,
    packages: usize,
    /// Headers that could not be read.
    damaged: usize,
}

impl Reader<'_, '_> {
    fn take(&mut self, bytes: &[u8]) {
        self.packages += 1;
        if self.packages > MAX_PACKAGES {
            return;
        }
        let header = Header::parse(bytes);
        let Some((header, record)) = header.as_ref().and_then(|header| Some((header, record(header)?))) else {
            self.damaged += 1;
            return;
        };
        // A key that packages are checked with.
        if record.name == "gpg-pubkey" {
            return;
        }
        let (document, root) = (self.document, self.root);
        let system = self.system.get_or_insert_with(|| RootSystem::at(document, root, &OTHER, self.reading));
        if let Some(sought) = document.survey.sought.filter(|sought| !sought.is_empty()) {
            header.for_each_file(sought.wants_digests(), |folder, name, digest| {
                if let Some(file) = note_owned(document, root, (folder, name), self.reading) {
                    file.digest = digest.and_then(FileDigest::of_hexadecimal);
                }
            });
        }
        self.reading.claims.push(record.into_claim(document, root, system, None));
    }

    fn finish(self, damage: &BTreeSet<&'static str>) {
        let gap = |why: String| self.document.gap(None, why);
        let gaps = &mut self.reading.gaps;
        for part in damage {
            gaps.push(gap(format!("{part}, so packages may be missing; rebuild the database with `rpm --rebuilddb`")));
        }
        if self.damaged > 0 {
            let why = "entries of the database cannot be read as packages: rebuild it with `rpm --rebuilddb`";
            gaps.push(gap(format!("{} {why}", self.damaged)));
        }
        if self.packages > MAX_PACKAGES {
            gaps.push(gap(format!(
                "more than {MAX_PACKAGES} packages; the others were not read, scan the root file system apart"
            )));
        }
    }
}

/// `None` for a header without name or version.
fn record(header: &Header<'_>) -> Option<Record> {
    let epoch = header.epoch().filter(|epoch| *epoch > 0);
    let mut record = Record {
        name: header.name()?,
        version: full_version(epoch, &header.version()?, header.release().as_deref()),
        architecture: header.architecture(),
        ..Record::default()
    };
    // A package of sources has no source itself; rpm then records none, or `(none)`.
    if let Some(file) = header.source_rpm().filter(|file| file.ends_with(".rpm")) {
        set_source(&mut record, file);
    }
    let epoch = epoch.map(|epoch| ("epoch", epoch.to_string()));
    let module = header.modularity_label().map(|label| ("rpmmod", label));
    record.qualifiers = epoch.into_iter().chain(module).collect();
    Some(record)
}

/// As rpm compares it; a missing epoch is 0 and is not written.
pub(super) fn full_version(epoch: Option<u32>, version: &str, release: Option<&str>) -> String {
    let epoch = epoch.filter(|epoch| *epoch > 0).map_or(String::new(), |epoch| format!("{epoch}:"));
    let release = release.map_or(String::new(), |release| format!("-{release}"));
    format!("{epoch}{version}{release}")
}

/// Notes the source package by its file's name: `openssl-3.0.8-1.amzn2023.src.rpm`.
pub(super) fn set_source(record: &mut Record, file: String) {
    let stem = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"));
    let parts = stem.and_then(|stem| {
        let (rest, release) = stem.rsplit_once('-')?;
        let (name, version) = rest.rsplit_once('-')?;
        Some((name, format!("{version}-{release}")))
    });
    if let Some((name, version)) = parts {
        record.set_source(name, Some(&version));
    }
    record.upstream = Some(file);
}
