//! Modules: running them, importing them, looking into them.

use std::rc::Rc;

use super::heap::{ActivationKey, Kind, Scope, ScopeKind};
use super::{Atom, Frame, Machine, ModuleId, ModuleState, ScopeId, Site, Value};
use crate::ir::{Bindings, Export, Exports, Import};
use crate::project::Resolved;

/// Most re-exports followed from module to module.
const MAX_REEXPORTS: usize = 32;

impl<'a> Machine<'a> {
    /// Runs a module's body, unless it ran or is running.
    pub(super) fn run_module(&mut self, module: ModuleId) -> Option<ScopeId> {
        match self.modules.get(module.0 as usize)? {
            ModuleState::Running(scope) | ModuleState::Ran(scope) => return Some(*scope),
            ModuleState::Waiting => {}
        }
        let project = self.project;
        let loaded = project.loaded(module)?;
        let key = ActivationKey::Module(module);
        let (activation, scope) = self.heap.activate(key, || Scope::new(ScopeKind::Module, None, &[], &[]));
        self.set_state(module, ModuleState::Running(scope));
        self.frames.push(Frame::new(module, scope, activation));
        let root = std::mem::replace(&mut self.root, super::Root(0));
        let depth = std::mem::take(&mut self.branch_depth);
        if matches!(loaded.ir.exports, Exports::Object) {
            self.bind_exports(module);
        }
        self.block(&loaded.ir.body);
        self.branch_depth = depth;
        self.root = root;
        self.frames.pop();
        self.set_state(module, ModuleState::Ran(scope));
        Some(scope)
    }

    fn set_state(&mut self, module: ModuleId, state: ModuleState) {
        if let Some(known) = self.modules.get_mut(module.0 as usize) {
            *known = state;
        }
    }

    /// CommonJS: `module.exports` and `exports` are one object until the module replaces it.
    fn bind_exports(&mut self, module: ModuleId) {
        let exports = self.allocate(Site { module, offset: u32::MAX - 1 }, Kind::Dict);
        let holder = self.allocate(Site { module, offset: u32::MAX - 2 }, Kind::Dict);
        self.join_part(holder, "exports", Atom::Dict(exports).into());
        self.set_own_variable(&"exports".into(), Some(Atom::Dict(exports).into()));
        self.set_own_variable(&"module".into(), Some(Atom::Dict(holder).into()));
    }

    pub(super) fn module_scope(&self, module: ModuleId) -> Option<ScopeId> {
        match self.modules.get(module.0 as usize)? {
            ModuleState::Running(scope) | ModuleState::Ran(scope) => Some(*scope),
            ModuleState::Waiting => None,
        }
    }

    pub(super) fn import_statement(&mut self, import: &'a Import, offset: u32) {
        let site = self.site(offset);
        let modules = match self.resolve(&import.request, site) {
            Resolved::Own(modules) => modules,
            Resolved::External(path) => {
                self.imports(&path, site);
                return self.bind_external(&import.bindings, &path, &import.request);
            }
            Resolved::Missing => return self.bind_missing(&import.bindings, &import.request, site),
        };
        for module in &modules {
            self.run_module(*module);
        }
        let (Some(first), Some(last)) = (modules.first().copied(), modules.last().copied()) else { return };
        match &import.bindings {
            Bindings::None => {}
            Bindings::Namespace { local } => {
                let namespace = self.module_value(last);
                self.assign_name(local, namespace);
            }
            Bindings::First => {
                let name = import.request.split('.').next().unwrap_or_default();
                self.assign_name(name, Atom::Module(first).into());
            }
            Bindings::Members(members) => {
                for member in members {
                    let value = self.module_member(last, &member.imported, site);
                    self.assign_name(&member.local, value);
                }
            }
            Bindings::All => self.bind_all(last),
        }
    }

    /// What `import * as x` or `require` gives: the module, or what it put in place of its exports.
    fn module_value(&mut self, module: ModuleId) -> Value {
        let is_object = self.project.loaded(module).is_some_and(|loaded| matches!(loaded.ir.exports, Exports::Object));
        if is_object { self.exports_object(module) } else { Atom::Module(module).into() }
    }

    fn exports_object(&mut self, module: ModuleId) -> Value {
        let root = self.root;
        let holder = self.module_scope(module).and_then(|scope| self.heap.variable(scope, "module", root));
        let holder = holder.unwrap_or_else(Value::unknown);
        holder.atoms().iter().fold(Value::none(), |exports, atom| match atom.object() {
            Some(id) => exports.or(self.part(id, "exports").unwrap_or_else(Value::none)),
            None => exports,
        })
    }

    fn bind_external(&mut self, bindings: &'a Bindings, path: &str, request: &str) {
        match bindings {
            Bindings::None | Bindings::All => {}
            Bindings::Namespace { local } => self.assign_name(local, Value::external(path)),
            Bindings::First => {
                let first = request.split('.').next().unwrap_or_default();
                self.assign_name(first, Value::external(first));
            }
            Bindings::Members(members) => {
                for member in members {
                    let value = self.external_member(path, &member.imported);
                    self.assign_name(&member.local, value);
                }
            }
        }
        if matches!(bindings, Bindings::All) {
            self.record.star_imports.insert(path.to_owned());
        }
    }

    fn external_member(&mut self, path: &str, name: &str) -> Value {
        let site = self.site(0);
        self.member(&Value::external(path), name, site)
    }

    fn bind_missing(&mut self, bindings: &'a Bindings, request: &str, site: Site) {
        self.record.missing.insert((site, request.to_owned()));
        match bindings {
            Bindings::None | Bindings::All => {}
            Bindings::Namespace { local } => self.assign_name(local, Value::unknown()),
            Bindings::First => {
                let first = request.split('.').next().unwrap_or_default();
                self.assign_name(first, Value::unknown());
            }
            Bindings::Members(members) => {
                for member in members {
                    self.assign_name(&member.local, Value::unknown());
                }
            }
        }
    }

    /// `from module import *`.
    fn bind_all(&mut self, module: ModuleId) {
        let root = self.root;
        let Some(scope) = self.module_scope(module) else { return };
        for name in self.heap.names(scope) {
            if !name.starts_with('_')
                && let Some(value) = self.heap.variable(scope, &name, root)
            {
                self.assign_name(&name, value);
            }
        }
    }

    /// The module that the code at `site` gets for `request`, run if it was not yet.
    pub(crate) fn import(&mut self, request: &str, site: Site) -> Option<Value> {
        match self.resolve(request, site) {
            Resolved::Own(modules) => {
                for module in &modules {
                    self.run_module(*module);
                }
                let last = modules.last().copied()?;
                Some(self.module_value(last))
            }
            Resolved::External(path) => {
                self.imports(&path, site);
                Some(Value::external(&path))
            }
            Resolved::Missing => {
                self.record.missing.insert((site, request.to_owned()));
                None
            }
        }
    }

    /// Requests for every module directly below the package that the code at `site` gets for `package`.
    pub(crate) fn modules_below(&mut self, package: &str, site: Site) -> Vec<String> {
        let Some(loaded) = self.project.loaded(site.module) else { return Vec::new() };
        (loaded.language.modules_below)(&self.project.sources, &loaded.file, package)
    }

    fn resolve(&mut self, request: &str, site: Site) -> Resolved {
        match self.project.resolved(site.module, request) {
            Some(resolved) => resolved.clone(),
            None => self.project.resolve(site.module, request, &mut self.wanted),
        }
    }

    /// A member of a module of the project, as code at `site` sees it.
    pub(super) fn module_member(&mut self, module: ModuleId, name: &str, site: Site) -> Value {
        self.module_member_within(module, name, site, 0)
    }

    fn module_member_within(&mut self, module: ModuleId, name: &str, site: Site, depth: usize) -> Value {
        let project = self.project;
        let (Some(loaded), true) = (project.loaded(module), depth < MAX_REEXPORTS) else { return Value::unknown() };
        self.run_module(module);
        match &loaded.ir.exports {
            Exports::Variables => self.variable_or_submodule(module, name, site),
            Exports::Object => {
                let exports = self.exports_object(module);
                if name == "default" {
                    return exports;
                }
                self.member(&exports, name, site)
            }
            Exports::Listed(exports) => self.listed(module, exports, name, site, depth).unwrap_or_else(Value::unknown),
        }
    }

    fn variable_or_submodule(&mut self, module: ModuleId, name: &str, site: Site) -> Value {
        let root = self.root;
        if let Some(scope) = self.module_scope(module)
            && let Some(value) = self.heap.variable(scope, name, root)
        {
            return value;
        }
        let language = self.project.loaded(module).map(|loaded| loaded.language);
        if let Some(request) = language.and_then(|language| (language.submodule)(name))
            && let Resolved::Own(modules) = self.resolve(&request, Site { module, offset: site.offset })
            && let Some(last) = modules.last().copied()
        {
            for module in modules {
                self.run_module(module);
            }
            return Atom::Module(last).into();
        }
        Value::unknown()
    }

    fn listed(
        &mut self,
        module: ModuleId,
        exports: &'a [Export],
        name: &str,
        site: Site,
        depth: usize,
    ) -> Option<Value> {
        let inside = Site { module, offset: 0 };
        for export in exports {
            match export {
                Export::Variable { name: exported, local } if **exported == *name => {
                    let root = self.root;
                    let scope = self.module_scope(module)?;
                    return Some(self.heap.variable(scope, local, root).unwrap_or_else(Value::unknown));
                }
                Export::Imported { name: exported, request, imported } if **exported == *name => {
                    return Some(self.member_of_request(inside, request, imported, site, depth));
                }
                Export::Namespace { name: exported, request } if **exported == *name => {
                    return self.import(request, inside);
                }
                _ => {}
            }
        }
        exports.iter().find_map(|export| match export {
            Export::All { request } => self.member_of_all(inside, request, name, site, depth),
            _ => None,
        })
    }

    fn member_of_request(&mut self, inside: Site, request: &str, name: &str, site: Site, depth: usize) -> Value {
        match self.resolve(request, inside) {
            Resolved::Own(modules) => match modules.last() {
                Some(last) => self.module_member_within(*last, name, site, depth + 1),
                None => Value::unknown(),
            },
            Resolved::External(path) => {
                self.imports(&path, site);
                self.external_member(&path, name)
            }
            Resolved::Missing => Value::unknown(),
        }
    }

    fn member_of_all(&mut self, inside: Site, request: &str, name: &str, site: Site, depth: usize) -> Option<Value> {
        let Resolved::Own(modules) = self.resolve(request, inside) else { return None };
        let last = modules.last().copied()?;
        let project = self.project;
        let loaded = project.loaded(last)?;
        if depth >= MAX_REEXPORTS {
            return None;
        }
        self.run_module(last);
        match &loaded.ir.exports {
            Exports::Listed(exports) => self.listed(last, exports, name, site, depth + 1),
            _ => {
                let value = self.module_member_within(last, name, site, depth + 1);
                (!value.atoms().iter().all(Atom::is_anything)).then_some(value)
            }
        }
    }

    /// The names a module offers with their values, for languages whose models copy them.
    pub(crate) fn module_names(&self, module: ModuleId) -> Vec<Rc<str>> {
        self.module_scope(module).map(|scope| self.heap.names(scope)).unwrap_or_default()
    }
}
