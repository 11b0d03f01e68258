//! Statements: order, branches, loops.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::{Atom, Flow, Machine, ScopeId, Site, Value};
use crate::ir::{Block, Case, Each, Expr, Handler, Over, Pattern, Stmt, StmtKind};

/// Loops over at most this many known elements run once per element.
const MAX_UNROLLED: usize = 24;
/// Loops inside this many unrolled ones are not unrolled.
const MAX_UNROLLED_NESTING: u32 = 2;

/// Loops inside this many others run once.
const MAX_REPEATED_NESTING: u32 = 4;

/// Alternatives that start from the same variables and are joined after all of them ran.
#[derive(Default)]
struct Branches {
    arms: Vec<Arm>,
}

struct Arm {
    flow: Flow,
    /// Name, value before, value after.
    changed: Vec<(Rc<str>, Option<Value>, Option<Value>)>,
}

impl<'a> Machine<'a> {
    pub(super) fn block(&mut self, block: &'a Block) -> Flow {
        for statement in block {
            let flow = self.statement(statement);
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    fn statement(&mut self, statement: &'a Stmt) -> Flow {
        match &statement.kind {
            StmtKind::Expr(value) => {
                self.eval(value);
            }
            StmtKind::Assign { targets, value } => {
                let value = self.eval(value);
                for target in targets {
                    self.assign(target, value.clone(), statement.offset);
                }
            }
            StmtKind::Annotated { target, annotation, value } => self.annotated(target, annotation, value.as_ref()),
            StmtKind::Delete(targets) => targets.iter().for_each(|target| self.delete(target)),
            StmtKind::Return(value) => return self.give_back(value.as_ref()),
            StmtKind::Raise(value) => {
                if let Some(value) = value {
                    self.eval(value);
                }
                return Flow::End;
            }
            StmtKind::Leave => return Flow::Leave,
            StmtKind::If { test, then, otherwise } => return self.choose(test, then, otherwise),
            StmtKind::Loop { each, test, body, otherwise } => {
                return self.repeat(each.as_ref(), test.as_ref(), body, otherwise);
            }
            StmtKind::Match { subject, cases } => return self.select(subject, cases),
            StmtKind::Try { body, handlers, otherwise, finally } => {
                return self.attempt(body, handlers, otherwise, finally);
            }
            StmtKind::With { items, body } => return self.with(items, body, statement.offset),
            StmtKind::Function(index) => self.define_function(*index),
            StmtKind::Class(index) => self.define_class(*index),
            StmtKind::Import(import) => self.import_statement(import, statement.offset),
        }
        Flow::Next
    }

    /// What is deleted may be there again by the time other code looks, so only the way to it runs.
    fn delete(&mut self, target: &'a Pattern) {
        match target {
            Pattern::Attribute { object, .. } => {
                self.eval(object);
            }
            Pattern::Index { object, index } => {
                self.eval(object);
                self.eval(index);
            }
            _ => {}
        }
    }

    fn give_back(&mut self, value: Option<&'a Expr>) -> Flow {
        let value = value.map_or_else(|| Atom::Nothing.into(), |value| self.eval(value));
        if let Some(frame) = self.frame() {
            frame.returns = std::mem::replace(&mut frame.returns, Value::none()).or(value);
        }
        Flow::End
    }

    fn annotated(&mut self, target: &'a Pattern, annotation: &'a Expr, value: Option<&'a Expr>) {
        let site = self.site(annotation.offset);
        let mut value = value.map(|value| self.eval(value));
        if value.as_ref().is_none_or(super::members::may_be_anything)
            && let Some(promised) = self.promised(annotation)
        {
            value = Some(promised);
        }
        if let Some(value) = value {
            self.assign(target, value, site.offset);
        }
    }

    fn choose(&mut self, test: &'a Expr, then: &'a Block, otherwise: &'a Block) -> Flow {
        let test = self.eval(test);
        match self.decided(&test) {
            Some(true) => self.block(then),
            Some(false) => self.block(otherwise),
            None => {
                let mut branches = Branches::default();
                self.arm(&mut branches, |machine| machine.block(then));
                self.arm(&mut branches, |machine| machine.block(otherwise));
                self.join(branches)
            }
        }
    }

    /// Which side of a branch runs, when it is known. When everything counts, both sides do: what the code at hand
    /// passes is not all that may be passed.
    pub(super) fn decided(&self, test: &Value) -> Option<bool> {
        if self.has_handler() { truth(test) } else { None }
    }

    fn select(&mut self, subject: &'a Expr, cases: &'a [Case]) -> Flow {
        let subject = self.eval(subject);
        let site = self.site(cases.first().and_then(|case| case.tests.first()).map_or(0, |test| test.offset));
        let mut branches = Branches::default();
        for (at, case) in cases.iter().enumerate() {
            let tests: Vec<_> = case.tests.iter().map(|test| self.eval(test)).collect();
            let applies = if self.has_handler() { matches_case(&subject, &tests) } else { None };
            if applies == Some(false) && !cases.get(at.wrapping_sub(1)).is_some_and(|before| before.falls_through) {
                continue;
            }
            self.arm(&mut branches, |machine| {
                machine.assign(&case.pattern, subject.clone(), site.offset);
                machine.run_case(cases, at)
            });
            if applies == Some(true) {
                return self.join(branches);
            }
        }
        self.arm(&mut branches, |_| Flow::Next);
        self.join(branches)
    }

    fn run_case(&mut self, cases: &'a [Case], at: usize) -> Flow {
        for case in cases.get(at..).unwrap_or_default() {
            match self.block(&case.body) {
                Flow::Next if case.falls_through => {}
                // `break` ends the `switch`, not what surrounds it.
                Flow::Leave => return Flow::Next,
                flow => return flow,
            }
        }
        Flow::Next
    }

    fn attempt(&mut self, body: &'a Block, handlers: &'a [Handler], otherwise: &'a Block, finally: &'a Block) -> Flow {
        let mut branches = Branches::default();
        self.arm(&mut branches, |machine| match machine.block(body) {
            Flow::Next => machine.block(otherwise),
            flow => flow,
        });
        let attempted = branches.arms.first().map(|arm| arm.changed.clone()).unwrap_or_default();
        for handler in handlers {
            self.arm(&mut branches, |machine| {
                // The body may have come anywhere before it failed.
                for (name, before, after) in &attempted {
                    machine.set_own_variable(name, join_options(before.clone(), after.clone()));
                }
                for caught in &handler.types {
                    machine.eval(caught);
                }
                if let Some(binding) = &handler.binding {
                    machine.assign(binding, Value::data(), 0);
                }
                machine.block(&handler.body)
            });
        }
        let flow = self.join(branches);
        match self.block(finally) {
            Flow::Next => flow,
            ended => ended,
        }
    }

    fn with(&mut self, items: &'a [(Expr, Option<Pattern>)], body: &'a Block, offset: u32) -> Flow {
        let site = self.site(offset);
        let mut managers = Vec::new();
        for (manager, target) in items {
            let manager = self.eval(manager);
            let entered = self.enter(&manager, site);
            if let Some(target) = target {
                self.assign(target, entered, offset);
            }
            managers.push(manager);
        }
        let flow = self.block(body);
        for manager in managers {
            self.leave(&manager, site);
        }
        flow
    }

    fn repeat(
        &mut self,
        each: Option<&'a Each>,
        test: Option<&'a Expr>,
        body: &'a Block,
        otherwise: &'a Block,
    ) -> Flow {
        let iterable = each.map(|each| (each, self.eval(&each.iterable)));
        if let Some((each, iterable)) = &iterable
            && let Some(elements) = self.unrolled(each.over, iterable)
        {
            self.repeat_unrolled(each, elements, body);
        } else if let Some(test) = test.map(|test| self.eval(test))
            && self.decided(&test) == Some(false)
        {
            return self.block(otherwise);
        } else {
            self.repeat_until_stable(iterable, test, body);
        }
        match self.block(otherwise) {
            Flow::Leave => Flow::Next,
            flow => flow,
        }
    }

    /// The elements, when they are so few that the loop may run once for each.
    pub(super) fn unrolled(&mut self, over: Over, iterable: &Value) -> Option<Vec<Value>> {
        if self.frames.last()?.loops >= MAX_UNROLLED_NESTING {
            return None;
        }
        let elements = match over {
            Over::Elements => self.exact_iteration(iterable)?,
            Over::Keys => self.exact_keys(iterable)?,
        };
        (elements.len() <= MAX_UNROLLED).then_some(elements)
    }

    fn repeat_unrolled(&mut self, each: &'a Each, elements: Vec<Value>, body: &'a Block) {
        self.enter_loop(1);
        for element in elements {
            let mut branches = Branches::default();
            self.assign(&each.pattern, element, each.iterable.offset);
            self.arm(&mut branches, |machine| machine.block(body));
            let ended = branches.arms.iter().any(|arm| arm.flow == Flow::End);
            if ended {
                // A `return` inside may depend on what is not known; later elements count as well.
                self.arm(&mut branches, |_| Flow::Next);
            }
            self.join(branches);
        }
        self.enter_loop(-1);
    }

    fn enter_loop(&mut self, by: i32) {
        if let Some(frame) = self.frame() {
            frame.loops = frame.loops.saturating_add_signed(by);
        }
    }

    fn repeat_until_stable(&mut self, iterable: Option<(&'a Each, Value)>, test: Option<&'a Expr>, body: &'a Block) {
        let depth = self.frame().map_or(0, |frame| {
            frame.repeats += 1;
            frame.repeats
        });
        // Loops inside loops would run 2^depth times.
        let passes = if depth <= MAX_REPEATED_NESTING { 2 } else { 1 };
        for pass in 0..passes {
            let mut branches = Branches::default();
            self.arm(&mut branches, |machine| {
                if let Some((each, iterable)) = &iterable {
                    let site = machine.site(each.iterable.offset);
                    let element = machine.iterate(each.over, iterable, site);
                    machine.assign(&each.pattern, element, each.iterable.offset);
                }
                if let Some(test) = test {
                    machine.eval(test);
                }
                machine.block(body)
            });
            let grew = branches.arms.iter().flat_map(|arm| &arm.changed).any(
                |(_, before, after)| matches!((before, after), (Some(before), Some(after)) if !before.covers(after)),
            );
            self.arm(&mut branches, |_| Flow::Next);
            self.join(branches);
            if pass == 0 && !grew {
                break;
            }
        }
        if let Some(frame) = self.frame() {
            frame.repeats -= 1;
        }
    }

    /// Runs one alternative and puts the variables back to what they were.
    fn arm(&mut self, branches: &mut Branches, run: impl FnOnce(&mut Self) -> Flow) {
        let Some(frame) = self.frames.last() else { return };
        let (depth, scope, mark) = (self.frames.len(), frame.scope, frame.log.len());
        self.branch_depth += 1;
        let flow = run(self);
        self.branch_depth -= 1;
        debug_assert_eq!(depth, self.frames.len(), "every frame that is entered is left");
        let log = self.frame().map(|frame| frame.log.split_off(mark)).unwrap_or_default();
        let mut changed: Vec<(Rc<str>, Option<Value>, Option<Value>)> = Vec::new();
        let mut seen = FxHashMap::default();
        for (name, before) in log {
            if seen.insert(Rc::clone(&name), ()).is_none() {
                let after = self.heap.peek(scope, &name).cloned();
                changed.push((name, before, after));
            }
        }
        for (name, before, _) in &changed {
            self.restore(scope, name, before.clone());
        }
        branches.arms.push(Arm { flow, changed });
    }

    fn restore(&mut self, scope: ScopeId, name: &Rc<str>, value: Option<Value>) {
        self.heap.restore_variable(scope, name, value);
    }

    /// Joins the variables of all alternatives that go on.
    fn join(&mut self, branches: Branches) -> Flow {
        let mut merged: Vec<(Rc<str>, Option<Value>)> = Vec::new();
        let mut positions: FxHashMap<Rc<str>, usize> = FxHashMap::default();
        let going_on = branches.arms.iter().filter(|arm| arm.flow != Flow::End).count();
        let mut counted: Vec<usize> = Vec::new();
        for arm in branches.arms.iter().filter(|arm| arm.flow != Flow::End || going_on == 0) {
            for (name, before, after) in &arm.changed {
                let at = *positions.entry(Rc::clone(name)).or_insert_with(|| {
                    merged.push((Rc::clone(name), None));
                    counted.push(0);
                    merged.len() - 1
                });
                if let (Some((_, value)), Some(count)) = (merged.get_mut(at), counted.get_mut(at)) {
                    *value = join_options(value.take(), after.clone());
                    *count += 1;
                    if *count == 1 && going_on == 0 {
                        *value = join_options(value.take(), before.clone());
                    }
                }
            }
        }
        let scope = self.frames.last().map(|frame| frame.scope);
        for ((name, value), count) in merged.into_iter().zip(counted) {
            let unchanged_somewhere = count < going_on;
            let before = scope.and_then(|scope| self.heap.peek(scope, &name)).filter(|_| unchanged_somewhere).cloned();
            self.set_own_variable(&name, join_options(value, before));
        }
        flow_of(&branches)
    }

    /// Sets a variable of the running body itself, so that a surrounding branch can undo it.
    pub(super) fn set_own_variable(&mut self, name: &Rc<str>, value: Option<Value>) {
        let root = self.root;
        let Some(frame) = self.frames.last_mut() else { return };
        let before = self.heap.set_variable(frame.scope, name, value, root);
        frame.log.push((Rc::clone(name), before));
    }

    pub(super) fn site(&self, offset: u32) -> Site {
        Site { module: self.frames.last().map_or(super::ModuleId(0), |frame| frame.module), offset }
    }
}

fn flow_of(branches: &Branches) -> Flow {
    let flows = || branches.arms.iter().map(|arm| arm.flow);
    if flows().any(|flow| flow == Flow::Next) {
        Flow::Next
    } else if flows().any(|flow| flow == Flow::Leave) {
        Flow::Leave
    } else if branches.arms.is_empty() {
        Flow::Next
    } else {
        Flow::End
    }
}

fn join_options(left: Option<Value>, right: Option<Value>) -> Option<Value> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.or(right)),
        (left, right) => left.or(right),
    }
}

/// Whether a value counts as true, when all its alternatives agree.
pub(super) fn truth(value: &Value) -> Option<bool> {
    let mut truths = value.atoms().iter().map(|atom| match atom {
        Atom::Nothing => Some(false),
        Atom::Boolean(truth) => Some(*truth),
        Atom::Integer(number) => Some(*number != 0),
        Atom::Text(text) => text.as_literal().map(|text| !text.is_empty()),
        Atom::Function(_) | Atom::Class(_) | Atom::Module(_) | Atom::Cloud(_) => Some(true),
        _ => None,
    });
    let first = truths.next()??;
    truths.all(|truth| truth == Some(first)).then_some(first)
}

/// Whether a case with these tests is the one, when subject and tests are literals.
fn matches_case(subject: &Value, tests: &[Value]) -> Option<bool> {
    if tests.is_empty() {
        return None;
    }
    let answers: Option<Vec<bool>> = tests.iter().map(|test| equal(subject, test)).collect();
    answers.map(|answers| answers.contains(&true))
}

/// Whether two values are equal, when both are literal.
pub(super) fn equal(left: &Value, right: &Value) -> Option<bool> {
    let (left, right) = (left.single()?, right.single()?);
    if left == right {
        return is_literal(left).then_some(true);
    }
    let certain = |atom: &Atom| {
        is_literal(atom) || matches!(atom, Atom::Function(_) | Atom::Class(_) | Atom::Cloud(_) | Atom::Instance(_))
    };
    (is_literal(left) && certain(right) || certain(left) && is_literal(right)).then_some(false)
}

fn is_literal(atom: &Atom) -> bool {
    match atom {
        Atom::Nothing | Atom::Boolean(_) | Atom::Integer(_) => true,
        Atom::Text(text) => text.as_literal().is_some(),
        _ => false,
    }
}
