//! What could not be read or decided. Part of every report: silence would read as clean.

use crate::Location;

/// What a gap may hide from the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hidden {
    Components,
    Secrets,
    Permissions,
    Calls,
    Functions,
    Configuration,
    Vulnerabilities,
}

impl Hidden {
    pub fn name(self) -> &'static str {
        match self {
            Self::Components => "components",
            Self::Secrets => "secrets",
            Self::Permissions => "permissions",
            Self::Calls => "calls",
            Self::Functions => "functions",
            Self::Configuration => "configuration",
            Self::Vulnerabilities => "vulnerabilities",
        }
    }
}

/// Something we could not read or decide. Ordered by place, then reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gap {
    pub location: Location,
    /// One sentence in the style of error messages: lower case, no full stop, user text in backticks, and what to do.
    pub why: String,
    /// Sorted, without duplicates, never empty.
    pub hides: Vec<Hidden>,
}

impl Gap {
    pub fn new(location: Location, why: impl Into<String>, hides: &[Hidden]) -> Self {
        let mut hides = hides.to_vec();
        hides.sort_unstable();
        hides.dedup();
        Self { location, why: why.into(), hides }
    }
}

/// What a parser of foreign input understood, and what it did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<T> {
    pub value: T,
    pub gaps: Vec<Gap>,
}

impl<T> Parsed<T> {
    pub fn complete(value: T) -> Self {
        Self { value, gaps: Vec::new() }
    }

    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Parsed<U> {
        Parsed { value: change(self.value), gaps: self.gaps }
    }

    /// The value, after moving the gaps to `gaps`.
    pub fn take_gaps(self, gaps: &mut Vec<Gap>) -> T {
        gaps.extend(self.gaps);
        self.value
    }
}

impl<T: Default> Default for Parsed<T> {
    fn default() -> Self {
        Self::complete(T::default())
    }
}
