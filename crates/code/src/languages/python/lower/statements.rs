//! Statements, functions, classes and imports.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::{Lowering, Scope, ScopeKind, name, offset};
use crate::ir::{
    Bindings, Block, Class, Each, Expr, ExprKind, Function, Handler, Import, Member, Name, Offset, Over, Pattern,
    Receiver, Stmt, StmtKind,
};

/// Longest `elif` chain that is nested.
const MAX_ELIF_NESTING: usize = 64;

impl Lowering {
    pub(super) fn statement(&mut self, statement: &ast::Stmt, block: &mut Block) {
        let at = offset(statement.range());
        let mut push = |kind| block.push(Stmt { offset: at, kind });
        match statement {
            ast::Stmt::FunctionDef(function) => push(self.function_definition(function)),
            ast::Stmt::ClassDef(class) => push(self.class_definition(class)),
            ast::Stmt::Return(value) => {
                push(StmtKind::Return(value.value.as_deref().map(|value| self.expression(value))));
            }
            ast::Stmt::Delete(delete) => {
                push(StmtKind::Delete(delete.targets.iter().map(|target| self.target(target)).collect()));
            }
            ast::Stmt::TypeAlias(alias) => {
                let target = self.target(&alias.name);
                let value = self.annotation(&alias.value).unwrap_or_else(|| super::unknown(at));
                push(StmtKind::Assign { targets: vec![target], value });
            }
            ast::Stmt::Assign(assign) => {
                let value = self.expression(&assign.value);
                let targets = assign.targets.iter().map(|target| self.target(target)).collect();
                push(StmtKind::Assign { targets, value });
            }
            ast::Stmt::AugAssign(assign) => push(self.augmented(assign, at)),
            ast::Stmt::AnnAssign(assign) => push(self.annotated(assign)),
            ast::Stmt::For(each) => push(self.for_loop(each)),
            ast::Stmt::While(repeat) => {
                let test = Some(self.expression(&repeat.test));
                let (body, otherwise) = (self.block(&repeat.body), self.block(&repeat.orelse));
                push(StmtKind::Loop { each: None, test, body, otherwise });
            }
            ast::Stmt::If(choice) => push(self.choice(choice)),
            ast::Stmt::With(with) => push(self.with(with)),
            ast::Stmt::Match(matched) => push(self.matched(matched)),
            ast::Stmt::Raise(raise) => {
                push(StmtKind::Raise(raise.exc.as_deref().map(|value| self.expression(value))));
            }
            ast::Stmt::Try(attempt) => push(self.attempt(attempt)),
            ast::Stmt::Assert(assert) => push(StmtKind::Expr(self.expression(&assert.test))),
            ast::Stmt::Import(import) => {
                for alias in &import.names {
                    let kind = self.import(alias);
                    block.push(Stmt { offset: at, kind });
                }
            }
            ast::Stmt::ImportFrom(import) => push(self.import_from(import)),
            ast::Stmt::Global(global) => {
                let names = global.names.iter().map(|global| name(global));
                self.scopes.last_mut().into_iter().zip([names]).for_each(|(scope, names)| scope.globals.extend(names));
            }
            ast::Stmt::Nonlocal(nonlocal) => {
                let names = nonlocal.names.iter().map(|nonlocal| name(nonlocal));
                self.scopes
                    .last_mut()
                    .into_iter()
                    .zip([names])
                    .for_each(|(scope, names)| scope.nonlocals.extend(names));
            }
            ast::Stmt::Expr(value) => push(StmtKind::Expr(self.expression(&value.value))),
            ast::Stmt::Break(_) | ast::Stmt::Continue(_) => push(StmtKind::Leave),
            ast::Stmt::Pass(_) | ast::Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn function_definition(&mut self, definition: &ast::StmtFunctionDef) -> StmtKind {
        let mut function =
            Function { name: name(&definition.name), offset: offset(definition.name.range()), ..Function::default() };
        if self.in_class() {
            function.receiver = Receiver::FirstParameter;
            if matches!(&*definition.name, "__new__" | "__init_subclass__" | "__class_getitem__") {
                function.receiver = Receiver::None;
            }
        }
        for decorator in &definition.decorator_list {
            match last_name(&decorator.expression) {
                Some("staticmethod") => function.receiver = Receiver::None,
                Some("classmethod") => function.receiver = Receiver::ClassInFirstParameter,
                Some("property" | "cached_property" | "getter" | "abstractproperty" | "lazy_property") => {
                    function.is_property = true;
                }
                // What a property is set with is a function of its own, which must not hide the property.
                Some("setter" | "deleter") => function.name = format!("{}@setter", definition.name).into(),
                _ => function.decorators.push(self.expression(&decorator.expression)),
            }
        }
        self.declare(&function.name.clone());
        function.returns = definition.returns.as_deref().and_then(|returns| self.annotation(returns));
        let index = self.function(function, Some(&definition.parameters), |lowering| lowering.block(&definition.body));
        StmtKind::Function(index)
    }

    fn class_definition(&mut self, definition: &ast::StmtClassDef) -> StmtKind {
        self.declare(&definition.name);
        let decorators =
            definition.decorator_list.iter().map(|decorator| self.expression(&decorator.expression)).collect();
        let mut bases = Vec::new();
        if let Some(arguments) = &definition.arguments {
            bases.extend(arguments.args.iter().map(|base| self.expression(generic_base(base))));
        }
        self.scopes.push(Scope { kind: ScopeKind::Class, ..Scope::default() });
        let body = self.block(&definition.body);
        let fields = self.scopes.pop().map(|scope| scope.fields).unwrap_or_default();
        StmtKind::Class(self.file_class(Class {
            name: name(&definition.name),
            offset: offset(definition.name.range()),
            bases,
            decorators,
            body,
            initialisers: None,
            fields,
        }))
    }

    fn augmented(&mut self, assign: &ast::StmtAugAssign, at: Offset) -> StmtKind {
        let left = self.expression(&assign.target);
        let right = self.expression(&assign.value);
        let kind = match assign.op {
            ast::Operator::Add => ExprKind::Concat(vec![left, right]),
            ast::Operator::BitOr => ExprKind::Choice { test: None, options: vec![left, right] },
            _ => ExprKind::Operation(vec![left, right]),
        };
        StmtKind::Assign { targets: vec![self.target(&assign.target)], value: Expr::new(at, kind) }
    }

    fn annotated(&mut self, assign: &ast::StmtAnnAssign) -> StmtKind {
        if self.in_class()
            && let ast::Expr::Name(field) = &*assign.target
            && let Some(scope) = self.scopes.last_mut()
        {
            scope.fields.push(name(&field.id));
        }
        let value = assign.value.as_deref().map(|value| self.expression(value));
        let target = self.target(&assign.target);
        match (self.annotation(&assign.annotation), value) {
            (Some(annotation), value) => StmtKind::Annotated { target, annotation, value },
            (None, Some(value)) => StmtKind::Assign { targets: vec![target], value },
            (None, None) => StmtKind::Delete(Vec::new()),
        }
    }

    fn for_loop(&mut self, each: &ast::StmtFor) -> StmtKind {
        let iterable = self.expression(&each.iter);
        let pattern = self.target(&each.target);
        let (body, otherwise) = (self.block(&each.body), self.block(&each.orelse));
        StmtKind::Loop { each: Some(Each { pattern, iterable, over: Over::Elements }), test: None, body, otherwise }
    }

    fn choice(&mut self, choice: &ast::StmtIf) -> StmtKind {
        let test = self.expression(&choice.test);
        let then = self.block(&choice.body);
        let mut arms: Vec<(Option<Expr>, Block, Offset)> = Vec::new();
        for clause in &choice.elif_else_clauses {
            let test = clause.test.as_ref().map(|test| self.expression(test));
            arms.push((test, self.block(&clause.body), offset(clause.range())));
        }
        // `elif` chains are flat in the source and nested here. Beyond the bound each is an alternative of its own.
        let mut otherwise = Block::new();
        for (at_arm, (test, block, at)) in arms.into_iter().enumerate().rev() {
            let Some(test) = test else {
                otherwise = block;
                continue;
            };
            let (inside, mut after) =
                if at_arm < MAX_ELIF_NESTING { (otherwise, Block::new()) } else { (Block::new(), otherwise) };
            otherwise = vec![Stmt { offset: at, kind: StmtKind::If { test, then: block, otherwise: inside } }];
            otherwise.append(&mut after);
        }
        StmtKind::If { test, then, otherwise }
    }

    fn with(&mut self, with: &ast::StmtWith) -> StmtKind {
        let items = with
            .items
            .iter()
            .map(|item| {
                let manager = self.expression(&item.context_expr);
                (manager, item.optional_vars.as_deref().map(|target| self.target(target)))
            })
            .collect();
        StmtKind::With { items, body: self.block(&with.body) }
    }

    fn attempt(&mut self, attempt: &ast::StmtTry) -> StmtKind {
        let body = self.block(&attempt.body);
        let handlers = attempt
            .handlers
            .iter()
            .map(|handler| {
                let ast::ExceptHandler::ExceptHandler(handler) = handler;
                let types = handler.type_.as_deref().map(|caught| self.expression(caught)).into_iter().collect();
                let binding = handler.name.as_ref().map(|bound| {
                    self.declare(bound);
                    Pattern::Name(name(bound))
                });
                Handler { types, binding, body: self.block(&handler.body) }
            })
            .collect();
        let (otherwise, finally) = (self.block(&attempt.orelse), self.block(&attempt.finalbody));
        StmtKind::Try { body, handlers, otherwise, finally }
    }

    fn import(&mut self, alias: &ast::Alias) -> StmtKind {
        let request = name(&alias.name);
        self.module.requests.push(request.clone());
        let bindings = match &alias.asname {
            Some(local) => {
                self.declare(local);
                Bindings::Namespace { local: name(local) }
            }
            None => {
                self.declare(alias.name.split('.').next().unwrap_or_default());
                Bindings::First
            }
        };
        StmtKind::Import(Import { request, bindings })
    }

    fn import_from(&mut self, import: &ast::StmtImportFrom) -> StmtKind {
        let dots = ".".repeat(import.level as usize);
        let base = format!("{dots}{}", import.module.as_deref().unwrap_or_default());
        self.module.requests.push(name(&base));
        let mut members: Vec<Member> = Vec::new();
        for alias in &import.names {
            if &*alias.name == "*" {
                return StmtKind::Import(Import { request: name(&base), bindings: Bindings::All });
            }
            let separator = if base.ends_with('.') { "" } else { "." };
            self.module.requests.push(format!("{base}{separator}{}", alias.name).into());
            let local: Name = name(alias.asname.as_ref().unwrap_or(&alias.name));
            self.declare(&local);
            self.mention(&alias.name);
            members.push(Member { imported: name(&alias.name), local });
        }
        StmtKind::Import(Import { request: name(&base), bindings: Bindings::Members(members) })
    }
}

/// `Generic[T]` and `Base[int]` derive from `Generic` and `Base`.
fn generic_base(base: &ast::Expr) -> &ast::Expr {
    match base {
        ast::Expr::Subscript(subscript) => &subscript.value,
        base => base,
    }
}

fn last_name(expression: &ast::Expr) -> Option<&str> {
    match expression {
        ast::Expr::Name(name) => Some(&name.id),
        ast::Expr::Attribute(attribute) => Some(&attribute.attr),
        _ => None,
    }
}
