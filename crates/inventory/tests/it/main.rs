//! Whole artifacts in, components and gaps out.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod gradle;
mod hostile;
mod languages;
mod layers;
mod maven;
mod merging;
mod npm;
mod npm_bundles;
mod npm_locks;
mod nuget;
mod orders;
mod programs;
mod pypi;
mod pypi_shipped;
mod pypi_unlabelled;
mod sbom;
mod system;

use std::fmt::Write as _;

use artifact::Artifact;
use inventory::{Inventory, Setting, take};
use model::Parsed;
use model::component::{Component, EvidenceKind, Presence, Version};

/// Takes the inventory of files given as `(path, text)`.
pub fn inventory_of(files: &[(&str, &str)], runtime: Option<&str>) -> Parsed<Inventory> {
    let artifact = Artifact::from_memory(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    take(&artifact, &Setting { layers: &[], runtime, above: None })
}

/// Compares what is found in `files` with one line for each component and gap (see [`render`]).
#[track_caller]
pub fn check(files: &[(&str, &str)], expected: &[&str]) {
    check_on(None, files, expected);
}

#[track_caller]
pub fn check_on(runtime: Option<&str>, files: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(render(&inventory_of(files, runtime)), expected, "left: found, right: expected");
}

/// `purl[ (range)][ presence][ direct| < parents]: evidence…` and `gap place: why`.
pub fn render(parsed: &Parsed<Inventory>) -> Vec<String> {
    let components = parsed.value.components.iter().map(component);
    let gaps = parsed.gaps.iter().map(|gap| format!("gap {}: {}", gap.location, gap.why));
    components.chain(gaps).collect()
}

fn component(component: &Component) -> String {
    let mut line = component.purl.clone();
    match &component.version {
        Version::Exact(_) => {}
        Version::Range(range) => drop(write!(line, " ({range})")),
        Version::Unknown => line.push_str(" (unknown)"),
    }
    line.push_str(match component.presence {
        Presence::Shipped => "",
        Presence::Development => " development",
        Presence::Absent => " absent",
        Presence::Project => " project",
    });
    if component.direct == Some(true) {
        line.push_str(" direct");
    }
    if !component.parents.is_empty() {
        let _ = write!(line, " < {}", component.parents.join(", "));
    }
    line.push(':');
    for evidence in &component.evidence {
        let sign = match evidence.kind {
            EvidenceKind::Installed => "i",
            EvidenceKind::Locked => "l",
            EvidenceKind::Declared => "d",
            EvidenceKind::Listed => "b",
            EvidenceKind::Recognised => "r",
        };
        let _ = write!(line, " {sign} {}", evidence.location);
    }
    line
}
