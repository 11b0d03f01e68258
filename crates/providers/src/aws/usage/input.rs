//! One file: unpacked if it is packed, recognised, and read.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use model::{Gap, Hidden, Location};

use super::collect::Collector;
use super::formats::FORMATS;

/// Bytes by which a file is recognised.
const HEAD_BYTES: usize = 64 * 1024;
/// Unpacked bytes per packed one, beyond which a file is no log. Logs of one repeated event reach about 80.
const MAX_RATIO: u64 = 300;
/// Unpacked bytes that any file may have.
const FREE_BYTES: u64 = 64 * 1024 * 1024;

const GZIP_MAGIC: &[u8] = b"\x1f\x8b";

/// Adds what the file of this name tells to the collector; a gap for all that could not be read. `size_bytes` is the file's
/// own size.
pub fn read_file(name: &str, size_bytes: u64, mut input: impl Read, collector: &mut Collector<'_>) -> Vec<Gap> {
    let gap = |why: String| Gap::new(Location::file(name), why, &[Hidden::Permissions]);
    let whys = match head(&mut input) {
        Err(error) => vec![format!("it cannot be read: {error}")],
        Ok((start, failure)) => {
            let is_packed = start.starts_with(GZIP_MAGIC);
            let whole = io::Cursor::new(start).chain(failure).chain(input);
            if is_packed {
                let left = size_bytes.saturating_mul(MAX_RATIO).saturating_add(FREE_BYTES);
                let packed = BufReader::with_capacity(HEAD_BYTES, whole);
                read(name, Limited { input: MultiGzDecoder::new(packed), left }, collector)
            } else {
                read(name, whole, collector)
            }
        }
    };
    whys.into_iter().map(gap).collect()
}

fn read(name: &str, mut input: impl Read, collector: &mut Collector<'_>) -> Vec<String> {
    let (start, failure) = match head(&mut input) {
        Ok(start) => start,
        Err(error) => return vec![format!("it cannot be unpacked: {error}")],
    };
    let Some(format) = FORMATS.iter().find(|format| (format.recognises)(&start)) else {
        collector.foreign_files.push(name.to_owned());
        return Vec::new();
    };
    let mut whole = BufReader::with_capacity(HEAD_BYTES, io::Cursor::new(start).chain(failure).chain(input));
    let whys = (format.read)(&mut whole, collector);
    whys.into_iter().map(|why| format!("{}: {why}", format.title)).collect()
}

/// The first bytes, fewer only where the input has no more; and the error that ended it, if there is anything before it.
fn head(input: &mut impl Read) -> io::Result<(Vec<u8>, Failure)> {
    let mut head = Vec::new();
    match input.take(HEAD_BYTES as u64).read_to_end(&mut head) {
        Err(error) if head.is_empty() => Err(error),
        read => Ok((head, Failure(read.err()))),
    }
}

/// An error in its place in the stream, behind the bytes that came before it.
struct Failure(Option<io::Error>);

impl Read for Failure {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Ends with an error when a file unpacks to more than logs do.
struct Limited<R> {
    input: R,
    /// Bytes that may still come.
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            io::Error::other(format!("it unpacks to more than {MAX_RATIO} times its size, as no log does"))
        })?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_unpacks_without_end_is_left() {
        let mut endless = Limited { input: io::repeat(b' '), left: 10_000 };
        let error = io::copy(&mut endless, &mut io::sink()).unwrap_err();
        assert!(error.to_string().contains("unpacks to more than"), "{error}");
    }
}
