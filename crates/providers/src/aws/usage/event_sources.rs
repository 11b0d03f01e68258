//! From the source and name of a log's event to the operation that was called.

use model::table::SortedLines;

use crate::aws::iam::facts;

const SOURCES: &str = include_str!("../../../data/usage_event_sources.tsv");
const EVENTS: &str = include_str!("../../../data/overlay_events.tsv");

/// What an event's source and name stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// botocore's names of a service and one of its operations, of which the permissions are known.
    Operation {
        service: &'static str,
        operation: String,
    },
    /// No operation is known, but IAM has an action of this name.
    Action(String),
    /// Nothing that IAM decides.
    Nothing,
    Unknown,
}

/// The meaning of event `name` of `host` (`dynamodb.amazonaws.com`).
pub(super) fn meaning(host: &str, name: &str) -> Meaning {
    let source = label(host);
    if let Some(columns) = SortedLines::new(EVENTS).get(&format!("{source}.{name}"))
        && let Some((service, operation)) = columns.split('\t').next().and_then(|called| called.split_once('.'))
    {
        return Meaning::Operation { service, operation: operation.to_owned() };
    }
    for name in [name, without_version(name)] {
        if let Some(service) = service_with(&source, name) {
            return Meaning::Operation { service, operation: name.to_owned() };
        }
    }
    let mut prefixes = prefixes(host);
    // A service that the SDK does not know is often logged under the prefix of its actions.
    prefixes.extend(facts::actions_of_service(&source).next().map(facts::ActionId::service));
    let action = prefixes.iter().find_map(|prefix| facts::action(&format!("{prefix}:{}", without_version(name))));
    match action {
        Some(action) => Meaning::Action(action.name()),
        None if services(&source).any(|service| service == "-") => Meaning::Nothing,
        None => Meaning::Unknown,
    }
}

/// Of the services with such an operation, the one that is named like the source or like the prefix of its actions, before
/// others that share both.
fn service_with(source: &str, operation: &str) -> Option<&'static str> {
    let mut with = services(source).filter(|service| facts::actions_of_operation(service, operation).is_some());
    let first = with.next()?;
    let mut all = std::iter::once(first).chain(with);
    all.find(|service| *service == source || facts::is_service(service)).or(Some(first))
}

/// The prefixes of the actions that calls of this source may need, sorted.
pub(super) fn prefixes(host: &str) -> Vec<&'static str> {
    let source = label(host);
    let mut prefixes: Vec<_> = services(&source).flat_map(|service| own_prefixes(service, &source)).collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    prefixes
}

/// The prefixes of a service's own actions; those of services that it calls on the caller's behalf are left out, as their
/// events have a source of their own.
fn own_prefixes(service: &'static str, source: &str) -> Vec<&'static str> {
    let mut prefixes = facts::prefixes_of_service(service);
    prefixes.retain(|prefix| !FORWARDED_TO.contains(prefix) || [service, source].contains(prefix));
    prefixes
}

/// Services that others call for their callers. Sorted.
const FORWARDED_TO: &[&str] =
    &["cloudwatch", "dynamodb", "ec2", "iam", "kms", "lambda", "logs", "s3", "sns", "sqs", "sts"];

fn services(source: &str) -> impl Iterator<Item = &'static str> + use<> {
    let columns = SortedLines::new(SOURCES).get(source).unwrap_or("");
    columns.split(',').filter(|service| !service.is_empty())
}

/// `monitoring` of `monitoring.amazonaws.com`.
fn label(host: &str) -> String {
    let host = host.trim().to_ascii_lowercase();
    host.split('.').next().unwrap_or_default().to_owned()
}

/// `UpdateFunctionCode` of `UpdateFunctionCode20150331v2`, `UpdateDistribution` of `UpdateDistribution2020_05_31`.
fn without_version(name: &str) -> &str {
    let unversioned = match name.rsplit_once('v') {
        Some((before, version)) if !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()) => before,
        _ => name,
    };
    let stem = unversioned.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '_');
    let date = unversioned.get(stem.len()..).unwrap_or_default();
    let digits = date.bytes().filter(u8::is_ascii_digit).count();
    if digits == 8 && date.starts_with("20") { stem } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_named_in_the_ways_of_their_services() {
        let operation = |service, operation: &str| Meaning::Operation { service, operation: operation.to_owned() };
        for (host, name, expected) in [
            ("dynamodb.amazonaws.com", "GetItem", operation("dynamodb", "GetItem")),
            ("dynamodb.amazonaws.com", "GetRecords", operation("dynamodbstreams", "GetRecords")),
            ("s3.amazonaws.com", "ListObjects", operation("s3", "ListObjects")),
            ("s3.amazonaws.com", "GetBucketPublicAccessBlock", operation("s3", "GetPublicAccessBlock")),
            ("lambda.amazonaws.com", "Invoke", operation("lambda", "Invoke")),
            ("lambda.amazonaws.com", "UpdateFunctionCode20150331v2", operation("lambda", "UpdateFunctionCode")),
            ("lambda.amazonaws.com", "ListFunctions20150331", operation("lambda", "ListFunctions")),
            ("cloudfront.amazonaws.com", "CreateInvalidation2020_05_31", operation("cloudfront", "CreateInvalidation")),
            ("monitoring.amazonaws.com", "PutMetricData", operation("cloudwatch", "PutMetricData")),
            ("states.amazonaws.com", "StartExecution", operation("stepfunctions", "StartExecution")),
            ("email.amazonaws.com", "SendEmail", operation("ses", "SendEmail")),
            ("ses.amazonaws.com", "SendEmail", operation("ses", "SendEmail")),
            ("rdsdata.amazonaws.com", "ExecuteStatement", operation("rds-data", "ExecuteStatement")),
            ("execute-api.amazonaws.com", "PostToConnection", operation("apigatewaymanagementapi", "PostToConnection")),
            ("tagging.amazonaws.com", "GetResources", operation("resourcegroupstaggingapi", "GetResources")),
            ("bedrock.amazonaws.com", "InvokeModel", operation("bedrock-runtime", "InvokeModel")),
            ("signin.amazonaws.com", "ConsoleLogin", Meaning::Nothing),
            ("signin.amazonaws.com.evil", "", Meaning::Nothing),
            ("nowhere.amazonaws.com", "DoThing", Meaning::Unknown),
            ("", "", Meaning::Unknown),
        ] {
            assert_eq!(meaning(host, name), expected, "{host} {name}");
        }
    }

    #[test]
    fn every_row_leads_to_a_known_operation() {
        assert_eq!(SortedLines::new(EVENTS).first_unsorted(), None);
        assert_eq!(SortedLines::new(SOURCES).first_unsorted(), None);
        for (event, rest) in SortedLines::new(EVENTS).iter() {
            let called = rest.split('\t').next().and_then(|called| called.split_once('.'));
            let (service, operation) = called.unwrap_or_else(|| panic!("`{event}` leads nowhere"));
            assert!(facts::actions_of_operation(service, operation).is_some(), "`{event}` leads to nothing known");
        }
    }
}
