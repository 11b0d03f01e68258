//! Bars on a terminal for work that takes more than half a second; silence everywhere else.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use engine::{Progress, Stage};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work shorter than this shows nothing.
const SILENT: Duration = Duration::from_millis(500);

/// One bar that follows the stages of a scan.
pub(crate) struct Bars {
    started: Instant,
    bar: Option<Mutex<ProgressBar>>,
}

impl Bars {
    pub(crate) fn new(quiet: bool) -> Self {
        let wanted = !quiet && std::io::stderr().is_terminal();
        let bar = wanted.then(|| {
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
            let style = ProgressStyle::with_template("{msg:24} {wide_bar} {pos}/{len}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            Mutex::new(bar)
        });
        Self { started: Instant::now(), bar }
    }

    pub(crate) fn finish(&self) {
        self.with(|bar| bar.finish_and_clear());
    }

    fn with(&self, change: impl FnOnce(&ProgressBar)) {
        let Some(bar) = self.bar.as_ref().and_then(|bar| bar.lock().ok()) else { return };
        if bar.is_hidden() && self.started.elapsed() >= SILENT {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        change(&bar);
    }
}

impl Progress for Bars {
    fn begin(&self, stage: Stage, total: u64) {
        self.with(|bar| {
            bar.set_message(stage.title());
            bar.set_length(total);
            bar.set_position(0);
        });
    }

    fn advance(&self, by: u64) {
        self.with(|bar| bar.inc(by));
    }
}
