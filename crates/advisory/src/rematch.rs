//! What new advisories change for functions that were looked at before: stored bills of materials against two indexes.

use std::collections::HashSet;
use std::path::Path;

use inventory::Ecosystem;
use model::advisory::{AdvisoryMatch, MatchStatus};
use model::{Gap, Hidden, Location, Severity};
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use crate::bills::{Billed, bill_files, read_bill};
use crate::lookup::asked_names;
use crate::{Error, Index, OwnedSubject, difference};

/// Stored bills asked again.
#[derive(Debug)]
pub struct Rematched {
    /// Bills that were read.
    pub bills: usize,
    /// Packages whose advisories differ between the indexes.
    pub packages: usize,
    /// By bill, then component, then id.
    pub changes: Vec<FlawChange>,
    /// Bills and package URLs that could not be read.
    pub gaps: Vec<Gap>,
}

/// A flaw that hits a component of a bill by one index and not, or otherwise, by the other.
#[derive(Debug, Clone, PartialEq)]
pub struct FlawChange {
    /// Path of the bill below the folder.
    pub bill: String,
    pub purl: String,
    /// The requirement that stands for the version, where none is known.
    pub range: Option<String>,
    pub kind: FlawChangeKind,
    /// As the newer index names them; for what disappeared, the older.
    pub ids: Vec<String>,
    pub status: MatchStatus,
    pub severity: Severity,
    pub fixed: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlawChangeKind {
    Appeared,
    /// Its status, severity or being exploited changed.
    Changed,
    Disappeared,
}

impl FlawChangeKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Appeared => "appeared",
            Self::Changed => "changed",
            Self::Disappeared => "disappeared",
        }
    }
}

/// What differs between `old` and `new` for the components of the bills below `folder`. Asks only for packages that the
/// difference of the indexes names.
///
/// # Errors
/// When the folder cannot be listed or an index is damaged.
pub fn rematch(folder: &Path, old: &Index, new: &Index) -> Result<Rematched, Error> {
    let changed = ChangedPackages::between(old, new)?;
    let files = bill_files(folder)?;
    let asked = files.par_iter().map(|path| {
        let bill = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
        match read_bill(path, |subject| changed.concern(subject)) {
            Ok((billed, unread)) => {
                let why = format!("package URLs that cannot be read ({unread}): have the bill written anew");
                let gap = (unread > 0).then(|| gap(&bill, why));
                ask_again(&bill, &billed, old, new).map(|changes| (1, changes, gap))
            }
            Err(why) => Ok((0, Vec::new(), Some(gap(&bill, format!("the bill cannot be read: {why}"))))),
        }
    });
    let mut rematched = Rematched { bills: 0, packages: changed.0.len(), changes: Vec::new(), gaps: Vec::new() };
    for one in asked.collect::<Vec<_>>() {
        let (bills, changes, gap) = one?;
        rematched.bills += bills;
        rematched.changes.extend(changes);
        rematched.gaps.extend(gap);
    }
    Ok(rematched)
}

fn gap(bill: &str, why: String) -> Gap {
    Gap::new(Location::file(bill), why, &[Hidden::Vulnerabilities])
}

/// Ecosystem and name of packages, releases of a distribution taken together.
struct ChangedPackages(HashSet<(&'static str, String), FxBuildHasher>);

impl ChangedPackages {
    fn between(old: &Index, new: &Index) -> Result<Self, Error> {
        let named =
            |change: crate::PackageChange| Some((Ecosystem::by_advisory_name(&change.ecosystem)?.id, change.package));
        Ok(Self(difference(old, new)?.into_iter().filter_map(named).collect()))
    }

    fn concern(&self, subject: &OwnedSubject) -> bool {
        let id = subject.ecosystem.id;
        asked_names(&subject.as_subject()).any(|name| self.0.contains(&(id, name.into_owned())))
    }
}

fn ask_again(bill: &str, billed: &[Billed], old: &Index, new: &Index) -> Result<Vec<FlawChange>, Error> {
    let mut changes = Vec::new();
    for one in billed {
        let subject = one.subject.as_subject();
        let (before, after) = (old.match_component(&subject)?, new.match_component(&subject)?);
        let change = |found: &AdvisoryMatch, kind| FlawChange {
            bill: bill.to_owned(),
            purl: one.purl.clone(),
            range: one.range.clone(),
            kind,
            ids: found.ids.clone(),
            status: found.status,
            severity: found.severity,
            fixed: found.fixed.clone(),
        };
        let mut of_one = Vec::new();
        for found in &after {
            match before.iter().find(|known| is_same_flaw(known, found)) {
                None => of_one.push(change(found, FlawChangeKind::Appeared)),
                Some(known) if weight(known) != weight(found) => of_one.push(change(found, FlawChangeKind::Changed)),
                Some(_) => {}
            }
        }
        let gone = before.iter().filter(|known| !after.iter().any(|found| is_same_flaw(known, found)));
        of_one.extend(gone.map(|known| change(known, FlawChangeKind::Disappeared)));
        of_one.sort_by(|left, right| left.ids.cmp(&right.ids));
        changes.extend(of_one);
    }
    Ok(changes)
}

/// Flaws gain and lose names; one that leads one side's names is still among the other's.
fn is_same_flaw(left: &AdvisoryMatch, right: &AdvisoryMatch) -> bool {
    let leads = |one: &AdvisoryMatch, other: &AdvisoryMatch| one.ids.first().is_some_and(|id| other.ids.contains(id));
    leads(left, right) || leads(right, left)
}

fn weight(found: &AdvisoryMatch) -> impl PartialEq + use<> {
    (found.status, found.severity, found.known_exploited)
}
