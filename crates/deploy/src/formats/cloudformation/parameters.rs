//! What is known of a template's parameters: their defaults, and the values that `samconfig` deploys with.
//!
//! Source: SAM CLI configuration files, version 0.1 (`samconfig.toml`, `.yaml`, `.yml`).
//! Supported: `parameter_overrides` of the `default` environment, of `deploy` before `global`, as text
//! (`A=b C="d e"`, `ParameterKey=A,ParameterValue=b`), as a list of such, and as a mapping.
//! Unsupported (→ gap): values of another shape.

use std::collections::BTreeMap;

use model::{Gap, Hidden, Location, Parsed, SymbolicText};

use super::partial::{Partial, PartialValue, Place};
use crate::project::{folder_of, join};
use crate::{Node, Project, Value, decode, parse_yaml};

/// Values given to a template's parameters, by name. They replace the defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    pub values: BTreeMap<String, String>,
}

/// Names that SAM CLI looks for, in that order.
const CONFIGURATION_FILES: [&str; 3] = ["samconfig.toml", "samconfig.yaml", "samconfig.yml"];
/// Commands whose parameters count, the strongest first.
const COMMANDS: [&str; 2] = ["deploy", "global"];

impl Parameters {
    /// What the `samconfig` file beside `template` deploys it with; nothing when there is none.
    pub fn of_template(template: &str, project: &dyn Project) -> Parsed<Self> {
        let mut gaps = Vec::new();
        for name in CONFIGURATION_FILES {
            let Some(path) = join(folder_of(template), name) else { continue };
            let unreadable = |why: String| {
                let why = format!("parameter values are not read from `{path}`: {why}");
                Gap::new(Location::file(&path), why, &[Hidden::Configuration, Hidden::Permissions])
            };
            let bytes = match project.read(&path) {
                Ok(None) => continue,
                Ok(Some(bytes)) => bytes,
                Err(why) => {
                    gaps.push(unreadable(why));
                    continue;
                }
            };
            match Self::from_configuration(&bytes, &path, template) {
                Ok(value) => return Parsed { value, gaps },
                Err(why) => gaps.push(unreadable(why)),
            }
        }
        Parsed { value: Self::default(), gaps }
    }

    fn from_configuration(bytes: &[u8], path: &str, template: &str) -> Result<Self, String> {
        let text = decode(bytes, path).map_err(|error| error.to_string())?;
        let settings = if path.ends_with(".toml") {
            let table: toml::Table = toml::from_str(&text).map_err(|error| error.message().to_owned())?;
            serde_json::to_value(table).map_err(|error| error.to_string())?
        } else {
            let tree = parse_yaml(&text, path).map_err(|error| error.to_string())?;
            to_json(&tree.value)
        };
        let mut parameters = Self::default();
        for command in COMMANDS {
            let Some(found) = settings.pointer(&format!("/default/{command}/parameters")) else { continue };
            if is_for_another_template(found, path, template) {
                continue;
            }
            for (name, value) in overrides(found.get("parameter_overrides")) {
                parameters.values.entry(name).or_insert(value);
            }
        }
        Ok(parameters)
    }

    /// The value of the parameter `name` that `definition` declares.
    pub(crate) fn value_of(&self, name: &str, definition: &Node) -> Partial {
        let kind = definition.get("Type").and_then(Node::as_str).unwrap_or("String");
        let place = Place::of(definition);
        let given = self.values.get(name).map(String::as_str);
        let text = given.or_else(|| definition.get("Default").and_then(Node::scalar_text));
        // The value of an SSM parameter type is the name under which the real value is stored.
        let Some(text) = text.filter(|_| !kind.starts_with("AWS::SSM::Parameter::Value")) else {
            return Partial::reference(name, place);
        };
        let literal = |text: &str| PartialValue::Text(SymbolicText::literal(text));
        let value = if kind == "CommaDelimitedList" || kind.starts_with("List<") {
            let items = text.split(',').map(|item| Partial::computed(literal(item.trim()), place.clone()));
            PartialValue::Sequence(items.collect())
        } else {
            literal(text)
        };
        Partial::computed(value, place)
    }
}

/// Whether the configuration names another template than the one that is read.
fn is_for_another_template(parameters: &serde_json::Value, path: &str, template: &str) -> bool {
    let named = ["template", "template_file"].into_iter().find_map(|key| parameters.get(key)?.as_str());
    // `sam deploy` takes the built template by default; it stands for the source it was built from.
    named.is_some_and(|named| {
        let named = join(folder_of(path), named).unwrap_or_default();
        named != template && !named.contains(".aws-sam/")
    })
}

fn overrides(value: Option<&serde_json::Value>) -> Vec<(String, String)> {
    match value {
        Some(serde_json::Value::String(text)) => assignments(text),
        Some(serde_json::Value::Array(items)) => items.iter().flat_map(listed).collect(),
        Some(serde_json::Value::Object(entries)) => {
            let scalar = |value: &serde_json::Value| match value {
                serde_json::Value::String(text) => Some(text.clone()),
                serde_json::Value::Bool(_) | serde_json::Value::Number(_) => Some(value.to_string()),
                _ => None,
            };
            entries.iter().filter_map(|(name, value)| Some((name.clone(), scalar(value)?))).collect()
        }
        _ => Vec::new(),
    }
}

/// The pairs of one item of a list: usually one pair, whose value may have spaces.
fn listed(item: &serde_json::Value) -> Vec<(String, String)> {
    match item.as_str() {
        Some(text) if words(text).iter().all(|word| word.contains('=')) => assignments(text),
        Some(text) => {
            text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect()
        }
        None => overrides(Some(item)),
    }
}

/// The pairs of `A=b C="d e" ParameterKey=F,ParameterValue=g`.
fn assignments(text: &str) -> Vec<(String, String)> {
    words(text)
        .into_iter()
        .filter_map(|word| {
            if let Some(rest) = word.strip_prefix("ParameterKey=") {
                let (name, value) = rest.split_once(",ParameterValue=")?;
                return Some((name.to_owned(), value.to_owned()));
            }
            let (name, value) = word.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect()
}

/// The words of `text` as a shell splits them: quotes group and are dropped, `\` takes the next character as it is.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            (_, Some(open)) if character == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(characters.next()),
            (space, None) if space.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

/// Settings without positions. Recursion is bounded by the nesting limit of the parsers.
fn to_json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Sequence(items) => items.iter().map(to_json).collect(),
        Value::Mapping(entries) => {
            let entry = |(key, value): &(Node, Node)| Some((key.as_str()?.to_owned(), to_json(value)));
            serde_json::Value::Object(entries.iter().filter_map(entry).collect())
        }
        _ => node.scalar_text().map_or(serde_json::Value::Null, serde_json::Value::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryProject;

    #[track_caller]
    fn check(file: &str, text: &str, expected: &[(&str, &str)]) {
        let project = MemoryProject::new([(file, text)]);
        let template = "infra/template.yaml";
        let parsed = Parameters::of_template(template, &project);
        let expected = expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(parsed.value.values, expected);
        assert_eq!(parsed.gaps, []);
    }

    #[test]
    fn reads_overrides_in_every_shape() {
        let file = "infra/samconfig.toml";
        let section = "[default.deploy.parameters]\nparameter_overrides = ";
        check(
            file,
            &format!("{section}'A=b C=\"d e\" E=\"\" F=x=y'"),
            &[("A", "b"), ("C", "d e"), ("E", ""), ("F", "x=y")],
        );
        check(file, &format!("{section}[\"A=b\", \"C=d e\"]"), &[("A", "b"), ("C", "d e")]);
        check(file, &format!("{section}\"ParameterKey=A,ParameterValue=b\""), &[("A", "b")]);
        check(
            file,
            "[default.global.parameters]\nparameter_overrides='A=g B=g'\n[default.deploy.parameters]\nparameter_overrides='A=d'",
            &[("A", "d"), ("B", "g")],
        );
        check(
            "infra/samconfig.yaml",
            "default:\n  deploy:\n    parameters:\n      parameter_overrides:\n        - A=b\n        - C: 3",
            &[("A", "b"), ("C", "3")],
        );
        check(file, "[default.deploy.parameters]\ntemplate = 'other.yaml'\nparameter_overrides='A=b'", &[]);
        check(file, "[prod.deploy.parameters]\nparameter_overrides='A=b'", &[]);
        check("samconfig.toml", "[default.deploy.parameters]\nparameter_overrides='A=b'", &[]);
    }

    #[test]
    fn a_broken_file_is_a_gap() {
        let project = MemoryProject::new([("samconfig.toml", "[default")]);
        let parsed = Parameters::of_template("template.yaml", &project);
        assert_eq!(parsed.value, Parameters::default());
        assert!(
            parsed.gaps[0].why.starts_with("parameter values are not read from `samconfig.toml`"),
            "{:?}",
            parsed.gaps
        );
    }
}
