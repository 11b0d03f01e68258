//! What runs functions at another time: threads, pools, event loops, futures.

use super::{argument, builtins, rest_of};
use crate::evaluate::{Arguments, Cloud, Machine, Site, Value};

/// The thread's function runs, whenever it is started.
pub(super) fn run_thread(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    let target = arguments.named("target").or_else(|| arguments.named("function")).cloned();
    let target = target.or_else(|| arguments.positional.get(1).cloned()).unwrap_or_else(Value::none);
    let given = arguments.named("args").cloned().unwrap_or_else(Value::none);
    let (keyword, complete) = match arguments.named("kwargs") {
        Some(keyword) => machine.entries(keyword),
        None => (Vec::new(), true),
    };
    let positional = machine.exact_iteration(&given);
    let call = Arguments {
        more_positional: positional.is_none() && !given.is_none(),
        positional: positional.unwrap_or_default(),
        keyword,
        more_keyword: !complete,
    };
    machine.call(&target, &call, site);
    machine.foreign("threading.Thread()", site)
}

/// Methods of pools, loops and stacks.
fn call_runner(machine: &mut Machine<'_>, name: &str, arguments: &Arguments, site: Site) -> Value {
    let first = argument(arguments, 0, "");
    match name {
        "submit" | "apply" | "apply_async" | "call_soon" | "call_soon_threadsafe" | "callback" | "start_soon" => {
            let call = match name {
                "apply" | "apply_async" => {
                    let given = argument(arguments, 1, "args");
                    let positional = machine.exact_iteration(&given);
                    Arguments {
                        more_positional: positional.is_none(),
                        positional: positional.unwrap_or_default(),
                        ..Arguments::default()
                    }
                }
                _ => rest_of(arguments, 1),
            };
            let result = machine.call(&first, &call, site);
            future(result)
        }
        "map" | "imap" | "imap_unordered" | "map_async" | "starmap" => {
            let mut mapped = arguments.clone();
            if name == "starmap" {
                let row = machine.elements(&argument(arguments, 1, ""), site);
                let values = machine.exact_iteration(&row).unwrap_or_else(|| vec![Value::unknown()]);
                let result = machine.call(&first, &Arguments::positional(values), site);
                return machine.new_list_of(result, site);
            }
            mapped.keyword.clear();
            builtins::call(machine, "map", &mapped, site)
        }
        "run_in_executor" => {
            let callee = argument(arguments, 1, "func");
            machine.call(&callee, &rest_of(arguments, 2), site)
        }
        "run_until_complete" | "create_task" | "enter_context" | "enter_async_context" | "push_async_exit" => first,
        _ => Value::data(),
    }
}

/// A pool, loop or stack of contexts.
pub(super) fn new_runner(_: &mut Machine<'_>, _: &Arguments, _: Site) -> Value {
    Value::cloud(Cloud::Special { kind: "runner", name: "".into(), parts: [].into() })
}

fn future(value: Value) -> Value {
    Value::cloud(Cloud::Special { kind: "future", name: "".into(), parts: [value].into() })
}

/// Values that stand for something of the standard library.
pub(in crate::languages::python) fn call_special_member(
    machine: &mut Machine<'_>,
    kind: &str,
    parts: &[Value],
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Option<Value> {
    match (kind, name) {
        ("future", "result") => parts.first().cloned(),
        ("future", "add_done_callback") => {
            machine.call(&argument(arguments, 0, ""), &Arguments::positional([Value::data()]), site);
            Some(Value::data())
        }
        ("future", _) => Some(Value::data()),
        ("runner", name) => Some(call_runner(machine, name, arguments, site)),
        _ => None,
    }
}

/// Calling such a value itself.
pub(in crate::languages::python) fn call_special(
    machine: &mut Machine<'_>,
    kind: &str,
    parts: &[Value],
    arguments: &Arguments,
    site: Site,
) -> Option<Value> {
    let object = argument(arguments, 0, "");
    let name = parts.first()?.clone();
    match kind {
        "methodcaller" => {
            let names: Vec<String> = name.literals().map(str::to_owned).collect();
            let given = Arguments::positional(parts.iter().skip(1).cloned());
            Some(names.iter().fold(Value::none(), |found, name| {
                let method = machine.member(&object, name, site);
                found.or(machine.call(&method, &given, site))
            }))
        }
        "attrgetter" => {
            let names: Vec<String> = name.literals().map(str::to_owned).collect();
            Some(names.iter().fold(Value::none(), |found, name| found.or(machine.member(&object, name, site))))
        }
        "itemgetter" => Some(machine.index(&object, &name, site)),
        _ => None,
    }
}
