//! Functions and classes being defined, instances being made.

use std::rc::Rc;

use super::heap::{ActivationKey, Kind, Scope, ScopeKind};
use super::{Arguments, Atom, Closure, Frame, Machine, ObjectId, Site, Value};
use crate::ir::{ClassIndex, Expr, Function, FunctionIndex, Name};

impl<'a> Machine<'a> {
    pub(super) fn define_function(&mut self, index: FunctionIndex) {
        let Some(module) = self.frames.last().map(|frame| frame.module) else { return };
        let Some(function) = self.function(module, index) else { return };
        let value = self.closure(index);
        let value = self.decorated(value, &function.decorators);
        self.assign_name(&function.name, value);
    }

    pub(super) fn define_class(&mut self, index: ClassIndex) {
        let Some(module) = self.frames.last().map(|frame| frame.module) else { return };
        let Some(class) = self.class(module, index) else { return };
        let value = self.class_value(index);
        let value = self.decorated(value, &class.decorators);
        self.assign_name(&class.name, value);
    }

    fn decorated(&mut self, value: Value, decorators: &'a [Expr]) -> Value {
        decorators.iter().rev().fold(value, |value, decorator| {
            let callee = self.eval(decorator);
            let site = self.site(decorator.offset);
            self.decorate(&callee, value, site)
        })
    }

    /// What a decorator makes of a function or class. One that is not the project's is taken to hand it on; when it is
    /// a method of an object (`app.route("/")`), the function is registered with that object besides.
    fn decorate(&mut self, decorator: &Value, value: Value, site: Site) -> Value {
        let mut result = Value::none();
        for atom in decorator.atoms() {
            let modelled = self.language().and_then(|l| (l.model.decorate)(self, atom, &value, site));
            result = result.or(match (modelled, atom) {
                (Some(modelled), _) => modelled,
                (None, Atom::Function(_) | Atom::Class(_) | Atom::Instance(_) | Atom::Partial(_)) => {
                    let decorated = self.call(&atom.clone().into(), &Arguments::positional([value.clone()]), site);
                    if decorated.is_none() { value.clone() } else { decorated }
                }
                (None, Atom::Foreign(_, id)) if value.atoms().iter().any(|atom| matches!(atom, Atom::Class(_))) => {
                    // `@Module({ providers: [Books] })`: whoever reads it makes instances of what it names.
                    self.release(*id, site);
                    value.clone()
                }
                (None, _) => value.clone(),
            });
        }
        if result.is_none() { value } else { result }
    }

    /// Runs the class's body.
    pub(super) fn class_value(&mut self, index: ClassIndex) -> Value {
        let Some(frame) = self.frames.last() else { return Value::unknown() };
        let (module, enclosing, activation) = (frame.module, frame.scope, frame.activation);
        let Some(class) = self.class(module, index) else { return Value::unknown() };
        let bases: Vec<_> = class.bases.iter().map(|base| self.eval(base)).collect();
        let key = ActivationKey::Class(activation, module, index);
        let (activation, scope) = self.heap.activate(key, || Scope::new(ScopeKind::Class, Some(enclosing), &[], &[]));
        let site = self.site(class.offset);
        let id = self.allocate(site, Kind::Class { module, class: index, scope, bases });
        self.frames.push(Frame { class: Some(id), ..Frame::new(module, scope, activation) });
        self.lineages.clear();
        self.block(&class.body);
        self.own_methods(id, scope);
        self.frames.pop();
        Atom::Class(id).into()
    }

    /// Functions defined in a class body know their class.
    fn own_methods(&mut self, class: ObjectId, scope: super::ScopeId) {
        for name in self.heap.names(scope) {
            let defining = self.methods.entry(Rc::clone(&name)).or_default();
            if !defining.contains(&class) {
                defining.push(class);
            }
            let Some(value) = self.heap.peek(scope, &name).cloned() else { continue };
            let is_method = |atom: &Atom| matches!(atom, Atom::Function(closure) if closure.class.is_none() && closure.scope == scope);
            if !value.atoms().iter().any(is_method) {
                continue;
            }
            let owned = value.atoms().iter().map(|atom| match atom {
                Atom::Function(closure) if is_method(atom) => {
                    Atom::Function(Closure { class: Some(class), ..closure.clone() })
                }
                atom => atom.clone(),
            });
            let owned: Value = owned.collect();
            self.set_own_variable(&name, Some(owned));
        }
        for (closure, owner) in self.defined.iter_mut().rev() {
            if closure.scope == scope && owner.is_none() {
                *owner = Some(class);
                closure.class = Some(class);
            }
        }
    }

    /// A new instance: allocator, field initialisers, constructor.
    pub(super) fn instantiate(&mut self, class: ObjectId, arguments: &Arguments, site: Site) -> Value {
        if !self.instantiated.contains(&class) {
            let lineage = self.lineage(class);
            self.instantiated.extend(lineage.iter().copied());
        }
        if let Some(allocator) = self.language().and_then(|language| language.allocator)
            && let Some(found) = self.find_in_class(class, allocator)
            && let Some(Atom::Function(_)) = found.single()
        {
            let mut with_class = arguments.clone();
            with_class.positional.insert(0, Atom::Class(class).into());
            let instances = self.call(&found, &with_class, site);
            for instance in instances.atoms().to_vec() {
                if let Atom::Instance(id) = instance {
                    self.initialise(id, class, arguments, site);
                }
            }
            return instances;
        }
        let id = self.new_instance(class, site);
        self.initialise(id, class, arguments, site);
        Atom::Instance(id).into()
    }

    /// An instance of which no code ran yet.
    pub(crate) fn new_instance(&mut self, class: ObjectId, site: Site) -> ObjectId {
        self.allocate(site, Kind::Instance { class })
    }

    fn initialise(&mut self, instance: ObjectId, class: ObjectId, arguments: &Arguments, site: Site) {
        self.run_initialisers(instance, class, site);
        let constructor = self.language().map_or("", |language| language.constructor);
        match self.find_in_class(class, constructor) {
            Some(found) => {
                let bound: Value = found
                    .atoms()
                    .iter()
                    .map(|atom| match atom {
                        Atom::Function(closure) => Atom::Function(Closure {
                            receiver: Some(Rc::new(Atom::Instance(instance))),
                            ..closure.clone()
                        }),
                        atom => atom.clone(),
                    })
                    .collect();
                self.call(&bound, arguments, site);
            }
            None => self.fill_fields(instance, class, arguments, site),
        }
    }

    fn run_initialisers(&mut self, instance: ObjectId, class: ObjectId, site: Site) {
        for class in self.lineage(class).iter().rev() {
            let Some(Kind::Class { module, class: index, scope, .. }) =
                self.heap.object(*class).map(|object| &object.kind)
            else {
                continue;
            };
            let (module, index, scope) = (*module, *index, *scope);
            if let Some(function) = self.class(module, index).and_then(|class| class.initialisers) {
                let receiver = Some(Rc::new(Atom::Instance(instance)));
                let closure = Closure { module, function, scope, receiver, class: Some(*class) };
                self.invoke(&closure, &Arguments::default(), site);
            }
        }
    }

    /// A constructor that is generated from the class's fields, or that is not the project's: arguments become fields.
    fn fill_fields(&mut self, instance: ObjectId, class: ObjectId, arguments: &Arguments, site: Site) {
        let fields = self.field_names(class);
        for (name, value) in fields.iter().zip(&arguments.positional) {
            self.join_part(instance, name, value.clone());
        }
        for (name, value) in &arguments.keyword {
            self.join_part(instance, name, value.clone());
        }
        if fields.is_empty() && !self.foreign_bases(class).is_empty() {
            for value in arguments.values() {
                self.escape(value, site);
            }
        }
    }

    /// Declared fields, those of bases first.
    fn field_names(&mut self, class: ObjectId) -> Vec<&'a Name> {
        let lineage = self.lineage(class);
        let of_class = |class: &ObjectId| match self.heap.object(*class).map(|object| &object.kind) {
            Some(Kind::Class { module, class, .. }) => self.class(*module, *class),
            _ => None,
        };
        lineage.iter().rev().filter_map(of_class).flat_map(|class| &class.fields).collect()
    }

    /// `super(…)` in a constructor.
    pub(super) fn construct_base(
        &mut self,
        class: ObjectId,
        receiver: &Atom,
        arguments: &Arguments,
        site: Site,
    ) -> Value {
        let Atom::Instance(instance) = receiver else { return Value::data() };
        let constructor = self.language().map_or("", |language| language.constructor);
        if let Some(found) = self.find_above(class, receiver, constructor) {
            for atom in found.atoms() {
                if let Atom::Function(closure) = atom {
                    let receiver = Some(Rc::new(Atom::Instance(*instance)));
                    let bound: Value = Atom::Function(Closure { receiver, ..closure.clone() }).into();
                    self.call(&bound, arguments, site);
                }
            }
            return Value::data();
        }
        for value in arguments.values() {
            self.escape(value, site);
        }
        Value::data()
    }

    /// What [`crate::ir::ExprKind::Super`] is here.
    pub(super) fn super_value(&mut self) -> Value {
        // An arrow function or comprehension inside a method sees the method's class and receiver.
        let found = self.frames.iter().rev().find_map(|frame| Some((frame.class?, frame.receiver.clone())));
        match found {
            Some((class, receiver)) => Atom::Super(class, Rc::new(receiver.unwrap_or(Atom::Class(class)))).into(),
            None => Value::unknown(),
        }
    }

    /// `new f()` of a plain function: `this` is a new object of which the function's members on `prototype` are known.
    pub(super) fn construct_function(&mut self, closure: &Closure, arguments: &Arguments, site: Site) -> Value {
        let id = self.allocate(site, Kind::Dict);
        let instance = Atom::Dict(id);
        let prototype = self.member(&Atom::Function(closure.clone()).into(), "prototype", site);
        self.spread_into(id, &prototype);
        let bound = Closure { receiver: Some(Rc::new(instance.clone())), ..closure.clone() };
        let returned = self.invoke(&bound, arguments, site);
        let objects = returned.without(|atom| atom.object().is_none());
        objects.or(instance.into())
    }

    /// An instance to stand for all that code outside the project may make or hand over.
    pub(super) fn stand_in(&mut self, class: ObjectId, site: Site) -> Atom {
        if let Some(instance) = self.stand_ins.get(&class) {
            return instance.clone();
        }
        let id = self
            .heap
            .allocate((super::ActivationId(u32::MAX), site.module, u32::MAX, class.0), Kind::Instance { class });
        let instance = Atom::Instance(id);
        self.stand_ins.insert(class, instance.clone());
        self.initialise(id, class, &Arguments::unknown(), site);
        instance
    }

    /// An instance or class that leaves the project's code: of an instance, what overrides members of a foreign base may be
    /// called; of a class, which is handed over so that instances are made (`providers: [Books]`), every method.
    pub(super) fn escape_object(&mut self, atom: &Atom, site: Site) {
        let class = match atom {
            Atom::Class(class) => Some(*class),
            Atom::Instance(id) => self.class_of(*id),
            _ => None,
        };
        let (Some(class), Some(object)) = (class, atom.object()) else { return };
        let is_instance = matches!(atom, Atom::Instance(_));
        let is_called = !is_instance || self.foreign_bases(class).iter().any(|base| !self.is_inert_base(base));
        if self.escaped.contains_key(&object) || !is_called {
            return;
        }
        self.escaped.insert(object, 0);
        let instance = if let Atom::Class(class) = atom { self.stand_in(*class, site) } else { atom.clone() };
        self.run_methods(class, &instance, site);
    }

    fn is_inert_base(&self, path: &str) -> bool {
        self.language().is_some_and(|language| (language.is_inert_base)(path))
    }

    /// Runs every method of a class and its own bases on the instance, except the constructor, which ran.
    fn run_methods(&mut self, class: ObjectId, instance: &Atom, site: Site) {
        let constructor = self.language().map_or("", |language| language.constructor);
        for name in self.class_names(class) {
            if *name == *constructor {
                continue;
            }
            let member = self.member(&instance.clone().into(), &name, site);
            let functions = member.without(|atom| !matches!(atom, Atom::Function(_)));
            self.escape(&functions, site);
        }
    }

    /// Whether a function is what its scope's name finally means, so that it counts when everything counts.
    pub(super) fn is_current(&self, closure: &Closure, function: &Function) -> bool {
        if function.name.is_empty() {
            return true;
        }
        let Some(value) = self.heap.peek(closure.scope, &function.name) else { return true };
        let same = |atom: &Atom| match atom {
            Atom::Function(current) => current.module == closure.module && current.function == closure.function,
            _ => false,
        };
        let other_function = |atom: &Atom| matches!(atom, Atom::Function(current) if current.module == closure.module && current.scope == closure.scope);
        value.atoms().iter().any(same) || !value.atoms().iter().any(other_function)
    }
}
