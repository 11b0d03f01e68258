//! Entries of a mapping that stand for others: `Fn::ForEach` loops and `AWS::Include`.

use std::borrow::Cow;
use std::sync::Arc;

use model::Hidden;

use super::evaluator::Evaluator;
use super::partial::{Partial, PartialValue};
use crate::project::{folder_of, join};
use crate::{Node, Value, decode};

/// What one node counts for while copies are made.
const NODE_BYTES: usize = 128;
/// Deepest nesting of loops and inclusions.
const MAX_EXPANSION_LEVELS: usize = 16;

/// The entries with loops unrolled and local files included, in order.
pub(super) fn expand<'n>(
    evaluator: &mut Evaluator<'_>,
    entries: &'n [(Node, Node)],
) -> Vec<(Cow<'n, Node>, Cow<'n, Node>)> {
    let mut expanded = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        if is_expansion(key) {
            let mut made = Vec::new();
            expand_entry(evaluator, key, value, 0, &mut made);
            expanded.extend(made.into_iter().map(|(key, value)| (Cow::Owned(key), Cow::Owned(value))));
        } else {
            expanded.push((Cow::Borrowed(key), Cow::Borrowed(value)));
        }
    }
    expanded
}

fn is_expansion(key: &Node) -> bool {
    key.as_str().is_some_and(|name| name.starts_with("Fn::ForEach::") || name == "Fn::Transform")
}

fn expand_entry(evaluator: &mut Evaluator<'_>, key: &Node, value: &Node, level: usize, made: &mut Vec<(Node, Node)>) {
    let name = key.as_str().unwrap_or_default();
    if level >= MAX_EXPANSION_LEVELS {
        let why = format!("loops are nested deeper than {MAX_EXPANSION_LEVELS} levels; this one is not unrolled");
        evaluator.gap(key, why, &[Hidden::Functions, Hidden::Permissions]);
    } else if name == "Fn::Transform" {
        let included = included(evaluator, value);
        for (key, value) in included.iter().flat_map(Node::entries) {
            expand_nested(evaluator, key, value, level, made);
        }
    } else if name.starts_with("Fn::ForEach::") {
        for (key, value) in iterations(evaluator, key, value) {
            expand_nested(evaluator, &key, &value, level, made);
        }
    }
}

fn expand_nested(evaluator: &mut Evaluator<'_>, key: &Node, value: &Node, level: usize, made: &mut Vec<(Node, Node)>) {
    if is_expansion(key) {
        expand_entry(evaluator, key, value, level + 1, made);
    } else {
        made.push((key.clone(), value.clone()));
    }
}

/// The entries that a loop makes: `[identifier, collection, {key: value, …}]`.
fn iterations(evaluator: &mut Evaluator<'_>, key: &Node, definition: &Node) -> Vec<(Node, Node)> {
    let (Some([identifier, collection, body]), hides) =
        (definition.as_sequence(), [Hidden::Functions, Hidden::Permissions])
    else {
        evaluator.gap(
            key,
            "`Fn::ForEach` needs an identifier, a list and a mapping; it is left out",
            &[Hidden::Functions],
        );
        return Vec::new();
    };
    let identifier = identifier.as_str().unwrap_or_default();
    let items = match evaluator.evaluate(collection) {
        Partial { value: PartialValue::Sequence(items), .. } => items.iter().map(Partial::literal).collect(),
        _ => None,
    };
    let Some(items): Option<Vec<String>> = items else {
        let why = format!("the values that `{identifier}` runs over are known only at deployment; it is listed once");
        evaluator.gap(key, why, &hides);
        return body.entries().to_vec();
    };
    let body_bytes = count_nodes(body) * NODE_BYTES;
    let mut made = Vec::new();
    for item in items {
        if !evaluator.charge(body_bytes) {
            evaluator.gap(key, "the loop makes too many values; the rest of it is left out", &hides);
            break;
        }
        let entries = body.entries().iter();
        made.extend(entries.map(|(key, value)| (with(key, identifier, &item), with(value, identifier, &item))));
    }
    made
}

/// A copy of `node` in which `${identifier}`, `&{identifier}` and `Ref: identifier` are `item`. `&{…}` drops what is not
/// a letter or digit, as names of resources need it.
fn with(node: &Node, identifier: &str, item: &str) -> Node {
    let mut copy = node.clone();
    replace(&mut copy, identifier, item);
    copy
}

fn replace(node: &mut Node, identifier: &str, item: &str) {
    let is_reference = match (&node.tag, node.single_entry()) {
        (Some(tag), _) => tag == "!Ref" && node.as_str() == Some(identifier),
        (None, Some(("Ref", name))) => name.as_str() == Some(identifier),
        _ => false,
    };
    if is_reference {
        node.tag = None;
        node.value = Value::Text(item.to_owned());
        return;
    }
    match &mut node.value {
        Value::Text(text) if text.contains('{') => {
            let bare: String = item.chars().filter(char::is_ascii_alphanumeric).collect();
            *text = text.replace(&format!("${{{identifier}}}"), item).replace(&format!("&{{{identifier}}}"), &bare);
        }
        Value::Sequence(items) => items.iter_mut().for_each(|node| replace(node, identifier, item)),
        Value::Mapping(entries) => entries.iter_mut().for_each(|(key, value)| {
            replace(key, identifier, item);
            replace(value, identifier, item);
        }),
        _ => {}
    }
}

fn count_nodes(node: &Node) -> usize {
    1 + match &node.value {
        Value::Sequence(items) => items.iter().map(count_nodes).sum(),
        Value::Mapping(entries) => {
            entries.iter().map(|(key, value)| count_nodes(key) + count_nodes(value)).sum::<usize>()
        }
        _ => 0,
    }
}

/// What a macro call yields: the content of the local file that `AWS::Include` names. Any other is a gap.
pub(super) fn included(evaluator: &mut Evaluator<'_>, call: &Node) -> Option<Node> {
    let hides = [Hidden::Functions, Hidden::Permissions, Hidden::Configuration];
    let name = call.get("Name").and_then(Node::as_str).unwrap_or_default().to_owned();
    if name != "AWS::Include" {
        evaluator.gap(call, format!("macro `{name}` runs at deployment; what it writes is not seen"), &hides);
        return None;
    }
    let location = call.at(&["Parameters", "Location"]).map(|location| evaluator.evaluate(location));
    let Some(location) = location.and_then(|location| location.literal()) else {
        evaluator.gap(call, "the file that `AWS::Include` names is known only at deployment; it is not read", &hides);
        return None;
    };
    match read(evaluator, &location) {
        Ok(node) => Some(node),
        Err(why) => {
            evaluator.gap(call, format!("`{location}`, which `AWS::Include` names, is not read: {why}"), &hides);
            None
        }
    }
}

fn read(evaluator: &mut Evaluator<'_>, location: &str) -> Result<Node, String> {
    let path = join(folder_of(evaluator.file), location).ok_or("it is not a file of the project; put a copy there")?;
    let bytes = evaluator.project.read(&path)?.ok_or("there is no such file in the project")?;
    let text = decode(&bytes, &path).map_err(|error| error.to_string())?;
    let mut node = super::parse(&text, &path).map_err(|error| error.to_string())?.take_gaps(&mut evaluator.gaps);
    if !evaluator.charge(count_nodes(&node) * NODE_BYTES) {
        return Err("the template would become too large".to_owned());
    }
    stamp(&mut node, &Arc::from(path));
    Ok(node)
}

/// Makes every position in `node` name `file`.
fn stamp(node: &mut Node, file: &Arc<str>) {
    node.file = Some(Arc::clone(file));
    match &mut node.value {
        Value::Sequence(items) => items.iter_mut().for_each(|item| stamp(item, file)),
        Value::Mapping(entries) => entries.iter_mut().for_each(|(key, value)| {
            stamp(key, file);
            stamp(value, file);
        }),
        _ => {}
    }
}
