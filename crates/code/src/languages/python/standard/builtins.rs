//! Built-in functions.

use std::rc::Rc;

use model::SymbolicText;

use super::super::sdk;
use super::argument;
use super::containers::{copy_list, enumerate, map_exact, new_dict, zip};
use super::library::import;
use crate::evaluate::{Arguments, Atom, Machine, Site, Value};

pub(super) fn call(machine: &mut Machine<'_>, name: &str, arguments: &Arguments, site: Site) -> Value {
    let first = argument(arguments, 0, "");
    if let Some(key) = arguments.named("key") {
        let element = machine.elements(&first, site);
        machine.call(key, &Arguments::positional([element]), site);
    }
    match name {
        "getattr" => get_attribute(machine, arguments, site),
        "setattr" => {
            let (key, value) = (argument(arguments, 1, ""), argument(arguments, 2, ""));
            let names: Vec<Rc<str>> = key.literals().map(Rc::from).collect();
            for name in &names {
                machine.store_member(&first, name, value.clone());
            }
            Atom::Nothing.into()
        }
        "list" | "tuple" | "set" | "frozenset" | "sorted" | "reversed" | "iter" | "aiter" => {
            copy_list(machine, &first, site)
        }
        "next" | "anext" => machine.elements(&first, site).or(argument(arguments, 1, "")),
        "min" | "max" if arguments.positional.len() == 1 => machine.elements(&first, site),
        "min" | "max" => arguments.positional.iter().fold(Value::none(), |all, value| all.or(value.clone())),
        "map" => {
            let elements: Vec<_> =
                arguments.positional.iter().skip(1).map(|list| machine.elements(list, site)).collect();
            let mapped = map_exact(machine, &first, arguments, site);
            mapped.unwrap_or_else(|| {
                let result = machine.call(&first, &Arguments::positional(elements), site);
                machine.new_list_of(result, site)
            })
        }
        "filter" => {
            let list = argument(arguments, 1, "");
            let element = machine.elements(&list, site);
            machine.call(&first, &Arguments::positional([element]), site);
            list
        }
        "zip" => zip(machine, arguments, site),
        "enumerate" => enumerate(machine, &first, site),
        "dict" => new_dict(machine, arguments, site),
        "str" | "repr" | "format" => text_of(&first),
        "type" if arguments.positional.len() == 1 => class_of(machine, &first),
        "property" | "classmethod" | "staticmethod" => first,
        "eval" | "exec" | "compile" => {
            if first.literals().next().is_none() || name == "exec" {
                machine.unresolved(site, format!("`{name}` runs code that is not known before it runs"), Vec::new());
            }
            Value::unknown()
        }
        "__import__" => import(machine, &first, site),
        "globals" | "locals" | "vars" => machine.new_dict(Vec::new(), false, site),
        "open" => machine.foreign("builtins.open()", site),
        "object" => machine.foreign("builtins.object()", site),
        _ => {
            for value in arguments.keyword.iter().map(|(_, value)| value) {
                machine.escape(value, site);
            }
            Value::data()
        }
    }
}

/// `getattr(object, name, default)`.
fn get_attribute(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    let (object, name) = (argument(arguments, 0, ""), argument(arguments, 1, ""));
    let mut found = arguments.positional.get(2).cloned().unwrap_or_else(Value::none);
    let names: Vec<String> = name.literals().map(str::to_owned).collect();
    let all_known = names.len() == name.atoms().len();
    for name in &names {
        found = found.or(machine.member(&object, name, site));
    }
    if all_known {
        return found;
    }
    for atom in object.atoms() {
        match atom {
            Atom::Cloud(cloud) => sdk::computed_member(machine, cloud, site),
            Atom::Instance(_) | Atom::Class(_) | Atom::Module(_) => {
                for text in name.texts().cloned().collect::<Vec<_>>() {
                    found = found.or(machine.members_like(atom, &text, site));
                }
                if name.texts().next().is_none() {
                    found = found.or(machine.members_like(atom, &SymbolicText::unknown(), site));
                }
            }
            Atom::External(path) if super::super::is_sdk(path) => {
                machine.unresolved(site, format!("a member of `{path}` is taken by a computed name"), Vec::new());
            }
            _ => {}
        }
    }
    found.or(if object.atoms().iter().any(Atom::is_anything) { Value::unknown() } else { Value::none() })
}

/// What `str(value)` gives.
fn text_of(value: &Value) -> Value {
    if value.is_none() {
        return Value::literal("");
    }
    value.as_texts().into_iter().map(|text| Atom::Text(Rc::new(text))).collect()
}

fn class_of(machine: &mut Machine<'_>, value: &Value) -> Value {
    let class = |atom: &Atom| match atom {
        Atom::Instance(id) => machine.class_of(*id).map(Atom::Class),
        _ => None,
    };
    let classes: Value = value.atoms().iter().filter_map(class).collect();
    if classes.is_none() { Value::data() } else { classes }
}
