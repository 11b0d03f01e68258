//! Replaces variables in a configuration by their values, as far as they are known before a deployment.
//!
//! A value drawn in keeps the place where it stands. What cannot be known stays in the text as `${kind:address}`; the
//! text then carries the tag `!Sub`, so that CloudFormation evaluation sees a reference and not literal text.
//!
//! Values are worked out on demand: a property that others refer to is finished once, under its own path, and the paths
//! being worked out are what cycles are found by.

mod lookup;
mod path;
mod property;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use model::{Gap, SymbolicText};

use super::files::{FileValue, load};
use super::grammar::{self, Piece, Variable};
use crate::{MAX_NESTING_LEVELS, MAX_NODES, Node, Project, Value};
use path::Path;
use text::{SYMBOLIC, bare};

pub(super) use text::close;

/// How deep values may lie inside each other, values of variables in variables included. Bounds recursion.
const MAX_LEVELS: usize = MAX_NESTING_LEVELS + 40;
/// Most variables looked up for one configuration.
const MAX_LOOKUPS: usize = 200_000;
/// Most bytes of one text put together from variables.
const MAX_TEXT_BYTES: usize = 1024 * 1024;

/// What the values of a configuration depend on.
pub(super) struct Scope<'a> {
    pub(super) files: &'a dyn Project,
    /// The configuration file, relative to the target.
    pub(super) file: &'a str,
    /// Its folder; empty for the target itself.
    pub(super) folder: &'a str,
    pub(super) stage: String,
    pub(super) region: String,
    /// Command-line options that are given.
    pub(super) options: BTreeMap<String, String>,
    /// `--param` values that are given.
    pub(super) parameters: BTreeMap<String, String>,
    /// From the user and from `.env` files.
    pub(super) environment: BTreeMap<String, String>,
    /// Whether a plugin makes `#{Name}` a CloudFormation reference.
    pub(super) has_hash_references: bool,
}

pub(super) struct Resolver<'a> {
    pub(super) scope: &'a Scope<'a>,
    root: Rc<Node>,
    /// Values of properties that are one variable; by path. `None` when not known.
    replaced: BTreeMap<String, Option<Found>>,
    /// Finished values of properties that others refer to; by path.
    finished: BTreeMap<String, Rc<Node>>,
    files: BTreeMap<String, FileValue>,
    /// Properties and parts of files that are being worked out.
    active: Vec<String>,
    level: usize,
    node_count: usize,
    lookup_count: usize,
    gaps: BTreeSet<Gap>,
    /// Names of values that the deploying user gives and that were not given here: `env:TABLE`, `opt:bucket`.
    not_given: BTreeSet<String>,
}

/// What a source of a variable says.
pub(super) enum Answer {
    Found(Found),
    /// No value, and why; the next source counts.
    Missing(String),
    /// The deploying user gives it (its name: `env:TABLE`); the next source counts, and `fallback` after the last.
    NotGiven {
        name: String,
        fallback: Option<String>,
    },
    /// It has a value that is known only at deployment, by this name.
    Unknown(String),
    /// Whether it has a value cannot be told, and why, with what to do.
    Broken(String),
}

#[derive(Clone)]
pub(super) struct Found {
    pub(super) node: Rc<Node>,
    pub(super) state: State,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing is left to replace.
    Finished,
    /// Its texts may have variables.
    Raw,
    /// As `Raw`, and it must not occur inside itself under this name.
    Part(String),
}

impl Found {
    pub(super) fn finished(node: Rc<Node>) -> Self {
        Self { node, state: State::Finished }
    }

    pub(super) fn raw(node: Rc<Node>) -> Self {
        Self { node, state: State::Raw }
    }
}

enum Outcome {
    Found(Found),
    Unknown(String),
}

/// Whether a text is the template of a `Fn::Sub`, where `${Name}` means something already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Plain,
    Sub,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(scope: &'a Scope<'a>, root: Rc<Node>) -> Self {
        Self {
            scope,
            root,
            replaced: BTreeMap::new(),
            finished: BTreeMap::new(),
            files: BTreeMap::new(),
            active: Vec::new(),
            level: 0,
            node_count: 0,
            lookup_count: 0,
            gaps: BTreeSet::new(),
            not_given: BTreeSet::new(),
        }
    }

    /// The whole configuration with its variables replaced.
    pub(super) fn resolve_all(&mut self) -> Node {
        let root = Rc::clone(&self.root);
        self.finish(&root, &mut Path::default(), Context::Plain)
    }

    /// What could not be decided, and the names that the deploying user gives.
    pub(super) fn into_gaps(self) -> (BTreeSet<Gap>, BTreeSet<String>) {
        (self.gaps, self.not_given)
    }

    /// `node` with every variable in it replaced; `path` is where it stands.
    fn finish(&mut self, node: &Node, path: &mut Path, context: Context) -> Node {
        self.node_count += 1;
        if self.level >= MAX_LEVELS || self.node_count > MAX_NODES {
            let limits = format!("{MAX_NODES} values or {MAX_LEVELS} levels");
            self.gap(
                node,
                path,
                format!("variables make more than {limits} of this configuration; the rest is left out"),
            );
            return Node::synthetic(Value::Null, node);
        }
        self.level += 1;
        let finished = match &node.value {
            Value::Text(text) => self.finish_text(node, text, path, context),
            Value::Sequence(items) => self.finish_items(node, items, path, context),
            Value::Mapping(entries) => self.finish_entries(node, entries, path),
            Value::Null | Value::Bool(_) | Value::Number(_) => node.clone(),
        };
        self.level -= 1;
        finished
    }

    fn finish_items(&mut self, node: &Node, items: &[Node], path: &mut Path, context: Context) -> Node {
        let is_sub = context == Context::Sub || node.tag.as_deref() == Some("!Sub");
        let mut finished = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let context = if is_sub && at == 0 { Context::Sub } else { Context::Plain };
            finished.push(path.with(&at.to_string(), |path| self.finish(item, path, context)));
        }
        with_value(node, Value::Sequence(finished))
    }

    fn finish_entries(&mut self, node: &Node, entries: &[(Node, Node)], path: &mut Path) -> Node {
        let mut finished = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let name = key.as_str().unwrap_or_default();
            let context = if name == "Fn::Sub" { Context::Sub } else { Context::Plain };
            finished.push((key.clone(), path.with(name, |path| self.finish(value, path, context))));
        }
        with_value(node, Value::Mapping(finished))
    }

    fn finish_text(&mut self, node: &Node, text: &str, path: &mut Path, context: Context) -> Node {
        let context = if node.tag.as_deref() == Some("!Sub") { Context::Sub } else { context };
        if !grammar::has_variables(text) {
            return if self.scope.has_hash_references { self.text(node, &text.into(), context) } else { node.clone() };
        }
        let template = match grammar::parse(text) {
            Ok(template) => template,
            Err(error) => {
                self.gap(node, path, format!("a variable in `{}` {error}", text::shorten(text)));
                return node.clone();
            }
        };
        if let [Piece::Text(text)] = template.as_slice() {
            return self.text(node, &text.as_str().into(), context);
        }
        if self.active.contains(&path.keys) {
            self.gap(node, path, format!("the value of `{path}` refers to itself"));
            return self.text(node, &SymbolicText::reference(format!("self:{path}")), context);
        }
        self.active.push(path.keys.clone());
        let [Piece::Variable(variable)] = template.as_slice() else {
            let joined = self.join(node, &template, path);
            self.active.pop();
            return self.text(node, &joined, context);
        };
        let outcome = self.look_up(variable, node, path);
        // Other variables may go through a mapping or list that is found here while its own values are worked out.
        let is_text = matches!(&outcome, Outcome::Found(found) if found.node.as_str().is_some());
        if !is_text {
            self.active.pop();
        }
        let finished = self.finish_outcome(outcome, node, variable, path, context);
        if is_text {
            self.active.pop();
        }
        finished
    }

    /// The value of `variable`, which `node` consists of: of any type. A tag of `node` applies to the value.
    fn finish_outcome(
        &mut self,
        outcome: Outcome,
        node: &Node,
        variable: &Variable,
        path: &mut Path,
        context: Context,
    ) -> Node {
        let found = match outcome {
            Outcome::Unknown(name) => return self.text(node, &SymbolicText::reference(name), context),
            Outcome::Found(found) => found,
        };
        let mut finished = match found.state {
            State::Finished => self.copy(&found.node, path),
            State::Raw => self.finish_found(&found.node, path, context),
            State::Part(name) if self.active.contains(&name) => {
                self.gap(node, path, format!("`{}` contains itself", variable.text));
                return self.text(node, &SymbolicText::reference(bare(&variable.text)), context);
            }
            State::Part(name) => {
                self.active.push(name);
                let finished = self.finish_found(&found.node, path, context);
                self.active.pop();
                finished
            }
        };
        match (context, finished.tag.as_deref(), finished.as_str()) {
            (Context::Sub, Some(SYMBOLIC), Some(text)) => self.text(node, &SymbolicText::parse_sub(text), context),
            _ if node.tag.is_some() => {
                finished.tag.clone_from(&node.tag);
                finished
            }
            _ => finished,
        }
    }

    /// A value drawn in at `path`, whose text is active already: a text in its place has a path of its own.
    fn finish_found(&mut self, found: &Node, path: &mut Path, context: Context) -> Node {
        match found.value {
            Value::Text(_) => path.with("", |path| self.finish(found, path, context)),
            _ => self.finish(found, path, context),
        }
    }

    /// A copy of a finished value, counted.
    fn copy(&mut self, node: &Rc<Node>, path: &Path) -> Node {
        self.node_count += tree_size(node);
        if self.node_count > MAX_NODES {
            self.gap(
                node,
                path,
                format!("variables make more than {MAX_NODES} values of this configuration; the rest is left out"),
            );
            return Node::synthetic(Value::Null, node);
        }
        Node::clone(node)
    }

    /// `pieces`, which stand at `node`, as one text.
    fn join(&mut self, node: &Node, pieces: &[Piece], path: &mut Path) -> SymbolicText {
        let mut joined = SymbolicText::default();
        let mut size_bytes = 0;
        for piece in pieces {
            let part = match piece {
                Piece::Text(text) => SymbolicText::literal(text),
                Piece::Variable(variable) => self.variable_text(node, variable, path),
            };
            size_bytes += text::size_bytes(&part);
            if size_bytes > MAX_TEXT_BYTES {
                self.gap(
                    node,
                    path,
                    format!("variables make a text of more than {MAX_TEXT_BYTES} bytes; the rest is left out"),
                );
                break;
            }
            joined.append(part);
        }
        joined
    }

    /// The text of a variable inside a longer text.
    fn variable_text(&mut self, node: &Node, variable: &Variable, path: &mut Path) -> SymbolicText {
        let untagged = Node { tag: None, ..with_value(node, Value::Null) };
        let outcome = self.look_up(variable, &untagged, path);
        let value = self.finish_outcome(outcome, &untagged, variable, path, Context::Plain);
        match (value.tag.as_deref(), value.scalar_text()) {
            (Some(SYMBOLIC), Some(text)) => SymbolicText::parse_sub(text),
            (None, Some(text)) => SymbolicText::literal(text),
            (tag, _) => {
                let kind = if tag.is_some() { "a CloudFormation function" } else { value.kind() };
                self.gap(node, path, format!("`{}` stands inside a text but is {kind}", variable.text));
                SymbolicText::reference(bare(&variable.text))
            }
        }
    }

    /// What the file at `path` holds; read once.
    pub(super) fn file(&mut self, path: &str) -> FileValue {
        if let Some(value) = self.files.get(path) {
            return value.clone();
        }
        let mut gaps = Vec::new();
        let value = load(self.scope.files, path, self.scope.folder, &mut gaps);
        self.gaps.extend(gaps);
        self.files.insert(path.to_owned(), value.clone());
        value
    }

    fn gap(&mut self, node: &Node, path: &Path, why: String) {
        self.gaps.insert(Gap::new(node.location(self.scope.file), why, path.hides()));
    }
}

/// `node` with another value.
fn with_value(node: &Node, value: Value) -> Node {
    Node { tag: node.tag.clone(), ..Node::synthetic(value, node) }
}

/// Number of values in `node`. Recursion is bounded by the levels of finished values.
pub(super) fn tree_size(node: &Node) -> usize {
    1 + match &node.value {
        Value::Sequence(items) => items.iter().map(tree_size).sum(),
        Value::Mapping(entries) => entries.iter().map(|(_, value)| tree_size(value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => 0,
    }
}
