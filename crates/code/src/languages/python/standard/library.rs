//! Functions of the standard library.

use std::rc::Rc;

use model::SymbolicText;

use super::super::sdk;
use super::{argument, containers, environment, rest_of, runners};
use crate::evaluate::{Arguments, Atom, Cloud, Machine, Partial, Site, Value};

/// What calling a function gives.
type Behaviour = fn(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value;

/// Functions and classes through which values flow, sorted by path.
const FUNCTIONS: &[(&str, Behaviour)] = &[
    ("anyio.to_thread.run_sync", called),
    ("argparse.Namespace", namespace),
    ("asyncio.TaskGroup", runners::new_runner),
    ("asyncio.as_completed", first),
    ("asyncio.create_subprocess_exec", process_of_words),
    ("asyncio.create_subprocess_shell", process),
    ("asyncio.create_task", first),
    ("asyncio.ensure_future", first),
    ("asyncio.gather", gathered),
    ("asyncio.get_event_loop", runners::new_runner),
    ("asyncio.get_running_loop", runners::new_runner),
    ("asyncio.new_event_loop", runners::new_runner),
    ("asyncio.run", first),
    ("asyncio.run_coroutine_threadsafe", first),
    ("asyncio.shield", first),
    ("asyncio.to_thread", called),
    ("asyncio.wait", first),
    ("asyncio.wait_for", first),
    ("collections.OrderedDict", containers::new_dict),
    ("collections.defaultdict", default_dict),
    ("collections.deque", deque),
    ("concurrent.futures.ProcessPoolExecutor", runners::new_runner),
    ("concurrent.futures.ThreadPoolExecutor", runners::new_runner),
    ("concurrent.futures.as_completed", first),
    ("concurrent.futures.thread.ThreadPoolExecutor", runners::new_runner),
    ("concurrent.futures.wait", first),
    ("contextlib.AsyncExitStack", runners::new_runner),
    ("contextlib.ExitStack", runners::new_runner),
    ("contextlib.aclosing", first),
    ("contextlib.asynccontextmanager", first),
    ("contextlib.closing", first),
    ("contextlib.contextmanager", first),
    ("copy.copy", first),
    ("copy.deepcopy", first),
    ("functools.cache", cached),
    ("functools.cached_property", cached),
    ("functools.lru_cache", cached),
    ("functools.partial", partial),
    ("functools.partialmethod", partial),
    ("functools.reduce", reduced),
    ("functools.singledispatch", cached),
    ("importlib.import_module", import_module),
    ("importlib.reload", first),
    ("inspect.unwrap", first),
    ("itertools.chain", containers::chain),
    ("itertools.chain.from_iterable", containers::chain),
    ("itertools.cycle", first),
    ("itertools.islice", first),
    ("json.dump", data),
    ("json.dumps", data),
    ("json.load", data),
    ("json.loads", data),
    ("multiprocessing.Pool", runners::new_runner),
    ("multiprocessing.Process", runners::run_thread),
    ("multiprocessing.context.Process", runners::run_thread),
    ("multiprocessing.dummy.Pool", runners::new_runner),
    ("multiprocessing.pool.Pool", runners::new_runner),
    ("multiprocessing.pool.ThreadPool", runners::new_runner),
    ("operator.attrgetter", attribute_getter),
    ("operator.itemgetter", item_getter),
    ("operator.methodcaller", method_caller),
    ("os.environ.copy", copied_environment),
    ("os.environ.get", environment_variable),
    ("os.environ.pop", environment_variable),
    ("os.environ.setdefault", environment_variable),
    ("os.execvp", process_of_words),
    ("os.getenv", environment_variable),
    ("os.path.join", joined_path),
    ("os.popen", process),
    ("os.system", process),
    ("posixpath.join", joined_path),
    ("subprocess.Popen", process),
    ("subprocess.call", process),
    ("subprocess.check_call", process),
    ("subprocess.check_output", process),
    ("subprocess.getoutput", process),
    ("subprocess.getstatusoutput", process),
    ("subprocess.run", process),
    ("threading.Thread", runners::run_thread),
    ("threading.Timer", runners::run_thread),
    ("time.sleep", data),
    ("types.MappingProxyType", containers::new_dict),
    ("types.SimpleNamespace", namespace),
    ("typing.cast", second),
    ("typing_extensions.cast", second),
    ("weakref.proxy", first),
    ("weakref.ref", first),
];

pub(super) fn call(machine: &mut Machine<'_>, path: &str, arguments: &Arguments, site: Site) -> Option<Value> {
    let at = FUNCTIONS.binary_search_by(|(known, _)| known.cmp(&path)).ok()?;
    let (_, behaviour) = FUNCTIONS.get(at)?;
    if std::ptr::fn_addr_eq(*behaviour, cached as Behaviour) && arguments.positional.len() != 1 {
        // `lru_cache(maxsize=1)` makes a decorator.
        return None;
    }
    Some(behaviour(machine, arguments, site))
}

fn first(_: &mut Machine<'_>, arguments: &Arguments, _: Site) -> Value {
    argument(arguments, 0, "")
}

fn second(_: &mut Machine<'_>, arguments: &Arguments, _: Site) -> Value {
    argument(arguments, 1, "")
}

/// Functions among the arguments (`default=`, `object_hook=`) are called with data.
fn data(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    for (_, value) in &arguments.keyword {
        let functions = value.without(|atom| !matches!(atom, Atom::Function(_)));
        machine.escape(&functions, site);
    }
    Value::data()
}

fn environment_variable(machine: &mut Machine<'_>, arguments: &Arguments, _: Site) -> Value {
    let default = arguments.get(1, "default").cloned().unwrap_or_else(Value::none);
    let says_nothing = |atom: &Atom| match atom {
        Atom::Text(text) => text.is_empty(),
        atom => *atom == Atom::Nothing,
    };
    let value = environment(&argument(arguments, 0, "key")).or(default.without(says_nothing));
    machine.without_defaults(value)
}

fn copied_environment(_: &mut Machine<'_>, _: &Arguments, _: Site) -> Value {
    Value::external("os.environ")
}

fn joined_path(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    let mut parts = Vec::new();
    for (at, part) in arguments.positional.iter().enumerate() {
        if at > 0 {
            parts.push(Value::literal("/"));
        }
        parts.push(part.clone());
    }
    machine.concatenate(&parts, site)
}

fn partial(_: &mut Machine<'_>, arguments: &Arguments, _: Site) -> Value {
    let callee = argument(arguments, 0, "func");
    Atom::Partial(Rc::new(Partial { callee, arguments: rest_of(arguments, 1) })).into()
}

fn reduced(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    let element = machine.elements(&argument(arguments, 1, ""), site);
    let start = argument(arguments, 2, "").or(element.clone());
    machine.call(&argument(arguments, 0, ""), &Arguments::positional([start, element]), site)
}

/// A function that remembers results gives what it gives.
fn cached(_: &mut Machine<'_>, arguments: &Arguments, _: Site) -> Value {
    argument(arguments, 0, "")
}

fn gathered(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    machine.new_list(arguments.positional.clone(), !arguments.more_positional, site)
}

fn called(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    machine.call(&argument(arguments, 0, "func"), &rest_of(arguments, 1), site)
}

fn namespace(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    let value = machine.foreign("types.SimpleNamespace()", site);
    for (name, part) in &arguments.keyword {
        machine.store_member(&value, name, part.clone());
    }
    value
}

fn default_dict(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    let dict = machine.new_dict(Vec::new(), true, site);
    let default = machine.call(&argument(arguments, 0, ""), &Arguments::default(), site);
    if let Some(Atom::Dict(id)) = dict.single() {
        machine.join_rest(*id, default);
    }
    dict
}

fn deque(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    containers::copy_list(machine, &argument(arguments, 0, "iterable"), site)
}

fn special(kind: &'static str, parts: &[Value]) -> Value {
    Value::cloud(Cloud::Special { kind, name: "".into(), parts: parts.into() })
}

fn method_caller(_: &mut Machine<'_>, arguments: &Arguments, _: Site) -> Value {
    special("methodcaller", &arguments.positional)
}

fn attribute_getter(_: &mut Machine<'_>, arguments: &Arguments, _: Site) -> Value {
    special("attrgetter", &arguments.positional)
}

fn item_getter(_: &mut Machine<'_>, arguments: &Arguments, _: Site) -> Value {
    special("itemgetter", &arguments.positional)
}

fn process(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    let command = arguments.get(0, "args").or_else(|| arguments.get(0, "cmd")).cloned();
    if let Some(command) = command {
        sdk::cli::run_command(machine, &command, site);
    }
    Value::data()
}

fn process_of_words(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    sdk::cli::run_words(machine, &arguments.positional, site);
    Value::data()
}

/// Modules by name, loaded and run.
pub(super) fn import(machine: &mut Machine<'_>, name: &Value, site: Site) -> Value {
    let mut names: Vec<String> = name.literals().map(str::to_owned).collect();
    let computed = name.texts().filter(|text| text.as_literal().is_none());
    let packages: Vec<String> = computed.filter_map(package_prefix).collect();
    if name.atoms().len() > names.len() + packages.len() || name.is_none() {
        machine.unresolved(site, "a module is imported by a computed name", Vec::new());
    }
    for package in packages {
        let modules = machine.modules_below(&package, site);
        if modules.is_empty() {
            let why = format!("a module of `{package}` is imported by a computed name");
            machine.unresolved(site, why, Vec::new());
        }
        names.extend(modules);
    }
    names.iter().fold(Value::none(), |found, name| found.or(machine.import(name, site).unwrap_or_else(Value::unknown)))
}

fn import_module(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
    let name = argument(arguments, 0, "name");
    let package = argument(arguments, 1, "package");
    let package = package.literals().next().map(str::to_owned);
    let starts_with_dot = |text: &SymbolicText| match text.parts().first() {
        Some(model::Part::Literal(start)) => start.starts_with('.'),
        _ => false,
    };
    match package {
        Some(package) if name.texts().any(starts_with_dot) => {
            let absolute = machine.concatenate(&[Value::literal(&package), name], site);
            import(machine, &absolute, site)
        }
        _ => import(machine, &name, site),
    }
}

/// The package of `package.{computed}`.
fn package_prefix(name: &SymbolicText) -> Option<String> {
    match name.parts().first() {
        Some(model::Part::Literal(start)) => start.rsplit_once('.').map(|(package, _)| package.to_owned()),
        _ => None,
    }
    .filter(|package| !package.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_sorted() {
        assert!(FUNCTIONS.is_sorted_by_key(|(path, _)| *path));
    }
}
