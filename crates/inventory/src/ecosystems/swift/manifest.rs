//! `Package.swift`: the packages a project asks for.
//!
//! **Source**: Swift's documentation, "PackageDescription" (`Package.Dependency`). **Supported**: `.package(url: …)` and
//! `.package(id: …)` with literal addresses and versions. **Unsupported** (→ gap): branches and commits; requirements that are
//! computed (read as any version).

use model::component::{EvidenceKind, Version};

use crate::claim::Claim;
use crate::document::{Document, Format, Reading, decode};
use crate::ecosystems::swift::{address, resolved};

pub(crate) const FORMAT: Format = Format {
    id: "package-swift",
    accepts: |path| path.file_name == "Package.swift" && resolved::is_of_project(path),
    read,
    finds_installed: false,
    advice: "run `swift package resolve` beside it and scan again",
};

/// A call over more bytes than this is cut.
const MAX_CALL_BYTES: usize = 4_096;
/// Calls read from one manifest.
const MAX_CALLS: usize = 2_000;
/// Further before a call no comment is looked for.
const MAX_LINE_BYTES: usize = 512;

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let mut before = 0;
    let mut line = 1;
    for (at, call) in text.match_indices(".package(").take(MAX_CALLS) {
        line += u32::try_from(text.get(before..at).unwrap_or_default().matches('\n').count()).unwrap_or(0);
        before = at;
        let head = text.as_bytes().get(at.saturating_sub(MAX_LINE_BYTES)..at).unwrap_or_default();
        let line_head = head.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        if line_head.windows(2).any(|pair| pair == b"//") {
            continue;
        }
        let arguments = arguments(text.get(at + call.len()..).unwrap_or_default());
        let Some((name, rest)) = ["url:", "id:"].iter().find_map(|key| literal_after(arguments, key)) else { continue };
        let requirement = rest.trim().trim_start_matches(',').trim();
        let version = version(requirement);
        if requirement.starts_with("branch:")
            || requirement.starts_with("revision:")
            || requirement.starts_with(".branch")
            || requirement.starts_with(".revision")
        {
            let why = format!("`{name}` is asked for by a branch or a commit, so its version is not known");
            reading.gaps.push(document.gap(Some(line), why));
        }
        let location = document.location(Some(line));
        let package = address(name).into_owned();
        let mut claim = Claim::new(package, version, EvidenceKind::Declared, location, document.place());
        claim.direct = Some(true);
        reading.claims.push(claim);
    }
}

fn version(requirement: &str) -> Version {
    let is_exact = requirement.starts_with("exact:") || requirement.starts_with(".exact(");
    let literal = requirement.split('"').nth(1);
    match literal {
        Some(version) if is_exact => Version::Exact(version.to_owned()),
        Some(_) if requirement.contains("branch") || requirement.contains("revision") => Version::Unknown,
        Some(_) => Version::Range(requirement.to_owned()),
        None => Version::Unknown,
    }
}

/// The text up to the parenthesis that closes the call.
fn arguments(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().take(MAX_CALL_BYTES) {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return text.get(..at).unwrap_or_default(),
            b')' => depth -= 1,
            _ => {}
        }
    }
    ""
}

/// The literal behind `key` and what follows it.
fn literal_after<'a>(text: &'a str, key: &str) -> Option<(&'a str, &'a str)> {
    let (_, rest) = text.split_once(key)?;
    rest.trim_start().strip_prefix('"')?.split_once('"')
}
