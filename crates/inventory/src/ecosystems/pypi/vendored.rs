//! `vendor.txt` and `vendored.txt`: what a package keeps copies of, in the form that pip installs from.
//!
//! **Source**: pip's and other projects' use of the `vendoring` tool. **Supported**: pinned requirements. A list that holds
//! anything else is not taken for one.

use model::component::EvidenceKind;

use crate::claim::Claim;
use crate::document::{Document, Format, Reading, decode};
use crate::ecosystems::pypi::{normalise_name, requirement};

pub(crate) const FORMAT: Format = Format {
    id: "vendored-list",
    accepts: |path| matches!(path.file_name, "vendor.txt" | "vendored.txt") && is_private(path.folder),
    read,
    // It lies inside the package that it speaks of.
    finds_installed: true,
    advice: "",
};

fn is_private(folder: &str) -> bool {
    folder.rsplit('/').next().is_some_and(|folder| folder.contains("vendor"))
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let lines =
        text.lines().zip(1_u32..).map(|(line, number)| (line.split('#').next().unwrap_or_default().trim(), number));
    let lines: Vec<(&str, u32)> = lines.filter(|(line, _)| !line.is_empty()).collect();
    let pins: Option<Vec<_>> = lines
        .iter()
        .map(|(line, number)| {
            let requirement = requirement::parse(line)?;
            let version = requirement.version();
            version.exact()?;
            Some((requirement.canonical_name(), version, *number))
        })
        .collect();
    let owner = document.path.folder.rsplit('/').nth(1).map(|name| normalise_name(name).into_owned());
    for (name, version, line) in pins.unwrap_or_default() {
        let location = document.location(Some(line));
        let mut claim = Claim::new(name, version, EvidenceKind::Listed, location, document.place());
        claim.direct = Some(false);
        claim.parents.extend(owner.clone());
        reading.claims.push(claim);
    }
}
