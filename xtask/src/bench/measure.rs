//! Wall time and peak memory of processes.

use std::ffi::OsString;
use std::fs;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
#[cfg(unix)]
use nix::sys::time::TimeValLike;

/// Runs whose memory is watched; watching would disturb the timed ones.
const WATCHED_RUNS: usize = 3;
const WATCH_EVERY: Duration = Duration::from_micros(300);

pub(super) struct Case {
    pub(super) input: &'static str,
    pub(super) name: &'static str,
    pub(super) command: Vec<OsString>,
    pub(super) environment: &'static [(&'static str, &'static str)],
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
    /// Of all threads, in user and system mode: the mean of the runs, as one run is too short to be told well.
    pub(super) processor: Option<Duration>,
    /// As the system counts resident pages, mapped files included; `None` where it does not tell.
    pub(super) peak_kib: Option<u64>,
}

/// Every case, measured in turns so that a slow moment of the machine meets all of them.
pub(super) fn all(cases: &[Case], runs: usize, threads: usize) -> Result<Vec<Measured>> {
    let mut times = vec![Times::default(); cases.len()];
    // The first round warms the caches.
    for round in 0..=runs.max(1) {
        for (case, times) in cases.iter().zip(&mut times) {
            let before = processor_of_children();
            let time = case.time(threads)?;
            if round > 0 {
                times.wall.push(time);
                times.processor += processor_of_children().saturating_sub(before);
            }
        }
    }
    cases.iter().zip(times).map(|(case, times)| case.measured(times, threads)).collect()
}

/// Of the runs of one case.
#[derive(Default, Clone)]
struct Times {
    wall: Vec<Duration>,
    processor: Duration,
}

impl Case {
    /// What the command prints in one run.
    pub(super) fn output(&self, threads: usize) -> Result<Vec<u8>> {
        let output = self.command(threads)?.stdout(Stdio::piped()).output();
        Ok(output.with_context(|| format!("cannot start {}", self.name))?.stdout)
    }

    fn measured(&self, mut times: Times, threads: usize) -> Result<Measured> {
        times.wall.sort_unstable();
        let median = *times.wall.get(times.wall.len() / 2).context("no runs")?;
        let fastest = *times.wall.first().context("no runs")?;
        let processor = times.processor.checked_div(u32::try_from(times.wall.len())?);
        let peaks: Vec<Option<u64>> = (0..WATCHED_RUNS).map(|_| self.peak_kib(threads)).collect::<Result<_>>()?;
        Ok(Measured {
            input: self.input,
            name: self.name,
            median,
            fastest,
            processor: processor.filter(|processor| !processor.is_zero()),
            peak_kib: peaks.into_iter().flatten().max(),
        })
    }

    fn spawn(&self, threads: usize) -> Result<Child> {
        self.command(threads)?.spawn().with_context(|| format!("cannot start {}", self.name))
    }

    fn command(&self, threads: usize) -> Result<Command> {
        let [program, arguments @ ..] = self.command.as_slice() else { bail!("no command") };
        let mut command = Command::new(program);
        command.args(arguments).env("RAYON_NUM_THREADS", threads.to_string());
        command.env("GOMAXPROCS", threads.to_string()).envs(self.environment.iter().copied());
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command.stdout(if self.until == Until::FirstByte { Stdio::piped() } else { Stdio::null() });
        Ok(command)
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

/// What all processes that this one waited for took; zero where the system does not tell.
fn processor_of_children() -> Duration {
    #[cfg(unix)]
    if let Ok(usage) = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_CHILDREN) {
        let microseconds: i64 =
            [usage.user_time(), usage.system_time()].iter().map(TimeValLike::num_microseconds).sum();
        return Duration::from_micros(u64::try_from(microseconds).unwrap_or_default());
    }
    Duration::ZERO
}

fn high_water_kib(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
