//! PHP files that only return an array, as Composer writes them.
//!
//! **Source**: PHP's manual, "Arrays" and "Strings". **Supported**: `array(…)` and `[…]`, quoted strings, numbers, words
//! (`true`, `NULL`, `__DIR__`) and `.` between them. **Unsupported** (→ `None`): everything else of PHP.

use std::iter::Peekable;
use std::str::CharIndices;

/// Arrays within arrays; Composer's have four levels.
const MAX_NESTING_LEVELS: usize = 16;
/// Values in one file.
const MAX_VALUES: usize = 1_000_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// Strings; of `__DIR__ . '/x'` what follows the word.
    Text(String),
    Array(Vec<(String, Self)>),
    /// Numbers and words.
    Word,
}

impl Value {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Array(_) | Self::Word => None,
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Array(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            Self::Text(_) | Self::Word => None,
        }
    }

    /// Keys with values, in order; those without a key have an empty one.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &Self)> {
        let members = match self {
            Self::Array(members) => members.as_slice(),
            Self::Text(_) | Self::Word => &[],
        };
        members.iter().map(|(key, value)| (key.as_str(), value))
    }
}

/// The array that the file returns.
pub(super) fn parse(text: &str) -> Option<Value> {
    let (_, body) = text.split_once("return")?;
    let mut reader = Reader { text: body, at: body.char_indices().peekable(), values_left: MAX_VALUES };
    reader.value(0).filter(|value| matches!(value, Value::Array(_)))
}

struct Reader<'a> {
    text: &'a str,
    at: Peekable<CharIndices<'a>>,
    values_left: usize,
}

impl Reader<'_> {
    fn value(&mut self, level: usize) -> Option<Value> {
        self.values_left = self.values_left.checked_sub(1)?;
        let mut value = self.one(level)?;
        while self.take('.') {
            value = match (value, self.one(level)?) {
                (Value::Text(left), Value::Text(right)) => Value::Text(left + &right),
                (Value::Word, right) => right,
                (left, _) => left,
            };
        }
        Some(value)
    }

    fn one(&mut self, level: usize) -> Option<Value> {
        match self.peek()? {
            quote @ ('\'' | '"') => self.string(quote).map(Value::Text),
            '[' => self.array(']', level),
            _ if self.word()?.eq_ignore_ascii_case("array") && self.peek() == Some('(') => self.array(')', level),
            _ => Some(Value::Word),
        }
    }

    fn array(&mut self, end: char, level: usize) -> Option<Value> {
        if level >= MAX_NESTING_LEVELS {
            return None;
        }
        self.at.next();
        let mut members = Vec::new();
        loop {
            if self.take(end) {
                return Some(Value::Array(members));
            }
            let first = self.value(level + 1)?;
            if self.take('=') {
                self.at.next_if(|(_, c)| *c == '>')?;
                let key = first.text().unwrap_or_default().to_owned();
                members.push((key, self.value(level + 1)?));
            } else {
                members.push((String::new(), first));
            }
            if !self.take(',') && self.peek() != Some(end) {
                return None;
            }
        }
    }

    fn string(&mut self, quote: char) -> Option<String> {
        self.at.next();
        let mut text = String::new();
        loop {
            match self.at.next()?.1 {
                '\\' => match self.at.next()?.1 {
                    c if c == quote || c == '\\' => text.push(c),
                    c => text.extend(['\\', c]),
                },
                c if c == quote => return Some(text),
                c => text.push(c),
            }
        }
    }

    /// A number or a word; `None` where neither stands.
    fn word(&mut self) -> Option<&str> {
        let start = self.at.peek()?.0;
        while self.at.next_if(|(_, c)| c.is_alphanumeric() || matches!(c, '_' | '-' | '+')).is_some() {}
        let end = self.at.peek().map_or(self.text.len(), |(at, _)| *at);
        self.text.get(start..end).filter(|word| !word.is_empty())
    }

    /// The next character that counts: behind spaces and comments.
    fn peek(&mut self) -> Option<char> {
        loop {
            let (at, c) = *self.at.peek()?;
            let rest = self.text.get(at..).unwrap_or_default();
            let end = if c.is_whitespace() {
                at + c.len_utf8()
            } else if rest.starts_with("//") || c == '#' {
                at + rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                at + rest.find("*/").map_or(rest.len(), |end| end + 2)
            } else {
                return Some(c);
            };
            while self.at.next_if(|(at, _)| *at < end).is_some() {}
        }
    }

    fn take(&mut self, wanted: char) -> bool {
        self.peek() == Some(wanted) && self.at.next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_arrays_as_composer_writes_them() {
        let text = "<?php return array(\n 'root' => array('name' => '__root__', 'dev' => true, 'x' => -1.5), // why\n \
                    'versions' => array('a/b' => array('pretty_version' => 'v1\\'', 'install_path' => __DIR__ . '/../a/b', \
                    'aliases' => array(0 => '1.x-dev',), 'n' => NULL),),\n);\n";
        let value = parse(text).unwrap();
        let package = value.get("versions").unwrap().get("a/b").unwrap();
        assert_eq!(package.get("pretty_version").unwrap().text(), Some("v1'"));
        assert_eq!(package.get("install_path").unwrap().text(), Some("/../a/b"));
        assert_eq!(value.get("root").unwrap().get("dev"), Some(&Value::Word));
        assert!(parse("<?php return ['a' => ['b']];").is_some());
    }

    #[test]
    fn refuses_other_php() {
        for text in [
            "",
            "<?php return foo();",
            "return array(",
            "return array('a' 'b')",
            "return 'x';",
            "return array(array(=>",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&format!("return {}", "array(".repeat(10_000))), None);
    }
}
