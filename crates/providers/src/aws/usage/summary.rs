//! What all files together say: one answer per function, and what they leave open.

use std::collections::BTreeMap;

use model::{Gap, Hidden, Location};

use super::collect::{Collector, OnlyRole, RoleReport, Shown};
use super::event_sources;
use super::evidence::{self, FunctionUsage, LogCoverage, Seen};
use super::subject::{Match, Principal, Subject};
use super::subjects::Subjects;

/// Names that a sentence lists.
const MAX_LISTED: usize = 5;
/// The window that CloudTrail itself keeps, in days.
const FULL_WINDOW_DAYS: i64 = 90;

/// What logs and reports say of the functions of a scan.
#[derive(Debug, Default)]
pub struct Usage {
    by_function: BTreeMap<String, (FunctionUsage, Vec<String>)>,
    gaps: Vec<Gap>,
}

impl Usage {
    /// The sum of what was read.
    pub fn new(mut collector: Collector<'_>) -> Self {
        let subjects = collector.subjects;
        collector.reports.sort();
        if let OnlyRole::One { shown, .. } = std::mem::take(&mut collector.only_role) {
            collector.shown.entry(0).or_default().merge(*shown);
        }
        let mut usage = Self::default();
        let reports = assigned(&collector.reports, subjects, &mut usage.gaps);
        for (at, subject) in subjects.subjects.iter().enumerate() {
            let shown = collector.shown.remove(&at).unwrap_or_default();
            let of_role = reports.get(&at).map(Vec::as_slice).unwrap_or_default();
            let whys = whys(subject, &shown, of_role, &collector);
            let found = joined(shown, of_role, &collector.logs);
            usage.by_function.insert(subject.id.clone(), (found, whys));
        }
        usage.gaps.extend(foreign(&collector.foreign_files));
        usage
    }

    /// What is known of the function; `None` for one that the files were not read for.
    pub fn of_function(&self, id: &str) -> Option<&FunctionUsage> {
        self.by_function.get(id).map(|(usage, _)| usage)
    }

    /// What the files leave open about the function, which is declared at `location`.
    pub fn gaps_of_function(&self, id: &str, location: &Location) -> Vec<Gap> {
        let whys = self.by_function.get(id).map(|(_, whys)| whys.as_slice()).unwrap_or_default();
        whys.iter().map(|why| Gap::new(location.clone(), why.as_str(), &[Hidden::Permissions])).collect()
    }

    /// What could not be assigned to any function.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}

fn joined(shown: Shown, reports: &[&RoleReport], logs: &LogCoverage) -> FunctionUsage {
    let is_shown = !shown.matches.is_empty();
    let unmapped = shown.unmapped.keys().flat_map(|(host, _)| event_sources::prefixes(host));
    let mut usage = FunctionUsage {
        unmapped: unmapped.map(str::to_owned).collect(),
        uses: shown.uses,
        denials: shown.denials,
        perhaps: shown.perhaps,
        logs: is_shown.then(|| logs.clone()),
        ..FunctionUsage::default()
    };
    for report in reports {
        for (action, moment) in &report.uses {
            evidence::add(&mut usage.uses, action, Seen::new(*moment, report.source(), []));
        }
        for (service, moment) in &report.services {
            evidence::add(&mut usage.services, service, Seen::new(*moment, report.source(), []));
        }
        for (service, tracked) in report.tracked() {
            usage.tracked.entry(service).or_default().merge(tracked);
        }
    }
    usage
}

/// The reports of each function, by position. A report that does not say whose it is, is that of the only role there is.
fn assigned<'r>(
    reports: &'r [RoleReport],
    subjects: &Subjects,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<usize, Vec<&'r RoleReport>> {
    let mut by_function: BTreeMap<usize, Vec<&RoleReport>> = BTreeMap::new();
    let all = || 0..subjects.subjects.len();
    let is_one_role = {
        let first = subjects.subjects.first();
        let is_same = |subject: &Subject| {
            first.is_some_and(|first| first.id == subject.id || first.shared_with.contains(&subject.id))
        };
        subjects.subjects.iter().all(is_same)
    };
    for report in reports {
        let of_arn = report.arn.as_deref().map(|arn| of_role(arn, subjects)).unwrap_or_default();
        let functions: Vec<usize> = match &report.arn {
            _ if !of_arn.is_empty() => of_arn,
            None if is_one_role => all().collect(),
            Some(_) if subjects.takes_only_role() && reports.iter().all(|other| other.arn == report.arn) => {
                all().collect()
            }
            Some(_) => continue,
            None => {
                let why = format!(
                    "a report of {} does not say whose it is, as nothing in it was used; scan its function alone",
                    report.source().title()
                );
                gaps.push(Gap::new(Location::file("--usage"), why, &[Hidden::Permissions]));
                continue;
            }
        };
        for at in functions {
            by_function.entry(at).or_default().push(report);
        }
    }
    by_function
}

/// The functions that run with the role.
fn of_role(arn: &str, subjects: &Subjects) -> Vec<usize> {
    let Some(principal) = Principal::of_arn(arn) else { return Vec::new() };
    let fits = |(at, subject): (usize, &Subject)| subject.is_role(principal).then_some(at);
    subjects.subjects.iter().enumerate().filter_map(fits).collect()
}

/// What is open about one function, as sentences.
fn whys(subject: &Subject, shown: &Shown, reports: &[&RoleReport], collector: &Collector<'_>) -> Vec<String> {
    let mut whys = Vec::new();
    if collector.event_count > 0 {
        if shown.matches.is_empty() {
            whys.push(unseen(subject, &collector.only_role));
        } else {
            whys.extend(shown.matches.iter().filter_map(|(how, count)| how_known(*how, *count)));
            whys.extend(short_window(&collector.logs));
            whys.extend(without_data_events(&collector.logs));
        }
    }
    whys.extend(unmapped(shown));
    whys.extend(untracked(reports));
    whys
}

fn unseen(subject: &Subject, only_role: &OnlyRole) -> String {
    let ending = "that it used nothing is not proven";
    match (subject.role.fragment(), only_role) {
        (Some(_), _) => format!(
            "no event of the logs is of this function's role ({}); {ending}: give logs of its account and region",
            subject.role_words()
        ),
        (None, OnlyRole::Several) => format!(
            "nothing tells which of the roles in the logs is this function's, and no session is named like it; {ending}: give logs \
             of its role alone"
        ),
        (None, _) => format!("no event of the logs is of a session that is named like this function; {ending}"),
    }
}

fn how_known(how: Match, count: u64) -> Option<String> {
    let by = match how {
        Match::Role => return None,
        Match::GeneratedRole => "their role's name is like the one that the deployment makes",
        Match::Session => "their session is named like it; its role is not known",
        Match::SharedRole => "their role is shared, and their session is named like none of its functions",
        Match::OnlyRole => "their role is the only one in the logs; nothing tells the function's own",
    };
    Some(format!("{count} events of the logs are taken for this function's, as {by}"))
}

fn short_window(logs: &LogCoverage) -> Option<String> {
    let (first, last) = logs.window?;
    let days = first.days_until(last);
    (days < FULL_WINDOW_DAYS).then(|| {
        format!(
            "the logs cover {days} days, from {} to {}: what is used less often does not show; give {FULL_WINDOW_DAYS} days",
            first.day(),
            last.day()
        )
    })
}

fn without_data_events(logs: &LogCoverage) -> Option<String> {
    logs.data_sources.is_empty().then(|| {
        "the logs hold no data events, so that work on objects (S3), items (DynamoDB), messages (SQS, SNS) and invocations \
         (Lambda) does not show; have the trail record them"
            .to_owned()
    })
}

/// Events without a known action, folded into one sentence.
fn unmapped(shown: &Shown) -> Option<String> {
    let kinds: Vec<String> = shown
        .unmapped
        .iter()
        .map(|((host, name), count)| format!("`{name}` of `{}` ({count})", host.trim_end_matches(".amazonaws.com")))
        .collect();
    let total: u64 = shown.unmapped.values().sum();
    let listed = listed(&kinds)?;
    Some(format!("the actions of {total} events are not known here: {listed}; look them up before taking rights away"))
}

fn untracked(reports: &[&RoleReport]) -> Option<String> {
    let mut services: Vec<String> =
        reports.iter().flat_map(|report| &report.services).map(|(service, _)| format!("`{service}`")).collect();
    services.sort_unstable();
    services.dedup();
    let listed = listed(&services)?;
    Some(format!(
        "IAM's report tells that {listed} are used, but tracks only some of their actions: of the others nothing is known"
    ))
}

fn listed(names: &[String]) -> Option<String> {
    let shown = names.get(..names.len().min(MAX_LISTED))?.join(", ");
    match names.len().saturating_sub(MAX_LISTED) {
        _ if names.is_empty() => None,
        0 => Some(shown),
        more => Some(format!("{shown} and {more} more")),
    }
}

fn foreign(files: &[String]) -> Option<Gap> {
    let mut files = files.to_vec();
    files.sort_unstable();
    let first = files.first()?;
    let others = match files.len() - 1 {
        0 => String::new(),
        count => format!(" and {count} other files are"),
    };
    let verb = if others.is_empty() { "it is" } else { "it" };
    let why = format!(
        "{verb}{others} neither CloudTrail events, an IAM last-accessed report nor Access Analyzer findings; left out"
    );
    Some(Gap::new(Location::file(first.as_str()), why, &[Hidden::Permissions]))
}
