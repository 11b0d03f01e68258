//! Sets of accesses – an action on a resource – as exact as their patterns: union, intersection, difference.
//!
//! A set is a union of pieces: some actions on every resource that all of some patterns have and none of others does. Pieces
//! on the same resources are one, and those that surely hold nothing are left out. Two sets may be equal in different
//! pieces; [`AccessSet::is_subset`] in both directions tells. What depends on names that are known only at deployment, and
//! what would take too long to tell, is answered by `None`.

use std::collections::BTreeMap;

use super::action_set::ActionSet;
use super::facts::ActionId;
use super::pattern::Pattern;

/// Most pieces of a set that an operation makes; past it nothing is said.
const MAX_PIECES: usize = 256;

/// Actions on resources. Borrows the patterns it was made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AccessSet<'p> {
    pieces: BTreeMap<Area<'p>, ActionSet>,
}

/// The resources that all of `within` have and none of `without` does; both sorted, without repetition.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Area<'p> {
    within: Vec<&'p Pattern>,
    without: Vec<&'p Pattern>,
}

impl<'p> AccessSet<'p> {
    /// The actions on what any of the patterns has.
    pub(crate) fn on_any_of(actions: &ActionSet, patterns: impl IntoIterator<Item = &'p Pattern>) -> Self {
        let mut set = Self::default();
        for pattern in patterns {
            set.insert(Area { within: vec![pattern], without: Vec::new() }, actions.clone());
        }
        set
    }

    /// The actions on everything that none of the patterns has.
    pub(crate) fn on_all_but(actions: &ActionSet, patterns: impl IntoIterator<Item = &'p Pattern>) -> Self {
        let mut set = Self::default();
        let area = patterns.into_iter().fold(Area::default(), Area::outside);
        set.insert(area, actions.clone());
        set
    }

    pub(crate) fn union(mut self, other: &Self) -> Self {
        for (area, actions) in &other.pieces {
            self.insert(area.clone(), actions.clone());
        }
        self
    }

    /// What is in both.
    pub(crate) fn intersection(&self, other: &Self) -> Option<Self> {
        let mut common = Self::default();
        for (area, actions) in &self.pieces {
            for (limits, allowed) in other.pieces.iter().filter(|(_, allowed)| allowed.meets(actions)) {
                let mut both = actions.clone();
                both.intersect(allowed);
                common.insert(area.within_all_of(limits), both);
                if common.pieces.len() > MAX_PIECES {
                    return None;
                }
            }
        }
        Some(common)
    }

    /// What is in this set and not in the other.
    pub(crate) fn difference(&self, other: &Self) -> Option<Self> {
        let mut rest = self.clone();
        for (taken, actions) in &other.pieces {
            rest = rest.without_piece(taken, actions)?;
        }
        Some(rest)
    }

    fn without_piece(self, taken: &Area<'p>, actions: &ActionSet) -> Option<Self> {
        let mut rest = Self::default();
        for (area, mut kept) in self.pieces {
            if !kept.meets(actions) {
                rest.insert_surely(area, kept);
                continue;
            }
            let mut cut = kept.clone();
            cut.intersect(actions);
            kept.subtract(actions);
            // What lies outside any one of the patterns that all have, or inside one that none has, stays.
            for pattern in &taken.within {
                rest.insert(area.clone().outside(pattern), cut.clone());
            }
            for pattern in &taken.without {
                rest.insert(area.clone().inside(pattern), cut.clone());
            }
            rest.insert_surely(area, kept);
            if rest.pieces.len() > MAX_PIECES {
                return None;
            }
        }
        Some(rest)
    }

    /// Whether all of this set is in the other. Asked by the properties that hold recommendations against grants.
    #[cfg(test)]
    pub(crate) fn is_subset(&self, other: &Self) -> Option<bool> {
        self.difference(other)?.is_empty()
    }

    /// Whether nothing is in the set.
    pub(crate) fn is_empty(&self) -> Option<bool> {
        let mut all = Some(true);
        for area in self.pieces.keys() {
            match area.is_empty() {
                // One piece that surely holds something is enough.
                Some(false) => return Some(false),
                Some(true) => {}
                None => all = None,
            }
        }
        all
    }

    /// The actions that the set has on something, those that it perhaps has among them.
    pub(crate) fn actions(&self) -> ActionSet {
        let mut all = ActionSet::empty();
        self.pieces.values().for_each(|actions| all.unite(actions));
        all
    }

    /// Whether the action on the resource, which is one ARN, is in the set.
    #[cfg(test)]
    fn contains(&self, action: ActionId, resource: &'p Pattern) -> Option<bool> {
        let asked = Self::on_any_of(&ActionSet::from_iter([action]), [resource]);
        asked.intersection(self)?.is_empty().map(|is_empty| !is_empty)
    }

    /// The accesses of one action.
    pub(crate) fn only(&self, action: ActionId) -> Self {
        let of_action = self.pieces.iter().filter(|(_, actions)| actions.contains(action));
        let pieces = of_action.map(|(area, _)| (area.clone(), ActionSet::from_iter([action]))).collect();
        Self { pieces }
    }

    fn insert(&mut self, area: Area<'p>, actions: ActionSet) {
        if actions.is_empty() || !self.pieces.contains_key(&area) && area.is_empty() == Some(true) {
            return;
        }
        self.insert_surely(area, actions);
    }

    /// As [`Self::insert`], where the area is known to hold something.
    fn insert_surely(&mut self, area: Area<'p>, actions: ActionSet) {
        if !actions.is_empty() {
            self.pieces.entry(area).or_insert_with(ActionSet::empty).unite(&actions);
        }
    }
}

impl<'p> Area<'p> {
    /// Whether no resource lies in it.
    fn is_empty(&self) -> Option<bool> {
        Pattern::have_nothing(&self.within, &self.without)
    }

    /// Of two patterns where one has all of the other, the narrow one says everything.
    fn inside(mut self, pattern: &'p Pattern) -> Self {
        if !self.within.iter().any(|within| pattern.covers(within)) {
            self.within.retain(|within| !within.covers(pattern));
            self.within.push(pattern);
            self.within.sort_unstable();
        }
        self
    }

    /// As [`Self::inside`]: the wide one says everything.
    fn outside(mut self, pattern: &'p Pattern) -> Self {
        if !self.without.iter().any(|without| without.covers(pattern)) {
            self.without.retain(|without| !pattern.covers(without));
            self.without.push(pattern);
            self.without.sort_unstable();
        }
        self
    }

    fn within_all_of(&self, other: &Self) -> Self {
        let within = other.within.iter().fold(self.clone(), |area, pattern| area.inside(pattern));
        other.without.iter().fold(within, |area, pattern| area.outside(pattern))
    }
}

#[cfg(test)]
mod tests;
