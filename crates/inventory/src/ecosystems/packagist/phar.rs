//! `*.phar`: PHP programs packed into one file.
//!
//! **Source**: PHP's manual, "Phar file format". **Supported**: the list of files of phars in PHP's own format; Composer's notes
//! among them (`vendor/composer/installed.json`) where they are not compressed. **Unsupported** (→ gap): compressed notes; phars
//! without notes, and those that are zips or tars.

use model::component::EvidenceKind;
use serde::Deserialize;

use crate::document::{Document, Format, Reading, decode};
use crate::ecosystems::packagist::package::Package;
use crate::json;

pub(crate) const FORMAT: Format = Format {
    id: "phar",
    accepts: |path| path.file_name.ends_with(".phar") && path.is_of_project(),
    read,
    finds_installed: true,
    advice: "",
};

/// Files of one phar.
const MAX_FILES: usize = 50_000;
const ADVICE: &str = "scan the folder it is packed from";
const COMPRESSED: u32 = 0xF000;
const STUB_END: &[u8] = b"__HALT_COMPILER();";

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Installed<'a> {
    packages: Vec<Package<'a>>,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let notes = match find_notes(&bytes) {
        Notes::Plain(notes) => notes,
        Notes::Compressed => {
            let why = format!("the phar's list of packages is compressed and was not read; {ADVICE}");
            return reading.gaps.push(document.gap(None, why));
        }
        Notes::Absent => {
            let why = format!("the phar does not say which packages it holds; {ADVICE}");
            return reading.gaps.push(document.gap(None, why));
        }
    };
    let text = decode(notes);
    let packages = if text.trim_start().starts_with('[') {
        json::parse::<Vec<Package<'_>>>(document, &text, ADVICE, reading)
    } else {
        json::parse::<Installed<'_>>(document, &text, ADVICE, reading).map(|installed| installed.packages)
    };
    for package in packages.into_iter().flatten() {
        // What it asks for and where it lies holds inside the phar alone, so the phar is its place.
        reading.claims.extend(package.claim(EvidenceKind::Listed, document, document.path.path, None));
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Notes<'a> {
    Plain(&'a [u8]),
    Compressed,
    Absent,
}

fn find_notes(bytes: &[u8]) -> Notes<'_> {
    parse(bytes).unwrap_or(Notes::Absent)
}

/// Walks the list of files; their contents follow it in the same order.
fn parse(bytes: &[u8]) -> Option<Notes<'_>> {
    let stub = bytes.windows(STUB_END.len()).position(|window| window == STUB_END)? + STUB_END.len();
    let mut rest = bytes.get(stub..)?;
    for end in [&b" "[..], b"?>", b"\r", b"\n"] {
        rest = rest.strip_prefix(end).unwrap_or(rest);
    }
    let list_bytes = usize::try_from(number(&mut rest)?).ok()?;
    let (mut list, mut contents) = rest.split_at_checked(list_bytes)?;
    let count = usize::try_from(number(&mut list)?).ok()?.min(MAX_FILES);
    take(&mut list, 6)?;
    for _ in 0..2 {
        // The phar's alias and its own data.
        let length = usize::try_from(number(&mut list)?).ok()?;
        take(&mut list, length)?;
    }
    for _ in 0..count {
        let name_bytes = usize::try_from(number(&mut list)?).ok()?;
        let name = take(&mut list, name_bytes)?;
        take(&mut list, 8)?;
        let size = usize::try_from(number(&mut list)?).ok()?;
        take(&mut list, 4)?;
        let flags = number(&mut list)?;
        let data_bytes = usize::try_from(number(&mut list)?).ok()?;
        take(&mut list, data_bytes)?;
        let content = take(&mut contents, size)?;
        if name.ends_with(b"vendor/composer/installed.json") {
            return Some(if flags & COMPRESSED == 0 { Notes::Plain(content) } else { Notes::Compressed });
        }
    }
    None
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    take(rest, 4)?.try_into().ok().map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn phar(flags: u32) -> Vec<u8> {
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let mut list = Vec::new();
        list.extend(2_u32.to_le_bytes());
        list.extend([0x11, 0, 0, 0, 0, 0]);
        list.extend(length(b"a.phar"));
        list.extend(b"a.phar");
        list.extend(0_u32.to_le_bytes());
        let files: [(&[u8], &[u8]); 2] = [(b"x.php", b"<?php"), (b"vendor/composer/installed.json", b"[]")];
        for (name, content) in files {
            list.extend(length(name));
            list.extend(name);
            list.extend(length(content));
            list.extend([0; 4]);
            list.extend(length(content));
            list.extend([0; 4]);
            list.extend(flags.to_le_bytes());
            list.extend(0_u32.to_le_bytes());
        }
        let mut file = b"<?php __HALT_COMPILER(); ?>\r\n".to_vec();
        file.extend(length(&list));
        file.extend(list);
        file.extend(b"<?php[]");
        file
    }

    #[test]
    fn finds_composers_notes() {
        assert_eq!(find_notes(&phar(0x1A4)), Notes::Plain(b"[]"));
        assert_eq!(find_notes(&phar(0x11A4)), Notes::Compressed);
        assert_eq!(find_notes(b"<?php __HALT_COMPILER();"), Notes::Absent);
    }

    proptest! {
        #[test]
        fn any_damage_does_no_harm(cut in 0_usize..250, at in 0_usize..250, byte: u8) {
            let mut file = phar(0);
            file.truncate(cut);
            if let Some(slot) = file.get_mut(at) {
                *slot = byte;
            }
            find_notes(&file);
        }
    }
}
