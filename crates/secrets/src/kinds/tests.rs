//! Walks the list: ids sorted, pages named, every pattern compiles, every sample says what it should.

use super::KINDS;
use crate::checks::{base62, crc32};
use crate::kind::Find;
use crate::{FileToScan, Scanner};

/// So many different random values per sample: a check that is too strict shows itself.
const SEEDS: u64 = 12;

#[test]
fn kinds_are_sorted_named_and_sourced() {
    for pair in KINDS.windows(2) {
        assert!(pair[0].id < pair[1].id, "`{}` must come after `{}`", pair[0].id, pair[1].id);
    }
    for kind in KINDS {
        assert!(!kind.source.is_empty() && !kind.title.is_empty(), "{}", kind.id);
        assert!(
            !kind.samples.flagged.is_empty() && !kind.samples.clean.is_empty(),
            "{} needs samples of both sorts",
            kind.id
        );
        assert!(
            kind.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{}",
            kind.id
        );
        let (Find::Pattern { pattern, .. } | Find::Assigned { value: pattern, .. }) = &kind.find else { continue };
        let compiled = regex::bytes::RegexBuilder::new(pattern).unicode(false).build();
        assert!(compiled.is_ok(), "{}: {compiled:?}", kind.id);
    }
}

#[test]
fn samples_are_found_or_left_alone() {
    let scanner = Scanner::new();
    let mut wrong = Vec::new();
    for kind in KINDS {
        let flagged = kind.samples.flagged.iter().map(|sample| (sample, true));
        let clean = kind.samples.clean.iter().map(|sample| (sample, false));
        for (sample, expected) in flagged.chain(clean) {
            for seed in 0..SEEDS {
                let text = expand(sample, seed);
                let found = scanner.scan_file(&FileToScan {
                    path: path_for(&text),
                    bytes: text.as_bytes(),
                    is_third_party: false,
                });
                if found.facts.iter().any(|fact| fact.kind == kind.id) != expected {
                    wrong.push(format!(
                        "{} (expected {expected}): {sample}\n    {text}\n    {:?}",
                        kind.id, found.facts
                    ));
                    break;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{} samples", wrong.join("\n"), wrong.len());
}

/// A file name whose syntax fits the sample.
fn path_for(text: &str) -> &'static str {
    match text.as_bytes().first() {
        Some(b'{') => "settings.json",
        Some(b'<') => "settings.xml",
        _ => "settings.conf",
    }
}

/// `template` with every `@{alphabet:length}` replaced by made-up characters, the same for the same seed.
pub(crate) fn expand(template: &str, seed: u64) -> String {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(crc32(template.as_bytes())) | 1);
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("@{") {
        let Some((hole, tail)) = after.split_once('}') else { break };
        text.push_str(before);
        match hole.split_once(':') {
            Some((alphabet, length)) => text.push_str(&random.text(alphabet, length.parse().unwrap())),
            None if MADE_OF_PARTS.contains(&hole) => text.push_str(&random.text(hole, 0)),
            None => text.push_str(&format!("@{{{hole}}}")),
        }
        rest = tail;
    }
    text + rest
}

/// Holes without a length; any other text in braces stays as it is.
const MADE_OF_PARTS: &[&str] = &["uuid", "basic", "discord", "jwt"];

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn of(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| letters[(self.next() >> 33) as usize % letters.len()]).collect()
    }

    fn text(&mut self, alphabet: &str, length: usize) -> String {
        const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
        const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let base62_letters = format!("{LOWER}{UPPER}0123456789");
        match alphabet {
            "hex" => self.of("0123456789abcdef", length),
            "HEX" => self.of("0123456789ABCDEF", length),
            "digits" => self.of("123456789", length),
            "lower" => self.of(&format!("{LOWER}0123456789"), length),
            "alpha" => self.of(&format!("{LOWER}{UPPER}"), length),
            "up32" => self.of(&format!("{UPPER}234567"), length),
            "b62" => self.of(&base62_letters, length),
            "b64" | "aws" => self.of(&format!("{base62_letters}+/"), length),
            "bech" => self.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", length),
            "uuid" => [
                self.text("hex", 8),
                self.text("hex", 4),
                format!("4{}", self.text("hex", 3)),
                format!("a{}", self.text("hex", 3)),
                self.text("hex", 12),
            ]
            .join("-"),
            "crc62" => {
                let random = self.of(&base62_letters, length);
                let checksum = base62(crc32(random.as_bytes()));
                random + std::str::from_utf8(&checksum).unwrap()
            }
            "basic" => {
                let password = self.of(&base62_letters, 14);
                encode(format!("svc:{password}").as_bytes())
            }
            "discord" => {
                let id = format!("1{}", self.of("0123456789", 17));
                encode(id.as_bytes())
            }
            "jwt" => {
                let payload = format!("{{\"sub\":\"{}\"}}", self.text("uuid", 0));
                let parts = [
                    encode(b"{\"alg\":\"HS256\",\"typ\":\"JWT\"}"),
                    encode(payload.as_bytes()),
                    self.of(&base62_letters, 43),
                ];
                parts.map(|part| part.trim_end_matches('=').to_owned()).join(".")
            }
            other => panic!("no alphabet `{other}`"),
        }
    }
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        let digits = (0..4).map(|at| char::from(DIGITS[(bits >> (18 - 6 * at) & 63) as usize]));
        text.extend(digits.take(chunk.len() + 1));
        text.extend(std::iter::repeat_n('=', 3 - chunk.len()));
    }
    text
}
