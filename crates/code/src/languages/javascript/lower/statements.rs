//! Statements and blocks.

use oxc_ast::ast::{
    Declaration, ForStatementInit, ForStatementLeft, Statement, SwitchStatement, TryStatement, VariableDeclaration,
    VariableDeclarationKind,
};

use super::{Lowering, offset_of, patterns};
use crate::ir::{Block, Case, Each, Expr, ExprKind, Handler, Offset, Over, Pattern, Stmt, StmtKind};

impl Lowering {
    /// The body of a module or function: hoists `var`s and functions, then lowers in order.
    pub(super) fn scope_body(&mut self, statements: &[Statement<'_>]) -> Block {
        for statement in statements {
            self.hoist_vars(statement);
        }
        self.statements(statements)
    }

    /// A `{ … }` with a scope of its own.
    pub(super) fn block(&mut self, statements: &[Statement<'_>]) -> Block {
        self.scopes.enter_block();
        let block = self.statements(statements);
        self.scopes.leave_block();
        block
    }

    fn statements(&mut self, statements: &[Statement<'_>]) -> Block {
        for statement in statements {
            self.declare_lexical(statement);
        }
        let is_hoisted = |statement: &&Statement<'_>| {
            statement.as_module_declaration().is_some_and(|declaration| declaration.is_import())
                || is_function(statement)
        };
        let mut block = Block::new();
        for statement in statements.iter().filter(is_hoisted) {
            self.statement(statement, &mut block);
        }
        for statement in statements.iter().filter(|statement| !is_hoisted(statement)) {
            self.statement(statement, &mut block);
        }
        block
    }

    /// A statement that is a block of its own or stands in the place of one.
    fn body(&mut self, statement: &Statement<'_>) -> Block {
        match statement {
            Statement::BlockStatement(block) => self.block(&block.body),
            statement => {
                let mut block = Block::new();
                self.statement(statement, &mut block);
                block
            }
        }
    }

    fn statement(&mut self, statement: &Statement<'_>, into: &mut Block) {
        let offset = offset_of(statement);
        self.deeper(offset, (), |this| {
            if let Some(declaration) = statement.as_declaration() {
                this.declaration(declaration, into);
            } else if let Some(declaration) = statement.as_module_declaration() {
                this.module_declaration(declaration, into);
            } else {
                this.plain_statement(statement, offset, into);
            }
        });
    }

    fn plain_statement(&mut self, statement: &Statement<'_>, offset: Offset, into: &mut Block) {
        let kind = match statement {
            Statement::ExpressionStatement(statement) => return self.expression_statement(&statement.expression, into),
            Statement::BlockStatement(block) => return into.append(&mut self.block(&block.body)),
            Statement::LabeledStatement(labeled) => return self.statement(&labeled.body, into),
            Statement::WithStatement(with) => return into.append(&mut self.body(&with.body)),
            Statement::ForStatement(statement) => return self.for_statement(statement, into),
            Statement::ReturnStatement(statement) => {
                StmtKind::Return(statement.argument.as_ref().map(|value| self.expression(value)))
            }
            Statement::ThrowStatement(statement) => StmtKind::Raise(Some(self.expression(&statement.argument))),
            Statement::BreakStatement(_) | Statement::ContinueStatement(_) => StmtKind::Leave,
            Statement::IfStatement(statement) => StmtKind::If {
                test: self.expression(&statement.test),
                then: self.body(&statement.consequent),
                otherwise: statement.alternate.as_ref().map(|other| self.body(other)).unwrap_or_default(),
            },
            Statement::WhileStatement(statement) => {
                let test = Some(self.expression(&statement.test));
                StmtKind::Loop { each: None, test, body: self.body(&statement.body), otherwise: Block::new() }
            }
            Statement::DoWhileStatement(statement) => {
                let body = self.body(&statement.body);
                let test = Some(self.expression(&statement.test));
                StmtKind::Loop { each: None, test, body, otherwise: Block::new() }
            }
            Statement::ForInStatement(statement) => {
                self.for_each(&statement.left, &statement.right, &statement.body, Over::Keys)
            }
            Statement::ForOfStatement(statement) => {
                self.for_each(&statement.left, &statement.right, &statement.body, Over::Elements)
            }
            Statement::SwitchStatement(statement) => self.switch(statement),
            Statement::TryStatement(statement) => self.try_statement(statement),
            _ => return,
        };
        into.push(Stmt { offset, kind });
    }

    pub(super) fn declaration(&mut self, declaration: &Declaration<'_>, into: &mut Block) {
        let offset = offset_of(declaration);
        match declaration {
            Declaration::VariableDeclaration(declaration) => self.variables(declaration, into),
            Declaration::FunctionDeclaration(function) => {
                if let Some(index) = self.function_declaration(function) {
                    into.push(Stmt { offset, kind: StmtKind::Function(index) });
                }
            }
            Declaration::ClassDeclaration(class) if !class.declare => {
                let index = self.class(class, None);
                into.push(Stmt { offset, kind: StmtKind::Class(index) });
            }
            Declaration::TSEnumDeclaration(declaration) => self.enumeration(declaration, into),
            Declaration::TSNamespaceDeclaration(declaration) => self.namespace(declaration, into),
            Declaration::TSImportEqualsDeclaration(declaration) => self.import_equals(declaration, into),
            _ => {}
        }
    }

    fn variables(&mut self, declaration: &VariableDeclaration<'_>, into: &mut Block) {
        if declaration.declare {
            return;
        }
        for declarator in &declaration.declarations {
            let offset = offset_of(declarator);
            let annotation = declarator.type_annotation.as_ref().and_then(|annotation| self.annotation(annotation));
            let value = declarator.init.as_ref().map(|value| self.named_value(value, &declarator.id));
            let target = self.binding(&declarator.id);
            let kind = match (annotation, value) {
                (Some(annotation), value) => StmtKind::Annotated { target, annotation, value },
                (None, Some(value)) => StmtKind::Assign { targets: vec![target], value },
                (None, None) => continue,
            };
            into.push(Stmt { offset, kind });
        }
    }

    fn for_statement(&mut self, statement: &oxc_ast::ast::ForStatement<'_>, into: &mut Block) {
        let offset = statement.span.start;
        self.scopes.enter_block();
        match &statement.init {
            Some(ForStatementInit::VariableDeclaration(declaration)) => {
                self.declare_variables(declaration);
                self.variables(declaration, into);
            }
            Some(init) => {
                if let Some(init) = init.as_expression() {
                    self.expression_statement(init, into);
                }
            }
            None => {}
        }
        let test = statement.test.as_ref().map(|test| self.expression(test));
        let mut body = self.body(&statement.body);
        if let Some(update) = &statement.update {
            self.expression_statement(update, &mut body);
        }
        self.scopes.leave_block();
        into.push(Stmt { offset, kind: StmtKind::Loop { each: None, test, body, otherwise: Block::new() } });
    }

    fn for_each(
        &mut self,
        left: &ForStatementLeft<'_>,
        right: &oxc_ast::ast::Expression<'_>,
        body: &Statement<'_>,
        over: Over,
    ) -> StmtKind {
        let iterable = self.expression(right);
        self.scopes.enter_block();
        let pattern = match left {
            ForStatementLeft::VariableDeclaration(declaration) => {
                self.declare_variables(declaration);
                declaration.declarations.first().map_or(Pattern::Ignore, |declarator| self.binding(&declarator.id))
            }
            left => left.as_assignment_target().map_or(Pattern::Ignore, |target| self.target(target)),
        };
        let body = self.body(body);
        self.scopes.leave_block();
        StmtKind::Loop { each: Some(Each { pattern, iterable, over }), test: None, body, otherwise: Block::new() }
    }

    fn switch(&mut self, statement: &SwitchStatement<'_>) -> StmtKind {
        let subject = self.expression(&statement.discriminant);
        self.scopes.enter_block();
        for case in &statement.cases {
            for statement in &case.consequent {
                self.declare_lexical(statement);
            }
        }
        let mut cases = Vec::new();
        for case in &statement.cases {
            let tests = case.test.iter().map(|test| self.expression(test)).collect();
            let mut body = Block::new();
            for statement in &case.consequent {
                self.statement(statement, &mut body);
            }
            let falls_through = !case.consequent.iter().any(ends_block);
            cases.push(Case { pattern: Pattern::Ignore, tests, body, falls_through });
        }
        self.scopes.leave_block();
        StmtKind::Match { subject, cases }
    }

    fn try_statement(&mut self, statement: &TryStatement<'_>) -> StmtKind {
        let body = self.block(&statement.block.body);
        let handlers = statement.handler.iter().map(|clause| {
            self.scopes.enter_block();
            let binding = clause.param.as_ref().map(|parameter| {
                patterns::names(&parameter.pattern, &mut |name| self.scopes.declare(name));
                self.binding(&parameter.pattern)
            });
            let body = self.block(&clause.body.body);
            self.scopes.leave_block();
            Handler { types: Vec::new(), binding, body }
        });
        let handlers = handlers.collect();
        let finally = statement.finalizer.as_ref().map(|block| self.block(&block.body)).unwrap_or_default();
        StmtKind::Try { body, handlers, otherwise: Block::new(), finally }
    }

    /// Declares what `let`, `const`, `class`, functions and imports declare in the block they stand in.
    fn declare_lexical(&mut self, statement: &Statement<'_>) {
        if let Some(declaration) = statement.as_declaration() {
            self.declare_declaration(declaration);
        } else if let Some(declaration) = statement.as_module_declaration() {
            self.declare_module_declaration(declaration);
        }
    }

    pub(super) fn declare_declaration(&mut self, declaration: &Declaration<'_>) {
        match declaration {
            Declaration::VariableDeclaration(declaration) => self.declare_variables(declaration),
            declaration => {
                if let Some(id) = declaration.id() {
                    self.scopes.declare(&id.name);
                }
            }
        }
    }

    /// `var`s are declared by [`Self::hoist_vars`] already, in the function's own scope.
    fn declare_variables(&mut self, declaration: &VariableDeclaration<'_>) {
        if declaration.kind != VariableDeclarationKind::Var {
            for declarator in &declaration.declarations {
                patterns::names(&declarator.id, &mut |name| self.scopes.declare(name));
            }
        }
    }

    /// Declares every `var` below the statement, not looking into functions. What is nested deeper than a lowering goes
    /// is not lowered either.
    fn hoist_vars(&mut self, statement: &Statement<'_>) {
        self.deeper(offset_of(statement), (), |this| this.hoist_vars_of(statement));
    }

    fn hoist_vars_of(&mut self, statement: &Statement<'_>) {
        match statement {
            Statement::VariableDeclaration(declaration) => self.hoist_declaration(declaration),
            Statement::ExportDeclaration(export) => {
                if let Declaration::VariableDeclaration(declaration) = &export.declaration {
                    self.hoist_declaration(declaration);
                }
            }
            Statement::BlockStatement(block) => self.hoist_all(&block.body),
            Statement::LabeledStatement(labeled) => self.hoist_vars(&labeled.body),
            Statement::WithStatement(with) => self.hoist_vars(&with.body),
            Statement::IfStatement(statement) => {
                self.hoist_vars(&statement.consequent);
                if let Some(other) = &statement.alternate {
                    self.hoist_vars(other);
                }
            }
            Statement::WhileStatement(statement) => self.hoist_vars(&statement.body),
            Statement::DoWhileStatement(statement) => self.hoist_vars(&statement.body),
            Statement::ForStatement(statement) => {
                if let Some(ForStatementInit::VariableDeclaration(declaration)) = &statement.init {
                    self.hoist_declaration(declaration);
                }
                self.hoist_vars(&statement.body);
            }
            Statement::ForInStatement(statement) => self.hoist_each(&statement.left, &statement.body),
            Statement::ForOfStatement(statement) => self.hoist_each(&statement.left, &statement.body),
            Statement::SwitchStatement(statement) => {
                for case in &statement.cases {
                    self.hoist_all(&case.consequent);
                }
            }
            Statement::TryStatement(statement) => {
                self.hoist_all(&statement.block.body);
                if let Some(clause) = &statement.handler {
                    self.hoist_all(&clause.body.body);
                }
                if let Some(block) = &statement.finalizer {
                    self.hoist_all(&block.body);
                }
            }
            _ => {}
        }
    }

    fn hoist_all(&mut self, statements: &[Statement<'_>]) {
        for statement in statements {
            self.hoist_vars(statement);
        }
    }

    fn hoist_each(&mut self, left: &ForStatementLeft<'_>, body: &Statement<'_>) {
        if let ForStatementLeft::VariableDeclaration(declaration) = left {
            self.hoist_declaration(declaration);
        }
        self.hoist_vars(body);
    }

    fn hoist_declaration(&mut self, declaration: &VariableDeclaration<'_>) {
        if declaration.kind == VariableDeclarationKind::Var {
            for declarator in &declaration.declarations {
                patterns::names(&declarator.id, &mut |name| self.scopes.declare(name));
            }
        }
    }

    /// An expression in the place of a statement; assignments become statements of their own.
    pub(super) fn expression_statement(&mut self, expression: &oxc_ast::ast::Expression<'_>, into: &mut Block) {
        if self.compiler_helper_statement(expression, into) {
            return;
        }
        let lowered = self.expression(expression);
        into.push(as_statement(lowered));
    }
}

fn as_statement(expression: Expr) -> Stmt {
    let offset = expression.offset;
    let mut targets = Vec::new();
    let mut value = expression;
    while let ExprKind::Assign { target, value: inner } = value.kind {
        targets.push(*target);
        value = *inner;
    }
    let kind = if targets.is_empty() { StmtKind::Expr(value) } else { StmtKind::Assign { targets, value } };
    Stmt { offset, kind }
}

fn is_function(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::FunctionDeclaration(_) => true,
        Statement::ExportDeclaration(export) => matches!(export.declaration, Declaration::FunctionDeclaration(_)),
        Statement::ExportDefaultDeclaration(export) => {
            matches!(export.declaration, oxc_ast::ast::ExportDefaultDeclarationKind::FunctionDeclaration(_))
        }
        _ => false,
    }
}

/// Whether control never runs past the statement.
fn ends_block(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::BreakStatement(_)
        | Statement::ContinueStatement(_)
        | Statement::ReturnStatement(_)
        | Statement::ThrowStatement(_) => true,
        Statement::BlockStatement(block) => block.body.iter().any(ends_block),
        _ => false,
    }
}
