//! The SDK's fact tables, as this language asks them.

use model::table::SortedLines;

const PACKAGES: &str = include_str!("../../../../data/js_v3_packages.tsv");
const V2_CLASSES: &str = include_str!("../../../../data/js_v2_classes.tsv");
const HELPERS: &str = include_str!("../../../../data/js_helpers.tsv");
const COMMANDS: &str = include_str!("../../../../data/aws_commands.tsv");
const WAITERS: &str = include_str!("../../../../data/aws_waiters.tsv");

/// A client package of version 3: botocore's service name and the client's class.
pub(super) fn package(name: &str) -> Option<(&'static str, &'static str)> {
    SortedLines::new(PACKAGES).get(name)?.split_once('\t')
}

/// The service of a class of version 2.
pub(super) fn v2_service(class: &str) -> Option<&'static str> {
    SortedLines::new(V2_CLASSES).get(class)
}

/// The class of version 2 behind `aws-sdk/clients/<file>`.
pub(super) fn v2_class_of_file(file: &str) -> Option<&'static str> {
    SortedLines::new(V2_CLASSES).iter().map(|(class, _)| class).find(|class| class.eq_ignore_ascii_case(file))
}

/// Whether the service has such an operation.
pub(super) fn has_operation(service: &str, operation: &str) -> bool {
    SortedLines::new(COMMANDS).get(operation).is_some_and(|services| services.split(',').any(|known| known == service))
}

/// The operation whose method, with its first letter lower, is `method`.
pub(super) fn operation_of_method(service: &str, method: &str) -> Option<String> {
    let operation = upper_first(method);
    has_operation(service, &operation).then_some(operation)
}

/// The services that have an operation whose method is `method`.
pub(super) fn services_of_method(method: &str) -> impl Iterator<Item = &'static str> {
    let services = SortedLines::new(COMMANDS).get(&upper_first(method));
    services.into_iter().flat_map(|services| services.split(','))
}

/// The operation that a waiter polls; its first letter may be lower.
pub(super) fn waiter(service: &str, name: &str) -> Option<&'static str> {
    let line = SortedLines::new(WAITERS).get(&format!("{service}.{}", upper_first(name)))?;
    line.split('\t').next()
}

/// A helper that stands for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Helper {
    /// Empty for a presigner, which is told the operation.
    pub service: &'static str,
    pub operation: &'static str,
    /// `command`, `method`, `class`, `function`, `paginator`, `presigner`.
    pub kind: &'static str,
}

/// The helper of this path: package, a dot, the name it exports.
pub(super) fn helper(path: &str) -> Option<Helper> {
    let mut columns = SortedLines::new(HELPERS).get(path)?.split('\t');
    Some(Helper { service: columns.next()?, operation: columns.next()?, kind: columns.next()? })
}

pub(super) fn upper_first(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_packages_classes_and_operations() {
        assert_eq!(package("@aws-sdk/client-s3"), Some(("s3", "S3Client")));
        assert_eq!(v2_service("DynamoDB"), Some("dynamodb"));
        assert_eq!(v2_class_of_file("cognitoidentityserviceprovider"), Some("CognitoIdentityServiceProvider"));
        assert_eq!(operation_of_method("s3", "getObject").as_deref(), Some("GetObject"));
        assert_eq!(operation_of_method("s3", "getItem"), None);
        assert_eq!(waiter("s3", "objectExists"), Some("HeadObject"));
        let helper = helper("@aws-sdk/lib-dynamodb.PutCommand").unwrap();
        assert_eq!((helper.service, helper.operation, helper.kind), ("dynamodb", "PutItem", "command"));
    }
}
