//! Built-in names and the standard library, as far as clients, operation names and functions flow through them.
//!
//! **Source**: the Python 3.14 library reference. What is not listed here gives data (standard library) or something
//! foreign (other packages), and functions handed to it are taken to be called.

use std::rc::Rc;

use model::SymbolicText;

use super::sdk;
use crate::evaluate::{Arguments, Atom, Cloud, Machine, Member, OWNER, Partial, Site, Value};
use crate::facts;

/// Modules of the standard library, sorted.
const MODULES: &[&str] = &[
    "__future__",
    "abc",
    "argparse",
    "array",
    "ast",
    "asyncio",
    "atexit",
    "base64",
    "binascii",
    "bisect",
    "builtins",
    "bz2",
    "calendar",
    "cgi",
    "cmath",
    "cmd",
    "code",
    "codecs",
    "collections",
    "colorsys",
    "concurrent",
    "configparser",
    "contextlib",
    "contextvars",
    "copy",
    "copyreg",
    "csv",
    "ctypes",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "dis",
    "distutils",
    "doctest",
    "email",
    "encodings",
    "enum",
    "errno",
    "faulthandler",
    "fcntl",
    "fileinput",
    "fnmatch",
    "fractions",
    "ftplib",
    "functools",
    "gc",
    "getopt",
    "getpass",
    "gettext",
    "glob",
    "graphlib",
    "gzip",
    "hashlib",
    "heapq",
    "hmac",
    "html",
    "http",
    "imaplib",
    "imp",
    "importlib",
    "inspect",
    "io",
    "ipaddress",
    "itertools",
    "json",
    "keyword",
    "linecache",
    "locale",
    "logging",
    "lzma",
    "mailbox",
    "marshal",
    "math",
    "mimetypes",
    "mmap",
    "multiprocessing",
    "numbers",
    "operator",
    "os",
    "pathlib",
    "pdb",
    "pickle",
    "pkgutil",
    "platform",
    "plistlib",
    "poplib",
    "posixpath",
    "pprint",
    "profile",
    "pwd",
    "queue",
    "quopri",
    "random",
    "re",
    "readline",
    "reprlib",
    "resource",
    "runpy",
    "sched",
    "secrets",
    "select",
    "selectors",
    "shelve",
    "shlex",
    "shutil",
    "signal",
    "site",
    "smtplib",
    "socket",
    "socketserver",
    "sqlite3",
    "ssl",
    "stat",
    "statistics",
    "string",
    "stringprep",
    "struct",
    "subprocess",
    "symtable",
    "sys",
    "sysconfig",
    "tarfile",
    "tempfile",
    "textwrap",
    "threading",
    "time",
    "timeit",
    "token",
    "tokenize",
    "tomllib",
    "traceback",
    "tracemalloc",
    "types",
    "typing",
    "unicodedata",
    "unittest",
    "urllib",
    "uuid",
    "venv",
    "warnings",
    "wave",
    "weakref",
    "webbrowser",
    "wsgiref",
    "xml",
    "xmlrpc",
    "zipfile",
    "zipimport",
    "zlib",
    "zoneinfo",
];

/// Built-in functions and types that values flow through or that matter otherwise; the rest of the built-ins give data.
const BUILTINS: &[&str] = &[
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "ConnectionError",
    "EOFError",
    "Exception",
    "FileExistsError",
    "FileNotFoundError",
    "IOError",
    "ImportError",
    "IndexError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "ModuleNotFoundError",
    "NameError",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PermissionError",
    "RuntimeError",
    "RuntimeWarning",
    "StopAsyncIteration",
    "StopIteration",
    "SyntaxError",
    "SystemExit",
    "TimeoutError",
    "TypeError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UserWarning",
    "ValueError",
    "Warning",
    "ZeroDivisionError",
    "__import__",
    "abs",
    "aiter",
    "all",
    "anext",
    "any",
    "ascii",
    "bin",
    "bool",
    "breakpoint",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "compile",
    "complex",
    "delattr",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "eval",
    "exec",
    "exit",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "help",
    "hex",
    "id",
    "input",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "locals",
    "map",
    "max",
    "memoryview",
    "min",
    "next",
    "object",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "quit",
    "range",
    "raw_input",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "slice",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "unicode",
    "vars",
    "zip",
];

pub(super) fn is_standard(module: &str) -> bool {
    MODULES.binary_search(&module).is_ok()
}

fn package(path: &str) -> &str {
    path.split('.').next().unwrap_or_default()
}

pub(super) fn global(machine: &mut Machine<'_>, name: &str, _site: Site) -> Option<Value> {
    if BUILTINS.binary_search(&name).is_ok() {
        return Some(Value::external(&format!("builtins.{name}")));
    }
    match name {
        // Imported by the platform, a module is never the main one; run by itself, it may be.
        "__name__" if machine.has_handler() => Some(Value::literal("module")),
        "__name__" | "__file__" | "__doc__" | "__debug__" | "__path__" | "__package__" => Some(Value::data()),
        _ => None,
    }
}

/// Classes of the standard library whose methods no framework calls.
pub(super) fn is_inert_base(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or_default();
    matches!(
        package(path),
        "builtins" | "abc" | "enum" | "typing" | "typing_extensions" | "dataclasses" | "collections"
    ) || name.ends_with("Exception")
        || name.ends_with("Error")
        || matches!(name, "BaseModel" | "BaseSettings" | "Schema" | "JSONEncoder")
}

pub(super) fn member(machine: &mut Machine<'_>, receiver: &Atom, name: &str, site: Site) -> Option<Value> {
    match receiver {
        // `Enum` members are written like fields.
        Atom::Text(_) | Atom::Integer(_) if name == "value" => Some(receiver.clone().into()),
        Atom::Instance(id) | Atom::Class(id) => {
            let class = if matches!(receiver, Atom::Class(_)) { *id } else { machine.class_of(*id)? };
            match name {
                "__class__" => Some(Atom::Class(class).into()),
                "__dict__" | "__name__" | "__module__" | "__doc__" => Some(Value::data()),
                _ => setting(machine, class, name),
            }
        }
        Atom::Data if name.contains('_') && facts::python_operations(name).next().is_some() => {
            Some(Atom::Member(Rc::new(Member { receiver: Atom::Data, name: name.into() })).into())
        }
        Atom::External(path) if path.ends_with("()") => Some(
            Atom::Member(Rc::new(Member {
                receiver: machine.foreign(path, site).single()?.clone(),
                name: name.into(),
            }))
            .into(),
        ),
        _ => None,
    }
}

/// Fields of pydantic's settings classes hold the environment variable of their name.
fn setting(machine: &mut Machine<'_>, class: crate::evaluate::ObjectId, name: &str) -> Option<Value> {
    let is_settings = machine.foreign_bases(class).iter().any(|base| base.ends_with("BaseSettings"));
    is_settings.then(|| Value::text(SymbolicText::environment(name.to_uppercase())))
}

pub(super) fn index(_machine: &mut Machine<'_>, path: &str, index: &Value) -> Option<Value> {
    match path {
        "os.environ" | "os.environb" => Some(environment(index)),
        _ if matches!(package(path), "typing" | "typing_extensions") => Some(index.clone()),
        _ => None,
    }
}

/// The environment variables of these names.
pub(super) fn environment(names: &Value) -> Value {
    let variable = |atom: &Atom| match atom {
        Atom::Text(text) => match text.as_literal() {
            Some(name) => Value::text(SymbolicText::environment(name)),
            None => Value::text(SymbolicText::unknown()),
        },
        _ => Value::text(SymbolicText::unknown()),
    };
    names.atoms().iter().fold(Value::none(), |values, atom| values.or(variable(atom)))
}

pub(super) fn decorate(machine: &mut Machine<'_>, decorator: &Atom, decorated: &Value, site: Site) -> Option<Value> {
    match decorator {
        Atom::External(path) if is_transparent(path) => Some(decorated.clone()),
        Atom::External(path) => {
            sdk::wrappers::decorated(machine, path, site);
            Some(decorated.clone())
        }
        Atom::Foreign(path, id) => {
            if !is_transparent(path)
                && let Some(owner) = machine.part(*id, OWNER)
            {
                for atom in owner.atoms().to_vec() {
                    if let Atom::Foreign(_, owner) = atom {
                        machine.hold(owner, decorated.clone());
                    }
                }
            }
            Some(decorated.clone())
        }
        Atom::Member(member) => {
            if let Atom::Foreign(path, owner) = &member.receiver
                && !is_transparent(path)
            {
                machine.hold(*owner, decorated.clone());
            }
            Some(decorated.clone())
        }
        _ => None,
    }
}

/// Decorators that only wrap: using the object they belong to does not call what they decorate.
fn is_transparent(path: &str) -> bool {
    const WRAPPING: &[&str] = &[
        "aws_lambda_powertools.Logger",
        "aws_lambda_powertools.Metrics",
        "aws_lambda_powertools.Tracer",
        "aws_lambda_powertools.logging",
        "aws_lambda_powertools.metrics",
        "aws_lambda_powertools.middleware_factory",
        "aws_lambda_powertools.tracing",
        "aws_xray_sdk",
        "backoff",
        "cachetools",
        "datadog_lambda",
        "ddtrace",
        "loguru",
        "opentelemetry",
        "pytest",
        "retry",
        "sentry_sdk",
        "structlog",
        "tenacity",
        "unittest",
    ];
    is_standard(package(path)) || WRAPPING.iter().any(|prefix| path.starts_with(prefix))
}

pub(super) fn call(machine: &mut Machine<'_>, path: &str, arguments: &Arguments, site: Site) -> Option<Value> {
    if let Some(builtin) = path.strip_prefix("builtins.") {
        return Some(call_builtin(machine, builtin, arguments, site));
    }
    if let Some(value) = call_standard(machine, path, arguments, site) {
        return Some(value);
    }
    if let Some(value) = sdk::wrappers::call(machine, path, arguments, site) {
        return Some(value);
    }
    if is_standard(package(path)) {
        // Constructors of things with methods stay what they are; functions among the arguments are called.
        for value in arguments.values() {
            machine.escape(value, site);
        }
        return Some(machine.foreign(&format!("{path}()"), site));
    }
    None
}

fn argument(arguments: &Arguments, position: usize, name: &str) -> Value {
    arguments.get(position, name).cloned().unwrap_or_else(Value::none)
}

fn rest_of(arguments: &Arguments, skipped: usize) -> Arguments {
    let positional = arguments.positional.iter().skip(skipped).cloned().collect();
    Arguments { positional, ..arguments.clone() }
}

fn call_builtin(machine: &mut Machine<'_>, name: &str, arguments: &Arguments, site: Site) -> Value {
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
            Atom::External(path) if super::is_sdk(path) => {
                machine.unresolved(site, format!("a member of `{path}` is taken by a computed name"), Vec::new());
            }
            _ => {}
        }
    }
    found.or(if object.atoms().iter().any(Atom::is_anything) { Value::unknown() } else { Value::none() })
}

pub(super) fn copy_list(machine: &mut Machine<'_>, value: &Value, site: Site) -> Value {
    match machine.exact_iteration(value) {
        Some(elements) => machine.new_list(elements, true, site),
        None if value.is_none() => machine.new_list(Vec::new(), true, site),
        None => {
            let element = machine.elements(value, site);
            machine.new_list_of(element, site)
        }
    }
}

fn map_exact(machine: &mut Machine<'_>, callee: &Value, arguments: &Arguments, site: Site) -> Option<Value> {
    let [_, list] = arguments.positional.as_slice() else { return None };
    let elements = machine.exact_iteration(list).filter(|elements| elements.len() <= 24)?;
    let mapped =
        elements.into_iter().map(|element| machine.call(callee, &Arguments::positional([element]), site)).collect();
    Some(machine.new_list(mapped, true, site))
}

fn zip(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
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

fn enumerate(machine: &mut Machine<'_>, list: &Value, site: Site) -> Value {
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
fn new_dict(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
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
pub(super) fn add_to_dict(machine: &mut Machine<'_>, dict: &Value, value: &Value, site: Site) {
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

fn import(machine: &mut Machine<'_>, name: &Value, site: Site) -> Value {
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

/// The package of `package.{computed}`.
fn package_prefix(name: &SymbolicText) -> Option<String> {
    match name.parts().first() {
        Some(model::Part::Literal(start)) => start.rsplit_once('.').map(|(package, _)| package.to_owned()),
        _ => None,
    }
    .filter(|package| !package.is_empty())
}

fn future(value: Value) -> Value {
    Value::cloud(Cloud::Special { kind: "future", name: "".into(), parts: [value].into() })
}

fn call_standard(machine: &mut Machine<'_>, path: &str, arguments: &Arguments, site: Site) -> Option<Value> {
    let first = argument(arguments, 0, "");
    Some(match path {
        "os.getenv" | "os.environ.get" | "os.environ.pop" | "os.environ.setdefault" => {
            let default = arguments.get(1, "default").cloned().unwrap_or_else(Value::none);
            environment(&argument(arguments, 0, "key")).or(default.without(|atom| *atom == Atom::Nothing))
        }
        "os.environ.copy" | "copy.copy.os.environ" => Value::external("os.environ"),
        "os.path.join" => {
            let mut parts = Vec::new();
            for (at, part) in arguments.positional.iter().enumerate() {
                if at > 0 {
                    parts.push(Value::literal("/"));
                }
                parts.push(part.clone());
            }
            machine.concatenate(&parts, site)
        }
        "functools.partial" | "functools.partialmethod" => {
            Atom::Partial(Rc::new(Partial { callee: first, arguments: rest_of(arguments, 1) })).into()
        }
        "functools.reduce" => {
            let element = machine.elements(&argument(arguments, 1, ""), site);
            let start = argument(arguments, 2, "").or(element.clone());
            machine.call(&first, &Arguments::positional([start, element]), site)
        }
        "functools.lru_cache" | "functools.cache" | "functools.singledispatch" if arguments.positional.len() == 1 => {
            first
        }
        "importlib.import_module" => import_module(machine, arguments, site),
        "importlib.reload"
        | "copy.copy"
        | "copy.deepcopy"
        | "contextlib.closing"
        | "contextlib.aclosing"
        | "asyncio.run"
        | "asyncio.wait_for"
        | "asyncio.shield"
        | "asyncio.create_task"
        | "asyncio.ensure_future"
        | "asyncio.as_completed"
        | "asyncio.wait"
        | "concurrent.futures.as_completed"
        | "concurrent.futures.wait"
        | "itertools.islice"
        | "itertools.cycle"
        | "typing.cast"
        | "inspect.unwrap"
        | "weakref.proxy"
        | "weakref.ref" => {
            let at = usize::from(path == "typing.cast");
            argument(arguments, at, "")
        }
        "contextlib.contextmanager" | "contextlib.asynccontextmanager" => first,
        "asyncio.gather" => machine.new_list(arguments.positional.clone(), !arguments.more_positional, site),
        "itertools.chain" | "itertools.chain.from_iterable" => chain(machine, arguments, site),
        "asyncio.to_thread" | "anyio.to_thread.run_sync" | "asyncio.run_coroutine_threadsafe" => {
            machine.call(&first, &rest_of(arguments, 1), site)
        }
        "threading.Thread" | "multiprocessing.Process" | "threading.Timer" | "multiprocessing.context.Process" => {
            run_thread(machine, arguments, site)
        }
        "types.SimpleNamespace" | "argparse.Namespace" => {
            let value = machine.foreign("types.SimpleNamespace()", site);
            for (name, part) in &arguments.keyword {
                machine.store_member(&value, name, part.clone());
            }
            value
        }
        "collections.defaultdict" => {
            let dict = machine.new_dict(Vec::new(), true, site);
            let default = machine.call(&first, &Arguments::default(), site);
            if let Some(Atom::Dict(id)) = dict.single() {
                machine.join_rest(*id, default);
            }
            dict
        }
        "collections.OrderedDict" | "types.MappingProxyType" => new_dict(machine, arguments, site),
        "collections.deque" => copy_list(machine, &first, site),
        "operator.methodcaller" => Value::cloud(Cloud::Special {
            kind: "methodcaller",
            name: "".into(),
            parts: arguments.positional.clone().into(),
        }),
        "operator.attrgetter" | "operator.itemgetter" => {
            let kind = if path.ends_with("attrgetter") { "attrgetter" } else { "itemgetter" };
            Value::cloud(Cloud::Special { kind, name: "".into(), parts: [first].into() })
        }
        "concurrent.futures.ThreadPoolExecutor"
        | "concurrent.futures.ProcessPoolExecutor"
        | "concurrent.futures.thread.ThreadPoolExecutor"
        | "multiprocessing.Pool"
        | "multiprocessing.pool.ThreadPool"
        | "multiprocessing.pool.Pool"
        | "multiprocessing.dummy.Pool"
        | "asyncio.get_event_loop"
        | "asyncio.TaskGroup"
        | "asyncio.get_running_loop"
        | "asyncio.new_event_loop"
        | "contextlib.ExitStack"
        | "contextlib.AsyncExitStack" => {
            Value::cloud(Cloud::Special { kind: "runner", name: "".into(), parts: [].into() })
        }
        "subprocess.run"
        | "subprocess.call"
        | "subprocess.check_call"
        | "subprocess.check_output"
        | "subprocess.Popen"
        | "subprocess.getoutput"
        | "subprocess.getstatusoutput"
        | "os.system"
        | "os.popen"
        | "asyncio.create_subprocess_exec"
        | "asyncio.create_subprocess_shell" => {
            sdk::cli::run(machine, path, arguments, site);
            Value::data()
        }
        "json.dumps" | "json.loads" | "json.load" | "json.dump" | "time.sleep" | "logging.getLogger" => {
            for (_, value) in
                arguments.keyword.iter().filter(|(name, _)| &**name == "default" || &**name == "object_hook")
            {
                machine.escape(value, site);
            }
            if path == "logging.getLogger" { machine.foreign("logging.getLogger()", site) } else { Value::data() }
        }
        _ => return None,
    })
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

fn chain(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
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

/// The thread's function runs, whenever it is started.
fn run_thread(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) -> Value {
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
pub(super) fn call_runner(machine: &mut Machine<'_>, name: &str, arguments: &Arguments, site: Site) -> Value {
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
            call_builtin(machine, "map", &mapped, site)
        }
        "run_in_executor" => {
            let callee = argument(arguments, 1, "func");
            machine.call(&callee, &rest_of(arguments, 2), site)
        }
        "run_until_complete" | "create_task" | "enter_context" | "enter_async_context" | "push_async_exit" => first,
        _ => Value::data(),
    }
}

/// Values that stand for something of the standard library.
pub(super) fn call_special_member(
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
pub(super) fn call_special(
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
