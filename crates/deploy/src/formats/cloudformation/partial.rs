//! A value as far as it is known before deployment.

use std::sync::Arc;

use model::{Location, Part, SymbolicText};

use crate::Node;

/// One value of an evaluated template and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial {
    pub value: PartialValue,
    pub place: Place,
    /// Whether an intrinsic function yielded it. SAM merges such values as if they were scalars.
    pub computed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartialValue {
    Null,
    Bool(bool),
    /// A decimal number, as written.
    Number(String),
    /// Text, or a value known only at deployment, of whatever type: then a reference.
    Text(SymbolicText),
    Sequence(Vec<Partial>),
    Mapping(Vec<Entry>),
    /// One of these, which one is known only at deployment. Two at least, none of them `OneOf`.
    OneOf(Vec<Partial>),
    /// `AWS::NoValue`: nothing is there. Lists drop it, mappings keep the key, which SAM may look at.
    Absent,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    /// Where the key stands.
    pub place: Place,
    pub value: Partial,
}

/// Where a value stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// 1-based.
    pub line: u32,
    /// 1-based, in UTF-8 bytes.
    pub column: u32,
    /// 1-based line on which the text of a scalar starts.
    pub content_line: u32,
    /// The file, when it is not the template's own.
    pub file: Option<Arc<str>>,
}

impl Place {
    pub fn of(node: &Node) -> Self {
        let Node { line, column, content_line, ref file, .. } = *node;
        Self { line, column, content_line, file: file.clone() }
    }

    /// The place in words; `file` is the template's own.
    pub fn location(&self, file: &str) -> Location {
        Location::point(self.file.as_deref().unwrap_or(file), self.line, self.column)
    }
}

impl Partial {
    pub fn new(value: PartialValue, place: Place) -> Self {
        Self { value, place, computed: false }
    }

    /// A value that an intrinsic function yields.
    pub fn computed(value: PartialValue, place: Place) -> Self {
        Self { value, place, computed: true }
    }

    /// The value known only at deployment under `name`.
    pub fn reference(name: impl Into<String>, place: Place) -> Self {
        Self::computed(PartialValue::Text(SymbolicText::reference(name)), place)
    }

    /// What the node says without any function of CloudFormation: for policy documents in files of their own.
    /// Recursion is bounded by the nesting limit of the parsers.
    pub fn plain(node: &Node) -> Self {
        let value = match &node.value {
            crate::Value::Null => PartialValue::Null,
            crate::Value::Bool(value) => PartialValue::Bool(*value),
            crate::Value::Number(text) => PartialValue::Number(text.clone()),
            crate::Value::Text(text) => PartialValue::Text(SymbolicText::literal(text.as_str())),
            crate::Value::Sequence(items) => PartialValue::Sequence(items.iter().map(Self::plain).collect()),
            crate::Value::Mapping(entries) => {
                let entry = |(key, value): &(Node, Node)| Entry {
                    name: key.as_str().unwrap_or_default().to_owned(),
                    place: Place::of(key),
                    value: Self::plain(value),
                };
                PartialValue::Mapping(entries.iter().map(entry).collect())
            }
        };
        Self::new(value, Place::of(node))
    }

    /// The one value, or one of the several; nested ones flattened, equal ones once, in order.
    pub(crate) fn one_of(values: Vec<Self>, place: Place) -> Self {
        let mut distinct: Vec<Self> = Vec::new();
        for value in values {
            let alternatives = match value.value {
                PartialValue::OneOf(alternatives) => alternatives,
                _ => vec![value],
            };
            for alternative in alternatives {
                if !distinct.iter().any(|known| known.value == alternative.value) {
                    distinct.push(alternative);
                }
            }
        }
        match distinct.len() {
            0 => Self::computed(PartialValue::Absent, place),
            1 => distinct.swap_remove(0),
            _ => Self::computed(PartialValue::OneOf(distinct), place),
        }
    }

    /// Everything this may be: itself, or its alternatives; nothing when absent or null.
    pub fn alternatives(&self) -> impl Iterator<Item = &Self> {
        let values = match &self.value {
            PartialValue::OneOf(values) => values.as_slice(),
            _ => std::slice::from_ref(self),
        };
        values.iter().filter(|value| !matches!(value.value, PartialValue::Absent | PartialValue::Null))
    }

    /// The value under `key`: of a mapping, or of the first alternative that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Key and value under `key`, as [`Self::get`].
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().find(|entry| entry.name == key && entry.value.alternatives().next().is_some())
    }

    /// The value reached by following `path` through mappings.
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The entries of a mapping, of all alternatives one after the other; none for anything else. Keys without value are
    /// left out.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.written_entries().filter(|entry| !entry.value.is_absent())
    }

    /// Key and value under `key`, with or without a value (`AWS::NoValue`).
    pub fn written_entry(&self, key: &str) -> Option<&Entry> {
        self.written_entries().find(|entry| entry.name == key)
    }

    fn written_entries(&self) -> impl Iterator<Item = &Entry> {
        self.alternatives().flat_map(|value| match &value.value {
            PartialValue::Mapping(entries) => entries.as_slice(),
            _ => &[],
        })
    }

    /// The items of a list, every alternative of them, of all alternatives of the list; none for anything else.
    pub fn items(&self) -> impl Iterator<Item = &Self> {
        self.alternatives()
            .flat_map(|value| match &value.value {
                PartialValue::Sequence(items) => items.as_slice(),
                _ => &[],
            })
            .flat_map(Self::alternatives)
    }

    /// The items of a list, or the value itself when it is no list: `Action: s3:GetObject` is `[s3:GetObject]`.
    pub fn items_or_self(&self) -> impl Iterator<Item = &Self> {
        self.alternatives()
            .flat_map(|value| match &value.value {
                PartialValue::Sequence(items) => items.as_slice(),
                _ => std::slice::from_ref(value),
            })
            .flat_map(Self::alternatives)
    }

    /// Whether some part is listed with alternatives of which one applies.
    pub fn is_undecided(&self) -> bool {
        matches!(self.value, PartialValue::OneOf(_))
    }

    /// The text of a scalar; `None` for lists, mappings, nothing, and where there are alternatives.
    pub fn text(&self) -> Option<SymbolicText> {
        match &self.value {
            PartialValue::Text(text) => Some(text.clone()),
            PartialValue::Number(text) => Some(SymbolicText::literal(text.as_str())),
            PartialValue::Bool(value) => Some(SymbolicText::literal(if *value { "true" } else { "false" })),
            _ => None,
        }
    }

    /// Every text this may be.
    pub fn texts(&self) -> impl Iterator<Item = SymbolicText> {
        self.alternatives().filter_map(Self::text)
    }

    /// The text, when it is wholly known; of several the first.
    pub fn literal(&self) -> Option<String> {
        self.texts().find_map(|text| text.as_literal().map(str::to_owned))
    }

    /// The reference, when the value is nothing else; of several the first.
    pub fn as_reference(&self) -> Option<String> {
        self.texts().find_map(|text| text.as_reference().map(str::to_owned))
    }

    /// The truth value, when it is known.
    pub fn as_bool(&self) -> Option<bool> {
        match self.literal()?.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    pub fn is_mapping(&self) -> bool {
        matches!(self.value, PartialValue::Mapping(_))
    }

    pub fn is_sequence(&self) -> bool {
        matches!(self.value, PartialValue::Sequence(_))
    }

    pub fn is_absent(&self) -> bool {
        matches!(self.value, PartialValue::Absent)
    }

    /// Where the value stands; `file` is the template's own.
    pub fn location(&self, file: &str) -> Location {
        self.place.location(file)
    }

    /// The value as JSON text with `${…}` where something is known only at deployment; `None` where there are
    /// alternatives inside. Recursion is bounded by the nesting limit of the parsers.
    pub(crate) fn to_json(&self) -> Option<SymbolicText> {
        let mut text = SymbolicText::default();
        self.write_json(&mut text)?;
        Some(text)
    }

    fn write_json(&self, out: &mut SymbolicText) -> Option<()> {
        let mut literal = |text: &str| out.push(Part::Literal(text.to_owned()));
        match &self.value {
            PartialValue::Null => literal("null"),
            PartialValue::Bool(_) | PartialValue::Number(_) => out.append(self.text()?),
            PartialValue::Text(text) => {
                out.push(Part::Literal("\"".to_owned()));
                for part in text.parts() {
                    out.push(match part {
                        Part::Literal(text) => Part::Literal(escaped(text)),
                        part => part.clone(),
                    });
                }
                out.push(Part::Literal("\"".to_owned()));
            }
            PartialValue::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    out.push(Part::Literal(if index == 0 { "[" } else { "," }.to_owned()));
                    item.write_json(out)?;
                }
                out.push(Part::Literal(if items.is_empty() { "[]" } else { "]" }.to_owned()));
            }
            PartialValue::Mapping(entries) => {
                for (index, entry) in entries.iter().filter(|entry| !entry.value.is_absent()).enumerate() {
                    let opening = if index == 0 { '{' } else { ',' };
                    out.push(Part::Literal(format!("{opening}\"{}\":", escaped(&entry.name))));
                    entry.value.write_json(out)?;
                }
                let is_empty = entries.iter().all(|entry| entry.value.is_absent());
                out.push(Part::Literal(if is_empty { "{}" } else { "}" }.to_owned()));
            }
            PartialValue::OneOf(_) | PartialValue::Absent => return None,
        }
        Some(())
    }
}

/// `text` as it stands between the quotes of a JSON string.
fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default().to_owned()
}
