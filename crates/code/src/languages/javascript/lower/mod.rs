//! JavaScript and TypeScript source → the intermediate form, by oxc's syntax tree.
//!
//! **Source**: ECMAScript 2025, TypeScript 5, JSX as oxc reads them. **Supported**: modules of both kinds, classes,
//! closures, destructuring, and the helpers that compilers emit for them (`helpers`). **Unsupported**: `with`, JSX
//! elements (their expressions do not run), labels (a labelled `break` ends its block), ES5 generator state machines.
//! What cannot be parsed is a problem with its offset; oxc recovers where it can.

mod classes;
mod expressions;
mod functions;
mod helpers;
mod modules;
mod patterns;
mod scopes;
mod statements;
mod types;

use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser};
use oxc_span::{GetSpan, SourceType};

use self::scopes::Scopes;
use crate::ir::{Block, Export, Exports, Expr, ExprKind, MAX_DEPTH, Module, Name, Offset};
use crate::languages::Lowered;

/// Parses and lowers one file; `path` decides between JavaScript, TypeScript and JSX.
pub(super) fn lower(path: &str, text: &str) -> Lowered {
    let allocator = Allocator::default();
    let source_type = source_type(path);
    let options = ParseOptions { allow_return_outside_function: true, ..ParseOptions::default() };
    let parsed = Parser::new(&allocator, text, source_type).with_options(options).parse();
    let mut problems: Vec<_> = parsed
        .diagnostics
        .iter()
        .map(|error| (error.labels.first().map_or(0, |label| label.offset()), error.message.to_string()))
        .collect();
    if !parsed.panicked {
        // A file that parsed but for a recoverable slip (a duplicate declaration) is read like any other.
        problems.clear();
    }
    let language = if source_type.is_typescript() { "typescript" } else { "javascript" };
    Lowered { module: Lowering::new(language).module(&parsed.program), problems }
}

/// JSX is allowed wherever it cannot be mistaken for a type assertion; whether a file is a module its statements tell.
fn source_type(path: &str) -> SourceType {
    let extension = path.rsplit('.').next().unwrap_or("");
    match extension {
        "ts" | "mts" | "cts" => SourceType::ts(),
        "tsx" => SourceType::tsx(),
        "mjs" => SourceType::mjs().with_jsx(true),
        _ => SourceType::unambiguous().with_jsx(true),
    }
}

/// The state of lowering one file.
struct Lowering {
    module: Module,
    scopes: Scopes,
    depth: u32,
    /// Assignments of exports that compiled code states before the values exist; they run last.
    late: Block,
    exports: Vec<Export>,
    /// Whether `yield` means `await`: inside the generators that compilers make of async functions.
    yield_is_await: bool,
}

impl Lowering {
    fn new(language: &'static str) -> Self {
        Self {
            module: Module { language, ..Module::default() },
            scopes: Scopes::module(),
            depth: 0,
            late: Block::new(),
            exports: Vec::new(),
            yield_is_await: false,
        }
    }

    fn module(mut self, program: &oxc_ast::ast::Program<'_>) -> Module {
        let is_esm = modules::is_esm(&program.body);
        let mut body = self.scope_body(&program.body);
        body.append(&mut self.late);
        self.module.body = body;
        self.module.exports = if is_esm { Exports::Listed(self.exports) } else { Exports::Object };
        self.module
    }

    /// Runs `lower` one level deeper; too deep, notes the place and gives `fallback`.
    fn deeper<T>(&mut self, offset: Offset, fallback: T, lower: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= MAX_DEPTH {
            self.module.cut.push(offset);
            return fallback;
        }
        self.depth += 1;
        let lowered = lower(self);
        self.depth -= 1;
        lowered
    }

    /// A module named by a literal, remembered for loading.
    fn import(&mut self, request: &str) -> ExprKind {
        self.request(request);
        ExprKind::Import(request.into())
    }

    fn request(&mut self, request: &str) {
        self.module.requests.push(request.into());
    }

    fn name(&self, name: &str) -> ExprKind {
        ExprKind::Name(self.scopes.resolve(name))
    }
}

fn offset_of(node: &impl GetSpan) -> Offset {
    node.span().start
}

fn text(offset: Offset, text: &str) -> Expr {
    Expr::new(offset, ExprKind::Text(text.into()))
}

fn attribute(object: Expr, name: impl Into<Name>) -> Expr {
    Expr::new(object.offset, ExprKind::Attribute { object: Box::new(object), name: name.into() })
}
