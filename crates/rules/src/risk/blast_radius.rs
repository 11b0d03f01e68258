//! How much a function's role could do to the account, 0 to 1.
//!
//! `1 − Π (1 − weight · breadth)` over the categories of harm that the effective grants allow (after Deny statements and the
//! boundary), and over the ways to more rights that are open. Breadth is 1 for every resource, 0.9 for all of a kind, else
//! grows with the logarithm of how many resources are named; a pattern of names counts as several. All numbers are weights of
//! the versioned table.
//!
//! INVARIANT: one grant, resource or way less never makes it larger: weights are shares, and breadth only grows with what
//! it is made of.

use std::collections::{BTreeMap, BTreeSet};

use model::permission::{Escalation, Harm, Judgement, Permissions};
use model::{Confidence, Part, SymbolicText};

use super::weights::Weights;

/// Of everything that the role grants.
pub(super) fn granted(permissions: &Permissions, weights: &Weights) -> f64 {
    let mut radius = Radius::new(weights);
    let rows = permissions.verdicts.iter().filter(|verdict| verdict.judgement != Judgement::Add);
    for harm in rows.flat_map(|verdict| &verdict.harms) {
        radius.add(harm.harm, &harm.resources, harm.is_everywhere);
    }
    radius.value(&permissions.escalations.iter().collect::<Vec<_>>())
}

/// Of what the code needs, on the resources that it needs it on. Where the code does not tell the resource, that is
/// everything.
pub(super) fn needed(permissions: &Permissions, weights: &Weights) -> f64 {
    let mut radius = Radius::new(weights);
    for need in &permissions.needed {
        for harm in &need.harms {
            radius.add(*harm, &need.resources, false);
        }
    }
    let needed: BTreeSet<&str> = permissions.needed.iter().map(|need| need.action.as_str()).collect();
    let is_needed = |way: &&Escalation| way.actions.iter().all(|action| needed.contains(action.as_str()));
    radius.value(&permissions.escalations.iter().filter(is_needed).collect::<Vec<_>>())
}

struct Radius<'a> {
    weights: &'a Weights,
    reached: BTreeMap<Harm, Reached<'a>>,
}

/// What the grants of one harm reach.
#[derive(Default)]
struct Reached<'a> {
    covers: Coverage,
    /// Named resources and patterns of names.
    named: BTreeSet<&'a SymbolicText>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Coverage {
    #[default]
    Named,
    /// A part of the names of one kind: `bucket/*`, `table/orders-*`.
    Pattern,
    /// All of one kind: `arn:aws:s3:::*`.
    EveryOfType,
    Everything,
}

impl<'a> Radius<'a> {
    fn new(weights: &'a Weights) -> Self {
        Self { weights, reached: BTreeMap::new() }
    }

    fn add(&mut self, harm: Harm, resources: &'a [SymbolicText], is_everywhere: bool) {
        let reached = self.reached.entry(harm).or_default();
        for resource in resources {
            let coverage = coverage(resource);
            // `*` under a condition that narrows it is not everything.
            let coverage = match is_everywhere || coverage < Coverage::Everything {
                true => coverage,
                false => Coverage::EveryOfType,
            };
            reached.covers = reached.covers.max(coverage);
            reached.named.insert(resource);
        }
    }

    fn value(&self, ways: &[&Escalation]) -> f64 {
        let of_harm = |(harm, reached): (&Harm, &Reached<'_>)| {
            self.weights.get(&format!("blast_{}", harm.name())) * self.breadth(reached)
        };
        let way = ways.iter().map(|way| self.breadth_of_way(way)).fold(0.0, f64::max);
        let by_way = self.weights.get("blast_escalation_path") * way;
        let safe = self.reached.iter().map(of_harm).fold(1.0 - by_way, |safe, risk| safe * (1.0 - risk));
        (1.0 - safe).clamp(self.weights.get("blast_floor"), 1.0)
    }

    fn breadth(&self, reached: &Reached<'_>) -> f64 {
        match reached.covers {
            Coverage::Everything => self.weights.get("breadth_everything"),
            Coverage::EveryOfType => self.weights.get("breadth_every_of_type"),
            Coverage::Named | Coverage::Pattern => {
                let counts = reached.named.iter().map(|resource| match coverage(resource) {
                    Coverage::Named => 1.0,
                    _ => self.weights.get("breadth_pattern_counts_as"),
                });
                let count: f64 = counts.sum();
                let grown = self.weights.get("breadth_per_tenfold") * count.max(1.0).log10();
                (self.weights.get("breadth_one") + grown).min(self.weights.get("breadth_every_of_type"))
            }
        }
    }

    fn breadth_of_way(&self, way: &Escalation) -> f64 {
        self.weights.get(match way.confidence {
            Confidence::Likely | Confidence::Certain => "breadth_way_likely",
            Confidence::Possible if way.is_limited => "breadth_way_limited",
            Confidence::Possible => "breadth_way_possible",
        })
    }
}

/// How much of the account a resource pattern covers.
fn coverage(resource: &SymbolicText) -> Coverage {
    let has_wildcard = resource.parts().iter().any(|part| match part {
        Part::Literal(text) => text.contains('*'),
        Part::Unknown => true,
        Part::Reference(_) | Part::Environment(_) => false,
    });
    match () {
        () if resource.as_literal() == Some("*") || resource.is_unknown() => Coverage::Everything,
        () if has_wildcard && !names_something(resource) => Coverage::EveryOfType,
        () if has_wildcard => Coverage::Pattern,
        () => Coverage::Named,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breadth_grows_with_what_the_patterns_cover() {
        let weights = Weights::built_in();
        let of = |texts: &[&str]| {
            let resources: Vec<SymbolicText> = texts.iter().map(|text| SymbolicText::parse_sub(text)).collect();
            let mut radius = Radius::new(weights);
            radius.add(Harm::DataExfiltration, &resources, true);
            radius.value(&[])
        };
        let rising: &[&[&[&str]]] = &[
            &[
                &["arn:aws:dynamodb:us-east-1:1:table/orders"],
                &["arn:aws:dynamodb:us-east-1:1:table/orders", "arn:aws:dynamodb:us-east-1:1:table/invoices"],
                &["arn:aws:s3:::bucket/*"],
                &["arn:aws:s3:::bucket/*", "arn:aws:s3:::other/*"],
                &["arn:aws:s3:::*"],
                &["*"],
            ],
            &[
                &["${Orders.Arn}"],
                &["${Orders.Arn}/*"],
                &["arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"],
                &["*"],
            ],
        ];
        for row in rising {
            for pair in row.windows(2) {
                assert!(of(pair[0]) < of(pair[1]), "{pair:?}: {} {}", of(pair[0]), of(pair[1]));
            }
        }
        assert!((of(&["*"]) - 0.7).abs() < 1e-9);
    }

    #[test]
    fn every_harm_has_a_weight_that_is_a_share() {
        for harm in Harm::ALL {
            let weight = Weights::built_in().get(&format!("blast_{}", harm.name()));
            assert!(weight > 0.0 && weight <= 1.0, "{harm:?}");
        }
    }
}
