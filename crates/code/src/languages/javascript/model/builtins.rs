//! The language's own library, as far as values that matter pass through it.

use std::rc::Rc;

use model::{Part, SymbolicText};

use super::commands::{first, second};
use super::paths::Path;
use super::{containers, facts};
use crate::evaluate::{Arguments, Atom, Closure, Machine, Partial, Site, Value};

/// Names that functions and modules bind in ways the intermediate form does not show.
const UNKNOWN_NAMES: &[&str] = &["arguments", "exports", "module", "this"];

/// Hand back what they are given: promises and values are not told apart, and frozen objects are themselves.
const IDENTITIES: &[&str] = &[
    "Array.from",
    "Object.create",
    "Object.freeze",
    "Object.seal",
    "Promise.all",
    "Promise.allSettled",
    "Promise.resolve",
    "String",
    "bluebird.promisify",
    "es6-promisify.promisify",
    "pify",
    "structuredClone",
    "util.callbackify",
    "util.deprecate",
    "util.promisify",
];

/// Run text as code.
const EVALUATORS: &[&str] = &[
    "Function",
    "eval",
    "vm.Script",
    "vm.compileFunction",
    "vm.runInContext",
    "vm.runInNewContext",
    "vm.runInThisContext",
];

pub(super) fn global(_machine: &mut Machine<'_>, name: &str, _site: Site) -> Option<Value> {
    (!UNKNOWN_NAMES.contains(&name)).then(|| Value::external(name))
}

/// `process.env.NAME`; other members are longer paths.
pub(super) fn external_member(path: &str, name: &str) -> Option<Value> {
    let path = Path::parse(path);
    match (path.package, path.members.as_slice()) {
        ("process", ["env"]) | ("globalThis" | "global", ["process", "env"]) => {
            Some(Value::text(SymbolicText::environment(name)))
        }
        ("globalThis" | "global", []) => Some(Value::external(name)),
        _ => None,
    }
}

/// `process.env[index]`.
pub(super) fn environment(index: &Value) -> Value {
    let texts = index.as_texts().into_iter().map(|name| match name.as_literal() {
        Some(name) => Value::text(SymbolicText::environment(name)),
        None => Value::text(SymbolicText::unknown()),
    });
    texts.fold(Value::none(), Value::or)
}

/// A member that is read rather than called.
pub(super) fn member(_machine: &mut Machine<'_>, receiver: &Atom, name: &str, _site: Site) -> Option<Value> {
    match (receiver, name) {
        (Atom::Text(_) | Atom::List(_) | Atom::Function(_), "length" | "name") => Some(Value::data()),
        _ => None,
    }
}

/// Calls of globals and of Node.js' own modules.
pub(super) fn call_external(
    machine: &mut Machine<'_>,
    path: &Path<'_>,
    arguments: &Arguments,
    construct: bool,
    site: Site,
) -> Option<Value> {
    let joined = path.joined();
    if EVALUATORS.contains(&joined.as_str()) {
        machine.unresolved(site, format!("code that `{joined}` makes at run time (eval) cannot be read"), Vec::new());
        return Some(Value::unknown());
    }
    if IDENTITIES.contains(&joined.as_str()) || is_capture(path.members.last().copied().unwrap_or_default()) {
        return Some(identity(machine, &joined, arguments, site));
    }
    match joined.as_str() {
        "require" | "import" | "module.require" => Some(import(machine, &first(arguments), site)),
        "Map" | "WeakMap" if construct => Some(machine.new_dict(Vec::new(), false, site)),
        "Promise.race" | "Promise.any" => Some(machine.elements(&first(arguments), site)),
        "Array.of" => Some(machine.new_list(arguments.positional.clone(), true, site)),
        "Object.keys" | "Object.values" | "Object.entries" | "Object.assign" | "Object.fromEntries" => {
            Some(containers::of_object(machine, &joined, arguments, site))
        }
        "JSON.parse" | "JSON.stringify" | "Number" | "Boolean" | "parseInt" | "Symbol" => Some(Value::data()),
        _ => None,
    }
}

/// `Array.from(values, function)` maps; the others give their argument.
fn identity(machine: &mut Machine<'_>, name: &str, arguments: &Arguments, site: Site) -> Value {
    match (name, arguments.positional.get(1)) {
        ("Array.from", Some(function)) => containers::map(machine, &first(arguments), &function.clone(), site),
        _ => first(arguments),
    }
}

/// X-Ray and tracers wrap a client, or the whole SDK, and hand it back.
fn is_capture(name: &str) -> bool {
    name.starts_with("captureAWS")
}

/// A computed `require` or `import()`.
fn import(machine: &mut Machine<'_>, request: &Value, site: Site) -> Value {
    let requests: Vec<String> = request.literals().map(str::to_owned).collect();
    if requests.len() < request.atoms().len() {
        machine.unresolved(site, "the module imported here is computed", Vec::new());
    }
    let loaded = requests.iter().filter_map(|request| machine.import(request, site)).fold(Value::none(), Value::or);
    if loaded.is_none() { Value::unknown() } else { loaded }
}

/// `receiver.name(arguments)` for anything that is not a client.
pub(super) fn call_member(
    machine: &mut Machine<'_>,
    receiver: &Atom,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Option<Value> {
    if is_capture(name) {
        return Some(first(arguments));
    }
    if let Some(called) = call_function_method(machine, receiver, name, arguments, site) {
        return Some(called);
    }
    match (receiver, name) {
        (_, "then") => Some(then(machine, receiver, arguments, site)),
        (_, "catch" | "finally") => {
            machine.escape(&first(arguments), site);
            Some(receiver.clone().into())
        }
        (_, "promise" | "valueOf") if arguments.positional.is_empty() => Some(receiver.clone().into()),
        (Atom::List(id), name) => containers::call_list(machine, *id, name, arguments, site),
        (Atom::Dict(id), "get" | "set" | "has") => containers::call_map(machine, *id, name, arguments, site),
        (Atom::Text(text), name) => call_text(text, name, arguments),
        (Atom::Unknown, name) => unbound(machine, name, arguments, site),
        _ => None,
    }
}

/// `bind`, `call`, `apply` of whatever can be called.
fn call_function_method(
    machine: &mut Machine<'_>,
    receiver: &Atom,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Option<Value> {
    if !matches!(receiver, Atom::Function(_) | Atom::Member(_) | Atom::Partial(_) | Atom::External(_) | Atom::Class(_))
    {
        return None;
    }
    let bound: Value = with_this(receiver, &first(arguments)).into();
    let rest: Vec<Value> = arguments.positional.iter().skip(1).cloned().collect();
    match name {
        "bind" if rest.is_empty() => Some(bound),
        "bind" => {
            let arguments = Arguments::positional(rest);
            Some(Atom::Partial(Rc::new(Partial { callee: bound, arguments })).into())
        }
        "call" => {
            let arguments = Arguments { positional: rest, ..arguments.clone() };
            Some(machine.call(&bound, &arguments, site))
        }
        "apply" => {
            let arguments = match machine.exact_elements(&second(arguments)) {
                Some(values) => Arguments::positional(values),
                None => Arguments::unknown(),
            };
            Some(machine.call(&bound, &arguments, site))
        }
        _ => None,
    }
}

fn with_this(callee: &Atom, this: &Value) -> Atom {
    match (callee, this.single()) {
        (Atom::Function(closure), Some(this)) if !matches!(this, Atom::Nothing) => {
            Atom::Function(Closure { receiver: Some(Rc::new(this.clone())), ..closure.clone() })
        }
        (callee, _) => callee.clone(),
    }
}

/// `value.then(function)`: a promise is its value.
fn then(machine: &mut Machine<'_>, receiver: &Atom, arguments: &Arguments, site: Site) -> Value {
    if let Some(on_failure) = arguments.positional.get(1) {
        machine.escape(on_failure, site);
    }
    match arguments.positional.first() {
        Some(next) if next.single() != Some(&Atom::Nothing) => {
            machine.call(next, &Arguments::positional([receiver.clone().into()]), site)
        }
        _ => receiver.clone().into(),
    }
}

fn call_text(text: &Rc<SymbolicText>, name: &str, arguments: &Arguments) -> Option<Value> {
    match name {
        "toString" | "trim" | "normalize" => Some(Value::text((**text).clone())),
        "concat" => {
            let mut joined = (**text).clone();
            for argument in &arguments.positional {
                let texts = argument.as_texts();
                match texts.as_slice() {
                    [only] => joined.append(only.clone()),
                    _ => joined.push(Part::Unknown),
                }
            }
            Some(Value::text(joined))
        }
        "toLowerCase" | "toLocaleLowerCase" => text.as_literal().map(|text| Value::literal(&text.to_lowercase())),
        "toUpperCase" | "toLocaleUpperCase" => text.as_literal().map(|text| Value::literal(&text.to_uppercase())),
        _ => None,
    }
}

/// A method that is named like an operation, on something that nothing is known of.
fn unbound(machine: &mut Machine<'_>, name: &str, arguments: &Arguments, site: Site) -> Option<Value> {
    if facts::services_of_method(name).next().is_some() {
        let (keyword, complete) = machine.entries(&first(arguments));
        let named = Arguments { keyword, more_keyword: !complete, ..Arguments::default() };
        machine.unbound(site, name, &named, None);
    }
    None
}
