//! The small intermediate form that every language is lowered into and every reader of code works on.
//!
//! Place in the flow: `languages/<language>` parses a source file and lowers it into a [`Module`]; `evaluate` runs
//! modules abstractly to find what they need, and later readers (data flows) walk the same form. It keeps what decides
//! *which value goes where* – names, members, calls, containers, branches, closures – and drops what does not:
//! arithmetic becomes [`ExprKind::Operation`], type syntax survives only as annotations of parameters and variables.
//!
//! What a lowering must keep to:
//! - A scope is a module, a function or a class body. Languages with block scopes rename a block's variable that
//!   shadows another of the same function (`name#2`); [`Function::locals`] lists what a function declares itself.
//! - Declarations that a language hoists come first in their block.
//! - Nesting is bounded: nothing deeper than [`MAX_DEPTH`] is produced. What lies deeper becomes
//!   [`ExprKind::Unknown`] or an empty block, and its offset goes into [`Module::cut`], which becomes a gap. Long chains of
//!   one operator (`a + b + c …`) are one node with many operands, not a deep tree.
//! - Every node carries the UTF-8 byte offset where its source starts; a call carries the offset of its callee's start.

/// Most levels of statements and expressions inside each other, counted together.
pub(crate) const MAX_DEPTH: u32 = 256;

/// UTF-8 byte offset into the module's source text.
pub(crate) type Offset = u32;

/// An identifier or a member's name.
pub(crate) type Name = Box<str>;

/// Index into [`Module::functions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FunctionIndex(pub u32);

/// Index into [`Module::classes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ClassIndex(pub u32);

/// One source file.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// What a report calls the language: `python`, `javascript`, `typescript`.
    pub language: &'static str,
    /// Top-level statements in the order they run.
    pub body: Block,
    /// Every function of the file, lambdas and methods included.
    pub functions: Vec<Function>,
    /// Every class of the file.
    pub classes: Vec<Class>,
    /// Everything the file may import, at whatever depth, for loading modules ahead of evaluation; unsorted. An entry
    /// that names nothing is harmless: `from a import b` lists `a` and, in case `b` is a module, `a.b`.
    pub requests: Vec<Name>,
    /// Names that the file's code reads or looks up, for telling functions that nothing refers to; unsorted.
    pub mentions: Vec<Name>,
    /// How other modules see this one.
    pub exports: Exports,
    /// Where nesting was cut off at [`MAX_DEPTH`].
    pub cut: Vec<Offset>,
}

/// What an importing module gets to see.
#[derive(Debug, Default)]
pub(crate) enum Exports {
    /// The module's own top-level variables (Python).
    #[default]
    Variables,
    /// A list of names (ECMAScript modules). An `export default expression` is assigned to a variable such as
    /// `*default*` and listed as `default`.
    Listed(Vec<Export>),
    /// Whatever the module assigns to `module.exports` or into `exports` (CommonJS). The evaluator binds these two
    /// names before the module's body runs.
    Object,
}

#[derive(Debug)]
pub(crate) enum Export {
    /// `export { local as name }`, looked up when it is used, so later assignments count.
    Variable { name: Name, local: Name },
    /// `export { imported as name } from 'request'`.
    Imported { name: Name, request: Name, imported: Name },
    /// `export * as name from 'request'`.
    Namespace { name: Name, request: Name },
    /// `export * from 'request'`.
    All { request: Name },
}

pub(crate) type Block = Vec<Stmt>;

#[derive(Debug)]
pub(crate) struct Stmt {
    pub offset: Offset,
    pub kind: StmtKind,
}

#[derive(Debug)]
pub(crate) enum StmtKind {
    Expr(Expr),
    /// `targets[0] = targets[1] = … = value`; `x += y` is lowered as `x = Concat[x, y]` or `x = Operation[x, y]`.
    Assign {
        targets: Vec<Pattern>,
        value: Expr,
    },
    /// `name: annotation` and `name: annotation = value`.
    Annotated {
        target: Pattern,
        annotation: Expr,
        value: Option<Expr>,
    },
    /// `del target`, `delete target`.
    Delete(Vec<Pattern>),
    Return(Option<Expr>),
    /// `raise`, `throw`: ends the block.
    Raise(Option<Expr>),
    /// `break`, `continue`: ends the block.
    Leave,
    If {
        test: Expr,
        then: Block,
        otherwise: Block,
    },
    /// `for`, `while`, `do`. A C-style header is lowered as statements around a `Loop` with a test.
    Loop {
        each: Option<Each>,
        test: Option<Expr>,
        body: Block,
        otherwise: Block,
    },
    /// `match`, `switch`: one of the cases runs, or none.
    Match {
        subject: Expr,
        cases: Vec<Case>,
    },
    Try {
        body: Block,
        handlers: Vec<Handler>,
        otherwise: Block,
        finally: Block,
    },
    /// Python's `with`, C#'s and JavaScript's `using`.
    With {
        items: Vec<(Expr, Option<Pattern>)>,
        body: Block,
    },
    /// Defines the function under its name, after its decorators were applied.
    Function(FunctionIndex),
    /// Runs the class's body and defines it under its name, after its decorators were applied.
    Class(ClassIndex),
    Import(Import),
}

/// The header of a loop over something.
#[derive(Debug)]
pub(crate) struct Each {
    pub pattern: Pattern,
    pub iterable: Expr,
    pub over: Over,
}

/// What iterating yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// Elements of a list; of a mapping, what the language yields for it (Python: keys).
    Elements,
    /// JavaScript's `for … in`: property names.
    Keys,
}

#[derive(Debug)]
pub(crate) struct Case {
    /// What the case binds; `Pattern::Ignore` when it only compares.
    pub pattern: Pattern,
    /// Values or guards that are evaluated to decide; they run, their result is not interpreted except literals compared
    /// with a literal subject.
    pub tests: Vec<Expr>,
    pub body: Block,
    /// Whether the case runs into the next one (a `switch` without `break`).
    pub falls_through: bool,
}

#[derive(Debug)]
pub(crate) struct Handler {
    pub types: Vec<Expr>,
    pub binding: Option<Pattern>,
    pub body: Block,
}

/// One import statement.
#[derive(Debug)]
pub(crate) struct Import {
    /// What is asked for, in the language's own terms: `a.b`, `..a`, `./db`, `@aws-sdk/client-s3`.
    pub request: Name,
    pub bindings: Bindings,
}

#[derive(Debug)]
pub(crate) enum Bindings {
    /// Only runs the module.
    None,
    /// Binds the module itself: `import a.b as c`, `import * as c from 'a'`.
    Namespace { local: Name },
    /// Python's `import a.b.c`: runs all three, binds the first one under its own name.
    First,
    /// Binds members.
    Members(Vec<Member>),
    /// Python's `from a import *`.
    All,
}

#[derive(Debug)]
pub(crate) struct Member {
    pub imported: Name,
    pub local: Name,
}

#[derive(Debug)]
pub(crate) struct Expr {
    pub offset: Offset,
    pub kind: ExprKind,
}

#[derive(Debug)]
pub(crate) enum ExprKind {
    /// `None`, `null`, `undefined`.
    Nothing,
    Boolean(bool),
    Integer(i64),
    Text(Box<str>),
    /// A number that is no small integer, bytes, a regular expression: data that carries no name of anything.
    Data,
    /// A variable. The receiver of a method is one too: `self` is an ordinary parameter, `this` a variable that
    /// functions with [`Receiver::This`] bind.
    Name(Name),
    /// `object.name`, `object?.name`.
    Attribute {
        object: Box<Expr>,
        name: Name,
    },
    /// `object[index]`; a slice has `index` [`ExprKind::Operation`].
    Index {
        object: Box<Expr>,
        index: Box<Expr>,
    },
    Call {
        callee: Box<Expr>,
        arguments: Vec<Argument>,
    },
    /// `new Class(arguments)`.
    New {
        class: Box<Expr>,
        arguments: Vec<Argument>,
    },
    /// A list, tuple, set or array.
    List(Vec<Element>),
    /// A mapping or object literal, in order.
    Dict(Vec<Entry>),
    /// `+`, f-strings, template literals: texts joined, lists chained, numbers added. At least one part.
    Concat(Vec<Expr>),
    /// Exactly one of these, it is not known which: `a if c else b`, `a or b`, `a ?? b`. A condition is evaluated first.
    Choice {
        test: Option<Box<Expr>>,
        options: Vec<Expr>,
    },
    /// Operands are evaluated, the result is plain data: arithmetic, comparison, slices.
    Operation(Vec<Expr>),
    /// `left == right`, `left is right`; decides branches when both sides are literals.
    Equal {
        left: Box<Expr>,
        right: Box<Expr>,
        negated: bool,
    },
    Not(Box<Expr>),
    /// Members are those of the base classes of the class that defines the running function, bound to its receiver.
    /// Called, it is the base's constructor (JavaScript); Python's `super()` is lowered to this node itself.
    Super,
    /// Evaluated in order; the value is the last one's.
    Sequence(Vec<Expr>),
    Function(FunctionIndex),
    Class(ClassIndex),
    /// The value is the awaited one's: promises and coroutines are not told apart from their results.
    Await(Box<Expr>),
    /// Hands a value out of a generator or async generator.
    Yield(Option<Box<Expr>>),
    /// `(name := value)`, JavaScript's assignment expressions. The value is the assigned one.
    Assign {
        target: Box<Pattern>,
        value: Box<Expr>,
    },
    Comprehension(Box<Comprehension>),
    /// A module as a value: `import('request')`, `require('request')` with a literal request. A computed one is an
    /// ordinary call, which the language's model judges.
    Import(Name),
    /// Nothing is known, and nothing inside it runs.
    Unknown,
}

#[derive(Debug)]
pub(crate) struct Comprehension {
    pub clauses: Vec<Each>,
    /// Conditions of all clauses.
    pub tests: Vec<Expr>,
    pub result: ComprehensionResult,
}

#[derive(Debug)]
pub(crate) enum ComprehensionResult {
    /// List, set, generator.
    Elements(Expr),
    Mapping {
        key: Expr,
        value: Expr,
    },
}

#[derive(Debug)]
pub(crate) struct Argument {
    pub kind: ArgumentKind,
    pub value: Expr,
}

#[derive(Debug)]
pub(crate) enum ArgumentKind {
    Positional,
    Keyword(Name),
    /// `*values`, `...values`.
    Spread,
    /// `**values`.
    KeywordSpread,
}

#[derive(Debug)]
pub(crate) struct Element {
    pub spread: bool,
    pub value: Expr,
}

#[derive(Debug)]
pub(crate) enum Entry {
    /// A computed or literal key; `{a: 1}` has the text `a`.
    Pair { key: Expr, value: Expr },
    /// `**values`, `...values`.
    Spread(Expr),
}

/// What an assignment, parameter, loop or import writes to.
#[derive(Debug)]
pub(crate) enum Pattern {
    Ignore,
    Name(Name),
    Attribute {
        object: Expr,
        name: Name,
    },
    Index {
        object: Expr,
        index: Expr,
    },
    /// `a, *b = …`, `[a, b] = …`; `rest` is the position of the part that takes what is left over.
    List {
        parts: Vec<Self>,
        rest: Option<usize>,
    },
    /// `{a, b: c, ...rest} = …`.
    Dict {
        parts: Vec<(Expr, Self)>,
        rest: Option<Box<Self>>,
    },
    /// A part with a default for when nothing is there.
    Default {
        pattern: Box<Self>,
        value: Expr,
    },
}

/// How a function gets the object it is called on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Receiver {
    /// Not at all: free functions, static methods, arrow functions, lambdas.
    #[default]
    None,
    /// In its first parameter, when it is found on an instance (Python's methods).
    FirstParameter,
    /// The class in its first parameter (Python's `classmethod`).
    ClassInFirstParameter,
    /// In the variable `this`.
    This,
}

#[derive(Debug, Default)]
pub(crate) struct Function {
    /// Empty for lambdas and anonymous functions.
    pub name: Name,
    pub offset: Offset,
    pub parameters: Vec<Parameter>,
    pub body: Block,
    /// In the order they are written; applied from the last to the first.
    pub decorators: Vec<Expr>,
    pub receiver: Receiver,
    /// Names the function declares itself (parameters, assigned variables, imports, nested definitions), sorted and
    /// without duplicates. Any other name it assigns belongs to the nearest enclosing scope that declares it.
    pub locals: Vec<Name>,
    /// Names that mean the module's variable even where an enclosing function has one (Python's `global`), sorted.
    pub globals: Vec<Name>,
    /// Annotation of what it returns.
    pub returns: Option<Expr>,
    /// Whether the body yields: calling it gives something iterable.
    pub is_generator: bool,
    /// Whether it is read like a field: Python's `property`, `get x()`.
    pub is_property: bool,
}

#[derive(Debug)]
pub(crate) struct Parameter {
    pub pattern: Pattern,
    pub kind: ParameterKind,
    pub default: Option<Expr>,
    pub annotation: Option<Expr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParameterKind {
    /// By position, or by its pattern's name where the language has keyword arguments.
    Positional,
    KeywordOnly,
    /// `*values`, `...values`.
    Rest,
    /// `**values`.
    KeywordRest,
}

#[derive(Debug, Default)]
pub(crate) struct Class {
    pub name: Name,
    pub offset: Offset,
    pub bases: Vec<Expr>,
    pub decorators: Vec<Expr>,
    /// Runs in the class's own scope: methods, static fields. Fields of instances that are initialised outside the
    /// constructor (JavaScript) are lowered to assignments to `this` in [`Class::initialisers`].
    pub body: Block,
    /// A function without parameters that runs on each new instance before its constructor.
    pub initialisers: Option<FunctionIndex>,
    /// Declared fields in order, for classes whose constructor is generated from them (`@dataclass`, `NamedTuple`).
    pub fields: Vec<Name>,
}

impl Module {
    /// The function of this index; indices come from the same module, so there is always one.
    pub(crate) fn function(&self, index: FunctionIndex) -> Option<&Function> {
        self.functions.get(index.0 as usize)
    }

    pub(crate) fn class(&self, index: ClassIndex) -> Option<&Class> {
        self.classes.get(index.0 as usize)
    }
}

impl Expr {
    pub(crate) fn new(offset: Offset, kind: ExprKind) -> Self {
        Self { offset, kind }
    }
}
