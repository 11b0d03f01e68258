//! Python source into the intermediate form.
//!
//! **Source**: Python's language reference, 3.14, as ruff's parser reads it; older code is read as far as the parser
//! recovers from its errors.
//! **Unsupported (→ gap)**: what the parser reports as an error (the rest of the file counts), nesting beyond the bounds.
//! Comprehension variables are variables of the surrounding function, which differs from Python only when they shadow.

mod annotations;
mod depth;
mod expressions;
mod patterns;
mod statements;

use ruff_python_ast as ast;
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};

use crate::ir::{
    Block, ClassIndex, Expr, ExprKind, Function, FunctionIndex, MAX_DEPTH, Module, Name, Offset, Parameter,
    ParameterKind, Pattern,
};
use crate::languages::Lowered;

/// Largest file that is parsed, in bytes: its tree takes some fifty times as much memory.
const MAX_FILE_BYTES: usize = 6 * 1024 * 1024;

pub(super) fn lower(_path: &str, text: &str) -> Lowered {
    let refused = |why: String| {
        let module = Module { language: "python", ..Module::default() };
        Lowered { module, problems: vec![(0, why)] }
    };
    if text.len() > MAX_FILE_BYTES {
        return refused(format!("the file is larger than {MAX_FILE_BYTES} bytes; calls in it are not seen"));
    }
    if !depth::is_bounded(text) {
        return refused("the code is nested too deeply to be read; calls in this file are not seen".to_owned());
    }
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    let problems = parsed.errors().first().map(|error| {
        let more = parsed.errors().len() - 1;
        let rest = if more == 0 { String::new() } else { format!(" (and {more} more)") };
        let why =
            format!("the file is no Python that can be parsed: {}{rest}; calls near it may be missing", error.error);
        (u32::from(error.location.start()), why)
    });
    let mut lowering = Lowering {
        module: Module { language: "python", ..Module::default() },
        scopes: vec![Scope { kind: ScopeKind::Module, ..Scope::default() }],
        depth: 0,
    };
    if let ast::Mod::Module(module) = parsed.syntax() {
        lowering.module.body = lowering.block(&module.body);
    }
    Lowered { module: lowering.module, problems: problems.into_iter().collect() }
}

struct Lowering {
    module: Module,
    scopes: Vec<Scope>,
    depth: u32,
}

/// Names that a scope declares while it is being lowered.
#[derive(Default)]
struct Scope {
    kind: ScopeKind,
    assigned: Vec<Name>,
    globals: Vec<Name>,
    nonlocals: Vec<Name>,
    yields: bool,
    /// Of a class: annotated fields.
    fields: Vec<Name>,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum ScopeKind {
    #[default]
    Module,
    Function,
    Class,
}

impl Lowering {
    fn block(&mut self, statements: &[ast::Stmt]) -> Block {
        if self.depth >= MAX_DEPTH {
            self.module.cut.extend(statements.first().map(|statement| offset(statement.range())));
            return Block::new();
        }
        self.depth += 1;
        let mut block = Block::with_capacity(statements.len());
        for statement in statements {
            self.statement(statement, &mut block);
        }
        self.depth -= 1;
        block
    }

    /// Notes that the running scope assigns the name.
    fn declare(&mut self, name: &str) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.assigned.push(name.into());
        }
    }

    fn mention(&mut self, name: &str) {
        self.module.mentions.push(name.into());
    }

    fn in_class(&self) -> bool {
        self.scopes.last().is_some_and(|scope| scope.kind == ScopeKind::Class)
    }

    /// Lowers a function's inside with `body` and files it under an index.
    fn function(
        &mut self,
        mut function: Function,
        parameters: Option<&ast::Parameters>,
        body: impl FnOnce(&mut Self) -> Block,
    ) -> FunctionIndex {
        self.scopes.push(Scope { kind: ScopeKind::Function, ..Scope::default() });
        function.parameters = parameters.map(|parameters| self.parameters(parameters)).unwrap_or_default();
        function.body = body(self);
        if let Some(scope) = self.scopes.pop() {
            function.globals = sorted(scope.globals);
            let outer = |name: &Name| function.globals.contains(name) || scope.nonlocals.contains(name);
            function.locals = sorted(scope.assigned.into_iter().filter(|name| !outer(name)).collect());
            function.is_generator = scope.yields;
        }
        self.module.functions.push(function);
        FunctionIndex(index(self.module.functions.len() - 1))
    }

    fn parameters(&mut self, parameters: &ast::Parameters) -> Vec<Parameter> {
        let mut lowered = Vec::new();
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
            lowered.push(self.parameter(&parameter.parameter, ParameterKind::Positional, parameter.default.as_deref()));
        }
        if let Some(rest) = &parameters.vararg {
            lowered.push(self.parameter(rest, ParameterKind::Rest, None));
        }
        for parameter in &parameters.kwonlyargs {
            lowered.push(self.parameter(
                &parameter.parameter,
                ParameterKind::KeywordOnly,
                parameter.default.as_deref(),
            ));
        }
        if let Some(rest) = &parameters.kwarg {
            lowered.push(self.parameter(rest, ParameterKind::KeywordRest, None));
        }
        lowered
    }

    fn parameter(&mut self, parameter: &ast::Parameter, kind: ParameterKind, default: Option<&ast::Expr>) -> Parameter {
        self.declare(&parameter.name);
        Parameter {
            pattern: Pattern::Name(name(&parameter.name)),
            kind,
            default: default.map(|default| self.expression(default)),
            annotation: parameter.annotation.as_deref().and_then(|annotation| self.annotation(annotation)),
        }
    }

    fn file_class(&mut self, class: crate::ir::Class) -> ClassIndex {
        self.module.classes.push(class);
        ClassIndex(index(self.module.classes.len() - 1))
    }
}

fn name(name: &str) -> Name {
    name.into()
}

fn sorted(mut names: Vec<Name>) -> Vec<Name> {
    names.sort_unstable();
    names.dedup();
    names
}

fn index(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

fn offset(range: TextRange) -> Offset {
    u32::from(range.start())
}

fn unknown(at: Offset) -> Expr {
    Expr::new(at, ExprKind::Unknown)
}
