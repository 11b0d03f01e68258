//! The templates of a project with those they nest, each read once.
//!
//! Supported: `AWS::Serverless::Application` and `AWS::CloudFormation::Stack` whose template is a file of the project;
//! parameters that the parent gives as known text.
//! Unsupported (→ gap): templates elsewhere, a template nested several times (read with the first parent's values).

use std::collections::BTreeMap;

use deploy::formats::cloudformation::{self, Parameters, Partial, Resource, Stack};
use deploy::project::{folder_of, join};
use deploy::{Project, decode};
use model::function::Function;
use model::{Gap, Hidden, Location, Parsed};

/// Deepest chain of nested templates.
const MAX_NESTED_LEVELS: usize = 8;
/// What a template that is not read hides.
const HIDES: [Hidden; 2] = [Hidden::Functions, Hidden::Permissions];

/// A template of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub stack: Stack,
    /// In file order, each with the gaps of its own declaration.
    pub functions: Vec<Parsed<Function>>,
}

/// The templates at `paths` and those they nest, sorted by path. `given` holds before what `samconfig` says. A template
/// that cannot be read is a gap with line and column.
pub fn read_templates(paths: &[String], given: &Parameters, project: &dyn Project) -> Parsed<Vec<Template>> {
    let mut reading = Reading { project, given, read: BTreeMap::new(), gaps: Vec::new() };
    for path in paths {
        reading.file(path, None);
    }
    reading.follow();
    let Reading { read, mut gaps, .. } = reading;
    let mut templates = Vec::new();
    for (_, stack) in read {
        let stack = stack.take_gaps(&mut gaps);
        templates.push(Template { functions: super::functions(&stack, project), stack });
    }
    gaps.sort();
    gaps.dedup();
    Parsed { value: templates, gaps }
}

struct Reading<'a> {
    project: &'a dyn Project,
    given: &'a Parameters,
    read: BTreeMap<String, Parsed<Stack>>,
    gaps: Vec<Gap>,
}

/// A template that another one nests.
struct Nested {
    path: String,
    parameters: Parameters,
    location: Location,
}

impl Reading<'_> {
    /// The template itself, or the one that a packaged template which is not there would be made from.
    fn source_of(&self, path: String) -> String {
        let Some((folder, _)) = path.split_once(".aws-sam/").filter(|_| self.project.kind(&path).is_none()) else {
            return path;
        };
        let sources = ["yaml", "yml", "json"].map(|extension| format!("{folder}template.{extension}"));
        sources.into_iter().find(|source| self.project.kind(source).is_some()).unwrap_or(path)
    }

    fn file(&mut self, path: &str, from_parent: Option<&Parameters>) {
        let read = self.stack(path, from_parent);
        match read {
            Ok(stack) => {
                self.read.insert(path.to_owned(), stack);
            }
            Err((location, why)) => {
                let why = format!("{why}; its functions are not seen");
                self.gaps.push(Gap::new(location, why, &HIDES));
            }
        }
    }

    /// A nested template gets its parent's values, any other what `samconfig` deploys it with.
    fn stack(&mut self, path: &str, from_parent: Option<&Parameters>) -> Result<Parsed<Stack>, (Location, String)> {
        let here = |why: String| (Location::file(path), why);
        let bytes = self.project.read(path).map_err(|why| here(format!("cannot read `{path}`: {why}")))?;
        let bytes = bytes.ok_or_else(|| here(format!("cannot read `{path}`: there is no such file")))?;
        let failed = |error: deploy::Error| (error.location(), error.to_string());
        let text = decode(&bytes, path).map_err(failed)?;
        let mut parameters = match from_parent {
            Some(from_parent) => from_parent.clone(),
            None => Parameters::of_template(path, self.project).take_gaps(&mut self.gaps),
        };
        parameters.values.extend(self.given.values.clone());
        cloudformation::read(&text, path, &parameters, self.project).map_err(failed)
    }

    /// Reads nested templates with what their parents give them, in place of what was read of them alone.
    fn follow(&mut self) {
        let mut parents: BTreeMap<String, Location> = BTreeMap::new();
        let mut pending: Vec<(String, usize)> = self.read.keys().rev().map(|path| (path.clone(), 0)).collect();
        while let Some((path, level)) = pending.pop() {
            let Some(stack) = self.read.get(&path) else { continue };
            let nested = nested_in(&stack.value, &mut self.gaps);
            for mut child in nested {
                child.path = self.source_of(child.path);
                if let Some(first) = parents.get(&child.path) {
                    if *first != child.location {
                        let why =
                            format!("`{}` is nested at `{first}` too; it is read with what is given there", child.path);
                        self.gaps.push(Gap::new(child.location, why, &[Hidden::Configuration]));
                    }
                    continue;
                }
                if level >= MAX_NESTED_LEVELS {
                    let why = format!(
                        "templates are nested deeper than {MAX_NESTED_LEVELS} levels; `{}` is left out",
                        child.path
                    );
                    self.gaps.push(Gap::new(child.location, why, &HIDES));
                    continue;
                }
                parents.insert(child.path.clone(), child.location);
                self.file(&child.path, Some(&child.parameters));
                pending.push((child.path, level + 1));
            }
        }
    }
}

/// The templates that `stack` nests; those that are no files of the project become gaps.
fn nested_in(stack: &Stack, gaps: &mut Vec<Gap>) -> Vec<Nested> {
    let mut nested = Vec::new();
    for resource in &stack.resources {
        let written = match resource.kind.as_str() {
            "AWS::Serverless::Application" => resource.property("Location"),
            "AWS::CloudFormation::Stack" => resource.property("TemplateURL"),
            _ => continue,
        };
        let location = resource.place.location(&stack.file);
        let asset = resource.body.at(&["Metadata", "aws:asset:path"]);
        let path = asset.or(written).and_then(Partial::literal).filter(|path| !path.contains("://"));
        match path.and_then(|path| join(folder_of(&stack.file), &path)) {
            Some(path) => nested.push(Nested { path, parameters: given_to(resource), location }),
            None => {
                let shown = written.map(described).unwrap_or_default();
                let id = &resource.logical_id;
                let why = format!("nested template {shown}of `{id}` is no file of the project; scan it by itself");
                gaps.push(Gap::new(location, why, &HIDES));
            }
        }
    }
    nested
}

fn described(written: &Partial) -> String {
    let text = written.texts().next().or_else(|| written.get("ApplicationId")?.texts().next());
    text.map(|text| format!("`{text}` ")).unwrap_or_default()
}

/// What the parent gives that is known; the rest stays a reference of the nested template.
fn given_to(resource: &Resource) -> Parameters {
    let entries = resource.property("Parameters").map(|parameters| parameters.entries().collect::<Vec<_>>());
    let known = entries.unwrap_or_default().into_iter().filter_map(|entry| {
        let value = &entry.value;
        (!value.is_undecided()).then(|| value.literal())?.map(|text| (entry.name.clone(), text))
    });
    Parameters { values: known.collect() }
}
