//! Values of expressions.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::Location;

use super::syntax::{Binding, Element, Expression, Function, Imported, Kind, Member};
use super::{Loaded, Programs};
use crate::formats::serverless::resolve::tree_size;
use crate::{Node, Value};

/// Deepest chain of expressions, names and calls that is followed.
const MAX_LEVELS: usize = 150;
/// Most expressions evaluated for one program.
const MAX_STEPS: usize = 200_000;

/// Where names are looked up: in a function's own first.
#[derive(Clone)]
pub(super) struct Scope {
    pub(super) module: Arc<Loaded>,
    pub(super) locals: BTreeMap<String, Evaluated>,
}

#[derive(Clone)]
pub(super) enum Evaluated {
    Node(Node),
    Undefined,
    /// The expression is a function.
    Function(Scope, Arc<Expression>),
    Unknown,
}

impl Programs<'_> {
    /// As [`Self::evaluate`], for an expression that may be a function.
    pub(super) fn shared(&mut self, expression: &Arc<Expression>, scope: &Scope) -> Evaluated {
        match &expression.kind {
            Kind::Function(_) => Evaluated::Function(scope.clone(), Arc::clone(expression)),
            _ => self.evaluate(expression, scope),
        }
    }

    fn evaluate(&mut self, expression: &Expression, scope: &Scope) -> Evaluated {
        self.step_count += 1;
        if self.level >= MAX_LEVELS || self.step_count > MAX_STEPS {
            return Evaluated::Unknown;
        }
        self.level += 1;
        let evaluated = self.evaluate_kind(expression, scope);
        self.level -= 1;
        evaluated
    }

    fn evaluate_kind(&mut self, expression: &Expression, scope: &Scope) -> Evaluated {
        let module = &scope.module;
        let value = match &expression.kind {
            Kind::Undefined => return Evaluated::Undefined,
            Kind::Unknown | Kind::Folder | Kind::Function(_) => return Evaluated::Unknown,
            Kind::Null => Value::Null,
            Kind::Boolean(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => Value::Text(text.clone()),
            Kind::Environment(name) => Value::Text(format!("${{env:{name}}}")),
            Kind::Template(pieces) => Value::Text(self.joined(pieces, scope)),
            Kind::Object(members) => Value::Mapping(self.members(members, scope)),
            Kind::List(elements) => Value::Sequence(self.elements(elements, scope)),
            Kind::Name(name) => return self.name(name, scope),
            Kind::Require(request) => return self.resolve(module, request).unwrap_or(Evaluated::Unknown),
            Kind::Property(object, name) => return self.property(object, name, scope),
            Kind::Index(object, index) => return self.index(object, index, scope),
            Kind::Shared(value) => return self.evaluate(value, scope),
            Kind::Either(first, second) => return self.either(first, second, scope),
            Kind::Sum(left, right) => match self.sum(left, right, scope) {
                Some(text) => Value::Text(text),
                None => return Evaluated::Unknown,
            },
            Kind::Call(callee, arguments) => return self.called(callee, arguments, expression.offset, scope),
        };
        Evaluated::Node(self.place(value, expression.offset, module))
    }

    fn name(&mut self, name: &str, scope: &Scope) -> Evaluated {
        if let Some(local) = scope.locals.get(name) {
            return self.copy(local);
        }
        let module = Arc::clone(&scope.module);
        let Some(binding) = module.module.bindings.get(name) else { return Evaluated::Unknown };
        let active = (module.path.to_string(), name.to_owned());
        if self.active.contains(&active) {
            return Evaluated::Unknown;
        }
        self.active.push(active);
        let value = match binding {
            Binding::Value(value) => self.shared(value, &Self::scope(&module)),
            Binding::Import { request, name } => self.imported(&module, request, name),
        };
        self.active.pop();
        value
    }

    /// A copy of a value, which counts as much as working it out again.
    fn copy(&mut self, value: &Evaluated) -> Evaluated {
        if let Evaluated::Node(node) = value {
            self.step_count += tree_size(node);
        }
        if self.step_count > MAX_STEPS { Evaluated::Unknown } else { value.clone() }
    }

    fn property(&mut self, object: &Expression, name: &str, scope: &Scope) -> Evaluated {
        // A function is no part of a value, so what a module exports is looked up by name.
        if let Kind::Name(namespace) = &object.kind
            && !scope.locals.contains_key(namespace)
            && let Some(Binding::Import { request, name: Imported::Namespace }) =
                scope.module.module.bindings.get(namespace)
            && let Some(module) = self.load_request(&scope.module, request)
        {
            return self.exported(&module, name);
        }
        if let Kind::Require(request) = &object.kind
            && let Some(module) = self.load_request(&scope.module, request)
        {
            return self.exported(&module, name);
        }
        match self.evaluate(object, scope) {
            Evaluated::Node(node) if node.is_mapping() => {
                node.get(name).map_or(Evaluated::Undefined, |value| Evaluated::Node(value.clone()))
            }
            _ => Evaluated::Unknown,
        }
    }

    fn index(&mut self, object: &Expression, index: &Expression, scope: &Scope) -> Evaluated {
        let Evaluated::Node(index) = self.evaluate(index, scope) else { return Evaluated::Unknown };
        let Evaluated::Node(object) = self.evaluate(object, scope) else { return Evaluated::Unknown };
        let Some(key) = index.scalar_text() else { return Evaluated::Unknown };
        let found = match &object.value {
            Value::Mapping(_) => object.get(key),
            Value::Sequence(items) => key.parse::<usize>().ok().and_then(|at| items.get(at)),
            _ => return Evaluated::Unknown,
        };
        found.map_or(Evaluated::Undefined, |value| Evaluated::Node(value.clone()))
    }

    /// `first`, or `second` when that is nothing. Of a variable of the environment, the fallback becomes its default.
    fn either(&mut self, first: &Expression, second: &Expression, scope: &Scope) -> Evaluated {
        let first = match self.evaluate(first, scope) {
            Evaluated::Node(node) => node,
            Evaluated::Undefined => return self.evaluate(second, scope),
            other => return other,
        };
        let variable = first.as_str().and_then(|text| text.strip_prefix("${env:")?.strip_suffix('}'));
        if let Some(variable) = variable.filter(|variable| !variable.contains('}')) {
            let Evaluated::Node(second) = self.evaluate(second, scope) else { return Evaluated::Node(first) };
            let fallback = match second.scalar_text() {
                Some(text) if text.starts_with("${env:") && text.ends_with('}') => {
                    text.trim_start_matches("${").trim_end_matches('}').to_owned()
                }
                Some(text) if !text.contains(['\'', '}']) => format!("'{text}'"),
                _ => return Evaluated::Node(first),
            };
            let text = Value::Text(format!("${{env:{variable}, {fallback}}}"));
            return Evaluated::Node(Node::synthetic(text, &first));
        }
        let is_nothing = match &first.value {
            Value::Null | Value::Bool(false) => true,
            Value::Text(text) | Value::Number(text) => text.is_empty() || text == "0",
            _ => false,
        };
        if is_nothing { self.evaluate(second, scope) } else { Evaluated::Node(first) }
    }

    fn sum(&mut self, left: &Expression, right: &Expression, scope: &Scope) -> Option<String> {
        let (Evaluated::Node(left), Evaluated::Node(right)) = (self.evaluate(left, scope), self.evaluate(right, scope))
        else {
            return None;
        };
        let has_text = left.as_str().is_some() || right.as_str().is_some();
        has_text.then(|| Some(format!("{}{}", left.scalar_text()?, right.scalar_text()?))).flatten()
    }

    /// The pieces as one text; a piece that is not known is a reference in it.
    fn joined(&mut self, pieces: &[Expression], scope: &Scope) -> String {
        let mut text = String::new();
        for piece in pieces {
            let value = self.evaluate(piece, scope);
            let node = self.node(value, "a part of a text", piece.offset, &scope.module);
            match node.as_ref().map(|node| (node, node.scalar_text())) {
                Some((_, Some(part))) => text.push_str(part),
                Some((_, None)) => text.push_str(&self.unknown("a part of a text", piece.offset, &scope.module)),
                None => text.push_str("undefined"),
            }
        }
        text
    }

    fn members(&mut self, members: &[Member], scope: &Scope) -> Vec<(Node, Node)> {
        let mut entries: Vec<(Node, Node)> = Vec::new();
        for member in members {
            match member {
                Member::Named { key, value } => {
                    let Evaluated::Node(name) = self.evaluate(key, scope) else {
                        self.unknown("the name of a property", key.offset, &scope.module);
                        continue;
                    };
                    let Some(name) = name.scalar_text().map(str::to_owned) else { continue };
                    let evaluated = self.evaluate(value, scope);
                    if let Some(value) = self.node(evaluated, &name, value.offset, &scope.module) {
                        put(&mut entries, self.text_node(name, key.offset, &scope.module), value);
                    }
                }
                Member::Spread(spread) => match self.evaluate(spread, scope) {
                    Evaluated::Node(Node { value: Value::Mapping(more), .. }) => {
                        more.into_iter().for_each(|(key, value)| put(&mut entries, key, value));
                    }
                    Evaluated::Node(node) if node.is_null() || node.as_bool() == Some(false) => {}
                    Evaluated::Undefined => {}
                    _ => {
                        self.unknown("what is spread here", spread.offset, &scope.module);
                    }
                },
            }
        }
        entries
    }

    fn elements(&mut self, elements: &[Element], scope: &Scope) -> Vec<Node> {
        let mut items = Vec::new();
        for element in elements {
            match element {
                Element::Item(item) => {
                    let value = self.evaluate(item, scope);
                    items.extend(self.node(value, "an item of a list", item.offset, &scope.module));
                }
                Element::Spread(spread) => match self.evaluate(spread, scope) {
                    Evaluated::Node(Node { value: Value::Sequence(more), .. }) => items.extend(more),
                    _ => {
                        self.unknown("what is spread here", spread.offset, &scope.module);
                    }
                },
            }
        }
        items
    }

    fn called(&mut self, callee: &Expression, arguments: &[Expression], offset: u32, scope: &Scope) -> Evaluated {
        if let Kind::Property(object, name) = &callee.kind
            && matches!((&object.kind, name.as_str()), (Kind::Name(object), "assign" | "freeze") if object == "Object")
        {
            return self.assigned(arguments, offset, scope);
        }
        // The framework's TypeScript template has a function that makes the folder of a module relative to where the
        // framework runs, by way of what only a run knows: `handlerPath(__dirname)`.
        if let (Kind::Name(name), [Expression { kind: Kind::Folder, .. }]) = (&callee.kind, arguments)
            && name.to_ascii_lowercase().contains("handler")
        {
            let folder = crate::project::folder_of(&scope.module.path);
            let below = folder.strip_prefix(self.folder).unwrap_or(folder).trim_start_matches('/');
            return Evaluated::Node(self.text_node(below.to_owned(), offset, &scope.module));
        }
        let Evaluated::Function(of, function) = self.evaluate_callee(callee, scope) else { return Evaluated::Unknown };
        let values = arguments.iter().map(|argument| self.evaluate(argument, scope)).collect();
        self.call(&of, &function, values)
    }

    fn evaluate_callee(&mut self, callee: &Expression, scope: &Scope) -> Evaluated {
        match &callee.kind {
            Kind::Name(name) => self.name(name, scope),
            Kind::Property(object, name) => self.property(object, name, scope),
            Kind::Require(request) => self.resolve(&scope.module, request).unwrap_or(Evaluated::Unknown),
            _ => Evaluated::Unknown,
        }
    }

    /// What the function returns for these arguments.
    pub(super) fn call(&mut self, scope: &Scope, function: &Arc<Expression>, arguments: Vec<Evaluated>) -> Evaluated {
        let Kind::Function(Function { parameters, locals, result }) = &function.kind else { return Evaluated::Unknown };
        if self.level >= MAX_LEVELS {
            return Evaluated::Unknown;
        }
        self.level += 1;
        let mut inner = scope.clone();
        let mut arguments = arguments.into_iter();
        for parameter in parameters {
            let argument = arguments.next().unwrap_or(Evaluated::Unknown);
            inner.locals.extend(parameter.iter().map(|name| (name.clone(), argument.clone())));
        }
        for (name, value) in locals {
            let value = self.evaluate(value, &inner);
            inner.locals.insert(name.clone(), value);
        }
        let returned = self.evaluate(result, &inner);
        self.level -= 1;
        returned
    }

    /// `Object.assign(a, b)`.
    fn assigned(&mut self, arguments: &[Expression], offset: u32, scope: &Scope) -> Evaluated {
        let mut entries = Vec::new();
        for argument in arguments {
            let Evaluated::Node(Node { value: Value::Mapping(more), .. }) = self.evaluate(argument, scope) else {
                return Evaluated::Unknown;
            };
            more.into_iter().for_each(|(key, value)| put(&mut entries, key, value));
        }
        Evaluated::Node(self.place(Value::Mapping(entries), offset, &scope.module))
    }

    /// The value as a node: a reference when it is not known, none when it is undefined.
    pub(super) fn node(&mut self, value: Evaluated, name: &str, offset: u32, module: &Arc<Loaded>) -> Option<Node> {
        match value {
            Evaluated::Node(node) => Some(node),
            Evaluated::Undefined => None,
            Evaluated::Unknown | Evaluated::Function(..) => {
                let reference = self.unknown(&format!("`{name}`"), offset, module);
                Some(self.text_node(reference, offset, module))
            }
        }
    }

    /// The reference that stands for a value that is not known, after a gap about it.
    fn unknown(&mut self, what: &str, offset: u32, module: &Arc<Loaded>) -> String {
        let (line, column) = module.lines.line_column(offset as usize);
        let why = format!("{what} is worked out by running the program, which is not done; write it as a value");
        self.gap(Location::point(&*module.path, line, column), why);
        format!("${{program:{}:{line}}}", module.path)
    }

    pub(super) fn text_node(&self, text: String, offset: u32, module: &Arc<Loaded>) -> Node {
        self.place(Value::Text(text), offset, module)
    }

    pub(super) fn place(&self, value: Value, offset: u32, module: &Arc<Loaded>) -> Node {
        let (line, column) = module.lines.line_column(offset as usize);
        let file = Some(Arc::clone(&module.path));
        Node { value, tag: None, line, column, content_line: line, span: offset..offset, file }
    }
}

/// Puts a value under a key, in the place of an earlier one.
fn put(entries: &mut Vec<(Node, Node)>, key: Node, value: Node) {
    match entries.iter_mut().find(|(known, _)| known.value == key.value) {
        Some((_, known)) => *known = value,
        None => entries.push((key, value)),
    }
}
