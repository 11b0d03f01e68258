//! What apk has installed.
//!
//! **Source**: the Alpine wiki's "Apk spec", section "Installed database"; apk-package(5). **Supported**: `lib/apk/db/installed`
//! and `usr/lib/apk/db/installed`: package, version, architecture, origin, folders and files.
//! **Unsupported** (→ gap): paragraphs without name or version.

use crate::distribution::{RootSystem, root_before};
use crate::document::{Document, EntryPath, Format, Reading, decode};
use crate::ecosystems::apk::OTHER;
use crate::ownership::note_owned;
use crate::system_package::Record;
use crate::unchanged::FileDigest;

pub(crate) const FORMAT: Format = Format { id: "apk-installed", accepts, read, finds_installed: true, advice: "" };

/// The longer first: the shorter is its end.
const FOLDERS: &[&str] = &["usr/lib/apk/db", "lib/apk/db"];
/// Packages of one database; whole desktops have some thousands.
const MAX_PACKAGES: usize = 65_536;

fn accepts(path: EntryPath<'_>) -> bool {
    path.file_name == "installed" && root(path).is_some()
}

fn root(path: EntryPath<'_>) -> Option<&str> {
    FOLDERS.iter().find_map(|folder| root_before(path, folder))
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(root) = root(document.path) else { return };
    let Some(bytes) = document.bytes(reading) else { return };
    let mut reader = Reader { document, root, system: None, open: Open::default(), packages: 0 };
    for (line, number) in decode(&bytes).lines().zip(1_u32..) {
        if reader.packages > MAX_PACKAGES {
            let why =
                format!("more than {MAX_PACKAGES} packages; the others were not read, scan the root file system apart");
            reading.gaps.push(document.gap(Some(number), why));
            return;
        }
        match line.split_once(':') {
            Some((field, value)) => reader.take_field(field, value, number, reading),
            None if line.trim().is_empty() => reader.finish(reading),
            None => {}
        }
    }
    reader.finish(reading);
    if reader.packages == 0 && bytes.iter().any(|byte| !byte.is_ascii_whitespace()) {
        reading.gaps.push(document.unrecognised("save the root file system again"));
    }
}

struct Reader<'a> {
    document: &'a Document<'a>,
    root: &'a str,
    system: Option<RootSystem>,
    open: Open,
    packages: usize,
}

/// The paragraph that is being read.
#[derive(Default)]
struct Open {
    /// Of its first field, 1-based; 0 before any.
    line: u32,
    record: Record,
    origin: String,
    /// Of the files that come next.
    folder: String,
    /// Whether the last file is sought.
    is_noted: bool,
}

impl Reader<'_> {
    fn take_field(&mut self, field: &str, value: &str, number: u32, reading: &mut Reading) {
        if self.open.line == 0 {
            self.open.line = number;
        }
        match field {
            "P" => self.open.record.name = value.trim().to_owned(),
            "V" => self.open.record.version = value.trim().to_owned(),
            "A" => self.open.record.architecture = Some(value.trim().to_owned()).filter(|text| !text.is_empty()),
            "o" => self.open.origin = value.trim().to_owned(),
            "F" if value.is_empty() => self.open.folder.clear(),
            "F" => self.open.folder = format!("{value}/"),
            "R" if self.document.survey.sought.is_some() => {
                let noted = note_owned(self.document, self.root, (&self.open.folder, value), reading);
                self.open.is_noted = noted.is_some();
            }
            "Z" if self.open.is_noted => {
                if let Some(file) = reading.owned.last_mut() {
                    file.digest = FileDigest::of_apk(value.trim());
                }
            }
            _ => {}
        }
    }

    fn finish(&mut self, reading: &mut Reading) {
        let Open { line, mut record, origin, .. } = std::mem::take(&mut self.open);
        if line == 0 {
            return;
        }
        self.packages += 1;
        if record.name.is_empty() || record.version.is_empty() {
            let why = "a package without name or version; reinstall it or repair the database";
            reading.gaps.push(self.document.gap(Some(line), why));
            reading.forget_owned();
            return;
        }
        if !origin.is_empty() {
            record.set_source(&origin, None);
        }
        let (document, root) = (self.document, self.root);
        let system = self.system.get_or_insert_with(|| RootSystem::at(document, root, &OTHER, reading));
        reading.claims.push(record.into_claim(document, root, system, Some(line)));
    }
}
