//! Names that the framework makes.

/// The logical id of the role that functions share by default.
pub(super) const SHARED_ROLE: &str = "IamRoleLambdaExecution";

/// What names of functions start with.
pub(super) fn prefix(service: &str, stage: &str) -> String {
    format!("{service}-{stage}")
}

/// `name`, a key of the configuration, as part of a logical id.
pub(super) fn normalized(name: &str) -> String {
    let name = name.replace('-', "Dash").replace('_', "Underscore");
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub(super) fn layer(key: &str) -> String {
    format!("{}LambdaLayer", normalized(key))
}

/// The logical id of a function.
pub(super) fn function(key: &str) -> String {
    format!("{}LambdaFunction", normalized(key))
}

/// The logical id of a function's own role.
pub(super) fn own_role(key: &str) -> String {
    format!("{}{SHARED_ROLE}", normalized(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_the_framework_does() {
        assert_eq!(layer("hello-world_2"), "HelloDashworldUnderscore2LambdaLayer");
        assert_eq!(function("get"), "GetLambdaFunction");
        assert_eq!(layer("common"), "CommonLambdaLayer");
        assert_eq!(own_role("get"), "GetIamRoleLambdaExecution");
    }
}
