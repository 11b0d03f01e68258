//! Members, elements and what contexts are entered with.

use std::rc::Rc;

use super::heap::Kind;
use super::{Arguments, Atom, Closure, Machine, Member, ObjectId, Site, Value};
use crate::ir::{Over, Receiver};

/// Whether nothing is known of a value, so that an annotation tells more.
pub(super) fn may_be_anything(value: &Value) -> bool {
    value.is_none() || value.atoms().iter().any(Atom::is_anything) || value.single() == Some(&Atom::Nothing)
}

impl<'a> Machine<'a> {
    /// `value.name`.
    pub(crate) fn member(&mut self, value: &Value, name: &str, site: Site) -> Value {
        if let Some(atom) = value.single() {
            return self.member_of(atom, name, site);
        }
        let atoms = value.atoms().to_vec();
        atoms.iter().fold(Value::none(), |joined, atom| joined.or(self.member_of(atom, name, site)))
    }

    fn member_of(&mut self, atom: &Atom, name: &str, site: Site) -> Value {
        let own = match atom {
            Atom::Nothing => return Value::none(),
            Atom::Module(module) => return self.module_member(*module, name, site),
            Atom::Class(id) => self.class_member(*id, name, atom),
            Atom::Instance(id) => self.instance_member(*id, name, atom, site),
            Atom::Super(class, receiver) => self.super_member(*class, receiver, name),
            Atom::Dict(id) => self.dict_member(*id, name, atom),
            Atom::Foreign(_, id) => self.part(*id, name),
            Atom::Function(closure) => self.function_member(closure, name),
            _ => None,
        };
        own.or_else(|| self.model_member(atom, name, site)).unwrap_or_else(|| unknown_member(atom, name))
    }

    fn model_member(&mut self, atom: &Atom, name: &str, site: Site) -> Option<Value> {
        let language = self.language()?;
        (language.model.member)(self, atom, name, site)
    }

    /// The named part of an object, when it may have one.
    pub(crate) fn part(&mut self, id: ObjectId, name: &str) -> Option<Value> {
        let root = self.root;
        self.heap.read(id, root)?.part(name).cloned()
    }

    /// In languages where an object literal's entries are its members; a function found there is bound.
    fn dict_member(&mut self, id: ObjectId, name: &str, atom: &Atom) -> Option<Value> {
        if !self.language()?.entries_are_members {
            return None;
        }
        let found = self.part(id, name)?;
        Some(bind(&found, atom, self, None))
    }

    fn function_member(&mut self, closure: &Closure, name: &str) -> Option<Value> {
        let root = self.root;
        self.heap.variable(closure.scope, &format!("{}.{name}", closure.function.0), root)
    }

    pub(super) fn class_member(&mut self, id: ObjectId, name: &str, class: &Atom) -> Option<Value> {
        let found = self.find_in_class(id, name)?;
        let bound = found.atoms().iter().map(|atom| match atom {
            Atom::Function(closure) if self.receiver_of(closure) == Receiver::ClassInFirstParameter => {
                Atom::Function(Closure { receiver: Some(Rc::new(class.clone())), ..closure.clone() })
            }
            Atom::Function(closure) if self.receiver_of(closure) == Receiver::This => {
                Atom::Function(Closure { receiver: Some(Rc::new(class.clone())), ..closure.clone() })
            }
            atom => atom.clone(),
        });
        Some(bound.collect())
    }

    fn instance_member(&mut self, id: ObjectId, name: &str, instance: &Atom, site: Site) -> Option<Value> {
        if let Some(value) = self.part(id, name) {
            return Some(value);
        }
        let Kind::Instance { class } = self.heap.object(id)?.kind else { return None };
        if let Some(found) = self.find_in_class(class, name) {
            let bound = bind(&found, instance, self, Some(class));
            return Some(self.read_properties(bound, site));
        }
        let getter = self.find_in_class(class, self.language()?.missing_member?)?;
        let getter = bind(&getter, instance, self, Some(class));
        Some(self.call(&getter, &Arguments::positional([Value::literal(name)]), site))
    }

    fn super_member(&mut self, class: ObjectId, receiver: &Atom, name: &str) -> Option<Value> {
        let found = self.find_above(class, receiver, name)?;
        Some(bind(&found, receiver, self, Some(class)))
    }

    /// Calls what is read like a field, and leaves the rest.
    fn read_properties(&mut self, value: Value, site: Site) -> Value {
        let is_property = |machine: &Self, atom: &Atom| match atom {
            Atom::Function(closure) => {
                machine.function(closure.module, closure.function).is_some_and(|function| function.is_property)
            }
            _ => false,
        };
        if !value.atoms().iter().any(|atom| is_property(self, atom)) {
            return value;
        }
        let mut read = Value::none();
        for atom in value.atoms() {
            let one: Value = atom.clone().into();
            let result = if is_property(self, atom) { self.call(&one, &Arguments::default(), site) } else { one };
            read = read.or(result);
        }
        read
    }

    fn receiver_of(&self, closure: &Closure) -> Receiver {
        self.function(closure.module, closure.function).map_or(Receiver::None, |function| function.receiver)
    }

    /// The members of an own instance, class or module whose names fit what is known of a text.
    pub(crate) fn members_like(&mut self, atom: &Atom, name: &model::SymbolicText, site: Site) -> Value {
        let names: Vec<Rc<str>> = match atom {
            Atom::Module(module) => self.module_names(*module),
            Atom::Class(class) => self.class_names(*class),
            Atom::Instance(instance) => match self.class_of(*instance) {
                Some(class) => self.class_names(class),
                None => Vec::new(),
            },
            _ => Vec::new(),
        };
        let (start, end) = known_ends(name);
        let object: Value = atom.clone().into();
        let fits = |candidate: &Rc<str>| {
            candidate.len() >= start.len() + end.len()
                && candidate.starts_with(start)
                && candidate.ends_with(end)
                && !candidate.starts_with("__")
        };
        names
            .iter()
            .filter(|name| fits(name))
            .fold(Value::none(), |found, name| found.or(self.member(&object, name, site)))
    }

    /// `value[index]`.
    pub(crate) fn index(&mut self, value: &Value, index: &Value, site: Site) -> Value {
        let atoms = value.atoms().to_vec();
        atoms.iter().fold(Value::none(), |joined, atom| joined.or(self.index_of(atom, index, site)))
    }

    fn index_of(&mut self, atom: &Atom, index: &Value, site: Site) -> Value {
        match atom {
            Atom::Nothing => Value::none(),
            Atom::List(id) => self.list_element(*id, index),
            Atom::Dict(id) => self.dict_entry(*id, index),
            Atom::Class(_) | Atom::Function(_) => atom.clone().into(),
            Atom::Instance(_) => self.index_instance(atom, index, site),
            atom => {
                let modelled = self.language().and_then(|language| (language.model.index)(self, atom, index, site));
                modelled.unwrap_or_else(|| match atom {
                    Atom::Foreign(..) => atom.clone().into(),
                    atom if atom.is_anything() => Value::unknown(),
                    Atom::External(path) => Value::external(&format!("{path}[]")),
                    _ => Value::data(),
                })
            }
        }
    }

    fn index_instance(&mut self, instance: &Atom, index: &Value, site: Site) -> Value {
        let mut found = Value::none();
        let value: Value = instance.clone().into();
        for name in index.literals() {
            if let Some(id) = instance.object()
                && let Some(part) = self.part(id, name)
            {
                found = found.or(part);
            }
        }
        if let Some(name) = self.language().and_then(|language| language.index_method)
            && found.is_none()
            && self.has_own_member(instance, name)
        {
            let method = self.member(&value, name, site);
            return self.call(&method, &Arguments::positional([index.clone()]), site);
        }
        if found.is_none() { Value::data() } else { found }
    }

    /// Whether the project's own code gives the instance such a member.
    pub(crate) fn has_own_member(&mut self, instance: &Atom, name: &str) -> bool {
        let Atom::Instance(id) = instance else { return false };
        let Some(class) = self.class_of(*id) else { return false };
        self.find_in_class(class, name).is_some()
    }

    fn list_element(&mut self, id: ObjectId, index: &Value) -> Value {
        let root = self.root;
        let Some(object) = self.heap.read(id, root) else { return Value::unknown() };
        if object.complete
            && let Some(Atom::Integer(at)) = index.single()
        {
            let length = i64::try_from(object.elements.len()).unwrap_or(i64::MAX);
            let at = if *at < 0 { length.saturating_add(*at) } else { *at };
            if let Some(value) = usize::try_from(at).ok().and_then(|at| object.elements.get(at)) {
                return value.clone();
            }
        }
        if matches!(index.single(), Some(Atom::Data)) && object.complete && object.elements.len() > 1 {
            // A slice or a computed position: any element, or a list of them.
            return self.list_parts(&Atom::List(id).into()).0.into_iter().fold(Atom::List(id).into(), Value::or);
        }
        self.join_elements(id)
    }

    fn join_elements(&mut self, id: ObjectId) -> Value {
        let (parts, complete) = self.list_parts(&Atom::List(id).into());
        let joined = parts.into_iter().fold(Value::none(), Value::or);
        if complete || !joined.is_none() { joined } else { Value::data() }
    }

    /// The elements of the lists among the alternatives, and whether that is all.
    pub(crate) fn list_parts(&mut self, value: &Value) -> (Vec<Value>, bool) {
        let root = self.root;
        let mut parts = Vec::new();
        let mut complete = true;
        for atom in value.atoms() {
            let Atom::List(id) = atom else {
                complete = false;
                continue;
            };
            let Some(object) = self.heap.read(*id, root) else { continue };
            parts.extend(object.elements.iter().cloned());
            self.steps += object.elements.len() as u64;
            if !object.complete {
                complete &= !object.rest.is_none();
                parts.push(object.rest.clone());
            }
        }
        (parts, complete)
    }

    fn dict_entry(&mut self, id: ObjectId, index: &Value) -> Value {
        let root = self.root;
        let Some(object) = self.heap.read(id, root) else { return Value::unknown() };
        let (complete, rest) = (object.complete, object.rest.clone());
        let mut found = Value::none();
        let mut all_known = true;
        for key in index.atoms() {
            let name = match key {
                Atom::Text(text) => text.as_literal().map(str::to_owned),
                Atom::Integer(number) => Some(number.to_string()),
                _ => None,
            };
            match name.as_deref().map(|name| object.part(name)) {
                Some(Some(value)) => found = found.or(value.clone()),
                Some(None) if complete => {}
                Some(None) => found = found.or(if rest.is_none() { Value::data() } else { rest.clone() }),
                None => all_known = false,
            }
        }
        if all_known {
            return found;
        }
        let any = object.parts().iter().fold(found, |found, (_, value)| found.or(value.clone())).or(rest);
        if complete && !any.is_none() { any } else { any.or(Value::data()) }
    }

    /// What a loop over the value binds when its elements are not told apart.
    pub(super) fn iterate(&mut self, over: Over, value: &Value, site: Site) -> Value {
        match over {
            Over::Elements => self.elements(value, site),
            Over::Keys => match self.exact_keys(value) {
                Some(keys) => keys.into_iter().fold(Value::none(), Value::or),
                None => Value::data(),
            },
        }
    }

    /// What iterating over the value yields.
    pub(crate) fn elements(&mut self, value: &Value, site: Site) -> Value {
        let atoms = value.atoms().to_vec();
        self.nested(|machine| {
            atoms.iter().fold(Value::none(), |joined, atom| joined.or(machine.elements_of(atom, site)))
        })
    }

    fn elements_of(&mut self, atom: &Atom, site: Site) -> Value {
        let iterator = self.language().and_then(|language| language.iterator_method);
        match atom {
            Atom::List(id) => self.join_elements(*id),
            Atom::Dict(_) => {
                let (entries, complete) = self.entries(&atom.clone().into());
                let keys = entries.iter().fold(Value::none(), |keys, (name, _)| keys.or(Value::literal(name)));
                if complete { keys } else { keys.or(Value::data()) }
            }
            Atom::Instance(_) => match iterator {
                Some(name) if self.has_own_member(atom, name) => {
                    let method = self.member(&atom.clone().into(), name, site);
                    let iterator = self.call(&method, &Arguments::default(), site);
                    if iterator.single() == Some(atom) { Value::unknown() } else { self.elements(&iterator, site) }
                }
                _ => Value::data(),
            },
            atom => {
                let modelled = self.language().and_then(|language| (language.model.element)(self, atom, site));
                modelled.unwrap_or_else(|| match atom {
                    Atom::Foreign(..) => atom.clone().into(),
                    atom if atom.is_anything() => Value::unknown(),
                    Atom::Nothing => Value::none(),
                    _ => Value::data(),
                })
            }
        }
    }

    /// What iterating yields in order, when all of it is known.
    pub(crate) fn exact_iteration(&mut self, value: &Value) -> Option<Vec<Value>> {
        match value.single()? {
            Atom::List(_) => self.exact_elements(value),
            Atom::Dict(_) => self.exact_keys(value),
            _ => None,
        }
    }

    /// The keys of a dict in order, when all are known.
    pub(super) fn exact_keys(&mut self, value: &Value) -> Option<Vec<Value>> {
        let Some(Atom::Dict(_)) = value.single() else { return None };
        let (entries, complete) = self.entries(value);
        complete.then(|| entries.iter().map(|(name, _)| Value::literal(name)).collect())
    }

    /// What `with value` binds.
    pub(super) fn enter(&mut self, value: &Value, site: Site) -> Value {
        let methods = self.language().map_or(&[] as &[&str], |language| language.enter_methods);
        let mut entered = Value::none();
        for atom in value.atoms() {
            let one: Value = atom.clone().into();
            let method = methods.iter().find(|name| self.has_own_member(atom, name));
            entered = entered.or(match (atom, method) {
                (_, Some(name)) => {
                    let method = self.member(&one, name, site);
                    self.call(&method, &Arguments::default(), site)
                }
                // A generator that was made a context manager hands out what it yields.
                (Atom::List(_), None) => self.elements(&one, site),
                _ => one,
            });
        }
        entered
    }

    /// Runs what the project's own context managers do at the end.
    pub(super) fn leave(&mut self, value: &Value, site: Site) {
        let methods = self.language().map_or(&[] as &[&str], |language| language.leave_methods);
        for atom in value.atoms() {
            for name in methods {
                if self.has_own_member(atom, name) {
                    let method = self.member(&atom.clone().into(), name, site);
                    self.call(&method, &Arguments::positional([Value::data(), Value::data(), Value::data()]), site);
                }
            }
        }
    }
}

/// Functions of a class or object literal, bound to what they were found on.
fn bind(found: &Value, receiver: &Atom, machine: &Machine<'_>, class: Option<ObjectId>) -> Value {
    let bound = found.atoms().iter().map(|atom| match atom {
        Atom::Function(closure) if closure.receiver.is_none() => {
            let receiver = match machine.receiver_of(closure) {
                Receiver::None => return atom.clone(),
                Receiver::FirstParameter if closure.class.is_none() && class.is_none() => return atom.clone(),
                Receiver::ClassInFirstParameter => match receiver {
                    Atom::Instance(id) => machine.class_of(*id).map_or_else(|| receiver.clone(), Atom::Class),
                    other => other.clone(),
                },
                Receiver::FirstParameter | Receiver::This => receiver.clone(),
            };
            Atom::Function(Closure { receiver: Some(Rc::new(receiver)), ..closure.clone() })
        }
        atom => atom.clone(),
    });
    bound.collect()
}

fn unknown_member(atom: &Atom, name: &str) -> Value {
    match atom {
        Atom::External(path) => Value::external(&format!("{path}.{name}")),
        Atom::Data => Value::data(),
        // A member of a member that nothing is known of: only the last name can be called.
        atom if atom.is_anything() => unknown_method(Atom::Unknown, name),
        atom => unknown_method(atom.clone(), name),
    }
}

fn unknown_method(receiver: Atom, name: &str) -> Value {
    Atom::Member(Rc::new(Member { receiver, name: name.into() })).into()
}

/// The literal text that a name starts and ends with.
fn known_ends(name: &model::SymbolicText) -> (&str, &str) {
    fn text(part: Option<&model::Part>) -> &str {
        match part {
            Some(model::Part::Literal(text)) => text,
            _ => "",
        }
    }
    (text(name.parts().first()), if name.parts().len() > 1 { text(name.parts().last()) } else { "" })
}
