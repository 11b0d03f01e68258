//! The zip of one ecosystem's advisories, read where it lies, entries in parallel.
//!
//! **Source**: OSV.dev's data dumps, `<Ecosystem>/all.zip`: one `<ID>.json` for each advisory, deflated.
//! **Unsupported (→ gap naming zip and entry)**: entries that are encrypted, compressed otherwise, damaged, larger than
//! [`MAX_RECORD_BYTES`], or no OSV record. A zip without a readable directory is an error: its ecosystem would be missing.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use libdeflater::Decompressor;
use mapping::MappedFile;
use model::{Gap, Hidden, Location};
use rawzip::{CompressionMethod, ZipArchive, ZipArchiveEntryWayfinder, ZipSliceArchive};
use rayon::prelude::*;

use super::record::Record;
use crate::Error;
use crate::bytes::Bytes;

/// Far above the largest advisory, which lists some ten thousand versions.
const MAX_RECORD_BYTES: u64 = 64 << 20;
/// Several times what OSV.dev holds of all ecosystems together.
const MAX_ENTRIES: usize = 5_000_000;
/// Longest entry name to be repeated in a gap.
const MAX_SHOWN_NAME_BYTES: usize = 200;
/// Entries handed to a thread at once.
const BATCH: usize = 64;

/// An opened zip; its directory is read, its entries are not.
pub(crate) struct Archive {
    zip: ZipSliceArchive<Bytes>,
    entries: Vec<Entry>,
    path: PathBuf,
    shown_name: String,
}

/// What a zip held.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// In the zip's order.
    pub(crate) records: Vec<Record>,
    pub(crate) gaps: Vec<Gap>,
    /// Entries that yielded no record.
    pub(crate) unreadable: u64,
}

struct Entry {
    name: String,
    at: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
    size_bytes: u64,
}

/// Opens `path` and reads its directory. `shown_name` stands for it in gaps.
///
/// # Errors
/// When the file cannot be opened, or is no zip with a whole directory.
pub(crate) fn open(path: &Path, shown_name: &str) -> Result<Archive, Error> {
    let map = MappedFile::open(path).map_err(Error::file("open", path))?;
    read_directory(Bytes::Mapped(map), path, shown_name)
}

fn read_directory(bytes: Bytes, path: &Path, shown_name: &str) -> Result<Archive, Error> {
    let feed = |why: String| Error::Feed { path: path.to_owned(), why };
    let unreadable = |error: rawzip::Error| feed(format!("it is no readable zip ({error})"));
    let zip = ZipArchive::from_slice(bytes).map_err(unreadable)?;
    let (mut entries, mut listed) = (Vec::new(), 0u64);
    let mut headers = zip.entries();
    while let Some(header) = headers.next_entry().map_err(unreadable)? {
        listed += 1;
        if header.is_dir() {
            continue;
        }
        if entries.len() == MAX_ENTRIES {
            return Err(feed(format!("it has more than {MAX_ENTRIES} entries")));
        }
        entries.push(Entry {
            name: shorten(&String::from_utf8_lossy(header.file_path().as_bytes())),
            at: header.wayfinder(),
            method: header.compression_method(),
            size_bytes: header.uncompressed_size_hint(),
        });
    }
    // Without Zip64 the number of entries is kept in 16 bits, and some writers let it overflow.
    if zip.entries_hint() != listed && zip.entries_hint() != listed & 0xffff {
        return Err(feed(format!("its directory has {listed} entries and says {}", zip.entries_hint())));
    }
    Ok(Archive { zip, entries, path: path.to_owned(), shown_name: shown_name.to_owned() })
}

impl Archive {
    /// Every record for the packages of `ecosystem`, in the zip's order; what cannot be read is a gap. `on_progress` is told
    /// how many entries are done.
    pub(crate) fn records(&self, ecosystem: &str, on_progress: &(dyn Fn(u64) + Sync)) -> Records {
        let done = AtomicU64::new(0);
        let batches: Vec<_> = self
            .entries
            .par_chunks(BATCH)
            .map_init(
                || (Decompressor::new(), Vec::new()),
                |(decompressor, buffer), batch| {
                    let results: Vec<_> = batch
                        .iter()
                        .map(|entry| {
                            let json = self.inflate(entry, decompressor, buffer)?;
                            Record::parse(json, ecosystem)
                                .map_err(|why| self.gap(entry, &format!("it is no OSV record: {why}")))
                        })
                        .collect();
                    on_progress(done.fetch_add(batch.len() as u64, Ordering::Relaxed) + batch.len() as u64);
                    results
                },
            )
            .collect();
        let mut read = Records { records: Vec::with_capacity(self.entries.len()), ..Records::default() };
        for (entry, result) in self.entries.iter().zip(batches.into_iter().flatten()) {
            match result {
                Ok(mut record) => {
                    for vector in std::mem::take(&mut record.unreadable_vectors) {
                        let why = format!("`{}` is no CVSS vector: its score is left out", shorten(&vector));
                        read.gaps.push(self.gap(entry, &why));
                    }
                    read.records.push(record);
                }
                Err(gap) => {
                    read.unreadable += 1;
                    read.gaps.push(gap);
                }
            }
        }
        read
    }

    pub(crate) fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Inflates every entry and compares sizes and checksums.
    ///
    /// # Errors
    /// The first entry that is damaged.
    pub(crate) fn verify(&self) -> Result<(), Error> {
        let damaged = self.entries.par_chunks(BATCH).map_init(
            || (Decompressor::new(), Vec::new()),
            |(decompressor, buffer), batch| {
                batch.iter().find_map(|entry| self.inflate(entry, decompressor, buffer).err())
            },
        );
        match damaged.find_map_first(|gap| gap) {
            Some(gap) => Err(Error::Feed { path: self.path.clone(), why: format!("{}: {}", gap.location, gap.why) }),
            None => Ok(()),
        }
    }

    fn gap(&self, entry: &Entry, why: &str) -> Gap {
        let place = Location::file(format!("{}!/{}", self.shown_name, entry.name));
        Gap::new(place, why, &[Hidden::Vulnerabilities])
    }

    fn inflate<'b>(
        &self,
        entry: &Entry,
        decompressor: &mut Decompressor,
        buffer: &'b mut Vec<u8>,
    ) -> Result<&'b [u8], Gap> {
        let damaged = || self.gap(entry, "its data is damaged: fetch the zip again");
        if entry.size_bytes > MAX_RECORD_BYTES {
            return Err(self.gap(entry, &format!("it is larger than {} MiB", MAX_RECORD_BYTES >> 20)));
        }
        let found = self.zip.get_entry(entry.at).map_err(|_| damaged())?;
        let size = usize::try_from(entry.size_bytes).map_err(|_| damaged())?;
        buffer.clear();
        match entry.method {
            CompressionMethod::STORE => buffer.extend_from_slice(found.data()),
            CompressionMethod::DEFLATE => {
                buffer.resize(size, 0);
                let written = decompressor.deflate_decompress(found.data(), buffer).map_err(|_| damaged())?;
                buffer.truncate(written);
            }
            _ => return Err(self.gap(entry, "it is compressed in a way the program does not read")),
        }
        if buffer.len() != size || libdeflater::crc32(buffer) != found.claim_verifier().crc {
            return Err(damaged());
        }
        Ok(buffer)
    }
}

/// An archive held in memory.
#[cfg(test)]
pub(crate) fn archive_of(bytes: Vec<u8>) -> Result<Archive, Error> {
    read_directory(Bytes::Owned(bytes), Path::new("test.zip"), "test.zip")
}

fn shorten(name: &str) -> String {
    let end = (0..=MAX_SHOWN_NAME_BYTES.min(name.len())).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    name.get(..end).unwrap_or_default().to_owned()
}
