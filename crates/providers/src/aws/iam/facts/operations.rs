//! What each SDK operation needs: actions, when they are checked, and how its parameters name the resources.
//!
//! Grammar of an entry of the table, tokens separated by spaces:
//!
//! ```text
//! entry     = action *( condition / "~" / "!" / resource )
//! condition = "?" / "?" parameter / "?!" parameter / "?/" parameter / "?" parameter "=" value / "?" parameter "^" prefix
//! resource  = "*" / ( "*=" parameter / type [ "=" parameter ] / type "(" variable "=" parameter [ ":" default ] *( "," … ) ")" ) [ "?" ]
//! type      = [ prefix ":" ] name
//! ```

use model::table::SortedLines;

const OPERATIONS: &str = include_str!("../../../../data/iam_operations.tsv");

/// What is known of an operation's permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperationActions {
    /// Nobody needs a permission for it.
    NoPermission,
    /// Never empty.
    Actions(Vec<OperationAction>),
}

/// One action that an operation needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationAction {
    /// `s3:GetObject`.
    pub action: &'static str,
    pub condition: Condition,
    /// The service asks for it on the caller's behalf.
    pub is_forwarded: bool,
    /// Other entries of the same action cover the cases where this condition does not hold.
    pub is_always_required: bool,
    /// Empty: the action is checked on `*`.
    pub resources: Vec<ResourceRule>,
}

/// When an action is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    Always,
    /// Sometimes; nobody wrote down when.
    Sometimes,
    With(&'static str),
    Without(&'static str),
    /// As [`Condition::With`], for parameters of which at least one is always given.
    OneOf(&'static str),
    /// The parameter's value is this text.
    Equal(&'static str, &'static str),
    /// The parameter's text starts so, in any case.
    StartsWith(&'static str, &'static str),
}

/// How the resource of an action is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceRule {
    /// `dynamodb:table`; `*` for a resource of any type.
    pub resource_type: String,
    pub source: ResourceSource,
    /// Only when its parameters are given.
    pub is_optional: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceSource {
    /// No parameter says which.
    Any,
    /// The parameter holds the ARN, or the name in place of it.
    Whole(&'static str),
    /// Parameters fill variables of the type's ARN.
    Variables(Vec<Binding>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    pub variable: &'static str,
    pub parameter: &'static str,
    /// What the service takes when the parameter is left out.
    pub default: Option<&'static str>,
}

/// What `service.operation` needs, by botocore's name of the service; `None` when nothing is known.
pub fn actions_of_operation(service: &str, operation: &str) -> Option<OperationActions> {
    let columns = SortedLines::new(OPERATIONS).get(&format!("{service}.{operation}"))?;
    if columns == "-" {
        return Some(OperationActions::NoPermission);
    }
    Some(OperationActions::Actions(columns.split('\t').map(read_entry).collect()))
}

/// The action that IAM checks for an operation which somebody took for an action (`sqs:SendMessageBatch`).
pub fn action_of_operation_named(name: &str) -> Option<&'static str> {
    let (service, operation) = name.split_once(':')?;
    let services = [service.to_owned(), format!("{service}-runtime")];
    services.iter().find_map(|service| match actions_of_operation(service, operation)? {
        OperationActions::NoPermission => None,
        OperationActions::Actions(actions) => actions.first().map(|needed| needed.action),
    })
}

/// The prefixes of the actions that operations of a service need, sorted: what a service of the ledger may concern.
pub fn prefixes_of_service(service: &str) -> Vec<&'static str> {
    let mut prefixes = Vec::new();
    for (_, columns) in SortedLines::new(OPERATIONS).starting_with(&format!("{service}.")) {
        let actions = columns.split('\t').map(|entry| entry.split(' ').next().unwrap_or(""));
        prefixes.extend(actions.filter_map(|action| action.split_once(':')).map(|(prefix, _)| prefix));
    }
    prefixes.sort_unstable();
    prefixes.dedup();
    prefixes
}

/// Every entry of every operation.
pub(crate) fn all_operation_actions() -> impl Iterator<Item = OperationAction> {
    let entries = SortedLines::new(OPERATIONS).iter().flat_map(|(_, columns)| columns.split('\t'));
    entries.filter(|entry| *entry != "-").map(read_entry)
}

fn read_entry(entry: &'static str) -> OperationAction {
    let mut tokens = entry.split(' ');
    let action = tokens.next().unwrap_or("");
    let prefix = action.split_once(':').map_or("", |(prefix, _)| prefix);
    let mut read = OperationAction {
        action,
        condition: Condition::Always,
        is_forwarded: false,
        is_always_required: false,
        resources: Vec::new(),
    };
    for token in tokens {
        match token {
            "~" => read.is_forwarded = true,
            "!" => read.is_always_required = true,
            "*" => {}
            _ => match token.strip_prefix('?') {
                Some(condition) => read.condition = read_condition(condition),
                None => read.resources.push(read_resource(token, prefix)),
            },
        }
    }
    read
}

fn read_condition(condition: &'static str) -> Condition {
    if condition.is_empty() {
        return Condition::Sometimes;
    }
    if let Some(parameter) = condition.strip_prefix('!') {
        return Condition::Without(parameter);
    }
    if let Some(parameter) = condition.strip_prefix('/') {
        return Condition::OneOf(parameter);
    }
    if let Some((parameter, value)) = condition.split_once('=') {
        return Condition::Equal(parameter, value);
    }
    match condition.split_once('^') {
        Some((parameter, prefix)) => Condition::StartsWith(parameter, prefix),
        None => Condition::With(condition),
    }
}

fn read_resource(token: &'static str, prefix: &str) -> ResourceRule {
    let (token, is_optional) = match token.strip_suffix('?') {
        Some(token) => (token, true),
        None => (token, false),
    };
    let with_bindings = token.strip_suffix(')').and_then(|token| token.split_once('('));
    let (name, source) = match (with_bindings, token.split_once('=')) {
        (Some((name, bindings)), _) => {
            (name, ResourceSource::Variables(bindings.split(',').filter_map(read_binding).collect()))
        }
        (None, Some((name, parameter))) => (name, ResourceSource::Whole(parameter)),
        (None, None) => (token, ResourceSource::Any),
    };
    let is_full = name == "*" || name.contains(':');
    let resource_type = if is_full { name.to_owned() } else { format!("{prefix}:{name}") };
    ResourceRule { resource_type, source, is_optional }
}

fn read_binding(binding: &'static str) -> Option<Binding> {
    let (variable, parameter) = binding.split_once('=')?;
    let (parameter, default) = match parameter.split_once(':') {
        Some((parameter, default)) => (parameter, Some(default)),
        None => (parameter, None),
    };
    Some(Binding { variable, parameter, default })
}

#[cfg(test)]
pub(super) const TABLES: &[(&str, &str)] = &[("iam_operations", OPERATIONS)];
