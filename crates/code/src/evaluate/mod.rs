//! One abstract evaluator for all languages: runs modules of the intermediate form and records what they call.

mod heap;
mod value;

pub(crate) use heap::{ObjectId, ScopeId};
pub(crate) use value::{Arguments, Atom, Closure, Cloud, Member, ModuleId, Partial, Value};

use model::call::{Binding, Via};

use crate::ir::Offset;

/// A place in the project's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Site {
    pub module: ModuleId,
    pub offset: Offset,
}

/// One use of an operation, as a language's model reports it.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub service: String,
    pub operation: String,
    /// By API parameter name.
    pub arguments: Vec<(String, Value)>,
    pub arguments_complete: bool,
    pub binding: Binding,
    pub via: Via,
}

/// The running evaluation, as models see it.
pub(crate) struct Machine<'a> {
    uses: Vec<(Site, Use)>,
    modules: &'a [crate::ir::Module],
}

impl Machine<'_> {
    /// Notes that the code at `site` uses an operation.
    pub(crate) fn record(&mut self, site: Site, used: Use) {
        self.uses.push((site, used));
    }

    /// Notes a site of the ledger: something that may be a call and cannot be decided. Empty `services` means any.
    pub(crate) fn unresolved(&mut self, _site: Site, _why: String, _services: Vec<String>) {}

    /// Calls a value with arguments; the result joins all alternatives.
    pub(crate) fn call(&mut self, _callee: &Value, _arguments: &Arguments, _site: Site) -> Value {
        Value::unknown()
    }

    /// Lets a value out of sight: functions in it may be called with anything.
    pub(crate) fn escape(&mut self, _value: &Value, _site: Site) {}

    /// `value.name`.
    pub(crate) fn member(&mut self, _value: &Value, _name: &str, _site: Site) -> Value {
        Value::unknown()
    }

    /// `value[index]`.
    pub(crate) fn index(&mut self, _value: &Value, _index: &Value, _site: Site) -> Value {
        Value::unknown()
    }

    /// What iterating over the value yields.
    pub(crate) fn elements(&mut self, _value: &Value, _site: Site) -> Value {
        Value::unknown()
    }

    /// A new list of these elements.
    pub(crate) fn new_list(&mut self, _elements: Vec<Value>, _site: Site) -> Value {
        Value::unknown()
    }

    /// A new dict of these entries; `complete` when there are no others.
    pub(crate) fn new_dict(&mut self, _entries: Vec<(String, Value)>, _complete: bool, _site: Site) -> Value {
        Value::unknown()
    }

    /// The entries of the dicts among the alternatives by key, and whether that is all: for arguments by name.
    pub(crate) fn entries(&self, _value: &Value) -> (Vec<(String, Value)>, bool) {
        (Vec::new(), false)
    }

    /// The module that the code at `site` would get for `request`, run if it was not yet.
    pub(crate) fn import(&mut self, _request: &str, _site: Site) -> Option<Value> {
        None
    }
}
