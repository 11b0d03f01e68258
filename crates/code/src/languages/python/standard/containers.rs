//! Lists and dicts made of other values.

use crate::evaluate::{Arguments, Atom, Machine, Site, Value};

pub(in crate::languages::python) fn copy_list(machine: &mut Machine<'_>, value: &Value, site: Site) -> Value {
    match machine.exact_iteration(value) {
        Some(elements) => machine.new_list(elements, true, site),
        None if value.is_none() => machine.new_list(Vec::new(), true, site),
        None => {
            let element = machine.elements(value, site);
            machine.new_list_of(element, site)
        }
    }
}

pub(super) fn map_exact(machine: &mut Machine<'_>, callee: &Value, arguments: &Arguments, site: Site) -> Option<Value> {
    let [_, list] = arguments.positional.as_slice() else { return None };
    let elements = machine.exact_iteration(list).filter(|elements| elements.len() <= 24)?;
    let mapped =
        elements.into_iter().map(|element| machine.call(callee, &Arguments::positional([element]), site)).collect();
    Some(machine.new_list(mapped, true, site))
}

pub(super) fn zip(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    let lists: Option<Vec<Vec<Value>>> =
        arguments.positional.iter().map(|list| machine.exact_iteration(list)).collect();
    if let Some(lists) = lists.filter(|lists| !lists.is_empty()) {
        let length = lists.iter().map(Vec::len).min().unwrap_or(0);
        let rows = (0..length)
            .map(|at| lists.iter().filter_map(|list| list.get(at).cloned()).collect())
            .map(|row| machine.new_list(row, true, site))
            .collect();
        return machine.new_list(rows, true, site);
    }
    let row = arguments.positional.iter().map(|list| machine.elements(list, site)).collect();
    let row = machine.new_list(row, true, site);
    machine.new_list_of(row, site)
}

pub(super) fn enumerate(machine: &mut Machine<'_>, list: &Value, site: Site) -> Value {
    match machine.exact_iteration(list) {
        Some(elements) => {
            let pairs = elements
                .into_iter()
                .zip(0_i64..)
                .map(|(element, at)| machine.new_list(vec![Atom::Integer(at).into(), element], true, site))
                .collect();
            machine.new_list(pairs, true, site)
        }
        None => {
            let element = machine.elements(list, site);
            let pair = machine.new_list(vec![Value::data(), element], true, site);
            machine.new_list_of(pair, site)
        }
    }
}

/// `dict(mapping, **entries)`, `dict(pairs)`.
pub(super) fn new_dict(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    let dict = machine.new_dict(Vec::new(), !arguments.more_keyword, site);
    for value in &arguments.positional {
        add_to_dict(machine, &dict, value, site);
    }
    for (name, value) in &arguments.keyword {
        machine.store(&dict, &Value::literal(name), value.clone());
    }
    dict
}

/// `dict.update(value)`.
pub(in crate::languages::python) fn add_to_dict(machine: &mut Machine<'_>, dict: &Value, value: &Value, site: Site) {
    let Some(Atom::Dict(id)) = dict.single() else { return };
    if let Some(pairs) = machine.exact_elements(value) {
        for pair in pairs {
            let key = machine.index(&pair, &Atom::Integer(0).into(), site);
            let value = machine.index(&pair, &Atom::Integer(1).into(), site);
            machine.store(dict, &key, value);
        }
        return;
    }
    machine.spread_into(*id, value);
}

pub(super) fn chain(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    let lists: Option<Vec<Vec<Value>>> =
        arguments.positional.iter().map(|list| machine.exact_iteration(list)).collect();
    match lists {
        Some(lists) if lists.len() > 1 => machine.new_list(lists.concat(), true, site),
        _ => {
            let mut element = Value::none();
            for list in &arguments.positional {
                let one = machine.elements(list, site);
                element = element.or(one.clone()).or(machine.elements(&one, site));
            }
            machine.new_list_of(element, site)
        }
    }
}
