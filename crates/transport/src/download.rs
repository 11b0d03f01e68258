//! Fetching a large content into a file: only when it changed, going on where an earlier try ended, verified, and put in
//! place only once its user has found it good.
//!
//! **Source**: RFC 9110 on conditional requests (§13) and ranges (§14).

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use ureq::Body;
use ureq::http::{HeaderMap, Response, StatusCode};

use crate::client::{Client, Failure, header, unreachable};
use crate::digest::StatedDigests;
use crate::partial::{Beside, Validator};
use crate::{Error, Url};

/// What asking for a content brought.
#[derive(Debug)]
pub enum Fetched {
    /// The file that is here is still the newest.
    Unchanged,
    Changed(Download),
}

/// A content that arrived whole, lying beside the file that it is to replace.
#[derive(Debug)]
pub struct Download {
    beside: Beside,
    validator: Validator,
}

impl Download {
    /// Where it lies, to be looked at before [`Download::accept`].
    pub fn path(&self) -> &Path {
        &self.beside.part
    }

    /// Puts it in place of the old content, in one step.
    ///
    /// # Errors
    /// When the file cannot be moved.
    pub fn accept(self) -> Result<(), Error> {
        // The old name goes first: without it the next update asks anew, with a wrong one it might keep the old content.
        let _ = fs::remove_file(&self.beside.validator);
        let target = &self.beside.target;
        fs::rename(&self.beside.part, target).map_err(Error::file("replace", target))?;
        self.validator.write(&self.beside.validator)?;
        let _ = fs::remove_file(&self.beside.part_validator);
        Ok(())
    }

    /// Drops it: the next try starts anew.
    pub fn reject(self) {
        self.beside.discard_part();
    }
}

impl Client {
    /// Fetches `url` for `target`, whose folder must exist, unless `target` is what the server still has. A try that is cut
    /// off is gone on with, in this call and in later ones. `on_progress` is told bytes here and bytes in all.
    ///
    /// # Errors
    /// When the server cannot be reached or answers with an error, the content is larger than `limit_bytes`, is not what the
    /// server's digests say, or cannot be written.
    pub fn download(
        &self,
        url: &Url,
        target: &Path,
        limit_bytes: u64,
        on_progress: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Fetched, Error> {
        let beside = Beside::new(target);
        let mut attempts = self.attempts();
        let mut longest = part_length(&beside);
        loop {
            match self.download_once(url, &beside, limit_bytes, on_progress) {
                Ok(fetched) => return Ok(fetched),
                Err(failure) => {
                    let length = part_length(&beside);
                    if length > longest {
                        longest = length;
                        attempts.reset();
                    }
                    if !failure.error.is_passing() || !attempts.wait_for_next(failure.retry_after) {
                        return Err(failure.error);
                    }
                }
            }
        }
    }

    fn download_once(
        &self,
        url: &Url,
        beside: &Beside,
        limit_bytes: u64,
        on_progress: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Fetched, Failure> {
        let resumable = beside.resumable(url);
        let current = beside.current(url);
        let range;
        let headers = match (&resumable, &current) {
            (Some((length, validator)), _) => {
                range = format!("bytes={length}-");
                vec![("range", range.as_str()), ("if-range", validator.if_range().unwrap_or_default())]
            }
            (None, Some(current)) => current.if_changed(),
            (None, None) => Vec::new(),
        };
        let response = self.send(url, &headers)?;
        let start = match (response.status(), &resumable) {
            (StatusCode::NOT_MODIFIED, None) => return Ok(Fetched::Unchanged),
            (StatusCode::OK, _) => 0,
            (StatusCode::PARTIAL_CONTENT, Some((length, _)))
                if content_range(response.headers()).is_some_and(|(start, _)| start == *length) =>
            {
                *length
            }
            _ => {
                // The part is no beginning of what is there now, or is already all of it.
                beside.discard_part();
                return Err(Error::Damaged { url: url.clone(), why: "the answer is not what was asked for" }.into());
            }
        };
        receive(response, start, url, beside, limit_bytes, on_progress)
    }
}

/// Writes the body behind the first `start` bytes of the part, and verifies the whole.
fn receive(
    response: Response<Body>,
    start: u64,
    url: &Url,
    beside: &Beside,
    limit_bytes: u64,
    on_progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<Fetched, Failure> {
    let headers = response.headers().clone();
    let validator = Validator::of(url, &headers);
    let total = total_length(&headers, start);
    if total.is_some_and(|total| total > limit_bytes) {
        beside.discard_part();
        return Err(Error::TooLarge { url: url.clone(), limit_bytes }.into());
    }
    if start == 0 {
        beside.discard_part();
        validator.write(&beside.part_validator)?;
    }
    let length = append(response, start, url, beside, limit_bytes, &mut |length| on_progress(length, total))?;
    if total.is_some_and(|total| length < total) {
        return Err(unreachable(url, "the connection ended early").into());
    }
    let is_whole = total.is_none_or(|total| length == total);
    if !is_whole || !StatedDigests::of(&headers).agree_with(&beside.part)? {
        beside.discard_part();
        return Err(Error::Damaged { url: url.clone(), why: "its size or digest is not what the server states" }.into());
    }
    Ok(Fetched::Changed(Download { beside: beside.clone(), validator }))
}

/// Appends the body to the part and syncs it; the part's length afterwards.
fn append(
    response: Response<Body>,
    start: u64,
    url: &Url,
    beside: &Beside,
    limit_bytes: u64,
    on_length: &mut dyn FnMut(u64),
) -> Result<u64, Failure> {
    let path = &beside.part;
    let mut file = open_part(path, start)?;
    let mut body = response.into_body().into_with_config().limit(u64::MAX).reader();
    let mut buffer = vec![0; 1 << 16];
    let mut length = start;
    loop {
        let read = body.read(&mut buffer).map_err(|error| unreachable(url, &error.to_string()))?;
        let bytes = buffer.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        length += bytes.len() as u64;
        if length > limit_bytes {
            beside.discard_part();
            return Err(Error::TooLarge { url: url.clone(), limit_bytes }.into());
        }
        file.write_all(bytes).map_err(Error::file("write", path))?;
        on_length(length);
    }
    file.sync_all().map_err(Error::file("write", path))?;
    Ok(length)
}

fn open_part(path: &Path, start: u64) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    if start == 0 {
        options.write(true).create(true).truncate(true)
    } else {
        options.append(true)
    };
    options.open(path).map_err(Error::file("write", path))
}

fn part_length(beside: &Beside) -> u64 {
    fs::metadata(&beside.part).map_or(0, |metadata| metadata.len())
}

/// Bytes of the whole content, as far as the server says.
fn total_length(headers: &HeaderMap, start: u64) -> Option<u64> {
    match content_range(headers) {
        Some((_, total)) => total,
        None => header(headers, "content-length")?.trim().parse::<u64>().ok()?.checked_add(start),
    }
}

/// Start and total of `Content-Range: bytes 5-9/10`.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let (range, total) = header(headers, "content-range")?.trim().strip_prefix("bytes")?.trim().split_once('/')?;
    let start = range.split_once('-')?.0.trim().parse().ok()?;
    Some((start, total.trim().parse().ok()))
}
