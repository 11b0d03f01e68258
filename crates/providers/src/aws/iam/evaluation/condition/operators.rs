//! What each condition operator compares.

use std::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

use crate::aws::iam::evaluation::context::Context;
use crate::aws::iam::evaluation::text::{self, Resolved, Text, Wildcards};
use crate::aws::iam::evaluation::truth::Truth;
use crate::aws::iam::pattern::tokens::{self, Token};

/// A way to compare the request's value with one of the policy's.
#[derive(Debug)]
pub(super) struct Operator {
    /// In lower case, without prefixes and `IfExists`.
    name: &'static str,
    pub(super) is_negated: bool,
    /// Whether `*` and `?` in the policy's value are wildcards.
    pub(super) takes_wildcards: bool,
    compare: Compare,
}

/// Both values as texts, or the policy's as wildcards.
#[derive(Debug)]
enum Compare {
    Tokens(fn(&[Token], &str) -> bool),
    /// `None` when the policy's value cannot be read.
    Texts(fn(&str, &str) -> Option<bool>),
}

impl PartialEq for Operator {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Operator {}

const fn texts(name: &'static str, is_negated: bool, compare: fn(&str, &str) -> Option<bool>) -> Operator {
    Operator { name, is_negated, takes_wildcards: false, compare: Compare::Texts(compare) }
}

const fn patterns(name: &'static str, is_negated: bool, compare: fn(&[Token], &str) -> bool) -> Operator {
    Operator { name, is_negated, takes_wildcards: true, compare: Compare::Tokens(compare) }
}

/// Sorted by name.
static OPERATORS: &[Operator] = &[
    patterns("arnequals", false, arn_like),
    patterns("arnlike", false, arn_like),
    patterns("arnnotequals", true, arn_like),
    patterns("arnnotlike", true, arn_like),
    texts("binaryequals", false, |mine, other| Some(mine == other)),
    texts("bool", false, |mine, other| Some(mine.eq_ignore_ascii_case(other))),
    texts("dateequals", false, |mine, other| dates(mine, other, |asked, limit| asked == limit)),
    texts("dategreaterthan", false, |mine, other| dates(mine, other, |asked, limit| asked > limit)),
    texts("dategreaterthanequals", false, |mine, other| dates(mine, other, |asked, limit| asked >= limit)),
    texts("datelessthan", false, |mine, other| dates(mine, other, |asked, limit| asked < limit)),
    texts("datelessthanequals", false, |mine, other| dates(mine, other, |asked, limit| asked <= limit)),
    texts("datenotequals", true, |mine, other| dates(mine, other, |asked, limit| asked == limit)),
    texts("ipaddress", false, in_network),
    texts("notipaddress", true, in_network),
    texts("numericequals", false, |mine, other| numbers(mine, other, |asked, limit| asked == limit)),
    texts("numericgreaterthan", false, |mine, other| numbers(mine, other, |asked, limit| asked > limit)),
    texts("numericgreaterthanequals", false, |mine, other| numbers(mine, other, |asked, limit| asked >= limit)),
    texts("numericlessthan", false, |mine, other| numbers(mine, other, |asked, limit| asked < limit)),
    texts("numericlessthanequals", false, |mine, other| numbers(mine, other, |asked, limit| asked <= limit)),
    texts("numericnotequals", true, |mine, other| numbers(mine, other, |asked, limit| asked == limit)),
    texts("stringequals", false, |mine, other| Some(mine == other)),
    texts("stringequalsignorecase", false, |mine, other| Some(mine.to_lowercase() == other.to_lowercase())),
    patterns("stringlike", false, like),
    texts("stringnotequals", true, |mine, other| Some(mine == other)),
    texts("stringnotequalsignorecase", true, |mine, other| Some(mine.to_lowercase() == other.to_lowercase())),
    patterns("stringnotlike", true, like),
];

/// The operator of this name, in lower case.
pub(super) fn find(name: &str) -> Option<&'static Operator> {
    OPERATORS.binary_search_by_key(&name, |operator| operator.name).ok().and_then(|at| OPERATORS.get(at))
}

impl Operator {
    /// Whether the policy's value and the request's compare, before negation.
    pub(super) fn truth(&self, text: &Text, asked: &str, context: &Context, why: &mut Vec<String>) -> Truth {
        match self.compare {
            Compare::Tokens(compare) => text::compare(text, context, why, |tokens| compare(tokens, asked)),
            Compare::Texts(compare) => match text.resolve(context) {
                Resolved::Missing => Truth::False,
                Resolved::Unknown(reason) => {
                    why.push(reason);
                    Truth::Unknown
                }
                Resolved::Tokens(tokens) => {
                    let mine = written(&tokens);
                    compare(&mine, asked).map_or_else(
                        || {
                            why.push(format!("`{mine}` is no value that `{}` compares", self.name));
                            Truth::Unknown
                        },
                        Truth::from,
                    )
                }
            },
        }
    }
}

/// The text when it is known.
pub(super) fn plain(text: &Text, context: &Context) -> Option<String> {
    match text.resolve(context) {
        Resolved::Tokens(tokens) => Some(written(&tokens)),
        Resolved::Missing | Resolved::Unknown(_) => None,
    }
}

fn written(tokens: &[Token]) -> String {
    let letter = |token: &Token| match token {
        Token::Letter(letter) => *letter,
        Token::One => '?',
        _ => '*',
    };
    tokens.iter().map(letter).collect()
}

fn like(pattern: &[Token], asked: &str) -> bool {
    let asked: Vec<Token> = text::letters(asked, Wildcards::Literal).collect();
    tokens::covers(pattern, &asked)
}

/// Each of the six fields by itself; a pattern with fewer that ends with `*` leaves the others open.
fn arn_like(pattern: &[Token], asked: &str) -> bool {
    const FIELDS: usize = 6;
    if !asked.starts_with("arn:") {
        return false;
    }
    if pattern == [Token::Any] {
        return true;
    }
    let asked: Vec<Token> = text::letters(asked, Wildcards::Literal).collect();
    let fields = |tokens: &[Token]| -> Vec<Vec<Token>> {
        tokens.splitn(FIELDS, |token| *token == Token::Letter(':')).map(<[Token]>::to_vec).collect()
    };
    let (mine, others) = (fields(pattern), fields(&asked));
    let is_open = mine.len() < FIELDS && pattern.last() == Some(&Token::Any);
    others.len() == FIELDS
        && (mine.len() == FIELDS || is_open)
        && mine.iter().zip(&others).all(|(mine, other)| tokens::covers(mine, other))
}

fn numbers(limit: &str, asked: &str, holds: fn(f64, f64) -> bool) -> Option<bool> {
    let limit: f64 = limit.trim().parse().ok().filter(|number: &f64| number.is_finite())?;
    Some(asked.trim().parse().is_ok_and(|asked: f64| holds(asked, limit)))
}

fn dates(limit: &str, asked: &str, holds: fn(Timestamp, Timestamp) -> bool) -> Option<bool> {
    let limit = date(limit)?;
    Some(date(asked).is_some_and(|asked| holds(asked, limit)))
}

/// A day or time of ISO 8601, without an offset in UTC, or seconds since 1970.
pub(in crate::aws::iam) fn date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        let millis = seconds * 1000.0;
        return Timestamp::from_millisecond(millis as i64).ok();
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    let civil = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let time = civil.parse::<DateTime>().ok().or_else(|| civil.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)))?;
    Offset::UTC.to_timestamp(time).ok()
}

/// Whether the address lies in the network `10.0.0.0/8`, or is the address.
fn in_network(network: &str, asked: &str) -> Option<bool> {
    let (address, length) = network.trim().split_once('/').map_or((network.trim(), None), |(a, l)| (a, Some(l)));
    let address: IpAddr = address.parse().ok()?;
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let length: u32 = length.map_or(Some(bits), |length| length.parse().ok()).filter(|length| *length <= bits)?;
    let Ok(asked) = asked.trim().parse::<IpAddr>() else { return Some(false) };
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    };
    let rest = bits - length;
    let prefix = |address: IpAddr| number(address).checked_shr(rest).unwrap_or(0);
    Some(address.is_ipv4() == asked.is_ipv4() && prefix(address) == prefix(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_sorted() {
        assert!(OPERATORS.is_sorted_by_key(|operator| operator.name));
    }

    #[test]
    fn reads_dates_as_iam_takes_them() {
        for (text, expected) in [
            ("2026-01-02T03:04:05Z", Some("2026-01-02T03:04:05Z")),
            ("2026-01-02T03:04Z", Some("2026-01-02T03:04:00Z")),
            ("2026-01-02", Some("2026-01-02T00:00:00Z")),
            ("2026-01-02T03:04:05+02:00", Some("2026-01-02T01:04:05Z")),
            ("1767323045", Some("2026-01-02T03:04:05Z")),
            ("soon", None),
        ] {
            assert_eq!(date(text).map(|time| time.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn knows_which_addresses_lie_in_a_network() {
        for (network, address, expected) in [
            ("10.0.0.0/8", "10.200.3.4", Some(true)),
            ("10.0.0.0/8", "11.0.0.1", Some(false)),
            ("10.1.2.3", "10.1.2.3", Some(true)),
            ("0.0.0.0/0", "1.2.3.4", Some(true)),
            ("0.0.0.0/0", "::1", Some(false)),
            ("2001:db8::/32", "2001:db8:1::1", Some(true)),
            ("10.0.0.0/33", "10.0.0.1", None),
            ("office", "10.0.0.1", None),
        ] {
            assert_eq!(in_network(network, address), expected, "{network} {address}");
        }
    }
}
