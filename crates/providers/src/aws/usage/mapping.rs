//! From one event to the actions that IAM checked and the resources that it checked them on.
//!
//! An event is a call whose arguments are known: the tables that tell what code needs tell what a log shows.

use model::call::{Argument, Binding, Call, Via};
use model::function::{Cloud, CodeContent, CodeSource, Function, FunctionKind, Identity};
use model::permission::Tier;
use model::{Location, Part, SymbolicText};
use rustc_hash::FxHashMap;
use serde_json::Value;

use super::event::Event;
use super::event_sources::{self, Meaning};
use crate::aws::iam::TemplateResources;
use crate::aws::iam::facts::{self, Condition, OperationActions, ResourceSource};
use crate::aws::iam::needs_of_call;
use crate::aws::iam::pattern::{Pattern, Side};

/// Mapped events kept for the next that is like them.
const MAX_REMEMBERED: usize = 4096;
/// Values looked at per parameter.
const MAX_VALUES: usize = 16;
/// Resources looked at per event.
const MAX_RESOURCES: usize = 32;

/// What IAM checked for an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Checked {
    /// Actions, each with the ARNs on which; none when that is not known.
    pub(super) actions: Vec<(String, Vec<String>)>,
    /// Actions that the operation asks for in some cases, which this event does not tell.
    pub(super) perhaps: Vec<String>,
    /// Whether nobody knows what it needs.
    pub(super) is_unknown: bool,
}

/// Maps events, and remembers.
#[derive(Default)]
pub(super) struct Mapper {
    /// By host and event name.
    operations: FxHashMap<(String, String), Operation>,
    /// By host, event name and the parameters that matter.
    checked: FxHashMap<Vec<String>, Checked>,
}

#[derive(Clone)]
struct Operation {
    meaning: Meaning,
    /// The parameters that decide what is checked, and on what.
    parameters: Vec<&'static str>,
}

impl Mapper {
    pub(super) fn checked(&mut self, event: &Event<'_>) -> Checked {
        let operation = self.operation(event);
        let (service, name) = match &operation.meaning {
            Meaning::Nothing => return Checked::default(),
            Meaning::Unknown => return Checked { is_unknown: true, ..Checked::default() },
            Meaning::Action(action) => {
                let resources = fitting(event, action);
                return Checked { actions: vec![(action.clone(), resources)], ..Checked::default() };
            }
            Meaning::Operation { service, operation } => (*service, operation.as_str()),
        };
        let (arguments, are_complete) = arguments(event, &operation.parameters);
        let key = key(event, &arguments, are_complete);
        if let Some(known) = self.checked.get(&key) {
            return with_logged_resources(known.clone(), event);
        }
        let checked = checked(service, name, arguments, are_complete, event);
        if self.checked.len() >= MAX_REMEMBERED {
            self.checked.clear();
        }
        self.checked.insert(key, checked.clone());
        with_logged_resources(checked, event)
    }

    fn operation(&mut self, event: &Event<'_>) -> Operation {
        let key = (event.source.to_owned(), event.name.to_owned());
        if let Some(known) = self.operations.get(&key) {
            return known.clone();
        }
        let meaning = event_sources::meaning(event.source, event.name);
        let parameters = match &meaning {
            Meaning::Operation { service, operation } => deciding_parameters(service, operation),
            Meaning::Action(_) | Meaning::Nothing | Meaning::Unknown => Vec::new(),
        };
        let operation = Operation { meaning, parameters };
        if self.operations.len() >= MAX_REMEMBERED {
            self.operations.clear();
        }
        self.operations.insert(key, operation.clone());
        operation
    }
}

/// What the operation with these arguments needs, on resources in the event's account and region.
fn checked(service: &str, operation: &str, arguments: Vec<Argument>, are_complete: bool, event: &Event<'_>) -> Checked {
    let call = Call {
        location: Location::file(""),
        language: "log",
        service: service.to_owned(),
        operation: operation.to_owned(),
        arguments,
        arguments_complete: are_complete,
        binding: Binding::Certain,
        via: Via::Sdk,
    };
    let needs = needs_of_call(&call, &nobody());
    let mut checked = Checked { is_unknown: !needs.unmapped.is_empty(), ..Checked::default() };
    for (action, needed) in &needs.actions {
        // What the service asks for on the caller's behalf has an event of its own.
        if needed.tier == Tier::Forwarded || needed.confidence == model::Confidence::Possible {
            checked.perhaps.push(action.name());
            continue;
        }
        let are_known = needed.resources.iter().all(|resource| resource.is_known);
        let texts = needed.resources.iter().filter(|_| are_known).map(|resource| placed(&resource.text, event));
        let resources: Option<Vec<String>> = texts.collect();
        let resources = resources.unwrap_or_default().into_iter().filter(|text| text != "*").collect();
        checked.actions.push((action.name(), resources));
    }
    checked.perhaps.extend(needs.possible.keys().map(|action| action.name()));
    checked
}

/// The text with region and account of the event; `None` when more than these is open.
fn placed(text: &SymbolicText, event: &Event<'_>) -> Option<String> {
    let placed = text.map_parts(|part| match part {
        Part::Reference(name) if name == "AWS::Region" => Some(SymbolicText::literal(event.region)),
        Part::Reference(name) if name == "AWS::AccountId" => Some(SymbolicText::literal(event.account)),
        Part::Reference(name) if name == "AWS::Partition" => Some(SymbolicText::literal("aws")),
        _ => None,
    });
    placed.as_literal().filter(|text| !text.contains(['*', '?'])).map(str::to_owned)
}

/// The event's own list of resources where its parameters do not tell.
fn with_logged_resources(mut checked: Checked, event: &Event<'_>) -> Checked {
    for (action, resources) in checked.actions.iter_mut().filter(|(_, resources)| resources.is_empty()) {
        *resources = fitting(event, action);
    }
    checked
}

/// The resources of the event that the action can be used on.
fn fitting(event: &Event<'_>, action: &str) -> Vec<String> {
    let arns = event.resource_arns();
    let Some(action) = facts::action(action).filter(|_| !arns.is_empty()) else { return Vec::new() };
    let types = action.resource_types().filter_map(|(key, _)| facts::arn_of_resource_type(&key));
    let types: Vec<Pattern> = types.map(Pattern::of_type).collect();
    let resources = TemplateResources::default();
    let fits = |arn: &String| {
        let pattern = Pattern::new(&SymbolicText::literal(arn.as_str()), Side::Grant, &resources);
        types.iter().any(|of_type| of_type.may_meet(&pattern))
    };
    arns.into_iter().take(MAX_RESOURCES).filter(fits).collect()
}

fn key(event: &Event<'_>, arguments: &[Argument], are_complete: bool) -> Vec<String> {
    let mut key =
        vec![event.source.to_owned(), event.name.to_owned(), event.region.to_owned(), event.account.to_owned()];
    key.push(are_complete.to_string());
    for argument in arguments {
        key.push(argument.name.clone());
        key.extend(argument.values.iter().map(ToString::to_string));
    }
    key
}

fn deciding_parameters(service: &str, operation: &str) -> Vec<&'static str> {
    let Some(OperationActions::Actions(actions)) = facts::actions_of_operation(service, operation) else {
        return Vec::new();
    };
    let mut parameters: Vec<&'static str> = Vec::new();
    for action in &actions {
        match action.condition {
            Condition::Always | Condition::Sometimes => {}
            Condition::With(name)
            | Condition::Without(name)
            | Condition::OneOf(name)
            | Condition::Equal(name, _)
            | Condition::StartsWith(name, _) => parameters.push(name),
        }
        for rule in &action.resources {
            match &rule.source {
                ResourceSource::Any => {}
                ResourceSource::Whole(name) => parameters.push(name),
                ResourceSource::Variables(bindings) => {
                    parameters.extend(bindings.iter().map(|binding| binding.parameter));
                }
            }
        }
    }
    parameters.sort_unstable();
    parameters.dedup();
    parameters
}

/// The event's parameters by the API's names, and whether a parameter that is not among them was not given.
fn arguments(event: &Event<'_>, parameters: &[&'static str]) -> (Vec<Argument>, bool) {
    let Some(given) = event.parameters().filter(|_| !parameters.is_empty()) else { return (Vec::new(), false) };
    let is_whole = given
        .as_object()
        .is_some_and(|members| !members.is_empty() && !members.keys().any(|name| name.eq_ignore_ascii_case("omitted")));
    let mut arguments = Vec::new();
    for name in parameters {
        let mut values = Vec::new();
        find(&given, name.split('.'), &mut values);
        if !values.is_empty() {
            arguments.push(Argument { name: (*name).to_owned(), values });
        }
    }
    (arguments, is_whole)
}

/// Adds the values at `path`, through lists; a mapping at its end stands for its keys, as maps of names to requests do.
fn find<'p>(value: &Value, mut path: impl Iterator<Item = &'p str> + Clone, values: &mut Vec<SymbolicText>) {
    if values.len() >= MAX_VALUES {
        return;
    }
    if let Value::Array(items) = value {
        return items.iter().take(MAX_VALUES).for_each(|item| find(item, path.clone(), values));
    }
    let Some(name) = path.next() else {
        return match value {
            Value::String(text) => values.push(SymbolicText::literal(text.as_str())),
            Value::Bool(_) | Value::Number(_) => values.push(SymbolicText::literal(value.to_string())),
            Value::Object(members) => {
                values.extend(members.keys().take(MAX_VALUES).map(|key| SymbolicText::literal(key.as_str())));
            }
            Value::Null | Value::Array(_) => {}
        };
    };
    let Value::Object(members) = value else { return };
    if let Some((_, inner)) = members.iter().find(|(key, _)| is_same(key, name)) {
        find(inner, path, values);
    }
}

/// Whether a log's name of a parameter (`tableName`, `bucketName`, `x-amz-acl`) is the API's (`TableName`, `Bucket`, `ACL`).
fn is_same(logged: &str, name: &str) -> bool {
    let logged = logged.strip_prefix("x-amz-").unwrap_or(logged);
    let letters = |text: &str| {
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase()).collect::<Vec<_>>()
    };
    let (logged, name) = (letters(logged), letters(name));
    logged == name || logged == b"bucketname" && name == b"bucket"
}

/// A function that nothing is known of.
fn nobody() -> Function {
    Function {
        id: String::new(),
        name: String::new(),
        cloud: Cloud::Aws,
        kind: FunctionKind::Function,
        runtime: None,
        handler: None,
        code: vec![CodeSource { path: String::new(), content: CodeContent::Path { include: Vec::new() }, layer: None }],
        triggers: Vec::new(),
        environment: Vec::new(),
        identity: Identity::default(),
        wiring: Vec::new(),
        location: Location::file(""),
    }
}
