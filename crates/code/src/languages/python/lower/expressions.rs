//! Expressions.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::{Lowering, name, offset, unknown};
use crate::ir::{
    Argument, ArgumentKind, Comprehension, ComprehensionResult, Each, Element, Entry, Expr, ExprKind, Function,
    MAX_DEPTH, Offset, Over, Stmt, StmtKind,
};

impl Lowering {
    pub(super) fn expression(&mut self, expression: &ast::Expr) -> Expr {
        let at = offset(expression.range());
        if self.depth >= MAX_DEPTH {
            self.module.cut.push(at);
            return unknown(at);
        }
        self.depth += 1;
        let kind = self.kind(expression, at);
        self.depth -= 1;
        Expr::new(at, kind)
    }

    fn boxed(&mut self, expression: &ast::Expr) -> Box<Expr> {
        Box::new(self.expression(expression))
    }

    fn all<'e>(&mut self, expressions: impl IntoIterator<Item = &'e ast::Expr>) -> Vec<Expr> {
        expressions.into_iter().map(|expression| self.expression(expression)).collect()
    }

    fn kind(&mut self, expression: &ast::Expr, at: Offset) -> ExprKind {
        match expression {
            ast::Expr::BoolOp(operation) => ExprKind::Choice { test: None, options: self.all(&operation.values) },
            ast::Expr::Named(named) => {
                let value = self.boxed(&named.value);
                ExprKind::Assign { target: Box::new(self.target(&named.target)), value }
            }
            ast::Expr::BinOp(operation) => self.binary(operation),
            ast::Expr::UnaryOp(operation) => self.unary(operation),
            ast::Expr::Lambda(lambda) => self.lambda(lambda, at),
            ast::Expr::If(choice) => ExprKind::Choice {
                test: Some(self.boxed(&choice.test)),
                options: vec![self.expression(&choice.body), self.expression(&choice.orelse)],
            },
            ast::Expr::Dict(dict) => ExprKind::Dict(dict.items.iter().map(|item| self.entry(item)).collect()),
            ast::Expr::Set(set) => self.list(&set.elts),
            ast::Expr::List(list) => self.list(&list.elts),
            ast::Expr::Tuple(tuple) => self.list(&tuple.elts),
            ast::Expr::ListComp(comprehension) => self.elements(&comprehension.elt, &comprehension.generators),
            ast::Expr::SetComp(comprehension) => self.elements(&comprehension.elt, &comprehension.generators),
            ast::Expr::Generator(comprehension) => self.elements(&comprehension.elt, &comprehension.generators),
            ast::Expr::DictComp(comprehension) => self.mapping(comprehension, at),
            ast::Expr::Await(awaited) => ExprKind::Await(self.boxed(&awaited.value)),
            ast::Expr::Yield(yielded) => {
                self.note_yield();
                ExprKind::Yield(yielded.value.as_deref().map(|value| self.boxed(value)))
            }
            ast::Expr::YieldFrom(yielded) => {
                self.note_yield();
                let object = self.boxed(&yielded.value);
                let element = ExprKind::Index { object, index: Box::new(unknown(at)) };
                ExprKind::Yield(Some(Box::new(Expr::new(at, element))))
            }
            ast::Expr::Compare(comparison) => self.comparison(comparison),
            ast::Expr::Call(call) => self.call(call),
            ast::Expr::FString(text) => self.formatted(text, at),
            ast::Expr::StringLiteral(text) => ExprKind::Text(text.value.to_str().into()),
            ast::Expr::NumberLiteral(number) => match &number.value {
                ast::Number::Int(number) => number.as_i64().map_or(ExprKind::Data, ExprKind::Integer),
                _ => ExprKind::Data,
            },
            ast::Expr::BooleanLiteral(literal) => ExprKind::Boolean(literal.value),
            ast::Expr::NoneLiteral(_) => ExprKind::Nothing,
            ast::Expr::TString(_) | ast::Expr::BytesLiteral(_) | ast::Expr::EllipsisLiteral(_) => ExprKind::Data,
            ast::Expr::Attribute(attribute) => {
                self.mention(&attribute.attr);
                ExprKind::Attribute { object: self.boxed(&attribute.value), name: name(&attribute.attr) }
            }
            ast::Expr::Subscript(subscript) => {
                ExprKind::Index { object: self.boxed(&subscript.value), index: self.boxed(&subscript.slice) }
            }
            ast::Expr::Slice(slice) => {
                let bounds = [&slice.lower, &slice.upper, &slice.step];
                ExprKind::Operation(self.all(bounds.into_iter().filter_map(|bound| bound.as_deref())))
            }
            ast::Expr::Starred(starred) => self.expression(&starred.value).kind,
            ast::Expr::Name(read) => {
                self.mention(&read.id);
                ExprKind::Name(name(&read.id))
            }
            ast::Expr::IpyEscapeCommand(_) => ExprKind::Unknown,
        }
    }

    fn note_yield(&mut self) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.yields = true;
        }
    }

    fn binary(&mut self, operation: &ast::ExprBinOp) -> ExprKind {
        match operation.op {
            ast::Operator::Add => ExprKind::Concat(self.sum(operation)),
            // `template % values` is text; of numbers the model makes data.
            ast::Operator::Mod => {
                let left = self.expression(&operation.left);
                let at = left.offset;
                let callee = ExprKind::Attribute { object: Box::new(left), name: name("__mod__") };
                let value = self.expression(&operation.right);
                ExprKind::Call {
                    callee: Box::new(Expr::new(at, callee)),
                    arguments: vec![Argument { kind: ArgumentKind::Positional, value }],
                }
            }
            // Of dicts and sets it is a union.
            ast::Operator::BitOr => ExprKind::Choice {
                test: None,
                options: vec![self.expression(&operation.left), self.expression(&operation.right)],
            },
            _ => ExprKind::Operation(vec![self.expression(&operation.left), self.expression(&operation.right)]),
        }
    }

    /// The operands of `a + b + c`, which the parser nests to the left.
    fn sum(&mut self, operation: &ast::ExprBinOp) -> Vec<Expr> {
        let mut operands = vec![&*operation.right];
        let mut left = &*operation.left;
        while let ast::Expr::BinOp(inner) = left
            && inner.op == ast::Operator::Add
        {
            operands.push(&inner.right);
            left = &inner.left;
        }
        operands.push(left);
        self.all(operands.into_iter().rev())
    }

    fn unary(&mut self, operation: &ast::ExprUnaryOp) -> ExprKind {
        let operand = self.expression(&operation.operand);
        match (operation.op, operand.kind) {
            (ast::UnaryOp::Not, kind) => ExprKind::Not(Box::new(Expr::new(operand.offset, kind))),
            (ast::UnaryOp::USub, ExprKind::Integer(number)) => ExprKind::Integer(number.saturating_neg()),
            (_, kind) => ExprKind::Operation(vec![Expr::new(operand.offset, kind)]),
        }
    }

    fn lambda(&mut self, lambda: &ast::ExprLambda, at: Offset) -> ExprKind {
        let function = Function { offset: at, ..Function::default() };
        ExprKind::Function(self.function(function, lambda.parameters.as_deref(), |lowering| {
            let value = lowering.expression(&lambda.body);
            vec![Stmt { offset: value.offset, kind: StmtKind::Return(Some(value)) }]
        }))
    }

    fn entry(&mut self, item: &ast::DictItem) -> Entry {
        match &item.key {
            Some(key) => Entry::Pair { key: self.expression(key), value: self.expression(&item.value) },
            None => Entry::Spread(self.expression(&item.value)),
        }
    }

    fn list(&mut self, elements: &[ast::Expr]) -> ExprKind {
        let element = |lowering: &mut Self, element: &ast::Expr| Element {
            spread: matches!(element, ast::Expr::Starred(_)),
            value: lowering.expression(element),
        };
        ExprKind::List(elements.iter().map(|value| element(self, value)).collect())
    }

    fn elements(&mut self, element: &ast::Expr, generators: &[ast::Comprehension]) -> ExprKind {
        let (clauses, tests) = self.clauses(generators);
        let result = ComprehensionResult::Elements(self.expression(element));
        ExprKind::Comprehension(Box::new(Comprehension { clauses, tests, result }))
    }

    fn mapping(&mut self, comprehension: &ast::ExprDictComp, at: Offset) -> ExprKind {
        let (clauses, tests) = self.clauses(&comprehension.generators);
        let key = comprehension.key.as_deref().map_or_else(|| unknown(at), |key| self.expression(key));
        let result = ComprehensionResult::Mapping { key, value: self.expression(&comprehension.value) };
        ExprKind::Comprehension(Box::new(Comprehension { clauses, tests, result }))
    }

    fn clauses(&mut self, generators: &[ast::Comprehension]) -> (Vec<Each>, Vec<Expr>) {
        let (mut clauses, mut tests) = (Vec::new(), Vec::new());
        for generator in generators {
            let iterable = self.expression(&generator.iter);
            clauses.push(Each { pattern: self.target(&generator.target), iterable, over: Over::Elements });
            tests.extend(self.all(&generator.ifs));
        }
        (clauses, tests)
    }

    fn comparison(&mut self, comparison: &ast::ExprCompare) -> ExprKind {
        if let ([operator], [right]) = (&*comparison.ops, &*comparison.comparators) {
            let negated = match operator {
                ast::CmpOp::Eq | ast::CmpOp::Is => Some(false),
                ast::CmpOp::NotEq | ast::CmpOp::IsNot => Some(true),
                _ => None,
            };
            if let Some(negated) = negated {
                return ExprKind::Equal { left: self.boxed(&comparison.left), right: self.boxed(right), negated };
            }
        }
        ExprKind::Operation(self.all(std::iter::once(&*comparison.left).chain(&*comparison.comparators)))
    }

    fn call(&mut self, call: &ast::ExprCall) -> ExprKind {
        if matches!(&*call.func, ast::Expr::Name(callee) if callee.id == "super") {
            return ExprKind::Super;
        }
        let callee = self.boxed(&call.func);
        let mut arguments = Vec::with_capacity(call.arguments.args.len() + call.arguments.keywords.len());
        for argument in &call.arguments.args {
            let spread = matches!(argument, ast::Expr::Starred(_));
            let kind = if spread { ArgumentKind::Spread } else { ArgumentKind::Positional };
            arguments.push(Argument { kind, value: self.expression(argument) });
        }
        for keyword in &call.arguments.keywords {
            let kind = match &keyword.arg {
                Some(keyword) => ArgumentKind::Keyword(name(keyword)),
                None => ArgumentKind::KeywordSpread,
            };
            arguments.push(Argument { kind, value: self.expression(&keyword.value) });
        }
        self.note_dynamic_import(call);
        ExprKind::Call { callee, arguments }
    }

    /// `importlib.import_module("name")` and `__import__("name")` are loaded ahead like imports.
    fn note_dynamic_import(&mut self, call: &ast::ExprCall) {
        let callee = match &*call.func {
            ast::Expr::Name(name) => &*name.id,
            ast::Expr::Attribute(attribute) => &*attribute.attr,
            _ => return,
        };
        if matches!(callee, "import_module" | "__import__")
            && let Some(ast::Expr::StringLiteral(request)) = call.arguments.args.first()
        {
            self.module.requests.push(request.value.to_str().into());
        }
    }

    fn formatted(&mut self, text: &ast::ExprFString, at: Offset) -> ExprKind {
        // The empty text makes the result text even when every part is a number.
        let mut parts = vec![Expr::new(at, ExprKind::Text(name("")))];
        for part in text.value.iter() {
            match part {
                ast::FStringPart::Literal(literal) => parts.push(Expr::new(at, ExprKind::Text(name(&literal.value)))),
                ast::FStringPart::FString(formatted) => {
                    for element in &formatted.elements {
                        self.format_element(element, at, &mut parts);
                    }
                }
            }
        }
        ExprKind::Concat(parts)
    }

    fn format_element(&mut self, element: &ast::InterpolatedStringElement, at: Offset, parts: &mut Vec<Expr>) {
        match element {
            ast::InterpolatedStringElement::Literal(literal) => {
                parts.push(Expr::new(at, ExprKind::Text(name(&literal.value))));
            }
            ast::InterpolatedStringElement::Interpolation(element) => {
                let plain = element.format_spec.is_none() && element.conversion == ast::ConversionFlag::None;
                let value = self.expression(&element.expression);
                parts.push(match plain && element.debug_text.is_none() {
                    true => value,
                    false => Expr::new(at, ExprKind::Operation(vec![value])),
                });
            }
        }
    }
}
