//! Type annotations, as far as they can tell what a value is.

use ruff_python_ast as ast;
use ruff_python_parser::parse_expression;
use ruff_text_size::Ranged;

use super::{Lowering, depth, offset};
use crate::ir::{Expr, ExprKind, MAX_DEPTH};

/// Generic types that are what their arguments are.
const TRANSPARENT: &[&str] =
    &["Annotated", "Awaitable", "ClassVar", "Final", "Mapped", "Optional", "Required", "Union"];

impl Lowering {
    /// The classes that an annotation names, `None` when it names nothing of interest. Text in quotes is read as code.
    pub(super) fn annotation(&mut self, annotation: &ast::Expr) -> Option<Expr> {
        let at = offset(annotation.range());
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let lowered = match annotation {
            ast::Expr::Name(_) | ast::Expr::Attribute(_) => Some(self.expression(annotation)),
            ast::Expr::StringLiteral(text) => self.quoted(text.value.to_str(), at),
            ast::Expr::BinOp(either) if either.op == ast::Operator::BitOr => {
                self.options([&*either.left, &*either.right].into_iter(), at)
            }
            ast::Expr::Subscript(generic) if is_transparent(&generic.value) => match &*generic.slice {
                ast::Expr::Tuple(arguments) => self.options(arguments.elts.iter(), at),
                argument => self.annotation(argument),
            },
            _ => None,
        };
        self.depth -= 1;
        lowered
    }

    fn options<'e>(&mut self, options: impl Iterator<Item = &'e ast::Expr>, at: u32) -> Option<Expr> {
        let options: Vec<_> = options.filter_map(|option| self.annotation(option)).collect();
        (!options.is_empty()).then(|| Expr::new(at, ExprKind::Choice { test: None, options }))
    }

    fn quoted(&mut self, text: &str, at: u32) -> Option<Expr> {
        const MAX_QUOTED_BYTES: usize = 500;
        if text.len() > MAX_QUOTED_BYTES || !depth::is_bounded(text) {
            return None;
        }
        let parsed = parse_expression(text).ok()?;
        let mut lowered = self.annotation(parsed.expr())?;
        move_to(&mut lowered, at);
        Some(lowered)
    }
}

/// Offsets inside quoted text count from the quote; the whole annotation stands where it starts.
fn move_to(expression: &mut Expr, at: u32) {
    expression.offset = at;
    match &mut expression.kind {
        ExprKind::Choice { options, .. } => options.iter_mut().for_each(|option| move_to(option, at)),
        ExprKind::Attribute { object, .. } => move_to(object, at),
        _ => {}
    }
}

fn is_transparent(generic: &ast::Expr) -> bool {
    let name = match generic {
        ast::Expr::Name(name) => &*name.id,
        ast::Expr::Attribute(attribute) => &*attribute.attr,
        _ => return false,
    };
    TRANSPARENT.contains(&name)
}
