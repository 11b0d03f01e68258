//! From what files say to what there is: one candidate for each package that lies, or would lie, in one place.
//!
//! Installed wins over locked, locked over declared: the weaker statement becomes evidence for the stronger when both can
//! be true, and is dropped when the stronger says otherwise. What nothing stronger covers stands for itself.

use std::collections::BTreeSet;
use std::collections::hash_map::Entry;

use artifact::Mount;
use model::Gap;
use model::component::{Evidence, EvidenceKind, Presence, Version};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Ecosystem;
use crate::claim::{Claim, Place};
use crate::document::Format;
use crate::open_manifests::open_manifests;

/// A package in one place, with everything said of it.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// The strongest statement.
    pub(crate) claim: Claim,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) parents: BTreeSet<String>,
    pub(crate) format: &'static Format,
}

/// The candidates of one ecosystem and the gaps of manifests that leave versions open. `claims` come in path order;
/// `covered` are the folders of projects that locks speak of.
pub(crate) fn merge(
    ecosystem: &'static Ecosystem,
    claims: Vec<(&'static Format, Claim)>,
    covered: Vec<(Mount, String)>,
) -> (Vec<Candidate>, Vec<Gap>) {
    let mut merger = Merger {
        ecosystem,
        candidates: Vec::new(),
        by_name: FxHashMap::default(),
        by_slot: FxHashMap::default(),
        by_statement: FxHashMap::default(),
        installed_roots: Vec::new(),
        locked: covered.into_iter().collect(),
    };
    let (mut declared, stronger): (Vec<_>, Vec<_>) =
        claims.into_iter().partition(|(_, claim)| claim.kind == EvidenceKind::Declared);
    let (inferred, stronger): (Vec<_>, Vec<_>) = stronger
        .into_iter()
        .partition(|(_, claim)| matches!(claim.kind, EvidenceKind::Listed | EvidenceKind::Recognised));
    let (installed, locked): (Vec<_>, Vec<_>) =
        stronger.into_iter().partition(|(_, claim)| claim.kind == EvidenceKind::Installed);
    for (format, claim) in installed {
        let root = Place { layer: None, slot: None, ..claim.place.clone() };
        if merger.installed_roots.last() != Some(&root) {
            merger.installed_roots.push(root);
        }
        merger.push(format, claim);
    }
    merger.installed_roots.sort_unstable();
    merger.installed_roots.dedup();
    for (format, claim) in locked {
        merger.locked.insert((claim.place.mount, claim.place.root.clone()));
        merger.settle_locked(format, claim);
    }
    for (format, claim) in inferred {
        merger.settle_inferred(format, claim);
    }
    // Pins before ranges, so that a range finds the pin it admits.
    declared.sort_by_key(|(_, claim)| claim.version.exact().is_none());
    for (format, claim) in declared {
        merger.settle_declared(format, claim);
    }
    merger.note_parents();
    merger.note_direct();
    let gaps = open_manifests(&merger.candidates);
    (merger.candidates, gaps)
}

/// Versions of one package that another's request may mean where nothing tells them apart.
const MAX_TARGETS: usize = 16;

/// The qualifiers tell apart what a system has of one package for several architectures.
type Statement = (String, Version, EvidenceKind, Presence, Place, Vec<(&'static str, String)>);

/// Copies of one package that are looked at. Further ones stand for themselves; where they are the same version they become
/// one component all the same.
const MAX_SAME_NAME: usize = 128;

struct Merger {
    ecosystem: &'static Ecosystem,
    candidates: Vec<Candidate>,
    by_name: FxHashMap<String, Vec<usize>>,
    by_slot: FxHashMap<Place, usize>,
    /// What was stated before, in one file or several.
    by_statement: FxHashMap<Statement, usize>,
    /// Folders that packages are installed below.
    installed_roots: Vec<Place>,
    /// Projects that a lock file speaks of.
    locked: FxHashSet<(Mount, String)>,
}

impl Merger {
    fn push(&mut self, format: &'static Format, claim: Claim) {
        let at = self.candidates.len();
        let (package, place) = (claim.package.clone(), claim.place.clone());
        let qualifiers = claim.qualifiers.clone();
        let statement = (package, claim.version.clone(), claim.kind, claim.presence, place, qualifiers);
        match self.by_statement.entry(statement) {
            Entry::Occupied(same) => {
                let same = *same.get();
                return self.attach(same, claim);
            }
            Entry::Vacant(vacant) => drop(vacant.insert(at)),
        }
        self.by_name.entry(claim.package.clone()).or_default().push(at);
        if claim.place.slot.is_some() {
            self.by_slot.entry(without_layer(&claim.place)).or_insert(at);
        }
        let evidence = evidence_of(&claim);
        let parents = claim.parents.iter().cloned().collect();
        self.candidates.push(Candidate { claim, evidence, parents, format });
    }

    /// Candidates of this name.
    fn named(&self, name: &str) -> &[usize] {
        let all = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        all.get(..MAX_SAME_NAME).unwrap_or(all)
    }

    /// Makes `claim` evidence for a candidate.
    fn attach(&mut self, at: usize, claim: Claim) {
        let Some(candidate) = self.candidates.get_mut(at) else { return };
        candidate.evidence.extend(evidence_of(&claim));
        candidate.claim.direct = candidate.claim.direct.max(claim.direct);
        if candidate.claim.qualifiers.is_empty() {
            candidate.claim.qualifiers = claim.qualifiers;
        }
        candidate.parents.extend(claim.parents);
        if claim.presence == Presence::Project {
            candidate.claim.presence = Presence::Project;
            if candidate.claim.version == Version::Unknown {
                candidate.claim.version = claim.version;
            }
        }
    }

    fn settle_locked(&mut self, format: &'static Format, mut claim: Claim) {
        if let Some(at) = self.installed_in_slot(&claim.place) {
            let candidate = self.candidates.get(at).map(|candidate| &candidate.claim);
            if candidate
                .is_some_and(|candidate| candidate.package == claim.package && self.is_same_version(candidate, &claim))
            {
                self.attach(at, claim);
            }
            return;
        }
        let visible = self.visible_installed(&claim);
        let same = visible.iter().find(|at| {
            self.candidates.get(**at).is_some_and(|candidate| self.is_same_version(&candidate.claim, &claim))
        });
        if let Some(at) = same {
            return self.attach(*at, claim);
        }
        let is_overruled = claim.place.slot.is_none() && claim.presence != Presence::Project && !visible.is_empty();
        if is_overruled || (claim.optional && self.has_installed(&claim)) {
            return;
        }
        self.mark_absent(&mut claim);
        self.push(format, claim);
    }

    /// What lies in the artifact by the word of a bill of materials, or by traces of it in code.
    fn settle_inferred(&mut self, format: &'static Format, claim: Claim) {
        let is_same = |at: &usize| {
            self.claim_at(*at).is_some_and(|other| {
                // A requirement is not what it may lead to; it is only said again.
                let is_range = [other, &claim].iter().any(|claim| matches!(claim.version, Version::Range(_)));
                other.place.mount == claim.place.mount
                    && other.presence == claim.presence
                    && if is_range { other.version == claim.version } else { self.is_same_version(other, &claim) }
            })
        };
        let known = match claim.kind {
            EvidenceKind::Recognised => self.meeting_recognised(&claim),
            _ => self.named(&claim.package).iter().copied().find(is_same),
        };
        match known {
            Some(at) => {
                // Its code is there, whatever a lock says of what it is needed for.
                let is_recognised = claim.kind == EvidenceKind::Recognised;
                if let Some(candidate) = self.candidates.get_mut(at).filter(|_| is_recognised) {
                    candidate.claim.presence = Presence::Shipped;
                }
                self.attach(at, claim);
            }
            None => self.push(format, claim),
        }
    }

    /// The candidate that traces in code belong to: the one of the same version or, where they do not tell the version, the
    /// one in their slot, else the only version that the project around them has. Traces of other files say nothing of it.
    fn meeting_recognised(&self, claim: &Claim) -> Option<usize> {
        let is_other = |at: &usize| {
            self.claim_at(*at).is_some_and(|other| {
                other.place.mount == claim.place.mount
                    && other.presence != Presence::Project
                    && !other.is_same_statement(claim)
            })
        };
        let named = self.named(&claim.package).iter().copied().filter(is_other);
        if claim.version.exact().is_some() {
            let same = named.filter(|at| {
                self.claim_at(*at)
                    .is_some_and(|other| other.version.exact().is_some() && self.is_same_version(other, claim))
            });
            return same.min_by_key(|at| self.kind_of(*at));
        }
        let is_pin = |at: &usize| {
            self.claim_at(*at).is_some_and(|other| {
                !matches!(other.kind, EvidenceKind::Recognised | EvidenceKind::Declared)
                    && other.presence != Presence::Project
                    && other.version.exact().is_some()
                    && (self.ecosystem.layout.sees)(&claim.place, &other.place)
            })
        };
        // An alias decides which package its slot holds.
        if let Some(at) = self.visible_slots(claim).find(is_pin) {
            return Some(at);
        }
        let around: Vec<usize> = named.filter(is_pin).collect();
        let (first, others) = around.split_first()?;
        let first_claim = self.claim_at(*first)?;
        let is_only =
            others.iter().all(|at| self.claim_at(*at).is_some_and(|other| self.is_same_version(other, first_claim)));
        is_only.then_some(*first)
    }

    fn settle_declared(&mut self, format: &'static Format, mut claim: Claim) {
        if claim.presence == Presence::Project {
            return self.settle_project(format, claim);
        }
        let installed = self.meeting_installed(&claim);
        if !installed.is_empty() {
            if let Some(at) = installed.into_iter().find(|at| self.is_admitted(&claim, *at)) {
                self.attach(at, claim);
            }
            return;
        }
        let mut weaker = self.meeting_locked(&claim);
        weaker.extend(self.meeting_inferred(&claim));
        if let Some(at) = weaker.into_iter().find(|at| self.is_admitted(&claim, *at)) {
            return self.attach(at, claim);
        }
        self.mark_absent(&mut claim);
        self.push(format, claim);
    }

    /// A project is one component however many files name it.
    fn settle_project(&mut self, format: &'static Format, claim: Claim) {
        let known = self.named(&claim.package).iter().copied().find(|at| {
            self.candidates.get(*at).is_some_and(|candidate| {
                candidate.claim.presence == Presence::Project && candidate.claim.place.mount == claim.place.mount
            })
        });
        match known {
            Some(at) => self.attach(at, claim),
            None => self.push(format, claim),
        }
    }

    /// Installed packages that a manifest's request would find, nearest first.
    fn meeting_installed(&self, claim: &Claim) -> Vec<usize> {
        if claim.place.slot.is_none() {
            return self.visible_installed(claim);
        }
        let in_slots: Vec<_> =
            self.visible_slots(claim).filter(|at| self.kind_of(*at) == Some(EvidenceKind::Installed)).collect();
        if !in_slots.is_empty() {
            return in_slots;
        }
        // Stores keep packages apart and link them into the slot; the link may not have been packed.
        let is_stored =
            |at: &usize| self.claim_at(*at).and_then(|stored| stored.place.slot.as_deref()).is_some_and(slot_is_stored);
        self.visible_installed(claim).into_iter().filter(|at| is_stored(at) && self.is_admitted(claim, *at)).collect()
    }

    /// Locked packages, and pins of another manifest, that answer a manifest's request.
    fn meeting_locked(&self, claim: &Claim) -> Vec<usize> {
        let is_covered = self.locked.contains(&(claim.place.mount, claim.place.root.clone()));
        let is_beside = |candidate: &Candidate| {
            let place = &candidate.claim.place;
            place.mount == claim.place.mount && place.root == claim.place.root
        };
        // A workspace's lock lies in a folder above it.
        let is_above = |candidate: &Candidate| {
            let place = &candidate.claim.place;
            place.mount == claim.place.mount && is_below(&claim.place.root, &place.root)
        };
        let in_slots =
            self.visible_slots(claim).filter(|at| is_covered && self.kind_of(*at) == Some(EvidenceKind::Locked));
        let by_name = self.named(&claim.package).iter().copied().filter(|at| {
            self.candidates.get(*at).is_some_and(|candidate| match candidate.claim.kind {
                EvidenceKind::Installed | EvidenceKind::Listed | EvidenceKind::Recognised => false,
                EvidenceKind::Locked => is_covered && candidate.claim.place.slot.is_none() && is_above(candidate),
                // A range is met by the pin of another manifest, a pin only by itself.
                EvidenceKind::Declared => {
                    claim.version.exact().is_none() && candidate.claim.version.exact().is_some() && is_beside(candidate)
                }
            })
        });
        in_slots
            .chain(by_name)
            .filter(|at| {
                self.candidates.get(*at).is_some_and(|candidate| candidate.claim.presence != Presence::Project)
            })
            .collect()
    }

    /// Packages of the claim's name that code or a bill of materials shows to be there.
    fn meeting_inferred(&self, claim: &Claim) -> Vec<usize> {
        let is_there = |at: &usize| {
            self.claim_at(*at).is_some_and(|other| {
                matches!(other.kind, EvidenceKind::Listed | EvidenceKind::Recognised)
                    && other.place.mount == claim.place.mount
            })
        };
        self.named(&claim.package).iter().copied().filter(is_there).collect()
    }

    /// Candidates in the slot that the claim names, in its root and every other that it sees, nearest root first.
    fn visible_slots(&self, claim: &Claim) -> impl Iterator<Item = usize> {
        let mut found: Vec<usize> = Vec::new();
        if let Some(slot) = &claim.place.slot {
            let roots = std::iter::successors(Some(claim.place.root.as_str()), |root| {
                (!root.is_empty()).then(|| root.rsplit_once('/').map_or("", |(outer, _)| outer))
            });
            found.extend(roots.filter_map(|root| {
                let place =
                    Place { mount: claim.place.mount, layer: None, root: root.to_owned(), slot: Some(slot.clone()) };
                self.by_slot.get(&place).copied()
            }));
            if claim.place.mount != Mount::Layers {
                let in_layers = self.named(&claim.package).iter().copied().filter(|at| {
                    self.candidates.get(*at).is_some_and(|candidate| {
                        let place = &candidate.claim.place;
                        place.mount == Mount::Layers
                            && place.slot.as_ref() == Some(slot)
                            && (self.ecosystem.layout.sees)(&claim.place, place)
                    })
                });
                found.extend(in_layers);
            }
        }
        found.into_iter()
    }

    /// Installed packages of the claim's name that it can load, those in its own root first.
    fn visible_installed(&self, claim: &Claim) -> Vec<usize> {
        let mut visible: Vec<_> = self
            .named(&claim.package)
            .iter()
            .copied()
            .filter(|at| self.kind_of(*at) == Some(EvidenceKind::Installed))
            .collect();
        visible.retain(|at| {
            self.candidates
                .get(*at)
                .is_some_and(|candidate| (self.ecosystem.layout.sees)(&claim.place, &candidate.claim.place))
        });
        visible.sort_by_key(|at| {
            self.candidates.get(*at).is_none_or(|candidate| candidate.claim.place.root != claim.place.root)
        });
        visible
    }

    fn installed_in_slot(&self, place: &Place) -> Option<usize> {
        place.slot.as_ref()?;
        self.by_slot.get(&without_layer(place)).copied().filter(|at| self.kind_of(*at) == Some(EvidenceKind::Installed))
    }

    fn claim_at(&self, at: usize) -> Option<&Claim> {
        self.candidates.get(at).map(|candidate| &candidate.claim)
    }

    fn kind_of(&self, at: usize) -> Option<EvidenceKind> {
        self.claim_at(at).map(|claim| claim.kind)
    }

    fn is_same_version(&self, candidate: &Claim, claim: &Claim) -> bool {
        match (candidate.version.exact(), claim.version.exact()) {
            (Some(left), Some(right)) => left == right || self.ecosystem.compare(left, right).is_eq(),
            // A link, or a package from a repository: the lock states no version.
            _ => true,
        }
    }

    /// Whether the candidate's version may be what the claim asks for; yes where one of them cannot be read.
    fn is_admitted(&self, claim: &Claim, at: usize) -> bool {
        let asked = match &claim.version {
            Version::Exact(text) | Version::Range(text) => text,
            Version::Unknown => return true,
        };
        let version = self.candidates.get(at).and_then(|candidate| candidate.claim.version.exact());
        let Some(version) = version else { return true };
        match (self.ecosystem.parse_range(asked), self.ecosystem.version_key(version)) {
            (Ok(admitted), Ok(key)) => admitted.contains(&key),
            _ => claim.version.exact().is_none_or(|exact| exact == version),
        }
    }

    /// Whether anything is installed where the claim's package would go.
    fn has_installed(&self, claim: &Claim) -> bool {
        let is_there =
            |place: &Place| place.mount == claim.place.mount && (self.ecosystem.layout.sees)(&claim.place, place);
        self.installed_roots.iter().any(is_there)
    }

    fn mark_absent(&self, claim: &mut Claim) {
        if claim.presence == Presence::Shipped && claim.is_packed() && self.has_installed(claim) {
            claim.presence = Presence::Absent;
        }
    }

    fn note_parents(&mut self) {
        let mut found: Vec<(usize, String)> = Vec::new();
        for candidate in self.candidates.iter().filter(|candidate| candidate.claim.presence != Presence::Project) {
            for key in &candidate.claim.requires {
                let targets = self.required(&candidate.claim, key);
                found.extend(targets.into_iter().map(|target| (target, candidate.claim.package.clone())));
            }
        }
        for (target, parent) in found {
            if let Some(candidate) = self.candidates.get_mut(target)
                && candidate.claim.package != parent
            {
                candidate.parents.insert(parent);
            }
        }
    }

    /// The candidates that `claim` gets when it asks for `key`.
    fn required(&self, claim: &Claim, key: &str) -> Vec<usize> {
        let slots = (self.ecosystem.layout.slots)(claim.place.slot.as_deref(), key);
        if claim.place.slot.is_some() && !slots.is_empty() {
            let mut places =
                slots.into_iter().map(|slot| Place { layer: None, slot: Some(slot), ..claim.place.clone() });
            if let Some(at) = places.find_map(|place| self.by_slot.get(&place)) {
                return vec![*at];
            }
        }
        let named = self.named(key);
        let is_beside = |at: &usize| {
            self.candidates.get(*at).is_some_and(|candidate| {
                candidate.claim.place.mount == claim.place.mount && candidate.claim.place.root == claim.place.root
            })
        };
        let beside: Vec<_> = named.iter().copied().filter(is_beside).take(MAX_TARGETS).collect();
        if !beside.is_empty() {
            return beside;
        }
        let sees = |at: &usize| {
            self.candidates
                .get(*at)
                .is_some_and(|candidate| (self.ecosystem.layout.sees)(&claim.place, &candidate.claim.place))
        };
        named.iter().copied().filter(sees).take(MAX_TARGETS).collect()
    }

    /// Where it is known of one package that the project asks for it, the others beside it come by way of these.
    fn note_direct(&mut self) {
        let root_of = |claim: &Claim| (claim.place.mount, claim.place.root.clone());
        let known: FxHashSet<_> = self
            .candidates
            .iter()
            .filter(|candidate| candidate.claim.direct == Some(true))
            .map(|candidate| root_of(&candidate.claim))
            .collect();
        for candidate in &mut self.candidates {
            if candidate.claim.direct.is_none() && known.contains(&root_of(&candidate.claim)) {
                candidate.claim.direct = Some(false);
            }
        }
    }
}

/// The stating file, or what an earlier scan found the package by.
fn evidence_of(claim: &Claim) -> Vec<Evidence> {
    match &claim.recalled {
        Some(recalled) if !recalled.evidence.is_empty() => recalled.evidence.clone(),
        _ => vec![Evidence { location: claim.location.clone(), kind: claim.kind }],
    }
}

/// Whether the slot lies in the store of pnpm or npm.
fn slot_is_stored(slot: &str) -> bool {
    slot.starts_with("node_modules/.pnpm/") || slot.starts_with("node_modules/.store/")
}

fn is_below(inner: &str, outer: &str) -> bool {
    outer.is_empty() || inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Layers are merged into one folder, so a place is the same whichever layer a file comes from.
fn without_layer(place: &Place) -> Place {
    Place { layer: None, ..place.clone() }
}
