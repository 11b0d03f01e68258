//! Nodes of a template as partial values: what is known is computed, the rest stays a reference.

use std::borrow::Cow;
use std::collections::BTreeMap;

use model::{Gap, Hidden, Part, SymbolicText};
use rustc_hash::FxHashMap;

use super::expansion;
use super::functions::{self, Argument};
use super::parameters::Parameters;
use super::partial::{Entry, Partial, PartialValue, Place};
use crate::{Node, Project, Value};

/// Deepest chain of values, functions and conditions that is followed.
const MAX_EVALUATION_LEVELS: usize = 256;
/// Most memory that evaluated values may take: some twenty times what the largest template CloudFormation takes needs.
const MAX_EVALUATED_BYTES: usize = 64 * 1024 * 1024;
/// What one value counts for, beside its text.
const VALUE_BYTES: usize = 128;
/// Most alternatives of one text; a text with more stays a reference.
pub(super) const MAX_ALTERNATIVES: usize = 32;
/// Most gaps about one template.
const MAX_GAPS: usize = 200;

/// What is known of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    True,
    False,
    /// It depends on something known only at deployment.
    Unknown,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// Evaluates nodes in the scope of one template: its parameters, mappings and conditions.
pub struct Evaluator<'a> {
    pub(super) file: &'a str,
    pub(super) project: &'a dyn Project,
    parameters: BTreeMap<String, Partial>,
    pub(super) mappings: Option<&'a Node>,
    conditions: FxHashMap<String, Cow<'a, Node>>,
    /// Decided conditions; `None` while one is being decided.
    decided: FxHashMap<String, Option<Truth>>,
    level: usize,
    used_bytes: usize,
    /// Whether a gap says that the budget is used up.
    is_exhausted: bool,
    pub(super) gaps: Vec<Gap>,
}

impl<'a> Evaluator<'a> {
    /// An evaluator in the scope of `template`: a mapping with `Parameters`, `Mappings` and `Conditions`, any of which
    /// may be missing.
    pub fn new(template: &'a Node, file: &'a str, given: &Parameters, project: &'a dyn Project) -> Self {
        let definitions = template.get("Parameters").map(Node::entries).unwrap_or_default();
        let parameters = definitions
            .iter()
            .filter_map(|(name, definition)| {
                Some((name.as_str()?.to_owned(), given.value_of(name.as_str()?, definition)))
            })
            .collect();
        let mut evaluator = Self {
            file,
            project,
            parameters,
            mappings: template.get("Mappings"),
            conditions: FxHashMap::default(),
            decided: FxHashMap::default(),
            level: 0,
            used_bytes: 0,
            is_exhausted: false,
            gaps: Vec::new(),
        };
        let conditions = template.get("Conditions").map(Node::entries).unwrap_or_default();
        for (name, definition) in expansion::expand(&mut evaluator, conditions) {
            let name = name.as_str().unwrap_or_default().to_owned();
            evaluator.conditions.insert(name, definition);
        }
        evaluator
    }

    /// The value of `node`.
    pub fn evaluate(&mut self, node: &Node) -> Partial {
        match functions::find(node) {
            Some((function, argument)) => self.guarded(node, |this| (function.evaluate)(this, argument, node)),
            None => self.evaluate_value(node),
        }
    }

    /// The value of a function's argument.
    pub(super) fn evaluate_argument(&mut self, argument: Argument<'_>) -> Partial {
        match argument.is_function_itself {
            true => self.evaluate_value(argument.node),
            false => self.evaluate(argument.node),
        }
    }

    /// The value of `node` as if it had no tag.
    fn evaluate_value(&mut self, node: &Node) -> Partial {
        self.guarded(node, |this| {
            let value = match &node.value {
                Value::Null => PartialValue::Null,
                Value::Bool(value) => PartialValue::Bool(*value),
                Value::Number(text) => PartialValue::Number(text.clone()),
                Value::Text(text) => PartialValue::Text(SymbolicText::literal(text.as_str())),
                Value::Sequence(items) => {
                    let items = items.iter().map(|item| this.evaluate(item));
                    PartialValue::Sequence(items.filter(|item| !item.is_absent()).collect())
                }
                Value::Mapping(entries) => PartialValue::Mapping(this.entries(entries)),
            };
            if let Value::Text(text) | Value::Number(text) = &node.value {
                this.charge(text.len());
            }
            Partial::new(value, Place::of(node))
        })
    }

    fn entries(&mut self, entries: &[(Node, Node)]) -> Vec<Entry> {
        let mut evaluated = Vec::with_capacity(entries.len());
        for (key, value) in expansion::expand(self, entries) {
            let name = key.as_str().unwrap_or_default().to_owned();
            evaluated.push(Entry { name, place: Place::of(&key), value: self.evaluate(&value) });
        }
        evaluated
    }

    /// The value that `Ref` yields for `name`.
    pub(super) fn reference(&mut self, name: &str, place: Place) -> Partial {
        if let Some(parameter) = self.parameters.get(name) {
            let value = Partial::computed(parameter.value.clone(), place);
            self.charge(size_bytes(&value));
            return value;
        }
        match name {
            "AWS::NoValue" => Partial::computed(PartialValue::Absent, place),
            "AWS::Partition" => Partial::computed(PartialValue::Text(SymbolicText::literal("aws")), place),
            _ => Partial::reference(name, place),
        }
    }

    /// What is known of the condition `name`. A condition that depends on itself is unknown.
    pub fn condition(&mut self, name: &str) -> Truth {
        if let Some(decided) = self.decided.get(name) {
            return decided.unwrap_or(Truth::Unknown);
        }
        let Some(definition) = self.conditions.get(name).cloned() else { return Truth::Unknown };
        if self.level >= MAX_EVALUATION_LEVELS {
            return Truth::Unknown;
        }
        self.decided.insert(name.to_owned(), None);
        let truth = self.truth(&definition);
        self.decided.insert(name.to_owned(), Some(truth));
        truth
    }

    /// What is known of the condition that `node` states.
    pub(super) fn truth(&mut self, node: &Node) -> Truth {
        if node.tag.is_none()
            && let Some(("Condition", name)) = node.single_entry()
        {
            return name.as_str().map_or(Truth::Unknown, |name| self.condition(name));
        }
        self.level += 1;
        let value = self.evaluate(node);
        self.level -= 1;
        match value.as_bool() {
            Some(truth) if !value.is_undecided() => Truth::from(truth),
            _ => Truth::Unknown,
        }
    }

    /// Adds a gap about `node`.
    pub(super) fn gap(&mut self, node: &Node, why: impl Into<String>, hides: &[Hidden]) {
        if self.gaps.len() < MAX_GAPS {
            self.gaps.push(Gap::new(node.location(self.file), why, hides));
        }
    }

    /// Takes `bytes` from the budget; whether there was that much left.
    pub(super) fn charge(&mut self, bytes: usize) -> bool {
        self.used_bytes = self.used_bytes.saturating_add(bytes);
        self.used_bytes <= MAX_EVALUATED_BYTES
    }

    /// The texts that the pieces make when put together, each piece being one of several; `None` when there are too
    /// many. An empty piece yields nothing at all.
    pub(super) fn concatenations(&mut self, pieces: Vec<Vec<SymbolicText>>) -> Option<Vec<SymbolicText>> {
        let mut texts = vec![SymbolicText::default()];
        for alternatives in pieces {
            if texts.len().saturating_mul(alternatives.len()) > MAX_ALTERNATIVES {
                return None;
            }
            let mut longer = Vec::with_capacity(texts.len() * alternatives.len());
            for text in &texts {
                for alternative in &alternatives {
                    let mut text = text.clone();
                    text.append(alternative.clone());
                    longer.push(text);
                }
            }
            texts = longer;
        }
        let size_bytes = texts.iter().map(text_bytes).sum();
        self.charge(size_bytes).then_some(texts)
    }

    /// Runs `evaluate` for `node` within the limits of depth and memory.
    fn guarded(&mut self, node: &Node, evaluate: impl FnOnce(&mut Self) -> Partial) -> Partial {
        if !self.charge(VALUE_BYTES) {
            if !std::mem::replace(&mut self.is_exhausted, true) {
                let why =
                    format!("the template evaluates to more than {MAX_EVALUATED_BYTES} bytes; the rest is left out");
                self.gap(node, why, &[Hidden::Functions, Hidden::Permissions, Hidden::Configuration]);
            }
            return Partial::computed(PartialValue::Absent, Place::of(node));
        }
        if self.level >= MAX_EVALUATION_LEVELS {
            let why =
                format!("values are nested deeper than {MAX_EVALUATION_LEVELS} levels; this one is not evaluated");
            self.gap(node, why, &[Hidden::Permissions, Hidden::Configuration]);
            return functions::unevaluated(node);
        }
        self.level += 1;
        let value = evaluate(self);
        self.level -= 1;
        value
    }
}

/// Memory that a copy of `value` takes, roughly.
fn size_bytes(value: &Partial) -> usize {
    VALUE_BYTES
        + match &value.value {
            PartialValue::Text(text) => text_bytes(text),
            PartialValue::Sequence(items) => items.iter().map(size_bytes).sum(),
            _ => 0,
        }
}

fn text_bytes(text: &SymbolicText) -> usize {
    let part_bytes = |part: &Part| match part {
        Part::Literal(text) | Part::Reference(text) | Part::Environment(text) => text.len() + 32,
        Part::Unknown => 32,
    };
    text.parts().iter().map(part_bytes).sum()
}
