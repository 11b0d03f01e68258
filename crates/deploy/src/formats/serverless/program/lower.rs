//! The parser's tree as [`syntax`](super::syntax).

use std::sync::Arc;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    self, Argument, ArrayExpressionElement, ArrowFunctionBody, BinaryOperator, BindingPattern, Declaration,
    ExportDefaultDeclarationKind, ImportDeclarationSpecifier, LogicalOperator, ModuleDeclaration, ModuleExportName,
    ObjectPropertyKind, PropertyKey, PropertyKind, Statement,
};
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType};

use super::changes;
use super::syntax::{Binding, Element, Export, Expression, Function, Imported, Kind, Member, Module};

/// Deepest nesting of expressions; deeper ones are unknown.
const MAX_NESTING_LEVELS: usize = 200;

/// The module in `text`, the content of the file at `path`.
///
/// # Errors
/// When it cannot be parsed: where, as a byte offset, and why.
pub(super) fn module(path: &str, text: &str) -> Result<Module, (u32, String)> {
    let allocator = Allocator::default();
    let source_type = SourceType::from_path(path).unwrap_or_default();
    // `.js` is a module of either kind.
    let source_type = if path.ends_with(".js") { SourceType::unambiguous().with_jsx(true) } else { source_type };
    let parsed = Parser::new(&allocator, text, source_type).parse();
    if parsed.panicked {
        let first = parsed.diagnostics.first();
        let offset = first.and_then(|error| error.labels.first()).map_or(0, |label| label.offset());
        return Err((offset, first.map(|error| error.message.to_string()).unwrap_or_default()));
    }
    let mut lowering = Lowering { module: Module::default(), level: 0 };
    for statement in &parsed.program.body {
        lowering.statement(statement);
    }
    for name in changes::changed_names(&parsed.program.body) {
        if let Some(binding) = lowering.module.bindings.get_mut(&name) {
            *binding = Binding::Value(Arc::new(Expression::new(0, Kind::Unknown)));
        }
    }
    Ok(lowering.module)
}

/// The value of JSON with comments and trailing commas.
pub(super) fn lenient_json(text: &str) -> Option<Expression> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, SourceType::ts()).parse_expression().ok()?;
    Some(Lowering { module: Module::default(), level: 0 }.expression(&parsed))
}

struct Lowering {
    module: Module,
    level: usize,
}

impl Lowering {
    fn statement(&mut self, statement: &Statement<'_>) {
        if let Some(declaration) = statement.as_module_declaration() {
            self.module_declaration(declaration);
        } else if let Some(declaration) = statement.as_declaration() {
            for (name, value) in self.declared(declaration) {
                self.module.bindings.insert(name, Binding::Value(Arc::new(value)));
            }
        } else if let Some((name, property, value)) = changes::property_assignment(statement) {
            let value = self.expression(value);
            self.assign_property(name, property, value);
        } else if let Statement::ExpressionStatement(statement) = statement {
            self.assigned_export(&statement.expression);
        }
    }

    /// `name.property = value` after the declaration of `name`.
    fn assign_property(&mut self, name: &str, property: String, value: Expression) {
        match self.module.bindings.get_mut(name) {
            Some(Binding::Value(before)) => *before = with_property(before, property, value),
            // What another module declares changes for everyone.
            Some(binding) => *binding = Binding::Value(Arc::new(Expression::new(value.offset, Kind::Unknown))),
            None => {}
        }
    }

    fn module_declaration(&mut self, declaration: &ModuleDeclaration<'_>) {
        match declaration {
            ModuleDeclaration::ImportDeclaration(import) => {
                let request = import.source.value.to_string();
                for specifier in import.specifiers.iter().flatten() {
                    let name = match specifier {
                        ImportDeclarationSpecifier::ImportSpecifier(named) => named_import(&named.imported),
                        ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => Imported::Default,
                        ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => Imported::Namespace,
                    };
                    let binding = Binding::Import { request: request.clone(), name };
                    self.module.bindings.insert(specifier.local().name.to_string(), binding);
                }
            }
            ModuleDeclaration::ExportDeclaration(export) => {
                for (name, value) in self.declared(&export.declaration) {
                    let reference = Expression::new(value.offset, Kind::Name(name.clone()));
                    self.module.bindings.insert(name.clone(), Binding::Value(Arc::new(value)));
                    self.module.exports.push(Export::Named(name, Arc::new(reference)));
                }
            }
            ModuleDeclaration::ExportDefaultDeclaration(export) => {
                let value = match &export.declaration {
                    ExportDefaultDeclarationKind::FunctionDeclaration(function) => self.function(function),
                    other => match other.as_expression() {
                        Some(expression) => self.expression(expression),
                        None => return,
                    },
                };
                self.module.exports.push(Export::Whole(Arc::new(value)));
            }
            ModuleDeclaration::ExportNamedDeclaration(export) => {
                for specifier in &export.specifiers {
                    let local = Expression::new(specifier.span.start, Kind::Name(specifier.local.name().to_string()));
                    self.module.exports.push(match specifier.exported.name().as_str() {
                        "default" => Export::Whole(Arc::new(local)),
                        name => Export::Named(name.to_owned(), Arc::new(local)),
                    });
                }
            }
            ModuleDeclaration::ExportFromDeclaration(export) => {
                for specifier in &export.specifiers {
                    self.module.exports.push(Export::From {
                        exported: specifier.exported.name().to_string(),
                        request: export.source.value.to_string(),
                        name: named_import(&specifier.local),
                    });
                }
            }
            ModuleDeclaration::ExportAllDeclaration(export) => {
                let request = export.source.value.to_string();
                self.module.exports.push(match &export.exported {
                    Some(name) => {
                        Export::From { exported: name.name().to_string(), request, name: Imported::Namespace }
                    }
                    None => Export::All(request),
                });
            }
            ModuleDeclaration::TSExportAssignment(export) => {
                let value = self.expression(&export.expression);
                self.module.exports.push(Export::Whole(Arc::new(value)));
            }
            ModuleDeclaration::TSNamespaceExportDeclaration(_) => {}
        }
    }

    /// `module.exports = …`, `module.exports.name = …`, `exports.name = …`.
    fn assigned_export(&mut self, expression: &ast::Expression<'_>) {
        let ast::Expression::AssignmentExpression(assignment) = expression else { return };
        let ast::AssignmentTarget::StaticMemberExpression(member) = &assignment.left else { return };
        let name = member.property.name.as_str();
        let is_module = |expression: &ast::Expression<'_>| matches!(expression, ast::Expression::Identifier(identifier) if identifier.name == "module");
        let is_exports = match &member.object {
            ast::Expression::Identifier(identifier) => identifier.name == "exports",
            ast::Expression::StaticMemberExpression(object) => {
                object.property.name == "exports" && is_module(&object.object)
            }
            _ => false,
        };
        if is_exports {
            let value = self.expression(&assignment.right);
            let whole = self.module.exports.iter_mut().rev().find_map(|export| match export {
                Export::Whole(whole) => Some(whole),
                _ => None,
            });
            match whole {
                Some(whole) => *whole = with_property(whole, name.to_owned(), value),
                None => self.module.exports.push(Export::Named(name.to_owned(), Arc::new(value))),
            }
        } else if name == "exports" && is_module(&member.object) {
            let value = self.expression(&assignment.right);
            self.module.exports.push(Export::Whole(Arc::new(value)));
        }
    }

    /// The names that a declaration gives to values.
    fn declared(&mut self, declaration: &Declaration<'_>) -> Vec<(String, Expression)> {
        match declaration {
            Declaration::VariableDeclaration(variables) => {
                variables.declarations.iter().flat_map(|variable| self.declarator(variable)).collect()
            }
            Declaration::FunctionDeclaration(function) => match &function.id {
                Some(id) => vec![(id.name.to_string(), self.function(function))],
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn declarator(&mut self, variable: &ast::VariableDeclarator<'_>) -> Vec<(String, Expression)> {
        let Some(value) = &variable.init else { return Vec::new() };
        match &variable.id {
            BindingPattern::BindingIdentifier(id) => vec![(id.name.to_string(), self.expression(value))],
            BindingPattern::ObjectPattern(pattern) => {
                let mut names = Vec::new();
                for property in &pattern.properties {
                    let (Some(key), BindingPattern::BindingIdentifier(id)) = (key_name(&property.key), &property.value)
                    else {
                        continue;
                    };
                    let whole = Box::new(self.expression(value));
                    names.push((id.name.to_string(), Expression::new(whole.offset, Kind::Property(whole, key))));
                }
                names
            }
            _ => Vec::new(),
        }
    }

    fn expression(&mut self, expression: &ast::Expression<'_>) -> Expression {
        let offset = expression.span().start;
        if self.level >= MAX_NESTING_LEVELS {
            return Expression::new(offset, Kind::Unknown);
        }
        self.level += 1;
        let kind = self.kind(expression);
        self.level -= 1;
        Expression::new(offset, kind)
    }

    fn boxed(&mut self, expression: &ast::Expression<'_>) -> Box<Expression> {
        Box::new(self.expression(expression))
    }

    fn kind(&mut self, expression: &ast::Expression<'_>) -> Kind {
        match expression {
            ast::Expression::NullLiteral(_) => Kind::Null,
            ast::Expression::BooleanLiteral(literal) => Kind::Boolean(literal.value),
            ast::Expression::NumericLiteral(literal) => Kind::Number(literal.value.to_string()),
            ast::Expression::StringLiteral(literal) => Kind::Text(literal.value.to_string()),
            ast::Expression::TemplateLiteral(template) => self.template(template),
            ast::Expression::ObjectExpression(object) => {
                Kind::Object(object.properties.iter().filter_map(|property| self.member(property)).collect())
            }
            ast::Expression::ArrayExpression(list) => {
                Kind::List(list.elements.iter().map(|element| self.element(element)).collect())
            }
            ast::Expression::Identifier(identifier) => match identifier.name.as_str() {
                "undefined" => Kind::Undefined,
                "__dirname" => Kind::Folder,
                name => Kind::Name(name.to_owned()),
            },
            ast::Expression::StaticMemberExpression(member) => self.property(member),
            ast::Expression::ComputedMemberExpression(member) => {
                Kind::Index(self.boxed(&member.object), self.boxed(&member.expression))
            }
            ast::Expression::CallExpression(call) => self.call(call),
            ast::Expression::ArrowFunctionExpression(arrow) => match &arrow.body {
                ArrowFunctionBody::FunctionBody(body) => self.body(&arrow.params, &body.statements),
                body => match body.as_expression() {
                    Some(result) => {
                        let result = self.boxed(result);
                        Kind::Function(Function { parameters: parameters(&arrow.params), locals: Vec::new(), result })
                    }
                    None => Kind::Unknown,
                },
            },
            ast::Expression::FunctionExpression(function) => self.function(function).kind,
            ast::Expression::LogicalExpression(logical) if logical.operator != LogicalOperator::And => {
                Kind::Either(self.boxed(&logical.left), self.boxed(&logical.right))
            }
            ast::Expression::BinaryExpression(binary) if binary.operator == BinaryOperator::Addition => {
                Kind::Sum(self.boxed(&binary.left), self.boxed(&binary.right))
            }
            ast::Expression::ParenthesizedExpression(inner) => self.expression(&inner.expression).kind,
            ast::Expression::TSAsExpression(inner) => self.expression(&inner.expression).kind,
            ast::Expression::TSSatisfiesExpression(inner) => self.expression(&inner.expression).kind,
            ast::Expression::TSTypeAssertion(inner) => self.expression(&inner.expression).kind,
            ast::Expression::TSNonNullExpression(inner) => self.expression(&inner.expression).kind,
            ast::Expression::AwaitExpression(inner) => self.expression(&inner.argument).kind,
            _ => Kind::Unknown,
        }
    }

    fn template(&mut self, template: &ast::TemplateLiteral<'_>) -> Kind {
        let mut pieces = Vec::new();
        let mut values = template.expressions.iter();
        for quasi in &template.quasis {
            let text = quasi.value.cooked.as_ref().map_or_else(|| quasi.value.raw.to_string(), ToString::to_string);
            pieces.push(Expression::new(quasi.span.start, Kind::Text(text)));
            pieces.extend(values.next().map(|value| self.expression(value)));
        }
        Kind::Template(pieces)
    }

    fn member(&mut self, property: &ObjectPropertyKind<'_>) -> Option<Member> {
        match property {
            ObjectPropertyKind::SpreadProperty(spread) => Some(Member::Spread(self.expression(&spread.argument))),
            ObjectPropertyKind::ObjectProperty(property) => {
                let offset = property.key.span().start;
                let key = match (key_name(&property.key), property.key.as_expression()) {
                    (Some(name), _) if !property.computed => Expression::new(offset, Kind::Text(name)),
                    (_, Some(computed)) => self.expression(computed),
                    _ => return None,
                };
                let value = match property.kind {
                    PropertyKind::Init => self.expression(&property.value),
                    PropertyKind::Get | PropertyKind::Set => Expression::new(offset, Kind::Unknown),
                };
                Some(Member::Named { key, value })
            }
        }
    }

    fn element(&mut self, element: &ArrayExpressionElement<'_>) -> Element {
        match element {
            ArrayExpressionElement::SpreadElement(spread) => Element::Spread(self.expression(&spread.argument)),
            element => Element::Item(match element.as_expression() {
                Some(item) => self.expression(item),
                None => Expression::new(element.span().start, Kind::Null),
            }),
        }
    }

    fn property(&mut self, member: &ast::StaticMemberExpression<'_>) -> Kind {
        let name = member.property.name.to_string();
        if let ast::Expression::StaticMemberExpression(outer) = &member.object
            && outer.property.name == "env"
            && matches!(&outer.object, ast::Expression::Identifier(process) if process.name == "process")
        {
            return Kind::Environment(name);
        }
        Kind::Property(self.boxed(&member.object), name)
    }

    fn call(&mut self, call: &ast::CallExpression<'_>) -> Kind {
        let is_require = matches!(&call.callee, ast::Expression::Identifier(name) if name.name == "require");
        if let (true, [Argument::StringLiteral(request)]) = (is_require, call.arguments.as_slice()) {
            return Kind::Require(request.value.to_string());
        }
        let unknown = |argument: &Argument<'_>| Expression::new(argument.span().start, Kind::Unknown);
        let arguments = call.arguments.iter().map(|argument| match argument.as_expression() {
            Some(value) => self.expression(value),
            None => unknown(argument),
        });
        let arguments = arguments.collect();
        Kind::Call(self.boxed(&call.callee), arguments)
    }

    fn function(&mut self, function: &ast::Function<'_>) -> Expression {
        let kind = match &function.body {
            Some(body) if !function.generator => self.body(&function.params, &body.statements),
            _ => Kind::Unknown,
        };
        Expression::new(function.span.start, kind)
    }

    /// A function's body, when all it does is to name values and return one. Calls for their effect are passed over.
    fn body(&mut self, params: &ast::FormalParameters<'_>, statements: &[Statement<'_>]) -> Kind {
        let mut locals = Vec::new();
        for statement in statements {
            match statement {
                Statement::ReturnStatement(statement) => {
                    let Some(result) = &statement.argument else { return Kind::Unknown };
                    let result = self.boxed(result);
                    return Kind::Function(Function { parameters: parameters(params), locals, result });
                }
                Statement::ExpressionStatement(statement)
                    if !matches!(statement.expression, ast::Expression::AssignmentExpression(_)) => {}
                statement => match statement.as_declaration() {
                    Some(declaration) => locals.extend(self.declared(declaration)),
                    None => return Kind::Unknown,
                },
            }
        }
        Kind::Unknown
    }
}

/// The mapping `before` with one more property.
fn with_property(before: &Arc<Expression>, property: String, value: Expression) -> Arc<Expression> {
    let spread = Expression::new(before.offset, Kind::Shared(Arc::clone(before)));
    let key = Expression::new(value.offset, Kind::Text(property));
    let members = vec![Member::Spread(spread), Member::Named { key, value }];
    Arc::new(Expression::new(before.offset, Kind::Object(members)))
}

fn parameters(params: &ast::FormalParameters<'_>) -> Vec<Option<String>> {
    let name = |pattern: &BindingPattern<'_>| match pattern {
        BindingPattern::BindingIdentifier(id) => Some(id.name.to_string()),
        _ => None,
    };
    params.items.iter().map(|item| name(&item.pattern)).collect()
}

fn named_import(name: &ModuleExportName<'_>) -> Imported {
    match name.name().as_str() {
        "default" => Imported::Default,
        name => Imported::Named(name.to_owned()),
    }
}

fn key_name(key: &PropertyKey<'_>) -> Option<String> {
    match key {
        PropertyKey::StaticIdentifier(id) => Some(id.name.to_string()),
        PropertyKey::StringLiteral(literal) => Some(literal.value.to_string()),
        PropertyKey::NumericLiteral(literal) => Some(literal.value.to_string()),
        _ => None,
    }
}
