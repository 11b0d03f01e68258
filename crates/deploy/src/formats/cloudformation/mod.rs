//! CloudFormation and SAM templates, evaluated as far as they can be before deployment.
//!
//! Source: the template reference and intrinsic function reference of AWS CloudFormation, the transforms
//! `AWS::Serverless-2016-10-31`, `AWS::LanguageExtensions` and `AWS::Include`.
//! Supported: JSON and YAML, every intrinsic function in long and short form, conditions with three values, loops, local
//! inclusions. A value known only at deployment becomes a reference in `Fn::Sub` syntax; of an undecided `Fn::If` both
//! branches are kept.
//! Unsupported (→ gap): other macros, inclusions from elsewhere. `Fn::Cidr`, `Fn::GetAZs` and `Fn::ImportValue` stay
//! references.
//!
//! What the resources mean is not known here: `providers` says that.

mod base64;
mod evaluator;
mod expansion;
mod expression;
mod functions;
mod parameters;
mod partial;
mod stack;

pub use evaluator::{Evaluator, Truth};
pub use parameters::Parameters;
pub use partial::{Entry, Partial, PartialValue, Place};
pub use stack::{Resource, ResourceCondition, Stack};

use model::Parsed;

use crate::{Error, Node, Project, parse_json, parse_yaml};

/// Which templates there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    CloudFormation,
    Sam,
}

/// Whether `text` may be a template at all: a cheap look before it is parsed.
pub fn may_be_template(text: &str) -> bool {
    text.contains("Resources") && (text.contains("AWS::") || text.contains("AWSTemplateFormatVersion"))
}

/// Which template the tree is; `None` when it is none.
pub fn detect(root: &Node) -> Option<Dialect> {
    let resources =
        root.get("Resources").filter(|resources| resources.is_mapping() || root.get("Transform").is_some())?;
    let kinds = || resources.entries().iter().filter_map(|(_, resource)| resource.get("Type")?.as_str());
    if stack::transforms(root).iter().any(|name| name.starts_with("AWS::Serverless"))
        || kinds().any(|kind| kind.starts_with("AWS::Serverless::"))
    {
        return Some(Dialect::Sam);
    }
    let is_template = root.get("AWSTemplateFormatVersion").is_some() || kinds().any(|kind| kind.contains("::"));
    is_template.then_some(Dialect::CloudFormation)
}

/// The tree of a template: JSON when it looks so, else YAML.
///
/// # Errors
/// When the text is neither.
pub fn parse(text: &str, file: &str) -> Result<Parsed<Node>, Error> {
    if text.trim_start_matches('\u{FEFF}').trim_start().starts_with(['{', '[']) {
        // YAML's flow style begins like JSON. The message about JSON is the better one when both fail.
        return parse_json(text, file).or_else(|error| parse_yaml(text, file).map_err(|_| error));
    }
    parse_yaml(text, file)
}

/// The evaluated template in `text`. `file` is its path in `project`.
///
/// # Errors
/// When the text is neither JSON nor YAML. A text that is no template yields no resources.
pub fn read(text: &str, file: &str, given: &Parameters, project: &dyn Project) -> Result<Parsed<Stack>, Error> {
    let mut gaps = Vec::new();
    let root = parse(text, file)?.take_gaps(&mut gaps);
    let stack = Stack::evaluate(&root, file, given, project).take_gaps(&mut gaps);
    Ok(Parsed { value: stack, gaps })
}

#[cfg(test)]
mod tests;
