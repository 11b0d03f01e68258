//! Entry points, and the order they run in.

use rustc_hash::FxHashSet;

use super::{Arguments, Atom, Closure, Machine, ModuleId, ObjectId, Site, Start, Value};
use crate::ir::{Function, Receiver};

impl<'a> Machine<'a> {
    pub(super) fn run(&mut self, starts: &[Start]) {
        for start in starts {
            match start {
                Start::Handler { module, members } => self.run_handler(*module, members),
                Start::Everything(modules) => self.run_everything(modules),
            }
        }
    }

    fn run_handler(&mut self, module: ModuleId, members: &[String]) {
        self.run_module(module);
        let site = Site { module, offset: 0 };
        let Some(scope) = self.module_scope(module) else { return };
        self.enter_module(module, scope, |machine| {
            let mut handler: Value = Atom::Module(module).into();
            for member in members {
                if let Some(Atom::Class(class)) = handler.single() {
                    handler = machine.stand_in(*class, site).into();
                }
                handler = machine.member(&handler, member, site);
            }
            let found = handler.atoms().iter().any(|atom| !atom.is_anything());
            machine.record.handler_missing |= !found;
            let arguments = Arguments::positional([Value::data(), Value::data()]);
            machine.as_new_root(|machine| {
                // An object that is not the project's may be called by the platform: what was registered with it runs.
                machine.call(&handler, &arguments, site);
            });
        });
    }

    /// Runs every module, then every function that did not run: those that nothing refers to first, for they are the
    /// ones which call the others with what these expect.
    fn run_everything(&mut self, modules: &[ModuleId]) {
        for module in modules {
            self.run_module(*module);
        }
        let mentioned = self.mentioned_names(modules);
        for only_unmentioned in [true, false] {
            let mut at = 0;
            // Running a function may define more.
            while let Some((closure, class)) = self.defined.get(at).cloned() {
                at += 1;
                let Some(function) = self.function(closure.module, closure.function) else { continue };
                if only_unmentioned && mentioned.contains(&*function.name)
                    || self.ran.contains(&(closure.module, closure.function))
                    || !self.is_current(&closure, function)
                {
                    continue;
                }
                self.run_alone(&closure, function, class);
            }
        }
    }

    fn run_alone(&mut self, closure: &Closure, function: &Function, class: Option<ObjectId>) {
        let site = Site { module: closure.module, offset: function.offset };
        let Some(scope) = self.module_scope(closure.module) else { return };
        self.enter_module(closure.module, scope, |machine| {
            machine.as_new_root(|machine| {
                let mut closure = closure.clone();
                if let Some(class) = class
                    && function.receiver != Receiver::None
                {
                    let receiver = match function.receiver {
                        Receiver::ClassInFirstParameter => Atom::Class(class),
                        _ => machine.stand_in(class, site),
                    };
                    closure.receiver = Some(receiver.into());
                }
                if !machine.ran.contains(&(closure.module, closure.function)) {
                    machine.invoke(&closure, &Arguments::unknown(), site);
                }
            });
        });
    }

    /// Runs something as if at the end of a module's body.
    fn enter_module(&mut self, module: ModuleId, scope: super::ScopeId, run: impl FnOnce(&mut Self)) {
        let Some(activation) = self.heap.known_activation(&super::heap::ActivationKey::Module(module)) else { return };
        self.frames.push(super::Frame::new(module, scope, activation));
        run(self);
        self.frames.pop();
    }

    /// Every name that the modules' code reads, calls or looks up.
    fn mentioned_names(&self, modules: &[ModuleId]) -> FxHashSet<&'a str> {
        let project = self.project;
        let mut names = FxHashSet::default();
        for module in modules {
            if let Some(loaded) = project.loaded(*module) {
                names.extend(loaded.ir.mentions.iter().map(|name| &**name));
            }
        }
        names
    }
}
