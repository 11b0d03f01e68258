//! Arrays, objects and maps: callbacks run with the elements, results are made of what they give.

use std::rc::Rc;

use model::{Part, SymbolicText};

use super::commands::first;
use crate::evaluate::{Arguments, Atom, Machine, ObjectId, Site, Value};

/// Elements for which a callback runs one by one; a longer list's run joined.
const MAX_ELEMENTS_APART: usize = 64;

/// `list.name(arguments)`.
pub(super) fn call_list(
    machine: &mut Machine<'_>,
    list: ObjectId,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Option<Value> {
    let this: Value = Atom::List(list).into();
    let function = first(arguments);
    match name {
        "map" => Some(map(machine, &this, &function, site)),
        "flatMap" => {
            let mapped = map(machine, &this, &function, site);
            let lists = machine.elements(&mapped, site);
            let elements = machine.elements(&lists, site);
            Some(machine.new_list_of(elements, site))
        }
        "forEach" | "some" | "every" | "findIndex" | "sort" | "filter" => {
            map(machine, &this, &function, site);
            Some(if matches!(name, "filter" | "sort") { this } else { Value::data() })
        }
        "find" | "findLast" => {
            map(machine, &this, &function, site);
            Some(machine.elements(&this, site))
        }
        "pop" | "shift" | "at" => Some(machine.elements(&this, site)),
        "slice" | "reverse" | "flat" | "toSorted" | "toReversed" | "values" => Some(this),
        "reduce" | "reduceRight" => Some(reduce(machine, &this, arguments, site)),
        "push" | "unshift" => {
            for value in &arguments.positional {
                machine.push_element(list, value.clone());
            }
            Some(Value::data())
        }
        "concat" => {
            let joined = arguments.positional.iter().cloned().fold(this, Value::or);
            let elements = machine.elements(&joined, site);
            Some(machine.new_list_of(elements, site))
        }
        "join" => Some(join(machine, &this, &function)),
        "entries" => {
            let element = machine.elements(&this, site);
            let pair = machine.new_list(vec![Value::data(), element], true, site);
            Some(machine.new_list_of(pair, site))
        }
        _ => None,
    }
}

/// The list of what the function gives for each element.
pub(super) fn map(machine: &mut Machine<'_>, values: &Value, function: &Value, site: Site) -> Value {
    match machine.exact_elements(values).filter(|elements| elements.len() <= MAX_ELEMENTS_APART) {
        Some(elements) => {
            let results =
                elements.into_iter().map(|element| call_with(machine, function, element, values, site)).collect();
            machine.new_list(results, true, site)
        }
        None => {
            let element = machine.elements(values, site);
            let element = if element.is_none() { Value::data() } else { element };
            let result = call_with(machine, function, element, values, site);
            machine.new_list_of(result, site)
        }
    }
}

fn call_with(machine: &mut Machine<'_>, function: &Value, element: Value, values: &Value, site: Site) -> Value {
    machine.call(function, &Arguments::positional([element, Value::data(), values.clone()]), site)
}

fn reduce(machine: &mut Machine<'_>, values: &Value, arguments: &Arguments, site: Site) -> Value {
    let function = first(arguments);
    let element = machine.elements(values, site);
    let mut result = arguments.positional.get(1).cloned().unwrap_or_else(|| element.clone());
    let elements = machine.exact_elements(values).filter(|elements| elements.len() <= MAX_ELEMENTS_APART);
    for element in elements.unwrap_or_else(|| vec![element]) {
        let arguments = Arguments::positional([result.clone(), element, Value::data(), values.clone()]);
        result = machine.call(&function, &arguments, site);
    }
    result
}

/// `[a, b].join(separator)` as text, when the elements are.
fn join(machine: &mut Machine<'_>, values: &Value, separator: &Value) -> Value {
    let separator = separator.literals().next().unwrap_or(",").to_owned();
    let Some(elements) = machine.exact_elements(values) else { return Value::data() };
    let mut joined = SymbolicText::default();
    for (position, element) in elements.iter().enumerate() {
        if position > 0 {
            joined.push(Part::Literal(separator.clone()));
        }
        match element.as_texts().as_slice() {
            [only] => joined.append(only.clone()),
            _ => joined.push(Part::Unknown),
        }
    }
    Value::text(joined)
}

/// `map.get(key)`, `map.set(key, value)`: a map is an object whose keys may be anything.
pub(super) fn call_map(
    machine: &mut Machine<'_>,
    map: ObjectId,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Option<Value> {
    let key = first(arguments);
    match (name, arguments.positional.get(1)) {
        ("get", None) => Some(machine.index(&Atom::Dict(map).into(), &key, site)),
        ("set", Some(value)) => {
            match key.single() {
                Some(Atom::Text(text)) if text.as_literal().is_some() => {
                    machine.join_part(map, text.as_literal().unwrap_or_default(), value.clone());
                }
                _ => machine.join_rest(map, value.clone()),
            }
            Some(Atom::Dict(map).into())
        }
        ("has", None) => Some(Value::data()),
        _ => None,
    }
}

/// `Object.keys(object)` and its kind.
pub(super) fn of_object(machine: &mut Machine<'_>, function: &str, arguments: &Arguments, site: Site) -> Value {
    let object = first(arguments);
    if function == "Object.assign" {
        return assign(machine, arguments);
    }
    if function == "Object.fromEntries" {
        return machine.new_dict(Vec::new(), false, site);
    }
    let (entries, complete) = machine.entries(&object);
    let mut elements = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        elements.push(match function {
            "Object.keys" => Value::literal(&key),
            "Object.values" => value,
            _ => machine.new_list(vec![Value::literal(&key), value], true, site),
        });
    }
    machine.new_list(elements, complete, site)
}

/// `Object.assign(target, …sources)` writes into the target.
fn assign(machine: &mut Machine<'_>, arguments: &Arguments) -> Value {
    let target = first(arguments);
    let objects: Vec<ObjectId> = target.atoms().iter().filter_map(Atom::object).collect();
    for source in arguments.positional.iter().skip(1) {
        let (entries, complete): (Vec<(Rc<str>, Value)>, bool) = machine.entries(source);
        for object in &objects {
            for (name, value) in &entries {
                machine.join_part(*object, name, value.clone());
            }
            if !complete {
                machine.join_rest(*object, Value::data());
            }
        }
    }
    target
}
