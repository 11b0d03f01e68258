//! One function: its name, runtime, handler and environment.

use std::collections::BTreeMap;

use deploy::formats::cloudformation::Partial;
use model::function::{Cloud, EnvironmentVariable, Function, FunctionKind};
use model::{Gap, Hidden, Parsed};

use super::declared::{Declared, Entity};
use super::roles::Roles;
use super::{events, identity, image, layers, naming, package, wiring};
use crate::aws::resources;

/// The runtime of a function that names none, in the framework's latest v3.
const DEFAULT_RUNTIME: &str = "nodejs24.x";

/// Every function of the service, in order. `gaps` takes what belongs to none of them.
pub(super) fn all(declared: &Declared<'_>, gaps: &mut Vec<Gap>) -> Vec<Parsed<Function>> {
    gaps.extend(unreadable_functions(declared));
    let entities = declared.functions();
    let roles = Roles::of(declared, &entities);
    let mut functions: Vec<_> = entities.iter().map(|entity| function(declared, entity, &roles)).collect();
    functions.extend(of_resources(declared, &entities));
    functions
}

/// Functions that `resources` declare by themselves.
fn of_resources(declared: &Declared<'_>, entities: &[Entity<'_>]) -> Vec<Parsed<Function>> {
    let made: Vec<_> =
        entities.iter().map(|entity| format!("{}#{}", declared.service.file, naming::function(entity.key))).collect();
    let mut functions = resources::functions(&declared.stack, declared.project);
    functions.retain(|function| !made.contains(&function.value.id));
    functions
}

/// The gap for a section of functions that is not known.
fn unreadable_functions(declared: &Declared<'_>) -> Option<Gap> {
    let functions = declared.at(&["functions"])?;
    let text = functions.texts().next()?;
    let why = format!("the functions are `{text}`, which is known only at deployment; they are not seen");
    Some(declared.gap(functions, why, &[Hidden::Functions, Hidden::Permissions]))
}

fn function(declared: &Declared<'_>, entity: &Entity<'_>, roles: &Roles) -> Parsed<Function> {
    let mut gaps = Vec::new();
    gaps.extend(unreadable_body(declared, entity));
    gaps.extend(changed_by_resources(declared, entity));
    let is_image = entity.get("image").is_some();
    let kind = if is_image { FunctionKind::Container } else { FunctionKind::Function };
    let handler = if is_image { image::handler(entity) } else { handler(declared, entity, &mut gaps) };
    let runtime = if is_image { None } else { runtime(declared, entity, &mut gaps) };
    let mut code = match is_image {
        true => image::code(declared, entity, &mut gaps),
        false => package::code(declared, entity, handler.as_deref(), runtime.as_deref(), &mut gaps),
    };
    code.extend(layers::code(declared, entity, &mut gaps));
    let function = Function {
        id: declared.id(entity),
        name: declared.name(entity).to_string(),
        cloud: Cloud::Aws,
        kind,
        runtime,
        handler,
        code,
        triggers: events::triggers(declared, entity, &mut gaps),
        environment: environment(declared, entity, &mut gaps),
        identity: identity::of(declared, entity, roles, &mut gaps),
        wiring: wiring::of(declared, entity),
        location: entity.location.clone(),
    };
    gaps.sort();
    gaps.dedup();
    Parsed { value: function, gaps }
}

/// The gap for a function whose declaration is not known: `hello: ${file(hello.js)}`.
fn unreadable_body(declared: &Declared<'_>, entity: &Entity<'_>) -> Option<Gap> {
    let text = entity.body.texts().next()?;
    let why = format!("function `{}` is declared as `{text}`, which is not known before deployment", entity.key);
    let hides = [Hidden::Calls, Hidden::Components, Hidden::Configuration, Hidden::Permissions, Hidden::Secrets];
    Some(declared.gap(entity.body, why, &hides))
}

/// The gap for a function whose resource `resources` or `extensions` change.
fn changed_by_resources(declared: &Declared<'_>, entity: &Entity<'_>) -> Option<Gap> {
    let logical_id = naming::function(entity.key);
    let resource = declared.stack.resource(&logical_id).map(|resource| resource.place.location(&declared.service.file));
    let extension = || declared.at(&["extensions", &logical_id]).map(|extension| declared.location_of(extension));
    let location = resource.or_else(extension)?;
    let why = format!("`{logical_id}` is changed here at deployment; function `{}` is listed without that", entity.key);
    Some(Gap::new(location, why, &[Hidden::Configuration, Hidden::Permissions]))
}

fn handler(declared: &Declared<'_>, entity: &Entity<'_>, gaps: &mut Vec<Gap>) -> Option<String> {
    match entity.get("handler") {
        Some(handler) => known_text(declared, handler, "handler", gaps),
        None if entity.body.is_mapping() => {
            let why = format!("function `{}` has neither `handler` nor `image`; all of its code counts", entity.key);
            gaps.push(Gap::new(entity.location.clone(), why, &[Hidden::Calls]));
            None
        }
        None => None,
    }
}

fn runtime(declared: &Declared<'_>, entity: &Entity<'_>, gaps: &mut Vec<Gap>) -> Option<String> {
    match entity.get("runtime").or_else(|| declared.at(&["provider", "runtime"])) {
        Some(runtime) => known_text(declared, runtime, "runtime", gaps),
        None => {
            let why = format!(
                "no `runtime` is given: it is the default of the framework's version, taken as `{DEFAULT_RUNTIME}`; name one"
            );
            gaps.push(Gap::new(entity.location.clone(), why, &[Hidden::Configuration]));
            Some(DEFAULT_RUNTIME.to_owned())
        }
    }
}

fn known_text(declared: &Declared<'_>, value: &Partial, name: &str, gaps: &mut Vec<Gap>) -> Option<String> {
    let literal = value.literal();
    if literal.is_none() {
        let shown = value.texts().next().map(|text| format!("`{text}`")).unwrap_or_else(|| "not a text".to_owned());
        let why = format!("`{name}` is {shown}, which is not known before deployment");
        gaps.push(declared.gap(value, why, &[Hidden::Calls, Hidden::Configuration]));
    }
    literal
}

/// The provider's variables with the function's own over them, sorted by name.
fn environment(declared: &Declared<'_>, entity: &Entity<'_>, gaps: &mut Vec<Gap>) -> Vec<EnvironmentVariable> {
    let sections = [declared.at(&["provider", "environment"]), entity.get("environment")];
    let mut variables: BTreeMap<&str, Vec<EnvironmentVariable>> = BTreeMap::new();
    for section in sections.into_iter().flatten() {
        if let Some(text) = section.texts().next() {
            let why = format!("the environment is `{text}`, which is not known before deployment");
            gaps.push(declared.gap(section, why, &[Hidden::Configuration, Hidden::Secrets]));
        }
        for entry in section.entries() {
            let values = entry.value.texts().map(|value| EnvironmentVariable {
                name: entry.name.clone(),
                value,
                location: declared.location_of(&entry.value),
            });
            variables.insert(&entry.name, values.collect());
        }
    }
    variables.into_values().flatten().collect()
}
