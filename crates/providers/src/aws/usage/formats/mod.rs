//! The files that tell what was used: one file per format, recognised by content.

mod access_analyzer;
mod cloudtrail;
mod cloudtrail_table;
mod last_accessed;

use std::io::{self, BufRead, Read};

use super::collect::Collector;

/// Largest report that is read whole.
const MAX_DOCUMENT_BYTES: u64 = 64 * 1024 * 1024;

/// A kind of file.
pub(super) struct Format {
    /// For sentences.
    pub(super) title: &'static str,
    /// By the first bytes, unpacked.
    pub(super) recognises: fn(&[u8]) -> bool,
    /// Adds what the file tells; returns a sentence for everything that it could not read.
    pub(super) read: fn(&mut dyn BufRead, &mut Collector<'_>) -> Vec<String>,
}

/// The first that recognises a file reads it.
pub(super) const FORMATS: &[Format] =
    &[last_accessed::FORMAT, access_analyzer::FORMAT, cloudtrail::DIGEST, cloudtrail_table::FORMAT, cloudtrail::FORMAT];

/// The whole of a report.
fn document(input: &mut dyn BufRead) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = input.take(MAX_DOCUMENT_BYTES + 1).read_to_end(&mut bytes);
    if bytes.len() as u64 > MAX_DOCUMENT_BYTES {
        return Err(format!("it is larger than {MAX_DOCUMENT_BYTES} bytes"));
    }
    read.map_err(|error: io::Error| error.to_string())?;
    Ok(bytes)
}

/// Whether the bytes hold the text.
fn holds(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}
