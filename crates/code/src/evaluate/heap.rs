//! Objects and scopes that values refer to by number, and how they grow.
//!
//! Identity is stable over rounds: an object is known by the activation and the place that made it. What one entry
//! point writes after another one has read (a global that is filled in lazily, a field that a second handler sets) is
//! kept as *late* and present from the start of the next round, so the order in which entry points happen to be
//! evaluated hides nothing.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::value::{Atom, Closure, ModuleId, Value};
use crate::ir::{ClassIndex, Name, Offset};

/// A list, dict, class or instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ObjectId(pub u32);

/// The variables of one activation of a module, function or class body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ScopeId(pub u32);

/// One evaluation of a body with certain arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ActivationId(pub u32);

/// Which activation this is: the same function with the same arguments is the same activation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum ActivationKey {
    Module(ModuleId),
    Function(Closure, Rc<[Value]>),
    Class(ActivationId, ModuleId, ClassIndex),
}

/// Who is running, for telling order that is certain from order that is not: all module bodies and what they call are
/// one, each entry point is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Root(pub u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Readers {
    #[default]
    None,
    One(u32),
    Several,
}

impl Readers {
    fn add(&mut self, root: Root) {
        *self = match *self {
            Self::None => Self::One(root.0),
            Self::One(reader) if reader == root.0 => Self::One(reader),
            _ => Self::Several,
        };
    }

    fn any_but(self, root: Root) -> bool {
        match self {
            Self::None => false,
            Self::One(reader) => reader != root.0,
            Self::Several => true,
        }
    }
}

/// A variable.
#[derive(Debug, Default, Clone)]
struct Cell {
    now: Option<Value>,
    late: Option<Value>,
    readers: Readers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Function,
    Class,
}

#[derive(Debug)]
pub(super) struct Scope<'a> {
    pub kind: ScopeKind,
    pub parent: Option<ScopeId>,
    /// What a function declares; modules and classes declare whatever is assigned in them.
    pub locals: &'a [Name],
    pub globals: &'a [Name],
    variables: FxHashMap<Rc<str>, Cell>,
    /// The names in the order they first appeared.
    order: Vec<Rc<str>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Dict,
    Instance { class: ObjectId },
    Class { module: ModuleId, class: ClassIndex, scope: ScopeId, bases: Vec<Value> },
    Foreign,
}

/// Something with parts.
#[derive(Debug)]
pub(super) struct Object {
    pub kind: Kind,
    /// Elements of a list, in order, while their positions are known.
    pub elements: Vec<Value>,
    named: Vec<(Rc<str>, Value)>,
    by_name: FxHashMap<Rc<str>, usize>,
    /// Join of parts whose key or position is not known.
    pub rest: Value,
    /// Whether `elements` or the named parts are all there is.
    pub complete: bool,
    /// Functions registered with it that run when it is used; kept over rounds, for using may come first.
    held: Vec<Value>,
    used: bool,
    late: Vec<(Rc<str>, Value)>,
    late_rest: Value,
    readers: Readers,
    round: u32,
}

/// More named parts than this are found through an index.
const LINEAR_PARTS: usize = 16;
/// Most parts an object keeps apart; what comes after is one joined rest.
const MAX_PARTS: usize = 20_000;

impl Object {
    fn new(kind: Kind, round: u32) -> Self {
        Self {
            kind,
            elements: Vec::new(),
            named: Vec::new(),
            by_name: FxHashMap::default(),
            rest: Value::none(),
            complete: true,
            held: Vec::new(),
            used: false,
            late: Vec::new(),
            late_rest: Value::none(),
            readers: Readers::None,
            round,
        }
    }

    fn position(&self, name: &str) -> Option<usize> {
        if self.named.len() <= LINEAR_PARTS {
            return self.named.iter().position(|(key, _)| &**key == name);
        }
        self.by_name.get(name).copied()
    }

    pub(super) fn part(&self, name: &str) -> Option<&Value> {
        self.named.get(self.position(name)?).map(|(_, value)| value)
    }

    pub(super) fn parts(&self) -> &[(Rc<str>, Value)] {
        &self.named
    }

    /// How many parts are told apart.
    pub(super) fn size(&self) -> usize {
        self.elements.len() + self.named.len() + usize::from(!self.complete)
    }

    fn join_part(&mut self, name: &Rc<str>, value: Value) {
        if let Some((_, old)) = self.position(name).and_then(|at| self.named.get_mut(at)) {
            *old = std::mem::replace(old, Value::none()).or(value);
        } else if self.named.len() >= MAX_PARTS {
            self.join_rest(value);
        } else {
            self.named.push((Rc::clone(name), value));
            self.index_new_parts();
        }
    }

    fn index_new_parts(&mut self) {
        if self.named.len() <= LINEAR_PARTS {
            return;
        }
        let unindexed = if self.by_name.is_empty() { 0 } else { self.named.len() - 1 };
        for (at, (name, _)) in self.named.iter().enumerate().skip(unindexed) {
            self.by_name.insert(Rc::clone(name), at);
        }
    }

    fn join_rest(&mut self, value: Value) {
        self.complete = false;
        self.rest = std::mem::replace(&mut self.rest, Value::none()).or(value);
    }

    fn reset(&mut self, kind: Kind, round: u32) {
        let (late, late_rest) = (std::mem::take(&mut self.late), std::mem::replace(&mut self.late_rest, Value::none()));
        *self = Self::new(kind, round);
        for (name, value) in &late {
            self.join_part(name, value.clone());
        }
        if !late_rest.is_none() {
            self.join_rest(late_rest.clone());
        }
        (self.late, self.late_rest) = (late, late_rest);
    }

    fn remember_late(&mut self, name: &Rc<str>, value: &Value) -> bool {
        match self.late.iter_mut().find(|(key, _)| key == name) {
            Some((_, late)) if late.covers(value) => false,
            Some((_, late)) => {
                *late = late.clone().or(value.clone());
                true
            }
            None => {
                self.late.push((Rc::clone(name), value.clone()));
                true
            }
        }
    }
}

/// All objects, scopes and activations of an evaluation.
#[derive(Debug, Default)]
pub(super) struct Heap<'a> {
    objects: Vec<Object>,
    object_ids: FxHashMap<(ActivationId, ModuleId, Offset, u32, u8), ObjectId>,
    scopes: Vec<Scope<'a>>,
    activations: FxHashMap<ActivationKey, ActivationId>,
    activation_scopes: Vec<ScopeId>,
    round: u32,
    /// Whether something grew after it had been read by another entry point: another round may find more.
    pub grew_late: bool,
}

impl<'a> Heap<'a> {
    pub(super) fn start_round(&mut self) {
        self.round += 1;
        self.grew_late = false;
    }

    /// The activation of this key with its scope, whose variables are reset.
    pub(super) fn activate(
        &mut self,
        key: ActivationKey,
        scope: impl FnOnce() -> Scope<'a>,
    ) -> (ActivationId, ScopeId) {
        let next = ActivationId(number(self.activation_scopes.len()));
        let id = *self.activations.entry(key).or_insert(next);
        if id == next {
            self.scopes.push(scope());
            self.activation_scopes.push(ScopeId(number(self.scopes.len() - 1)));
        }
        let scope_id = self.activation_scopes.get(id.0 as usize).copied().unwrap_or(ScopeId(0));
        if let Some(scope) = self.scopes.get_mut(scope_id.0 as usize) {
            for cell in &scope.order {
                if let Some(cell) = scope.variables.get_mut(cell) {
                    cell.now = cell.late.clone();
                    cell.readers = Readers::None;
                }
            }
        }
        (id, scope_id)
    }

    pub(super) fn known_activation(&self, key: &ActivationKey) -> Option<ActivationId> {
        self.activations.get(key).copied()
    }

    /// The object made at this place of this activation for the `nth` time; empty at its first making in a round.
    pub(super) fn allocate(&mut self, place: (ActivationId, ModuleId, Offset, u32), kind: Kind) -> ObjectId {
        let tag = match kind {
            Kind::List => 0,
            Kind::Dict => 1,
            Kind::Instance { .. } => 2,
            Kind::Class { .. } => 3,
            Kind::Foreign => 4,
        };
        let next = ObjectId(number(self.objects.len()));
        let id = *self.object_ids.entry((place.0, place.1, place.2, place.3, tag)).or_insert(next);
        let round = self.round;
        if id == next {
            self.objects.push(Object::new(kind, round));
        } else if let Some(object) = self.objects.get_mut(id.0 as usize) {
            if object.round != round {
                object.reset(kind, round);
            } else if let (Kind::Class { bases, .. }, Kind::Class { bases: new, .. }) = (&mut object.kind, kind) {
                *bases = new;
            }
        }
        id
    }

    pub(super) fn object(&self, id: ObjectId) -> Option<&Object> {
        self.objects.get(id.0 as usize)
    }

    /// Notes that `root` looked at the object and gives it.
    pub(super) fn read(&mut self, id: ObjectId, root: Root) -> Option<&Object> {
        let object = self.objects.get_mut(id.0 as usize)?;
        object.readers.add(root);
        Some(object)
    }

    /// The object may have this named part.
    pub(super) fn join_part(&mut self, id: ObjectId, name: &Rc<str>, value: Value, root: Root) {
        let Some(object) = self.objects.get_mut(id.0 as usize) else { return };
        if object.part(name).is_some_and(|old| old.covers(&value)) {
            return;
        }
        if object.readers.any_but(root) && object.remember_late(name, &value) {
            self.grew_late = true;
        }
        object.join_part(name, value);
    }

    /// The named part is now exactly this: for objects that only the running code has seen.
    pub(super) fn set_part(&mut self, id: ObjectId, name: &Rc<str>, value: Value, root: Root) {
        let Some(object) = self.objects.get_mut(id.0 as usize) else { return };
        if object.readers.any_but(root) {
            return self.join_part(id, name, value, root);
        }
        match object.position(name) {
            Some(at) => {
                if let Some((_, old)) = object.named.get_mut(at) {
                    *old = value;
                }
            }
            None => object.join_part(name, value),
        }
    }

    /// The object may have this value under a key or position that is not known.
    pub(super) fn join_rest(&mut self, id: ObjectId, value: Value, root: Root) {
        let Some(object) = self.objects.get_mut(id.0 as usize) else { return };
        if !object.complete && object.rest.covers(&value) {
            return;
        }
        if object.readers.any_but(root) && !object.late_rest.covers(&value) {
            object.late_rest = object.late_rest.clone().or(value.clone());
            self.grew_late = true;
        }
        object.join_rest(value);
    }

    /// A list gets one more element at its end.
    pub(super) fn push_element(&mut self, id: ObjectId, value: Value, root: Root) {
        let Some(object) = self.objects.get_mut(id.0 as usize) else { return };
        if object.complete && object.elements.len() < LINEAR_PARTS * 4 && !object.readers.any_but(root) {
            object.elements.push(value);
        } else {
            self.join_rest(id, value, root);
        }
    }

    /// What was registered with the object and not taken yet; from now on it counts as used.
    pub(super) fn take_held(&mut self, id: ObjectId) -> Vec<Value> {
        let Some(object) = self.objects.get_mut(id.0 as usize) else { return Vec::new() };
        object.used = true;
        std::mem::take(&mut object.held)
    }

    pub(super) fn hold(&mut self, id: ObjectId, value: Value) {
        if let Some(object) = self.objects.get_mut(id.0 as usize) {
            object.held.push(value);
        }
    }

    /// The object may have parts that nothing is known of.
    pub(super) fn open(&mut self, id: ObjectId) {
        if let Some(object) = self.objects.get_mut(id.0 as usize) {
            object.complete = false;
        }
    }

    pub(super) fn scope(&self, id: ScopeId) -> Option<&Scope<'a>> {
        self.scopes.get(id.0 as usize)
    }

    /// The names a scope has values for, in the order they appeared.
    pub(super) fn names(&self, id: ScopeId) -> Vec<Rc<str>> {
        let Some(scope) = self.scope(id) else { return Vec::new() };
        let has_value = |name: &&Rc<str>| scope.variables.get(*name).is_some_and(|cell| cell.now.is_some());
        scope.order.iter().filter(has_value).cloned().collect()
    }

    /// The variable's value in exactly this scope, noting that `root` looked.
    pub(super) fn variable(&mut self, id: ScopeId, name: &str, root: Root) -> Option<Value> {
        let scope = self.scopes.get_mut(id.0 as usize)?;
        if let Some(cell) = scope.variables.get_mut(name) {
            cell.readers.add(root);
            return cell.now.clone();
        }
        if scope.kind == ScopeKind::Module {
            let mut cell = Cell::default();
            cell.readers.add(root);
            scope.declare(name, cell);
        }
        None
    }

    /// The variable's value without leaving a trace.
    pub(super) fn peek(&self, id: ScopeId, name: &str) -> Option<&Value> {
        self.scope(id)?.variables.get(name)?.now.as_ref()
    }

    /// The variable is now exactly this. Returns what it was before.
    pub(super) fn set_variable(
        &mut self,
        id: ScopeId,
        name: &Rc<str>,
        value: Option<Value>,
        root: Root,
    ) -> Option<Value> {
        let scope = self.scopes.get_mut(id.0 as usize)?;
        let Some(cell) = scope.variables.get_mut(name) else {
            scope.declare(name, Cell { now: value, ..Cell::default() });
            return None;
        };
        if let Some(value) = &value
            && cell.readers.any_but(root)
        {
            self.grew_late |= cell.remember_late(value);
        }
        let value = match (&cell.late, value) {
            (Some(late), Some(value)) => Some(value.or(late.clone())),
            (_, value) => value,
        };
        std::mem::replace(&mut cell.now, value)
    }

    /// Takes back what a branch did.
    pub(super) fn restore_variable(&mut self, id: ScopeId, name: &str, value: Option<Value>) {
        if let Some(cell) = self.scopes.get_mut(id.0 as usize).and_then(|scope| scope.variables.get_mut(name)) {
            cell.now = value;
        }
    }

    /// The variable may also be this.
    pub(super) fn join_variable(&mut self, id: ScopeId, name: &str, value: Value, root: Root) {
        let Some(scope) = self.scopes.get_mut(id.0 as usize) else { return };
        let Some(cell) = scope.variables.get_mut(name) else {
            return scope.declare(name, Cell { now: Some(value), ..Cell::default() });
        };
        if cell.readers.any_but(root) {
            self.grew_late |= cell.remember_late(&value);
        }
        cell.now = Some(cell.now.take().map_or_else(|| value.clone(), |now| now.or(value.clone())));
    }
}

impl<'a> Scope<'a> {
    pub(super) fn new(kind: ScopeKind, parent: Option<ScopeId>, locals: &'a [Name], globals: &'a [Name]) -> Self {
        Self { kind, parent, locals, globals, variables: FxHashMap::default(), order: Vec::new() }
    }

    fn declare(&mut self, name: &str, cell: Cell) {
        let name: Rc<str> = name.into();
        self.order.push(Rc::clone(&name));
        self.variables.insert(name, cell);
    }

    /// Whether an assignment to `name` in this scope stays in it.
    pub(super) fn declares(&self, name: &str) -> bool {
        match self.kind {
            ScopeKind::Module | ScopeKind::Class => true,
            ScopeKind::Function => self.locals.binary_search_by(|local| (**local).cmp(name)).is_ok(),
        }
    }
}

impl Cell {
    fn remember_late(&mut self, value: &Value) -> bool {
        if self.now.as_ref().is_some_and(|now| now.covers(value)) || self.late.as_ref().is_some_and(|l| l.covers(value))
        {
            return false;
        }
        self.late = Some(self.late.take().map_or_else(|| value.clone(), |late| late.or(value.clone())));
        true
    }
}

impl Atom {
    pub(crate) fn object(&self) -> Option<ObjectId> {
        match self {
            Self::Class(id) | Self::Instance(id) | Self::List(id) | Self::Dict(id) | Self::Foreign(_, id) => Some(*id),
            _ => None,
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
