//! How much a function's role could do to the account, 0 to 1.

use std::collections::BTreeMap;

use model::permission::{Judgement, Permissions};
use model::table::SortedLines;
use model::{Part, SymbolicText};

const CAPABILITIES: &str = include_str!("../../data/capabilities.tsv");

/// What writing one's own logs amounts to: every function may.
const FLOOR: f64 = 0.05;

/// Of everything that the role grants.
pub(super) fn granted(permissions: &Permissions) -> f64 {
    let rows = permissions.verdicts.iter().filter(|verdict| verdict.judgement != Judgement::Add);
    radius(rows.map(|verdict| (verdict.action.as_str(), verdict.resources.as_slice())))
}

/// Of what the code needs.
pub(super) fn needed(permissions: &Permissions) -> f64 {
    radius(permissions.needed.iter().map(|need| (need.action.as_str(), need.resources.as_slice())))
}

/// `1 − Π (1 − weight · breadth)` over the classes of capability, each at the breadth of its broadest action.
fn radius<'a>(actions: impl Iterator<Item = (&'a str, &'a [SymbolicText])>) -> f64 {
    let mut broadest: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (action, resources) in actions {
        let breadth = resources.iter().map(breadth).fold(0.0, f64::max);
        for (class, rest) in SortedLines::new(CAPABILITIES).iter() {
            let mut fields = rest.split('\t');
            let weight = fields.next().and_then(|weight| weight.parse().ok()).unwrap_or(0.0);
            if fields.next().unwrap_or_default().split(' ').any(|pattern| meet(action, pattern)) {
                let class = broadest.entry(class).or_insert((weight, breadth));
                class.1 = class.1.max(breadth);
            }
        }
    }
    let safe = broadest.values().fold(1.0, |safe, (weight, breadth)| safe * (1.0 - weight * breadth));
    (1.0 - safe).max(FLOOR)
}

/// How much of the account a resource pattern covers.
fn breadth(resource: &SymbolicText) -> f64 {
    let has_wildcard = resource.parts().iter().any(|part| match part {
        Part::Literal(text) => text.contains('*'),
        Part::Unknown => true,
        Part::Reference(_) | Part::Environment(_) => false,
    });
    match () {
        () if resource.as_literal() == Some("*") || resource.is_unknown() => 1.0,
        // Everything of one service: `arn:aws:s3:::*`, `arn:aws:dynamodb:*:*:table/*`.
        () if has_wildcard && !names_something(resource) => 0.9,
        () if has_wildcard => 0.5,
        () => 0.35,
    }
}

/// Whether the last part of an ARN, past its type, names anything but everything.
fn names_something(resource: &SymbolicText) -> bool {
    let text: String = resource
        .parts()
        .iter()
        .map(|part| match part {
            Part::Literal(text) => text.as_str(),
            Part::Reference(_) | Part::Environment(_) => "x",
            Part::Unknown => "*",
        })
        .collect();
    let last = text.splitn(6, ':').nth(5).unwrap_or(&text);
    let name = last
        .split_once('/')
        .map_or(last, |(kind, name)| if matches!(kind, "" | "*") { name } else { strip_type(kind, name) });
    name.chars().any(|letter| letter.is_ascii_alphanumeric())
}

/// `table/orders*` names something in `orders*`, `bucket/*` in `bucket`.
fn strip_type<'a>(kind: &'a str, name: &'a str) -> &'a str {
    const TYPES: &[&str] = &[
        "table",
        "function",
        "secret",
        "parameter",
        "key",
        "role",
        "user",
        "policy",
        "stream",
        "topic",
        "queue",
        "cluster",
        "index",
        "alias",
    ];
    if TYPES.contains(&kind) { name } else { kind }
}

/// Whether some text fits both patterns, of which each may hold `*`, letters compared without case as IAM does.
fn meet(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    // `reachable[j]`: the part of `left` read so far meets the first `j` bytes of `right`.
    let mut reachable = vec![false; right.len() + 1];
    if let Some(first) = reachable.first_mut() {
        *first = true;
    }
    spread(&mut reachable, right);
    for byte in left {
        let mut next = vec![false; right.len() + 1];
        for at in 0..=right.len() {
            if !reachable.get(at).copied().unwrap_or(false) {
                continue;
            }
            let other = right.get(at);
            let mut mark = |index: usize| {
                if let Some(cell) = next.get_mut(index) {
                    *cell = true;
                }
            };
            match (byte, other) {
                // A star on the left takes nothing, or any further bytes of the right.
                (b'*', _) => (at..=right.len()).for_each(mark),
                (_, Some(b'*')) => mark(at),
                (_, Some(other)) if byte.eq_ignore_ascii_case(other) => mark(at + 1),
                _ => {}
            }
        }
        reachable = next;
        spread(&mut reachable, right);
    }
    reachable.last().copied().unwrap_or(false)
}

/// A star on the right may take nothing.
fn spread(reachable: &mut [bool], right: &[u8]) {
    for (at, byte) in right.iter().enumerate() {
        if *byte == b'*'
            && reachable.get(at).copied().unwrap_or(false)
            && let Some(after) = reachable.get_mut(at + 1)
        {
            *after = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_its_weights_are_shares() {
        let table = SortedLines::new(CAPABILITIES);
        assert_eq!(table.first_unsorted(), None);
        for (class, rest) in table.iter() {
            let weight: f64 = rest.split('\t').next().unwrap().parse().unwrap();
            assert!((0.0..=1.0).contains(&weight), "{class}");
        }
    }

    #[test]
    fn patterns_meet_where_some_action_fits_both() {
        for (left, right, expected) in [
            ("s3:*", "s3:GetObject*", true),
            ("*", "iam:PassRole", true),
            ("s3:Get*", "s3:PutObject*", false),
            ("s3:*Object", "s3:GetObject*", true),
            ("dynamodb:GetItem", "dynamodb:GetItem", true),
            ("dynamodb:getitem", "dynamodb:GetItem", true),
            ("dynamodb:GetItems", "dynamodb:GetItem", false),
            ("lambda:*", "iam:*", false),
            ("iam:*Policy", "iam:Attach*Policy", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(meet(left, right), expected, "{left} {right}");
            assert_eq!(meet(right, left), expected, "{right} {left}");
        }
    }

    #[test]
    fn breadth_grows_with_what_a_pattern_covers() {
        let of = |text: &str| breadth(&SymbolicText::parse_sub(text));
        let rising = [
            ["arn:aws:dynamodb:us-east-1:1:table/orders", "arn:aws:s3:::bucket/*", "arn:aws:s3:::*", "*"],
            ["${Orders.Arn}", "${Orders.Arn}/*", "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*", "*"],
        ];
        for row in rising {
            for pair in row.windows(2) {
                assert!(of(pair[0]) < of(pair[1]), "{pair:?}: {} {}", of(pair[0]), of(pair[1]));
            }
        }
    }
}
