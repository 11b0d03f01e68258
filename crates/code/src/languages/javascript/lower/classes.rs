//! Classes, and the TypeScript declarations that turn into objects.

use oxc_ast::ast::{BindingPattern, TSEnumMemberName};
use oxc_ast::ast::{
    Class as SyntaxClass, ClassElement, Decorator, MethodDefinition, MethodDefinitionKind, PropertyDefinition,
    TSEnumDeclaration, TSNamespaceDeclaration,
};

use super::patterns::as_pattern;
use super::{Lowering, attribute, text};
use crate::ir::{
    Block, Class, ClassIndex, Entry, Expr, ExprKind, FunctionIndex, Name, Pattern, Receiver, Stmt, StmtKind,
};

impl Lowering {
    /// A class; `name` overrides the one it has itself.
    pub(super) fn class(&mut self, class: &SyntaxClass<'_>, name: Option<Name>) -> ClassIndex {
        let offset = class.span.start;
        let own_name = class.id.as_ref().map(|id| self.scopes.resolve(&id.name));
        let bases = class.heritage.iter().map(|heritage| self.expression(&heritage.expression)).collect();
        let decorators = self.decorators(&class.decorators);
        let mut body = Block::new();
        let mut fields = Block::new();
        for element in &class.body.body {
            self.class_element(element, &mut body, &mut fields);
        }
        let initialisers = (!fields.is_empty()).then(|| self.thunk(offset, fields));
        let index = u32::try_from(self.module.classes.len()).unwrap_or(u32::MAX);
        self.module.classes.push(Class {
            name: name.or(own_name).unwrap_or_default(),
            offset,
            bases,
            decorators,
            body,
            initialisers,
            fields: Vec::new(),
        });
        ClassIndex(index)
    }

    fn class_element(&mut self, element: &ClassElement<'_>, body: &mut Block, fields: &mut Block) {
        match element {
            ClassElement::MethodDefinition(method) => self.method(method, body),
            ClassElement::PropertyDefinition(property) => {
                if property.r#static {
                    self.static_field(property, body);
                } else {
                    fields.extend(self.field(property));
                }
            }
            ClassElement::AccessorProperty(property) => {
                if let (Some(value), Some(name)) = (&property.value, static_name(&property.key)) {
                    let value = self.expression(value);
                    fields.push(assign_this(property.span.start, &name, value));
                }
            }
            ClassElement::StaticBlock(block) => body.append(&mut self.block(&block.body)),
            ClassElement::TSIndexSignature(_) => {}
        }
    }

    fn method(&mut self, method: &MethodDefinition<'_>, body: &mut Block) {
        if method.value.body.is_none() {
            return;
        }
        let offset = method.span.start;
        let receiver = if method.r#static { Receiver::None } else { Receiver::This };
        let prologue =
            if method.kind == MethodDefinitionKind::Constructor { parameter_properties(method) } else { Block::new() };
        let index = self.function(&method.value, receiver, prologue);
        let decorators = self.decorators(&method.decorators);
        let Some(name) = static_name(&method.key) else {
            // Nobody can name it, but whoever computes the name can call it.
            body.push(Stmt { offset, kind: StmtKind::Expr(Expr::new(offset, ExprKind::Function(index))) });
            return;
        };
        if let Some(function) = self.module.functions.get_mut(index.0 as usize) {
            function.decorators = decorators;
            function.is_property = method.kind == MethodDefinitionKind::Get;
            // A setter must not hide the getter of the same name.
            function.name = if method.kind == MethodDefinitionKind::Set { format!("set {name}").into() } else { name };
        }
        body.push(Stmt { offset, kind: StmtKind::Function(index) });
    }

    fn static_field(&mut self, property: &PropertyDefinition<'_>, body: &mut Block) {
        let (Some(value), Some(name)) = (&property.value, static_name(&property.key)) else { return };
        let value = self.expression(value);
        let targets = vec![Pattern::Name(name)];
        body.push(Stmt { offset: property.span.start, kind: StmtKind::Assign { targets, value } });
    }

    /// What a new instance gets for the field: its value, or what its type promises.
    fn field(&mut self, property: &PropertyDefinition<'_>) -> Option<Stmt> {
        let offset = property.span.start;
        let name = static_name(&property.key)?;
        let value = property.value.as_ref().map(|value| self.expression(value));
        let annotation = property.type_annotation.as_ref().and_then(|annotation| self.annotation(annotation));
        match (value, annotation) {
            (Some(value), None) => Some(assign_this(offset, &name, value)),
            (value, Some(annotation)) => {
                let target = as_pattern(attribute(this(offset), name));
                Some(Stmt { offset, kind: StmtKind::Annotated { target, annotation, value } })
            }
            (None, None) => None,
        }
    }

    fn decorators(&mut self, decorators: &[Decorator<'_>]) -> Vec<Expr> {
        decorators.iter().map(|decorator| self.expression(&decorator.expression)).collect()
    }

    /// `enum E { A = 'a', B }` is an object of its members.
    pub(super) fn enumeration(&mut self, declaration: &TSEnumDeclaration<'_>, into: &mut Block) {
        if declaration.declare {
            return;
        }
        let offset = declaration.span.start;
        let mut entries = Vec::new();
        for (position, member) in declaration.body.members.iter().enumerate() {
            let name = match &member.id {
                TSEnumMemberName::Identifier(name) => name.name.as_str(),
                TSEnumMemberName::String(name) | TSEnumMemberName::ComputedString(name) => name.value.as_str(),
                TSEnumMemberName::ComputedTemplateString(_) => continue,
            };
            let value = match &member.initializer {
                Some(value) => self.expression(value),
                None => Expr::new(member.span.start, ExprKind::Integer(i64::try_from(position).unwrap_or(i64::MAX))),
            };
            entries.push(Entry::Pair { key: text(member.span.start, name), value });
        }
        into.push(self.define(offset, &declaration.id.name, ExprKind::Dict(entries)));
    }

    /// `namespace N { export … }` is what a function of its body returns: an object of what it exports.
    pub(super) fn namespace(&mut self, declaration: &TSNamespaceDeclaration<'_>, into: &mut Block) {
        let Some((name, statements)) = super::modules::namespace_parts(declaration) else { return };
        let offset = declaration.span.start;
        self.scopes.enter_function();
        let outer_exports = std::mem::take(&mut self.exports);
        let mut body = self.scope_body(statements);
        let exports = std::mem::replace(&mut self.exports, outer_exports);
        let entries = exports.into_iter().filter_map(|export| match export {
            crate::ir::Export::Variable { name, local } => {
                Some(Entry::Pair { key: text(offset, &name), value: Expr::new(offset, ExprKind::Name(local)) })
            }
            _ => None,
        });
        let value = Expr::new(offset, ExprKind::Dict(entries.collect()));
        body.push(Stmt { offset, kind: StmtKind::Return(Some(value)) });
        let locals = self.scopes.leave_function();
        let index: FunctionIndex =
            self.add_function(crate::ir::Function { offset, body, locals, ..crate::ir::Function::default() });
        let callee = Box::new(Expr::new(offset, ExprKind::Function(index)));
        into.push(self.define(offset, name, ExprKind::Call { callee, arguments: Vec::new() }));
    }
}

/// `constructor(private readonly client: S3Client)` assigns its parameter to the instance.
fn parameter_properties(method: &MethodDefinition<'_>) -> Block {
    let parameters = method.value.params.items.iter();
    parameters
        .filter(|parameter| parameter.accessibility.is_some() || parameter.readonly || parameter.r#override)
        .filter_map(|parameter| match &parameter.pattern {
            BindingPattern::BindingIdentifier(identifier) => {
                let offset = parameter.span.start;
                let value = Expr::new(offset, ExprKind::Name(identifier.name.as_str().into()));
                Some(assign_this(offset, &identifier.name, value))
            }
            _ => None,
        })
        .collect()
}

fn assign_this(offset: crate::ir::Offset, name: &str, value: Expr) -> Stmt {
    let targets = vec![as_pattern(attribute(this(offset), name))];
    Stmt { offset, kind: StmtKind::Assign { targets, value } }
}

fn this(offset: crate::ir::Offset) -> Expr {
    Expr::new(offset, ExprKind::Name("this".into()))
}

/// The name of a member, unless it is computed.
fn static_name(key: &oxc_ast::ast::PropertyKey<'_>) -> Option<Name> {
    match key {
        oxc_ast::ast::PropertyKey::PrivateIdentifier(name) => Some(super::patterns::private_name(&name.name)),
        key => key.static_name().map(|name| (*name).into()),
    }
}
