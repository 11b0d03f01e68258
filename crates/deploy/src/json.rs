//! JSON text as a tree with positions.
//!
//! Source: RFC 8259. Supported: all of it, a byte-order mark, and duplicate keys (the last counts → gap).
//! Unsupported: comments and trailing commas, which AWS refuses too (→ error with line and column).

use model::location::LineIndex;
use model::{Gap, Hidden, Location, Parsed};
use rustc_hash::FxHashMap;

use crate::{Error, MAX_NESTING_LEVELS, MAX_NODES, MAX_TEXT_BYTES, Node, Value};

/// The value that `text` holds.
///
/// # Errors
/// When the text is empty, too large, nested too deep, or not JSON.
pub fn parse_json(text: &str, file: &str) -> Result<Parsed<Node>, Error> {
    if text.len() > MAX_TEXT_BYTES {
        let (size_bytes, limit_bytes) = (text.len(), MAX_TEXT_BYTES);
        return Err(Error::TooLarge { file: file.to_owned(), size_bytes, limit_bytes });
    }
    let bytes = text.as_bytes();
    let lines = LineIndex::new(bytes);
    let at = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    let mut reader = Reader { text, bytes, at, file, lines, node_count: 0, gaps: Vec::new() };
    reader.skip_space();
    if reader.peek().is_none() {
        return Err(Error::Empty { file: file.to_owned() });
    }
    let value = reader.value(0)?;
    reader.skip_space();
    if reader.peek().is_some() {
        return Err(reader.error("there is more text after the value"));
    }
    Ok(Parsed { value, gaps: reader.gaps })
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    file: &'a str,
    lines: LineIndex,
    node_count: usize,
    gaps: Vec<Gap>,
}

impl Reader<'_> {
    fn value(&mut self, level: usize) -> Result<Node, Error> {
        if level > MAX_NESTING_LEVELS {
            return Err(self.error(&format!("it is nested deeper than {MAX_NESTING_LEVELS} levels")));
        }
        self.node_count += 1;
        if self.node_count > MAX_NODES {
            return Err(self.error(&format!("it has more than {MAX_NODES} values")));
        }
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.mapping(level)?,
            Some(b'[') => self.sequence(level)?,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(self.node(value, start))
    }

    fn mapping(&mut self, level: usize) -> Result<Value, Error> {
        let mut entries: Vec<(Node, Node)> = Vec::new();
        let mut places: FxHashMap<String, usize> = FxHashMap::default();
        self.at += 1;
        self.skip_space();
        if self.accept(b'}') {
            return Ok(Value::Mapping(entries));
        }
        loop {
            self.skip_space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.error("expected a key in double quotes"));
            }
            let name = self.string()?;
            let key = self.node(Value::Text(name.clone()), start);
            self.skip_space();
            if !self.accept(b':') {
                return Err(self.error("expected `:` after the key"));
            }
            self.skip_space();
            let value = self.value(level + 1)?;
            match places.get(&name).and_then(|place| entries.get_mut(*place)) {
                Some(earlier) => {
                    let location = earlier.0.location(self.file);
                    let why = format!("key `{name}` is given again on line {}; only the last counts", key.line);
                    self.gaps.push(Gap::new(location, why, &[Hidden::Configuration]));
                    *earlier = (key, value);
                }
                None => {
                    places.insert(name, entries.len());
                    entries.push((key, value));
                }
            }
            self.skip_space();
            if self.accept(b'}') {
                return Ok(Value::Mapping(entries));
            }
            if !self.accept(b',') {
                return Err(self.error("expected `,` or `}`"));
            }
        }
    }

    fn sequence(&mut self, level: usize) -> Result<Value, Error> {
        let mut items = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.accept(b']') {
            return Ok(Value::Sequence(items));
        }
        loop {
            self.skip_space();
            items.push(self.value(level + 1)?);
            self.skip_space();
            if self.accept(b']') {
                return Ok(Value::Sequence(items));
            }
            if !self.accept(b',') {
                return Err(self.error("expected `,` or `]`"));
            }
        }
    }

    fn string(&mut self) -> Result<String, Error> {
        let opening = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1F)) {
                self.at += 1;
            }
            text.push_str(self.text.get(start..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => return Err(self.error("a control character must be written as an escape, e.g. `\\n`")),
                None => {
                    self.at = opening;
                    return Err(self.error("the text is not closed by `\"`"));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Error> {
        let letter = self.bytes.get(self.at + 1).copied();
        let character = match letter {
            Some(letter @ (b'"' | b'\\' | b'/')) => char::from(letter),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.error("unknown escape")),
        };
        self.at += 2;
        Ok(character)
    }

    /// The character of `\uXXXX` or of a surrogate pair; a lone surrogate becomes U+FFFD.
    fn unicode_escape(&mut self) -> Result<char, Error> {
        let first = self.code_unit()?;
        if !(0xD800..0xDC00).contains(&first) || !self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(b"\\u"))
        {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let after_first = self.at;
        let second = self.code_unit()?;
        if !(0xDC00..0xE000).contains(&second) {
            self.at = after_first;
            return Ok(char::REPLACEMENT_CHARACTER);
        }
        let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn code_unit(&mut self) -> Result<u32, Error> {
        let digits =
            self.text.get(self.at + 2..self.at + 6).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let unit = unit.ok_or_else(|| self.error("`\\u` needs four hexadecimal digits"))?;
        self.at += 6;
        Ok(unit)
    }

    fn number(&mut self) -> Result<Value, Error> {
        let start = self.at;
        while matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.at += 1;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        if !crate::yaml::is_decimal(text) {
            let message = format!("`{text}` is not a number");
            self.at = start;
            return Err(self.error(&message));
        }
        Ok(Value::Number(text.to_owned()))
    }

    fn word(&mut self) -> Result<Value, Error> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let words = [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)];
        let Some((word, value)) = words.into_iter().find(|(word, _)| rest.starts_with(word.as_bytes())) else {
            let what = self.text.get(self.at..).and_then(|rest| rest.chars().next());
            return Err(match what {
                Some(character) => self.error(&format!("expected a value, found `{character}`")),
                None => self.error("expected a value, found the end of the file"),
            });
        };
        self.at += word.len();
        Ok(value)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn accept(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn node(&self, value: Value, start: usize) -> Node {
        let (line, column) = self.lines.line_column(start);
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Node { value, tag: None, line, column, content_line: line, span: offset(start)..offset(self.at), file: None }
    }

    fn error(&self, reason: &str) -> Error {
        let (line, column) = self.lines.line_column(self.at);
        let location = Location::point(self.file, line, column);
        Error::Syntax { location, language: "JSON", reason: reason.to_owned() }
    }
}

#[cfg(test)]
mod tests;
