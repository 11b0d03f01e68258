//! The tree that every template language is read into: values with tags and positions.

use std::ops::Range;
use std::sync::Arc;

use model::Location;

/// One value of a template and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub value: Value,
    /// The tag as written (`!Ref`); `None` for JSON and for tags of YAML itself (`!!str`).
    pub tag: Option<String>,
    /// 1-based line of the value's first character, its tag included; for an untagged block scalar that of its text.
    pub line: u32,
    /// 1-based column in UTF-8 bytes.
    pub column: u32,
    /// 1-based line on which the text of a scalar starts, without its tag: the line after `|` and `>`.
    pub content_line: u32,
    /// Bytes of the file's text that the value covers, without its tag.
    pub span: Range<u32>,
    /// The file the value stands in, when it is not the one the tree was read from: set on values that were drawn in
    /// from elsewhere (`${file(…)}`, `AWS::Include`).
    pub file: Option<Arc<str>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    Bool(bool),
    /// A decimal number, as written.
    Number(String),
    Text(String),
    Sequence(Vec<Node>),
    /// In file order, keys unique. Scalar keys are always [`Value::Text`], as written.
    Mapping(Vec<(Node, Node)>),
}

impl Node {
    /// A value that stands at no place of its own but where `origin` does.
    pub fn synthetic(value: Value, origin: &Self) -> Self {
        let Self { line, column, content_line, ref span, ref file, .. } = *origin;
        Self { value, tag: None, line, column, content_line, span: span.clone(), file: file.clone() }
    }

    /// The value under `key`, when this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Key and value under `key`, when this is a mapping that has it.
    pub fn entry(&self, key: &str) -> Option<(&Self, &Self)> {
        self.entries().iter().find(|(name, _)| name.as_str() == Some(key)).map(|(name, value)| (name, value))
    }

    /// The value reached by following `path` through mappings.
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text, when this is text.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text that CloudFormation makes of a scalar: numbers as written, `true` and `false`.
    pub fn scalar_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            Value::Null | Value::Sequence(_) | Value::Mapping(_) => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match &self.value {
            Value::Bool(value) => Some(*value),
            Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    pub fn as_sequence(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_mapping(&self) -> Option<&[(Self, Self)]> {
        match &self.value {
            Value::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The entries of a mapping; empty for anything else.
    pub fn entries(&self) -> &[(Self, Self)] {
        self.as_mapping().unwrap_or_default()
    }

    /// The items of a sequence; empty for anything else.
    pub fn items(&self) -> &[Self] {
        self.as_sequence().unwrap_or_default()
    }

    /// The only entry of a mapping that has one, as `Fn::Join` and its like are written.
    pub fn single_entry(&self) -> Option<(&str, &Self)> {
        match self.as_mapping()? {
            [(key, value)] => key.as_str().map(|key| (key, value)),
            _ => None,
        }
    }

    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    pub fn is_mapping(&self) -> bool {
        matches!(self.value, Value::Mapping(_))
    }

    /// Where the value stands; `file` is the one the tree was read from.
    pub fn location(&self, file: &str) -> Location {
        Location::point(self.file.as_deref().unwrap_or(file), self.line, self.column)
    }

    /// What kind of value this is, for messages.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "a truth value",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }
}
