//! The order of rpm versions.
//!
//! **Source**: rpm's documentation, "Version comparison" (rpmvercmp), with `~` and `^`. **Supported**: `epoch:version-release`;
//! a missing epoch is 0. **Unsupported** (→ `Unparsable`): an empty version, an epoch that is no number, spaces.

use crate::key::KeyWriter;
use crate::{Unparsable, VersionKey};

/// What may come next in a version, in order.
const TILDE: u8 = 1;
const END: u8 = 2;
const CARET: u8 = 3;
const WORD: u8 = 4;
const NUMBER: u8 = 5;

pub(crate) fn key(text: &str) -> Result<VersionKey, Unparsable> {
    parse(text.trim()).ok_or_else(|| Unparsable::new(text, "an rpm version"))
}

fn parse(text: &str) -> Option<VersionKey> {
    let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
    let (version, release) = rest.rsplit_once('-').unwrap_or((rest, ""));
    let is_epoch = !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit());
    if version.is_empty() || !is_epoch || rest.contains(char::is_whitespace) {
        return None;
    }
    let mut key = KeyWriter::default();
    key.number(epoch);
    write_part(&mut key, version);
    write_part(&mut key, release);
    Some(key.finish())
}

/// Runs of digits and of letters; what stands between them only separates.
fn write_part(key: &mut KeyWriter, part: &str) {
    let mut rest = part;
    while let Some(first) = rest.chars().next() {
        let class = |c: char| match c {
            '0'..='9' => NUMBER,
            'a'..='z' | 'A'..='Z' => WORD,
            '~' => TILDE,
            '^' => CARET,
            _ => END,
        };
        let length = match class(first) {
            NUMBER | WORD => rest.find(|c| class(c) != class(first)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (run, after) = rest.split_at(length);
        match class(first) {
            NUMBER => drop(key.byte(NUMBER).number(run)),
            WORD => drop(key.byte(WORD).text(run)),
            END => {}
            sign => drop(key.byte(sign)),
        }
        rest = after;
    }
    key.byte(END);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_versions_as_rpm_does() {
        let ascending = [
            "1.0~~-1",
            "1.0~rc1-1",
            "1.0~rc1^git1-1",
            "1.0-1",
            "1.0-1.el9",
            "1.0-2.el9",
            "1.0^-1",
            "1.0^git1-1",
            "1.0a-1",
            "1.0.a-2",
            "1.0.1-1",
            "1.5-1",
            "1.10-1",
            "2.50~0-1",
            "2.50-1",
            "1:0.1-1",
            "2:0-1",
        ];
        for pair in ascending.windows(2) {
            assert!(key(pair[0]).unwrap() < key(pair[1]).unwrap(), "{pair:?}");
        }
        for (left, right) in [("1.0-1", "0:1.0-1"), ("1_0-1", "1.0-1"), ("1.01-1", "1.1-1"), ("1.-1", "1-1")] {
            assert_eq!(key(left).unwrap(), key(right).unwrap(), "{left} {right}");
        }
        for text in ["", "x:1", ":1", "1 2"] {
            assert!(key(text).is_err(), "{text}");
        }
    }
}
