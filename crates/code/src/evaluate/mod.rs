//! One abstract evaluator for all languages: runs modules of the intermediate form and records what they call.
//!
//! Entry points are run with arguments that nothing is known of; own functions that they call are run with the arguments
//! they get, once per different arguments, so a wrapper that takes an operation's name is as clear as the call itself.
//! Both sides of an undecided branch run and their variables are joined; a loop's body runs until nothing new appears,
//! or once per element when the elements are known. Functions handed to code that is not the project's run with data as
//! arguments. What is reached this way is what the function needs; nothing else is.
//!
//! Termination: steps, call depth, contexts per function, alternatives per value and rounds are bounded, see the
//! constants. What a bound cuts off is reported.

mod classes;
mod expressions;
mod heap;
mod invoke;
mod lineage;
mod members;
mod modules;
mod patterns;
mod record;
mod roots;
mod statements;
mod value;

use std::rc::Rc;

use model::function::EnvironmentVariable;
use model::{Part, SymbolicText};
use rustc_hash::{FxHashMap, FxHashSet};

pub(crate) use heap::{ObjectId, ScopeId};
pub(crate) use invoke::OWNER;
pub(crate) use record::{Record, Unbound, Use};
pub(crate) use value::{Arguments, Atom, Closure, Cloud, Member, ModuleId, Partial, Value};

use heap::{ActivationId, Heap, Kind, Root};

use crate::ir::{ClassIndex, Function, FunctionIndex, Offset};
use crate::languages::Language;
use crate::project::Project;
use crate::sources::File;

/// Most expressions evaluated, over all rounds: some seconds.
const MAX_STEPS: u64 = 6_000_000;
/// Most calls of own functions inside each other.
const MAX_CALL_DEPTH: usize = 48;
/// Most rounds until nothing grows late any more.
const MAX_ROUNDS: u32 = 4;

/// A place in the project's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Site {
    pub module: ModuleId,
    pub offset: Offset,
}

/// The running evaluation, as models see it.
pub(crate) struct Machine<'a> {
    project: &'a Project<'a>,
    environment: &'a [EnvironmentVariable],
    heap: Heap<'a>,
    frames: Vec<Frame>,
    modules: Vec<ModuleState>,
    memo: FxHashMap<ActivationId, Memo>,
    contexts: FxHashMap<(ModuleId, FunctionIndex, ScopeId), Contexts>,
    root: Root,
    next_root: u32,
    steps: u64,
    /// How many alternatives surround the running code, over all frames.
    branch_depth: u32,
    /// Functions whose bodies ran, in this round.
    ran: FxHashSet<(ModuleId, FunctionIndex)>,
    /// Closures that were defined, in order: entry points when everything counts.
    defined: Vec<(Closure, Option<ObjectId>)>,
    /// Instances made to call methods on when nothing else makes one.
    stand_ins: FxHashMap<ObjectId, Atom>,
    /// Calls and iterations that surround the running code.
    nesting: u32,
    /// Classes with their bases, until another class is defined.
    lineages: FxHashMap<ObjectId, Rc<[ObjectId]>>,
    /// Objects that left the project's code, in this round, with how many parts they had.
    escaped: FxHashMap<ObjectId, usize>,
    /// Classes of which, or of whose derived classes, the code made instances.
    instantiated: FxHashSet<ObjectId>,
    /// Classes by the names that their bodies define, in the order of their definition.
    methods: FxHashMap<Rc<str>, Vec<ObjectId>>,
    record: Record,
    /// Files that an import asked for and that are not loaded.
    wanted: Vec<File>,
}

/// One body being run.
struct Frame {
    module: ModuleId,
    scope: ScopeId,
    activation: ActivationId,
    function: Option<FunctionIndex>,
    /// Class that defines the function, and what it was called on.
    class: Option<ObjectId>,
    receiver: Option<Atom>,
    returns: Value,
    yields: Value,
    /// Variables overwritten since the innermost branch began, with what they were.
    log: Vec<(Rc<str>, Option<Value>)>,
    /// How often each place made an object in this activation.
    visits: FxHashMap<Offset, u32>,
    /// Unrolled loops, and others, that surround the running statement.
    loops: u32,
    repeats: u32,
}

impl Frame {
    fn new(module: ModuleId, scope: ScopeId, activation: ActivationId) -> Self {
        Self {
            module,
            scope,
            activation,
            function: None,
            class: None,
            receiver: None,
            returns: Value::none(),
            yields: Value::none(),
            log: Vec::new(),
            visits: FxHashMap::default(),
            loops: 0,
            repeats: 0,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum ModuleState {
    #[default]
    Waiting,
    Running(ScopeId),
    Ran(ScopeId),
}

/// What is known of an activation's result.
struct Memo {
    running: bool,
    /// Whether it was asked for while it was running.
    recursive: bool,
    returns: Value,
}

/// With which arguments a function was run so far.
#[derive(Default)]
struct Contexts {
    count: u32,
    joined: Vec<Value>,
    widenings: u32,
}

/// How a block ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    /// By `break` or `continue`.
    Leave,
    /// By `return` or `raise`.
    End,
}

/// What a finished evaluation hands over.
pub(crate) struct Outcome {
    pub record: Record,
    pub ran_modules: Vec<ModuleId>,
    pub wanted: Vec<File>,
    /// Whether the bound on steps was hit.
    pub exhausted: bool,
}

/// Where evaluation starts.
#[derive(Debug, Clone)]
pub(crate) enum Start {
    /// A member of a module, with what leads to it.
    Handler { module: ModuleId, members: Vec<String> },
    /// All these modules, and every function in them that is not shadowed.
    Everything(Vec<ModuleId>),
}

/// Runs everything that `starts` reach.
pub(crate) fn evaluate<'a>(
    project: &'a Project<'a>,
    environment: &'a [EnvironmentVariable],
    starts: &[Start],
) -> Outcome {
    let mut machine = Machine {
        project,
        environment,
        heap: Heap::default(),
        frames: Vec::new(),
        modules: Vec::new(),
        memo: FxHashMap::default(),
        contexts: FxHashMap::default(),
        root: Root(0),
        next_root: 1,
        steps: 0,
        branch_depth: 0,
        ran: FxHashSet::default(),
        defined: Vec::new(),
        stand_ins: FxHashMap::default(),
        nesting: 0,
        lineages: FxHashMap::default(),
        escaped: FxHashMap::default(),
        instantiated: FxHashSet::default(),
        methods: FxHashMap::default(),
        record: Record::default(),
        wanted: Vec::new(),
    };
    for _ in 0..MAX_ROUNDS {
        machine.start_round();
        machine.run(starts);
        if !machine.heap.grew_late || machine.is_exhausted() {
            break;
        }
    }
    let exhausted = machine.is_exhausted();
    let ran_modules = (0..).map(ModuleId).zip(&machine.modules).filter(|(_, state)| **state != ModuleState::Waiting);
    let ran_modules = ran_modules.map(|(id, _)| id).collect();
    Outcome { ran_modules, wanted: machine.wanted, exhausted, record: machine.record }
}

impl<'a> Machine<'a> {
    fn start_round(&mut self) {
        self.heap.start_round();
        self.frames.clear();
        self.modules = vec![ModuleState::Waiting; self.project.modules.len()];
        self.memo.clear();
        self.contexts.clear();
        self.root = Root(0);
        self.next_root = 1;
        self.ran.clear();
        self.defined.clear();
        self.stand_ins.clear();
        self.nesting = 0;
        self.lineages.clear();
        self.escaped.clear();
        self.instantiated.clear();
        self.methods.clear();
        self.record = Record::default();
    }

    fn is_exhausted(&self) -> bool {
        self.steps > MAX_STEPS
    }

    fn frame(&mut self) -> Option<&mut Frame> {
        self.frames.last_mut()
    }

    /// The language of the running code.
    pub(crate) fn language(&self) -> Option<&'static Language> {
        let module = self.frames.last()?.module;
        self.project.loaded(module).map(|loaded| loaded.language)
    }

    /// What the environment variable of this name is set to, when the deployment sets it.
    pub(crate) fn environment_variable(&self, name: &str) -> Option<&'a SymbolicText> {
        self.environment.iter().find(|variable| variable.name == name).map(|variable| &variable.value)
    }

    /// The value without literal texts when an environment variable that is set comes first: they are its defaults.
    pub(crate) fn without_defaults(&self, value: Value) -> Value {
        let is_set = |atom: &Atom| match atom {
            Atom::Text(text) => match text.parts() {
                [Part::Environment(name)] => self.environment_variable(name).is_some(),
                _ => false,
            },
            _ => false,
        };
        if !value.atoms().iter().any(is_set) {
            return value;
        }
        value.without(|atom| matches!(atom, Atom::Text(text) if text.as_literal().is_some()) || *atom == Atom::Nothing)
    }

    /// Whether one entry point is meant rather than everything.
    pub(crate) fn has_handler(&self) -> bool {
        self.project.sources.has_handler
    }

    /// The project under evaluation.
    pub(crate) fn project(&self) -> &'a Project<'a> {
        self.project
    }

    fn function(&self, module: ModuleId, index: FunctionIndex) -> Option<&'a Function> {
        self.project.loaded(module)?.ir.function(index)
    }

    fn class(&self, module: ModuleId, index: ClassIndex) -> Option<&'a crate::ir::Class> {
        self.project.loaded(module)?.ir.class(index)
    }

    /// A new object made at `site`.
    fn allocate(&mut self, site: Site, kind: Kind) -> ObjectId {
        let (activation, visit) = match self.frames.last_mut() {
            None => (ActivationId(u32::MAX), 0),
            Some(frame) => {
                let visits = frame.visits.entry(site.offset).or_default();
                *visits += 1;
                (frame.activation, *visits)
            }
        };
        self.heap.allocate((activation, site.module, site.offset, visit), kind)
    }

    /// A new list of these elements.
    pub(crate) fn new_list(&mut self, elements: Vec<Value>, complete: bool, site: Site) -> Value {
        let id = self.allocate(site, Kind::List);
        let root = self.root;
        for element in elements {
            self.heap.push_element(id, element, root);
        }
        if !complete {
            self.heap.open(id);
        }
        Atom::List(id).into()
    }

    /// A new list of which only the join of its elements is known.
    pub(crate) fn new_list_of(&mut self, element: Value, site: Site) -> Value {
        let id = self.allocate(site, Kind::List);
        let root = self.root;
        self.heap.join_rest(id, element, root);
        Atom::List(id).into()
    }

    /// A new dict of these entries; `complete` when there are no others.
    pub(crate) fn new_dict(&mut self, entries: Vec<(Rc<str>, Value)>, complete: bool, site: Site) -> Value {
        let id = self.allocate(site, Kind::Dict);
        let root = self.root;
        for (name, value) in entries {
            self.heap.join_part(id, &name, value, root);
        }
        if !complete {
            self.heap.open(id);
        }
        Atom::Dict(id).into()
    }

    /// The entries of the dicts among the alternatives by key, and whether that is all: for arguments by name.
    pub(crate) fn entries(&mut self, value: &Value) -> (Vec<(Rc<str>, Value)>, bool) {
        let mut entries: Vec<(Rc<str>, Value)> = Vec::new();
        let mut positions: FxHashMap<Rc<str>, usize> = FxHashMap::default();
        let mut complete = true;
        let root = self.root;
        for atom in value.atoms() {
            let Atom::Dict(id) = atom else {
                complete &= *atom == Atom::Nothing;
                continue;
            };
            let Some(object) = self.heap.read(*id, root) else { continue };
            complete &= object.complete;
            self.steps += object.parts().len() as u64;
            if value.single().is_some() {
                entries.extend_from_slice(object.parts());
                break;
            }
            for (name, value) in object.parts() {
                match positions.get(name).and_then(|at| entries.get_mut(*at)) {
                    Some((_, known)) => *known = known.clone().or(value.clone()),
                    None => {
                        positions.insert(Rc::clone(name), entries.len());
                        entries.push((Rc::clone(name), value.clone()));
                    }
                }
            }
        }
        (entries, complete)
    }

    /// The elements of a list or tuple in order, when it is one and all are known.
    pub(crate) fn exact_elements(&mut self, value: &Value) -> Option<Vec<Value>> {
        let root = self.root;
        let Some(Atom::List(id)) = value.single() else { return None };
        let object = self.heap.read(*id, root)?;
        object.complete.then(|| object.elements.clone())
    }

    /// The dict or instance gets one more named part.
    pub(crate) fn join_part(&mut self, object: ObjectId, name: &str, value: Value) {
        let root = self.root;
        self.heap.join_part(object, &name.into(), value, root);
    }

    /// The container gets something under a key or position that is not known.
    pub(crate) fn join_rest(&mut self, object: ObjectId, value: Value) {
        let root = self.root;
        self.heap.join_rest(object, value, root);
    }

    /// The list gets one more element.
    pub(crate) fn push_element(&mut self, list: ObjectId, value: Value) {
        let root = self.root;
        self.heap.push_element(list, value, root);
    }
}
