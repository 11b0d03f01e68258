//! The resource types of IAM's actions and the shape of their ARNs.

use model::table::SortedLines;

const RESOURCE_TYPES: &str = include_str!("../../../../data/iam_resource_types.tsv");

/// The ARN of a resource type (`dynamodb:table`) in `Fn::Sub` syntax:
/// `arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${TableName}`.
pub fn arn_of_resource_type(key: &str) -> Option<&'static str> {
    SortedLines::new(RESOURCE_TYPES).get(key)
}

#[cfg(test)]
pub(super) const TABLES: &[(&str, &str)] = &[("iam_resource_types", RESOURCE_TYPES)];
