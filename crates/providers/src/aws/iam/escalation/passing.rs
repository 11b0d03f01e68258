//! To which services a statement lets roles be passed.

use model::permission::{Conditions, Statement};

use crate::aws::iam::facts::{EscalationPath, action};
use crate::aws::iam::wildcard;

const PASSED_TO: &str = "iam:passedtoservice";

/// Services that a role is passed to under another name than the actions' prefix. Sorted by prefix.
const PRINCIPALS: &[(&str, &[&str])] = &[
    ("apprunner", &["apprunner", "build.apprunner", "tasks.apprunner"]),
    ("autoscaling", &["autoscaling", "ec2"]),
    ("batch", &["batch", "ec2", "ecs-tasks"]),
    ("cognito-identity", &["cognito-identity"]),
    ("datapipeline", &["datapipeline", "ec2", "elasticmapreduce"]),
    ("ecs", &["ecs", "ecs-tasks"]),
    ("elasticmapreduce", &["ec2", "elasticmapreduce"]),
    ("imagebuilder", &["ec2", "imagebuilder"]),
];

/// Prefixes of actions that only help on the way, whoever the role is passed to.
const HELPERS: &[&str] = &["dynamodb", "iam", "s3", "sts"];

/// Whether the statement lets a role be passed to a service that the way leads through. What is not known of its condition
/// is taken to.
pub(super) fn may_pass(statement: &Statement, path: &EscalationPath) -> bool {
    let mut prefixes = path.actions.iter().map(|action| action.service()).filter(|prefix| !HELPERS.contains(prefix));
    let mut limits = limits(&statement.conditions).peekable();
    limits.peek().is_none() || prefixes.any(|prefix| limits_allow(&statement.conditions, prefix))
}

/// Whether the way needs a role to be passed.
pub(super) fn passes_role(path: &EscalationPath) -> bool {
    action("iam:PassRole").is_some_and(|pass_role| path.actions.contains(&pass_role))
}

/// Every list of services of which the service must be one.
fn limits(conditions: &Conditions) -> impl Iterator<Item = &Vec<model::SymbolicText>> {
    let positive = conditions.iter().filter(|(operator, _)| {
        let operator = operator.to_ascii_lowercase();
        let plain = operator.strip_prefix("foranyvalue:").unwrap_or(&operator);
        ["stringequals", "stringequalsignorecase", "stringlike"].contains(&plain)
    });
    positive.flat_map(|(_, keys)| keys).filter(|(key, _)| key.eq_ignore_ascii_case(PASSED_TO)).map(|(_, values)| values)
}

fn limits_allow(conditions: &Conditions, prefix: &str) -> bool {
    let principals = principals(prefix);
    limits(conditions).all(|values| {
        values.iter().any(|value| match value.as_literal() {
            None => true,
            Some(pattern) => principals.iter().any(|name| {
                let pattern = pattern.to_ascii_lowercase();
                let (global, china) = (format!("{name}.amazonaws.com"), format!("{name}.amazonaws.com.cn"));
                wildcard::matches(&pattern, &global) || wildcard::matches(&pattern, &china)
            }),
        })
    })
}

fn principals(prefix: &str) -> Vec<&str> {
    let known = PRINCIPALS.binary_search_by_key(&prefix, |(prefix, _)| prefix);
    known.ok().and_then(|at| PRINCIPALS.get(at)).map_or_else(|| vec![prefix], |(_, names)| names.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_sorted() {
        assert!(PRINCIPALS.is_sorted_by_key(|(prefix, _)| prefix));
    }
}
