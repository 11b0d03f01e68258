//! What a scan is asked to do.

use std::path::PathBuf;

use model::Family;

/// A civil date.
pub type Date = jiff::civil::Date;

#[derive(Debug, Clone)]
pub struct Settings {
    pub source: source::Options,
    /// Families of findings to look for; empty means all.
    pub families: Vec<Family>,
    /// Advisory index; `None` takes the user's own when there is one, else the built-in starter.
    pub advisories: Option<PathBuf>,
    /// The day to judge by.
    pub today: Date,
}

impl Settings {
    pub(crate) fn wants(&self, family: Family) -> bool {
        self.families.is_empty() || self.families.contains(&family)
    }

    pub(crate) fn wants_components(&self) -> bool {
        self.wants(Family::Vulnerability)
    }

    pub(crate) fn wants_secrets(&self) -> bool {
        self.wants(Family::Secret)
    }

    /// Code is read for permissions; a scan for vulnerabilities alone reads metadata only.
    pub(crate) fn wants_code(&self) -> bool {
        self.wants(Family::Permission)
    }
}

/// Today's date in UTC, so that a scan does not depend on where it runs.
pub fn today() -> Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}
