//! Interpreters, tools and native libraries, told by the version texts that they print about themselves.
//!
//! **Source**: the programs named in the table, as their projects and Debian 12 build them; each row says which text it is.
//! **Supported**: a text that nothing else writes, and only when all such texts of one file agree. **Unsupported** (→ gap): a
//! file with several versions, none of which its name begins; libraries that keep no text of their version (libxml2, zstd).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use model::component::{EvidenceKind, Version};
use regex::bytes::{Regex, RegexBuilder};

use super::GENERIC;
use crate::claim::Claim;
use crate::document::{Document, Reading};
use crate::shared::binary::{Program, Reader};

pub(crate) const READER: Reader = Reader { read };

/// One piece of software and its text.
struct Known {
    name: &'static str,
    /// What files of it are called, up to a version or an ending; empty where its text is unmistakable in any program, which
    /// then has it linked in.
    files: &'static [&'static str],
    /// Bytes that every such text holds: looked for first, as that is many times faster.
    anchor: &'static [u8],
    /// The text around the anchor; its first group is the version.
    pattern: LazyLock<Regex>,
}

macro_rules! known {
    ($name:literal, $files:expr, $anchor:literal, $pattern:literal) => {
        Known { name: $name, files: $files, anchor: $anchor, pattern: LazyLock::new(|| regex($pattern)) }
    };
}

#[expect(clippy::expect_used, reason = "the patterns stand below, and a test compiles each")]
fn regex(pattern: &str) -> Regex {
    // Bytes, not characters: no Unicode tables are needed, which other users of the crate may not have turned on.
    RegexBuilder::new(pattern).unicode(false).build().expect("a pattern of the table is no regular expression")
}

/// How far from its anchor a text may reach, in bytes.
const REACH_BYTES: usize = 96;
/// Places at which an anchor is looked at in one program.
const MAX_ANCHORS: usize = 65_536;

/// Sorted by name.
static KNOWN: [Known; 12] = [
    // `bash --version` without arguments, kept for `what`.
    known!("bash", &["bash"], b"@(#)Bash version ", r"@\(#\)Bash version (\d+\.\d+\.\d+)\("),
    known!("busybox", &["busybox"], b"BusyBox v", r"BusyBox v(\d+\.\d+\.\d+)"),
    // The name that it sends to servers.
    known!(
        "curl",
        &["curl", "libcurl", "libcurl-gnutls", "libcurl-nss"],
        b"curl/",
        r"[^A-Za-z0-9](?:lib)?curl/(\d+\.\d+\.\d+)"
    ),
    known!(
        "ffmpeg",
        &["ffmpeg", "ffplay", "ffprobe", "libavcodec", "libavformat", "libavutil"],
        b"FFmpeg version ",
        r"FFmpeg version n?(\d+\.\d+(?:\.\d+)?)"
    ),
    // The name that it sends to servers.
    known!("git", &["git"], b"git/", r"[^A-Za-z0-9/._-]git/(\d+\.\d+\.\d+(?:\.\d+)?)\x00"),
    known!(
        "imagemagick",
        &["magick", "convert", "libMagickCore"],
        b"ImageMagick ",
        r"ImageMagick (\d+\.\d+\.\d+-\d+) "
    ),
    known!("nginx", &["nginx"], b"nginx/", r"nginx/(\d+\.\d+\.\d+)"),
    // The address of its headers, in `process.release`.
    known!("node", &["node", "libnode"], b"/download/release/v", r"/download/release/v(\d+\.\d+\.\d+)/node-v"),
    // `OPENSSL_VERSION_TEXT`. 1.1.1 and before end in a letter.
    known!("openssl", &[], b"OpenSSL ", r"\x00OpenSSL (\d+\.\d+\.\d+[a-z]{0,2}) {1,2}\d{1,2} [A-Z][a-z]{2} \d{4}\x00"),
    // `PY_VERSION`, a text by itself.
    known!("python", &["python", "libpython"], b"3.", r"\x00(3\.\d{1,2}\.\d{1,2}(?:(?:a|b|rc)\d+)?)\x00"),
    // `SQLITE_VERSION`, a text by itself.
    known!("sqlite", &["sqlite3", "libsqlite3"], b"3.", r"\x00(3\.\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)\x00"),
    known!("zlib", &["libz"], b"deflate 1.", r"deflate (1\.\d+(?:\.\d+)*) Copyright"),
];

/// Whether a library of the operating system is of interest by itself.
pub(crate) fn is_known_library(file_name: &str) -> bool {
    KNOWN.iter().any(|known| known.is_named(file_name))
        || ["libcrypto", "libssl"].iter().any(|name| begins(file_name, name))
}

fn read(program: &Program<'_>, document: &Document<'_>, reading: &mut Reading) {
    let file_name = document.path.file_name;
    for known in KNOWN.iter().filter(|known| known.files.is_empty() || known.is_named(file_name)) {
        // Programs that load OpenSSL's library may hold the text of the one they were compiled with.
        if known.files.is_empty() && !begins(file_name, "libcrypto") && loads(program, b"libcrypto.so") {
            continue;
        }
        let mut versions = known.versions(program);
        if let Some(release) = known.release_named(file_name).filter(|_| versions.len() > 1) {
            versions.retain(|version| version.starts_with(&release));
        }
        match versions.iter().collect::<Vec<_>>().as_slice() {
            [] => {}
            [version] => {
                let place = document.place_at(document.path.path);
                let version = Version::Exact((*version).clone());
                let location = document.location(None);
                let mut claim = Claim::new(known.name.to_owned(), version, EvidenceKind::Recognised, location, place);
                claim.ecosystem = Some(&GENERIC);
                reading.claims.push(claim);
            }
            several => {
                let listed: Vec<_> = several.iter().take(4).map(|version| format!("`{version}`")).collect();
                let why = format!(
                    "the program states several versions of {} ({}), so which one it holds is not known: ask it",
                    known.name,
                    listed.join(", ")
                );
                reading.gaps.push(document.gap(None, why));
            }
        }
    }
}

fn loads(program: &Program<'_>, library: &[u8]) -> bool {
    program.data().any(|data| memchr::memmem::find(data, library).is_some())
}

impl Known {
    fn is_named(&self, file_name: &str) -> bool {
        self.files.iter().any(|file| begins(file_name, file))
    }

    /// `3.11.` of `python3.11`.
    fn release_named(&self, file_name: &str) -> Option<String> {
        let rest = self.files.iter().find_map(|file| file_name.strip_prefix(file))?;
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let release = rest.get(..end)?.trim_matches('.');
        (!release.is_empty()).then(|| format!("{release}."))
    }

    fn versions(&self, program: &Program<'_>) -> BTreeSet<String> {
        let mut versions = BTreeSet::new();
        for data in program.data() {
            for at in memchr::memmem::find_iter(data, self.anchor).take(MAX_ANCHORS) {
                let end = (at + self.anchor.len() + REACH_BYTES).min(data.len());
                let around = data.get(at.saturating_sub(REACH_BYTES)..end).unwrap_or_default();
                let texts = self.pattern.captures_iter(around).filter_map(|found| found.get(1));
                versions.extend(texts.filter_map(|text| Some(str::from_utf8(text.as_bytes()).ok()?.to_owned())));
            }
        }
        versions
    }
}

/// Whether the file is called so, with or without a version or an ending behind it: `python3.12`, `libz.so.1`.
fn begins(file_name: &str, name: &str) -> bool {
    let Some(rest) = file_name.strip_prefix(name) else { return false };
    let rest = rest.strip_prefix(['-', '_']).filter(|rest| !rest.is_empty()).unwrap_or(rest);
    rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_read_the_texts_they_are_for() {
        let cases: [(&str, &[u8], &str); 12] = [
            ("bash", b"@(#)Bash version 5.2.15(1) release GNU\0", "5.2.15"),
            ("busybox", b"\0BusyBox v1.36.1 (2023-11-07 18:53:09 UTC)\0", "1.36.1"),
            ("curl", b"\0libcurl/7.88.1\0", "7.88.1"),
            ("ffmpeg", b"\0FFmpeg version 5.1.4-0+deb12u1\0", "5.1.4"),
            ("git", b"\0git/2.39.2\0", "2.39.2"),
            ("imagemagick", b"\0ImageMagick 6.9.11-60 Q16 x86_64\0", "6.9.11-60"),
            ("curl", b"\0curl/7.88.1\0", "7.88.1"),
            ("nginx", b"nginx version: nginx/1.22.1\0", "1.22.1"),
            ("node", b"https://host.example/download/release/v20.11.0/node-v20.11.0-headers.tar.gz", "20.11.0"),
            ("openssl", b"\0OpenSSL 1.1.1w  11 Sep 2023\0", "1.1.1w"),
            ("python", b"\x003.11.2\0", "3.11.2"),
            ("zlib", b" deflate 1.2.13 Copyright 1995-2022 Jean-loup Gailly and Mark Adler ", "1.2.13"),
        ];
        for (name, text, expected) in cases {
            let known = KNOWN.iter().find(|known| known.name == name).unwrap();
            let found = known.pattern.captures(text).and_then(|found| found.get(1)).map(|found| found.as_bytes());
            assert_eq!(found, Some(expected.as_bytes()), "{name}");
            assert!(memchr::memmem::find(text, known.anchor).is_some(), "{name}");
        }
    }

    #[test]
    fn rows_are_sorted_and_compile() {
        assert!(KNOWN.is_sorted_by_key(|known| known.name));
        assert!(KNOWN.iter().all(|known| known.pattern.captures_len() == 2));
    }

    #[test]
    fn names_may_be_followed_by_versions() {
        for (file, name) in [
            ("python3.12", "python"),
            ("libz.so.1", "libz"),
            ("libMagickCore-6.Q16.so", "libMagickCore"),
            ("git", "git"),
        ] {
            assert!(begins(file, name), "{file}");
        }
        for (file, name) in [("git-lfs", "git"), ("nodemon", "node"), ("libzip.so", "libz"), ("bashbug", "bash")] {
            assert!(!begins(file, name), "{file}");
        }
    }
}
