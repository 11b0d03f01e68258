//! Where a platform's runtime stands in its life, by dates that the platform published.

use jiff::civil::Date;
use model::report::RuntimeStatus;
use model::table::SortedLines;

const AWS_RUNTIMES: &str = include_str!("../data/aws_runtimes.tsv");

/// Families whose runtimes are continued by another family.
const CONTINUED_BY: &[(&str, &str)] = &[("dotnetcore", "dotnet"), ("go", "provided")];

/// Where `runtime` stands on the day `today`; `None` when the table does not know it.
pub fn runtime_status(runtime: &str, today: Date) -> Option<RuntimeStatus> {
    let dates = SortedLines::new(AWS_RUNTIMES).get(runtime)?;
    let mut dates = dates.split('\t').map(|date| (date != "-").then(|| date.to_owned()));
    let (deprecation, block_create, block_update) = (dates.next()?, dates.next()?, dates.next()?);
    let is_past = |date: &Option<String>| parse(date).is_some_and(|date| date <= today);
    let state = match () {
        () if is_past(&block_update) => "blocked",
        () if is_past(&deprecation) => "deprecated",
        () => "supported",
    };
    let days_left = parse(&deprecation).and_then(|date| today.until(date).ok()).map(|span| i64::from(span.get_days()));
    Some(RuntimeStatus { state, deprecation, block_create, block_update, days_left })
}

/// The runtime of the same family that is supported longest; of several the highest version.
pub(crate) fn successor(runtime: &str) -> Option<&'static str> {
    let family = family(runtime);
    let family = CONTINUED_BY.iter().find(|(old, _)| *old == family).map_or(family, |(_, new)| new);
    let of_family = SortedLines::new(AWS_RUNTIMES).iter().filter(|(id, _)| self::family(id) == family);
    of_family
        .max_by_key(|(id, dates)| (dates.split('\t').next(), numbers(id)))
        .map(|(id, _)| id)
        .filter(|id| *id != runtime)
}

fn family(runtime: &str) -> &str {
    runtime.split(|letter: char| !letter.is_ascii_lowercase()).next().unwrap_or(runtime)
}

fn numbers(runtime: &str) -> Vec<u32> {
    runtime.split(|letter: char| !letter.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect()
}

fn parse(date: &Option<String>) -> Option<Date> {
    date.as_deref()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_its_dates_are_dates() {
        let table = SortedLines::new(AWS_RUNTIMES);
        assert_eq!(table.first_unsorted(), None);
        for (id, dates) in table.iter() {
            let dates: Vec<&str> = dates.split('\t').collect();
            assert_eq!(dates.len(), 3, "{id}");
            assert!(dates.iter().all(|date| *date == "-" || date.parse::<Date>().is_ok()), "{id}");
        }
    }

    #[test]
    fn tells_where_a_runtime_stands() {
        let on = |runtime: &str, today: &str| {
            runtime_status(runtime, today.parse().unwrap()).map(|status| (status.state, status.days_left.unwrap()))
        };
        assert_eq!(on("python3.12", "2026-11-23"), Some(("supported", 708)));
        assert_eq!(on("python3.10", "2026-10-31"), Some(("deprecated", 0)));
        assert_eq!(on("nodejs12.x", "2026-11-23"), Some(("blocked", -1333)));
        assert_eq!(on("dotnet5.0", "2026-11-23").map(|(state, _)| state), Some("deprecated"));
        assert_eq!(on("cobol85", "2026-11-23"), None);
    }

    #[test]
    fn names_the_runtime_to_move_to() {
        for (runtime, expected) in [
            ("python3.8", Some("python3.14")),
            ("nodejs12.x", Some("nodejs24.x")),
            ("java8", Some("java25")),
            ("dotnetcore3.1", Some("dotnet10")),
            ("go1.x", Some("provided.al2023")),
            ("provided", Some("provided.al2023")),
            ("python3.14", None),
            ("cobol85", None),
        ] {
            assert_eq!(successor(runtime), expected, "{runtime}");
        }
    }
}
