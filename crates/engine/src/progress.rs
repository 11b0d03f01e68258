//! How far a scan is, for whoever wants to show it.

/// A part of the work that takes long enough to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    ReadTargets,
    /// In mebibytes.
    ReadUsage,
    Assess,
}

impl Stage {
    pub fn title(self) -> &'static str {
        match self {
            Self::ReadTargets => "reading targets",
            Self::ReadUsage => "reading logs, MiB",
            Self::Assess => "assessing functions",
        }
    }
}

/// Told about the work from several threads at once.
pub trait Progress: Sync {
    /// A stage of `total` steps begins.
    fn begin(&self, stage: Stage, total: u64);
    /// So many steps of it are done.
    fn advance(&self, by: u64);
}

/// Shows nothing.
#[derive(Debug, Clone, Copy)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _stage: Stage, _total: u64) {}

    fn advance(&self, _by: u64) {}
}
