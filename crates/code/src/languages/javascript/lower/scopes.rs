//! Names and the scopes that declare them.
//!
//! The intermediate form knows modules, functions and classes as scopes. JavaScript's blocks are scopes too, so a block's
//! variable that shadows another of the same function gets a name of its own here (`name#2`).

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::ir::Name;

/// The scopes around the place that is being lowered, innermost last.
#[derive(Debug)]
pub(super) struct Scopes {
    blocks: Vec<Block>,
    functions: Vec<BTreeSet<Name>>,
}

#[derive(Debug, Default)]
struct Block {
    names: FxHashMap<String, Name>,
}

impl Scopes {
    /// The scope of a module.
    pub(super) fn module() -> Self {
        Self { blocks: vec![Block::default()], functions: vec![BTreeSet::new()] }
    }

    pub(super) fn enter_function(&mut self) {
        self.functions.push(BTreeSet::new());
        self.blocks.push(Block::default());
    }

    /// Leaves the function and tells what it declared itself, sorted.
    pub(super) fn leave_function(&mut self) -> Vec<Name> {
        self.blocks.pop();
        self.functions.pop().unwrap_or_default().into_iter().collect()
    }

    pub(super) fn enter_block(&mut self) {
        self.blocks.push(Block::default());
    }

    pub(super) fn leave_block(&mut self) {
        self.blocks.pop();
    }

    /// Declares a name in the innermost block. Declaring it there again changes nothing.
    pub(super) fn declare(&mut self, name: &str) {
        let (Some(block), Some(locals)) = (self.blocks.last_mut(), self.functions.last_mut()) else { return };
        if block.names.contains_key(name) {
            return;
        }
        let mut own: Name = name.into();
        let mut number = 2;
        while locals.contains(&own) {
            own = format!("{name}#{number}").into();
            number += 1;
        }
        locals.insert(own.clone());
        block.names.insert(name.to_owned(), own);
    }

    /// Declares `this` or another name that a function binds without writing it.
    pub(super) fn declare_bound(&mut self, name: &str) {
        if let Some(locals) = self.functions.last_mut() {
            locals.insert(name.into());
        }
    }

    /// The name in the intermediate form; one that no scope declares is itself.
    pub(super) fn resolve(&self, name: &str) -> Name {
        let found = self.blocks.iter().rev().find_map(|block| block.names.get(name));
        found.cloned().unwrap_or_else(|| name.into())
    }

    /// Whether the program itself declares the name.
    pub(super) fn declares(&self, name: &str) -> bool {
        self.blocks.iter().any(|block| block.names.contains_key(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_only_what_shadows_within_a_function() {
        let mut scopes = Scopes::module();
        scopes.declare("a");
        scopes.enter_block();
        scopes.declare("a");
        assert_eq!(&*scopes.resolve("a"), "a#2");
        scopes.enter_function();
        assert_eq!(&*scopes.resolve("a"), "a#2");
        scopes.declare("a");
        assert_eq!(&*scopes.resolve("a"), "a");
        assert_eq!(scopes.leave_function(), [Name::from("a")]);
        scopes.leave_block();
        assert_eq!(&*scopes.resolve("a"), "a");
        assert_eq!(&*scopes.resolve("b"), "b");
    }
}
