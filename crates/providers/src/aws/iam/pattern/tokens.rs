//! Sequences of letters and wildcards compared as sets of texts.

use std::collections::BTreeSet;
use std::sync::Arc;

/// One place of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::aws::iam) enum Token {
    Letter(char),
    /// `?`
    One,
    /// `*`
    Any,
    /// The generated name of a resource of the template: nothing else is equal to it.
    Generated(Arc<str>),
    /// A value of the deployment: equal to itself, perhaps to others.
    Deployment(Arc<str>),
    /// Some one text that is not known, such as a policy variable: perhaps equal to anything.
    Unknown,
}

impl Token {
    /// A letter or a wildcard.
    pub(in crate::aws::iam) fn is_known(&self) -> bool {
        matches!(self, Self::Letter(_) | Self::One | Self::Any)
    }
}

/// Runs of wildcards as `??*`, so that equal sets have one form.
pub(in crate::aws::iam) fn simplified(tokens: Vec<Token>) -> Vec<Token> {
    let mut simple: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut open = false;
    for token in tokens {
        match token {
            Token::Any => open = true,
            Token::One => simple.push(Token::One),
            other => {
                if std::mem::take(&mut open) {
                    simple.push(Token::Any);
                }
                simple.push(other);
            }
        }
    }
    if open {
        simple.push(Token::Any);
    }
    simple
}

/// Whether `wide` surely matches all that `narrow` does.
pub(in crate::aws::iam) fn covers(wide: &[Token], narrow: &[Token]) -> bool {
    if covers_greedily(wide, narrow) {
        return true;
    }
    // Only a `?` can share with its neighbours what one `*` of `narrow` stands for: `??*` covers `?*a`.
    wide.contains(&Token::One) && narrow.contains(&Token::Any) && !has_counterexample(wide, narrow)
}

/// As [`covers`], save for patterns with `?`. Greedy with one place to return to, as for plain texts: a
/// wildcard of `narrow` is a letter that only `*` of `wide` takes.
fn covers_greedily(wide: &[Token], narrow: &[Token]) -> bool {
    let (mut at_wide, mut at_narrow) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(token) = narrow.get(at_narrow) {
        match wide.get(at_wide) {
            Some(Token::Any) => {
                at_wide += 1;
                retry = Some((at_wide, at_narrow));
            }
            Some(wanted) if takes(wanted, token) => {
                at_wide += 1;
                at_narrow += 1;
            }
            _ => match retry {
                Some((after_star, from)) => {
                    at_wide = after_star;
                    at_narrow = from + 1;
                    retry = Some((after_star, from + 1));
                }
                None => return false,
            },
        }
    }
    wide.get(at_wide..).unwrap_or_default().iter().all(|token| *token == Token::Any)
}

fn takes(wide: &Token, narrow: &Token) -> bool {
    match (wide, narrow) {
        (Token::One, Token::One | Token::Letter(_)) => true,
        (Token::Unknown, _) => false,
        (wide, narrow) => wide == narrow && *wide != Token::Any,
    }
}

/// Most states that the search for a text of `narrow` outside `wide` goes through; past it such a text is assumed.
const MAX_SEARCH_STATES: usize = 4096;

/// Whether some text matches `narrow` and not `wide`: a search over the places of `narrow` and the sets of places that
/// `wide` may be at.
fn has_counterexample(wide: &[Token], narrow: &[Token]) -> bool {
    let mut symbols: Vec<Option<&Token>> =
        wide.iter().filter(|token| matches!(token, Token::Letter(_))).map(Some).collect();
    symbols.dedup();
    // A letter that `wide` does not have.
    symbols.push(None);
    let start = (0, closed(wide, BTreeSet::from([0])));
    let mut seen = BTreeSet::from([start.clone()]);
    let mut open = vec![start];
    while let Some((at, places)) = open.pop() {
        if at == narrow.len() && !places.contains(&wide.len()) || seen.len() > MAX_SEARCH_STATES {
            return true;
        }
        let Some(token) = narrow.get(at) else { continue };
        let mut next: Vec<(usize, BTreeSet<usize>)> = Vec::new();
        match token {
            Token::Any => {
                next.push((at + 1, places.clone()));
                next.extend(symbols.iter().map(|symbol| (at, stepped(wide, &places, *symbol))));
            }
            Token::One => next.extend(symbols.iter().map(|symbol| (at + 1, stepped(wide, &places, *symbol)))),
            exact => next.push((at + 1, stepped(wide, &places, Some(exact)))),
        }
        open.extend(next.into_iter().filter(|state| seen.insert(state.clone())));
    }
    false
}

/// The places after one more symbol; `None` is a letter that `wide` does not name.
fn stepped(wide: &[Token], places: &BTreeSet<usize>, symbol: Option<&Token>) -> BTreeSet<usize> {
    let step = |place: &usize| match wide.get(*place)? {
        Token::Any => Some(*place),
        Token::One if symbol.is_none_or(|symbol| matches!(symbol, Token::Letter(_))) => Some(place + 1),
        Token::Unknown => None,
        exact => (symbol == Some(exact)).then_some(place + 1),
    };
    closed(wide, places.iter().filter_map(step).collect())
}

/// The places with those that a `*` may be left for.
fn closed(wide: &[Token], mut places: BTreeSet<usize>) -> BTreeSet<usize> {
    let mut open: Vec<usize> = places.iter().copied().collect();
    while let Some(place) = open.pop() {
        if wide.get(place) == Some(&Token::Any) && places.insert(place + 1) {
            open.push(place + 1);
        }
    }
    places
}

/// Whether some text may match both, values of the deployment being whatever they must.
///
/// Cost: the product of the lengths; ends that differ are seen at once.
pub(in crate::aws::iam) fn may_meet(left: &[Token], right: &[Token]) -> bool {
    if ends_differ(left.iter(), right.iter()) || ends_differ(left.iter().rev(), right.iter().rev()) {
        return false;
    }
    // `row[j]`: whether left[..i] and right[..j] may meet.
    let mut row: Vec<bool> = Vec::with_capacity(right.len() + 1);
    row.push(true);
    for token in right {
        let before = row.last().copied().unwrap_or(false);
        row.push(before && is_elastic(token));
    }
    for mine in left {
        let mut next = Vec::with_capacity(row.len());
        next.push(row.first().copied().unwrap_or(false) && is_elastic(mine));
        for (index, other) in right.iter().enumerate() {
            let at = |row: &[bool], index: usize| row.get(index).copied().unwrap_or(false);
            let both = at(&row, index) && may_be_equal(mine, other);
            let mine_grows = is_elastic(mine) && (at(&next, index) || at(&row, index + 1));
            let other_grows = is_elastic(other) && (at(&row, index + 1) || at(&next, index));
            next.push(both || mine_grows || other_grows);
        }
        row = next;
    }
    row.last().copied().unwrap_or(false)
}

fn ends_differ<'a>(left: impl Iterator<Item = &'a Token>, right: impl Iterator<Item = &'a Token>) -> bool {
    for (mine, other) in left.zip(right) {
        match (mine, other) {
            (Token::Letter(mine), Token::Letter(other)) if mine == other => {}
            (Token::Letter(_), Token::Letter(_)) => return true,
            _ => return false,
        }
    }
    false
}

/// May stand for any number of letters.
fn is_elastic(token: &Token) -> bool {
    matches!(token, Token::Any | Token::Unknown | Token::Deployment(_))
}

fn may_be_equal(left: &Token, right: &Token) -> bool {
    match (left, right) {
        (Token::Letter(left), Token::Letter(right)) => left == right,
        (Token::Generated(left), Token::Generated(right)) => left == right,
        // A generated name holds a random part: nobody can have written it.
        (Token::Generated(_), Token::Letter(_) | Token::One) | (Token::Letter(_) | Token::One, Token::Generated(_)) => {
            false
        }
        _ => true,
    }
}
