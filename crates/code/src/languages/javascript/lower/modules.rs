//! Imports and exports of both module systems.

use oxc_ast::ast::{
    Declaration, ExportDefaultDeclarationKind, ExportSpecifier, ImportDeclaration, ImportDeclarationSpecifier,
    ImportOrExportKind, ModuleDeclaration, ModuleExportName, Statement, TSImportEqualsDeclaration, TSModuleReference,
    TSNamespaceDeclaration, TSNamespaceDeclarationBody,
};

use super::{Lowering, attribute, offset_of, patterns};
use crate::ir::{Bindings, Block, Export, Expr, ExprKind, Import, Member, Name, Pattern, Stmt, StmtKind};

/// The variable that holds an expression exported as default.
const DEFAULT: &str = "*default*";

/// Whether the file is an ECMAScript module. `export = …` makes a CommonJS one, whatever it imports.
pub(super) fn is_esm(statements: &[Statement<'_>]) -> bool {
    let mut declarations = statements.iter().filter_map(|statement| statement.as_module_declaration()).peekable();
    declarations.peek().is_some()
        && !declarations.any(|declaration| matches!(declaration, ModuleDeclaration::TSExportAssignment(_)))
}

/// Name and statements of a namespace with a plain name.
pub(super) fn namespace_parts<'a, 'b>(
    declaration: &'b TSNamespaceDeclaration<'a>,
) -> Option<(&'b str, &'b [Statement<'a>])> {
    if declaration.declare {
        return None;
    }
    match &declaration.body {
        TSNamespaceDeclarationBody::TSModuleBlock(block) => Some((declaration.id.name.as_str(), &block.body)),
        TSNamespaceDeclarationBody::TSNamespaceDeclaration(_) => None,
    }
}

impl Lowering {
    pub(super) fn declare_module_declaration(&mut self, declaration: &ModuleDeclaration<'_>) {
        match declaration {
            ModuleDeclaration::ImportDeclaration(import) => {
                for specifier in import.specifiers.iter().flatten() {
                    self.scopes.declare(&specifier.local().name);
                }
            }
            ModuleDeclaration::ExportDeclaration(export) => self.declare_declaration(&export.declaration),
            ModuleDeclaration::ExportDefaultDeclaration(export) => match &export.declaration {
                ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                    self.declare_default(function.id.as_ref())
                }
                ExportDefaultDeclarationKind::ClassDeclaration(class) => self.declare_default(class.id.as_ref()),
                _ => self.scopes.declare(DEFAULT),
            },
            _ => {}
        }
    }

    fn declare_default(&mut self, id: Option<&oxc_ast::ast::BindingIdentifier<'_>>) {
        self.scopes.declare(id.map_or(DEFAULT, |id| &id.name));
    }

    pub(super) fn module_declaration(&mut self, declaration: &ModuleDeclaration<'_>, into: &mut Block) {
        match declaration {
            ModuleDeclaration::ImportDeclaration(import) => self.import_declaration(import, into),
            ModuleDeclaration::ExportDeclaration(export) => {
                self.declaration(&export.declaration, into);
                self.export_declared(&export.declaration);
            }
            ModuleDeclaration::ExportNamedDeclaration(export) => {
                if export.export_kind == ImportOrExportKind::Value {
                    self.export_variables(&export.specifiers);
                }
            }
            ModuleDeclaration::ExportFromDeclaration(export) => {
                if export.export_kind == ImportOrExportKind::Value {
                    self.export_imported(&export.specifiers, &export.source.value);
                }
            }
            ModuleDeclaration::ExportAllDeclaration(export) => {
                let request: Name = export.source.value.as_str().into();
                self.request(&request);
                self.exports.push(match &export.exported {
                    Some(name) => Export::Namespace { name: export_name(name), request },
                    None => Export::All { request },
                });
            }
            ModuleDeclaration::ExportDefaultDeclaration(export) => self.export_default(&export.declaration, into),
            ModuleDeclaration::TSExportAssignment(export) => {
                let offset = export.span.start;
                let object = Expr::new(offset, ExprKind::Name("module".into()));
                let value = self.expression(&export.expression);
                let targets = vec![Pattern::Attribute { object, name: "exports".into() }];
                into.push(Stmt { offset, kind: StmtKind::Assign { targets, value } });
            }
            ModuleDeclaration::TSNamespaceExportDeclaration(_) => {}
        }
    }

    /// Type-only imports of packages bind what annotations name; those of the project's own files load nothing.
    fn import_declaration(&mut self, import: &ImportDeclaration<'_>, into: &mut Block) {
        let request = import.source.value.as_str();
        let is_type = import.import_kind == ImportOrExportKind::Type;
        if is_type && request.starts_with('.') {
            return;
        }
        self.request(request);
        let offset = import.span.start;
        let mut push = |bindings| {
            let import = Import { request: request.into(), bindings };
            into.push(Stmt { offset, kind: StmtKind::Import(import) });
        };
        let mut members = Vec::new();
        let Some(specifiers) = &import.specifiers else { return push(Bindings::None) };
        for specifier in specifiers {
            let local = self.scopes.resolve(&specifier.local().name);
            match specifier {
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => push(Bindings::Namespace { local }),
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => {
                    members.push(Member { imported: "default".into(), local });
                }
                ImportDeclarationSpecifier::ImportSpecifier(specifier) => {
                    members.push(Member { imported: export_name(&specifier.imported), local });
                }
            }
        }
        if !members.is_empty() {
            push(Bindings::Members(members));
        }
    }

    pub(super) fn import_equals(&mut self, import: &TSImportEqualsDeclaration<'_>, into: &mut Block) {
        let offset = import.span.start;
        let value = match &import.module_reference {
            TSModuleReference::ExternalModuleReference(reference) => self.import(&reference.expression.value),
            TSModuleReference::IdentifierReference(name) => self.name(&name.name),
            TSModuleReference::QualifiedName(name) => match self.type_name(&name.left) {
                Some(left) => attribute(left, name.right.name.as_str()).kind,
                None => ExprKind::Unknown,
            },
        };
        into.push(self.define(offset, &import.id.name, value));
    }

    fn export_declared(&mut self, declaration: &Declaration<'_>) {
        let mut names = Vec::new();
        match declaration {
            Declaration::VariableDeclaration(declaration) => {
                for declarator in &declaration.declarations {
                    patterns::names(&declarator.id, &mut |name| names.push(name.to_owned()));
                }
            }
            declaration => names.extend(declaration.id().map(|id| id.name.to_string())),
        }
        for name in names {
            let local = self.scopes.resolve(&name);
            self.exports.push(Export::Variable { name: name.into(), local });
        }
    }

    fn export_variables(&mut self, specifiers: &[ExportSpecifier<'_>]) {
        for specifier in specifiers {
            let local = self.scopes.resolve(&export_name(&specifier.local));
            self.exports.push(Export::Variable { name: export_name(&specifier.exported), local });
        }
    }

    fn export_imported(&mut self, specifiers: &[ExportSpecifier<'_>], request: &str) {
        self.request(request);
        for specifier in specifiers {
            self.exports.push(Export::Imported {
                name: export_name(&specifier.exported),
                request: request.into(),
                imported: export_name(&specifier.local),
            });
        }
    }

    fn export_default(&mut self, declaration: &ExportDefaultDeclarationKind<'_>, into: &mut Block) {
        let offset = offset_of(declaration);
        let mut local: Name = DEFAULT.into();
        match declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                let Some(index) = self.function_declaration(function) else { return };
                match &function.id {
                    Some(id) => local = self.scopes.resolve(&id.name),
                    None => {
                        if let Some(function) = self.module.functions.get_mut(index.0 as usize) {
                            function.name = DEFAULT.into();
                        }
                    }
                }
                into.push(Stmt { offset, kind: StmtKind::Function(index) });
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                local = class.id.as_ref().map_or(local, |id| self.scopes.resolve(&id.name));
                let index = self.class(class, Some(local.clone()));
                into.push(Stmt { offset, kind: StmtKind::Class(index) });
            }
            declaration => {
                let Some(value) = declaration.as_expression() else { return };
                let value = self.expression(value).kind;
                into.push(self.define(offset, DEFAULT, value));
            }
        }
        self.exports.push(Export::Variable { name: "default".into(), local });
    }
}

fn export_name(name: &ModuleExportName<'_>) -> Name {
    name.name().as_str().into()
}
