//! What assignments, parameters and declarations write to.

use oxc_ast::ast::{
    AssignmentTarget, AssignmentTargetMaybeDefault, AssignmentTargetProperty, BindingPattern, Expression, PropertyKey,
};

use super::{Lowering, offset_of, text};
use crate::ir::{Expr, ExprKind, Name, Pattern};

/// Every name a pattern declares.
pub(super) fn names(pattern: &BindingPattern<'_>, each: &mut impl FnMut(&str)) {
    match pattern {
        BindingPattern::BindingIdentifier(identifier) => each(&identifier.name),
        BindingPattern::ObjectPattern(object) => {
            for property in &object.properties {
                names(&property.value, each);
            }
            if let Some(rest) = &object.rest {
                names(&rest.argument, each);
            }
        }
        BindingPattern::ArrayPattern(array) => {
            for element in array.elements.iter().flatten() {
                names(element, each);
            }
            if let Some(rest) = &array.rest {
                names(&rest.argument, each);
            }
        }
        BindingPattern::AssignmentPattern(assignment) => names(&assignment.left, each),
    }
}

impl Lowering {
    pub(super) fn binding(&mut self, pattern: &BindingPattern<'_>) -> Pattern {
        self.deeper(offset_of(pattern), Pattern::Ignore, |this| match pattern {
            BindingPattern::BindingIdentifier(identifier) => Pattern::Name(this.scopes.resolve(&identifier.name)),
            BindingPattern::ObjectPattern(object) => {
                let mut parts = Vec::new();
                for property in &object.properties {
                    parts.push((this.property_key(&property.key), this.binding(&property.value)));
                }
                let rest = object.rest.as_ref().map(|rest| Box::new(this.binding(&rest.argument)));
                Pattern::Dict { parts, rest }
            }
            BindingPattern::ArrayPattern(array) => {
                let parts = array.elements.iter();
                let parts = parts.map(|part| part.as_ref().map_or(Pattern::Ignore, |part| this.binding(part)));
                let parts = parts.collect();
                let rest = array.rest.as_ref().map(|rest| this.binding(&rest.argument));
                list(parts, rest)
            }
            BindingPattern::AssignmentPattern(assignment) => Pattern::Default {
                pattern: Box::new(this.binding(&assignment.left)),
                value: this.expression(&assignment.right),
            },
        })
    }

    pub(super) fn target(&mut self, target: &AssignmentTarget<'_>) -> Pattern {
        self.deeper(offset_of(target), Pattern::Ignore, |this| this.target_of(target))
    }

    fn target_of(&mut self, target: &AssignmentTarget<'_>) -> Pattern {
        match target {
            AssignmentTarget::AssignmentTargetIdentifier(identifier) => {
                Pattern::Name(self.scopes.resolve(&identifier.name))
            }
            AssignmentTarget::StaticMemberExpression(member) => {
                Pattern::Attribute { object: self.expression(&member.object), name: name_of(&member.property.name) }
            }
            AssignmentTarget::PrivateFieldExpression(member) => {
                Pattern::Attribute { object: self.expression(&member.object), name: private_name(&member.field.name) }
            }
            AssignmentTarget::ComputedMemberExpression(member) => {
                Pattern::Index { object: self.expression(&member.object), index: self.expression(&member.expression) }
            }
            AssignmentTarget::ArrayAssignmentTarget(array) => {
                let parts = array.elements.iter();
                let parts = parts.map(|part| part.as_ref().map_or(Pattern::Ignore, |part| self.defaulted(part)));
                let parts = parts.collect();
                let rest = array.rest.as_ref().map(|rest| self.target(&rest.target));
                list(parts, rest)
            }
            AssignmentTarget::ObjectAssignmentTarget(object) => {
                let parts = object.properties.iter().map(|property| self.target_property(property)).collect();
                let rest = object.rest.as_ref().map(|rest| Box::new(self.target(&rest.target)));
                Pattern::Dict { parts, rest }
            }
            AssignmentTarget::TSAsExpression(wrapped) => self.expression_as_target(&wrapped.expression),
            AssignmentTarget::TSSatisfiesExpression(wrapped) => self.expression_as_target(&wrapped.expression),
            AssignmentTarget::TSNonNullExpression(wrapped) => self.expression_as_target(&wrapped.expression),
            AssignmentTarget::TSTypeAssertion(wrapped) => self.expression_as_target(&wrapped.expression),
        }
    }

    fn target_property(&mut self, property: &AssignmentTargetProperty<'_>) -> (Expr, Pattern) {
        match property {
            AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(identifier) => {
                let name = &identifier.binding.name;
                let pattern = Pattern::Name(self.scopes.resolve(name));
                let pattern = match &identifier.init {
                    Some(value) => Pattern::Default { pattern: Box::new(pattern), value: self.expression(value) },
                    None => pattern,
                };
                (text(identifier.span.start, name), pattern)
            }
            AssignmentTargetProperty::AssignmentTargetPropertyProperty(property) => {
                (self.property_key(&property.name), self.defaulted(&property.binding))
            }
        }
    }

    fn defaulted(&mut self, target: &AssignmentTargetMaybeDefault<'_>) -> Pattern {
        match target {
            AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(target) => Pattern::Default {
                pattern: Box::new(self.target(&target.binding)),
                value: self.expression(&target.init),
            },
            target => target.as_assignment_target().map_or(Pattern::Ignore, |target| self.target(target)),
        }
    }

    /// `(x as T) = …`: what the type syntax wraps.
    fn expression_as_target(&mut self, expression: &Expression<'_>) -> Pattern {
        let lowered = self.expression(expression);
        as_pattern(lowered)
    }

    /// The key of a property as a value: its name as text, or what it computes.
    pub(super) fn property_key(&mut self, key: &PropertyKey<'_>) -> Expr {
        let offset = offset_of(key);
        match key {
            PropertyKey::StaticIdentifier(identifier) => text(offset, &identifier.name),
            PropertyKey::PrivateIdentifier(identifier) => text(offset, &private_name(&identifier.name)),
            key => key.as_expression().map_or(Expr::new(offset, ExprKind::Unknown), |key| self.expression(key)),
        }
    }
}

/// A lowered variable or member as something to write to.
pub(super) fn as_pattern(expression: Expr) -> Pattern {
    match expression.kind {
        ExprKind::Name(name) => Pattern::Name(name),
        ExprKind::Attribute { object, name } => Pattern::Attribute { object: *object, name },
        ExprKind::Index { object, index } => Pattern::Index { object: *object, index: *index },
        _ => Pattern::Ignore,
    }
}

fn list(mut parts: Vec<Pattern>, rest: Option<Pattern>) -> Pattern {
    let position = rest.is_some().then_some(parts.len());
    parts.extend(rest);
    Pattern::List { parts, rest: position }
}

pub(super) fn name_of(name: &str) -> Name {
    name.into()
}

/// Private members cannot clash with public ones.
pub(super) fn private_name(name: &str) -> Name {
    format!("#{name}").into()
}
