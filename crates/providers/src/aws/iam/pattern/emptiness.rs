//! Whether any text matches all of some patterns and none of others: exact for `*` and `?`.
//!
//! A search over the places that every pattern may be at after the same letters, as if their automata ran side by side. What
//! is known only at deployment counts as a letter of its own, equal to itself alone; callers say what that means. An unknown
//! part of what must not match takes nothing away.

use std::collections::BTreeSet;

use super::tokens::{Token, covers, may_meet};

/// Most states that one search goes through; past it nothing is said.
const MAX_STATES: usize = 4_096;

/// The places that each pattern may be at: those of `within` first.
type State = Vec<Vec<u32>>;

/// Whether no text matches all of `within` and none of `without`; `None` when the search is given up.
pub(in crate::aws::iam) fn is_empty(within: &[&[Token]], without: &[&[Token]]) -> Option<bool> {
    if is_plainly_empty(within, without) {
        return Some(true);
    }
    // A pattern that some `within` has nothing in common with takes nothing away.
    let near = |pattern: &&[Token]| within.iter().all(|wide| may_meet(wide, pattern));
    let without: Vec<&[Token]> = without.iter().copied().filter(near).collect();
    if without.is_empty() && within.len() == 1 {
        return Some(false);
    }
    Search { within: within.len(), patterns: within.iter().chain(&without).copied().collect() }.run()
}

/// What two patterns alone tell.
fn is_plainly_empty(within: &[&[Token]], without: &[&[Token]]) -> bool {
    within.iter().any(|narrow| without.iter().any(|wide| covers(wide, narrow)))
        || within.iter().enumerate().any(|(at, one)| within.iter().skip(at + 1).any(|other| !may_meet(one, other)))
}

struct Search<'a> {
    /// How many of the patterns must match; the others must not.
    within: usize,
    patterns: Vec<&'a [Token]>,
}

impl Search<'_> {
    fn run(&self) -> Option<bool> {
        let start: State = self.patterns.iter().map(|pattern| closed(pattern, vec![0])).collect();
        let mut seen = BTreeSet::from([start.clone()]);
        let mut open = vec![start];
        while let Some(state) = open.pop() {
            if self.is_witness(&state) {
                return Some(false);
            }
            for symbol in self.symbols(&state) {
                let next = self.stepped(&state, symbol);
                if !self.is_dead(&next) && seen.insert(next.clone()) {
                    open.push(next);
                }
            }
            if seen.len() > MAX_STATES {
                return None;
            }
        }
        Some(true)
    }

    fn is_witness(&self, state: &State) -> bool {
        state.iter().zip(&self.patterns).enumerate().all(|(index, (places, pattern))| {
            let is_at_end = places.last().is_some_and(|place| *place as usize == pattern.len());
            is_at_end == (index < self.within)
        })
    }

    /// Whether nothing that follows can be a witness.
    fn is_dead(&self, state: &State) -> bool {
        state.iter().zip(&self.patterns).enumerate().any(|(index, (places, pattern))| {
            if index < self.within {
                return places.is_empty();
            }
            // Whatever comes, a `*` at the end takes it.
            pattern.last() == Some(&Token::Any) && places.last().is_some_and(|place| *place as usize == pattern.len())
        })
    }

    /// The symbols that make a difference: those that some pattern waits for, and one that none does.
    fn symbols(&self, state: &State) -> Vec<Option<&Token>> {
        let mut symbols: Vec<Option<&Token>> = vec![None];
        for (places, pattern) in state.iter().zip(&self.patterns) {
            for token in places.iter().filter_map(|place| pattern.get(*place as usize)) {
                let is_exact = !matches!(token, Token::Any | Token::One);
                if is_exact && !symbols.contains(&Some(token)) {
                    symbols.push(Some(token));
                }
            }
        }
        symbols
    }

    fn stepped(&self, state: &State, symbol: Option<&Token>) -> State {
        let step = |(index, (places, pattern)): (usize, (&Vec<u32>, &&[Token]))| {
            let moved = places.iter().filter_map(|place| match pattern.get(*place as usize)? {
                Token::Any => Some(*place),
                Token::One => symbol.is_none_or(|symbol| matches!(symbol, Token::Letter(_))).then_some(place + 1),
                Token::Unknown if index >= self.within => None,
                exact => (symbol == Some(exact)).then_some(place + 1),
            });
            closed(pattern, moved.collect())
        };
        state.iter().zip(&self.patterns).enumerate().map(step).collect()
    }
}

/// The places with those that a `*` may be left for, sorted.
fn closed(pattern: &[Token], mut places: Vec<u32>) -> Vec<u32> {
    let mut at = 0;
    while let Some(place) = places.get(at).copied() {
        if pattern.get(place as usize) == Some(&Token::Any) && !places.contains(&(place + 1)) {
            places.push(place + 1);
        }
        at += 1;
    }
    places.sort_unstable();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::aws::iam::pattern::tokens::simplified;
    use crate::aws::iam::wildcard;

    fn tokens(text: &str) -> Vec<Token> {
        let token = |letter| match letter {
            '*' => Token::Any,
            '?' => Token::One,
            letter => Token::Letter(letter),
        };
        simplified(text.chars().map(token).collect())
    }

    fn decide(within: &[&str], without: &[&str]) -> Option<bool> {
        let read = |texts: &[&str]| texts.iter().map(|text| tokens(text)).collect::<Vec<_>>();
        let (within, without) = (read(within), read(without));
        is_empty(
            &within.iter().map(Vec::as_slice).collect::<Vec<_>>(),
            &without.iter().map(Vec::as_slice).collect::<Vec<_>>(),
        )
    }

    #[test]
    fn several_patterns_together_may_take_all_away() {
        for (within, without, expected) in [
            (&["a*"][..], &["a*"][..], true),
            (&["a*"], &["ab*"], false),
            (&["a?"], &["ab", "a*"], true),
            (&["*"], &["?*"], false),
            (&["*"], &["?*", ""], true),
            (&["a*", "*b"], &["ab", "a*b"], true),
            (&["a*", "*b"], &["a?*b"], false),
            (&["a*", "*b"], &["a?*b", "ab"], true),
            (&["arn:x:a/*"], &["arn:x:a/?*"], false),
            (&["arn:x:a/*"], &["arn:x:a/?*", "*/"], true),
            (&["x*", "y*"], &[], true),
        ] {
            assert_eq!(decide(within, without), Some(expected), "{within:?} without {without:?}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_trying_every_short_text(
            within in prop::collection::vec("[ab*?]{0,4}", 1..3),
            without in prop::collection::vec("[ab*?]{0,3}", 0..4),
        ) {
            // Patterns this short tell apart no longer texts.
            let letters = ['a', 'b', 'z'];
            let mut texts = vec![String::new()];
            let mut from = 0;
            for _ in 0..6 {
                let until = texts.len();
                for at in from..until {
                    for letter in letters {
                        texts.push(format!("{}{letter}", texts[at]));
                    }
                }
                from = until;
            }
            let is_match = |text: &String| {
                within.iter().all(|pattern| wildcard::matches(pattern, text))
                    && !without.iter().any(|pattern| wildcard::matches(pattern, text))
            };
            let decided = decide(
                &within.iter().map(String::as_str).collect::<Vec<_>>(),
                &without.iter().map(String::as_str).collect::<Vec<_>>(),
            );
            prop_assert_eq!(decided, Some(!texts.iter().any(is_match)));
        }
    }
}
