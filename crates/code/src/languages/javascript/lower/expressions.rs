//! Expressions.

use oxc_ast::ast::{
    Argument as SyntaxArgument, ArrayExpressionElement, AssignmentExpression, AssignmentOperator, BinaryExpression,
    BinaryOperator, CallExpression, ChainElement, Expression, LogicalExpression, LogicalOperator, MemberExpression,
    ObjectPropertyKind, PropertyKind, TemplateLiteral, UnaryOperator,
};

use super::patterns::{as_pattern, private_name};
use super::{Lowering, attribute, offset_of, text};
use crate::ir::{Argument, ArgumentKind, Element, Entry, Expr, ExprKind, Offset};

impl Lowering {
    pub(super) fn expression(&mut self, expression: &Expression<'_>) -> Expr {
        let offset = offset_of(expression);
        self.deeper(offset, Expr::new(offset, ExprKind::Unknown), |this| this.expression_of(expression, offset))
    }

    fn expression_of(&mut self, expression: &Expression<'_>, offset: Offset) -> Expr {
        let kind = match expression {
            Expression::ParenthesizedExpression(inner) => return self.expression(&inner.expression),
            Expression::TSAsExpression(inner) => return self.asserted(&inner.expression, &inner.type_annotation),
            Expression::TSSatisfiesExpression(inner) => return self.expression(&inner.expression),
            Expression::TSTypeAssertion(inner) => return self.asserted(&inner.expression, &inner.type_annotation),
            Expression::TSNonNullExpression(inner) => return self.expression(&inner.expression),
            Expression::TSInstantiationExpression(inner) => return self.expression(&inner.expression),
            Expression::ChainExpression(chain) => return self.chain(&chain.expression),
            Expression::CallExpression(call) => return self.call(call),
            Expression::SequenceExpression(sequence) => return self.sequence(&sequence.expressions, offset),
            Expression::BinaryExpression(binary) => self.binary(binary),
            Expression::LogicalExpression(logical) => self.logical(logical),
            Expression::AssignmentExpression(assignment) => self.assignment(assignment),
            Expression::ObjectExpression(object) => {
                ExprKind::Dict(object.properties.iter().map(|property| self.property(property)).collect())
            }
            Expression::ArrayExpression(array) => ExprKind::List(self.elements(&array.elements)),
            Expression::TemplateLiteral(template) => self.template(template),
            Expression::TaggedTemplateExpression(tagged) => {
                let template = Expr::new(offset, self.template(&tagged.quasi));
                let arguments = vec![positional(template)];
                ExprKind::Call { callee: Box::new(self.expression(&tagged.tag)), arguments }
            }
            Expression::NewExpression(new) => ExprKind::New {
                class: Box::new(self.expression(&new.callee)),
                arguments: self.arguments(&new.arguments),
            },
            Expression::ConditionalExpression(conditional) => ExprKind::Choice {
                test: Some(Box::new(self.expression(&conditional.test))),
                options: vec![self.expression(&conditional.consequent), self.expression(&conditional.alternate)],
            },
            Expression::ArrowFunctionExpression(arrow) => ExprKind::Function(self.arrow(arrow)),
            Expression::FunctionExpression(function) => ExprKind::Function(self.function_expression(function)),
            Expression::ClassExpression(class) => ExprKind::Class(self.class(class, None)),
            Expression::AwaitExpression(inner) => ExprKind::Await(Box::new(self.expression(&inner.argument))),
            Expression::YieldExpression(inner) => self.yielded(inner),
            Expression::ImportExpression(import) => return self.dynamic_import(import),
            Expression::UnaryExpression(unary) => self.unary(unary.operator, &unary.argument),
            Expression::UpdateExpression(_) | Expression::BigIntLiteral(_) | Expression::RegExpLiteral(_) => {
                ExprKind::Data
            }
            _ => return self.simple(expression, offset),
        };
        Expr::new(offset, kind)
    }

    /// Literals, names and members.
    fn simple(&mut self, expression: &Expression<'_>, offset: Offset) -> Expr {
        let kind = match expression {
            Expression::BooleanLiteral(literal) => ExprKind::Boolean(literal.value),
            Expression::NullLiteral(_) => ExprKind::Nothing,
            Expression::StringLiteral(literal) => ExprKind::Text(literal.value.as_str().into()),
            Expression::NumericLiteral(literal) => number(literal.value),
            Expression::Identifier(identifier) => match identifier.name.as_str() {
                "undefined" if !self.scopes.declares("undefined") => ExprKind::Nothing,
                name => self.name(name),
            },
            Expression::ThisExpression(_) => ExprKind::Name("this".into()),
            Expression::Super(_) => ExprKind::Super,
            expression => match expression.as_member_expression() {
                Some(member) => return self.member(member),
                None => ExprKind::Unknown,
            },
        };
        Expr::new(offset, kind)
    }

    fn member(&mut self, member: &MemberExpression<'_>) -> Expr {
        match member {
            MemberExpression::StaticMemberExpression(member) => {
                attribute(self.expression(&member.object), member.property.name.as_str())
            }
            MemberExpression::PrivateFieldExpression(member) => {
                attribute(self.expression(&member.object), private_name(&member.field.name))
            }
            MemberExpression::ComputedMemberExpression(member) => {
                let object = self.expression(&member.object);
                let index = self.expression(&member.expression);
                match index.kind {
                    ExprKind::Text(name) => attribute(object, name),
                    _ => Expr::new(object.offset, ExprKind::Index { object: Box::new(object), index: Box::new(index) }),
                }
            }
        }
    }

    fn chain(&mut self, element: &ChainElement<'_>) -> Expr {
        match element {
            ChainElement::CallExpression(call) => self.call(call),
            ChainElement::TSNonNullExpression(inner) => self.expression(&inner.expression),
            element => match element.as_member_expression() {
                Some(member) => self.member(member),
                None => Expr::new(offset_of(element), ExprKind::Unknown),
            },
        }
    }

    fn call(&mut self, call: &CallExpression<'_>) -> Expr {
        if let Some(lowered) = self.compiler_helper(call) {
            return lowered;
        }
        let offset = offset_of(&call.callee);
        if let (Expression::Identifier(callee), [SyntaxArgument::StringLiteral(request)]) =
            (&call.callee, call.arguments.as_slice())
            && callee.name == "require"
            && !self.scopes.declares("require")
        {
            return Expr::new(offset, self.import(&request.value));
        }
        let callee = Box::new(self.expression(&call.callee));
        Expr::new(offset, ExprKind::Call { callee, arguments: self.arguments(&call.arguments) })
    }

    pub(super) fn arguments(&mut self, arguments: &[SyntaxArgument<'_>]) -> Vec<Argument> {
        arguments
            .iter()
            .filter_map(|argument| match argument {
                SyntaxArgument::SpreadElement(spread) => {
                    Some(Argument { kind: ArgumentKind::Spread, value: self.expression(&spread.argument) })
                }
                argument => argument.as_expression().map(|value| positional(self.expression(value))),
            })
            .collect()
    }

    fn dynamic_import(&mut self, import: &oxc_ast::ast::ImportExpression<'_>) -> Expr {
        let offset = import.span.start;
        if let Expression::StringLiteral(request) = &import.source {
            return Expr::new(offset, self.import(&request.value));
        }
        let callee = Box::new(Expr::new(offset, ExprKind::Name("import".into())));
        let arguments = vec![positional(self.expression(&import.source))];
        Expr::new(offset, ExprKind::Call { callee, arguments })
    }

    fn elements(&mut self, elements: &[ArrayExpressionElement<'_>]) -> Vec<Element> {
        elements
            .iter()
            .filter_map(|element| match element {
                ArrayExpressionElement::SpreadElement(spread) => {
                    Some(Element { spread: true, value: self.expression(&spread.argument) })
                }
                ArrayExpressionElement::Elision(hole) => {
                    Some(Element { spread: false, value: Expr::new(hole.span.start, ExprKind::Nothing) })
                }
                element => {
                    element.as_expression().map(|value| Element { spread: false, value: self.expression(value) })
                }
            })
            .collect()
    }

    fn property(&mut self, property: &ObjectPropertyKind<'_>) -> Entry {
        match property {
            ObjectPropertyKind::SpreadProperty(spread) => Entry::Spread(self.expression(&spread.argument)),
            ObjectPropertyKind::ObjectProperty(property) => {
                let key = self.property_key(&property.key);
                let value = self.expression(&property.value);
                let value = match property.kind {
                    // A getter's value is what it returns.
                    PropertyKind::Get => {
                        let offset = value.offset;
                        Expr::new(offset, ExprKind::Call { callee: Box::new(value), arguments: Vec::new() })
                    }
                    PropertyKind::Init | PropertyKind::Set => value,
                };
                let key = match property.kind {
                    PropertyKind::Set => Expr::new(key.offset, ExprKind::Data),
                    PropertyKind::Init | PropertyKind::Get => key,
                };
                Entry::Pair { key, value }
            }
        }
    }

    fn template(&mut self, template: &TemplateLiteral<'_>) -> ExprKind {
        let mut parts = Vec::new();
        let mut expressions = template.expressions.iter();
        for quasi in &template.quasis {
            let cooked = quasi.value.cooked.as_ref().map_or(quasi.value.raw.as_str(), |cooked| cooked.as_str());
            if !cooked.is_empty() {
                parts.push(text(quasi.span.start, cooked));
            }
            parts.extend(expressions.next().map(|expression| self.expression(expression)));
        }
        match parts.as_slice() {
            [] => ExprKind::Text("".into()),
            [Expr { kind: ExprKind::Text(text), .. }] => ExprKind::Text(text.clone()),
            _ => {
                // A single expression is still turned into text.
                if parts.len() == 1 {
                    parts.insert(0, text(template.span.start, ""));
                }
                ExprKind::Concat(parts)
            }
        }
    }

    /// `a + b + c` is one node, whatever its length; so are other chains.
    fn binary(&mut self, binary: &BinaryExpression<'_>) -> ExprKind {
        let negated = match binary.operator {
            BinaryOperator::Equality | BinaryOperator::StrictEquality => Some(false),
            BinaryOperator::Inequality | BinaryOperator::StrictInequality => Some(true),
            _ => None,
        };
        if let Some(negated) = negated {
            let left = Box::new(self.expression(&binary.left));
            return ExprKind::Equal { left, right: Box::new(self.expression(&binary.right)), negated };
        }
        let mut reversed = vec![&binary.right];
        let mut left = &binary.left;
        while let Expression::BinaryExpression(inner) = left
            && inner.operator == binary.operator
        {
            reversed.push(&inner.right);
            left = &inner.left;
        }
        reversed.push(left);
        let operands = reversed.into_iter().rev().map(|operand| self.expression(operand)).collect();
        if binary.operator == BinaryOperator::Addition {
            ExprKind::Concat(operands)
        } else {
            ExprKind::Operation(operands)
        }
    }

    fn logical(&mut self, logical: &LogicalExpression<'_>) -> ExprKind {
        if logical.operator == LogicalOperator::And {
            let test = Some(Box::new(self.expression(&logical.left)));
            return ExprKind::Choice { test, options: vec![self.expression(&logical.right)] };
        }
        let mut reversed = vec![&logical.right];
        let mut left = &logical.left;
        while let Expression::LogicalExpression(inner) = left
            && inner.operator == logical.operator
        {
            reversed.push(&inner.right);
            left = &inner.left;
        }
        reversed.push(left);
        let options = reversed.into_iter().rev().map(|option| self.expression(option)).collect();
        ExprKind::Choice { test: None, options }
    }

    fn assignment(&mut self, assignment: &AssignmentExpression<'_>) -> ExprKind {
        let offset = assignment.span.start;
        let old = |this: &mut Self| assignment.left.as_simple_assignment_target().map(|left| this.simple_target(left));
        let value = match assignment.operator {
            AssignmentOperator::Assign => self.expression(&assignment.right),
            AssignmentOperator::Addition => {
                let parts = old(self).into_iter().chain([self.expression(&assignment.right)]).collect();
                Expr::new(offset, ExprKind::Concat(parts))
            }
            AssignmentOperator::LogicalOr | AssignmentOperator::LogicalNullish | AssignmentOperator::LogicalAnd => {
                let options = old(self).into_iter().chain([self.expression(&assignment.right)]).collect();
                Expr::new(offset, ExprKind::Choice { test: None, options })
            }
            _ => {
                let operands = vec![self.expression(&assignment.right)];
                Expr::new(offset, ExprKind::Operation(operands))
            }
        };
        ExprKind::Assign { target: Box::new(self.target(&assignment.left)), value: Box::new(value) }
    }

    /// The value that a target has before it is written to.
    fn simple_target(&mut self, target: &oxc_ast::ast::SimpleAssignmentTarget<'_>) -> Expr {
        let offset = offset_of(target);
        if let Some(member) = target.as_member_expression() {
            return self.member(member);
        }
        match target {
            oxc_ast::ast::SimpleAssignmentTarget::AssignmentTargetIdentifier(identifier) => {
                Expr::new(offset, self.name(&identifier.name))
            }
            target => target
                .get_expression()
                .map_or(Expr::new(offset, ExprKind::Unknown), |expression| self.expression(expression)),
        }
    }

    fn unary(&mut self, operator: UnaryOperator, argument: &Expression<'_>) -> ExprKind {
        match (operator, argument) {
            (UnaryOperator::UnaryNegation, Expression::NumericLiteral(literal)) => number(-literal.value),
            (UnaryOperator::LogicalNot, argument) => ExprKind::Not(Box::new(self.expression(argument))),
            (UnaryOperator::Void, Expression::NumericLiteral(_)) => ExprKind::Nothing,
            (_, argument) => ExprKind::Operation(vec![self.expression(argument)]),
        }
    }

    fn yielded(&mut self, inner: &oxc_ast::ast::YieldExpression<'_>) -> ExprKind {
        let value = inner.argument.as_ref().map(|argument| Box::new(self.expression(argument)));
        match value {
            Some(value) if self.yield_is_await => ExprKind::Await(value),
            value => ExprKind::Yield(value),
        }
    }

    /// `(0, module_1.function)(…)` is how compilers call imported functions: a leading literal does nothing.
    fn sequence(&mut self, expressions: &[Expression<'_>], offset: Offset) -> Expr {
        let mut parts: Vec<_> = expressions
            .iter()
            .filter(|expression| !matches!(expression, Expression::NumericLiteral(_)))
            .map(|expression| self.expression(expression))
            .collect();
        match (parts.len(), parts.pop()) {
            (1, Some(only)) => only,
            (_, Some(last)) => {
                parts.push(last);
                Expr::new(offset, ExprKind::Sequence(parts))
            }
            (_, None) => Expr::new(offset, ExprKind::Data),
        }
    }

    /// `value as T`: the type counts when nothing else is known, which an assignment with an annotation says.
    fn asserted(&mut self, expression: &Expression<'_>, _type: &oxc_ast::ast::TSType<'_>) -> Expr {
        self.expression(expression)
    }

    /// A value that takes the name of what it is assigned to, when it has none.
    pub(super) fn named_value(&mut self, value: &Expression<'_>, pattern: &oxc_ast::ast::BindingPattern<'_>) -> Expr {
        let lowered = self.expression(value);
        let (ExprKind::Function(index), oxc_ast::ast::BindingPattern::BindingIdentifier(identifier)) =
            (&lowered.kind, pattern)
        else {
            return lowered;
        };
        if let Some(function) = self.module.functions.get_mut(index.0 as usize)
            && function.name.is_empty()
        {
            function.name = identifier.name.as_str().into();
        }
        lowered
    }

    /// Writes `object.name = value` as an expression.
    pub(super) fn assign_member(object: Expr, name: &str, value: Expr) -> Expr {
        let offset = object.offset;
        let target = as_pattern(attribute(object, name));
        Expr::new(offset, ExprKind::Assign { target: Box::new(target), value: Box::new(value) })
    }
}

pub(super) fn positional(value: Expr) -> Argument {
    Argument { kind: ArgumentKind::Positional, value }
}

/// Whole numbers are kept: they are indexes and parts of names.
pub(super) fn number(value: f64) -> ExprKind {
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and in range")]
    if value.fract() == 0.0 && value.abs() <= LARGEST { ExprKind::Integer(value as i64) } else { ExprKind::Data }
}
