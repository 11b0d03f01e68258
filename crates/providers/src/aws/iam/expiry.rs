//! Statements whose condition on the time has passed: they do nothing any more.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use model::SymbolicText;
use model::permission::Conditions;

use super::evaluation;

/// Keys that hold the time of every request.
const TIME_KEYS: &[&str] = &["aws:currenttime", "aws:epochtime"];

/// Operators that hold up to a time, in lower case, with whether that very time is one of them.
const LIMITS: &[(&str, bool)] = &[
    ("dateequals", true),
    ("datelessthan", false),
    ("datelessthanequals", true),
    ("numericlessthan", false),
    ("numericlessthanequals", true),
];

/// The day on which the conditions held last, when that is before `today` begins in UTC. Nothing where it cannot be told.
pub(super) fn expired(conditions: &Conditions, today: Date) -> Option<Date> {
    let now = Offset::UTC.to_timestamp(today.at(0, 0, 0, 0)).ok()?;
    let limits = conditions.iter().filter_map(|(operator, keys)| {
        let lower = operator.to_ascii_lowercase();
        // The time is part of every request, so it always exists.
        let name = lower.strip_suffix("ifexists").unwrap_or(&lower);
        let (_, is_inclusive) = LIMITS.iter().find(|(known, _)| *known == name)?;
        Some((*is_inclusive, keys))
    });
    let times =
        limits.flat_map(|(is_inclusive, keys)| keys.iter().map(move |(key, values)| (is_inclusive, key, values)));
    let times = times.filter(|(_, key, _)| TIME_KEYS.contains(&key.to_ascii_lowercase().as_str()));
    let passed = times.filter_map(|(is_inclusive, _, values)| {
        let limit = latest(values)?;
        (limit < now || limit == now && !is_inclusive).then_some(limit)
    });
    passed.min().map(|limit| Offset::UTC.to_datetime(limit).date())
}

/// One of the values is enough, so the latest counts.
fn latest(values: &[SymbolicText]) -> Option<Timestamp> {
    let times: Option<Vec<Timestamp>> = values.iter().map(|value| evaluation::date(value.as_literal()?)).collect();
    times?.into_iter().max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_has_passed_is_told_from_one_that_has_not() {
        let today = Date::constant(2026, 6, 1);
        for (operator, key, values, expected) in [
            ("DateLessThan", "aws:CurrentTime", &["2026-05-01T00:00:00Z"][..], Some("2026-05-01")),
            ("datelessthan", "AWS:currenttime", &["2026-05-01"], Some("2026-05-01")),
            ("DateLessThanIfExists", "aws:CurrentTime", &["2026-05-01"], Some("2026-05-01")),
            ("DateLessThan", "aws:CurrentTime", &["2026-05-01", "2026-07-01"], None),
            ("DateLessThan", "aws:CurrentTime", &["2026-06-01T00:00:00Z"], Some("2026-06-01")),
            ("DateLessThanEquals", "aws:CurrentTime", &["2026-06-01T00:00:00Z"], None),
            ("DateLessThan", "aws:CurrentTime", &["2026-06-01T08:00:00Z"], None),
            ("DateEquals", "aws:CurrentTime", &["2026-05-31"], Some("2026-05-31")),
            ("NumericLessThan", "aws:EpochTime", &["1767323045"], Some("2026-01-02")),
            ("DateGreaterThan", "aws:CurrentTime", &["2026-05-01"], None),
            ("DateLessThan", "aws:TokenIssueTime", &["2026-05-01"], None),
            ("DateLessThan", "aws:CurrentTime", &["soon"], None),
            ("DateLessThan", "aws:CurrentTime", &[], None),
        ] {
            let values: Vec<SymbolicText> = values.iter().map(|value| SymbolicText::from(*value)).collect();
            let keys = [(key.to_owned(), values)].into();
            let conditions: Conditions = [(operator.to_owned(), keys)].into();
            let day = expired(&conditions, today).map(|day| day.to_string());
            assert_eq!(day.as_deref(), expected, "{operator} {conditions:?}");
        }
    }
}
