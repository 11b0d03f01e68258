//! The whole scan: targets in, report out.

use std::num::NonZero;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use advisory::{Index, PackageIndex};
use model::function::Function;
use model::proposal::{Dialect, PolicyHome};
use model::report::{Assessment, Report};
use secrets::Scanner;
use source::Target;

use crate::assess::{Facts, assess};
use crate::folding::fold;
use crate::packages::{OpenTarget, Package};
use crate::progress::{Progress, Stage};
use crate::suppress::Answers;
use crate::{Error, Settings, usage};

/// Scans every target into one report.
///
/// # Errors
/// When a target cannot be opened or holds nothing that is recognised, or the advisory index cannot be used.
pub fn scan(targets: &[PathBuf], settings: &Settings, progress: &dyn Progress) -> Result<Report, Error> {
    progress.begin(Stage::ReadTargets, targets.len() as u64);
    let mut facts = Facts {
        index: open_index(settings)?,
        scanner: Scanner::new(),
        answers: Answers::read(settings)?,
        packages: settings.resolution.as_ref().map(|resolution| PackageIndex::new(resolution.package_index.clone())),
        usage: None,
        settings,
    };
    let mut report = Report { advisories: facts.index.source().clone(), ..Report::default() };
    let mut opened = Vec::new();
    for path in targets {
        opened.push(source::open(path, &settings.source)?.take_gaps(&mut report.gaps));
        progress.advance(1);
    }
    if let Some(dialect) = settings.dialect {
        for located in opened.iter_mut().flat_map(|target| &mut target.functions) {
            translate(&mut located.function, dialect);
        }
    }
    facts.usage = usage::read(settings, &opened, progress, &mut report.gaps)?;
    let count: usize = opened.iter().map(|target| target.functions.len()).sum();
    progress.begin(Stage::Assess, count as u64);
    let mut nothing_read = true;
    for target in &opened {
        let assessed = assess_target(target, &facts, progress);
        nothing_read &= assessed.iter().all(|(_, read_anything)| !read_anything);
        report.functions.extend(assessed.into_iter().map(|(assessment, _)| assessment));
    }
    report.nothing_read = nothing_read;
    report.gaps.extend(facts.answers.gaps());
    report.functions.sort_by(|left, right| left.function.id.cmp(&right.function.id));
    finish(&mut report);
    Ok(report)
}

/// Has the policy of the function written in `dialect`, whatever the project is written in.
fn translate(function: &mut Function, dialect: Dialect) {
    let home = function.identity.home.take().filter(|home| home.form.dialect() == dialect);
    let owner = function.id.rsplit_once('#').map_or(function.name.as_str(), |(_, owner)| owner);
    function.identity.home =
        Some(home.unwrap_or_else(|| PolicyHome::translated(dialect, owner, function.location.clone())));
}

fn open_index(settings: &Settings) -> Result<Index, Error> {
    let path = settings.advisories.clone().or_else(|| advisory::default_index_path().filter(|path| path.exists()));
    Ok(match path {
        None => Index::starter().map_err(Error::Advisories)?,
        Some(path) => Index::open(&path).map_err(Error::Advisories)?,
    })
}

/// Assesses packages in parallel. On threads of their own, not on rayon's: an assessment waits for work that it hands to
/// rayon's pool, and a pool all of whose threads wait does no work. Each comes with whether anything of it was read.
fn assess_target(target: &Target, facts: &Facts<'_>, progress: &dyn Progress) -> Vec<(Assessment, bool)> {
    let packages = Package::group(&target.functions);
    let open = OpenTarget::new(&target.root, &target.functions, facts.settings.wants_code());
    let next = AtomicUsize::new(0);
    let assessments = Mutex::new(Vec::new());
    let work = || {
        while let Some(package) = packages.get(next.fetch_add(1, Ordering::Relaxed)) {
            let assessed = assess(package, &open, facts);
            progress.advance(package.functions.len() as u64);
            assessments.lock().unwrap_or_else(PoisonError::into_inner).extend(assessed);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get).min(packages.len());
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    assessments.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn finish(report: &mut Report) {
    fold(&mut report.gaps);
    for assessment in &mut report.functions {
        fold(&mut assessment.gaps);
    }
}
