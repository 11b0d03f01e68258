//! Where a platform's runtime stands in its life, by dates that the platform published.

use jiff::civil::Date;
use model::function::Cloud;
use model::report::RuntimeStatus;
use model::table::SortedLines;

/// The runtimes of each platform. Of an id that several have, the first one is meant unless the function says its cloud.
const PLATFORMS: &[(Cloud, &str)] = &[
    (Cloud::Aws, include_str!("../data/aws_runtimes.tsv")),
    (Cloud::Gcp, include_str!("../data/gcp_runtimes.tsv")),
    (Cloud::Azure, include_str!("../data/azure_runtimes.tsv")),
];

/// Families whose runtimes are continued by another family.
const CONTINUED_BY: &[(&str, &str)] = &[("dotnetcore", "dotnet"), ("go", "provided")];

/// Stands after every date: of runtimes whose end nobody has told yet.
const NEVER: &str = "9999-12-31";

/// Where `runtime` of `cloud` stands on the day `today`; `None` when the tables do not know it.
pub fn runtime_status(cloud: Cloud, runtime: &str, today: Date) -> Option<RuntimeStatus> {
    let runtime = runtime.to_ascii_lowercase();
    let dates = table(cloud).get(&runtime)?;
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

/// The cloud that has a runtime of this id.
pub fn cloud_of_runtime(runtime: &str) -> Option<Cloud> {
    let runtime = runtime.to_ascii_lowercase();
    PLATFORMS.iter().find(|(_, table)| SortedLines::new(table).get(&runtime).is_some()).map(|(cloud, _)| *cloud)
}

/// The runtime of the same family that is supported longest; of several the highest version.
pub(crate) fn successor(cloud: Cloud, runtime: &str) -> Option<&'static str> {
    let table = table(cloud);
    let family = family(runtime);
    let continued = CONTINUED_BY.iter().find(|(old, _)| *old == family).map(|(_, new)| *new);
    let family = continued.filter(|new| table.iter().any(|(id, _)| self::family(id) == *new)).unwrap_or(family);
    let end = |dates: &'static str| dates.split('\t').next().filter(|date| *date != "-").unwrap_or(NEVER);
    let of_family = table.iter().filter(|(id, _)| self::family(id) == family);
    of_family.max_by_key(|(id, dates)| (end(dates), numbers(id))).map(|(id, _)| id).filter(|id| *id != runtime)
}

fn table(cloud: Cloud) -> SortedLines<'static> {
    SortedLines::new(PLATFORMS.iter().find(|(own, _)| *own == cloud).map_or("", |(_, table)| table))
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
    fn tables_are_sorted_and_their_dates_are_dates() {
        for (cloud, table) in PLATFORMS {
            assert!(table.contains("# source: "), "{cloud:?}");
            let table = SortedLines::new(table);
            assert_eq!(table.first_unsorted(), None, "{cloud:?}");
            for (id, dates) in table.iter() {
                let dates: Vec<&str> = dates.split('\t').collect();
                assert_eq!(dates.len(), 3, "{id}");
                assert!(dates.iter().all(|date| *date == "-" || date.parse::<Date>().is_ok()), "{id}");
            }
        }
    }

    #[test]
    fn tells_where_a_runtime_stands() {
        let on = |cloud: Cloud, runtime: &str, today: &str| {
            let status = runtime_status(cloud, runtime, today.parse().unwrap())?;
            Some((status.state, status.days_left))
        };
        assert_eq!(on(Cloud::Aws, "python3.12", "2026-11-23"), Some(("supported", Some(708))));
        assert_eq!(on(Cloud::Aws, "python3.10", "2026-10-31"), Some(("deprecated", Some(0))));
        assert_eq!(on(Cloud::Aws, "nodejs12.x", "2026-11-23"), Some(("blocked", Some(-1333))));
        assert_eq!(on(Cloud::Aws, "dotnet5.0", "2026-11-23").map(|(state, _)| state), Some("deprecated"));
        assert_eq!(on(Cloud::Gcp, "python310", "2026-10-04"), Some(("deprecated", Some(0))));
        assert_eq!(on(Cloud::Gcp, "go125", "2026-11-23"), Some(("supported", None)));
        assert_eq!(on(Cloud::Azure, "Python|3.10", "2026-11-23").map(|(state, _)| state), Some("deprecated"));
        assert_eq!(on(Cloud::Aws, "cobol85", "2026-11-23"), None);
    }

    #[test]
    fn same_ids_have_the_dates_of_their_cloud() {
        let end = |cloud| runtime_status(cloud, "java17", "2026-11-23".parse().unwrap()).unwrap().deprecation;
        assert_eq!(end(Cloud::Aws).as_deref(), Some("2027-06-30"));
        assert_eq!(end(Cloud::Gcp).as_deref(), Some("2027-10-31"));
        assert_eq!(cloud_of_runtime("python312"), Some(Cloud::Gcp));
        assert_eq!(cloud_of_runtime("java17"), Some(Cloud::Aws));
    }

    #[test]
    fn names_the_runtime_to_move_to() {
        for (cloud, runtime, expected) in [
            (Cloud::Aws, "python3.8", Some("python3.14")),
            (Cloud::Aws, "nodejs12.x", Some("nodejs24.x")),
            (Cloud::Aws, "java8", Some("java25")),
            (Cloud::Aws, "dotnetcore3.1", Some("dotnet10")),
            (Cloud::Aws, "go1.x", Some("provided.al2023")),
            (Cloud::Aws, "provided", Some("provided.al2023")),
            (Cloud::Aws, "python3.14", None),
            (Cloud::Aws, "cobol85", None),
            (Cloud::Gcp, "go121", Some("go125")),
            (Cloud::Gcp, "python39", Some("python314")),
            (Cloud::Azure, "dotnet|8.0", Some("dotnet-isolated|10.0")),
        ] {
            assert_eq!(successor(cloud, runtime), expected, "{runtime}");
        }
    }
}
