//! Sets of actions, exact for wildcards: one bit for every action that IAM knows.

use std::ops::Range;

use model::{Part, SymbolicText};

use super::facts::{self, ActionId};

/// A set of actions that IAM knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActionSet {
    words: Vec<u64>,
}

impl ActionSet {
    pub(crate) fn empty() -> Self {
        Self { words: vec![0; facts::action_count().div_ceil(64)] }
    }

    /// The actions that a literal pattern names.
    pub(crate) fn of_pattern(pattern: &str) -> Self {
        let mut set = Self::empty();
        match facts::range_matching(pattern) {
            Some(range) => set.fill(range),
            None => set.extend(facts::matching(pattern)),
        }
        set
    }

    /// What is known of a pattern's actions.
    pub(crate) fn of_text(text: &SymbolicText) -> KnownActions {
        match text.as_literal() {
            Some(pattern) => KnownActions::Exactly(Self::of_pattern(pattern)),
            None => KnownActions::Within(Self::of_pattern(&widest(text))),
        }
    }

    fn fill(&mut self, range: Range<usize>) {
        for (place, word) in self.words.iter_mut().enumerate() {
            let from = range.start.saturating_sub(place * 64).min(64);
            let to = range.end.saturating_sub(place * 64).min(64);
            if from < to {
                *word |= (u64::MAX >> (64 - (to - from))) << from;
            }
        }
    }

    pub(crate) fn insert(&mut self, action: ActionId) {
        if let Some(word) = self.words.get_mut(action.index() / 64) {
            *word |= 1 << (action.index() % 64);
        }
    }

    pub(crate) fn contains(&self, action: ActionId) -> bool {
        self.words.get(action.index() / 64).is_some_and(|word| word >> (action.index() % 64) & 1 == 1)
    }

    pub(crate) fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Whether the sets have an action in common.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).any(|(mine, other)| mine & other != 0)
    }

    /// In the order of their lower-case names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = ActionId> {
        self.words.iter().enumerate().flat_map(|(place, word)| {
            // Each step takes the lowest bit away: sets have few members as a rule.
            let rest = std::iter::successors(Some(*word), |rest| Some(rest & rest.wrapping_sub(1)));
            let bits = rest.take_while(|rest| *rest != 0).map(u64::trailing_zeros);
            bits.map(move |bit| ActionId::from_index(place * 64 + bit as usize))
        })
    }

    pub(crate) fn unite(&mut self, other: &Self) {
        self.combine(other, |mine, other| mine | other);
    }

    pub(crate) fn subtract(&mut self, other: &Self) {
        self.combine(other, |mine, other| mine & !other);
    }

    pub(crate) fn intersect(&mut self, other: &Self) {
        self.combine(other, |mine, other| mine & other);
    }

    /// Every known action that is not in the set.
    pub(crate) fn complement(&self) -> Self {
        let mut all = Self::of_pattern("*");
        all.subtract(self);
        all
    }

    fn combine(&mut self, other: &Self, combine: impl Fn(u64, u64) -> u64) {
        for (mine, other) in self.words.iter_mut().zip(&other.words) {
            *mine = combine(*mine, *other);
        }
    }
}

impl Extend<ActionId> for ActionSet {
    fn extend<T: IntoIterator<Item = ActionId>>(&mut self, actions: T) {
        actions.into_iter().for_each(|action| self.insert(action));
    }
}

impl FromIterator<ActionId> for ActionSet {
    fn from_iter<T: IntoIterator<Item = ActionId>>(actions: T) -> Self {
        let mut set = Self::empty();
        set.extend(actions);
        set
    }
}

/// The actions of a pattern as written.
pub(crate) enum KnownActions {
    Exactly(ActionSet),
    /// Some of these: a part of the pattern is known only at deployment.
    Within(ActionSet),
}

/// The pattern with `*` for what is not known.
fn widest(text: &SymbolicText) -> String {
    let widest = |part: &Part| match part {
        Part::Literal(literal) => literal.clone(),
        Part::Reference(_) | Part::Environment(_) | Part::Unknown => "*".to_owned(),
    };
    text.parts().iter().map(widest).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pattern_with_unknown_parts_is_some_of_what_it_may_be() {
        let KnownActions::Within(set) = ActionSet::of_text(&SymbolicText::parse_sub("sqs:${Verb}Message")) else {
            panic!("known exactly")
        };
        let names: Vec<String> = set.iter().map(ActionId::name).collect();
        assert_eq!(names, ["sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:SendMessage"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn set_operations_agree_with_sets_of_names(
            left in "(s3|sqs|iam|\\*)(:(\\*|Get\\*|\\*Role\\*|\\?ist\\*))?",
            right in "(s3|sqs|iam|\\*)(:(\\*|Get\\*|\\*Role\\*|\\?ist\\*))?",
        ) {
            let set = |pattern: &str| ActionSet::of_pattern(pattern);
            let names = |set: &ActionSet| set.iter().map(ActionId::name).collect::<BTreeSet<_>>();
            let plain = |pattern: &str| facts::expand(pattern).into_iter().collect::<BTreeSet<_>>();
            let (mut united, mut cut, mut common) = (set(&left), set(&left), set(&left));
            united.unite(&set(&right));
            cut.subtract(&set(&right));
            common.intersect(&set(&right));
            prop_assert_eq!(names(&united), &plain(&left) | &plain(&right));
            prop_assert_eq!(names(&cut), &plain(&left) - &plain(&right));
            prop_assert_eq!(names(&common), &plain(&left) & &plain(&right));
            prop_assert_eq!(united.len(), names(&united).len());
            prop_assert_eq!(set(&left).complement().len(), facts::action_count() - plain(&left).len());
        }
    }
}
