//! Resources of CloudFormation and SAM templates as functions.
//!
//! Source: the resource reference of AWS CloudFormation and SAM.
//! Supported: `AWS::Serverless::Function`, `AWS::Serverless::WebFunction`, `AWS::Lambda::Function`, with everything in
//! the template that starts them, wires them or grants them something.
//! Unsupported (→ gap): what lies outside the template. State machines are no functions.

mod api_access;
mod attached;
mod built;
mod code;
mod declared;
mod dockerfile;
mod events;
mod globals;
mod identity;
mod templates;
#[cfg(test)]
mod testing;
mod wiring;

pub(super) use identity::{PolicyList, attach_by_id, boundary};
pub use templates::{Template, read_templates};

use deploy::Project;
use deploy::formats::cloudformation::{Partial, PartialValue, Stack, Truth};
use deploy::project::folder_of;
use model::function::{Cloud, EnvironmentVariable, Function, FunctionKind, Trigger, Wiring};
use model::{Gap, Hidden, Parsed, SymbolicText};

use built::Build;
use code::CodeReader;
use declared::Declared;
use identity::Roles;

/// The functions of an evaluated template, in file order, each with the gaps of its own declaration.
pub fn functions(stack: &Stack, project: &dyn Project) -> Vec<Parsed<Function>> {
    // The template that `sam build` writes names what it built itself.
    let is_built = folder_of(&stack.file).ends_with(".aws-sam/build");
    let build = if is_built { Build::default() } else { Build::of_template(&stack.file, project) };
    let declared = Declared::all(stack);
    let reader = Reader { project, build, roles: Roles::of_functions(&declared) };
    let read = |declared: &Declared<'_>| {
        let mut gaps = Vec::new();
        let function = reader.function(declared, &mut gaps);
        gaps.sort();
        gaps.dedup();
        Parsed { value: function, gaps }
    };
    declared.iter().map(read).collect()
}

struct Reader<'a, 's> {
    project: &'a dyn Project,
    build: Build,
    roles: Roles<'a, 's>,
}

impl Reader<'_, '_> {
    fn function(&self, declared: &Declared<'_>, gaps: &mut Vec<Gap>) -> Function {
        check_condition(declared, gaps);
        let is_image = code::is_image(declared);
        let image = if is_image { dockerfile::image(declared, self.project) } else { dockerfile::Image::default() };
        let runtime = declared.known_text("Runtime", &[Hidden::Configuration, Hidden::Calls], gaps);
        let handler = declared.known_text("Handler", &[Hidden::Calls], gaps);
        let code = CodeReader { project: self.project, build: &self.build }.code(declared, gaps);
        let (triggers, wiring) = self.deployment(declared, gaps);
        Function {
            id: declared.id(),
            name: declared.name(),
            cloud: Cloud::Aws,
            kind: if is_image { FunctionKind::Container } else { FunctionKind::Function },
            runtime: runtime.or(image.runtime),
            handler: handler.or(image.handler),
            code,
            triggers,
            environment: environment(declared, gaps),
            identity: identity::of(declared, &self.roles, self.project, gaps),
            wiring,
            location: declared.location(),
        }
    }

    /// What starts the function, and what the platform does with its role.
    fn deployment(&self, declared: &Declared<'_>, gaps: &mut Vec<Gap>) -> (Vec<Trigger>, Vec<Wiring>) {
        let mut triggers = Vec::new();
        let mut wiring = wiring::of(declared);
        for event in events::of(declared, self.project, gaps) {
            triggers.push(event.trigger());
            wiring.extend(event.wiring());
        }
        if let Some(url) = declared.get("FunctionUrlConfig") {
            triggers.push(http(declared, api_access::of_function_url(url), "function URL", url));
        }
        if declared.kind.kind == "AWS::Serverless::WebFunction" {
            let place = &declared.properties;
            triggers.push(http(declared, api_access::of_web_function(declared), "web function endpoint", place));
        }
        let mut attached = attached::of(declared, &triggers);
        triggers.append(&mut attached.triggers);
        wiring.append(&mut attached.wiring);
        let mut seen = Vec::new();
        triggers.retain(|trigger| {
            let key = (trigger.kind, trigger.exposure, trigger.source.clone());
            let is_new = !seen.contains(&key);
            seen.push(key);
            is_new
        });
        (triggers, wiring)
    }
}

fn http(declared: &Declared<'_>, exposure: model::function::Exposure, source: &str, place: &Partial) -> Trigger {
    Trigger { kind: "http", exposure, source: source.to_owned(), location: declared.location_of(place) }
}

/// A function that is created only under a condition is listed, and said to be so.
fn check_condition(declared: &Declared<'_>, gaps: &mut Vec<Gap>) {
    let Some(condition) = &declared.resource.condition else { return };
    let (id, name) = (declared.logical_id(), &condition.name);
    let why = match condition.holds {
        Truth::True => return,
        Truth::Unknown => {
            format!("`{id}` is created only when condition `{name}` holds, known only at deployment; it is listed")
        }
        Truth::False => {
            format!(
                "`{id}` is not created with the template's parameters, as condition `{name}` does not hold; it is listed"
            )
        }
    };
    gaps.push(Gap::new(declared.location(), why, &[Hidden::Configuration]));
}

/// The environment variables, sorted by name; of an undecided value every branch.
fn environment(declared: &Declared<'_>, gaps: &mut Vec<Gap>) -> Vec<EnvironmentVariable> {
    let mut variables = Vec::new();
    let Some(declared_variables) = declared.at(&["Environment", "Variables"]) else { return variables };
    for entry in declared_variables.entries() {
        let mut is_text = false;
        for value in entry.value.texts() {
            is_text = true;
            let location = declared.location_of(&entry.value);
            variables.push(EnvironmentVariable { name: entry.name.clone(), value, location });
        }
        if matches!(entry.value.value, PartialValue::Null) {
            let (name, value) = (entry.name.clone(), SymbolicText::default());
            variables.push(EnvironmentVariable { name, value, location: entry.place.location(&declared.stack.file) });
        } else if !is_text {
            let why = format!("the value of environment variable `{}` is no text; it is left out", entry.name);
            gaps.push(declared.gap(&entry.value, why, &[Hidden::Secrets, Hidden::Configuration]));
        }
    }
    variables.sort_by(|left, right| left.name.cmp(&right.name));
    variables
}

#[cfg(test)]
mod tests;
