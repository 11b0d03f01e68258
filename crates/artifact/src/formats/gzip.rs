//! Gzip around another form, inflated as a whole.
//!
//! **Source**: RFC 1952.
//! **Supported**: one member, as every packing tool writes.
//! **Unsupported (→ gap)**: several members one after another.

use libdeflater::{DecompressionError, Decompressor};

const NOT_GZIP: &str = "the file is not the gzip file that its name says it is; pack it again";
const DAMAGED: &str =
    "the file's compressed bytes are damaged or in several parts, and it was not opened; pack it again";
const TOO_LARGE: &str =
    "the compressed archives inside are larger than is held in memory, this one was not opened; store it uncompressed";

/// What DEFLATE can make of a byte at most.
const LARGEST_RATIO: u64 = 1032;

/// The bytes inside, of which there may be `most`.
pub(crate) fn inflate(packed: &[u8], most: u64) -> Result<Vec<u8>, &'static str> {
    if !packed.starts_with(b"\x1f\x8b") {
        return Err(NOT_GZIP);
    }
    let stated = packed.last_chunk().map(|field| u64::from(u32::from_le_bytes(*field))).ok_or(DAMAGED)?;
    if stated / LARGEST_RATIO > packed.len() as u64 {
        return Err(DAMAGED);
    }
    if stated > most {
        return Err(TOO_LARGE);
    }
    let mut bytes = vec![0; usize::try_from(stated).map_err(|_| TOO_LARGE)?];
    let inflated = Decompressor::new().gzip_decompress(packed, &mut bytes);
    match inflated {
        Ok(length) if length == bytes.len() => Ok(bytes),
        Ok(_) | Err(DecompressionError::BadData | DecompressionError::InsufficientSpace) => Err(DAMAGED),
    }
}
