//! The order of Maven versions.
//!
//! **Source**: Maven's POM reference, "Version Order Specification". **Supported**: any text without spaces: numbers and
//! qualifiers, separated by `.`, `-`, `_` or a change between digits and letters; values that mean nothing (`0`, `final`, `ga`,
//! `release`) do not count at the end and before a hyphen. **Unsupported** (→ `Unparsable`): an empty text, spaces,
//! properties that nobody has filled in (`${version}`).
//!
//! Maven's own code disagrees with its specification, and between its versions, on qualifiers in the middle
//! (`1.foo.2`); those are ordered as the specification says, as far as it makes an order.

use crate::key::KeyWriter;
use crate::{Unparsable, VersionKey};

/// What may come next in a version, in order. Qualifiers below a release stand before the end, others after it.
const FIRST_QUALIFIER: u8 = 0x10;
const END: u8 = 0x20;
const SERVICE_PACK: u8 = 0x30;
const OTHER_QUALIFIER: u8 = 0x31;
const HYPHEN_NUMBER: u8 = 0x40;
const DOT_NUMBER: u8 = 0x50;

/// Qualifiers below a release, in order.
const QUALIFIERS: &[&str] = &["alpha", "beta", "milestone", "rc", "snapshot"];

pub(crate) fn key(text: &str) -> Result<VersionKey, Unparsable> {
    let lower = text.trim().to_ascii_lowercase();
    if lower.is_empty()
        || lower.contains(|c: char| c.is_whitespace() || matches!(c, '$' | '{' | '}' | ',' | '[' | ']' | '(' | ')'))
    {
        return Err(Unparsable::new(text, "a Maven version"));
    }
    let mut key = KeyWriter::default();
    for token in without_nulls(tokens(&lower)) {
        token.write(&mut key);
    }
    Ok(key.byte(END).finish())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Token<'a> {
    /// Whether a hyphen stands before it, or a change between digits and letters, which means the same.
    is_after_hyphen: bool,
    value: Value<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value<'a> {
    Number(&'a str),
    Qualifier(&'a str),
}

impl Token<'_> {
    fn is_null(self) -> bool {
        match self.value {
            Value::Number(digits) => digits.bytes().all(|digit| digit == b'0'),
            Value::Qualifier(word) => matches!(word, "" | "final" | "ga" | "release"),
        }
    }

    fn write(self, key: &mut KeyWriter) {
        match self.value {
            Value::Number(digits) => {
                key.byte(if self.is_after_hyphen { HYPHEN_NUMBER } else { DOT_NUMBER }).number(digits)
            }
            Value::Qualifier("sp") => key.byte(SERVICE_PACK),
            Value::Qualifier(_) if self.is_null() => key.byte(DOT_NUMBER).small_number(0),
            Value::Qualifier(word) => match (FIRST_QUALIFIER..).zip(QUALIFIERS).find(|(_, known)| **known == word) {
                Some((rank, _)) => key.byte(rank),
                None => key.byte(OTHER_QUALIFIER).text(word),
            },
        };
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut is_after_hyphen = false;
    let mut rest = text;
    loop {
        let is_digit = |c: char| c.is_ascii_digit();
        let is_number = rest.starts_with(is_digit);
        let end = rest.find(|c: char| is_separator(c) || is_digit(c) != is_number).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        let is_before_digit = after.starts_with(is_digit);
        let value = match run {
            // Nothing between two separators is a zero.
            "" => Value::Number("0"),
            digits if is_number => Value::Number(digits),
            "a" if is_before_digit => Value::Qualifier("alpha"),
            "b" if is_before_digit => Value::Qualifier("beta"),
            "m" if is_before_digit => Value::Qualifier("milestone"),
            "cr" => Value::Qualifier("rc"),
            word => Value::Qualifier(word),
        };
        tokens.push(Token { is_after_hyphen, value });
        match after.chars().next() {
            None => return tokens,
            Some(separator) if is_separator(separator) => {
                is_after_hyphen = separator != '.';
                rest = after.get(1..).unwrap_or_default();
            }
            Some(_) => {
                is_after_hyphen = true;
                rest = after;
            }
        }
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, '.' | '-' | '_')
}

/// The tokens without those that mean nothing at the end, before a hyphen and before a qualifier.
fn without_nulls(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let mut kept: Vec<Token<'_>> = Vec::with_capacity(tokens.len());
    for token in tokens.into_iter().rev() {
        let ends_part =
            kept.last().is_none_or(|next| next.is_after_hyphen || matches!(next.value, Value::Qualifier(_)));
        if !(token.is_null() && ends_part) {
            kept.push(token);
        } else if token.is_after_hyphen
            && let Some(next) = kept.last_mut()
        {
            next.is_after_hyphen = true;
        }
    }
    kept.reverse();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_versions_as_maven_does() {
        let ascending = [
            "1-alpha2snapshot",
            "1-alpha2",
            "1-alpha-123",
            "1-beta-2",
            "1-beta123",
            "1-m2",
            "1-m11",
            "1-rc",
            "1-cr2",
            "1-rc123",
            "1-SNAPSHOT",
            "1",
            "1-sp",
            "1-sp2",
            "1-sp123",
            "1-abc",
            "1-def",
            "1-pom-1",
            "1-1-snapshot",
            "1-1",
            "1-2",
            "1-123",
            "1.0.1",
            "1.1",
            "1.10",
            "2",
        ];
        for pair in ascending.windows(2) {
            assert!(key(pair[0]).unwrap() < key(pair[1]).unwrap(), "{pair:?}");
        }
    }

    #[test]
    fn leaves_out_what_means_nothing() {
        let equal = [
            ("1", "1.0"),
            ("1", "1.0.0"),
            ("1.0", "1-0"),
            ("1", "1-final"),
            ("1.0.0.RELEASE", "1"),
            ("1-ga", "1"),
            ("1-ga-1", "1-1"),
            ("1.0.Final-redhat-1", "1-redhat-1"),
            ("1x", "1.0.0-x"),
            ("1.0x", "1-x"),
            ("1a1", "1-alpha-1"),
            ("1b2", "1-beta-2"),
            ("1m3", "1-milestone-3"),
            ("1X", "1x"),
            ("1cr1", "1rc1"),
            ("0.0-1552", "0-1552"),
        ];
        for (left, right) in equal {
            assert_eq!(key(left).unwrap(), key(right).unwrap(), "{left} {right}");
        }
        for text in ["", " ", "${revision}", "[1,2)", "1 2"] {
            assert!(key(text).is_err(), "{text}");
        }
    }
}
