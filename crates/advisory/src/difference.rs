//! Which packages two indexes say different things of.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::index::package::{Facts, GroupView, PackageView};
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
    let names: Vec<String> = (&rows(old) | &rows(new)).into_iter().collect();
    let of_ecosystem = |name: &String| {
        let mut changes = Vec::new();
        let sides = (side(old, old.ecosystem(name)), side(new, new.ecosystem(name)));
        compare_ecosystem(name, sides, &mut changes).map(|()| changes)
    };
    let changes: Vec<Vec<PackageChange>> = names.par_iter().map(of_ecosystem).collect::<Result<_, _>>()?;
    Ok(changes.into_iter().flatten().collect())
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
                let is_same = is_same((old_index, left), (new_index, right))?;
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

/// Whether two indexes say the same of a package, whatever numbers they give things. Compares what is cheap first, as nearly
/// all packages are the same.
fn is_same(old: (&Index, PackageBytes<'_>), new: (&Index, PackageBytes<'_>)) -> Result<bool, Error> {
    let (old_view, new_view) = (view(old)?, view(new)?);
    if old_view.groups.len() != new_view.groups.len() {
        return Ok(false);
    }
    let has_same_bounds = old_view.bounds == new_view.bounds;
    for groups in old_view.groups.iter().zip(&new_view.groups) {
        let is_same = has_same_sums(groups)
            && has_same_versions((&old_view, groups.0), (&new_view, groups.1), has_same_bounds)
            && has_same_facts((old.0, old_view.name, groups.0), (new.0, new_view.name, groups.1))?;
        if !is_same {
            return Ok(false);
        }
    }
    Ok(true)
}

fn view<'i>((index, package): (&Index, PackageBytes<'i>)) -> Result<PackageView<'i>, Error> {
    package.view().map_err(|corrupt| index.corrupt(corrupt))
}

fn has_same_sums((old, new): (&GroupView<'_>, &GroupView<'_>)) -> bool {
    let sums = |group: &GroupView<'_>| {
        (group.severity, group.severity_basis, group.is_known_exploited, group.is_malware, group.architectures)
    };
    sums(old) == sums(new) && old.listed == new.listed && old.undecided == new.undecided
}

fn has_same_versions(
    (old_package, old): (&PackageView<'_>, &GroupView<'_>),
    (new_package, new): (&PackageView<'_>, &GroupView<'_>),
    has_same_bounds: bool,
) -> bool {
    if has_same_bounds {
        return old.ranges == new.ranges;
    }
    let fixes = |package: &PackageView<'_>, group: &GroupView<'_>| -> Vec<String> {
        let bounds = PackageView::fixes(group).filter_map(|bound| package.bounds.get(bound as usize));
        bounds.map(|bound| bound.text.to_owned()).collect()
    };
    old_package.version_set(old) == new_package.version_set(new) && fixes(old_package, old) == fixes(new_package, new)
}

fn has_same_facts(old: (&Index, &str, &GroupView<'_>), new: (&Index, &str, &GroupView<'_>)) -> Result<bool, Error> {
    let facts = |(index, name, group): (&Index, &str, &GroupView<'_>)| {
        group.facts(name).map_err(|corrupt| index.corrupt(corrupt))
    };
    let (old_facts, new_facts) = (facts(old)?, facts(new)?);
    let Facts { ids, vectors, published, weaknesses, probability: _, code } = &old_facts;
    let is_same = *ids == new_facts.ids
        && *published == new_facts.published
        && *weaknesses == new_facts.weaknesses
        && *code == new_facts.code
        && vectors.len() == new_facts.vectors.len();
    if !is_same {
        return Ok(false);
    }
    for (left, right) in vectors.iter().zip(&new_facts.vectors) {
        if old.0.vector_text(*left)? != new.0.vector_text(*right)? {
            return Ok(false);
        }
    }
    Ok(true)
}
