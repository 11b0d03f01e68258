//! The part of JavaScript and TypeScript that configurations are written in, apart from the parser's own tree.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A module: what its names stand for and what it exports.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) bindings: BTreeMap<String, Binding>,
    pub(super) exports: Vec<Export>,
}

#[derive(Debug)]
pub(super) enum Binding {
    Value(Arc<Expression>),
    Import { request: String, name: Imported },
}

#[derive(Debug, Clone)]
pub(super) enum Imported {
    Default,
    Named(String),
    Namespace,
}

#[derive(Debug)]
pub(super) enum Export {
    /// `export default`, or the whole of `module.exports`.
    Whole(Arc<Expression>),
    Named(String, Arc<Expression>),
    /// `export { name as exported } from 'request'`.
    From {
        exported: String,
        request: String,
        name: Imported,
    },
    /// `export * from 'request'`.
    All(String),
}

#[derive(Debug)]
pub(super) struct Expression {
    /// Byte offset in the file.
    pub(super) offset: u32,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Undefined,
    Null,
    Boolean(bool),
    /// As a decimal number.
    Number(String),
    Text(String),
    /// Pieces that make one text.
    Template(Vec<Expression>),
    Object(Vec<Member>),
    List(Vec<Element>),
    Name(String),
    Property(Box<Expression>, String),
    Index(Box<Expression>, Box<Expression>),
    Call(Box<Expression>, Vec<Expression>),
    Function(Function),
    /// `a || b` and `a ?? b`.
    Either(Box<Expression>, Box<Expression>),
    /// The value of an expression that has another place too.
    Shared(Arc<Expression>),
    /// `a + b`.
    Sum(Box<Expression>, Box<Expression>),
    Require(String),
    /// `process.env.NAME`.
    Environment(String),
    /// `__dirname`.
    Folder,
    /// Anything else.
    Unknown,
}

#[derive(Debug)]
pub(super) enum Member {
    Named { key: Expression, value: Expression },
    Spread(Expression),
}

#[derive(Debug)]
pub(super) enum Element {
    Item(Expression),
    Spread(Expression),
}

/// A function that only names values and returns one.
#[derive(Debug)]
pub(super) struct Function {
    /// Names of parameters; `None` for one that is taken apart.
    pub(super) parameters: Vec<Option<String>>,
    pub(super) locals: Vec<(String, Expression)>,
    pub(super) result: Box<Expression>,
}

impl Expression {
    pub(super) fn new(offset: u32, kind: Kind) -> Self {
        Self { offset, kind }
    }
}
