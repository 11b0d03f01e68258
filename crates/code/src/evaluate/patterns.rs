//! Assignments.

use std::rc::Rc;

use super::heap::{Kind, ScopeKind};
use super::{Atom, Machine, Value};
use crate::ir::{Expr, Pattern};

impl<'a> Machine<'a> {
    pub(super) fn assign(&mut self, pattern: &'a Pattern, value: Value, offset: u32) {
        match pattern {
            Pattern::Ignore => {}
            Pattern::Name(name) => self.assign_name(name, value),
            Pattern::Attribute { object, name } => {
                let object = self.eval(object);
                self.store_member(&object, &Rc::from(&**name), value);
            }
            Pattern::Index { object, index } => {
                let object = self.eval(object);
                let index = self.eval(index);
                self.store(&object, &index, value);
            }
            Pattern::List { parts, rest } => self.assign_list(parts, *rest, &value, offset),
            Pattern::Dict { parts, rest } => self.assign_dict(parts, rest.as_deref(), &value, offset),
            Pattern::Default { pattern, value: default } => {
                let value = self.or_default(value, default);
                self.assign(pattern, value, offset);
            }
        }
    }

    fn or_default(&mut self, value: Value, default: &'a Expr) -> Value {
        let may_be_missing = value.is_none()
            || value.atoms().iter().any(|atom| matches!(atom, Atom::Nothing | Atom::Data | Atom::Unknown));
        if !may_be_missing {
            return value;
        }
        let default = self.eval(default);
        value.without(|atom| *atom == Atom::Nothing).or(default)
    }

    pub(super) fn assign_name(&mut self, name: &str, value: Value) {
        let Some(frame) = self.frames.last() else { return };
        let own = frame.scope;
        let Some(scope) = self.heap.scope(own) else { return };
        let is_global = scope.globals.binary_search_by(|global| (**global).cmp(name)).is_ok();
        if scope.declares(name) && !is_global {
            return self.set_own_variable(&name.into(), Some(value));
        }
        let mut next = scope.parent;
        let mut target = None;
        while let Some(id) = next {
            let Some(scope) = self.heap.scope(id) else { break };
            let fits = match scope.kind {
                ScopeKind::Module => true,
                ScopeKind::Class => false,
                ScopeKind::Function => !is_global && scope.declares(name),
            };
            if fits {
                target = Some(id);
                break;
            }
            next = scope.parent;
        }
        let root = self.root;
        match target {
            Some(target) => self.heap.join_variable(target, name, value, root),
            None => self.set_own_variable(&name.into(), Some(value)),
        }
    }

    fn assign_list(&mut self, parts: &'a [Pattern], rest: Option<usize>, value: &Value, offset: u32) {
        let site = self.site(offset);
        let exact = self.exact_elements(value);
        for (at, part) in parts.iter().enumerate() {
            let value = match (&exact, rest) {
                (Some(elements), Some(rest)) if at == rest => {
                    let after = parts.len() - rest - 1;
                    let end = elements.len().saturating_sub(after).max(at);
                    let taken = elements.get(at..end).unwrap_or_default().to_vec();
                    self.new_list(taken, true, site)
                }
                (Some(elements), Some(rest)) if at > rest => {
                    let from_end = parts.len() - at;
                    elements
                        .len()
                        .checked_sub(from_end)
                        .and_then(|at| elements.get(at))
                        .cloned()
                        .unwrap_or_else(Value::data)
                }
                (Some(elements), _) => elements.get(at).cloned().unwrap_or_else(|| Atom::Nothing.into()),
                (None, Some(rest)) if at == rest => {
                    let element = self.elements(value, site);
                    self.new_list_of(element, site)
                }
                (None, _) => {
                    let index = Atom::Integer(i64::try_from(at).unwrap_or(i64::MAX)).into();
                    self.index(value, &index, site)
                }
            };
            self.assign(part, value, offset);
        }
    }

    fn assign_dict(&mut self, parts: &'a [(Expr, Pattern)], rest: Option<&'a Pattern>, value: &Value, offset: u32) {
        let site = self.site(offset);
        for (key, part) in parts {
            let key = self.eval(key);
            let names: Vec<String> = key.literals().map(str::to_owned).collect();
            let found = match names.as_slice() {
                [] => self.index(value, &key, site),
                names => names.iter().fold(Value::none(), |found, name| found.or(self.member(value, name, site))),
            };
            self.assign(part, found, offset);
        }
        if let Some(rest) = rest {
            self.assign(rest, value.clone(), offset);
        }
    }

    /// `object.name = value`.
    pub(crate) fn store_member(&mut self, object: &Value, name: &Rc<str>, value: Value) {
        let root = self.root;
        for atom in object.atoms() {
            match atom {
                Atom::Instance(id) | Atom::Dict(id) | Atom::Foreign(_, id) => {
                    self.heap.join_part(*id, name, value.clone(), root);
                }
                Atom::Class(id) => {
                    if let Some(Kind::Class { scope, .. }) = self.heap.object(*id).map(|object| &object.kind) {
                        let scope = *scope;
                        self.heap.join_variable(scope, name, value.clone(), root);
                    }
                }
                Atom::Module(module) => {
                    if let Some(scope) = self.module_scope(*module) {
                        self.heap.join_variable(scope, name, value.clone(), root);
                    }
                }
                Atom::Function(closure) => {
                    // A function's own attributes live beside it, under a name that no variable can have.
                    let name = format!("{}.{name}", closure.function.0);
                    self.heap.join_variable(closure.scope, &name, value.clone(), root);
                }
                _ => {}
            }
        }
    }

    /// `container[key] = value`.
    pub(crate) fn store(&mut self, container: &Value, key: &Value, value: Value) {
        let certain = self.branch_depth == 0 && container.single().is_some() && key.single().is_some();
        self.store_parts(container, key, value, certain);
    }

    /// Stores into what was made just now: an earlier part of the same name is overwritten for certain.
    pub(super) fn store_fresh(&mut self, container: &Value, key: &Value, value: Value) {
        self.store_parts(container, key, value, key.single().is_some());
    }

    fn store_parts(&mut self, container: &Value, key: &Value, value: Value, certain: bool) {
        let root = self.root;
        for atom in container.atoms() {
            let (Atom::Dict(id) | Atom::List(id) | Atom::Instance(id) | Atom::Foreign(_, id)) = atom else { continue };
            let names = part_names(atom, key);
            let all_known = names.len() == key.atoms().len() && !names.is_empty();
            for name in names {
                if certain {
                    self.heap.set_part(*id, &name, value.clone(), root);
                } else {
                    self.heap.join_part(*id, &name, value.clone(), root);
                }
            }
            if !all_known {
                self.heap.join_rest(*id, value.clone(), root);
            }
        }
    }
}

/// The names of parts that the known alternatives of a key stand for.
fn part_names(container: &Atom, key: &Value) -> Vec<Rc<str>> {
    if matches!(container, Atom::List(_)) {
        return Vec::new();
    }
    let name = |key: &Atom| match key {
        Atom::Text(text) => text.as_literal().map(Rc::from),
        Atom::Integer(number) => Some(number.to_string().into()),
        _ => None,
    };
    key.atoms().iter().filter_map(name).collect()
}
