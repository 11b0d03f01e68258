//! Points in time as logs write them.

use std::fmt;

/// A second in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    unix_seconds: i64,
}

impl Moment {
    /// Reads `2026-10-01T12:00:00Z` with any offset or fraction, the same with a space and without offset (UTC, as Athena
    /// writes it), and seconds since 1970.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_suffix(" UTC").unwrap_or(text);
        let at = |timestamp: jiff::Timestamp| Self { unix_seconds: timestamp.as_second() };
        if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
            return Some(at(timestamp));
        }
        if let Ok(local) = text.parse::<jiff::civil::DateTime>() {
            return jiff::tz::Offset::UTC.to_timestamp(local).ok().map(at);
        }
        Self::from_unix_seconds(text.parse::<f64>().ok()?)
    }

    /// `None` outside the years that can be written.
    pub(crate) fn from_unix_seconds(seconds: f64) -> Option<Self> {
        #[expect(clippy::cast_possible_truncation, reason = "out of range saturates and is then refused")]
        let seconds = seconds as i64;
        jiff::Timestamp::from_second(seconds).ok().map(|_| Self { unix_seconds: seconds })
    }

    /// `2026-10-01`.
    pub(crate) fn day(self) -> String {
        let text = self.to_string();
        text.split_once('T').map_or_else(|| text.clone(), |(day, _)| day.to_owned())
    }

    /// Days from this moment to a later one, begun ones counted.
    pub(crate) fn days_until(self, later: Self) -> i64 {
        const SECONDS_PER_DAY: i64 = 24 * 60 * 60;
        later.unix_seconds.saturating_sub(self.unix_seconds) / SECONDS_PER_DAY + 1
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.unix_seconds) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => f.write_str("?"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times_as_tools_write_them() {
        for (text, expected) in [
            ("2026-10-01T12:00:00Z", Some("2026-10-01T12:00:00Z")),
            ("2026-10-01T12:00:00.123+02:00", Some("2026-10-01T10:00:00Z")),
            ("2026-10-01 12:00:00.000", Some("2026-10-01T12:00:00Z")),
            ("2026-10-01 12:00:00.000 UTC", Some("2026-10-01T12:00:00Z")),
            ("1790856000.25", Some("2026-10-01T12:00:00Z")),
            ("yesterday", None),
            ("1e300", None),
            ("", None),
        ] {
            assert_eq!(Moment::parse(text).map(|moment| moment.to_string()).as_deref(), expected, "{text}");
        }
    }
}
