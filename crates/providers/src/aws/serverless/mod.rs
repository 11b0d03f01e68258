//! Services of the Serverless Framework as functions.
//!
//! Source: the framework's documentation of v1 to v4, the behaviour of `osls` 3.77 (MIT), which continues v3, and of the
//! plugin `serverless-iam-roles-per-function` 3.2 (MIT).
//! Supported: functions with code, layers, environment and triggers; the role that the framework generates with all it
//! grants on its own, roles per function (plugin, and v4), roles of `resources`.
//! Unsupported (→ gap): providers other than `aws`, roles that are not part of the project, what plugins add.

mod declared;
mod events;
mod function;
mod grants;
mod identity;
mod image;
mod layers;
mod naming;
mod package;
mod roles;
mod wiring;

use deploy::Project;
use deploy::formats::cloudformation::Stack;
use deploy::formats::serverless::Service;
use model::function::Function;
use model::{Gap, Hidden, Parsed};

use declared::Declared;

/// What a service deploys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceFunctions {
    /// In the order of the configuration, each with the gaps of its own declaration.
    pub functions: Vec<Parsed<Function>>,
    /// The CloudFormation resources that the configuration adds.
    pub stack: Stack,
}

/// The functions of `service`, and the gaps that belong to none of them.
pub fn functions(service: &Service, project: &dyn Project) -> Parsed<ServiceFunctions> {
    let Parsed { value: declared, mut gaps } = Declared::of(service, project);
    let mut functions = Vec::new();
    match declared.provider_name().as_deref() {
        Some("aws") | None => functions = function::all(&declared, &mut gaps),
        Some(other) => gaps.push(foreign_provider(&declared, other)),
    }
    Parsed { value: ServiceFunctions { functions, stack: declared.stack }, gaps }
}

fn foreign_provider(declared: &Declared<'_>, name: &str) -> Gap {
    let why = format!("services of provider `{name}` are not read yet; its functions are not seen");
    let place = declared.at(&["provider"]).map(|provider| declared.location_of(provider));
    let location = place.unwrap_or_else(|| model::Location::file(&declared.service.file));
    Gap::new(location, why, &[Hidden::Functions, Hidden::Permissions])
}

#[cfg(test)]
mod tests;
