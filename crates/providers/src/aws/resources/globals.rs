//! `Globals` of a SAM template merged into a resource's properties.
//!
//! Source: the merge rules of the SAM transform 2016-10-31: mappings are merged, lists are concatenated (the global one
//! first), everything else of the resource replaces the global value. A value that a function yields counts as a scalar.

use deploy::formats::cloudformation::{Entry, Partial, PartialValue, Resource, Stack};

/// Properties of which the resource's list replaces the global one.
const REPLACED: [&str; 1] = ["Architectures"];

/// The properties of `resource` with those of `Globals.<section>` added.
pub(super) fn merged(stack: &Stack, section: &str, resource: &Resource) -> Partial {
    let nothing = Partial::new(PartialValue::Mapping(Vec::new()), resource.place.clone());
    let own = resource.properties().cloned().unwrap_or(nothing);
    match stack.globals.get(section) {
        Some(global) => merge(&applicable(global, resource), &own, None),
        None => own,
    }
}

/// The global properties without those that `IgnoreGlobals` names.
fn applicable(global: &Partial, resource: &Resource) -> Partial {
    let Some(ignored) = resource.body.get("IgnoreGlobals") else { return global.clone() };
    let names: Vec<String> = ignored.items_or_self().filter_map(Partial::literal).collect();
    let is_ignored = |name: &str| names.iter().any(|ignored| ignored == "*" || ignored == name);
    let kept = global.entries().filter(|entry| !is_ignored(&entry.name)).cloned().collect();
    Partial::new(PartialValue::Mapping(kept), global.place.clone())
}

/// Recursion is bounded by the nesting limit of the parsers.
fn merge(global: &Partial, own: &Partial, name: Option<&str>) -> Partial {
    if global.computed || own.computed {
        return own.clone();
    }
    let value = match (&global.value, &own.value) {
        (PartialValue::Mapping(global), PartialValue::Mapping(own)) => {
            PartialValue::Mapping(merge_entries(global, own))
        }
        (PartialValue::Sequence(global), PartialValue::Sequence(own))
            if !name.is_some_and(|name| REPLACED.contains(&name)) =>
        {
            PartialValue::Sequence(global.iter().chain(own).cloned().collect())
        }
        _ => return own.clone(),
    };
    Partial::new(value, own.place.clone())
}

fn merge_entries(global: &[Entry], own: &[Entry]) -> Vec<Entry> {
    let mut entries = global.to_vec();
    for entry in own {
        match entries.iter_mut().find(|known| known.name == entry.name) {
            Some(known) => {
                let value = merge(&known.value, &entry.value, Some(&entry.name));
                *known = Entry { name: entry.name.clone(), place: entry.place.clone(), value };
            }
            None => entries.push(entry.clone()),
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::super::testing::stack;
    use super::*;

    #[track_caller]
    fn check(globals: &str, properties: &str, path: &[&str], expected: &[&str]) {
        let text = format!(
            "Transform: AWS::Serverless-2016-10-31\nConditions: {{C: !Equals [!Ref AWS::Region, x]}}\n\
             Globals: {{Function: {globals}}}\nResources: {{F: {{Type: 'AWS::Serverless::Function', {properties}}}}}"
        );
        let stack = stack(&text);
        let merged = merged(&stack, "Function", stack.resource("F").unwrap());
        let found = merged.at(path).map(|value| value.items_or_self().filter_map(Partial::literal).collect::<Vec<_>>());
        assert_eq!(found.unwrap_or_default(), expected, "{globals} + {properties}");
    }

    #[test]
    fn merges_as_sam_does() {
        check("{Runtime: a}", "Properties: {}", &["Runtime"], &["a"]);
        check("{Runtime: a}", "Properties: {Runtime: b}", &["Runtime"], &["b"]);
        check("{Layers: [a]}", "Properties: {Layers: [b, a]}", &["Layers"], &["a", "b", "a"]);
        check("{Layers: [a]}", "Properties: {Layers: !Split [',', 'b,c']}", &["Layers"], &["b", "c"]);
        check("{Architectures: [a]}", "Properties: {Architectures: [b]}", &["Architectures"], &["b"]);
        let variables = "{Environment: {Variables: {A: 1, B: 2}}}";
        check(variables, "Properties: {Environment: {Variables: {B: 3}}}", &["Environment", "Variables", "A"], &["1"]);
        check(variables, "Properties: {Environment: {Variables: {B: 3}}}", &["Environment", "Variables", "B"], &["3"]);
        check(variables, "Properties: {Environment: }", &["Environment", "Variables", "A"], &[]);
        check("{CodeUri: s3://a/b}", "Properties: {CodeUri: {Bucket: c}}", &["CodeUri", "Bucket"], &["c"]);
    }

    #[test]
    fn globals_can_be_ignored() {
        check("{Runtime: a, Timeout: 3}", "IgnoreGlobals: '*', Properties: {}", &["Runtime"], &[]);
        check("{Runtime: a, Timeout: 3}", "IgnoreGlobals: [Timeout], Properties: {}", &["Runtime"], &["a"]);
        check("{Runtime: a, Timeout: 3}", "IgnoreGlobals: [Timeout], Properties: {}", &["Timeout"], &[]);
    }
}
