//! `container-manifest-2`: what Azure Linux and Mariner leave in images without a package manager.
//!
//! **Source**: the images' own build: `rpm -qa --qf` with ten fields between tabs: name, version-release, install time, build
//! time, vendor, epoch, size, architecture, epoch as a number, source package. **Unsupported** (→ gap): lines with fewer fields
//! than the architecture needs.

use crate::distribution::{RootSystem, root_before};
use crate::document::{Document, EntryPath, Format, Reading, decode};
use crate::ecosystems::rpm::OTHER;
use crate::ecosystems::rpm::database::{full_version, set_source};
use crate::system_package::Record;

pub(crate) const FORMAT: Format =
    Format { id: "rpm-container-manifest", accepts, read, finds_installed: true, advice: "" };

const FOLDER: &str = "var/lib/rpmmanifest";
/// Packages of one manifest; images without a package manager have some tens.
const MAX_PACKAGES: usize = 65_536;

fn accepts(path: EntryPath<'_>) -> bool {
    path.file_name == "container-manifest-2" && root_before(path, FOLDER).is_some()
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(root) = root_before(document.path, FOLDER) else { return };
    let Some(bytes) = document.bytes(reading) else { return };
    let mut system = None;
    for (line, number) in decode(&bytes).lines().zip(1_u32..).filter(|(line, _)| !line.trim().is_empty()) {
        if reading.claims.len() >= MAX_PACKAGES {
            let why =
                format!("more than {MAX_PACKAGES} packages; the others were not read, scan the root file system apart");
            reading.gaps.push(document.gap(Some(number), why));
            return;
        }
        let Some(record) = record(line) else {
            reading.gaps.push(
                document.gap(Some(number), "the line does not name a package and its version; build the image anew"),
            );
            continue;
        };
        let system = system.get_or_insert_with(|| RootSystem::at(document, root, &OTHER, reading));
        reading.claims.push(record.into_claim(document, root, system, Some(number)));
    }
}

fn record(line: &str) -> Option<Record> {
    let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
    let field = |at: usize| fields.get(at).copied().filter(|field| !field.is_empty() && *field != "(none)");
    let (name, version) = (field(0)?, field(1)?);
    let epoch = field(5).or(field(8)).and_then(|epoch| epoch.parse().ok()).filter(|epoch| *epoch > 0);
    let mut record = Record {
        name: name.to_owned(),
        version: full_version(epoch, version, None),
        architecture: Some(field(7)?.to_owned()),
        ..Record::default()
    };
    if let Some(source) = field(9) {
        set_source(&mut record, source.to_owned());
    }
    record.qualifiers = epoch.map(|epoch| ("epoch", epoch.to_string())).into_iter().collect();
    Some(record)
}
