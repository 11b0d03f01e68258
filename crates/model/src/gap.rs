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

    /// One gap for `count` files below `folder` (empty for the target) that have the same problem: `first` is the gap of the
    /// first of them, `files` are those known by name, in the order to tell them.
    pub fn of_files<'a>(first: &Self, count: usize, folder: &str, files: impl IntoIterator<Item = &'a str>) -> Self {
        let shown: Vec<String> = files.into_iter().take(MAX_PLACES_NAMED).map(|file| format!("`{file}`")).collect();
        let names = with_others(&shown, count);
        let below = if folder.is_empty() { String::new() } else { format!(" below `{folder}`") };
        Self {
            location: Location::file(if folder.is_empty() { "." } else { folder }),
            why: format!("{count} files{below} ({names}): {}", first.why),
            hides: first.hides.clone(),
        }
    }

    /// One gap for `count` places with problems of one kind, of which `first` is the first.
    pub fn of_places<'a>(
        first: &Self,
        count: usize,
        folder: &str,
        places: impl IntoIterator<Item = &'a Location>,
    ) -> Self {
        let shown: Vec<String> =
            places.into_iter().take(MAX_PLACES_NAMED).map(|location| format!("`{location}`")).collect();
        let names = with_others(&shown, count);
        Self {
            location: Location::file(if folder.is_empty() { "." } else { folder }),
            why: format!("{count} places like this ({names}), the first: {}", first.why),
            hides: first.hides.clone(),
        }
    }
}

/// Places that a gap of many names.
const MAX_PLACES_NAMED: usize = 3;

fn with_others(shown: &[String], count: usize) -> String {
    match count.saturating_sub(shown.len()) {
        0 => shown.join(", "),
        others => format!("{} and {others} more", shown.join(", ")),
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
