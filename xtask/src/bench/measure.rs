//! Wall time and peak memory of processes.

use std::ffi::OsString;
use std::fs;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Runs whose memory is watched; watching would disturb the timed ones.
const WATCHED_RUNS: usize = 3;
const WATCH_EVERY: Duration = Duration::from_micros(300);

pub(super) struct Case {
    pub(super) input: &'static str,
    pub(super) name: &'static str,
    pub(super) command: Vec<OsString>,
    pub(super) until: Until,
}

/// When the clock stops.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    Exit,
    FirstByte,
}

pub(super) struct Measured {
    pub(super) input: &'static str,
    pub(super) name: &'static str,
    pub(super) median: Duration,
    pub(super) fastest: Duration,
    /// As the system counts resident pages, mapped files included; `None` where it does not tell.
    pub(super) peak_kib: Option<u64>,
}

/// Every case, measured in turns so that a slow moment of the machine meets all of them.
pub(super) fn all(cases: &[Case], runs: usize, threads: usize) -> Result<Vec<Measured>> {
    let mut times = vec![Vec::with_capacity(runs); cases.len()];
    // The first round warms the caches.
    for round in 0..=runs.max(1) {
        for (case, times) in cases.iter().zip(&mut times) {
            let time = case.time(threads)?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    cases.iter().zip(times).map(|(case, times)| case.measured(times, threads)).collect()
}

impl Case {
    fn measured(&self, mut times: Vec<Duration>, threads: usize) -> Result<Measured> {
        times.sort_unstable();
        let median = *times.get(times.len() / 2).context("no runs")?;
        let fastest = *times.first().context("no runs")?;
        let peaks: Vec<Option<u64>> = (0..WATCHED_RUNS).map(|_| self.peak_kib(threads)).collect::<Result<_>>()?;
        Ok(Measured {
            input: self.input,
            name: self.name,
            median,
            fastest,
            peak_kib: peaks.into_iter().flatten().max(),
        })
    }

    fn spawn(&self, threads: usize) -> Result<Child> {
        let [program, arguments @ ..] = self.command.as_slice() else { bail!("no command") };
        let mut command = Command::new(program);
        command.args(arguments).env("RAYON_NUM_THREADS", threads.to_string());
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command.stdout(if self.until == Until::FirstByte { Stdio::piped() } else { Stdio::null() });
        command.spawn().with_context(|| format!("cannot start {}", program.display()))
    }

    fn time(&self, threads: usize) -> Result<Duration> {
        let start = Instant::now();
        let mut child = self.spawn(threads)?;
        let mut time = Duration::ZERO;
        if let Some(output) = &mut child.stdout {
            output.read_exact(&mut [0])?;
            time = start.elapsed();
            output.read_to_end(&mut Vec::new())?;
        }
        let status = child.wait()?;
        if self.until == Until::Exit {
            time = start.elapsed();
        }
        match status.code() {
            Some(0 | 1) => Ok(time),
            _ => bail!("{} on `{}` ended with {status}", self.name, self.input),
        }
    }

    /// The highest water mark seen; growth within the last moments of a run may be missed.
    fn peak_kib(&self, threads: usize) -> Result<Option<u64>> {
        let mut child = self.spawn(threads)?;
        let status_file = format!("/proc/{}/status", child.id());
        let mut peak = None;
        while child.try_wait()?.is_none() {
            let status = fs::read_to_string(&status_file).unwrap_or_default();
            peak = peak.max(high_water_kib(&status));
            sleep(WATCH_EVERY);
        }
        Ok(peak)
    }
}

fn high_water_kib(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
