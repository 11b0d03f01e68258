//! What TypeScript, Babel and esbuild write in place of newer syntax, lowered to what the author wrote.
//!
//! **Source**: output of TypeScript 5 (`importHelpers` on and off), Babel 7 and esbuild 0.2x, read as emitted.

use oxc_ast::ast::{Argument, CallExpression, Expression, ObjectPropertyKind, PropertyKey};

use super::Lowering;
use crate::ir::{Block, Expr, ExprKind, Stmt, StmtKind};

/// Wrap a required module so that it has a `default`; members are the module's own.
const INTEROP: &[&str] = &[
    "__importDefault",
    "__importStar",
    "__toCommonJS",
    "__toESM",
    "_interopRequireDefault",
    "_interopRequireWildcard",
    "_interop_require_default",
    "_interop_require_wildcard",
];

/// Run a generator as an async function; the generator is the last argument.
const AWAITERS: &[&str] = &["__async", "__awaiter"];

/// Make an async function of a generator.
const ASYNC_MAKERS: &[&str] = &["_asyncToGenerator", "_async_to_generator"];

impl Lowering {
    /// A call of a compiler's helper as the expression it stands for.
    pub(super) fn compiler_helper(&mut self, call: &CallExpression<'_>) -> Option<Expr> {
        let name = helper_name(&call.callee)?;
        let first = call.arguments.first().and_then(Argument::as_expression);
        if INTEROP.contains(&name) {
            return first.map(|module| self.expression(module));
        }
        if ASYNC_MAKERS.contains(&name) {
            return first.map(|generator| self.async_function(generator));
        }
        if AWAITERS.contains(&name) {
            let generator = call.arguments.last().and_then(Argument::as_expression)?;
            let callee = Box::new(self.async_function(generator));
            let offset = callee.offset;
            return Some(Expr::new(offset, ExprKind::Call { callee, arguments: Vec::new() }));
        }
        None
    }

    fn async_function(&mut self, generator: &Expression<'_>) -> Expr {
        let outer = std::mem::replace(&mut self.yield_is_await, true);
        let lowered = self.expression(generator);
        self.yield_is_await = outer;
        lowered
    }

    /// A helper that states exports: `__export(exports, { name: () => value })` and
    /// `Object.defineProperty(exports, "name", { get: () => value })`. True when it was one.
    pub(super) fn compiler_helper_statement(&mut self, expression: &Expression<'_>, into: &mut Block) -> bool {
        let Expression::CallExpression(call) = expression else { return false };
        match callee_path(&call.callee).as_deref() {
            Some("__export") => self.export_getters(call),
            Some("Object.defineProperty") => self.defined_property(call, into),
            _ => false,
        }
    }

    /// The getters are read after the module has run.
    fn export_getters(&mut self, call: &CallExpression<'_>) -> bool {
        let mut arguments = call.arguments.iter().filter_map(Argument::as_expression);
        let (Some(target), Some(Expression::ObjectExpression(getters))) = (arguments.next(), arguments.next()) else {
            return false;
        };
        for property in &getters.properties {
            let ObjectPropertyKind::ObjectProperty(property) = property else { continue };
            let (Some(name), Some(value)) = (property.key.static_name(), self.getter_value(&property.value)) else {
                continue;
            };
            let target = self.expression(target);
            let assignment = Self::assign_member(target, &name, value);
            self.late.push(Stmt { offset: assignment.offset, kind: StmtKind::Expr(assignment) });
        }
        true
    }

    fn defined_property(&mut self, call: &CallExpression<'_>, into: &mut Block) -> bool {
        let mut arguments = call.arguments.iter().filter_map(Argument::as_expression);
        let (Some(target), Some(Expression::StringLiteral(name)), Some(Expression::ObjectExpression(descriptor))) =
            (arguments.next(), arguments.next(), arguments.next())
        else {
            return false;
        };
        let value = descriptor.properties.iter().find_map(|property| match property {
            ObjectPropertyKind::ObjectProperty(property) if is_key(&property.key, "get") => {
                self.getter_value(&property.value)
            }
            ObjectPropertyKind::ObjectProperty(property) if is_key(&property.key, "value") => {
                Some(self.expression(&property.value))
            }
            _ => None,
        });
        let Some(value) = value else { return false };
        let target = self.expression(target);
        let assignment = Self::assign_member(target, &name.value, value);
        into.push(Stmt { offset: assignment.offset, kind: StmtKind::Expr(assignment) });
        true
    }

    /// What a getter gives: its function, called.
    fn getter_value(&mut self, getter: &Expression<'_>) -> Option<Expr> {
        let is_function = matches!(getter, Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_));
        is_function.then(|| {
            let callee = Box::new(self.expression(getter));
            let offset = callee.offset;
            Expr::new(offset, ExprKind::Call { callee, arguments: Vec::new() })
        })
    }
}

/// The helper's name, called as it is or as a member of `tslib`.
fn helper_name<'a>(callee: &Expression<'a>) -> Option<&'a str> {
    match callee {
        Expression::Identifier(identifier) => Some(identifier.name.as_str()),
        Expression::StaticMemberExpression(member) => Some(member.property.name.as_str()),
        Expression::ParenthesizedExpression(inner) => helper_name(&inner.expression),
        Expression::SequenceExpression(sequence) => sequence.expressions.last().and_then(helper_name),
        _ => None,
    }
    .filter(|name| name.starts_with('_'))
}

fn callee_path(callee: &Expression<'_>) -> Option<String> {
    match callee {
        Expression::Identifier(identifier) => Some(identifier.name.to_string()),
        Expression::StaticMemberExpression(member) => match &member.object {
            Expression::Identifier(object) => Some(format!("{}.{}", object.name, member.property.name)),
            _ => None,
        },
        _ => None,
    }
}

fn is_key(key: &PropertyKey<'_>, name: &str) -> bool {
    key.static_name().is_some_and(|key| key == name)
}
