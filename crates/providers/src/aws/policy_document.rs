//! IAM policy documents as statements.
//!
//! Source: the grammar of the IAM JSON policy language, versions 2008-10-17 and 2012-10-17.
//! Supported: JSON files; documents inside templates, partly known ones too; one statement or a list; text or list for
//! actions, resources and condition values; a bare statement in place of a document, as SAM takes it; trust policies.
//! Unsupported (→ gap): elements that IAM does not know, statements without effect or action. `Principal` and
//! `NotPrincipal` are read of trust policies only: otherwise this reads what an identity is granted.

mod files;
mod trust;

use deploy::formats::cloudformation::{Entry, Partial, PartialValue};
use deploy::{Error, parse_json};
use model::permission::{Conditions, Effect, Statement};
use model::{Gap, Hidden, Parsed, SymbolicText};

pub use files::from_text;
pub use trust::{trust_from_json, trust_from_partial};

/// Most statements of one document; IAM takes some hundred.
const MAX_STATEMENTS: usize = 10_000;

/// The statements of the policy document in a JSON file.
///
/// # Errors
/// When the text is not JSON: with line and column.
pub fn from_json(text: &str, file: &str) -> Result<Parsed<Vec<Statement>>, Error> {
    let mut gaps = Vec::new();
    let tree = parse_json(text, file)?.take_gaps(&mut gaps);
    let statements = from_partial(&Partial::plain(&tree), file).take_gaps(&mut gaps);
    Ok(Parsed { value: statements, gaps })
}

/// The statements of a policy document of the template `file`, in order. Where branches are undecided, all of them.
pub fn from_partial(document: &Partial, file: &str) -> Parsed<Vec<Statement>> {
    let mut reader = Reader { file, gaps: Vec::new() };
    let statements = reader.document(document);
    Parsed { value: statements, gaps: reader.gaps }
}

struct Reader<'a> {
    file: &'a str,
    gaps: Vec<Gap>,
}

impl Reader<'_> {
    fn document(&mut self, document: &Partial) -> Vec<Statement> {
        let mut statements = Vec::new();
        for alternative in document.alternatives() {
            match &alternative.value {
                PartialValue::Mapping(_)
                    if alternative.get("Statement").is_none() && alternative.get("Effect").is_some() =>
                {
                    statements.extend(self.statement(alternative));
                }
                PartialValue::Mapping(_) => match alternative.get("Statement") {
                    Some(listed) => statements.extend(self.statements(listed)),
                    None => self.gap(alternative, "the policy document has no `Statement`; it grants nothing"),
                },
                PartialValue::Sequence(_) => statements.extend(self.statements(alternative)),
                PartialValue::Text(text) => statements.extend(self.document_in_text(alternative, text)),
                _ => {
                    self.gap(alternative, "a policy document must be a mapping with `Statement`; this one is left out")
                }
            }
        }
        statements
    }

    /// A document that is written as JSON in a text.
    fn document_in_text(&mut self, place: &Partial, text: &SymbolicText) -> Vec<Statement> {
        let Some(literal) = text.as_literal() else {
            self.gap(place, format!("the policy document `{text}` is known only at deployment"));
            return Vec::new();
        };
        match parse_json(literal, self.file) {
            Ok(tree) => {
                let mut statements = self.document(&Partial::plain(&tree.value));
                // Places inside the text are not places of the file.
                for statement in &mut statements {
                    statement.origin = place.location(self.file);
                    statement.action_origins.clear();
                }
                statements
            }
            Err(error) => {
                self.gap(place, format!("the policy document is text that is not JSON: {error}"));
                Vec::new()
            }
        }
    }

    fn statements(&mut self, listed: &Partial) -> Vec<Statement> {
        let mut statements = Vec::new();
        for item in listed.items_or_self() {
            if statements.len() >= MAX_STATEMENTS {
                self.gap(item, format!("the policy has more than {MAX_STATEMENTS} statements; the rest is left out"));
                break;
            }
            match &item.value {
                PartialValue::Sequence(_) => statements.extend(self.statements(item)),
                _ => statements.extend(self.statement(item)),
            }
        }
        statements
    }

    fn statement(&mut self, item: &Partial) -> Option<Statement> {
        if !item.is_mapping() {
            let text = item.text().map(|text| format!(" `{text}`")).unwrap_or_default();
            self.gap(item, format!("statement{text} is not a mapping; what it grants is not seen"));
            return None;
        }
        let effect = self.effect(item)?;
        let mut statement = Statement::new(effect, Vec::new(), Vec::new(), item.location(self.file));
        for entry in item.entries() {
            self.element(entry, &mut statement);
        }
        self.check(item, &mut statement);
        (!statement.actions.is_empty() || !statement.not_actions.is_empty()).then_some(statement)
    }

    fn effect(&mut self, item: &Partial) -> Option<Effect> {
        let Some(written) = item.get("Effect") else {
            self.gap(item, "the statement has no `Effect`; IAM refuses it");
            return None;
        };
        let effects: Vec<_> = written.texts().map(|text| text.to_string()).collect();
        match effects.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["Allow"] => Some(Effect::Allow),
            ["Deny"] => Some(Effect::Deny),
            texts if texts.contains(&"Allow") || texts.iter().any(|text| text.contains("${")) => {
                self.gap(
                    written,
                    "whether the statement allows or denies is known only at deployment; it is listed as `Allow`",
                );
                Some(Effect::Allow)
            }
            texts => {
                let text = texts.first().copied().unwrap_or_default();
                self.gap(written, format!("effect `{text}` is neither `Allow` nor `Deny`; IAM refuses the statement"));
                None
            }
        }
    }

    fn element(&mut self, entry: &Entry, statement: &mut Statement) {
        let value = &entry.value;
        match entry.name.as_str() {
            "Sid" => statement.sid = value.texts().next().map(|sid| sid.to_string()),
            "Action" => self.actions(value, &mut statement.actions, &mut statement.action_origins),
            "NotAction" => self.actions(value, &mut statement.not_actions, &mut statement.action_origins),
            "Resource" => self.texts(value, &mut statement.resources),
            "NotResource" => self.texts(value, &mut statement.not_resources),
            "Condition" => statement.conditions = self.conditions(value),
            "Effect" | "Principal" | "NotPrincipal" => {}
            name => {
                let why = format!("`{name}` is no element of an IAM statement; IAM refuses the policy");
                self.gaps.push(Gap::new(entry.place.location(self.file), why, &[Hidden::Permissions]));
            }
        }
    }

    fn check(&mut self, item: &Partial, statement: &mut Statement) {
        if statement.actions.is_empty() && statement.not_actions.is_empty() {
            self.gap(item, "the statement has neither `Action` nor `NotAction`; it grants nothing");
        } else if !statement.actions.is_empty() && !statement.not_actions.is_empty() {
            self.gap(item, "the statement has both `Action` and `NotAction`, which IAM refuses; `Action` is taken");
            statement.not_actions.clear();
            statement.action_origins.truncate(statement.actions.len());
        }
        if statement.resources.is_empty()
            && statement.not_resources.is_empty()
            && [item.get("Principal"), item.get("NotPrincipal")] == [None, None]
        {
            self.gap(
                item,
                "the statement has neither `Resource` nor `NotResource`; IAM refuses it in an identity's policy",
            );
        } else if !statement.resources.is_empty() && !statement.not_resources.is_empty() {
            self.gap(
                item,
                "the statement has both `Resource` and `NotResource`, which IAM refuses; `Resource` is taken",
            );
            statement.not_resources.clear();
        }
    }

    fn actions(&mut self, value: &Partial, texts: &mut Vec<SymbolicText>, origins: &mut Vec<model::Location>) {
        for item in self.scalars(value) {
            texts.extend(item.text());
            origins.push(item.location(self.file));
        }
    }

    fn texts(&mut self, value: &Partial, texts: &mut Vec<SymbolicText>) {
        let found: Vec<_> = self.scalars(value).into_iter().filter_map(Partial::text).collect();
        texts.extend(found);
    }

    /// The scalars of a text or list. A list within a list is taken apart: `Fn::Split` and lists of parameters make
    /// such.
    fn scalars<'p>(&mut self, value: &'p Partial) -> Vec<&'p Partial> {
        let mut scalars = Vec::new();
        for item in value.items_or_self() {
            match &item.value {
                PartialValue::Sequence(_) => scalars.extend(self.scalars(item)),
                PartialValue::Mapping(_) => self.gap(item, "a mapping stands where text is expected; it is left out"),
                _ => scalars.push(item),
            }
        }
        scalars
    }

    fn conditions(&mut self, value: &Partial) -> Conditions {
        let mut conditions = Conditions::new();
        if value.text().is_some() || value.is_sequence() {
            self.gap(value, "the condition is not a mapping; the statement is listed without it");
        }
        for operator in value.entries() {
            if !operator.value.alternatives().all(Partial::is_mapping) {
                self.gap(&operator.value, format!("condition operator `{}` needs a mapping of keys", operator.name));
            }
            for key in operator.value.entries() {
                let values = self.scalars(&key.value).into_iter().filter_map(Partial::text);
                let keys = conditions.entry(operator.name.clone()).or_default();
                keys.entry(key.name.clone()).or_default().extend(values);
            }
        }
        conditions
    }

    fn gap(&mut self, place: &Partial, why: impl Into<String>) {
        self.gaps.push(Gap::new(place.location(self.file), why, &[Hidden::Permissions]));
    }
}

#[cfg(test)]
mod tests;
