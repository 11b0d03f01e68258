//! Functions of all kinds.

use oxc_ast::ast::{ArrowFunctionBody, ArrowFunctionExpression, FormalParameters, Function as SyntaxFunction};

use super::{Lowering, offset_of, patterns};
use crate::ir::{
    Block, ExprKind, Function, FunctionIndex, Offset, Parameter, ParameterKind, Pattern, Receiver, Stmt, StmtKind,
};

impl Lowering {
    /// A declaration's function; `None` for TypeScript's overloads and `declare`s, which have no body.
    pub(super) fn function_declaration(&mut self, function: &SyntaxFunction<'_>) -> Option<FunctionIndex> {
        function.body.as_ref()?;
        let index = self.function(function, Receiver::This, Block::new());
        if let (Some(id), Some(lowered)) = (&function.id, self.module.functions.get_mut(index.0 as usize)) {
            lowered.name = self.scopes.resolve(&id.name);
        }
        Some(index)
    }

    pub(super) fn function_expression(&mut self, function: &SyntaxFunction<'_>) -> FunctionIndex {
        self.function(function, Receiver::This, Block::new())
    }

    /// A function whose body starts with `prologue`.
    pub(super) fn function(
        &mut self,
        function: &SyntaxFunction<'_>,
        receiver: Receiver,
        prologue: Block,
    ) -> FunctionIndex {
        let returns = function.return_type.as_ref().and_then(|annotation| self.annotation(annotation));
        let offset = function.span.start;
        let is_generator = function.generator && !self.yield_is_await;
        self.scopes.enter_function();
        if receiver == Receiver::This {
            self.scopes.declare_bound("this");
        }
        let parameters = self.parameters(&function.params);
        let mut body = prologue;
        if let Some(statements) = &function.body {
            body.append(&mut self.scope_body(&statements.statements));
        }
        let locals = self.scopes.leave_function();
        let name = function.id.as_ref().map(|id| id.name.as_str().into()).unwrap_or_default();
        self.add_function(Function {
            name,
            offset,
            parameters,
            body,
            receiver,
            locals,
            returns,
            is_generator,
            ..Function::default()
        })
    }

    pub(super) fn arrow(&mut self, arrow: &ArrowFunctionExpression<'_>) -> FunctionIndex {
        let returns = arrow.return_type.as_ref().and_then(|annotation| self.annotation(annotation));
        let offset = arrow.span.start;
        let outer_yield = std::mem::take(&mut self.yield_is_await);
        self.scopes.enter_function();
        let parameters = self.parameters(&arrow.params);
        let body = match &arrow.body {
            ArrowFunctionBody::FunctionBody(body) => self.scope_body(&body.statements),
            body => body.as_expression().map(|value| vec![self.returned(value)]).unwrap_or_default(),
        };
        let locals = self.scopes.leave_function();
        self.yield_is_await = outer_yield;
        self.add_function(Function { offset, parameters, body, locals, returns, ..Function::default() })
    }

    fn returned(&mut self, value: &oxc_ast::ast::Expression<'_>) -> Stmt {
        Stmt { offset: offset_of(value), kind: StmtKind::Return(Some(self.expression(value))) }
    }

    fn parameters(&mut self, parameters: &FormalParameters<'_>) -> Vec<Parameter> {
        for parameter in &parameters.items {
            patterns::names(&parameter.pattern, &mut |name| self.scopes.declare(name));
        }
        if let Some(rest) = &parameters.rest {
            patterns::names(&rest.rest.argument, &mut |name| self.scopes.declare(name));
        }
        let mut lowered: Vec<_> = parameters
            .items
            .iter()
            .map(|parameter| Parameter {
                pattern: self.binding(&parameter.pattern),
                kind: ParameterKind::Positional,
                default: parameter.initializer.as_ref().map(|value| self.expression(value)),
                annotation: parameter.type_annotation.as_ref().and_then(|annotation| self.annotation(annotation)),
            })
            .collect();
        if let Some(rest) = &parameters.rest {
            let pattern = self.binding(&rest.rest.argument);
            lowered.push(Parameter { pattern, kind: ParameterKind::Rest, default: None, annotation: None });
        }
        lowered
    }

    pub(super) fn add_function(&mut self, function: Function) -> FunctionIndex {
        let index = u32::try_from(self.module.functions.len()).unwrap_or(u32::MAX);
        self.module.functions.push(function);
        FunctionIndex(index)
    }

    /// A function without parameters that runs `body`; `this` is the receiver's.
    pub(super) fn thunk(&mut self, offset: Offset, body: Block) -> FunctionIndex {
        let locals = vec!["this".into()];
        self.add_function(Function { offset, body, receiver: Receiver::This, locals, ..Function::default() })
    }

    /// The statement that defines a name as a value.
    pub(super) fn define(&self, offset: Offset, name: &str, value: ExprKind) -> Stmt {
        let targets = vec![Pattern::Name(self.scopes.resolve(name))];
        Stmt { offset, kind: StmtKind::Assign { targets, value: crate::ir::Expr::new(offset, value) } }
    }
}
