//! A library in its listed releases, and the texts that tell it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use super::super::json;
use super::form::FORMS;
use super::literals::{self, Literal};
use super::owners::Owners;
use super::{flat, release_folder};

/// Texts of one library.
const MAX_TEXTS: usize = 20;
/// How much better prose tells a library than a name.
const PROSE_WEIGHT: usize = 4;
/// Places of the version of one library.
const MAX_PLACES: usize = 4;

/// One form of one release.
pub(super) struct Sample {
    /// Which of the library's listed versions.
    release: usize,
    version: String,
    pub(super) literals: Vec<Literal>,
}

pub(super) struct Library {
    pub(super) name: String,
    releases: usize,
    pub(super) samples: Vec<Sample>,
    /// Everything its `package.json` says: names, persons, addresses, which stand in other packages' code too.
    described: BTreeSet<String>,
}

impl Library {
    pub(super) fn read(name: &str, versions: &str, folder: &Path, esbuild: &Path) -> Result<Self> {
        let mut library = Self {
            name: name.to_owned(),
            releases: versions.split(',').count(),
            samples: Vec::new(),
            described: BTreeSet::new(),
        };
        for (release, version) in versions.split(',').enumerate() {
            let place = folder.join(format!("{}-{version}", flat(name)));
            let description = json::read(&release_folder(folder, name, version).join("package.json"))?;
            texts_of(&description, &mut library.described);
            let has_modules = ["module", "exports", "type"].iter().any(|key| !description[*key].is_null());
            for form in FORMS.iter().filter(|form| has_modules || form.name == "require") {
                let code = form.bundle(&place, name, &description, esbuild)?;
                if !code.is_empty() {
                    let literals = literals::of(&code);
                    library.samples.push(Sample { release, version: version.to_owned(), literals });
                }
            }
        }
        Ok(library)
    }

    /// Texts that tell the library, so chosen that each release has about as many.
    pub(super) fn texts<'a>(&'a self, owners: &Owners) -> BTreeSet<&'a str> {
        let mut seen: BTreeMap<&str, BTreeMap<usize, usize>> = BTreeMap::new();
        for sample in &self.samples {
            let texts: BTreeSet<&str> = sample.literals.iter().map(|literal| literal.text.as_str()).collect();
            for text in texts.into_iter().filter(|text| self.is_telling(text, owners)) {
                *seen.entry(text).or_default().entry(sample.release).or_default() += 1;
            }
        }
        // In every form of the release.
        let forms: Vec<usize> = (0..self.releases)
            .map(|release| self.samples.iter().filter(|sample| sample.release == release).count())
            .collect();
        let mut open: Vec<(&str, Vec<usize>)> = Vec::new();
        for (text, counts) in seen {
            let whole: Vec<usize> = counts
                .into_iter()
                .filter(|(release, count)| forms[*release] == *count)
                .map(|(release, _)| release)
                .collect();
            if whole.windows(2).any(|pair| pair[0] + 1 == pair[1]) {
                open.push((text, whole));
            }
        }
        // Of equal ones any, so that they come from different modules.
        open.sort_by_key(|(text, _)| spread(text));
        let mut covered = vec![0_usize; self.releases];
        let mut chosen = BTreeSet::new();
        while chosen.len() < MAX_TEXTS && !open.is_empty() {
            let gain = |(text, releases): &(&str, Vec<usize>)| {
                let weight = if literals::is_prose(text) { PROSE_WEIGHT } else { 1 };
                releases.iter().map(|release| weight * 1_000_000 / (1 + covered[*release])).sum::<usize>()
            };
            let best = (0..open.len()).rev().max_by_key(|index| gain(&open[*index])).unwrap_or_default();
            let (text, releases) = open.swap_remove(best);
            releases.iter().for_each(|release| covered[*release] += 1);
            chosen.insert(text);
        }
        chosen
    }

    fn is_telling(&self, text: &str, owners: &Owners) -> bool {
        literals::is_telling(text) && !self.described.contains(text.trim()) && owners.is_of(text, &self.name)
    }

    /// Texts beside which the version stands, with its place: right in each sample that has a version there, and in at
    /// least two releases.
    pub(super) fn places(&self, owners: &Owners) -> Vec<(String, String)> {
        let mut right: BTreeMap<(String, String), BTreeSet<usize>> = BTreeMap::new();
        for sample in &self.samples {
            for (text, place) in sample.version_places(owners, self) {
                right.entry((text, place)).or_default().insert(sample.release);
            }
        }
        right.retain(|(text, place), releases| {
            releases.len() >= 2 && self.samples.iter().all(|sample| sample.is_right_at(text, place))
        });
        let mut ranked: Vec<_> = right.into_iter().collect();
        ranked.sort_by_key(|((text, _), releases)| (Reverse(releases.len()), text.len()));
        let mut texts = BTreeSet::new();
        let first = ranked.into_iter().map(|(row, _)| row).filter(|(text, _)| texts.insert(text.clone()));
        first.take(MAX_PLACES).collect()
    }
}

/// Adds every text in `value`.
fn texts_of(value: &Value, texts: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(texts.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| texts_of(item, texts)),
        Value::Object(members) => members.values().for_each(|member| texts_of(member, texts)),
        _ => {}
    }
}

/// A fixed shuffle (FNV-1a).
fn spread(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Literals between a text and its version.
const MAX_STEPS: usize = 2;
/// Bytes between them; farther ones are moved apart by other minifiers.
const MAX_GAP_BYTES: usize = 48;

/// Texts right in front of the version in one literal.
pub(super) fn prefixes(sample: &Sample) -> impl Iterator<Item = &str> {
    let before = |literal: &'_ Literal| literal.text.find(&sample.version);
    sample
        .literals
        .iter()
        .filter_map(move |literal| literal.text.get(..before(literal)?))
        .filter(|text| text.len() >= 4)
}

impl Sample {
    fn version_places(&self, owners: &Owners, library: &Library) -> Vec<(String, String)> {
        let mut places = Vec::new();
        for prefix in prefixes(self).filter(|prefix| owners.is_prefix_of(prefix, &library.name)) {
            places.push((prefix.to_owned(), "=".to_owned()));
        }
        for (at, version) in self.literals.iter().enumerate().filter(|(_, literal)| literal.text == self.version) {
            for other in at.saturating_sub(MAX_STEPS)..(at + MAX_STEPS + 1).min(self.literals.len()) {
                let text = &self.literals[other];
                let gap = text.start.saturating_sub(version.end).max(version.start.saturating_sub(text.end));
                if other != at && gap <= MAX_GAP_BYTES && library.is_telling(&text.text, owners) {
                    let steps = i64::try_from(at).unwrap_or_default() - i64::try_from(other).unwrap_or_default();
                    places.push((text.text.clone(), steps.to_string()));
                }
            }
        }
        places
    }

    /// Whether a version that stands at `place` of `text`, if one does, is the sample's.
    fn is_right_at(&self, text: &str, place: &str) -> bool {
        let Ok(steps) = place.parse::<isize>() else {
            let mut inside = self.literals.iter().filter_map(|literal| literal.text.strip_prefix(text));
            return inside.all(|rest| {
                !rest.starts_with(|first: char| first.is_ascii_digit()) || rest.starts_with(&self.version)
            });
        };
        self.literals.iter().enumerate().filter(|(_, literal)| literal.text == text).all(|(at, _)| {
            let there = at.checked_add_signed(steps).and_then(|at| self.literals.get(at));
            there.is_none_or(|literal| !literals::is_version(&literal.text) || literal.text == self.version)
        })
    }
}
