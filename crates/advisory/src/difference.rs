//! Which packages two indexes say different things of.

use std::collections::BTreeSet;

use crate::index::package::{Facts, PackageView};
use crate::index::{EcosystemRow, PackageBytes};
use crate::{Error, Index};

/// A package to look at again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackageChange {
    /// As OSV spells it, with its release suffix.
    pub ecosystem: String,
    pub package: String,
    pub kind: ChangeKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    Added,
    Removed,
    Changed,
}

impl ChangeKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// The packages whose advisories differ, by ecosystem, then name. The daily drift of exploitation probabilities is no
/// difference; entering the catalogue of exploited flaws is one.
///
/// # Errors
/// When an index is damaged.
pub fn difference(old: &Index, new: &Index) -> Result<Vec<PackageChange>, Error> {
    let rows = |index: &Index| index.contents().ecosystems.iter().map(|row| row.name.clone()).collect::<BTreeSet<_>>();
    let mut changes = Vec::new();
    for name in &rows(old) | &rows(new) {
        let sides = (side(old, old.ecosystem(&name)), side(new, new.ecosystem(&name)));
        compare_ecosystem(&name, sides, &mut changes)?;
    }
    Ok(changes)
}

/// The packages of one ecosystem in one index, by name.
type Side<'i> = (&'i Index, Box<dyn Iterator<Item = Result<PackageBytes<'i>, Error>> + 'i>);

fn side<'i>(index: &'i Index, row: Option<&EcosystemRow>) -> Side<'i> {
    (index, row.map_or_else(|| Box::new(std::iter::empty()) as _, |row| Box::new(index.packages(row)) as _))
}

fn compare_ecosystem(
    ecosystem: &str,
    sides: (Side<'_>, Side<'_>),
    changes: &mut Vec<PackageChange>,
) -> Result<(), Error> {
    let ((old_index, mut old), (new_index, mut new)) = sides;
    let mut next = (named(old_index, old.next())?, named(new_index, new.next())?);
    loop {
        let (package, kind) = match next {
            (None, None) => return Ok(()),
            (Some((name, _)), None) => (name, Some(ChangeKind::Removed)),
            (None, Some((name, _))) => (name, Some(ChangeKind::Added)),
            (Some((left, _)), Some((right, _))) if left < right => (left, Some(ChangeKind::Removed)),
            (Some((left, _)), Some((right, _))) if right < left => (right, Some(ChangeKind::Added)),
            (Some((name, left)), Some((_, right))) => {
                let is_same = described(old_index, left)? == described(new_index, right)?;
                (name, (!is_same).then_some(ChangeKind::Changed))
            }
        };
        changes.extend(kind.map(|kind| PackageChange {
            ecosystem: ecosystem.to_owned(),
            package: package.to_owned(),
            kind,
        }));
        let (in_old, in_new) =
            (next.0.is_some_and(|(name, _)| name == package), next.1.is_some_and(|(name, _)| name == package));
        if in_old {
            next.0 = named(old_index, old.next())?;
        }
        if in_new {
            next.1 = named(new_index, new.next())?;
        }
    }
}

type Named<'i> = Option<(&'i str, PackageBytes<'i>)>;

fn named<'i>(index: &Index, package: Option<Result<PackageBytes<'i>, Error>>) -> Result<Named<'i>, Error> {
    let Some(package) = package.transpose()? else { return Ok(None) };
    let name = package.name().map_err(|corrupt| index.corrupt(corrupt))?;
    Ok(Some((name, package)))
}

/// What an index says of a package, free of the numbers that only it gives things: a text for each group.
fn described(index: &Index, package: PackageBytes<'_>) -> Result<Vec<String>, Error> {
    let view = package.view().map_err(|corrupt| index.corrupt(corrupt))?;
    let mut groups = Vec::with_capacity(view.groups.len());
    for group in &view.groups {
        let Facts { ids, vectors, published, weaknesses, probability: _, code } =
            group.facts(view.name).map_err(|corrupt| index.corrupt(corrupt))?;
        let vectors = vectors
            .into_iter()
            .map(|number| index.vector(number).map(|cvss| cvss.vector))
            .collect::<Result<Vec<_>, _>>()?;
        let versions = view.version_set(group);
        let fixes: Vec<_> = PackageView::fixes(group)
            .filter_map(|bound| view.bounds.get(bound as usize))
            .map(|bound| bound.text)
            .collect();
        groups.push(format!(
            "{ids:?} {vectors:?} {published:?} {weaknesses:?} {versions:?} {fixes:?} {code:?} {} {:?} {:?} {:?} {:?} {} {}",
            group.architectures,
            group.listed,
            group.undecided,
            group.severity,
            group.severity_basis,
            group.is_known_exploited,
            group.is_malware
        ));
    }
    Ok(groups)
}
