//! Type annotations, as far as they can name a client: a path of names, or a choice of such.

use oxc_ast::ast::{TSType, TSTypeAnnotation, TSTypeName};

use super::{Lowering, attribute, offset_of};
use crate::ir::{Expr, ExprKind};

/// Types that stand for what they hold, where values and promises of values are not told apart.
const TRANSPARENT: &[&str] = &["Awaited", "NonNullable", "Partial", "Promise", "Readonly", "Required"];

impl Lowering {
    /// The annotation as a value; `None` when it can promise nothing.
    pub(super) fn annotation(&mut self, annotation: &TSTypeAnnotation<'_>) -> Option<Expr> {
        self.type_of(&annotation.type_annotation)
    }

    fn type_of(&mut self, syntax: &TSType<'_>) -> Option<Expr> {
        let offset = offset_of(syntax);
        self.deeper(offset, None, |this| match syntax {
            TSType::TSTypeReference(reference) => {
                let argument = reference.type_arguments.as_ref().and_then(|arguments| arguments.params.first());
                if let (TSTypeName::IdentifierReference(name), Some(argument)) = (&reference.type_name, argument)
                    && TRANSPARENT.contains(&name.name.as_str())
                {
                    return this.type_of(argument);
                }
                this.type_name(&reference.type_name)
            }
            TSType::TSParenthesizedType(inner) => this.type_of(&inner.type_annotation),
            TSType::TSUnionType(union) => {
                let options: Vec<_> = union.types.iter().filter_map(|option| this.type_of(option)).collect();
                choice(offset, options)
            }
            TSType::TSIntersectionType(all) => all.types.iter().find_map(|part| this.type_of(part)),
            TSType::TSTypeQuery(query) => match &query.expr_name {
                oxc_ast::ast::TSTypeQueryExprName::IdentifierReference(name) => {
                    Some(Expr::new(offset, this.name(&name.name)))
                }
                _ => None,
            },
            _ => None,
        })
    }

    pub(super) fn type_name(&mut self, name: &TSTypeName<'_>) -> Option<Expr> {
        match name {
            TSTypeName::IdentifierReference(name) => Some(Expr::new(name.span.start, self.name(&name.name))),
            TSTypeName::QualifiedName(name) => {
                let left = self.type_name(&name.left)?;
                Some(attribute(left, name.right.name.as_str()))
            }
            TSTypeName::ThisExpression(_) => None,
        }
    }
}

fn choice(offset: u32, mut options: Vec<Expr>) -> Option<Expr> {
    match options.len() {
        0 => None,
        1 => options.pop(),
        _ => Some(Expr::new(offset, ExprKind::Choice { test: None, options })),
    }
}
