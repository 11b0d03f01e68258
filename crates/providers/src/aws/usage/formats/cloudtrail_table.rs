//! Events as tables: what CloudTrail Lake and Athena save the results of queries as.
//!
//! Source: AWS CloudTrail User Guide, "Find your saved query results"; RFC 4180 for the text.
//! Supported: a head line that names the columns, in any order and spelling; fields in quotes, over several lines too; commas
//! and tabs. Required columns: `eventSource`, `eventName`; who acted is read from `userIdentity` or a column of its ARN.
//! Unsupported (→ a sentence): tables without who acted.

use std::io::BufRead;

use super::Format;
use crate::aws::usage::collect::Collector;
use crate::aws::usage::event;

/// Longest line that is taken for a row.
const MAX_ROW_BYTES: usize = 4 * 1024 * 1024;
/// Most columns of a table.
const MAX_COLUMNS: usize = 256;

pub(in crate::aws::usage) const FORMAT: Format = Format { title: "table of CloudTrail events", recognises, read };

fn recognises(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default().to_ascii_lowercase();
    let is_object = line.trim_ascii_start().starts_with(b"{") || line.trim_ascii_start().starts_with(b"[");
    let has = |name: &str| super::holds(&line, name);
    !is_object && has("eventsource") && has("eventname") && (line.contains(&b',') || line.contains(&b'\t'))
}

fn read(input: &mut dyn BufRead, collector: &mut Collector<'_>) -> Vec<String> {
    let mut rows = Rows { input, separator: None, trouble: None };
    let Some(columns) = rows.next() else { return rows.trouble.into_iter().collect() };
    let mut whys = Vec::new();
    if !columns.iter().any(|column| column.to_ascii_lowercase().contains("useridentity")) {
        whys.push("the table does not say who acted; let the query select `userIdentity` too".to_owned());
    }
    let (mut row_count, mut other_count) = (0_u64, 0_u64);
    while let Some(row) = rows.next() {
        row_count += 1;
        let named = columns.iter().cloned().zip(row);
        match event::of_row(named) {
            Some(record) => collector.add(&record),
            None => other_count += 1,
        }
    }
    if other_count > 0 {
        whys.push(format!("{other_count} of {row_count} rows name no event; they are left out"));
    }
    whys.extend(rows.trouble);
    whys
}

/// The rows of a table.
struct Rows<'r> {
    input: &'r mut dyn BufRead,
    /// Known from the first row on.
    separator: Option<u8>,
    trouble: Option<String>,
}

impl Rows<'_> {
    fn next(&mut self) -> Option<Vec<String>> {
        let mut row = Vec::new();
        loop {
            let before = row.len();
            match read_line(self.input, &mut row) {
                Err(why) => {
                    self.trouble = Some(format!("the rest is not read: {why}"));
                    return None;
                }
                Ok(0) if before == 0 => return None,
                Ok(0) => {
                    self.trouble = Some("the last row does not end".to_owned());
                    return None;
                }
                Ok(_) => {}
            }
            // An odd number of quotes: the line's end stands within a field.
            let quotes = memchr::memchr_iter(b'"', &row).count();
            if quotes % 2 == 1 {
                continue;
            }
            if row.trim_ascii().is_empty() {
                row.clear();
                continue;
            }
            let separator = *self.separator.get_or_insert(if row.contains(&b',') { b',' } else { b'\t' });
            return Some(fields(&row, separator));
        }
    }
}

/// Adds the next line to `row`; how many bytes it has.
fn read_line(input: &mut dyn BufRead, row: &mut Vec<u8>) -> Result<usize, String> {
    let mut count = 0;
    loop {
        let available = input.fill_buf().map_err(|error| error.to_string())?;
        if available.is_empty() {
            return Ok(count);
        }
        let end = memchr::memchr(b'\n', available);
        let used = end.map_or(available.len(), |end| end + 1);
        row.extend_from_slice(available.get(..used).unwrap_or_default());
        input.consume(used);
        count += used;
        if row.len() > MAX_ROW_BYTES {
            return Err(format!("a row is longer than {MAX_ROW_BYTES} bytes"));
        }
        if end.is_some() {
            return Ok(count);
        }
    }
}

/// The fields of a row, quotes resolved.
fn fields(row: &[u8], separator: u8) -> Vec<String> {
    let row = row.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(row);
    let (mut fields, mut field, mut in_quotes) = (Vec::new(), Vec::new(), false);
    let mut bytes = row.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if in_quotes && bytes.peek() == Some(&b'"') => {
                field.push(b'"');
                bytes.next();
            }
            b'"' => in_quotes = !in_quotes,
            b'\r' | b'\n' if !in_quotes => {}
            _ if byte == separator && !in_quotes && fields.len() < MAX_COLUMNS => {
                fields.push(String::from_utf8_lossy(&std::mem::take(&mut field)).into_owned());
            }
            _ => field.push(byte),
        }
    }
    fields.push(String::from_utf8_lossy(&field).into_owned());
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_spreadsheets_write_them() {
        let text = "a,b\r\n\"x,\"\"y\"\"\nz\",2\n\n3,\"\"\n";
        let mut input = text.as_bytes();
        let mut rows = Rows { input: &mut input, separator: None, trouble: None };
        let all: Vec<Vec<String>> = std::iter::from_fn(|| rows.next()).collect();
        assert_eq!(all, [["a", "b"], ["x,\"y\"\nz", "2"], ["3", ""]]);
        assert_eq!(rows.trouble, None);
    }

    #[test]
    fn a_row_without_end_is_told() {
        let mut input = "a,b\n\"x,y\n".as_bytes();
        let mut rows = Rows { input: &mut input, separator: None, trouble: None };
        assert_eq!(rows.next(), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(rows.next(), None);
        assert!(rows.trouble.is_some());
    }
}
