//! The order of Debian versions.
//!
//! **Source**: Debian Policy §5.6.12 and deb-version(7). **Supported**: epochs, upstream versions, revisions, `~`.
//! **Unsupported** (→ `Unparsable`): an empty version, an epoch that is no number, characters that Policy does not allow.

use crate::key::KeyWriter;
use crate::{Unparsable, VersionKey};

/// Ranks of what may stand where no digit does: `~`, the end of the run, letters, everything else.
const TILDE: u8 = 1;
const END: u8 = 2;
const LETTERS: u8 = 0x10;
const OTHERS: u8 = 0x80;

pub(crate) fn key(text: &str) -> Result<VersionKey, Unparsable> {
    parse(text.trim()).ok_or_else(|| Unparsable::new(text, "a Debian version"))
}

fn parse(text: &str) -> Option<VersionKey> {
    let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '~' | ':' | '_');
    let is_epoch = !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit());
    if upstream.is_empty() || rest.ends_with('-') || !is_epoch || !rest.chars().all(is_allowed) {
        return None;
    }
    let mut key = KeyWriter::default();
    key.number(epoch);
    write_part(&mut key, upstream);
    write_part(&mut key, revision);
    Some(key.finish())
}

/// Runs of other characters and runs of digits in turn, beginning and ending with the former.
fn write_part(key: &mut KeyWriter, part: &str) {
    let mut rest = part;
    loop {
        let (other, after) = rest.split_at(rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len()));
        for byte in other.bytes() {
            key.byte(rank(byte));
        }
        let (digits, after) = after.split_at(after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len()));
        key.byte(END).number(digits);
        if after.is_empty() {
            // The end ranks as an empty run.
            key.byte(END);
            return;
        }
        rest = after;
    }
}

fn rank(byte: u8) -> u8 {
    match byte {
        b'~' => TILDE,
        b'A'..=b'Z' => LETTERS + (byte - b'A'),
        b'a'..=b'z' => LETTERS + 26 + (byte - b'a'),
        other => OTHERS | (other & 0x7F),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_versions_as_dpkg_does() {
        let ascending = [
            "0~~",
            "0~~a",
            "0~",
            "0",
            "0-1",
            "0.1",
            "1.0~beta1~svn1",
            "1.0~beta1",
            "1.0",
            "1.0-1~bpo1",
            "1.0-1",
            "1.0-1+b1",
            "1.0-1.1",
            "1.0-2",
            "1.0+dfsg-1",
            "1.0a-1",
            "1.0.1-1",
            "1.10-1",
            "7.6p2-4",
            "7.6p10-1",
            "1:0.1",
            "2:0",
        ];
        let ascending: Vec<_> =
            ascending.into_iter().filter(|text| !matches!(*text, "1.0+dfsg-1" | "1.0a-1")).collect();
        for pair in ascending.windows(2) {
            assert!(key(pair[0]).unwrap() < key(pair[1]).unwrap(), "{pair:?}");
        }
        assert!(key("1.0a-1").unwrap() < key("1.0+dfsg-1").unwrap(), "letters before other characters");
        for (left, right) in [("1.0", "0:1.0"), ("1.0", "1.0-0"), ("1.", "1.0"), ("01", "1")] {
            assert_eq!(key(left).unwrap(), key(right).unwrap(), "{left} {right}");
        }
        for text in ["", "a:1", ":1", "1:", "1-", "1 2", "1,2"] {
            assert!(key(text).is_err(), "{text}");
        }
    }
}
