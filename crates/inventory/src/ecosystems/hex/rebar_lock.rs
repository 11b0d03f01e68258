//! `rebar.lock`: the lock of Erlang's rebar3.
//!
//! **Source**: rebar3's documentation, "Dependencies" (lock files). **Supported**: packages of Hex with their level.
//! **Unsupported** (→ gap): packages of repositories, whose version the lock does not state.

use model::component::{EvidenceKind, Version};

use crate::claim::Claim;
use crate::document::{Document, Format, Reading, decode};
use crate::ecosystem::lower_case;
use crate::ecosystems::hex::mix;

pub(crate) const FORMAT: Format = Format {
    id: "rebar-lock",
    accepts: |path| path.file_name == "rebar.lock" && mix::is_of_project(path),
    read,
    finds_installed: false,
    advice: "write it anew with `rebar3 lock`",
};

/// Packages read from one lock.
const MAX_PACKAGES: usize = 20_000;

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    // A lock is a list, alone or behind the version of its form.
    if !text.trim_start().starts_with(['[', '{']) || !text.contains(']') {
        reading.gaps.push(document.unrecognised(FORMAT.advice));
    }
    // Hashes of the same packages follow the list.
    let list = text.split("{pkg_hash,").next().unwrap_or(&text);
    let entries = list.lines().zip(1..).filter(|(content, _)| content.contains("{<<\"") || content.contains("{git,"));
    for (content, line) in entries.take(MAX_PACKAGES) {
        let mut names = content.split("<<\"").skip(1).filter_map(|rest| rest.split('"').next());
        let Some(key) = names.next() else { continue };
        if !content.contains("{pkg,") {
            let why = format!("`{key}` is locked to a repository, so its version is not known");
            reading.gaps.push(document.gap(Some(line), why));
            continue;
        }
        let (Some(package), Some(version)) = (names.next(), names.next()) else { continue };
        let package = lower_case(package).into_owned();
        let version = Version::Exact(version.to_owned());
        let mut claim =
            Claim::new(package, version, EvidenceKind::Locked, document.location(Some(line)), document.place());
        let level =
            content.rsplit(',').find_map(|part| part.trim_end_matches(['}', ']', '.', ' ']).parse::<u32>().ok());
        claim.direct = level.map(|level| level == 0);
        reading.claims.push(claim);
    }
}
