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
use crate::formats::listing::{Listing, TOO_MANY};
use crate::formats::zip::{self, Read};
use crate::formats::{Form, NOT_AN_ARCHIVE, folder, form_of_name, is_unopened_name, links};
use crate::gaps::{GapList, file_gap};
use crate::limits::Limits;
use crate::open::{Table, archive_entry};
use crate::{Data, Entry};

const UNOPENED: &str = "an archive of a kind that is not opened; unpack it, or pack it as a zip";
const TOO_DEEP: &str = "an archive inside too many others, which was not opened; unpack the outer ones";
const TOO_LARGE: &str =
    "the compressed archives inside are larger than is held in memory, this one was not opened; store it uncompressed";

/// Adds the entries of every archive in the table, of the archives among those, and so on, in an order that does not
/// depend on timing. The table is left unsorted.
pub(crate) fn expand(table: &mut Table, limits: &Limits, gaps: &mut Vec<Gap>) {
    let mut bytes_left = limits.nested_bytes_held;
    let mut notes = GapList::new(".");
    let mut fresh = 0..table.entries.len();
    for _ in 0..limits.nesting_levels {
        let archives = archives(table, fresh, &mut notes);
        fresh = table.entries.len()..table.entries.len();
        let (wrapped, archives): (Vec<_>, Vec<_>) = archives.into_iter().partition(|at| is_wrapped(table, *at));
        let archives = affordable(archives, table, &mut bytes_left, &mut notes);
        for side_by_side in archives.chunks(rayon::current_num_threads().max(1)) {
            let room = limits.entries.saturating_sub(table.entries.len());
            let limits_now = Limits { entries: room, ..limits.clone() };
            let opened: Vec<_> = side_by_side.par_iter().map(|at| open(table, *at, &limits_now, 0)).collect();
            for (at, opened) in side_by_side.iter().zip(opened) {
                add(table, *at, opened, limits, gaps);
            }
        }
        // One after another, since only opening them tells how much of the budget they take.
        for at in wrapped {
            let opened = open(table, at, limits, bytes_left);
            bytes_left = bytes_left.saturating_sub(opened.held_bytes);
            add(table, at, opened, limits, gaps);
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
        if form_of_name(&entry.path).is_some() {
            archives.push(at);
        } else if is_unopened_name(&entry.path) {
            notes.note(UNOPENED, &shown(table, at));
        }
    }
    archives
}

fn is_wrapped(table: &Table, at: usize) -> bool {
    let form = table.entries.get(at).and_then(|entry| form_of_name(&entry.path));
    form.is_some_and(|form| form.unwrap.is_some())
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
#[derive(Default)]
struct Opened {
    listing: Option<Listing>,
    aliases: BTreeMap<String, String>,
    gaps: Vec<Gap>,
    /// Bytes held because the archive was compressed as a whole.
    held_bytes: u64,
}

/// `bytes_left` bounds what an archive that is compressed as a whole may unwrap to.
fn open(table: &Table, at: usize, limits: &Limits, bytes_left: u64) -> Opened {
    let archive = shown(table, at);
    let mut gaps = GapList::new(archive.as_str());
    let mut opened = table.entries.get(at).and_then(|entry| {
        let form = form_of_name(&entry.path)?;
        let bytes = bytes_of(entry, &archive, &mut gaps)?;
        open_form(form, bytes, &archive, limits, bytes_left, &mut gaps)
    });
    let mut opened = opened.take().unwrap_or_default();
    opened.gaps = gaps.finish();
    opened
}

fn open_form(
    form: &Form,
    bytes: Bytes,
    archive: &str,
    limits: &Limits,
    bytes_left: u64,
    gaps: &mut GapList,
) -> Option<Opened> {
    let mut opened = Opened::default();
    let bytes = match form.unwrap.map(|unwrap| unwrap(&bytes, bytes_left)) {
        None => bytes,
        Some(Ok(unwrapped)) => {
            opened.held_bytes = unwrapped.len() as u64;
            unwrapped.into()
        }
        Some(Err(problem)) => {
            gaps.note(problem, archive);
            return None;
        }
    };
    let (listing, aliases) = list(form, &bytes, archive, limits, gaps)?;
    Some(Opened { listing: Some(listing), aliases, ..opened })
}

/// Files and linked folders of an archive, sorted by path; what is not the archive it should be is a gap.
pub(crate) fn list(
    form: &Form,
    bytes: &Bytes,
    archive: &str,
    limits: &Limits,
    gaps: &mut GapList,
) -> Option<(Listing, BTreeMap<String, String>)> {
    let display = format!("{archive}!/");
    let Some(mut listing) = (form.list)(bytes, &display, limits, gaps) else {
        gaps.note(NOT_AN_ARCHIVE, archive);
        return None;
    };
    listing.keep_last_of_each_path(&display, gaps);
    let aliases = links::resolve(&mut listing, &display, gaps);
    Some((listing, aliases))
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
        Data::Part(bytes) => Some(bytes.clone()),
        Data::Packed { packed, start } => {
            let mut buffer = Vec::new();
            let length = usize::try_from(entry.size_bytes).ok()?;
            match packed.fetch(*start, length, &mut buffer) {
                Ok(()) => Some(Bytes::from(buffer)),
                Err(error) => {
                    gaps.note_with("the archive cannot be inflated", shown, || error.to_string());
                    None
                }
            }
        }
        Data::Zip { archive, slot } => {
            let mut buffer = Vec::new();
            let read = zip::read(archive, slot, entry.size_bytes, &mut buffer, &mut Vec::new());
            match read {
                Ok(Read::Stored(range)) => archive.part(range),
                Ok(Read::Buffered(length)) => {
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
        gaps.push(file_gap(&shown, TOO_MANY));
    }
    let inside = |path: &str| format!("{}!/{path}", outer.path);
    for file in listing.files.into_iter().take(room) {
        let path = inside(&file.path);
        table.entries.push(archive_entry(file, path, &listing.archive, &outer));
    }
    let aliases = opened.aliases.iter().map(|(link, place)| (inside(link), inside(place))).collect();
    table.aliases.add(outer.mount, aliases);
}

fn shown(table: &Table, at: usize) -> String {
    table.entries.get(at).map(|entry| table.display_path(entry)).unwrap_or_default()
}
