//! Settles which of several hits on the same text counts, and joins the halves of pairs.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::kinds;
use crate::scanner::Hit;

/// How far apart an AWS access key id and its secret key may stand, in bytes.
const PAIR_REACH_BYTES: usize = 400;

/// Without overlaps, in order of place. A provider's kind wins over a generic one, then the longer value.
pub(crate) fn settle(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| {
        (
            hit.kind.rank(),
            !is(hit, &kinds::ACCESS_KEY),
            std::cmp::Reverse(hit.value.len()),
            hit.value.start,
            hit.kind.id,
        )
    });
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    hits.retain(|hit| {
        let Range { start, end } = hit.value;
        let is_free = taken.range(..end.max(start + 1)).next_back().is_none_or(|(_, other_end)| *other_end <= start);
        if is_free {
            taken.insert(start, end);
        }
        is_free
    });
    hits.sort_by_key(|hit| hit.value.start);
    pair_aws_keys(hits)
}

/// An id beside a secret key becomes its related place: the two are one credential.
fn pair_aws_keys(mut hits: Vec<Hit>) -> Vec<Hit> {
    let ids: Vec<usize> = hits.iter().filter(|hit| is(hit, &kinds::ACCESS_KEY_ID)).map(|hit| hit.value.start).collect();
    let mut paired = Vec::new();
    for hit in hits.iter_mut().filter(|hit| is(hit, &kinds::ACCESS_KEY) || is(hit, &kinds::SECRET_ACCESS_KEY)) {
        let nearest = ids.iter().copied().min_by_key(|id| id.abs_diff(hit.value.start));
        if let Some(id) = nearest.filter(|id| id.abs_diff(hit.value.start) <= PAIR_REACH_BYTES) {
            hit.kind = &kinds::ACCESS_KEY;
            hit.related = Some(id);
            hit.confidence = hit.confidence.max(hit.kind.confidence);
            paired.push(id);
        }
    }
    hits.retain(|hit| !(is(hit, &kinds::ACCESS_KEY_ID) && paired.contains(&hit.value.start)));
    hits
}

fn is(hit: &Hit, kind: &crate::Kind) -> bool {
    hit.kind.id == kind.id
}
