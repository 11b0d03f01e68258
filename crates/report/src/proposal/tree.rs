//! Values as YAML and JSON spell them, with CloudFormation's references.
//!
//! YAML is written in blocks, with the short tags that people write by hand; JSON with the long function names.

use std::fmt::Write;

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tree {
    Text(String),
    /// Logical id, parameter or pseudo parameter.
    Ref(String),
    /// Logical id and attribute.
    GetAtt(String, String),
    /// In `Fn::Sub` syntax.
    Sub(String),
    /// Name of an export.
    ImportValue(String),
    List(Vec<Self>),
    /// In the order to write.
    Map(Vec<(String, Self)>),
}

impl Tree {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn map<'k>(entries: impl IntoIterator<Item = (&'k str, Self)>) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    pub(super) fn to_yaml(&self) -> String {
        let mut out = String::new();
        self.write_yaml(0, &mut out);
        out
    }

    pub(super) fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(0, &mut out);
        out.push('\n');
        out
    }

    /// The value in one line; `None` for what takes several.
    fn in_line(&self) -> Option<String> {
        Some(match self {
            Self::Text(text) => scalar(text),
            Self::Ref(name) => format!("!Ref {}", scalar(name)),
            Self::GetAtt(id, attribute) => format!("!GetAtt {}", scalar(&format!("{id}.{attribute}"))),
            Self::Sub(text) => format!("!Sub {}", double_quoted(text)),
            Self::ImportValue(name) => format!("!ImportValue {}", scalar(name)),
            Self::List(items) if items.is_empty() => "[]".to_owned(),
            Self::Map(entries) if entries.is_empty() => "{}".to_owned(),
            Self::List(_) | Self::Map(_) => return None,
        })
    }

    /// Lines of a block at `level`, the first one too.
    fn write_yaml(&self, level: usize, out: &mut String) {
        let indent = INDENT.repeat(level);
        match self {
            Self::List(items) if !items.is_empty() => {
                for item in items {
                    out.push_str(&indent);
                    out.push_str("- ");
                    item.write_item(level + 1, out);
                }
            }
            Self::Map(entries) if !entries.is_empty() => {
                for (key, value) in entries {
                    out.push_str(&indent);
                    entry(key, value, level, out);
                }
            }
            _ => writeln_to(out, &format!("{indent}{}", self.in_line().unwrap_or_default())),
        }
    }

    /// What follows `- `: its first line stands behind the dash.
    fn write_item(&self, level: usize, out: &mut String) {
        if let Some(line) = self.in_line() {
            return writeln_to(out, &line);
        }
        let mut block = String::new();
        self.write_yaml(level, &mut block);
        out.push_str(block.trim_start_matches(' '));
    }

    fn write_json(&self, level: usize, out: &mut String) {
        let call = |name: &str, argument: Self| Self::map([(name, argument)]);
        match self {
            Self::Text(text) => out.push_str(&json_text(text)),
            Self::Ref(name) => call("Ref", Self::text(name)).write_json(level, out),
            Self::GetAtt(id, attribute) => {
                call("Fn::GetAtt", Self::List(vec![Self::text(id), Self::text(attribute)])).write_json(level, out);
            }
            Self::Sub(text) => call("Fn::Sub", Self::text(text)).write_json(level, out),
            Self::ImportValue(name) => call("Fn::ImportValue", Self::text(name)).write_json(level, out),
            Self::List(items) => {
                let items = items.iter().map(|item| (String::new(), item));
                write_json_block(['[', ']'], items, level, out);
            }
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (format!("{}: ", json_text(key)), value));
                write_json_block(['{', '}'], entries, level, out);
            }
        }
    }
}

const INDENT: &str = "  ";

fn entry(key: &str, value: &Tree, level: usize, out: &mut String) {
    out.push_str(&scalar(key));
    out.push(':');
    match value.in_line() {
        Some(line) => writeln_to(out, &format!(" {line}")),
        None => {
            out.push('\n');
            value.write_yaml(level + 1, out);
        }
    }
}

fn writeln_to(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

fn write_json_block<'t>(
    [open, close]: [char; 2],
    items: impl ExactSizeIterator<Item = (String, &'t Tree)>,
    level: usize,
    out: &mut String,
) {
    out.push(open);
    let count = items.len();
    for (at, (before, item)) in items.enumerate() {
        out.push('\n');
        out.push_str(&INDENT.repeat(level + 1));
        out.push_str(&before);
        item.write_json(level + 1, out);
        if at + 1 < count {
            out.push(',');
        }
    }
    if count > 0 {
        out.push('\n');
        out.push_str(&INDENT.repeat(level));
    }
    out.push(close);
}

fn json_text(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// The text as it is where YAML reads it back as the same text, quoted otherwise.
fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { double_quoted(text) }
}

/// Letters that are safe in plain text, words that are no text, and numbers and dates left out.
fn is_plain(text: &str) -> bool {
    let first = text.chars().next();
    let is_safe = |letter: char| letter.is_ascii_alphanumeric() || "_-./:@$+=".contains(letter);
    let ends_key = text.ends_with(':') || text.contains(": ");
    first.is_some_and(|letter| letter.is_ascii_alphabetic() || letter == '_' || letter == '/')
        && text.chars().all(is_safe)
        && !ends_key
        && !WORDS_OF_YAML.contains(&text.to_ascii_lowercase().as_str())
}

/// What some reader of YAML takes for something else than text.
const WORDS_OF_YAML: &[&str] = &["false", "n", "no", "null", "off", "on", "true", "y", "yes"];

fn double_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            // What YAML does not take as it is.
            letter if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _infallible = write!(quoted, "\\u{:04X}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}
