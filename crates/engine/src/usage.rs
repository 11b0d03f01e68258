//! Reads the logs that the user names, for the functions of the scan: files side by side, each from front to back once.

use std::io::{self, Read};
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use model::{Gap, Hidden, Location};
use providers::aws::iam::TemplateResources;
use providers::aws::usage::{self, Collector, Subject, Subjects, Usage};
use source::{Target, UsageFile};

use crate::progress::{Progress, Stage};
use crate::{Error, Settings};

/// Progress is shown in steps of this many bytes.
const STEP_BYTES: u64 = 1024 * 1024;

/// What the logs of the settings show; `None` when there are none.
pub(crate) fn read(
    settings: &Settings,
    targets: &[Target],
    progress: &dyn Progress,
    gaps: &mut Vec<Gap>,
) -> Result<Option<Usage>, Error> {
    if settings.usage.is_empty() || !settings.wants_code() {
        return Ok(None);
    }
    let files = source::usage_files(&settings.usage)?.take_gaps(gaps);
    let subjects = Subjects::new(targets.iter().flat_map(|target| &target.functions).map(subject).collect());
    let total: u64 = files.iter().map(|file| file.size_bytes).sum();
    progress.begin(Stage::ReadUsage, total / STEP_BYTES);
    let (collector, found) = read_files(&files, &subjects, progress);
    let usage = Usage::new(collector);
    gaps.extend(found);
    gaps.extend(usage.gaps().iter().cloned());
    Ok(Some(usage))
}

fn subject(located: &source::Located) -> Subject {
    let resources = located.stack.as_deref().map(TemplateResources::of_stack).unwrap_or_default();
    Subject::new(&located.function, &resources)
}

fn read_files<'a>(files: &[UsageFile], subjects: &'a Subjects, progress: &dyn Progress) -> (Collector<'a>, Vec<Gap>) {
    let next = AtomicUsize::new(0);
    let sum = Mutex::new((Collector::new(subjects), Vec::new()));
    let work = || {
        let (mut collector, mut gaps) = (Collector::new(subjects), Vec::new());
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            gaps.extend(read_file(file, &mut collector, progress));
        }
        let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
        sum.0.merge(collector);
        sum.1.extend(gaps);
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get).min(files.len());
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    sum.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn read_file(file: &UsageFile, collector: &mut Collector<'_>, progress: &dyn Progress) -> Vec<Gap> {
    match file.open() {
        Ok(input) => {
            let counted = Counted { input, progress, pending: 0 };
            usage::read_file(&file.name, file.size_bytes, counted, collector)
        }
        Err(error) => {
            let why = format!("the log cannot be opened: {error}");
            vec![Gap::new(Location::file(file.name.as_str()), why, &[Hidden::Permissions])]
        }
    }
}

/// Tells how far the reading is.
struct Counted<'p, R> {
    input: R,
    progress: &'p dyn Progress,
    /// Bytes read and not yet told.
    pending: u64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.pending += count as u64;
        if self.pending >= STEP_BYTES {
            self.progress.advance(self.pending / STEP_BYTES);
            self.pending %= STEP_BYTES;
        }
        Ok(count)
    }
}
