//! Why a scan cannot go on.

/// Everything else that goes wrong is a gap of the report.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Source(#[from] source::Error),
    #[error(transparent)]
    Advisories(advisory::Error),
    #[error(transparent)]
    Vex(#[from] advisory::Error),
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Source(error) => error.hint(),
            Self::Vex(_) => None,
            Self::Advisories(_) => Some("build it anew with `fnassay advisories update`"),
        }
    }

    /// Whether the user's words are at fault rather than the target.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Source(error) => matches!(
                error,
                source::Error::Policy { .. } | source::Error::ReadPolicy { .. } | source::Error::ReadUsage { .. }
            ),
            Self::Advisories(_) | Self::Vex(_) => true,
        }
    }
}
