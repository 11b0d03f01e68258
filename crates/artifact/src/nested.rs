//! Archives inside the artifact: jars of a JVM function, wheels, zipped requirements.
//!
//! An archive that is stored, or lies in a folder, costs nothing but its directory. A compressed one is inflated once
//! and held, within a budget, so that its entries are read from memory afterwards.

use std::collections::BTreeMap;
use std::ops::Range;

use mapping::MappedFile;
use model::Gap;
use rayon::prelude::*;

use crate::bytes::Bytes;
use crate::formats::folder;
use crate::formats::zip::{self, Read};
use crate::gaps::{GapList, file_gap};
use crate::limits::Limits;
use crate::open::{Table, zip_entry};
use crate::{Data, Entry};

/// Name endings of archives that are zips. Sorted.
const ARCHIVE_ENDINGS: &[&str] = &[".aar", ".ear", ".egg", ".jar", ".nupkg", ".pex", ".pyz", ".war", ".whl", ".zip"];

/// Name endings of archives that are not opened. Sorted.
const UNOPENED_ENDINGS: &[&str] =
    &[".7z", ".rar", ".tar", ".tar.bz2", ".tar.gz", ".tar.xz", ".tar.zst", ".tbz2", ".tgz", ".txz"];

const UNOPENED: &str = "an archive of a kind that is not opened; unpack it, or pack it as a zip";
const TOO_DEEP: &str = "an archive inside too many others, which was not opened; unpack the outer ones";
const TOO_LARGE: &str =
    "the compressed archives inside are larger than is held in memory, this one was not opened; store it uncompressed";

/// Whether a file of this name is to be opened as a zip.
pub(crate) fn is_archive_name(path: &str) -> bool {
    ends_with_one_of(path, ARCHIVE_ENDINGS)
}

/// Whether a file of this name is an archive that is not opened.
fn is_unopened_name(path: &str) -> bool {
    ends_with_one_of(path, UNOPENED_ENDINGS)
}

fn ends_with_one_of(path: &str, endings: &[&str]) -> bool {
    let ends_with = |ending: &&str| {
        let start = path.len().checked_sub(ending.len()).and_then(|start| path.get(start..));
        start.is_some_and(|end| end.eq_ignore_ascii_case(ending))
    };
    endings.iter().any(ends_with)
}

/// Adds the entries of every archive in the table, of the archives among those, and so on, in an order that does not
/// depend on timing. The table is left unsorted.
pub(crate) fn expand(table: &mut Table, limits: &Limits, gaps: &mut Vec<Gap>) {
    let mut bytes_left = limits.nested_bytes_held;
    let mut notes = GapList::new(".");
    let mut fresh = 0..table.entries.len();
    for _ in 0..limits.nesting_levels {
        let archives = archives(table, fresh, &mut notes);
        fresh = table.entries.len()..table.entries.len();
        let archives = affordable(archives, table, &mut bytes_left, &mut notes);
        for side_by_side in archives.chunks(rayon::current_num_threads().max(1)) {
            let room = limits.entries.saturating_sub(table.entries.len());
            let limits_now = Limits { entries: room, ..limits.clone() };
            let opened: Vec<_> = side_by_side.par_iter().map(|at| open(table, *at, &limits_now)).collect();
            for (at, opened) in side_by_side.iter().zip(opened) {
                add(table, *at, opened, limits, gaps);
            }
        }
        fresh.end = table.entries.len();
    }
    for at in archives(table, fresh, &mut notes) {
        notes.note(TOO_DEEP, &shown(table, at));
    }
    gaps.extend(notes.finish());
}

/// Indices of the archives among the `fresh` entries.
fn archives(table: &Table, fresh: Range<usize>, notes: &mut GapList) -> Vec<usize> {
    let mut archives = Vec::new();
    for at in fresh {
        let Some(entry) = table.entries.get(at) else { break };
        if entry.repeats || matches!(entry.data, Data::Refused(_)) {
            continue;
        }
        if is_archive_name(&entry.path) {
            archives.push(at);
        } else if is_unopened_name(&entry.path) {
            notes.note(UNOPENED, &shown(table, at));
        }
    }
    archives
}

/// Those that can be held: compressed ones until `bytes_left` is used up, others always.
fn affordable(archives: Vec<usize>, table: &Table, bytes_left: &mut u64, notes: &mut GapList) -> Vec<usize> {
    let mut fits = |at: &usize| {
        let Some(entry) = table.entries.get(*at).filter(|entry| entry.is_compressed()) else { return true };
        let rest = bytes_left.checked_sub(entry.size_bytes);
        match rest {
            Some(rest) => *bytes_left = rest,
            None => notes.note(TOO_LARGE, &shown(table, *at)),
        }
        rest.is_some()
    };
    archives.into_iter().filter(|at| fits(at)).collect()
}

/// What one archive holds.
struct Opened {
    listing: Option<zip::Listing>,
    aliases: BTreeMap<String, String>,
    gaps: Vec<Gap>,
}

fn open(table: &Table, at: usize, limits: &Limits) -> Opened {
    let archive = shown(table, at);
    let mut gaps = GapList::new(archive.as_str());
    let mut aliases = BTreeMap::new();
    let mut listing = None;
    if let Some(bytes) = table.entries.get(at).and_then(|entry| bytes_of(entry, &archive, &mut gaps)) {
        let display = format!("{archive}!/");
        listing = zip::list_files(&bytes, &display, limits, &mut gaps);
        match &mut listing {
            Some(listing) => aliases = zip::links::resolve(listing, &display, &mut gaps),
            None => gaps.note(zip::NOT_AN_ARCHIVE, &archive),
        }
    }
    Opened { listing, aliases, gaps: gaps.finish() }
}

/// The nested archive's own bytes: where they lie when they are stored, inflated when they are not.
fn bytes_of(entry: &Entry, shown: &str, gaps: &mut GapList) -> Option<Bytes> {
    match &entry.data {
        Data::Memory(bytes) => Some(Bytes::from(bytes.to_vec())),
        Data::File(path) => match MappedFile::open(path) {
            Ok(map) => Some(Bytes::from(map)),
            Err(error) => {
                let why = format!("cannot be read: {}; check its permissions", folder::reason(&error));
                gaps.note_with("cannot be read", shown, || why);
                None
            }
        },
        Data::Zip { archive, slot } => {
            let mut buffer = Vec::new();
            let read = zip::read(archive, slot, entry.size_bytes, &mut buffer, &mut Vec::new());
            match read {
                Ok(Read::Stored(range)) => archive.part(range),
                Ok(Read::Inflated(length)) => {
                    buffer.truncate(length);
                    Some(Bytes::from(buffer))
                }
                Err(failure) => {
                    gaps.note_with("the archive cannot be inflated", shown, || failure.to_string());
                    None
                }
            }
        }
        Data::Refused(_) => None,
    }
}

fn add(table: &mut Table, at: usize, opened: Opened, limits: &Limits, gaps: &mut Vec<Gap>) {
    gaps.extend(opened.gaps);
    let Some(listing) = opened.listing else { return };
    let shown = shown(table, at);
    let Some(outer) = table.entries.get_mut(at) else { return };
    outer.opened = true;
    let outer = outer.clone();
    let room = limits.entries.saturating_sub(table.entries.len());
    if listing.files.len() > room {
        gaps.push(file_gap(&shown, zip::TOO_MANY));
    }
    let inside = |path: &str| format!("{}!/{path}", outer.path);
    for file in listing.files.into_iter().take(room) {
        let path = inside(&file.path);
        table.entries.push(zip_entry(file, path, &listing.archive, &outer));
    }
    let aliases = opened.aliases.iter().map(|(link, place)| (inside(link), inside(place))).collect();
    table.aliases.add(outer.mount, aliases);
}

fn shown(table: &Table, at: usize) -> String {
    table.entries.get(at).map(|entry| table.display_path(entry)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_known_by_their_names() {
        for name in ["lib/a.jar", "A.ZIP", ".requirements.zip", "x.whl"] {
            assert!(is_archive_name(name), "{name}");
        }
        for name in ["a.py", "zip", "jar/a.class", "ä"] {
            assert!(!is_archive_name(name), "{name}");
        }
        assert!(is_unopened_name("model.tar.gz"));
        assert!(ARCHIVE_ENDINGS.is_sorted() && UNOPENED_ENDINGS.is_sorted());
    }
}
