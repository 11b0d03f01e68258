//! Where variables take their values from, one row per kind.

use std::rc::Rc;

use super::files::FileValue;
use super::resolve::{Answer, Found, Resolver, State};
use crate::project::join;
use crate::{Node, Value};

/// A source whose parameters and address are plain text.
#[derive(Debug)]
pub(super) struct Lookup {
    pub(super) kind: String,
    pub(super) parameters: Vec<String>,
    pub(super) address: Option<String>,
}

struct SourceKind {
    name: &'static str,
    answer: fn(&mut Resolver<'_>, &Lookup) -> Answer,
}

/// Sorted by name. Any other kind (`cf`, `ssm`, `s3`, `vault`, those of plugins) is known only at deployment.
const KINDS: &[SourceKind] = &[
    SourceKind { name: "aws", answer: aws },
    SourceKind { name: "env", answer: environment },
    SourceKind { name: "file", answer: file },
    SourceKind { name: "opt", answer: option },
    SourceKind { name: "param", answer: parameter },
    SourceKind { name: "self", answer: property },
    SourceKind { name: "sls", answer: serverless },
    SourceKind { name: "strToBool", answer: truth_value },
];

pub(super) fn answer(resolver: &mut Resolver<'_>, lookup: &Lookup) -> Answer {
    match KINDS.binary_search_by(|kind| kind.name.cmp(&lookup.kind)).ok().and_then(|at| KINDS.get(at)) {
        Some(kind) => (kind.answer)(resolver, lookup),
        None => Answer::Unknown(lookup.name()),
    }
}

/// The answer of a source whose parameters or address are not known.
pub(super) fn answer_to_unknown(lookup: &Lookup) -> Answer {
    match lookup.kind.as_str() {
        "file" => {
            Answer::Broken("the name of the file depends on values that are not known; give them a default".into())
        }
        _ => Answer::Unknown(lookup.name()),
    }
}

impl Lookup {
    /// The source as the name of a reference: `ssm:/path`, `cf(us-east-1):stack.output`.
    fn name(&self) -> String {
        let parameters =
            if self.parameters.is_empty() { String::new() } else { format!("({})", self.parameters.join(", ")) };
        let address = self.address.as_ref().map_or(String::new(), |address| format!(":{address}"));
        format!("{}{parameters}{address}", self.kind)
    }

    fn address(&self) -> &str {
        self.address.as_deref().unwrap_or_default()
    }
}

fn property(resolver: &mut Resolver<'_>, lookup: &Lookup) -> Answer {
    let address = lookup.address();
    let keys: Vec<_> = if address.is_empty() { Vec::new() } else { address.split('.').collect() };
    match resolver.property(&keys) {
        Answer::Found(found) if found.node.is_null() => default_property(resolver, &keys),
        Answer::Missing(why) => match default_property(resolver, &keys) {
            Answer::Missing(_) => Answer::Missing(why),
            answer => answer,
        },
        // v1 and v2 let `service` be a mapping and its name be asked for either way.
        Answer::Found(found) if keys == ["service"] && found.node.get("name").is_some() => {
            resolver.property(&["service", "name"])
        }
        answer => answer,
    }
}

/// The value of a property that the framework sets when the configuration does not.
fn default_property(resolver: &mut Resolver<'_>, keys: &[&str]) -> Answer {
    match keys {
        ["provider", "stage"] => known(&resolver.scope.stage),
        ["provider", "region"] => known(&resolver.scope.region),
        ["service", "name"] => resolver.property(&["service"]),
        _ => Answer::Missing("it is null".to_owned()),
    }
}

fn option(resolver: &mut Resolver<'_>, lookup: &Lookup) -> Answer {
    let name = lookup.address();
    if let Some(value) = resolver.scope.options.get(name) {
        return known(value);
    }
    let fallback = match name {
        "stage" | "s" => Some(resolver.scope.stage.clone()),
        "region" | "r" => Some(resolver.scope.region.clone()),
        _ => None,
    };
    Answer::NotGiven { name: lookup.name(), fallback }
}

fn environment(resolver: &mut Resolver<'_>, lookup: &Lookup) -> Answer {
    match resolver.scope.environment.get(lookup.address()) {
        Some(value) => known(value),
        None => Answer::NotGiven { name: lookup.name(), fallback: None },
    }
}

fn parameter(resolver: &mut Resolver<'_>, lookup: &Lookup) -> Answer {
    let name = lookup.address();
    if let Some(value) = resolver.scope.parameters.get(name) {
        return known(value);
    }
    let stage = resolver.scope.stage.clone();
    for keys in [
        ["params", &stage, name].as_slice(),
        &["stages", &stage, "params", name],
        &["params", "default", name],
        &["stages", "default", "params", name],
    ] {
        match resolver.property(keys) {
            Answer::Missing(_) => {}
            Answer::Found(found) if found.node.is_null() => {}
            answer => return answer,
        }
    }
    Answer::NotGiven { name: lookup.name(), fallback: None }
}

fn serverless(resolver: &mut Resolver<'_>, lookup: &Lookup) -> Answer {
    match lookup.address() {
        "stage" => known(&resolver.scope.stage),
        _ => Answer::Unknown(lookup.name()),
    }
}

fn aws(resolver: &mut Resolver<'_>, lookup: &Lookup) -> Answer {
    match lookup.address() {
        "accountId" => Answer::Unknown("AWS::AccountId".to_owned()),
        "region" => known(&resolver.scope.region),
        _ => Answer::Unknown(lookup.name()),
    }
}

fn file(resolver: &mut Resolver<'_>, lookup: &Lookup) -> Answer {
    let written = lookup.parameters.first().map(String::as_str).unwrap_or_default();
    let Some(path) = join(resolver.scope.folder, written) else {
        return Answer::Broken(format!("`{written}` is outside the project; scan a folder that holds both"));
    };
    let root = match resolver.file(&path) {
        FileValue::Tree(root) => root,
        FileValue::Nothing => return Answer::Missing(format!("there is no file `{path}`")),
        FileValue::Unreadable(why) => return Answer::Broken(why),
    };
    let address = lookup.address();
    let keys: Vec<_> = if address.is_empty() { Vec::new() } else { address.split('.').collect() };
    match resolver.part_of_file(&root, &keys) {
        Some(node) => Answer::Found(Found { node, state: State::Part(format!("file({path}):{address}")) }),
        None => Answer::Missing(format!("`{path}` has no `{address}`")),
    }
}

fn truth_value(_: &mut Resolver<'_>, lookup: &Lookup) -> Answer {
    let text = lookup.parameters.first().map(|text| text.trim().to_ascii_lowercase()).unwrap_or_default();
    let value = match text.as_str() {
        "true" | "1" => true,
        "false" | "0" => false,
        _ => return Answer::Broken(format!("`{text}` is neither `true`, `false`, `1` nor `0`")),
    };
    Answer::Found(Found::finished(Rc::new(placeless(Value::Bool(value)))))
}

fn known(text: &str) -> Answer {
    Answer::Found(Found::finished(Rc::new(placeless(Value::Text(text.to_owned())))))
}

/// A value that stands nowhere; whoever draws it in gives it the place of the use.
fn placeless(value: Value) -> Node {
    Node { value, tag: None, line: 0, column: 0, content_line: 0, span: 0..0, file: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_sorted_and_unique() {
        assert!(KINDS.is_sorted_by(|before, after| before.name < after.name));
    }
}
