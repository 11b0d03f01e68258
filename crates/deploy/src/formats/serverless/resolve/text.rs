//! Texts with parts that are not known, as nodes.

use model::{Part, SymbolicText};

use super::{Context, Resolver, with_value};
use crate::formats::serverless::grammar::Literal;
use crate::{Node, Value};

/// The tag of a text in `Fn::Sub` syntax that this module made; [`close`] turns it into `!Sub`. Until then it tells
/// our texts from the ones written with `!Sub`, whose parts cannot stand inside another text.
pub(super) const SYMBOLIC: &str = "!fnassay:symbolic";
/// Most characters of foreign text shown in a message.
const MAX_SHOWN_CHARACTERS: usize = 80;

impl Resolver<'_> {
    /// `text` in the place of `node`, whose tag it keeps. In a `Fn::Sub` it is source; elsewhere it is tagged when
    /// parts of it are not known.
    pub(super) fn text(&self, node: &Node, text: &SymbolicText, context: Context) -> Node {
        let text = if self.scope.has_hash_references { &with_hash_references(text) } else { text };
        match (context, text.as_literal()) {
            (Context::Plain, Some(literal)) => with_value(node, Value::Text(literal.to_owned())),
            (Context::Plain, None) if node.tag.is_none() => {
                Node { tag: Some(SYMBOLIC.to_owned()), ..with_value(node, Value::Text(sub_source(text))) }
            }
            _ => with_value(node, Value::Text(text.to_string())),
        }
    }
}

/// `node` ready for others: texts with unknown parts carry the tag `!Sub`. Recursion is bounded by the levels of
/// finished values.
pub(in crate::formats::serverless) fn close(node: &mut Node) {
    if node.tag.as_deref() == Some(SYMBOLIC) {
        node.tag = Some("!Sub".to_owned());
    }
    match &mut node.value {
        Value::Sequence(items) => items.iter_mut().for_each(close),
        Value::Mapping(entries) => entries.iter_mut().for_each(|(_, value)| close(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
    }
}

/// `text` in `Fn::Sub` syntax, literal `${` escaped.
fn sub_source(text: &SymbolicText) -> String {
    let escaped = text.map_parts(|part| match part {
        Part::Literal(literal) if literal.contains("${") => Some(literal.replace("${", "${!").as_str().into()),
        _ => None,
    });
    escaped.to_string()
}

/// `text` with `#{Name}` as references.
fn with_hash_references(text: &SymbolicText) -> SymbolicText {
    text.map_parts(|part| match part {
        Part::Literal(literal) if literal.contains("#{") => {
            let source = literal.replace("${", "${!").replace("#{", "${");
            Some(SymbolicText::parse_sub(&source))
        }
        _ => None,
    })
}

/// A variable as the name of a reference: its text without braces, those of variables inside it included.
pub(super) fn bare(variable: &str) -> String {
    variable.replace("${", "").replace('}', "").trim().to_owned()
}

pub(super) fn literal_node(literal: &Literal, node: &Node) -> Node {
    let value = match literal {
        Literal::Text(text) => Value::Text(text.clone()),
        Literal::Number(number) => Value::Number(number.clone()),
        Literal::Boolean(value) => Value::Bool(*value),
        Literal::Null => Value::Null,
    };
    Node::synthetic(value, node)
}

pub(super) fn size_bytes(text: &SymbolicText) -> usize {
    text.parts()
        .iter()
        .map(|part| match part {
            Part::Literal(text) | Part::Reference(text) | Part::Environment(text) => text.len(),
            Part::Unknown => 1,
        })
        .sum()
}

pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
