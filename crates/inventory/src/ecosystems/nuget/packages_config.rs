//! `packages.config`: the packages of a .NET Framework project, each with its version.
//!
//! **Source**: NuGet's documentation, "packages.config reference". **Supported**: `id`, `version`, `developmentDependency`;
//! the file lists what packages need in turn too. **Unsupported** (→ gap): entries without id or version.

use model::component::{EvidenceKind, Presence, Version};
use model::location::LineIndex;

use crate::document::{Document, Format, Reading, decode};
use crate::ecosystems::nuget::claim;
use crate::xml::{self, Step};

pub(crate) const FORMAT: Format = Format {
    id: "packages-config",
    accepts: |path| path.file_name.eq_ignore_ascii_case("packages.config") && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "",
};

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let lines = LineIndex::new(text.as_bytes());
    let mut is_list = false;
    for step in xml::steps(&text) {
        let Step::Start(tag) = step else { continue };
        is_list |= tag.name.eq_ignore_ascii_case("packages");
        if !tag.name.eq_ignore_ascii_case("package") {
            continue;
        }
        let line = lines.line_column(tag.offset).0;
        let (Some(id), Some(version)) = (tag.attribute("id"), tag.attribute("version")) else {
            reading.gaps.push(document.gap(Some(line), "a package without id or version; mend the file"));
            continue;
        };
        let version = Version::Exact(version.to_owned());
        let mut claim = claim(id, version, EvidenceKind::Locked, document.location(Some(line)), document.place());
        let is_tool = tag.attribute("developmentDependency").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        claim.presence = if is_tool { Presence::Development } else { Presence::Shipped };
        reading.claims.push(claim);
    }
    if !is_list {
        reading.gaps.push(document.unrecognised("restore the file and scan again"));
    }
}
