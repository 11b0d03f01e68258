//! Entries' bytes: one at a time, or all of them in parallel.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::{Arc, PoisonError};

use model::Gap;
use rayon::prelude::*;

use crate::formats::folder;
use crate::formats::listing::Refusal;
use crate::formats::zip::{self, Doubt, Read};
use crate::gaps::file_gap;
use crate::{Artifact, Bytes, Content, Data, Entry, Refused};

/// A thread's buffer larger than this is given back after use, in bytes.
pub(crate) const MAX_KEPT_BUFFER_BYTES: usize = 8 << 20;

const UNPACKED: &str = "the layer that holds it cannot be unpacked up to its end; save the image again";

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Where bytes were found: handed out without copying, or put into the buffer.
enum Found {
    Shared(Arc<[u8]>),
    Part(Bytes),
    /// The first so many bytes of the buffer.
    Buffered(usize),
}

impl Artifact {
    /// The entry's bytes, inflated. Thread-safe; stored entries are not copied.
    ///
    /// # Errors
    /// A gap that names the entry and says why it cannot be read.
    pub fn read(&self, entry: &Entry) -> Result<Content, Gap> {
        let mut buffer = Vec::new();
        Ok(match self.fetch(entry, &mut buffer)? {
            Found::Shared(bytes) => Content::Shared(bytes),
            Found::Part(bytes) => Content::Part(bytes),
            Found::Buffered(length) => {
                buffer.truncate(length);
                Content::Owned(buffer)
            }
        })
    }

    /// The entry's first bytes, at most `length`; fewer where it ends before. Costs about as much as reading and inflating
    /// so many bytes: a way to tell what a large entry is. Checksums are not looked at.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn prefix(&self, entry: &Entry, length: usize) -> Result<Vec<u8>, Gap> {
        let fails = |why: String| file_gap(&self.display_path(entry), why);
        let start = |bytes: &[u8]| bytes.get(..length).unwrap_or(bytes).to_vec();
        match &entry.data {
            Data::Memory(bytes) => Ok(start(bytes)),
            Data::Part(bytes) => Ok(start(bytes)),
            Data::File(path) => {
                let mut prefix = Vec::new();
                File::open(path)
                    .and_then(|file| file.take(length as u64).read_to_end(&mut prefix))
                    .map_err(|error| fails(unreadable(&error)))?;
                Ok(prefix)
            }
            Data::Zip { archive, slot } => {
                zip::prefix(archive, slot, length).map_err(|failure| fails(failure.to_string()))
            }
            Data::Packed { packed, start: at } => {
                let length = usize::try_from(entry.size_bytes).unwrap_or(usize::MAX).min(length);
                let mut prefix = Vec::new();
                packed.fetch(*at, length, &mut prefix).map_err(|_| fails(UNPACKED.to_owned()))?;
                Ok(prefix)
            }
            Data::Refused(refused) => Err(fails(refused.why())),
        }
    }

    /// What `visitor` makes of each entry that `wanted` asks for, in the table's order, each read once, in parallel and
    /// in the order in which they lie in their files. Archives whose files are in the table and links to files that
    /// are in the table are left out. The bytes are only lent: this is the cheapest way to read everything.
    pub fn visit<T: Send>(
        &self,
        wanted: impl Fn(&Entry) -> bool,
        visitor: impl Fn(&Entry, Result<&[u8], Gap>) -> T + Sync,
    ) -> Vec<T> {
        self.visit_of(&self.entries, &wanted, &visitor)
    }

    /// As [`Self::visit`], for the files that later layers of an image hide.
    pub fn visit_shadowed<T: Send>(
        &self,
        wanted: impl Fn(&Entry) -> bool,
        visitor: impl Fn(&Entry, Result<&[u8], Gap>) -> T + Sync,
    ) -> Vec<T> {
        self.visit_of(self.shadowed(), &wanted, &visitor)
    }

    fn visit_of<T: Send>(
        &self,
        entries: &[Entry],
        wanted: &dyn Fn(&Entry) -> bool,
        visitor: &(impl Fn(&Entry, Result<&[u8], Gap>) -> T + Sync),
    ) -> Vec<T> {
        let is_read = |entry: &&Entry| !entry.opened && !entry.repeats && wanted(entry);
        let mut entries: Vec<(usize, &Entry)> = entries.iter().filter(is_read).enumerate().collect();
        entries.sort_by_key(|(_, entry)| entry.place());
        let mut outcomes: Vec<(usize, T)> =
            entries.par_iter().map(|(at, entry)| (*at, self.lend(entry, |bytes| visitor(entry, bytes)))).collect();
        outcomes.sort_by_key(|(at, _)| *at);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }

    /// As [`Self::read`] for bytes that are needed only for the time of one call, with this thread's buffer.
    pub fn lend<T>(&self, entry: &Entry, use_bytes: impl FnOnce(Result<&[u8], Gap>) -> T) -> T {
        // Taken out rather than borrowed: the call may lend another entry's bytes.
        let mut buffer = BUFFER.take();
        let outcome = match self.fetch(entry, &mut buffer) {
            Ok(Found::Shared(bytes)) => use_bytes(Ok(&bytes)),
            Ok(Found::Part(bytes)) => use_bytes(Ok(&bytes)),
            Ok(Found::Buffered(length)) => use_bytes(Ok(buffer.get(..length).unwrap_or_default())),
            Err(gap) => use_bytes(Err(gap)),
        };
        if buffer.capacity() <= MAX_KEPT_BUFFER_BYTES {
            BUFFER.set(buffer);
        }
        outcome
    }

    fn fetch(&self, entry: &Entry, buffer: &mut Vec<u8>) -> Result<Found, Gap> {
        let fails = |why: String| file_gap(&self.display_path(entry), why);
        match &entry.data {
            Data::Memory(bytes) => Ok(Found::Shared(Arc::clone(bytes))),
            Data::File(path) => self.read_file(entry, path, buffer).map_err(|error| fails(unreadable(&error))),
            Data::Zip { archive, slot } => {
                let mut doubts = Vec::new();
                let read = zip::read(archive, slot, entry.size_bytes, buffer, &mut doubts);
                self.note(entry, &doubts);
                match read.map_err(|failure| fails(failure.to_string()))? {
                    Read::Stored(range) => Ok(Found::Part(archive.part(range).unwrap_or_else(|| Vec::new().into()))),
                    Read::Buffered(length) => Ok(Found::Buffered(length)),
                }
            }
            Data::Part(bytes) => Ok(Found::Part(bytes.clone())),
            Data::Packed { packed, start } => {
                let length = usize::try_from(entry.size_bytes).map_err(|_| fails(UNPACKED.to_owned()))?;
                packed.fetch(*start, length, buffer).map_err(|_| fails(UNPACKED.to_owned()))?;
                Ok(Found::Buffered(length))
            }
            Data::Refused(refused) => Err(fails(refused.why())),
        }
    }

    /// Reads as many bytes as the file had when it was listed; a file that grew since is a late gap.
    fn read_file(&self, entry: &Entry, path: &Path, buffer: &mut Vec<u8>) -> io::Result<Found> {
        let file = File::open(path)?;
        let size = usize::try_from(entry.size_bytes).map_err(io::Error::other)?;
        buffer.clear();
        buffer.reserve_exact(size.saturating_add(1));
        let length = file.take(entry.size_bytes.saturating_add(1)).read_to_end(buffer)?;
        if length != size {
            let why = "the file changed while it was read; scan again when nothing writes to it";
            self.note_late(file_gap(&self.display_path(entry), why));
        }
        Ok(Found::Buffered(length.min(size)))
    }

    fn note(&self, entry: &Entry, doubts: &[Doubt]) {
        for doubt in doubts {
            self.note_late(file_gap(&self.display_path(entry), doubt.to_string()));
        }
    }

    fn note_late(&self, gap: Gap) {
        self.late_gaps.lock().unwrap_or_else(PoisonError::into_inner).insert(gap);
    }
}

fn unreadable(error: &io::Error) -> String {
    format!("cannot be read: {}; check its permissions", folder::reason(error))
}

impl Entry {
    /// Root and offset: entries read in this order are read from front to back.
    fn place(&self) -> (u16, usize, usize) {
        match &self.data {
            Data::Packed { packed, start } => {
                (self.root, packed.address(), usize::try_from(*start).unwrap_or(usize::MAX))
            }
            Data::Zip { archive, slot } => (self.root, archive.as_ptr() as usize, slot.header),
            Data::Part(bytes) => (self.root, bytes.as_ptr() as usize, 0),
            _ => (self.root, 0, 0),
        }
    }

    /// Whether reading it means inflating it.
    pub(crate) fn is_compressed(&self) -> bool {
        match &self.data {
            Data::Zip { slot, .. } => slot.is_compressed(),
            Data::Packed { .. } => true,
            Data::Memory(_) | Data::File(_) | Data::Part(_) | Data::Refused(_) => false,
        }
    }
}

impl Refused {
    pub(crate) fn why(self) -> String {
        match self {
            Self::Archive(refusal) => refusal.why(),
            Self::TooLarge { limit } => {
                format!(
                    "larger than the {} MiB that are read of one file; check whether the package is meant to hold it",
                    limit >> 20
                )
            }
            Self::OverTotal { limit } => {
                format!(
                    "the package is larger than the {} MiB that are read of one, its largest files were left out; split it",
                    limit >> 20
                )
            }
        }
    }

    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Archive(refusal) => Refusal::kind(refusal),
            Self::TooLarge { .. } => "larger than is read of one file",
            Self::OverTotal { .. } => "the package is larger than is read of one, its largest files were left out",
        }
    }
}
