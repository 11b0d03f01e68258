//! A service as its configuration declares it, evaluated.

use deploy::formats::cloudformation::{Entry, Parameters, Partial, Stack};
use deploy::formats::serverless::Service;
use deploy::{Node, Project, Value};
use model::{Gap, Hidden, Location, Parsed, SymbolicText};

use super::naming;

/// The sections that are read.
const SECTIONS: [&str; 7] = ["build", "constructs", "custom", "functions", "layers", "package", "provider"];

pub(super) struct Declared<'a> {
    pub(super) service: &'a Service,
    pub(super) project: &'a dyn Project,
    /// The CloudFormation of `resources`.
    pub(super) stack: Stack,
}

/// One entry of `functions`.
pub(super) struct Entity<'a> {
    pub(super) key: &'a str,
    pub(super) location: Location,
    pub(super) body: &'a Partial,
}

impl<'a> Declared<'a> {
    pub(super) fn of(service: &'a Service, project: &'a dyn Project) -> Parsed<Self> {
        let template = template(service);
        let given = Parameters::default();
        let parsed = Stack::evaluate(&template, &service.file, &given, project);
        parsed.map(|stack| Self { service, project, stack })
    }

    /// The value at `path` of the configuration; an empty text is none.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Partial> {
        self.stack.globals.at(path).filter(|value| is_given(value))
    }

    pub(super) fn text_at(&self, path: &[&str]) -> Option<String> {
        self.at(path)?.literal()
    }

    pub(super) fn provider_name(&self) -> Option<String> {
        let provider = self.at(&["provider"])?;
        provider.get("name").unwrap_or(provider).literal()
    }

    /// The functions, those that are null left out.
    pub(super) fn functions(&self) -> Vec<Entity<'_>> {
        let functions = self.at(&["functions"]).into_iter().flat_map(Partial::entries);
        let entity = |entry: &'_ Entry| entry.value.alternatives().next().is_some();
        functions.filter(|entry| entity(entry)).map(|entry| self.entity(entry)).collect()
    }

    fn entity<'e>(&self, entry: &'e Entry) -> Entity<'e> {
        let location = entry.place.location(&self.service.file);
        Entity { key: &entry.name, location, body: &entry.value }
    }

    pub(super) fn id(&self, function: &Entity<'_>) -> String {
        format!("{}#{}", self.service.file, function.key)
    }

    /// The name the function is deployed under.
    pub(super) fn name(&self, function: &Entity<'_>) -> SymbolicText {
        let given = function.get("name").and_then(|name| name.texts().next());
        given.unwrap_or_else(|| SymbolicText::literal(format!("{}-{}", self.name_prefix(), function.key)))
    }

    /// What the names of functions start with that have none of their own.
    pub(super) fn name_prefix(&self) -> String {
        naming::prefix(self.service.name(), &self.service.stage)
    }

    pub(super) fn location_of(&self, value: &Partial) -> Location {
        value.location(&self.service.file)
    }

    pub(super) fn gap(&self, value: &Partial, why: impl Into<String>, hides: &[Hidden]) -> Gap {
        Gap::new(self.location_of(value), why, hides)
    }

    pub(super) fn has_plugin(&self, names: &[&str]) -> bool {
        self.service.plugins().any(|plugin| names.contains(&plugin))
    }

    /// The path of the project that `relative`, written in the configuration, names; `None` when it leaves the project.
    pub(super) fn path(&self, relative: &str) -> Option<String> {
        deploy::project::join(&self.service.folder, relative)
    }
}

impl Entity<'_> {
    pub(super) fn get(&self, key: &str) -> Option<&Partial> {
        self.body.get(key).filter(|value| is_given(value))
    }

    pub(super) fn at(&self, path: &[&str]) -> Option<&Partial> {
        self.body.at(path).filter(|value| is_given(value))
    }

    /// Whether `key` is given a value other than `false`.
    pub(super) fn is_set(&self, key: &str) -> bool {
        self.get(key).is_some_and(is_on)
    }
}

/// Whether a value is more than the empty text, which configurations write for no value: `${file(env.yml):vpc, ''}`.
fn is_given(value: &Partial) -> bool {
    value.text().is_none_or(|text| !text.is_empty())
}

/// Whether a setting is there and not `false`.
pub(super) fn is_on(value: &Partial) -> bool {
    value.alternatives().next().is_some() && value.as_bool() != Some(false)
}

/// The service as one template: its resources, and its own sections where a template has `Globals`, so that references
/// in both are evaluated in the scope of the same parameters and conditions.
fn template(service: &Service) -> Node {
    let root = &service.root;
    let resources = root.get("resources").map(Node::entries).unwrap_or_default();
    let named = |name: &str| Node::synthetic(Value::Text(name.to_owned()), root);
    let sections = root.entries().iter().filter(|(key, _)| key.as_str().is_some_and(|key| SECTIONS.contains(&key)));
    let extensions = resources.iter().filter(|(key, _)| key.as_str() == Some("extensions"));
    let globals = Node::synthetic(Value::Mapping(sections.chain(extensions).cloned().collect()), root);
    let mut entries: Vec<_> =
        resources.iter().filter(|(key, _)| !matches!(key.as_str(), Some("Globals" | "extensions"))).cloned().collect();
    entries.push((named("Globals"), globals));
    Node::synthetic(Value::Mapping(entries), root)
}
