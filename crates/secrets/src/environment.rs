//! Environment variables of a template, and the joining of facts from several readers.

use std::collections::BTreeMap;

use model::Location;
use model::function::EnvironmentVariable;
use model::secret::{SecretFact, SecretPlace};

use crate::prefilter::Scope;
use crate::scanner::{Scanner, TextNature};
use crate::syntax::Syntax;

impl Scanner {
    /// Every credential among the literal parts of the values. References show as `${…}` and are no secrets.
    pub fn scan_environment(&self, variables: &[EnvironmentVariable]) -> Vec<SecretFact> {
        // One text of all variables, so that an access key id and its secret key meet.
        let mut text = String::new();
        let mut starts: Vec<(usize, &EnvironmentVariable)> = Vec::new();
        for variable in variables {
            starts.push((text.len(), variable));
            let value = variable.value.to_string().replace(['\n', '\r'], "\\n");
            text.push_str(&variable.name);
            text.push('=');
            let quoted = value.contains([' ', '#', '"']) && !value.contains('\'');
            text.push_str(&if quoted { format!("'{value}'") } else { value });
            text.push('\n');
        }
        let nature = TextNature {
            syntax: Syntax::Config,
            scope: Scope::Everything,
            is_binary: false,
            is_third_party: false,
            is_sample: false,
            is_minified: false,
        };
        let variable_at = |offset: usize| {
            starts
                .get(starts.partition_point(|(start, _)| *start <= offset).saturating_sub(1))
                .map(|(_, variable)| *variable)
        };
        let (hits, _) = self.hits(text.as_bytes(), nature);
        let facts = hits.iter().map(|hit| {
            let place =
                |offset: usize| variable_at(offset).map_or(Location::file(""), |variable| variable.location.clone());
            let mut fact = crate::file_scan::fact(hit, text.as_bytes(), &place);
            fact.place = SecretPlace::Environment;
            fact.holder = variable_at(hit.value.start).map(|variable| variable.name.clone());
            fact
        });
        merge(facts.collect())
    }
}

/// One fact per kind and value, with all its places, sorted. A value that a provider's kind names is not told again by a
/// generic one, and what is found in the environment is not told again by the text of the template it stands in.
pub fn merge(facts: Vec<SecretFact>) -> Vec<SecretFact> {
    let mut merged: BTreeMap<(SecretPlace, String, &'static str), SecretFact> = BTreeMap::new();
    for fact in facts {
        let key = (fact.place, fact.fingerprint.clone(), fact.kind);
        match merged.get_mut(&key) {
            Some(known) => {
                known.confidence = known.confidence.max(fact.confidence);
                known.holder = known.holder.take().or_else(|| fact.holder.clone());
                add_places(known, fact);
            }
            None => {
                merged.insert(key, fact);
            }
        }
    }
    let mut facts: Vec<SecretFact> = merged.into_values().collect();
    absorb(&mut facts);
    facts.sort_by(|left, right| {
        (&left.locations, left.kind, &left.fingerprint).cmp(&(&right.locations, right.kind, &right.fingerprint))
    });
    facts
}

/// Adds where else the value was found. One place that no package brought makes it the user's own matter.
fn add_places(known: &mut SecretFact, other: SecretFact) {
    known.locations.extend(other.locations);
    known.locations.sort();
    known.locations.dedup();
    known.shipped_by = known.shipped_by.take().zip(other.shipped_by).map(|(one, other)| one.min(other));
}

/// Moves the places of generic facts to the provider's fact of the same value, and drops file facts whose every place
/// is told as an environment variable.
fn absorb(facts: &mut Vec<SecretFact>) {
    let is_generic = |fact: &SecretFact| fact.kind.starts_with("generic-");
    let (generic, mut kept): (Vec<_>, Vec<_>) = std::mem::take(facts).into_iter().partition(is_generic);
    for fact in generic {
        match kept
            .iter_mut()
            .find(|known| known.fingerprint == fact.fingerprint && known.place == fact.place && !is_generic(known))
        {
            Some(known) => add_places(known, fact),
            None => kept.push(fact),
        }
    }
    let in_environment: Vec<(String, Vec<Location>)> = kept
        .iter()
        .filter(|fact| fact.place == SecretPlace::Environment)
        .map(|fact| (fact.fingerprint.clone(), fact.locations.clone()))
        .collect();
    kept.retain(|fact| {
        let same_line = |place: &Location, other: &Location| place.file == other.file && place.line == other.line;
        let told = |place: &Location| {
            in_environment.iter().any(|(fingerprint, places)| {
                *fingerprint == fact.fingerprint && places.iter().any(|other| same_line(place, other))
            })
        };
        fact.place == SecretPlace::Environment || !fact.locations.iter().all(told)
    });
    *facts = kept;
}
