//! Advisory ids in few bytes: most follow a handful of patterns, the rest is written out.

use super::Corrupt;
use super::bytes::{Reader, Writer};

/// The letters of a GHSA id.
const GHSA_ALPHABET: &[u8; 20] = b"23456789cfghjmpqrvwx";
const GHSA_PREFIX: &str = "GHSA-";
const GHSA_PART_LETTERS: usize = 4;
/// 20¹² < 2⁵²: twelve letters take seven bytes.
const GHSA_BYTES: usize = 7;

/// Kinds of the first byte: text as it is, GHSA, then one for each row of [`NUMBERED`].
const TEXT: u8 = 0;
const GHSA: u8 = 1;
const FIRST_NUMBERED: u8 = 2;

/// `<prefix><year>-<number>` ids: the prefix and the digits to which the number is padded with zeros.
const NUMBERED: &[(&str, usize)] =
    &[("CVE-", 4), ("PYSEC-", 0), ("MAL-", 0), ("GO-", 4), ("RUSTSEC-", 4), ("DSA-", 0), ("DLA-", 0)];

pub(super) fn write_id(writer: &mut Writer, id: &str) {
    let numbered = || {
        NUMBERED.iter().zip(FIRST_NUMBERED..).find_map(|((prefix, width), kind)| {
            let (year, number) = parse_numbered(id.strip_prefix(prefix)?)?;
            (numbered_text(prefix, *width, year, number) == id).then_some((kind, year, number))
        })
    };
    if let Some(letters) = ghsa_number(id) {
        writer.byte(GHSA);
        writer.0.extend(letters.to_le_bytes().into_iter().take(GHSA_BYTES));
    } else if let Some((kind, year, number)) = numbered() {
        writer.byte(kind);
        writer.number(u64::from(year));
        writer.number(number);
    } else {
        writer.byte(TEXT);
        writer.text(id);
    }
}

pub(super) fn read_id(reader: &mut Reader<'_>) -> Result<String, Corrupt> {
    match reader.byte()? {
        TEXT => reader.text().map(str::to_owned),
        GHSA => {
            let bytes = reader.bytes(GHSA_BYTES)?;
            Ok(ghsa_text(bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))))
        }
        kind => {
            let row = usize::from(kind - FIRST_NUMBERED);
            let (prefix, width) = NUMBERED.get(row).ok_or(Corrupt("an id is of no known kind"))?;
            Ok(numbered_text(prefix, *width, reader.small()?, reader.number()?))
        }
    }
}

fn parse_numbered(rest: &str) -> Option<(u32, u64)> {
    let (year, number) = rest.split_once('-')?;
    Some((year.parse().ok()?, number.parse().ok()?))
}

fn numbered_text(prefix: &str, width: usize, year: u32, number: u64) -> String {
    format!("{prefix}{year}-{number:0width$}")
}

/// The twelve letters as one number, when the id is a well-formed GHSA id.
fn ghsa_number(id: &str) -> Option<u64> {
    let rest = id.strip_prefix(GHSA_PREFIX)?;
    let mut parts = rest.split('-');
    let mut value = 0;
    for _ in 0..3 {
        let part = parts.next().filter(|part| part.len() == GHSA_PART_LETTERS)?;
        for letter in part.bytes() {
            let digit = GHSA_ALPHABET.iter().position(|known| *known == letter)?;
            value = value * GHSA_ALPHABET.len() as u64 + digit as u64;
        }
    }
    parts.next().is_none().then_some(value)
}

fn ghsa_text(mut value: u64) -> String {
    let base = GHSA_ALPHABET.len() as u64;
    let mut letters = Vec::with_capacity(3 * GHSA_PART_LETTERS);
    for _ in 0..3 * GHSA_PART_LETTERS {
        let digit = usize::try_from(value % base).unwrap_or(0);
        letters.push(char::from(GHSA_ALPHABET.get(digit).copied().unwrap_or(b'2')));
        value /= base;
    }
    let mut text = GHSA_PREFIX.to_owned();
    for (at, letter) in letters.into_iter().rev().enumerate() {
        if at > 0 && at % GHSA_PART_LETTERS == 0 {
            text.push('-');
        }
        text.push(letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_survives_whatever_its_form() {
        let ids = [
            "GHSA-jf85-cpcp-j695",
            "GHSA-2222-2222-2222",
            "GHSA-xxxx-xxxx-xxxx",
            "GHSA-abcd-efgh-ijkl",
            "GHSA-2222-2222",
            "CVE-2019-10744",
            "CVE-2024-0001",
            "CVE-2024-1",
            "CVE-1999-00012",
            "PYSEC-2021-66",
            "PYSEC-2021-066",
            "GO-2026-5932",
            "RUSTSEC-2024-0003",
            "MAL-2022-12",
            "DSA-5532-1",
            "CVE-2020-1 ",
            "CVE-2020-+12",
            "",
            "SNYK-JS-LODASH-1",
            "ünïcode",
        ];
        for id in ids {
            let mut writer = Writer::default();
            write_id(&mut writer, id);
            let mut reader = Reader(&writer.0);
            assert_eq!(read_id(&mut reader).unwrap(), id);
            assert!(reader.is_empty(), "{id}");
        }
    }
}
