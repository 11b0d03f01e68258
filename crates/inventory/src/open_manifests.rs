//! Gaps of manifests that leave open what an install takes, and of bundles whose packages nothing gives a version.

use std::collections::BTreeMap;

use model::component::{EvidenceKind, Presence, Version};
use model::{Gap, Hidden, Location};

use crate::claim::Claim;
use crate::document::{HIDES, quoted_names};
use crate::merge::Candidate;

/// One gap for each manifest that leaves open what will be shipped, in the order of their paths.
pub(crate) fn open_manifests(candidates: &[Candidate]) -> Vec<Gap> {
    let mut open: BTreeMap<&str, Vec<&Candidate>> = BTreeMap::new();
    for candidate in candidates {
        if candidate.claim.kind == EvidenceKind::Declared && candidate.claim.presence == Presence::Shipped {
            open.entry(&candidate.claim.location.file).or_default().push(candidate);
        }
    }
    open.into_iter().filter_map(|(file, candidates)| open_manifest(file, &candidates)).collect()
}

fn open_manifest(file: &str, candidates: &[&Candidate]) -> Option<Gap> {
    let format = candidates.first()?.format;
    let unpinned: Vec<_> =
        candidates.iter().copied().filter(|candidate| candidate.claim.version.exact().is_none()).collect();
    let advice = format.advice;
    let why = match unpinned.as_slice() {
        [] if candidates.len() == 1 => {
            format!("what {} needs in turn is not listed here or installed: {advice}", names(candidates))
        }
        [] => format!("what {} need in turn is not listed here or installed: {advice}", names(candidates)),
        [_] => format!("{} has no exact version, and what is needed in turn is not known: {advice}", names(&unpinned)),
        _ => format!("{} have no exact version, and what is needed in turn is not known: {advice}", names(&unpinned)),
    };
    Some(Gap::new(Location::file(file), why, HIDES))
}

/// The format of JavaScript bundles; what other formats recognise without a version, their own gaps say.
const BUNDLE: &str = "bundle";

/// One gap for each bundle that names packages without saying their versions, when nothing beside it does either and no gap
/// in `known` speaks of the bundle already.
pub(crate) fn unversioned(candidates: &[Candidate], known: &[Gap]) -> Vec<Gap> {
    let mut open: BTreeMap<&str, Vec<&Candidate>> = BTreeMap::new();
    for candidate in candidates {
        let claim = &candidate.claim;
        let is_bundled = claim.kind == EvidenceKind::Recognised && candidate.format.id == BUNDLE;
        if is_bundled && claim.version == Version::Unknown {
            open.entry(&claim.location.file).or_default().push(candidate);
        }
    }
    open.retain(|file, _| !known.iter().any(|gap| gap.location.file == *file));
    let gap = |(file, candidates): (&str, Vec<&Candidate>)| {
        let packages = if candidates.len() == 1 { "package" } else { "packages" };
        let why = format!(
            "{} {packages} in the bundle without a version: {}; ship the lock file with it, or scan the folder it is built from",
            candidates.len(),
            names(&candidates)
        );
        Gap::new(Location::file(file), why, &[Hidden::Vulnerabilities])
    };
    open.into_iter().map(gap).collect()
}

fn names<'a>(candidates: &[&'a Candidate]) -> String {
    let name = |claim: &'a Claim| claim.spelling.as_ref().unwrap_or(&claim.package).as_str();
    let names: Vec<&str> = candidates.iter().map(|candidate| name(&candidate.claim)).collect();
    quoted_names(&names)
}
