//! CloudTrail's events as JSON.
//!
//! Source: AWS CloudTrail User Guide, "Log file examples", "GetQueryResults", "LookupEvents"; Amazon EventBridge User Guide.
//! Supported: log files (`Records`), lines of events, one event per file, `lookup-events` (`Events`), results of CloudTrail
//! Lake queries (`QueryResultRows`), events that EventBridge or CloudWatch Logs delivered.
//! Unsupported (→ a sentence): Insights events are counted as no use.

use std::io::BufRead;

use memchr::memmem;

use super::{Format, holds};
use crate::aws::usage::collect::Collector;
use crate::aws::usage::event;
use crate::aws::usage::moment::Moment;
use crate::aws::usage::records::{self, Sink, Trouble};

pub(in crate::aws::usage) const FORMAT: Format = Format { title: "CloudTrail events", recognises, read };

/// The files that prove that no log file was changed lie among them.
pub(in crate::aws::usage) const DIGEST: Format = Format {
    title: "CloudTrail digest",
    recognises: |head| holds(head, "\"digestStartTime\"") && holds(head, "\"digestS3Bucket\""),
    read: |_, _| Vec::new(),
};

fn recognises(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    // The names of events stand near the start of whatever wraps them, but for empty lists.
    let names = ["eventSource", "eventsource", "CloudTrailEvent", "\"Records\"", "\"QueryResultRows\"", "\"Events\""];
    (head.starts_with(b"{") || head.starts_with(b"[")) && names.iter().any(|name| holds(head, name))
}

fn read(input: &mut dyn BufRead, collector: &mut Collector<'_>) -> Vec<String> {
    let mut events = Events { collector, skimmer: Skimmer::new(), other_count: 0 };
    let trouble = records::read(input, &mut events);
    let Events { collector, skimmer, other_count } = events;
    skimmer.finish(collector);
    let mut whys = Vec::new();
    if other_count > 0 {
        whys.push(format!("{other_count} records are no CloudTrail events; they are left out"));
    }
    whys.extend(sentences(trouble));
    whys
}

fn sentences(trouble: Trouble) -> Vec<String> {
    let mut whys = Vec::new();
    if let Some((at, why)) = trouble.first {
        let count = trouble.broken;
        whys.push(format!("{count} records cannot be read, the first at byte {at}: {why}; get the file anew"));
    }
    whys.extend(trouble.ended_by.map(|why| format!("the rest is not read: {why}")));
    whys
}

struct Events<'c, 'a> {
    collector: &'c mut Collector<'a>,
    skimmer: Skimmer,
    other_count: u64,
}

impl Sink for Events<'_, '_> {
    fn record(&mut self, record: &[u8]) -> Result<(), String> {
        if !self.collector.subjects.may_concern(record) && self.skimmer.skim(record) {
            return Ok(());
        }
        let text = std::str::from_utf8(record).map_err(|error| error.to_string())?;
        match event::read(text).map_err(|error| error.to_string())? {
            Some(record) => self.collector.add(&record),
            None => self.other_count += 1,
        }
        Ok(())
    }
}

/// Takes from records of strangers what the coverage of a log is told by, without parsing them.
struct Skimmer {
    time: memmem::Finder<'static>,
    source: memmem::Finder<'static>,
    category: memmem::Finder<'static>,
    is_read: memmem::Finder<'static>,
    first: Option<Vec<u8>>,
    last: Option<Vec<u8>>,
    has_reads: bool,
    has_management: bool,
    sources: Vec<Vec<u8>>,
    data_sources: Vec<Vec<u8>>,
    event_count: u64,
}

/// Longest time or host that is looked at, in bytes.
const MAX_VALUE_BYTES: usize = 64;
/// Hosts kept.
const MAX_SOURCES: usize = 1024;

impl Skimmer {
    fn new() -> Self {
        Self {
            time: memmem::Finder::new("\"eventTime\""),
            source: memmem::Finder::new("\"eventSource\""),
            category: memmem::Finder::new("\"eventCategory\""),
            is_read: memmem::Finder::new("\"readOnly\""),
            first: None,
            last: None,
            has_reads: false,
            has_management: false,
            sources: Vec::new(),
            data_sources: Vec::new(),
            event_count: 0,
        }
    }

    /// `false` when the record is not shaped as expected, and must be parsed.
    fn skim(&mut self, record: &[u8]) -> bool {
        let time = text_behind(record, &self.time).filter(|time| is_plain_time(time));
        let (Some(time), Some(source)) = (time, text_behind(record, &self.source)) else { return false };
        let is_data = match text_behind(record, &self.category) {
            Some(category) => category != b"Management",
            None => return false,
        };
        self.event_count += 1;
        if self.first.as_deref().is_none_or(|first| time < first) {
            self.first = Some(time.to_vec());
        }
        if self.last.as_deref().is_none_or(|last| time > last) {
            self.last = Some(time.to_vec());
        }
        self.has_reads =
            self.has_reads || value_behind(record, &self.is_read).is_some_and(|value| value.starts_with(b"true"));
        keep(&mut self.sources, source);
        if is_data {
            keep(&mut self.data_sources, source);
        } else {
            self.has_management = true;
        }
        true
    }

    fn finish(self, collector: &mut Collector<'_>) {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let moment = |bytes: Option<Vec<u8>>| Moment::parse(&text(bytes?));
        if let (Some(first), Some(last)) = (moment(self.first), moment(self.last)) {
            collector.logs.widen(first, last);
        }
        collector.logs.has_reads |= self.has_reads;
        collector.logs.has_management |= self.has_management;
        collector.logs.sources.extend(self.sources.into_iter().map(text));
        collector.logs.data_sources.extend(self.data_sources.into_iter().map(text));
        collector.event_count += self.event_count;
    }
}

fn keep(known: &mut Vec<Vec<u8>>, host: &[u8]) {
    // Neighbours in a log are often of the same service, and there are few of them.
    if known.iter().rev().any(|known| known == host) || known.len() >= MAX_SOURCES {
        return;
    }
    known.push(host.to_vec());
}

/// `2026-10-01T12:00:00Z`, of which the order of bytes is that of time.
fn is_plain_time(time: &[u8]) -> bool {
    time.len() == 20 && time.get(10) == Some(&b'T') && time.last() == Some(&b'Z')
}

/// What stands behind the member's name and colon.
fn value_behind<'r>(record: &'r [u8], name: &memmem::Finder<'_>) -> Option<&'r [u8]> {
    let at = name.find(record)? + name.needle().len();
    let rest = record.get(at..)?.trim_ascii_start().strip_prefix(b":")?;
    Some(rest.trim_ascii_start())
}

fn text_behind<'r>(record: &'r [u8], name: &memmem::Finder<'_>) -> Option<&'r [u8]> {
    let text = value_behind(record, name)?.strip_prefix(b"\"")?;
    let end = text.iter().take(MAX_VALUE_BYTES).position(|byte| *byte == b'"')?;
    text.get(..end).filter(|text| !text.contains(&b'\\'))
}
