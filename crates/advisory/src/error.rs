use std::io;
use std::path::{Path, PathBuf};

/// Why advisories cannot be read, built, updated or asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot {action} `{}`: {source}", path.display())]
    File { action: &'static str, path: PathBuf, source: io::Error },
    #[error("cannot use advisory index `{name}`: {why}; build it again with `fnassay advisories update`")]
    Index { name: String, why: &'static str },
    #[error("cannot read advisories `{}`: {why}", path.display())]
    Feed { path: PathBuf, why: String },
    #[error("cannot read VEX document `{}`: {why}", path.display())]
    Vex { path: PathBuf, why: String },
    #[error("no advisories in `{}`: expected `<Ecosystem>/all.zip` as OSV.dev lays them out", path.display())]
    NoFeeds { path: PathBuf },
    #[error("there is no ecosystem `{name}` in {origin}: it has {known}")]
    UnknownEcosystem { name: String, origin: String, known: String },
    #[error("another update holds `{}`: wait for it to end", path.display())]
    Locked { path: PathBuf },
    #[error("no folder for the advisory index: set `FNASSAY_DATA` or `HOME`")]
    NoDataFolder,
    #[error("the advisories are too many for one index: {what} beyond {limit}")]
    TooLarge { what: &'static str, limit: u64 },
    #[error(transparent)]
    Transport(#[from] transport::Error),
}

impl Error {
    /// For `map_err` on file operations.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}
