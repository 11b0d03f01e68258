//! Names whose values change after they are declared.

use std::collections::BTreeSet;

use oxc_ast::ast::{
    Argument, AssignmentExpression, AssignmentOperator, AssignmentTarget, CallExpression, Expression,
    ExpressionStatement, SimpleAssignmentTarget, Statement, UpdateExpression,
};
use oxc_ast_visit::{Visit, walk};

/// Methods that change what they are called on.
const CHANGING_METHODS: [&str; 10] =
    ["add", "clear", "delete", "fill", "pop", "push", "reverse", "set", "shift", "unshift"];

/// Names that `statements` change in a way that is not followed.
pub(super) fn changed_names(statements: &[Statement<'_>]) -> BTreeSet<String> {
    let mut finder = Finder { names: BTreeSet::new() };
    for statement in statements {
        match property_assignment(statement) {
            Some((_, _, value)) => finder.visit_expression(value),
            None => finder.visit_statement(statement),
        }
    }
    finder.names
}

/// Name, property and value of a statement `name.property = value`.
pub(super) fn property_assignment<'s, 'a>(
    statement: &'s Statement<'a>,
) -> Option<(&'s str, String, &'s Expression<'a>)> {
    let Statement::ExpressionStatement(statement) = statement else { return None };
    let Expression::AssignmentExpression(assignment) = &statement.expression else { return None };
    if assignment.operator != AssignmentOperator::Assign {
        return None;
    }
    let (object, property) = match &assignment.left {
        AssignmentTarget::StaticMemberExpression(member) => (&member.object, member.property.name.to_string()),
        AssignmentTarget::ComputedMemberExpression(member) => match &member.expression {
            Expression::StringLiteral(name) => (&member.object, name.value.to_string()),
            _ => return None,
        },
        _ => return None,
    };
    match object {
        Expression::Identifier(name) if !matches!(name.name.as_str(), "module" | "exports") => {
            Some((name.name.as_str(), property, &assignment.right))
        }
        _ => None,
    }
}

/// Whether a call only prints: `console.log`.
fn is_output(callee: &Expression<'_>) -> bool {
    match callee {
        Expression::StaticMemberExpression(member) => {
            matches!(&member.object, Expression::Identifier(name) if name.name == "console")
        }
        _ => false,
    }
}

struct Finder {
    names: BTreeSet<String>,
}

impl Finder {
    /// Notes the name that a chain of members starts with.
    fn note(&mut self, expression: &Expression<'_>) {
        let mut current = expression;
        loop {
            current = match current {
                Expression::StaticMemberExpression(member) => &member.object,
                Expression::ComputedMemberExpression(member) => &member.object,
                Expression::TSNonNullExpression(inner) => &inner.expression,
                Expression::TSAsExpression(inner) => &inner.expression,
                Expression::ParenthesizedExpression(inner) => &inner.expression,
                Expression::Identifier(name) => {
                    self.names.insert(name.name.to_string());
                    return;
                }
                _ => return,
            };
        }
    }
}

impl<'a> Visit<'a> for Finder {
    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'a>) {
        match &assignment.left {
            AssignmentTarget::AssignmentTargetIdentifier(name) => {
                self.names.insert(name.name.to_string());
            }
            AssignmentTarget::StaticMemberExpression(member) => self.note(&member.object),
            AssignmentTarget::ComputedMemberExpression(member) => self.note(&member.object),
            _ => {}
        }
        walk::walk_assignment_expression(self, assignment);
    }

    fn visit_update_expression(&mut self, update: &UpdateExpression<'a>) {
        if let SimpleAssignmentTarget::AssignmentTargetIdentifier(name) = &update.argument {
            self.names.insert(name.name.to_string());
        }
        walk::walk_update_expression(self, update);
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        if let Expression::StaticMemberExpression(member) = &call.callee
            && CHANGING_METHODS.contains(&member.property.name.as_str())
        {
            self.note(&member.object);
        }
        walk::walk_call_expression(self, call);
    }

    fn visit_expression_statement(&mut self, statement: &ExpressionStatement<'a>) {
        // Called for its effect on what it is given: `Object.assign(config, …)`, `merge(config, …)`.
        if let Expression::CallExpression(call) = &statement.expression
            && !is_output(&call.callee)
        {
            for argument in call.arguments.iter().filter_map(Argument::as_expression) {
                self.note(argument);
            }
        }
        walk::walk_expression_statement(self, statement);
    }
}
