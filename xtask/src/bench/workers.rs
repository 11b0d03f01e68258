//! What scans are measured against, each run as a process of its own.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use artifact::{Artifact, Limits, Root};
use libdeflater::Decompressor;
use mapping::MappedFile;
use rawzip::ZipArchive;
use rayon::prelude::*;

#[derive(clap::Subcommand)]
pub(crate) enum Worker {
    /// Inflates every entry of a zip once (or reads every file of a folder) and does nothing else.
    #[command(hide = true)]
    Floor { path: PathBuf },
    /// Reads every entry through `artifact`.
    #[command(hide = true)]
    Read { path: PathBuf },
    /// Opens the package through `artifact` and reads its packages' metadata.
    #[command(hide = true)]
    List { path: PathBuf },
}

impl Worker {
    #[expect(clippy::print_stdout, reason = "its answer, which keeps the work from being optimised away")]
    pub(super) fn run(&self) -> Result<()> {
        let (bytes, what) = match self {
            Self::Floor { path } if path.is_dir() => (read_folder(path)?, "read"),
            Self::Floor { path } => (inflate(path)?, "inflated"),
            Self::Read { path } => (read_entries(path), "read"),
            Self::List { path } => (read_metadata(path), "of metadata read"),
        };
        println!("{bytes} bytes {what}");
        Ok(())
    }
}

thread_local! {
    static INFLATER: RefCell<(Decompressor, Vec<u8>)> = RefCell::new((Decompressor::new(), Vec::new()));
}

/// Bytes of all entries of a zip, each inflated once, from front to back, on all threads.
fn inflate(path: &Path) -> Result<usize> {
    let file = MappedFile::open(path)?;
    let archive = ZipArchive::from_slice(&*file)?;
    let mut places = Vec::new();
    for record in archive.entries() {
        let record = record?;
        places.push((record.local_header_offset(), record.compression_method().as_u16(), record.wayfinder()));
    }
    places.sort_by_key(|(offset, ..)| *offset);
    places
        .par_iter()
        .map(|(_, method, wayfinder)| {
            let packed = archive.get_entry(*wayfinder)?.data();
            if *method == 0 {
                return Ok(packed.len());
            }
            let size = usize::try_from(wayfinder.uncompressed_size_hint())?;
            INFLATER.with_borrow_mut(|(inflater, buffer)| {
                buffer.resize(buffer.len().max(size), 0);
                let room = buffer.get_mut(..size).unwrap_or_default();
                inflater.deflate_decompress(packed, room).map_err(|error| anyhow!("{error}"))
            })
        })
        .sum()
}

fn read_folder(path: &Path) -> Result<usize> {
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    files.par_iter().map(|file| Ok(fs::read(file)?.len())).sum()
}

fn open(path: &Path) -> Artifact {
    Artifact::open(&[Root::function(path, ".")], &Limits::default()).value
}

fn read_entries(path: &Path) -> usize {
    let lengths = open(path).visit(|_| true, |_, bytes| bytes.map(<[u8]>::len).unwrap_or_default());
    lengths.into_iter().sum()
}

fn read_metadata(path: &Path) -> usize {
    const NAMES: [&str; 4] = [".dist-info/METADATA", ".dist-info/RECORD", "/package.json", "requirements.txt"];
    let artifact = open(path);
    let wanted = artifact.entries().iter().filter(|entry| NAMES.iter().any(|name| entry.path.ends_with(name)));
    wanted.filter_map(|entry| artifact.read(entry).ok()).map(|bytes| bytes.len()).sum()
}
