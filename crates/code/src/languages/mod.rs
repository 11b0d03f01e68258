//! One descriptor per language: how its files are recognised, lowered, found by imports, and how its cloud SDKs behave.

use std::collections::BTreeSet;

use model::call::Via;

use crate::evaluate::{Arguments, Atom, Machine, Site, Unbound, Value};
use crate::ir::Module;
use crate::sources::{File, ListInstalled, Sources};

mod javascript;
mod python;

/// Every language that is understood.
pub(crate) const LANGUAGES: &[&Language] = &[&javascript::JAVASCRIPT, &python::PYTHON];

/// Everything the rest of the crate has to know about a language.
pub(crate) struct Language {
    pub id: &'static str,
    /// Where its packages come from, as package URLs name it: `pypi`, `npm`.
    pub ecosystem: &'static str,
    /// File name endings with their dot, in the order they win when an import fits several.
    pub extensions: &'static [&'static str],
    /// Runtime names start with one of these.
    pub runtimes: &'static [&'static str],
    /// Name of a class's constructor.
    pub constructor: &'static str,
    /// Name of a class's method that makes instances before they are constructed.
    pub allocator: Option<&'static str>,
    /// Name of the method that calling an instance runs.
    pub call_method: Option<&'static str>,
    /// Name of the method that answers for members an instance does not have.
    pub missing_member: Option<&'static str>,
    /// Name of the method behind `instance[index]`.
    pub index_method: Option<&'static str>,
    /// Name of the method behind iterating over an instance.
    pub iterator_method: Option<&'static str>,
    /// Names of the methods that `with` runs at its start and at its end.
    pub enter_methods: &'static [&'static str],
    pub leave_methods: &'static [&'static str],
    /// Whether the entries of an object literal are its members (`{a: 1}.a`).
    pub entries_are_members: bool,
    /// The request with which a package asks for a module of its own of this name.
    pub submodule: fn(name: &str) -> Option<String>,
    /// The package that an import request or external path outside the project belongs to.
    pub package: fn(request: &str) -> &str,
    /// Paths of packages that are installed among the project's own files, as far as metadata tells; folders end
    /// with `/`.
    pub installed: ListInstalled,
    /// Whether a path alone tells that a file belongs to an installed package or to the SDK.
    pub is_foreign: fn(path: &str) -> bool,
    /// Whether an import request or external path belongs to a cloud SDK or something the model knows to wrap one.
    pub is_sdk: fn(path: &str) -> bool,
    /// Parses and lowers one file.
    pub lower: fn(path: &str, text: &str) -> Lowered,
    /// Whether deriving from this class lets nobody outside the project call the methods: `object`, `abc.ABC`, `Error`.
    pub is_inert_base: fn(path: &str) -> bool,
    /// Which file an import asks for.
    pub resolve: fn(sources: &Sources<'_>, from: &File, request: &str) -> Resolution,
    /// Requests for the modules directly below a package, for imports by a name that is only known in part.
    pub modules_below: fn(sources: &Sources<'_>, from: &File, package: &str) -> Vec<String>,
    /// Which file and member a handler setting names.
    pub handler: fn(sources: &Sources<'_>, handler: &str) -> Option<Entry>,
    /// Which of these packages, imported by the code, use the SDK themselves in ways that no model tells. Sorted.
    pub sdk_users: fn(sources: &Sources<'_>, packages: &[&str]) -> Vec<String>,
    /// Which operations a call on an unknown receiver may stand for, given the services that the code makes clients
    /// (`client`) or resources (`ServiceResource`, `Table`) of.
    pub candidates: fn(unbound: &Unbound, services: &Services) -> Vec<Candidate>,
    pub model: Model,
}

/// Services that the code uses, with what it makes of each.
pub(crate) type Services = BTreeSet<(String, String)>;

/// An operation that a call may stand for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    pub service: String,
    pub operation: String,
    pub via: Via,
}

/// The language's library and SDK semantics. Each function answers `None` for what it does not know; the evaluator then
/// treats the result as unknown and lets functions among the arguments escape.
///
/// All of them see one atom at a time; the evaluator joins the results of alternatives.
pub(crate) struct Model {
    /// A name that no scope declares: `str`, `console`, `process`, `require`.
    pub global: fn(machine: &mut Machine<'_>, name: &str, site: Site) -> Option<Value>,
    /// A member of something that is not the project's own: [`Atom::External`], [`Atom::Cloud`], [`Atom::Text`],
    /// [`Atom::List`], [`Atom::Dict`]. Without an answer, a member of an external is the longer path, and of the others
    /// an [`Atom::Member`] to be called.
    pub member: fn(machine: &mut Machine<'_>, receiver: &Atom, name: &str, site: Site) -> Option<Value>,
    /// `receiver[index]` of an external or a cloud value.
    pub index: fn(machine: &mut Machine<'_>, receiver: &Atom, index: &Value, site: Site) -> Option<Value>,
    /// A call of [`Atom::External`], [`Atom::Cloud`] or [`Atom::Member`]; `construct` for `new`.
    pub call: fn(
        machine: &mut Machine<'_>,
        callee: &Atom,
        arguments: &Arguments,
        construct: bool,
        site: Site,
    ) -> Option<Value>,
    /// What a decorator makes of a function; without an answer it hands the function on.
    pub decorate: fn(machine: &mut Machine<'_>, decorator: &Atom, decorated: &Value, site: Site) -> Option<Value>,
    /// What a type annotation promises when a value is otherwise unknown: `S3Client` → a likely client.
    pub annotation: fn(machine: &mut Machine<'_>, annotation: &Value) -> Option<Value>,
    /// What iterating a cloud value yields: the resources of a collection.
    pub element: fn(machine: &mut Machine<'_>, receiver: &Atom, site: Site) -> Option<Value>,
}

/// A lowered file and what was wrong with it.
pub(crate) struct Lowered {
    pub module: Module,
    /// Why parts of the file could not be parsed, with the byte offset; the module holds what was understood.
    pub problems: Vec<(u32, String)>,
}

/// What an import names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// Files of the project: all run in order, the last is meant; the first is what `Bindings::First` binds.
    Own(Vec<File>),
    /// A package outside the project, by its path in the language's own terms.
    External(String),
    /// The project should have it, and does not.
    Missing,
}

/// Where a function starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub file: File,
    /// Members to follow from the module: `handler`, or `App` and `handler`.
    pub members: Vec<String>,
}
