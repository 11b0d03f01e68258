//! A whole template, evaluated.

use std::collections::{BTreeMap, BTreeSet};

use model::{Gap, Hidden, Parsed};

use super::Dialect;
use super::evaluator::{Evaluator, Truth};
use super::expansion;
use super::parameters::Parameters;
use super::partial::{Partial, PartialValue, Place};
use crate::{Node, Project};

/// An evaluated template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    /// The template's path in the project.
    pub file: String,
    pub dialect: Dialect,
    /// In file order; ids are unique.
    pub resources: Vec<Resource>,
    /// Index of each resource by its logical id.
    by_id: BTreeMap<String, usize>,
    /// The `Globals` of SAM.
    pub globals: Partial,
    /// Names of the parameters declared.
    pub parameters: BTreeSet<String>,
}

/// One resource of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    pub logical_id: String,
    /// `AWS::Lambda::Function`; empty when it is missing or known only at deployment.
    pub kind: String,
    /// Where the logical id stands.
    pub place: Place,
    /// Everything that is written of the resource: `Properties`, `Metadata`, `Connectors`, ….
    pub body: Partial,
    /// The condition under which it is created.
    pub condition: Option<ResourceCondition>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceCondition {
    pub name: String,
    pub holds: Truth,
}

impl Stack {
    /// What `root`, the tree of the template `file`, says.
    pub fn evaluate(root: &Node, file: &str, given: &Parameters, project: &dyn Project) -> Parsed<Self> {
        let mut evaluator = Evaluator::new(root, file, given, project);
        check_transforms(root, &mut evaluator);
        let resources = resources(root, &mut evaluator);
        let globals = root.get("Globals").map(|globals| evaluator.evaluate(globals));
        let names = root.get("Parameters").map(Node::entries).unwrap_or_default().iter();
        let by_id = resources.iter().enumerate().map(|(at, resource)| (resource.logical_id.clone(), at)).collect();
        let stack = Self {
            file: file.to_owned(),
            dialect: super::detect(root).unwrap_or(Dialect::CloudFormation),
            resources,
            by_id,
            globals: globals.unwrap_or_else(|| Partial::new(PartialValue::Null, Place::of(root))),
            parameters: names.filter_map(|(name, _)| name.as_str().map(str::to_owned)).collect(),
        };
        Parsed { value: stack, gaps: unique(evaluator.gaps) }
    }

    pub fn resource(&self, logical_id: &str) -> Option<&Resource> {
        self.resources.get(*self.by_id.get(logical_id)?)
    }

    /// The resources of one kind, in file order.
    pub fn of_kind<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = &'s Resource> {
        self.resources.iter().filter(move |resource| resource.kind == kind)
    }
}

impl Resource {
    pub fn properties(&self) -> Option<&Partial> {
        self.body.get("Properties")
    }

    pub fn property(&self, name: &str) -> Option<&Partial> {
        self.properties()?.get(name)
    }

    /// Whether the template's values say that it is not created.
    pub fn is_excluded(&self) -> bool {
        self.condition.as_ref().is_some_and(|condition| condition.holds == Truth::False)
    }
}

/// The names of the macros that rewrite the whole template.
pub(super) fn transforms(root: &Node) -> Vec<&str> {
    let Some(transform) = root.get("Transform") else { return Vec::new() };
    let calls = transform.as_sequence().unwrap_or(std::slice::from_ref(transform));
    calls.iter().filter_map(|call| call.as_str().or_else(|| call.get("Name")?.as_str())).collect()
}

fn check_transforms(root: &Node, evaluator: &mut Evaluator<'_>) {
    let Some(transform) = root.get("Transform") else { return };
    for name in transforms(root) {
        // The macros of AWS itself add resources or functions that are known here; those of a user may do anything.
        if !name.starts_with("AWS::") {
            let why = format!("macro `{name}` rewrites the template at deployment; what it adds is not seen");
            evaluator.gap(transform, why, &[Hidden::Functions, Hidden::Permissions, Hidden::Configuration]);
        }
    }
}

fn resources(root: &Node, evaluator: &mut Evaluator<'_>) -> Vec<Resource> {
    let own = root.get("Resources").map(Node::entries).unwrap_or_default();
    let included = included_resources(root, evaluator);
    let mut resources = Vec::with_capacity(own.len());
    for entries in [own, &included] {
        for (key, body) in expansion::expand(evaluator, entries) {
            resources.extend(resource(&key, &body, evaluator));
        }
    }
    resources
}

/// The resources of files that `AWS::Include` adds to the template as a whole.
fn included_resources(root: &Node, evaluator: &mut Evaluator<'_>) -> Vec<(Node, Node)> {
    let Some(transform) = root.get("Transform") else { return Vec::new() };
    let calls = transform.as_sequence().unwrap_or(std::slice::from_ref(transform));
    let includes = calls.iter().filter(|call| call.get("Name").and_then(Node::as_str) == Some("AWS::Include"));
    let files: Vec<_> = includes.filter_map(|call| expansion::included(evaluator, call)).collect();
    files.iter().flat_map(|file| file.get("Resources").map(Node::entries).unwrap_or_default().to_vec()).collect()
}

fn resource(key: &Node, body: &Node, evaluator: &mut Evaluator<'_>) -> Option<Resource> {
    let logical_id = key.as_str()?.to_owned();
    if !body.is_mapping() {
        let why = format!("resource `{logical_id}` is {}, not a mapping; it is left out", body.kind());
        evaluator.gap(key, why, &[Hidden::Functions, Hidden::Permissions]);
        return None;
    }
    let condition = body
        .get("Condition")
        .and_then(Node::as_str)
        .map(|name| ResourceCondition { name: name.to_owned(), holds: evaluator.condition(name) });
    let body = evaluator.evaluate(body);
    let kind = body.get("Type").and_then(Partial::literal).unwrap_or_default();
    Some(Resource { logical_id, kind, place: Place::of(key), body, condition })
}

/// The gaps in order, each once: a parameter's loop may tell the same twice.
fn unique(mut gaps: Vec<Gap>) -> Vec<Gap> {
    gaps.sort();
    gaps.dedup();
    gaps
}
