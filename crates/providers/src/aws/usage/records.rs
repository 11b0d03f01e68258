//! Cuts a stream of JSON into its records, without parsing them and without holding more than one at a time.
//!
//! Supported: records one after another (a line each or not), in a list, or in the list of a wrapping object
//! (`{"Records": [ … ]}` and its like), behind or before other members. A broken record costs itself: reading goes on at the
//! next place that looks like the start of one.

use std::io::{self, Read};
use std::ops::Range;

use memchr::memchr2;
use memchr::memmem::Finder;

/// Longest record; CloudTrail's own limit is 1 MiB.
const MAX_RECORD_BYTES: usize = 4 * 1024 * 1024;
/// Bytes asked for at a time.
const CHUNK_BYTES: usize = 256 * 1024;
/// Broken records after which a file is given up: each may cost a look at a longest record.
const MAX_BROKEN_RECORDS: u64 = 200;

/// Members of wrapping objects that hold the records.
const CONTAINERS: &[&[u8]] = &[b"Records", b"Events", b"QueryResultRows", b"logEvents", b"events", b"findings"];

/// What makes of a record what it says.
pub(super) trait Sink {
    /// Whether the text was understood; if not, it may be several records run together, the first of them broken.
    fn record(&mut self, record: &[u8]) -> Result<(), String>;
}

/// What went wrong, told once.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) broken: u64,
    /// Offset in the unpacked bytes, and why.
    pub(super) first: Option<(u64, String)>,
    /// Why the rest of the stream is not read.
    pub(super) ended_by: Option<String>,
}

/// Reads `input` to its end.
pub(super) fn read(input: impl Read, sink: &mut impl Sink) -> Trouble {
    let mut reader = Reader::new(input);
    reader.run(sink);
    reader.trouble.ended_by = reader.trouble.ended_by.or(reader.failure);
    reader.trouble
}

/// Where in the stream's structure the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Between values.
    Top,
    /// Among the records of a wrapping object.
    Wrapped,
    /// Behind those, before the wrapping object's end.
    Tail,
}

struct Reader<R> {
    input: R,
    buffer: Vec<u8>,
    /// The unread bytes of the buffer.
    unread: Range<usize>,
    /// Offset of the buffer's first byte in the stream.
    offset: u64,
    is_at_end: bool,
    /// Why the stream ended before its end; told when what came before it is read.
    failure: Option<String>,
    place: Place,
    trouble: Trouble,
    restart: Finder<'static>,
    restart_of_line: Finder<'static>,
}

/// What starts with a bracket.
#[derive(Debug, PartialEq, Eq)]
enum Measured {
    /// It is this long.
    Whole(usize),
    /// Its records start here.
    Container(usize),
    Incomplete,
}

impl<R: Read> Reader<R> {
    fn new(input: R) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            unread: 0..0,
            offset: 0,
            is_at_end: false,
            failure: None,
            place: Place::Top,
            trouble: Trouble::default(),
            restart: Finder::new(b"{\"eventVersion\""),
            restart_of_line: Finder::new(b"\n{"),
        }
    }

    fn run(&mut self, sink: &mut impl Sink) {
        while self.trouble.ended_by.is_none() {
            let Some(byte) = self.next_byte() else { return };
            match (byte, self.place) {
                (b' ' | b'\t' | b'\r' | b'\n' | b',', _) => self.unread.start += 1,
                // A byte order mark.
                (0xEF | 0xBB | 0xBF, Place::Top) => self.unread.start += 1,
                (b'[' | b']', Place::Top) => self.unread.start += 1,
                (b']', Place::Wrapped) => self.leave(Place::Tail),
                (b'}', Place::Tail) => self.leave(Place::Top),
                (b':', Place::Tail) => self.unread.start += 1,
                (b'{', _) | (b'[', Place::Wrapped | Place::Tail) => self.value(sink),
                (b'"', Place::Tail) => self.string(),
                (_, Place::Tail) => self.unread.start += 1,
                _ => self.broken("neither a record nor what may stand between records"),
            }
        }
    }

    fn leave(&mut self, place: Place) {
        self.unread.start += 1;
        self.place = place;
    }

    fn next_byte(&mut self) -> Option<u8> {
        if self.unread.is_empty() && !self.fill() {
            return None;
        }
        self.unread_bytes().first().copied()
    }

    fn unread_bytes(&self) -> &[u8] {
        self.buffer.get(self.unread.clone()).unwrap_or_default()
    }

    /// A value that starts with a bracket.
    fn value(&mut self, sink: &mut impl Sink) {
        loop {
            match measure(self.unread_bytes(), self.place == Place::Top) {
                Measured::Container(at) => {
                    self.unread.start += at;
                    self.place = Place::Wrapped;
                    return;
                }
                Measured::Whole(length) => return self.whole(length, sink),
                Measured::Incomplete if self.unread.len() > MAX_RECORD_BYTES => {
                    return self.broken("a record does not end where the longest would");
                }
                Measured::Incomplete => {
                    if !self.fill() {
                        return self.broken("a record does not end");
                    }
                }
            }
        }
    }

    fn whole(&mut self, length: usize, sink: &mut impl Sink) {
        let record = self.unread.start..self.unread.start + length;
        let understood = match self.place {
            Place::Tail => Ok(()),
            Place::Top | Place::Wrapped => sink.record(self.buffer.get(record).unwrap_or_default()),
        };
        match understood {
            Ok(()) => self.unread.start += length,
            Err(why) => {
                let next = self.restart_within(length);
                self.note(&why);
                self.unread.start += next.unwrap_or(length);
            }
        }
    }

    /// A text behind the records.
    fn string(&mut self) {
        loop {
            if let Some(length) = string_length(self.unread_bytes()) {
                self.unread.start += length;
                return;
            }
            if self.unread.len() > MAX_RECORD_BYTES || !self.fill() {
                return self.broken("a text does not end");
            }
        }
    }

    /// Goes on at the next start of a record.
    fn broken(&mut self, why: &str) {
        self.note(why);
        // A byte that is the start of nothing would be found again.
        self.unread.start += 1;
        while self.trouble.ended_by.is_none() {
            if let Some(at) = self.restart_within(self.unread.len()) {
                self.unread.start += at;
                return;
            }
            // The start may lie across the end of what is here.
            let kept = self.restart.needle().len().min(self.unread.len());
            self.unread.start = self.unread.end - kept;
            if !self.fill() {
                self.unread.start = self.unread.end;
                return;
            }
        }
    }

    /// Where the next record may start in the first `length` unread bytes, the very first byte excepted.
    fn restart_within(&self, length: usize) -> Option<usize> {
        let bytes = self.unread_bytes().get(1..length)?;
        let line = self.restart_of_line.find(bytes).map(|at| at + 1);
        let record = self.restart.find(bytes);
        [line, record].into_iter().flatten().min().map(|at| at + 1)
    }

    fn note(&mut self, why: &str) {
        self.trouble.broken += 1;
        if self.trouble.first.is_none() {
            self.trouble.first = Some((self.offset + self.unread.start as u64, why.to_owned()));
        }
        if self.trouble.broken >= MAX_BROKEN_RECORDS {
            self.trouble.ended_by = Some(format!("{MAX_BROKEN_RECORDS} records are broken"));
        }
    }

    /// Reads more behind what is unread; `false` at the end of the stream.
    fn fill(&mut self) -> bool {
        if self.is_at_end || self.trouble.ended_by.is_some() {
            return false;
        }
        self.offset += self.unread.start as u64;
        self.buffer.drain(..self.unread.start);
        let kept = self.unread.len();
        // Twice as much as is held already, so that a long record is not measured again and again.
        self.buffer.resize(kept + CHUNK_BYTES.max(kept), 0);
        let read = fill_from(&mut self.input, self.buffer.get_mut(kept..).unwrap_or_default());
        let (count, error) = read;
        self.unread = 0..kept + count;
        self.buffer.truncate(kept + count);
        self.failure = self.failure.take().or(error.map(|error| error.to_string()));
        self.is_at_end = count == 0 || self.failure.is_some();
        count > 0
    }
}

/// Fills `buffer` as far as the stream goes; what was read before an error counts.
fn fill_from(input: &mut impl Read, buffer: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut count = 0;
    while let Some(rest) = buffer.get_mut(count..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(read) => count += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (count, Some(error)),
        }
    }
    (count, None)
}

/// How long the value is that `bytes` start with. With `may_wrap`, an object that holds one of the containers is not
/// measured: the place of the container's first record is told.
fn measure(bytes: &[u8], may_wrap: bool) -> Measured {
    let mut depth = 0_usize;
    let mut at = 0;
    // The latest text that stands directly in the object: the name of what follows it.
    let mut name: &[u8] = &[];
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let rest = bytes.get(at..).unwrap_or_default();
                let Some(length) = string_length(rest) else { return Measured::Incomplete };
                if depth == 1 && may_wrap {
                    name = rest.get(1..length - 1).unwrap_or_default();
                }
                at += length;
                continue;
            }
            b'[' if depth == 1 && may_wrap && CONTAINERS.contains(&name) => return Measured::Container(at + 1),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Measured::Whole(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    Measured::Incomplete
}

/// The length of the text that `bytes` start with, quotes included.
fn string_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        let rest = bytes.get(at..)?;
        let found = memchr2(b'"', b'\\', rest)?;
        if rest.get(found) == Some(&b'"') {
            return Some(at + found + 1);
        }
        at += found + 2;
    }
}

#[cfg(test)]
mod tests;
