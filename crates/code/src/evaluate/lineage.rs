//! Classes and what they are derived from.

use std::rc::Rc;

use super::heap::Kind;
use super::{Atom, Machine, ObjectId, Value};

/// Most classes looked at from one class upwards.
const MAX_LINEAGE: usize = 64;

impl Machine<'_> {
    /// A class and its own bases, nearest first, each once.
    pub(super) fn lineage(&mut self, class: ObjectId) -> Rc<[ObjectId]> {
        if let Some(known) = self.lineages.get(&class) {
            return Rc::clone(known);
        }
        let mut lineage: Vec<ObjectId> = Vec::new();
        let mut open = vec![class];
        while let Some(next) = open.pop() {
            if lineage.contains(&next) || lineage.len() >= MAX_LINEAGE {
                continue;
            }
            lineage.push(next);
            let bases = self.bases(next);
            open.extend(bases.iter().rev().filter_map(|base| match base {
                Atom::Class(base) => Some(*base),
                _ => None,
            }));
        }
        let lineage: Rc<[ObjectId]> = lineage.into();
        self.lineages.insert(class, Rc::clone(&lineage));
        lineage
    }

    /// Direct bases of a class, in order.
    pub(crate) fn bases(&self, class: ObjectId) -> Vec<Atom> {
        match self.heap.object(class).map(|object| &object.kind) {
            Some(Kind::Class { bases, .. }) => bases.iter().flat_map(|base| base.atoms().to_vec()).collect(),
            _ => Vec::new(),
        }
    }

    /// A member as it is written in the class or the nearest base that has it.
    pub(super) fn find_in_class(&mut self, class: ObjectId, name: &str) -> Option<Value> {
        let lineage = self.lineage(class);
        lineage.iter().find_map(|class| self.own_member_of_class(*class, name))
    }

    fn own_member_of_class(&mut self, class: ObjectId, name: &str) -> Option<Value> {
        let Kind::Class { scope, .. } = self.heap.object(class)?.kind else { return None };
        let root = self.root;
        self.heap.variable(scope, name, root)
    }

    /// A member as `super` sees it from a class: in its bases, else in what follows the class among the receiver's
    /// (a mixin's next class is known only there).
    pub(super) fn find_above(&mut self, class: ObjectId, receiver: &Atom, name: &str) -> Option<Value> {
        let own = self.lineage(class);
        let of_receiver = match receiver {
            Atom::Instance(id) => self.class_of(*id),
            Atom::Class(id) => Some(*id),
            _ => None,
        };
        let all = of_receiver.map(|class| self.lineage(class)).unwrap_or_else(|| Rc::from([]));
        let after = all.iter().skip_while(|next| **next != class).skip(1);
        let above: Vec<ObjectId> = own.iter().skip(1).chain(after).copied().collect();
        above.into_iter().find_map(|class| self.own_member_of_class(class, name))
    }

    /// The class that an instance was made of.
    pub(crate) fn class_of(&self, instance: ObjectId) -> Option<ObjectId> {
        match self.heap.object(instance)?.kind {
            Kind::Instance { class } => Some(class),
            _ => None,
        }
    }

    /// Paths of the classes outside the project that a class is derived from, near ones first.
    pub(crate) fn foreign_bases(&mut self, class: ObjectId) -> Vec<Rc<str>> {
        let lineage = self.lineage(class);
        let bases = lineage.iter().flat_map(|class| self.bases(*class));
        let foreign = bases.filter_map(|base| match base {
            Atom::External(path) | Atom::Foreign(path, _) => Some(path),
            _ => None,
        });
        foreign.collect()
    }

    /// The names that a class and its own bases have members for, sorted.
    pub(super) fn class_names(&mut self, class: ObjectId) -> Vec<Rc<str>> {
        let lineage = self.lineage(class);
        let scopes = lineage.iter().filter_map(|class| match self.heap.object(*class)?.kind {
            Kind::Class { scope, .. } => Some(scope),
            _ => None,
        });
        let mut names: Vec<Rc<str>> = scopes.flat_map(|scope| self.heap.names(scope)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
