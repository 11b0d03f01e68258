//! Expressions.

use std::rc::Rc;

use model::{Part, SymbolicText};

use super::statements::{equal, truth};
use super::{Arguments, Atom, Closure, Kind, Machine, Site, Value};
use crate::ir::{
    Argument, ArgumentKind, Comprehension, ComprehensionResult, Each, Element, Entry, Expr, ExprKind, FunctionIndex,
};

/// Most different texts a concatenation of alternatives may give.
const MAX_TEXTS: usize = 16;
/// Longest known text, in bytes; more is unknown.
const MAX_TEXT_BYTES: usize = 4096;
/// Most elements of a literal container that are kept apart.
const MAX_ELEMENTS: usize = 256;

impl<'a> Machine<'a> {
    pub(super) fn eval(&mut self, expression: &'a Expr) -> Value {
        self.steps += 1;
        if self.is_exhausted() {
            return Value::unknown();
        }
        let site = self.site(expression.offset);
        match &expression.kind {
            ExprKind::Nothing => Atom::Nothing.into(),
            ExprKind::Boolean(truth) => Atom::Boolean(*truth).into(),
            ExprKind::Integer(number) => Atom::Integer(*number).into(),
            ExprKind::Text(text) => Value::literal(text),
            ExprKind::Data => Value::data(),
            ExprKind::Name(name) => self.name(name, site),
            ExprKind::Attribute { object, name } => {
                let object = self.eval(object);
                self.member(&object, name, site)
            }
            ExprKind::Index { object, index } => {
                let object = self.eval(object);
                let index = self.eval(index);
                self.index(&object, &index, site)
            }
            ExprKind::Call { callee, arguments } => {
                let callee = self.eval(callee);
                let arguments = self.arguments(arguments, site);
                self.call(&callee, &arguments, site)
            }
            ExprKind::New { class, arguments } => {
                let class = self.eval(class);
                let arguments = self.arguments(arguments, site);
                self.construct(&class, &arguments, site)
            }
            ExprKind::List(elements) => self.list(elements, site),
            ExprKind::Dict(entries) => self.dict(entries, site),
            ExprKind::Concat(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.eval(part)).collect();
                self.concatenate(&parts, site)
            }
            ExprKind::Choice { test, options } => self.choice(test.as_deref(), options),
            ExprKind::Operation(operands) => {
                for operand in operands {
                    self.eval(operand);
                }
                Value::data()
            }
            ExprKind::Equal { left, right, negated } => {
                let (left, right) = (self.eval(left), self.eval(right));
                equal(&left, &right).map_or_else(Value::data, |same| Atom::Boolean(same != *negated).into())
            }
            ExprKind::Not(operand) => {
                let operand = self.eval(operand);
                truth(&operand).map_or_else(Value::data, |truth| Atom::Boolean(!truth).into())
            }
            ExprKind::Super => self.super_value(),
            ExprKind::Sequence(expressions) => {
                expressions.iter().fold(Value::data(), |_, expression| self.eval(expression))
            }
            ExprKind::Function(index) => self.closure(*index),
            ExprKind::Class(index) => self.class_value(*index),
            ExprKind::Await(value) => self.eval(value),
            ExprKind::Yield(value) => self.yielded(value.as_deref()),
            ExprKind::Assign { target, value } => {
                let value = self.eval(value);
                self.assign(target, value.clone(), expression.offset);
                value
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension, site),
            ExprKind::Import(request) => self.import(request, site).unwrap_or_else(Value::unknown),
            ExprKind::Unknown => Value::unknown(),
        }
    }

    /// The value of a variable as the running code sees it.
    fn name(&mut self, name: &str, site: Site) -> Value {
        let root = self.root;
        let mut next = self.frames.last().map(|frame| frame.scope);
        let innermost = next;
        let is_global = next
            .and_then(|id| self.heap.scope(id))
            .is_some_and(|s| s.globals.binary_search_by(|g| (**g).cmp(name)).is_ok());
        while let Some(id) = next {
            let Some(scope) = self.heap.scope(id) else { break };
            let (kind, parent) = (scope.kind, scope.parent);
            // A class's names are not visible in its methods; `global` skips enclosing functions.
            let skipped = kind == super::heap::ScopeKind::Class && Some(id) != innermost
                || is_global && kind != super::heap::ScopeKind::Module;
            if !skipped && let Some(value) = self.heap.variable(id, name, root) {
                return value;
            }
            next = parent;
        }
        self.global_name(name, site)
    }

    fn global_name(&mut self, name: &str, site: Site) -> Value {
        self.language().and_then(|language| (language.model.global)(self, name, site)).unwrap_or_else(Value::unknown)
    }

    pub(super) fn closure(&mut self, index: FunctionIndex) -> Value {
        let Some(frame) = self.frames.last() else { return Value::unknown() };
        let closure =
            Closure { module: frame.module, function: index, scope: frame.scope, receiver: None, class: None };
        self.defined.push((closure.clone(), None));
        Atom::Function(closure).into()
    }

    fn yielded(&mut self, value: Option<&'a Expr>) -> Value {
        let value = value.map_or_else(Value::data, |value| self.eval(value));
        if let Some(frame) = self.frame() {
            frame.yields = std::mem::replace(&mut frame.yields, Value::none()).or(value);
        }
        Value::data()
    }

    fn choice(&mut self, test: Option<&'a Expr>, options: &'a [Expr]) -> Value {
        if let Some(test) = test {
            let test = self.eval(test);
            if let (Some(truth), [then, otherwise]) = (self.decided(&test), options) {
                return self.eval(if truth { then } else { otherwise });
            }
        }
        let value = options.iter().fold(Value::none(), |value, option| value.or(self.eval(option)));
        if test.is_none() { self.without_defaults(value) } else { value }
    }

    pub(super) fn arguments(&mut self, arguments: &'a [Argument], site: Site) -> Arguments {
        let mut evaluated = Arguments::default();
        for argument in arguments {
            let value = self.eval(&argument.value);
            match &argument.kind {
                ArgumentKind::Positional if evaluated.more_positional => {}
                ArgumentKind::Positional => evaluated.positional.push(value),
                ArgumentKind::Keyword(name) => evaluated.keyword.push((Rc::from(&**name), value)),
                ArgumentKind::Spread => match self.exact_iteration(&value) {
                    Some(elements) if !evaluated.more_positional => evaluated.positional.extend(elements),
                    _ => {
                        self.escape_later(&value, site);
                        evaluated.more_positional = true;
                    }
                },
                ArgumentKind::KeywordSpread => {
                    let (entries, complete) = self.entries(&value);
                    for (name, value) in entries {
                        match evaluated.keyword.iter_mut().find(|(known, _)| *known == name) {
                            Some((_, known)) => *known = value,
                            None => evaluated.keyword.push((name, value)),
                        }
                    }
                    evaluated.more_keyword |= !complete;
                }
            }
        }
        evaluated
    }

    fn list(&mut self, elements: &'a [Element], site: Site) -> Value {
        let mut known = Vec::new();
        let mut complete = true;
        let mut rest = Value::none();
        for element in elements {
            let value = self.eval(&element.value);
            if !element.spread && complete && known.len() < MAX_ELEMENTS {
                known.push(value);
                continue;
            }
            match self.exact_iteration(&value).filter(|_| element.spread && complete) {
                Some(elements) => known.extend(elements),
                None => {
                    complete = false;
                    rest = rest.or(if element.spread { self.elements(&value, site) } else { value });
                }
            }
        }
        let list = self.new_list(known, complete, site);
        if let (Some(Atom::List(id)), false) = (list.single(), complete) {
            self.join_rest(*id, rest);
        }
        list
    }

    fn dict(&mut self, entries: &'a [Entry], site: Site) -> Value {
        let id = self.allocate(site, Kind::Dict);
        let dict: Value = Atom::Dict(id).into();
        for entry in entries {
            match entry {
                Entry::Pair { key, value } => {
                    let key = self.eval(key);
                    let value = self.eval(value);
                    self.store_fresh(&dict, &key, value);
                }
                Entry::Spread(value) => {
                    let value = self.eval(value);
                    self.spread_into(id, &value);
                }
            }
        }
        dict
    }

    /// Everything in `value` becomes part of the dict as well.
    pub(crate) fn spread_into(&mut self, dict: super::ObjectId, value: &Value) {
        let (entries, complete) = self.entries(value);
        let root = self.root;
        for (name, value) in entries {
            self.heap.set_part(dict, &name, value, root);
        }
        if !complete {
            self.heap.open(dict);
        }
    }

    /// Texts joined, lists chained, numbers added.
    pub(crate) fn concatenate(&mut self, parts: &[Value], site: Site) -> Value {
        let is_list = |value: &Value| value.atoms().iter().any(|atom| matches!(atom, Atom::List(_)));
        if parts.iter().any(is_list) {
            return self.chain(parts, site);
        }
        let number = |value: &Value| match value.single() {
            Some(Atom::Integer(number)) => Some(*number),
            _ => None,
        };
        if let Some(sum) = parts.iter().map(number).try_fold(0_i64, |sum, part| sum.checked_add(part?)) {
            return Atom::Integer(sum).into();
        }
        if parts.iter().all(|part| part.texts().next().is_none()) {
            return Value::data();
        }
        texts(parts)
    }

    fn chain(&mut self, parts: &[Value], site: Site) -> Value {
        let exact: Option<Vec<Value>> =
            parts.iter().map(|part| self.exact_elements(part)).collect::<Option<Vec<_>>>().map(|lists| lists.concat());
        match exact {
            Some(elements) if elements.len() <= MAX_ELEMENTS => self.new_list(elements, true, site),
            _ => {
                let joined = parts.iter().fold(Value::none(), |joined, part| joined.or(self.elements(part, site)));
                self.new_list_of(joined, site)
            }
        }
    }

    fn comprehension(&mut self, comprehension: &'a Comprehension, site: Site) -> Value {
        let mut results = Vec::new();
        let exact = self.comprehend(&comprehension.clauses, comprehension, &mut results);
        let complete = exact && comprehension.tests.is_empty();
        match &comprehension.result {
            ComprehensionResult::Elements(_) if complete => {
                self.new_list(results.into_iter().map(|(_, value)| value).collect(), true, site)
            }
            ComprehensionResult::Elements(_) => {
                let joined = results.into_iter().fold(Value::none(), |joined, (_, value)| joined.or(value));
                self.new_list_of(joined, site)
            }
            ComprehensionResult::Mapping { .. } => {
                let id = self.allocate(site, Kind::Dict);
                let dict: Value = Atom::Dict(id).into();
                for (key, value) in results {
                    self.store_fresh(&dict, &key, value);
                }
                if !complete {
                    self.heap.open(id);
                }
                dict
            }
        }
    }

    /// Runs the clauses, inner ones once per element of outer ones. Returns whether every element was known.
    fn comprehend(
        &mut self,
        clauses: &'a [Each],
        comprehension: &'a Comprehension,
        results: &mut Vec<(Value, Value)>,
    ) -> bool {
        let Some((clause, inner)) = clauses.split_first() else {
            for test in &comprehension.tests {
                self.eval(test);
            }
            results.push(match &comprehension.result {
                ComprehensionResult::Elements(value) => (Value::none(), self.eval(value)),
                ComprehensionResult::Mapping { key, value } => (self.eval(key), self.eval(value)),
            });
            return true;
        };
        let iterable = self.eval(&clause.iterable);
        let site = self.site(clause.iterable.offset);
        let (elements, exact) = match self.unrolled(clause.over, &iterable) {
            Some(elements) => (elements, true),
            None => (vec![self.iterate(clause.over, &iterable, site)], false),
        };
        elements.into_iter().fold(exact, |exact, element| {
            self.assign(&clause.pattern, element, clause.iterable.offset);
            self.comprehend(inner, comprehension, results) && exact
        })
    }
}

/// Every text that joining one alternative of each part may give.
fn texts(parts: &[Value]) -> Value {
    let mut joined = vec![SymbolicText::default()];
    for part in parts {
        let options = part.as_texts();
        let options = if joined.len() * options.len() > MAX_TEXTS { vec![SymbolicText::unknown()] } else { options };
        joined = joined.iter().flat_map(|before| options.iter().map(move |option| appended(before, option))).collect();
    }
    joined.into_iter().map(|text| Atom::Text(Rc::new(text))).collect()
}

fn appended(before: &SymbolicText, option: &SymbolicText) -> SymbolicText {
    let length = |text: &SymbolicText| -> usize {
        text.parts().iter().map(|part| if let Part::Literal(literal) = part { literal.len() } else { 1 }).sum()
    };
    let mut text = before.clone();
    if length(before) + length(option) > MAX_TEXT_BYTES {
        text.push(Part::Unknown);
    } else {
        text.append(option.clone());
    }
    text
}
