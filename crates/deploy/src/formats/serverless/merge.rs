//! Sections that may be given as a list of mappings, which the framework merges.

use model::{Gap, Hidden};

use crate::{Node, Value};

/// Replaces the section `key` of `root`, when it is a list, by the mapping that its items make together. Mappings merge
/// key by key and lists item by item, as the framework does; else the later item wins.
pub(super) fn merge_list(root: &mut Node, key: &str, file: &str, gaps: &mut Vec<Gap>) {
    let Value::Mapping(entries) = &mut root.value else { return };
    let Some((_, section)) = entries.iter_mut().find(|(name, _)| name.as_str() == Some(key)) else { return };
    let Some(items) = section.as_sequence() else { return };
    let mut merged = Node::synthetic(Value::Mapping(Vec::new()), section);
    for item in items {
        match &item.value {
            Value::Mapping(_) => merge(&mut merged, item),
            Value::Null => {}
            _ => {
                let hides = if key == "functions" { Hidden::Functions } else { Hidden::Permissions };
                let why = format!("an item of `{key}` is not known to be a mapping and is left out");
                gaps.push(Gap::new(item.location(file), why, &[hides]));
            }
        }
    }
    *section = merged;
}

/// Merges `source` into `target`. Recursion is bounded by the nesting of both.
pub(super) fn merge(target: &mut Node, source: &Node) {
    match (&mut target.value, &source.value) {
        (Value::Mapping(into), Value::Mapping(from)) if source.tag.is_none() => {
            for (key, value) in from {
                match into.iter_mut().find(|(name, _)| name.value == key.value) {
                    Some((_, existing)) => merge(existing, value),
                    None => into.push((key.clone(), value.clone())),
                }
            }
        }
        (Value::Sequence(into), Value::Sequence(from)) if source.tag.is_none() => {
            for (at, value) in from.iter().enumerate() {
                match into.get_mut(at) {
                    Some(existing) => merge(existing, value),
                    None => into.push(value.clone()),
                }
            }
        }
        _ => *target = source.clone(),
    }
}
