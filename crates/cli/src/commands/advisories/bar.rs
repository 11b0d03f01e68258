//! A bar for fetching and reading advisories: on a terminal, for work of more than half a second.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use advisory::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work shorter than this shows nothing.
const SILENT: Duration = Duration::from_millis(500);

pub(super) struct DownloadBar {
    started: Instant,
    bar: Option<Mutex<ProgressBar>>,
}

impl DownloadBar {
    pub(super) fn new(quiet: bool) -> Self {
        let is_wanted = !quiet && std::io::stderr().is_terminal();
        let bar = is_wanted.then(|| Mutex::new(ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden())));
        Self { started: Instant::now(), bar }
    }

    pub(super) fn show(&self, progress: Progress<'_>) {
        match progress {
            Progress::Downloading { ecosystem, done, total } => {
                self.draw("{msg:28} {wide_bar} {bytes}/{total_bytes}", &format!("Fetching {ecosystem}"), done, total);
            }
            Progress::Reading { ecosystem, done, total } => {
                self.draw("{msg:28} {wide_bar} {pos}/{len}", &format!("Reading {ecosystem}"), done, Some(total));
            }
            Progress::Retrying { ecosystem } => self.draw("{msg}", &format!("Fetching {ecosystem} again"), 0, None),
            Progress::Unchanged { .. } => {}
            _ => self.draw("{msg}", "Writing the index", 0, None),
        }
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = self.bar.as_ref().and_then(|bar| bar.lock().ok()) {
            bar.finish_and_clear();
        }
    }

    fn draw(&self, template: &str, message: &str, done: u64, total: Option<u64>) {
        let Some(bar) = self.bar.as_ref().and_then(|bar| bar.lock().ok()) else { return };
        if bar.is_hidden() && self.started.elapsed() >= SILENT {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        if bar.message() != message {
            bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_message(message.to_owned());
        }
        bar.set_length(total.unwrap_or(done));
        bar.set_position(done);
    }
}
