//! Methods of texts, lists and dicts.

use std::rc::Rc;

use model::SymbolicText;

use super::standard::{add_to_dict, copy_list};
use crate::evaluate::{Arguments, Atom, Machine, Member, Site, Value};

pub(super) fn call(machine: &mut Machine<'_>, member: &Member, arguments: &Arguments, site: Site) -> Option<Value> {
    match &member.receiver {
        Atom::Text(text) => call_text(machine, text, &member.name, arguments, site),
        Atom::List(_) => call_list(machine, &member.receiver, &member.name, arguments, site),
        Atom::Dict(_) => call_dict(machine, &member.receiver, &member.name, arguments, site),
        Atom::Foreign(path, _) => super::sdk::wrappers::call_method(machine, member, path, arguments, site),
        Atom::Class(class) => {
            super::sdk::wrappers::call_class(machine, &member.receiver, *class, &member.name, arguments, site)
        }
        Atom::Super(class, _) if &*member.name == "__new__" => {
            let made = arguments.positional.first().and_then(Value::single);
            let class = match made {
                Some(Atom::Class(made)) => *made,
                _ => *class,
            };
            Some(Atom::Instance(machine.new_instance(class, site)).into())
        }
        Atom::Super(class, _) => {
            let found =
                super::sdk::wrappers::call_class(machine, &member.receiver, *class, &member.name, arguments, site);
            found.or_else(|| Some(Value::data()))
        }
        Atom::Instance(id) => {
            let class = machine.class_of(*id)?;
            super::sdk::wrappers::call_class(machine, &member.receiver, class, &member.name, arguments, site)
        }
        _ if &*member.name == "__mod__" => Some(Value::data()),
        _ => None,
    }
}

fn texts(texts: impl IntoIterator<Item = SymbolicText>) -> Value {
    texts.into_iter().map(|text| Atom::Text(Rc::new(text))).collect()
}

fn call_text(
    machine: &mut Machine<'_>,
    text: &SymbolicText,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Option<Value> {
    let same = || Some(Value::text(text.clone()));
    match (name, text.as_literal()) {
        ("format", Some(template)) => Some(format(machine, template, arguments, site)),
        ("__mod__", Some(template)) => Some(percent(machine, template, arguments, site)),
        ("strip" | "lstrip" | "rstrip" | "encode" | "decode" | "__str__" | "expandtabs", None) => same(),
        ("encode" | "decode" | "__str__", Some(_)) => same(),
        ("strip", Some(text)) => Some(Value::literal(text.trim())),
        ("lower" | "casefold", Some(text)) => Some(Value::literal(&text.to_lowercase())),
        ("upper", Some(text)) => Some(Value::literal(&text.to_uppercase())),
        ("title" | "capitalize", Some(text)) => Some(Value::literal(&capitalized(text))),
        ("replace", Some(text)) => {
            let (from, to) = (arguments.positional.first()?, arguments.positional.get(1)?);
            match (from.single(), to.single(), from.literals().next(), to.literals().next()) {
                (Some(_), Some(_), Some(from), Some(to)) => Some(Value::literal(&text.replace(from, to))),
                _ => Some(texts([SymbolicText::unknown()])),
            }
        }
        ("split", Some(text)) if arguments.positional.len() == 1 => {
            let separator = arguments.positional.first()?.literals().next()?.to_owned();
            if separator.is_empty() {
                return None;
            }
            let parts = text.split(&separator).map(Value::literal).collect();
            Some(machine.new_list(parts, true, site))
        }
        ("join", Some(separator)) => Some(join(machine, separator, arguments, site)),
        ("removeprefix" | "removesuffix" | "lstrip" | "rstrip" | "replace", _) => {
            Some(texts([SymbolicText::unknown()]))
        }
        ("lower" | "upper" | "title" | "capitalize" | "format" | "join" | "__mod__" | "casefold", None) => {
            Some(texts([SymbolicText::unknown()]))
        }
        _ => Some(Value::data()),
    }
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters.flat_map(char::to_lowercase)).collect())
        .unwrap_or_default()
}

fn join(machine: &mut Machine<'_>, separator: &str, arguments: &Arguments, site: Site) -> Value {
    let parts = arguments.positional.first().and_then(|list| machine.exact_iteration(list));
    let Some(parts) = parts.filter(|parts| !parts.is_empty()) else { return texts([SymbolicText::unknown()]) };
    let mut joined = vec![Value::literal("")];
    for (at, part) in parts.into_iter().enumerate() {
        if at > 0 {
            joined.push(Value::literal(separator));
        }
        joined.push(part);
    }
    machine.concatenate(&joined, site)
}

/// `"{} {0} {name}".format(…)`.
fn format(machine: &mut Machine<'_>, template: &str, arguments: &Arguments, site: Site) -> Value {
    let mut parts = vec![Value::literal("")];
    let mut next = 0;
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, after) = rest.split_at(at);
        parts.push(Value::literal(before));
        if let Some(doubled) = after.strip_prefix("{{").or_else(|| after.strip_prefix("}}")) {
            parts.push(Value::literal(after.get(..1).unwrap_or_default()));
            rest = doubled;
            continue;
        }
        let Some((field, after)) = after.get(1..).unwrap_or_default().split_once('}') else {
            parts.push(Value::data());
            rest = "";
            break;
        };
        let key = field.split([':', '!']).next().unwrap_or_default();
        let plain = key == field;
        let value = if key.is_empty() {
            next += 1;
            arguments.positional.get(next - 1)
        } else if let Ok(position) = key.parse::<usize>() {
            arguments.positional.get(position)
        } else {
            arguments.named(key)
        };
        parts.push(value.filter(|_| plain).cloned().unwrap_or_else(Value::data));
        rest = after;
    }
    parts.push(Value::literal(rest));
    machine.concatenate(&parts, site)
}

/// `"%s %(name)s" % values`.
fn percent(machine: &mut Machine<'_>, template: &str, arguments: &Arguments, site: Site) -> Value {
    let Some(values) = arguments.positional.first() else { return Value::data() };
    let list = machine.exact_elements(values);
    let mut positional = list.unwrap_or_else(|| vec![values.clone()]).into_iter();
    let mut parts = vec![Value::literal("")];
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('%') {
        parts.push(Value::literal(before));
        if let Some(after) = after.strip_prefix('%') {
            parts.push(Value::literal("%"));
            rest = after;
            continue;
        }
        let (value, after) = match after.strip_prefix('(').and_then(|named| named.split_once(')')) {
            Some((name, after)) => (Some(machine.index(values, &Value::literal(name), site)), after),
            None => (positional.next(), after),
        };
        let conversion = after.find(|character: char| character.is_ascii_alphabetic());
        let (specification, after) = after.split_at(conversion.map_or(after.len(), |at| at + 1));
        parts.push(value.filter(|_| specification == "s" || specification == "d").unwrap_or_else(Value::data));
        rest = after;
    }
    parts.push(Value::literal(rest));
    machine.concatenate(&parts, site)
}

fn call_list(machine: &mut Machine<'_>, list: &Atom, name: &str, arguments: &Arguments, site: Site) -> Option<Value> {
    let Atom::List(id) = list else { return None };
    let value: Value = list.clone().into();
    let first = arguments.positional.first().cloned().unwrap_or_else(Value::none);
    match name {
        "append" | "add" | "appendleft" | "put" | "put_nowait" => {
            machine.push_element(*id, first);
            Some(Atom::Nothing.into())
        }
        "insert" => {
            machine.join_rest(*id, arguments.positional.get(1).cloned().unwrap_or_else(Value::data));
            Some(Atom::Nothing.into())
        }
        "extend" | "update" | "extendleft" => {
            match machine.exact_iteration(&first) {
                Some(elements) => elements.into_iter().for_each(|element| machine.push_element(*id, element)),
                None => {
                    let element = machine.elements(&first, site);
                    machine.join_rest(*id, element);
                }
            }
            Some(Atom::Nothing.into())
        }
        "pop" | "popleft" | "get" | "get_nowait" => Some(machine.elements(&value, site)),
        "copy" | "union" | "intersection" | "difference" => Some(copy_list(machine, &value, site)),
        "sort" => {
            if let Some(key) = arguments.named("key") {
                let element = machine.elements(&value, site);
                machine.call(key, &Arguments::positional([element]), site);
            }
            Some(Atom::Nothing.into())
        }
        "send" | "__next__" | "__anext__" => Some(machine.elements(&value, site)),
        _ => Some(Value::data()),
    }
}

fn call_dict(machine: &mut Machine<'_>, dict: &Atom, name: &str, arguments: &Arguments, site: Site) -> Option<Value> {
    let value: Value = dict.clone().into();
    let key = arguments.positional.first().cloned().unwrap_or_else(Value::none);
    let default = || arguments.positional.get(1).cloned().unwrap_or_else(|| Atom::Nothing.into());
    match name {
        "get" | "pop" | "__getitem__" => {
            let found = machine.index(&value, &key, site);
            Some(if found.is_none() {
                default()
            } else {
                found.or(arguments.positional.get(1).cloned().unwrap_or_else(Value::none))
            })
        }
        "setdefault" => {
            machine.store(&value, &key, default());
            Some(machine.index(&value, &key, site))
        }
        "update" => {
            add_to_dict(machine, &value, &key, site);
            for (name, part) in &arguments.keyword {
                machine.store(&value, &Value::literal(name), part.clone());
            }
            Some(Atom::Nothing.into())
        }
        "copy" => {
            let copy = machine.new_dict(Vec::new(), true, site);
            add_to_dict(machine, &copy, &value, site);
            Some(copy)
        }
        "items" => Some(items(machine, &value, site)),
        "keys" => Some(copy_list(machine, &value, site)),
        "values" => {
            let (entries, complete) = machine.entries(&value);
            if complete {
                let values = entries.into_iter().map(|(_, value)| value).collect();
                return Some(machine.new_list(values, true, site));
            }
            let any = machine.index(&value, &Value::data(), site);
            Some(machine.new_list_of(any, site))
        }
        "popitem" => {
            let list = items(machine, &value, site);
            Some(machine.elements(&list, site))
        }
        _ => Some(Value::data()),
    }
}

fn items(machine: &mut Machine<'_>, dict: &Value, site: Site) -> Value {
    let (entries, complete) = machine.entries(dict);
    if complete {
        let pairs = entries
            .into_iter()
            .map(|(name, value)| machine.new_list(vec![Value::literal(&name), value], true, site))
            .collect();
        return machine.new_list(pairs, true, site);
    }
    let any = machine.index(dict, &Value::data(), site);
    let pair = machine.new_list(vec![Value::data(), any], true, site);
    machine.new_list_of(pair, site)
}
