//! From one event to the actions that IAM checked and the resources that it checked them on.
//!
//! An event is a call whose arguments are known: the tables that tell what code needs tell what a log shows.

use std::sync::Arc;

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

/// Maps events, and remembers: most events of a function are like those before them.
#[derive(Default)]
pub(super) struct Mapper {
    /// By host, then event name.
    operations: FxHashMap<String, FxHashMap<String, Arc<Operation>>>,
    operation_count: usize,
    /// By host, event name, place, the parameters that matter and, where they do not tell the resources, those of the event.
    checked: FxHashMap<String, Arc<Checked>>,
    /// Room for the key that is looked up.
    key: String,
}

struct Operation {
    meaning: Meaning,
    /// The parameters that decide what is checked, and on what.
    parameters: Vec<&'static str>,
    /// Those that decide what is checked.
    conditions: Vec<&'static str>,
}

impl Mapper {
    /// What was checked for the event. Resources are left out where `is_anywhere` of every action says that one more does not
    /// matter: keys of objects are seldom the same twice.
    pub(super) fn checked(&mut self, event: &Event<'_>, is_anywhere: &dyn Fn(&str) -> bool) -> Arc<Checked> {
        let operation = self.operation(event);
        let (arguments, are_complete) = arguments(event, &operation.parameters);
        self.start_key(event, &arguments, are_complete);
        let checked = match self.checked.get(&self.key) {
            Some(known) => Arc::clone(known),
            None => {
                let full_key = self.key.clone();
                let without_resources = self.without_resources(&operation, &arguments, are_complete, event);
                if without_resources.actions.iter().all(|(action, _)| is_anywhere(action)) {
                    return without_resources;
                }
                self.key = full_key;
                self.remember(operation.checked(arguments, are_complete, event))
            }
        };
        if checked.actions.iter().all(|(_, resources)| !resources.is_empty()) {
            return checked;
        }
        self.with_logged_resources(&checked, event)
    }

    /// The same actions by the parameters that decide which they are, whatever the others name.
    fn without_resources(
        &mut self,
        operation: &Operation,
        arguments: &[Argument],
        are_complete: bool,
        event: &Event<'_>,
    ) -> Arc<Checked> {
        let is_decisive = |argument: &&Argument| operation.conditions.contains(&argument.name.as_str());
        let decisive: Vec<Argument> = arguments.iter().filter(is_decisive).cloned().collect();
        self.start_key(event, &decisive, are_complete);
        self.key.push_str("\0without resources");
        match self.checked.get(&self.key) {
            Some(known) => Arc::clone(known),
            None => self.remember(operation.checked(decisive, are_complete, event)),
        }
    }

    /// The event's own list of resources in place of those that its parameters do not tell.
    fn with_logged_resources(&mut self, checked: &Arc<Checked>, event: &Event<'_>) -> Arc<Checked> {
        let arns = event.resource_arns();
        if arns.is_empty() {
            return Arc::clone(checked);
        }
        for arn in &arns {
            self.key.push('\0');
            self.key.push_str(arn);
        }
        if let Some(known) = self.checked.get(&self.key) {
            return Arc::clone(known);
        }
        let mut checked = Checked::clone(checked);
        for (action, resources) in checked.actions.iter_mut().filter(|(_, resources)| resources.is_empty()) {
            *resources = fitting(&arns, action);
        }
        self.remember(checked)
    }

    fn remember(&mut self, checked: Checked) -> Arc<Checked> {
        let checked = Arc::new(checked);
        if self.checked.len() >= MAX_REMEMBERED {
            self.checked.clear();
        }
        self.checked.insert(self.key.clone(), Arc::clone(&checked));
        checked
    }

    fn operation(&mut self, event: &Event<'_>) -> Arc<Operation> {
        if let Some(known) = self.operations.get(event.source).and_then(|names| names.get(event.name)) {
            return Arc::clone(known);
        }
        if self.operation_count >= MAX_REMEMBERED {
            self.operations.clear();
            self.operation_count = 0;
        }
        let operation = Arc::new(Operation::of(event));
        let names = self.operations.entry(event.source.to_owned()).or_default();
        names.insert(event.name.to_owned(), Arc::clone(&operation));
        self.operation_count += 1;
        operation
    }

    fn start_key(&mut self, event: &Event<'_>, arguments: &[Argument], are_complete: bool) {
        let key = &mut self.key;
        key.clear();
        for part in [event.source, event.name, event.region, event.account, if are_complete { "whole" } else { "" }] {
            key.push_str(part);
            key.push('\0');
        }
        for argument in arguments {
            key.push('\0');
            key.push_str(&argument.name);
            for value in &argument.values {
                key.push('\0');
                key.push_str(value.as_literal().unwrap_or_default());
            }
        }
    }
}

impl Operation {
    fn of(event: &Event<'_>) -> Self {
        let meaning = event_sources::meaning(event.source, event.name);
        let (parameters, conditions) = match &meaning {
            Meaning::Operation { service, operation } => deciding_parameters(service, operation),
            Meaning::Action(_) | Meaning::Nothing | Meaning::Unknown => (Vec::new(), Vec::new()),
        };
        Self { meaning, parameters, conditions }
    }

    fn checked(&self, arguments: Vec<Argument>, are_complete: bool, event: &Event<'_>) -> Checked {
        match &self.meaning {
            Meaning::Nothing => Checked::default(),
            Meaning::Unknown => Checked { is_unknown: true, ..Checked::default() },
            Meaning::Action(action) => Checked { actions: vec![(action.clone(), Vec::new())], ..Checked::default() },
            Meaning::Operation { service, operation } => checked(service, operation, arguments, are_complete, event),
        }
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

/// The ARNs that the action can be used on.
fn fitting(arns: &[String], action: &str) -> Vec<String> {
    let Some(action) = facts::action(action) else { return Vec::new() };
    let types = action.resource_types().filter_map(|(key, _)| facts::arn_of_resource_type(&key));
    let types: Vec<Pattern> = types.map(Pattern::of_type).collect();
    let resources = TemplateResources::default();
    let fits = |arn: &&String| {
        let pattern = Pattern::new(&SymbolicText::literal(arn.as_str()), Side::Grant, &resources);
        types.iter().any(|of_type| of_type.may_meet(&pattern))
    };
    arns.iter().take(MAX_RESOURCES).filter(fits).cloned().collect()
}

/// The parameters that decide what is checked or on what, and those of them that decide what.
fn deciding_parameters(service: &str, operation: &str) -> (Vec<&'static str>, Vec<&'static str>) {
    let Some(OperationActions::Actions(actions)) = facts::actions_of_operation(service, operation) else {
        return (Vec::new(), Vec::new());
    };
    let (mut parameters, mut conditions): (Vec<&'static str>, Vec<&'static str>) = (Vec::new(), Vec::new());
    for action in &actions {
        match action.condition {
            Condition::Always | Condition::Sometimes => {}
            Condition::With(name)
            | Condition::Without(name)
            | Condition::OneOf(name)
            | Condition::Equal(name, _)
            | Condition::StartsWith(name, _) => conditions.push(name),
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
    parameters.extend(&conditions);
    parameters.sort_unstable();
    parameters.dedup();
    (parameters, conditions)
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
