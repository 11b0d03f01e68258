//! The list of crates that `cargo auditable` links into a program.
//!
//! **Source**: rust-secure-code's "cargo-auditable data format", `PARSING.md` and its JSON schema. **Supported**: ELF, PE, Mach-O
//! and WebAssembly; the list is JSON compressed by zlib in a section `.dep-v0`. **Unsupported** (→ gap): damaged lists, ones
//! larger than any real one.

use std::borrow::Cow;

use model::component::{EvidenceKind, Presence, Version};
use serde::Deserialize;

use super::source_qualifier;
use crate::claim::Claim;
use crate::document::{Document, Reading};
use crate::json::{Flag, Text};
use crate::shared::binary::Program;

const SECTIONS: &[&str] = &[".dep-v0"];
/// The largest programs list some thousand crates in less than a megabyte.
const MAX_LIST_BYTES: usize = 8 << 20;

#[derive(Debug, Deserialize)]
struct List<'a> {
    #[serde(borrow)]
    packages: Vec<Package<'a>>,
}

#[derive(Debug, Deserialize)]
struct Package<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    version: Cow<'a, str>,
    /// `crates.io`, `git`, `local` or `registry`, in later writers with an address.
    #[serde(borrow, default)]
    source: Text<'a>,
    /// `build` or `runtime`, which is the default.
    #[serde(borrow, default)]
    kind: Text<'a>,
    #[serde(default)]
    dependencies: Vec<usize>,
    #[serde(default)]
    root: Flag,
}

/// Whether the program has a list; its crates become claims, a damaged one a gap.
pub(super) fn read(program: &Program<'_>, document: &Document<'_>, reading: &mut Reading) -> bool {
    let Some(section) = program.section(SECTIONS) else { return false };
    // Linkers pad sections; what follows the compressed list is left alone.
    let json = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(section.bytes, MAX_LIST_BYTES);
    let list = json.ok().and_then(|json| {
        let list = serde_json::from_slice::<List<'_>>(&json).ok()?;
        Some(claims(&list, document))
    });
    match list {
        Some(claims) => reading.claims.extend(claims),
        None => {
            let why = "the list of crates that `cargo auditable` wrote into the program is damaged or too large; build it again";
            reading.gaps.push(document.gap(None, why));
        }
    }
    true
}

fn claims(list: &List<'_>, document: &Document<'_>) -> Vec<Claim> {
    let mut claims: Vec<Claim> = list.packages.iter().map(|package| claim(package, document)).collect();
    for asking in &list.packages {
        for at in &asking.dependencies {
            let Some(asked) = claims.get_mut(*at) else { continue };
            if asking.root.0 {
                asked.direct = Some(true);
            } else {
                asked.parents.push(asking.name.clone().into_owned());
            }
        }
    }
    claims
}

fn claim(package: &Package<'_>, document: &Document<'_>) -> Claim {
    let place = document.place_at(document.path.path);
    let version = Version::Exact(package.version.clone().into_owned());
    let mut claim =
        Claim::new(package.name.clone().into_owned(), version, EvidenceKind::Installed, document.location(None), place);
    claim.ecosystem = Some(&super::CARGO);
    let source = package.source.as_str().unwrap_or_default();
    claim.presence = match package.kind.as_str() {
        _ if package.root.0 || source == "local" => Presence::Project,
        Some("build") => Presence::Development,
        _ => Presence::Shipped,
    };
    claim.qualifiers.extend(source_qualifier(source));
    claim
}
