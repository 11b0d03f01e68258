//! Calls: own functions with what they are given, everything else through the language's model.

use std::rc::Rc;

use super::heap::{ActivationKey, Kind, Scope, ScopeKind};
use super::{
    ActivationId, Arguments, Atom, Closure, Cloud, Flow, Frame, MAX_CALL_DEPTH, Machine, Memo, Partial, Root, ScopeId,
    Site, Value,
};
use crate::ir::{Function, Parameter, ParameterKind, Pattern, Receiver};

/// A function is run separately for at most this many different arguments; after that they are joined.
const MAX_CONTEXTS: u32 = 40;
/// A function that runs inside itself this often gets the join of all its arguments.
const MAX_RECURSION: usize = 3;
/// Methods of one name get the arguments of a call on an unknown receiver when there are at most this many.
const MAX_SAME_NAMED: usize = 4;
/// Most calls and iterations inside each other, those of models included.
const MAX_NESTING: u32 = 256;
/// Joined arguments grow at most this often.
const MAX_WIDENINGS: u32 = 6;
/// Part of a foreign object that holds the one it came from; no member can have this name.
pub(crate) const OWNER: &str = "(owner)";
/// How deep containers that leave the project's code are searched for functions.
const MAX_ESCAPE_DEPTH: usize = 3;

impl<'a> Machine<'a> {
    /// Calls a value with arguments; the result joins all alternatives.
    pub(crate) fn call(&mut self, callee: &Value, arguments: &Arguments, site: Site) -> Value {
        self.apply(callee, arguments, site, false)
    }

    /// `new value(arguments)`.
    pub(crate) fn construct(&mut self, class: &Value, arguments: &Arguments, site: Site) -> Value {
        self.apply(class, arguments, site, true)
    }

    fn apply(&mut self, callee: &Value, arguments: &Arguments, site: Site, construct: bool) -> Value {
        let atoms = callee.atoms().to_vec();
        if atoms.len() > 1 && atoms.iter().any(|atom| matches!(atom, Atom::Function(_) | Atom::Partial(_))) {
            self.fits(site);
        }
        self.nested(|machine| {
            let one = |machine: &mut Self, atom| machine.apply_one(atom, arguments, site, construct);
            atoms.iter().fold(Value::none(), |joined, atom| joined.or(one(machine, atom)))
        })
    }

    /// Goes one level deeper, or gives up: models and iterators may call each other without end.
    pub(super) fn nested(&mut self, run: impl FnOnce(&mut Self) -> Value) -> Value {
        if self.nesting >= MAX_NESTING {
            self.record.cut_calls = true;
            return Value::unknown();
        }
        self.nesting += 1;
        let value = run(self);
        self.nesting -= 1;
        value
    }

    fn apply_one(&mut self, callee: &Atom, arguments: &Arguments, site: Site, construct: bool) -> Value {
        match callee {
            Atom::Nothing => Value::none(),
            Atom::Function(closure) if construct => self.construct_function(closure, arguments, site),
            Atom::Function(closure) => self.invoke(closure, arguments, site),
            Atom::Class(class) => self.instantiate(*class, arguments, site),
            Atom::Super(class, receiver) => self.construct_base(*class, receiver, arguments, site),
            Atom::Partial(partial) => {
                let arguments = with_earlier(&partial.arguments, arguments);
                self.apply(&partial.callee.clone(), &arguments, site, construct)
            }
            Atom::Instance(_) => self.call_instance(callee, arguments, site),
            callee => {
                let modelled = self
                    .language()
                    .and_then(|language| (language.model.call)(self, callee, arguments, construct, site));
                modelled.unwrap_or_else(|| self.call_foreign(callee, arguments, site))
            }
        }
    }

    fn call_instance(&mut self, instance: &Atom, arguments: &Arguments, site: Site) -> Value {
        let method = self.language().and_then(|language| language.call_method);
        match method {
            Some(name) if self.has_own_member(instance, name) => {
                let method = self.member(&instance.clone().into(), name, site);
                self.call(&method, arguments, site)
            }
            _ => self.call_foreign(instance, arguments, site),
        }
    }

    /// A call of something that neither the project nor the model knows. While modules are being loaded, functions
    /// that are handed to an object (`app.add_route("/", show)`) are registered with it; later they run.
    fn call_foreign(&mut self, callee: &Atom, arguments: &Arguments, site: Site) -> Value {
        let owner = owner(callee);
        let is_loading = self.root == Root(0);
        if let (Some((_, object)), false) = (&owner, is_loading) {
            self.release(*object, site);
        }
        let result = self.foreign_result(callee, arguments, site);
        if let (Some((path, object)), Some(Atom::Foreign(_, made))) = (&owner, result.single()) {
            self.join_part(*made, OWNER, Atom::Foreign(Rc::clone(path), *object).into());
        }
        for value in arguments.values() {
            match (&owner, result.single()) {
                (Some((_, object)), _) if is_loading => self.hold(*object, value.clone()),
                (None, Some(Atom::Foreign(_, made))) if is_loading => {
                    let functions = value.without(|atom| !matches!(atom, Atom::Function(_) | Atom::Partial(_)));
                    self.escape(&functions, site);
                    self.hold(*made, value.clone());
                }
                _ => self.escape(value, site),
            }
        }
        result
    }

    fn foreign_result(&mut self, callee: &Atom, arguments: &Arguments, site: Site) -> Value {
        match callee {
            Atom::External(path) => self.foreign(&format!("{path}()"), site),
            Atom::Foreign(path, _) => self.foreign(&format!("{path}()"), site),
            Atom::Member(member) => match &member.receiver {
                Atom::Foreign(path, _) | Atom::External(path) => {
                    self.foreign(&format!("{path}.{}()", member.name), site)
                }
                _ if callee.is_anything() => self.call_by_name(member, arguments, site),
                _ => Value::data(),
            },
            Atom::Unknown => Value::unknown(),
            _ => Value::data(),
        }
    }

    /// What calling something outside the project gives. Paths stay short, so chains of calls end in one value.
    pub(crate) fn foreign(&mut self, path: &str, site: Site) -> Value {
        const MAX_FOREIGN_PATH_BYTES: usize = 160;
        if path.len() > MAX_FOREIGN_PATH_BYTES {
            return Value::data();
        }
        let id = self.allocate(site, Kind::Foreign);
        Atom::Foreign(path.into(), id).into()
    }

    /// A method of this name is called on something that nothing is known of: the methods of that name which classes
    /// have that the code makes instances of. When everything counts they all run anyway.
    fn call_by_name(&mut self, member: &super::Member, arguments: &Arguments, site: Site) -> Value {
        if !self.has_handler() {
            return Value::unknown();
        }
        let defining = self.methods.get(&member.name).cloned().unwrap_or_default();
        let defining: Vec<_> = defining.into_iter().filter(|class| self.instantiated.contains(class)).collect();
        // Many classes mean that the name says little: their methods run, whatever is handed over.
        let unknown = Arguments::unknown();
        let arguments = if defining.len() > MAX_SAME_NAMED { &unknown } else { arguments };
        let mut result = Value::unknown();
        for class in defining {
            let instance: Value = self.stand_in(class, site).into();
            let method = self.member(&instance, &member.name, site);
            let method = method.without(|atom| !matches!(atom, Atom::Function(_)));
            result = result.or(self.call(&method, arguments, site));
        }
        result
    }

    pub(super) fn invoke(&mut self, closure: &Closure, arguments: &Arguments, site: Site) -> Value {
        let Some(function) = self.function(closure.module, closure.function) else { return Value::unknown() };
        let mut arguments = arguments.clone();
        if let (Some(receiver), Receiver::FirstParameter | Receiver::ClassInFirstParameter) =
            (&closure.receiver, function.receiver)
        {
            arguments.positional.insert(0, (**receiver).clone().into());
        }
        let values = self.bind(function, &arguments, site);
        self.invoke_bound(closure, function, values)
    }

    fn invoke_bound(&mut self, closure: &Closure, function: &'a Function, values: Vec<Value>) -> Value {
        let key = ActivationKey::Function(closure.clone(), values.clone().into());
        if let Some(memo) = self.heap.known_activation(&key).and_then(|activation| self.memo.get_mut(&activation)) {
            memo.recursive |= memo.running;
            return memo.returns.clone();
        }
        if self.frames.len() >= MAX_CALL_DEPTH {
            self.record.cut_calls = true;
            return Value::unknown();
        }
        let same = |frame: &&Frame| frame.module == closure.module && frame.function == Some(closure.function);
        let is_recursive = self.frames.iter().filter(same).count() >= MAX_RECURSION;
        let contexts = self.contexts.entry((closure.module, closure.function, closure.scope)).or_default();
        contexts.count += 1;
        if contexts.count <= MAX_CONTEXTS && !is_recursive {
            return self.run_function(key, closure, function, &values);
        }
        if contexts.joined.is_empty() {
            contexts.joined = vec![Value::none(); values.len()];
        }
        let widened: Vec<_> =
            contexts.joined.iter().zip(values).map(|(joined, value)| joined.clone().or(value)).collect();
        if widened != contexts.joined {
            contexts.widenings += 1;
            if contexts.widenings > MAX_WIDENINGS {
                return Value::unknown();
            }
            contexts.joined.clone_from(&widened);
        }
        let key = ActivationKey::Function(closure.clone(), widened.clone().into());
        if let Some(memo) = self.heap.known_activation(&key).and_then(|activation| self.memo.get(&activation)) {
            return memo.returns.clone();
        }
        self.run_function(key, closure, function, &widened)
    }

    /// One value per parameter; none where the parameter's default applies.
    fn bind(&mut self, function: &'a Function, arguments: &Arguments, site: Site) -> Vec<Value> {
        let mut positional = arguments.positional.iter();
        let mut used: Vec<&str> = Vec::new();
        let mut values = Vec::with_capacity(function.parameters.len());
        for parameter in &function.parameters {
            let name = name_of(parameter);
            let value = match parameter.kind {
                ParameterKind::Rest => {
                    let rest: Vec<Value> = positional.by_ref().cloned().collect();
                    self.new_list(rest, !arguments.more_positional, site)
                }
                ParameterKind::KeywordRest => {
                    let rest = arguments.keyword.iter().filter(|(key, _)| !used.contains(&&**key)).cloned().collect();
                    self.new_dict(rest, !arguments.more_keyword, site)
                }
                ParameterKind::Positional | ParameterKind::KeywordOnly => {
                    let by_position =
                        if parameter.kind == ParameterKind::Positional { positional.next().cloned() } else { None };
                    let by_name = || name.and_then(|name| arguments.named(name)).cloned();
                    by_position.or_else(by_name).unwrap_or_else(|| missing(parameter, arguments))
                }
            };
            used.extend(name);
            values.push(value);
        }
        values
    }

    fn run_function(
        &mut self,
        key: ActivationKey,
        closure: &Closure,
        function: &'a Function,
        values: &[Value],
    ) -> Value {
        let scope = || {
            Scope::new(
                ScopeKind::Function,
                Some(closure.scope),
                function.locals.as_slice(),
                function.globals.as_slice(),
            )
        };
        let (activation, scope) = self.heap.activate(key, scope);
        self.ran.insert((closure.module, closure.function));
        self.memo.insert(activation, Memo { running: true, recursive: false, returns: Value::none() });
        let mut returns = self.run_body(activation, scope, closure, function, values);
        let recursive = self.memo.get(&activation).is_some_and(|memo| memo.recursive);
        if recursive && !returns.is_none() {
            // Once more, now that the result of the inner calls is known.
            self.memo.insert(activation, Memo { running: true, recursive: false, returns: returns.clone() });
            returns = returns.or(self.run_body(activation, scope, closure, function, values));
        }
        self.memo.insert(activation, Memo { running: false, recursive: false, returns: returns.clone() });
        returns
    }

    fn run_body(
        &mut self,
        activation: ActivationId,
        scope: ScopeId,
        closure: &Closure,
        function: &'a Function,
        values: &[Value],
    ) -> Value {
        let receiver = match (&closure.receiver, function.receiver) {
            (Some(receiver), _) => Some((**receiver).clone()),
            (None, Receiver::FirstParameter) => values.first().and_then(Value::single).cloned(),
            (None, _) => None,
        };
        self.frames.push(Frame {
            function: Some(closure.function),
            class: closure.class,
            receiver: receiver.clone(),
            ..Frame::new(closure.module, scope, activation)
        });
        if function.receiver == Receiver::This {
            let this = receiver.map_or_else(Value::unknown, Value::from);
            self.set_own_variable(&"this".into(), Some(this));
        }
        for (parameter, value) in function.parameters.iter().zip(values) {
            self.bind_parameter(parameter, value, function.offset);
        }
        let flow = self.block(&function.body);
        let Some(frame) = self.frames.pop() else { return Value::unknown() };
        if function.is_generator {
            let site = Site { module: closure.module, offset: function.offset };
            return self.new_list_of(frame.yields, site);
        }
        if flow == Flow::End { frame.returns } else { frame.returns.or(Atom::Nothing.into()) }
    }

    fn bind_parameter(&mut self, parameter: &'a Parameter, value: &Value, offset: u32) {
        let mut value = value.clone();
        if value.is_none() {
            value = match &parameter.default {
                Some(default) => self.eval(default),
                None => Value::unknown(),
            };
        }
        if let Some(annotation) = &parameter.annotation
            && super::members::may_be_anything(&value)
            && let Some(promised) = self.promised(annotation)
        {
            value = value.without(Atom::is_anything).or(promised);
        }
        self.assign(&parameter.pattern, value, offset);
    }

    /// What an annotation promises of a value that is otherwise unknown: an own class's instance, a client.
    pub(super) fn promised(&mut self, annotation: &'a crate::ir::Expr) -> Option<Value> {
        let annotation = self.eval(annotation);
        let mut promised = Value::none();
        for atom in annotation.atoms() {
            if let Atom::Class(class) = atom {
                promised = promised.or(self.stand_in(*class, Site { module: super::ModuleId(0), offset: 0 }).into());
            }
        }
        if promised.is_none() {
            promised = self.language().and_then(|language| (language.model.annotation)(self, &annotation))?;
        }
        Some(promised)
    }

    /// Lets a value out of sight: functions in it may be called, with data that does not come from the project.
    pub(crate) fn escape(&mut self, value: &Value, site: Site) {
        self.escape_within(value, site, 0);
    }

    /// For values that a later call hands over together with others.
    pub(super) fn escape_later(&mut self, value: &Value, site: Site) {
        self.escape_within(value, site, 1);
    }

    fn escape_within(&mut self, value: &Value, site: Site, depth: usize) {
        if depth > MAX_ESCAPE_DEPTH {
            return;
        }
        for atom in value.atoms() {
            match atom {
                Atom::Function(closure) => self.run_escaped(closure, site),
                Atom::Partial(partial) => {
                    let Partial { callee, arguments } = &**partial;
                    let arguments = Arguments { more_positional: true, more_keyword: true, ..arguments.clone() };
                    self.call(callee, &arguments, site);
                }
                Atom::List(_) | Atom::Dict(_) if self.escapes_again(atom) => {}
                Atom::List(_) => {
                    for part in self.list_parts(&atom.clone().into()).0 {
                        self.escape_within(&part, site, depth + 1);
                    }
                }
                Atom::Dict(_) => {
                    for (_, part) in self.entries(&atom.clone().into()).0 {
                        self.escape_within(&part, site, depth + 1);
                    }
                }
                Atom::Foreign(_, id) => self.release(*id, site),
                Atom::Instance(_) | Atom::Class(_) => self.escape_object(atom, site),
                Atom::Cloud(cloud) => self.escape_client(cloud, site),
                _ => {}
            }
        }
    }

    /// What code that is not read does with a client (`createTransport({ SES: client })`) is not known.
    fn escape_client(&mut self, cloud: &Cloud, site: Site) {
        let service = match cloud {
            Cloud::Client { service: Some(service), .. } | Cloud::Resource { service, .. } => service.to_string(),
            _ => return,
        };
        let why = format!("this client of `{service}` is handed to code that is not read; see what it does with it");
        self.unresolved(site, why, vec![service]);
    }

    /// Whether a container left before and got nothing since then; notes that it leaves.
    fn escapes_again(&mut self, atom: &Atom) -> bool {
        let Some(id) = atom.object() else { return false };
        let parts = self.heap.object(id).map_or(0, super::heap::Object::size);
        self.escaped.insert(id, parts) == Some(parts)
    }

    /// Runs a function that code outside the project may call at any time.
    fn run_escaped(&mut self, closure: &Closure, site: Site) {
        let Some(function) = self.function(closure.module, closure.function) else { return };
        if closure.receiver.is_none()
            && function.parameters.is_empty()
            && self.ran.contains(&(closure.module, closure.function))
        {
            return;
        }
        let data = |parameter: &Parameter| match parameter.kind {
            ParameterKind::Positional if parameter.default.is_none() => Some(Value::data()),
            _ => None,
        };
        let skipped = usize::from(closure.receiver.is_some() && function.receiver != Receiver::This);
        let positional = function.parameters.iter().skip(skipped).map_while(data).collect();
        let arguments = Arguments { positional, ..Arguments::default() };
        self.as_new_root(|machine| machine.invoke(closure, &arguments, site));
    }

    /// Runs something of which it is not known when it runs relative to everything else.
    pub(super) fn as_new_root<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let root = self.root;
        self.root = Root(self.next_root);
        self.next_root += 1;
        let result = run(self);
        self.root = root;
        result
    }

    /// Functions that were registered with an object are called from now on, those of the object it came from too.
    pub(crate) fn release(&mut self, object: super::ObjectId, site: Site) {
        const MAX_OWNERS: usize = 8;
        let mut next = Some(object);
        for _ in 0..MAX_OWNERS {
            let Some(object) = next else { break };
            for value in self.heap.take_held(object) {
                self.escape(&value, site);
            }
            next = match self.part(object, OWNER).as_ref().and_then(Value::single) {
                Some(Atom::Foreign(_, owner)) => Some(*owner),
                _ => None,
            };
        }
    }

    /// Registers functions with an object: they run when the object is used.
    pub(crate) fn hold(&mut self, object: super::ObjectId, value: Value) {
        self.heap.hold(object, value);
    }
}

/// The object whose registered functions a call sets off.
fn owner(callee: &Atom) -> Option<(Rc<str>, super::ObjectId)> {
    match callee {
        Atom::Foreign(path, id) => Some((Rc::clone(path), *id)),
        Atom::Member(member) => owner(&member.receiver),
        _ => None,
    }
}

fn name_of(parameter: &Parameter) -> Option<&str> {
    match &parameter.pattern {
        Pattern::Name(name) => Some(name),
        _ => None,
    }
}

fn missing(parameter: &Parameter, arguments: &Arguments) -> Value {
    let by_spread = match parameter.kind {
        ParameterKind::Positional => arguments.more_positional || arguments.more_keyword,
        _ => arguments.more_keyword,
    };
    match (by_spread, &parameter.default) {
        (true, None) => Value::unknown(),
        // The default is evaluated when the function runs.
        _ => Value::none(),
    }
}

fn with_earlier(earlier: &Arguments, later: &Arguments) -> Arguments {
    let mut arguments = earlier.clone();
    arguments.positional.extend(later.positional.iter().cloned());
    for (name, value) in &later.keyword {
        match arguments.keyword.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value.clone(),
            None => arguments.keyword.push((Rc::clone(name), value.clone())),
        }
    }
    arguments.more_positional |= later.more_positional;
    arguments.more_keyword |= later.more_keyword;
    arguments
}
