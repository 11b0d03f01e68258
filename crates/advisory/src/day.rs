//! Days as the index keeps them: the part of a time stamp that matters to a reader, in two or three bytes.

use std::fmt;

use jiff::civil::Date;

/// Days since 1970-01-01; the time of day and the zone of a time stamp are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Day(pub(crate) u32);

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

impl Day {
    /// The day of an RFC 3339 time stamp or date; `None` for anything else and before 1970.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let date: Date = text.get(..10)?.parse().ok()?;
        let days = EPOCH.until(date).ok()?.get_days();
        u32::try_from(days).ok().map(Self)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = jiff::Span::new().try_days(self.0);
        match span.and_then(|span| EPOCH.checked_add(span)) {
            Ok(date) => write!(f, "{date}"),
            Err(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_day_of_a_time_stamp() {
        for (text, expected) in [
            ("2024-10-15T17:43:50Z", Some("2024-10-15")),
            ("1970-01-01", Some("1970-01-01")),
            ("2027-07-09T00:00:00.123456Z", Some("2027-07-09")),
            ("1969-12-31", None),
            ("2024-02-30T00:00:00Z", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(Day::parse(text).map(|day| day.to_string()).as_deref(), expected, "{text}");
        }
    }
}
