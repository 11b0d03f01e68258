//! What modules give each other.

use std::sync::Arc;

use super::evaluate::Evaluated;
use super::syntax::{Export, Imported};
use super::{Loaded, Programs};
use crate::Value;

impl Programs<'_> {
    /// What a module exports as a whole: its default, or all its names.
    pub(super) fn whole(&mut self, module: &Arc<Loaded>) -> Evaluated {
        match module.module.exports.iter().rev().find_map(|export| match export {
            Export::Whole(value) => Some(Arc::clone(value)),
            _ => None,
        }) {
            Some(value) => self.shared(&value, &Self::scope(module)),
            None => self.namespace(module),
        }
    }

    /// All that a module exports by name, as a mapping.
    fn namespace(&mut self, module: &Arc<Loaded>) -> Evaluated {
        let mut names: Vec<String> = Vec::new();
        for export in &module.module.exports {
            match export {
                Export::Named(name, _) | Export::From { exported: name, .. } => names.push(name.clone()),
                Export::All(request) => match self.resolve(module, request) {
                    Some(Evaluated::Node(node)) => {
                        let keys = node.entries().iter().filter_map(|(key, _)| key.as_str());
                        names.extend(keys.map(str::to_owned));
                    }
                    _ => return Evaluated::Unknown,
                },
                Export::Whole(_) => {}
            }
        }
        if names.is_empty() {
            return Evaluated::Undefined;
        }
        let mut entries = Vec::new();
        for name in names {
            let value = self.exported(module, &name);
            if let Some(value) = self.node(value, &module.path, 0, module) {
                entries.push((self.text_node(name, 0, module), value));
            }
        }
        Evaluated::Node(self.place(Value::Mapping(entries), 0, module))
    }

    /// What `module` exports under `name`.
    pub(super) fn exported(&mut self, module: &Arc<Loaded>, name: &str) -> Evaluated {
        for export in &module.module.exports {
            match export {
                Export::Named(exported, value) if exported == name => return self.shared(value, &Self::scope(module)),
                Export::From { exported, request, name: imported } if exported == name => {
                    return self.imported(module, request, imported);
                }
                _ => {}
            }
        }
        for export in &module.module.exports {
            if let Export::All(request) = export
                && let found @ (Evaluated::Node(_) | Evaluated::Function(..)) =
                    self.imported(module, request, &Imported::Named(name.to_owned()))
            {
                return found;
            }
        }
        match self.whole(module) {
            Evaluated::Node(node) => {
                node.get(name).map_or(Evaluated::Undefined, |value| Evaluated::Node(value.clone()))
            }
            Evaluated::Undefined => Evaluated::Undefined,
            Evaluated::Function(..) | Evaluated::Unknown => Evaluated::Unknown,
        }
    }

    pub(super) fn imported(&mut self, module: &Arc<Loaded>, request: &str, name: &Imported) -> Evaluated {
        match name {
            Imported::Default => self.resolve(module, request).unwrap_or(Evaluated::Unknown),
            Imported::Named(name) => match self.load_request(module, request) {
                Some(other) => self.exported(&other, name),
                None => match self.resolve(module, request) {
                    Some(Evaluated::Node(node)) => {
                        node.get(name).map_or(Evaluated::Undefined, |value| Evaluated::Node(value.clone()))
                    }
                    _ => Evaluated::Unknown,
                },
            },
            Imported::Namespace => match self.load_request(module, request) {
                Some(other) if !other.module.exports.iter().any(|export| matches!(export, Export::Whole(_))) => {
                    self.namespace(&other)
                }
                _ => self.resolve(module, request).unwrap_or(Evaluated::Unknown),
            },
        }
    }
}
