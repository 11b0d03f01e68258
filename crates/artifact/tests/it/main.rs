//! What the table holds and what it says it does not, for packages of every form.

mod folders;
mod hostile_bytes;
mod images;
mod limits;
mod merging;
mod nested;
mod reading;
mod tars;
mod zips;

use artifact::{Artifact, Limits, Root};
use testkit::TempDir;
use testkit::zip::ZipBuilder;

/// An opened artifact as lines to compare: `path = content` (or `path ! why`), then `file: why` of every gap.
struct Seen {
    files: Vec<String>,
    gaps: Vec<String>,
}

fn see(roots: &[Root], limits: &Limits) -> Seen {
    let parsed = Artifact::open(roots, limits);
    let artifact = parsed.value;
    let files = artifact
        .entries()
        .iter()
        .map(|entry| match artifact.read(entry) {
            Ok(bytes) => format!("{} = {}", artifact.display_path(entry), String::from_utf8_lossy(&bytes)),
            Err(gap) => format!("{} ! {}", artifact.display_path(entry), gap.why),
        })
        .collect();
    let mut gaps = parsed.gaps;
    gaps.extend(artifact.late_gaps());
    let gaps = gaps.iter().map(|gap| format!("{}: {}", gap.location, gap.why)).collect();
    Seen { files, gaps }
}

/// A package file in a folder of its own.
fn package(name: &str, bytes: &[u8]) -> (TempDir, Root) {
    let folder = testkit::folder(&[(name, bytes)]);
    let root = Root::function(folder.path().join(name), name);
    (folder, root)
}

fn see_zip(bytes: &[u8]) -> Seen {
    let (_folder, root) = package("p.zip", bytes);
    see(&[root], &Limits::default())
}

/// Compares files exactly, and gaps by what each must contain.
#[track_caller]
fn check(seen: &Seen, files: &[&str], gaps: &[&str]) {
    assert_eq!(seen.files, files, "gaps: {:#?}", seen.gaps);
    assert_eq!(seen.gaps.len(), gaps.len(), "gaps: {:#?}", seen.gaps);
    for (gap, part) in seen.gaps.iter().zip(gaps) {
        let (file, why) = part.split_once(": ").unwrap_or((part, ""));
        assert!(gap.starts_with(&format!("{file}: ")) && gap.contains(why), "expected `{part}`, got {:#?}", seen.gaps);
    }
}

#[track_caller]
fn check_zip(zip: &ZipBuilder, files: &[&str], gaps: &[&str]) {
    check(&see_zip(&zip.write()), files, gaps);
}
