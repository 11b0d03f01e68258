//! What a candidate has to stand up to before it counts: structure, published checksums, randomness.

use std::ops::Range;

use crate::base64;
use crate::randomness::{classes, entropy, is_wordy};

/// One requirement of a kind.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Check {
    /// At least so many bits of Shannon entropy per byte.
    Entropy(f32),
    /// At least so many of lower case, upper case, digits, punctuation.
    Classes(u32),
    /// The letters do not form words.
    NotWordy,
    /// Anything else.
    Run(fn(&Candidate<'_>) -> Outcome),
}

/// What a check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Keep,
    /// Nobody but the provider makes such a value.
    Certain,
    /// Fits in form, yet something speaks against it.
    Doubtful,
    Drop,
}

/// A match of a kind's pattern, before anything is believed of it.
#[derive(Debug, Clone)]
pub(crate) struct Candidate<'a> {
    pub(crate) text: &'a [u8],
    /// Everything that the pattern matched.
    pub(crate) whole: Range<usize>,
    /// The credential in it.
    pub(crate) secret: Range<usize>,
    pub(crate) is_third_party: bool,
}

impl<'a> Candidate<'a> {
    pub(crate) fn value(&self) -> &'a [u8] {
        self.text.get(self.secret.clone()).unwrap_or_default()
    }

    pub(crate) fn matched(&self) -> &'a [u8] {
        self.text.get(self.whole.clone()).unwrap_or_default()
    }

    /// Up to `bytes` on both sides of the match, with the match.
    pub(crate) fn around(&self, bytes: usize) -> &'a [u8] {
        let start = self.whole.start.saturating_sub(bytes);
        let end = self.whole.end.saturating_add(bytes).min(self.text.len());
        self.text.get(start..end).unwrap_or_default()
    }
}

impl Check {
    pub(crate) fn outcome(self, candidate: &Candidate<'_>) -> Outcome {
        let keep_if = |holds: bool| if holds { Outcome::Keep } else { Outcome::Drop };
        match self {
            Self::Entropy(bits) => keep_if(entropy(candidate.value()) >= bits),
            Self::Classes(count) => keep_if(classes(candidate.value()) >= count),
            Self::NotWordy => keep_if(!is_wordy(candidate.value())),
            Self::Run(check) => check(candidate),
        }
    }
}

/// Thirty random characters after `_`, then their CRC-32 in six base-62 digits: GitHub and npm.
pub(crate) fn base62_checksum(candidate: &Candidate<'_>) -> Outcome {
    let Some(body) = candidate.value().rsplit(|byte| *byte == b'_').next() else { return Outcome::Keep };
    let Some((random, checksum)) = body.split_last_chunk::<6>() else { return Outcome::Keep };
    match base62(crc32(random)) == *checksum {
        true => Outcome::Certain,
        false if candidate.is_third_party => Outcome::Drop,
        false => Outcome::Doubtful,
    }
}

/// CRC-32 (IEEE 802.3), bit by bit: tokens are short.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |checksum, byte| {
        (0..8).fold(
            checksum ^ u32::from(*byte),
            |rest, _| if rest & 1 == 1 { (rest >> 1) ^ 0xEDB8_8320 } else { rest >> 1 },
        )
    })
}

/// Six digits, most significant first, `0-9A-Za-z`.
pub(crate) fn base62(mut number: u32) -> [u8; 6] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut digits = *b"000000";
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS.get((number % 62) as usize).copied().unwrap_or(b'0');
        number /= 62;
    }
    digits
}

/// A JSON Web Token: the header decodes to JSON with `alg`. Tokens of Supabase's `anon` role are made to be published.
pub(crate) fn jwt_structure(candidate: &Candidate<'_>) -> Outcome {
    const MAX_PART_BYTES: usize = 4096;
    let mut parts = candidate.value().split(|byte| *byte == b'.').map(|part| base64::decode(part, MAX_PART_BYTES));
    let (Some(Some(header)), Some(Some(payload))) = (parts.next(), parts.next()) else { return Outcome::Drop };
    let holds = |text: &[u8], part: &[u8]| text.windows(part.len()).any(|window| window == part);
    let is_object = |text: &[u8]| text.first() == Some(&b'{') && text.last() == Some(&b'}');
    if !is_object(&header) || !holds(&header, b"\"alg\"") || !is_object(&payload) {
        return Outcome::Drop;
    }
    let is_public =
        holds(&payload, b"\"role\":\"anon\"") || holds(&payload, b"1516239022") || holds(&payload, b"John Doe");
    if is_public { Outcome::Drop } else { Outcome::Keep }
}

/// The body of a private key in PEM armour: long enough, and DER of its own length or OpenSSH's format once decoded.
/// Manuals print shortened keys, whose length does not fit.
pub(crate) fn pem_structure(candidate: &Candidate<'_>) -> Outcome {
    const MIN_BODY_BYTES: usize = 40;
    let value = candidate.value();
    let text: Vec<u8> = pem_body(value);
    let Some(body) = base64::decode(&text, 16 * 1024) else { return Outcome::Drop };
    let holds = |part: &[u8]| value.windows(part.len()).any(|window| window == part);
    match () {
        () if body.len() < MIN_BODY_BYTES || entropy(&text) < 4.0 => Outcome::Drop,
        () if holds(b"ENCRYPTED") => Outcome::Doubtful,
        () if holds(b"PGP") => Outcome::Keep,
        () if body.starts_with(b"openssh-key-v1") || der_length(&body) == Some(body.len()) => Outcome::Certain,
        () if candidate.is_third_party => Outcome::Drop,
        () => Outcome::Doubtful,
    }
}

/// How long a DER sequence says it is, with its head.
fn der_length(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [0x30, 0x82, high, low, ..] => Some(4 + usize::from(*high) * 256 + usize::from(*low)),
        [0x30, 0x81, length, ..] => Some(3 + usize::from(*length)),
        [0x30, length @ 0..=0x7F, ..] => Some(2 + usize::from(*length)),
        _ => None,
    }
}

/// The base64 between the armour lines, without line ends (also written as `\n`), quotes, `+` between literals.
fn pem_body(value: &[u8]) -> Vec<u8> {
    let lines = value.split(|byte| *byte == b'\n').flat_map(split_escaped_newlines);
    let is_body = |line: &&[u8]| !line.contains(&b':') && !line.windows(3).any(|window| window == b"---");
    let mut body: Vec<u8> = Vec::new();
    for line in lines.filter(is_body) {
        let line = line.trim_ascii().strip_prefix(b"=").unwrap_or(line);
        let cleaned =
            line.iter().copied().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
        let cleaned: Vec<u8> = cleaned.collect();
        let joined_literal = line.iter().any(|byte| matches!(byte, b'"' | b'\''));
        body.extend(if joined_literal { cleaned.strip_suffix(b"+").unwrap_or(&cleaned) } else { &cleaned });
    }
    body
}

fn split_escaped_newlines(line: &[u8]) -> Vec<&[u8]> {
    let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
    while let Some(pair) = line.get(at..at + 2) {
        if pair == b"\\n" || pair == b"\\r" {
            parts.push(line.get(start..at).unwrap_or_default());
            start = at + 2;
            at += 2;
        } else {
            at += 1;
        }
    }
    parts.push(line.get(start..).unwrap_or_default());
    parts
}

/// `user:password` in base64.
pub(crate) fn basic_credentials(candidate: &Candidate<'_>) -> Outcome {
    let Some(decoded) = base64::decode(candidate.value(), 512) else { return Outcome::Drop };
    let is_text = decoded.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    match decoded.split(|byte| *byte == b':').nth(1) {
        Some(password) if is_text && password.len() >= 4 && !crate::allow::is_placeholder(&decoded) => Outcome::Keep,
        _ => Outcome::Drop,
    }
}

/// A bot's token starts with its numeric id in base64.
pub(crate) fn discord_id(candidate: &Candidate<'_>) -> Outcome {
    let id =
        candidate.value().split(|byte| *byte == b'.').next().and_then(|id| base64::decode(id, 32)).unwrap_or_default();
    let is_snowflake = (17..=20).contains(&id.len()) && id.iter().all(u8::is_ascii_digit);
    if is_snowflake { Outcome::Certain } else { Outcome::Drop }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(check: fn(&Candidate<'_>) -> Outcome, value: &str, is_third_party: bool) -> Outcome {
        let whole = 0..value.len();
        check(&Candidate { text: value.as_bytes(), whole: whole.clone(), secret: whole, is_third_party })
    }

    #[test]
    fn believes_tokens_whose_checksum_holds() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(base62(61), *b"00000z");
        let random = "k3Vq9ZpW2vLmN4tRb8XyC6dFgH1jKs";
        let checksum = base62(crc32(random.as_bytes()));
        let token = ["gh", "p_", random, std::str::from_utf8(&checksum).unwrap()].concat();
        assert_eq!(outcome(base62_checksum, &token, true), Outcome::Certain);
        let wrong = ["gh", "p_", random, "000000"].concat();
        assert_eq!(outcome(base62_checksum, &wrong, false), Outcome::Doubtful);
        assert_eq!(outcome(base62_checksum, &wrong, true), Outcome::Drop);
    }

    #[test]
    fn reads_basic_credentials() {
        let cases = [
            ("YWRtaW46aHVudGVyMg==", Outcome::Keep),
            ("aGVsbG8gd29ybGQ=", Outcome::Drop),
            ("dXNlcjpleGFtcGxl", Outcome::Drop),
            ("/////w==", Outcome::Drop),
        ];
        for (value, expected) in cases {
            assert_eq!(outcome(basic_credentials, value, false), expected, "{value}");
        }
    }
}
