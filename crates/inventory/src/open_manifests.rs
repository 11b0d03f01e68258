//! Gaps of manifests that leave open what an install takes.

use std::collections::BTreeMap;

use model::component::{EvidenceKind, Presence};
use model::{Gap, Location};

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

fn names<'a>(candidates: &[&'a Candidate]) -> String {
    let name = |claim: &'a Claim| claim.spelling.as_ref().unwrap_or(&claim.package).as_str();
    let names: Vec<&str> = candidates.iter().map(|candidate| name(&candidate.claim)).collect();
    quoted_names(&names)
}
