//! Reads `name = value` around a place, in whatever syntax the file has.
//!
//! Supported: `name = "value"`, `name: value`, `name => 'value'`, `"name": "value"` (also escaped inside a string), `x["name"] = "value"`,
//! `set_name("value")`, `get("NAME", "default")`, `NAME || "default"`, comparisons, typed declarations (`name: str = "value"`), elements and
//! attributes, `--name value`, and pairs apart (`name: DB_PASSWORD` / `value: …`, a parameter and its `Default`).
//! Deliberately unsupported: values put together from several literals, and multi-line values.

use std::ops::Range;

use crate::name;
use crate::syntax::Syntax;

/// Longest name and value that are read, in bytes.
const MAX_NAME_BYTES: usize = 96;
const MAX_VALUE_BYTES: usize = 1024;
/// How far from a name its value may stand when the two are pairs apart.
const PAIR_REACH_BYTES: usize = 320;
/// White space between the parts of an assignment.
const MAX_GAP_BYTES: usize = 80;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// With the parts before it: `config.db.password`.
    pub(crate) name: Range<usize>,
    pub(crate) value: Range<usize>,
}

/// The whole name of which `hit` is a part.
pub(crate) fn name_around(text: &[u8], hit: Range<usize>) -> Range<usize> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let before = text.get(hit.start.saturating_sub(MAX_NAME_BYTES)..hit.start).unwrap_or_default();
    let after = text.get(hit.end..hit.end.saturating_add(MAX_NAME_BYTES).min(text.len())).unwrap_or_default();
    let left = before.iter().rev().take_while(|byte| is_name(byte)).count();
    let right = after.iter().take_while(|byte| is_name(byte)).count();
    let mut start = hit.start - left;
    // `\nPASSWORD` inside a string: the `n` belongs to the escape.
    if start > 0 && text.get(start - 1) == Some(&b'\\') && text.get(start).is_some_and(|byte| b"nrt".contains(byte)) {
        start += 1;
    }
    start..hit.end + right
}

/// The assignment to `name`, when what follows is one.
pub(crate) fn read(text: &[u8], name: Range<usize>, syntax: Syntax) -> Option<Assignment> {
    let value = Reader { text, syntax, name: name.clone() }.value()?;
    Some(Assignment { name, value })
}

struct Reader<'a> {
    text: &'a [u8],
    syntax: Syntax,
    name: Range<usize>,
}

impl Reader<'_> {
    fn value(&self) -> Option<Range<usize>> {
        if self.is_value_of_name_field() {
            return self.paired_value();
        }
        let (at, closing) = self.after_closing_quote(self.name.end);
        let at = self.skip_blanks(at);
        let next = self.byte(at)?;
        match next {
            b':' if self.byte(at + 1) == Some(b':') => None,
            b':' if self.is_inside_sentence() => None,
            b'=' | b':' => self.after_operator(at, closing.is_some()),
            b'!' if self.starts(at, b"!=") => None,
            b'|' if self.starts(at, b"||") => self.literal(self.skip_blanks(at + 2)),
            b'?' if self.starts(at, b"??") => self.literal(self.skip_blanks(at + 2)),
            b',' if closing.is_some() && self.is_first_argument() => self.literal(self.skip_blanks(at + 1)),
            b'(' => self.setter_argument(at + 1),
            b')' if closing.is_none() => self.after_call(at + 1),
            b'>' if self.syntax == Syntax::Markup => self.element(at + 1),
            b'{' if closing.is_some() => self.default_inside(at),
            _ if self.is_flag() && at > self.name.end => self.bare_word(at),
            _ if closing.is_none() && self.syntax == Syntax::Code => self.typed_declaration(at),
            _ => None,
        }
    }

    /// `name:` after another word or colon: a sentence, or a part of an ARN.
    fn is_inside_sentence(&self) -> bool {
        let before = self.text.get(self.name.start.saturating_sub(MAX_GAP_BYTES)..self.name.start).unwrap_or_default();
        let previous = trim_end(before, b" \t").last();
        let is_word = previous.is_some_and(u8::is_ascii_alphanumeric) && self.syntax != Syntax::Prose;
        // A declaration has words before the name and its value after a type: `private password: string = "…"`.
        let is_declaration =
            self.syntax == Syntax::Code && self.typed_declaration(self.skip_blanks(self.name.end + 1)).is_some();
        (is_word && !is_declaration) || before.last() == Some(&b':')
    }

    /// Whether the name, in quotes, opens a list of arguments: `get("NAME", …`.
    fn is_first_argument(&self) -> bool {
        let before = self.text.get(self.name.start.saturating_sub(MAX_GAP_BYTES)..self.name.start).unwrap_or_default();
        trim_end(before, b"\"'`\\ \t\r\n").last() == Some(&b'(')
    }

    /// After `=`, `:`, `:=`, `=>`, `==`, `===`.
    fn after_operator(&self, mut at: usize, is_quoted_name: bool) -> Option<Range<usize>> {
        let colon = self.byte(at) == Some(b':');
        while self.byte(at).is_some_and(|byte| matches!(byte, b'=' | b':')) || self.starts(at, b">") && !colon {
            at += 1;
        }
        let start = at;
        let at = self.skip_blanks(at);
        if let Some(literal) = self.literal(at) {
            return Some(literal);
        }
        match self.syntax {
            Syntax::Config | Syntax::Prose => self.bare_value(at, colon).or_else(|| self.default_below(start)),
            Syntax::Json => self.default_inside(at),
            Syntax::Code if colon && !is_quoted_name => self.typed_declaration(at),
            _ => None,
        }
    }

    /// A string literal that starts at `at`: its content.
    fn literal(&self, mut at: usize) -> Option<Range<usize>> {
        // Prefixes of literals: `b"…"`, `f'…'`, `@"…"`, `$"…"`, `r#"…"#`.
        let prefix = self.slice(at, 3).iter().take_while(|byte| b"bBrRuUfF@$#".contains(byte)).count();
        let after = at + prefix;
        let escaped = self.byte(after) == Some(b'\\');
        let quote_at = after + usize::from(escaped);
        let quote = self.byte(quote_at).filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
        at = quote_at + 1;
        let start = at;
        let rest = self.slice(at, MAX_VALUE_BYTES);
        let mut skip = false;
        for (offset, byte) in rest.iter().enumerate() {
            match byte {
                b'\n' | b'\r' => return None,
                b'\\' if !skip && escaped => {
                    return (self.byte(start + offset + 1) == Some(quote)).then(|| start..start + offset);
                }
                b'\\' if !skip => skip = true,
                _ if *byte == quote && !skip => {
                    // `'abc' | 'def'` is a type, `"%s" % x` a template.
                    let next = self.byte(self.skip_blanks(start + offset + 1));
                    let is_value = !(next == Some(b'|')
                        && self.syntax == Syntax::Code
                        && !self.starts(self.skip_blanks(start + offset + 1), b"||"));
                    return (is_value && offset > 0).then(|| start..start + offset);
                }
                _ => skip = false,
            }
        }
        None
    }

    /// An unquoted value of configuration: to the end of the line or the comment, and without white space in it.
    fn bare_value(&self, at: usize, colon: bool) -> Option<Range<usize>> {
        let line = self.slice(at, MAX_VALUE_BYTES).split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
        let comment = line.windows(2).position(|pair| pair == b" #").unwrap_or(line.len());
        let mut value = line.get(..comment)?.trim_ascii_end();
        if !colon {
            value = value.split(|byte| byte.is_ascii_whitespace()).next()?;
        }
        while let Some(shorter) =
            value.strip_suffix(b",").or_else(|| value.strip_suffix(b";")).or_else(|| value.strip_suffix(b"\\"))
        {
            value = shorter.trim_ascii_end();
        }
        let is_plain = value.first().is_some_and(|first| !b"|>&*!{[\"'`(".contains(first))
            && !value.iter().any(u8::is_ascii_whitespace);
        is_plain.then(|| at..at + value.len())
    }

    /// `--password value` on a command line.
    fn bare_word(&self, at: usize) -> Option<Range<usize>> {
        if let Some(literal) = self.literal(at) {
            return Some(literal);
        }
        let word = self
            .slice(at, MAX_VALUE_BYTES)
            .split(|byte| byte.is_ascii_whitespace() || b"\"'`,;)".contains(byte))
            .next()?;
        let is_value = self.syntax == Syntax::Config && !word.starts_with(b"-") && !word.is_empty();
        is_value.then(|| at..at + word.len())
    }

    fn is_flag(&self) -> bool {
        self.slice(self.name.start, 2) == b"--" && self.syntax != Syntax::Json
    }

    /// `setPassword("…")`, `with_api_key("…")`, `password("…")`.
    fn setter_argument(&self, at: usize) -> Option<Range<usize>> {
        let name = self.slice(self.name.start, self.name.len());
        let last = name.rsplit(|byte| *byte == b'.').next().unwrap_or(name);
        let words = name::words(last);
        let sets = words.len() == 1 || words.first().is_some_and(|word| name::is_one_of(word, &["set", "with"]));
        if sets && self.syntax == Syntax::Code { self.literal(self.skip_blanks(at)) } else { None }
    }

    /// `get(NAME) || "default"`, `env(NAME) ?? "default"`.
    fn after_call(&self, at: usize) -> Option<Range<usize>> {
        let at = self.skip_blanks(at);
        (self.starts(at, b"||") || self.starts(at, b"??")).then(|| self.literal(self.skip_blanks(at + 2))).flatten()
    }

    /// `name: Type = "value"`, `name Type = "value"`, `name "value"` after `#define`.
    fn typed_declaration(&self, at: usize) -> Option<Range<usize>> {
        const MAX_TYPE_BYTES: usize = 48;
        let is_type = |byte: &u8| byte.is_ascii_alphanumeric() || b"_<>[]?.*& ".contains(byte);
        let type_length = self.slice(at, MAX_TYPE_BYTES).iter().take_while(|byte| is_type(byte)).count();
        let after = at + type_length;
        let assigns = type_length > 0
            && self.byte(after) == Some(b'=')
            && !self.starts(after, b"==")
            && !self.starts(after, b"=>");
        if assigns { self.literal(self.skip_blanks(after + 1)) } else { None }
    }

    /// `<name>value</…`.
    fn element(&self, at: usize) -> Option<Range<usize>> {
        let length = self.slice(at, MAX_VALUE_BYTES).iter().position(|byte| *byte == b'<')?;
        let value = self.slice(at, length);
        (length > 0 && !value.iter().any(u8::is_ascii_whitespace)).then(|| at..at + length)
    }

    /// Whether the name stands as the value of a field called name or key: `name: DB_PASSWORD`, `key="password"`.
    fn is_value_of_name_field(&self) -> bool {
        let before = self.text.get(self.name.start.saturating_sub(MAX_GAP_BYTES)..self.name.start).unwrap_or_default();
        let before = trim_end(before, b"\"'\\ \t");
        let Some(field) = before.strip_suffix(b":").or_else(|| before.strip_suffix(b"=")) else { return false };
        let field = trim_end(field, b"\"'\\ \t");
        let length = field.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let field = field.get(field.len() - length..).unwrap_or_default();
        name::is_one_of(field, &["name", "key", "variable", "parameterkey", "envname"])
    }

    /// The value in the `value` field that follows a `name` field.
    fn paired_value(&self) -> Option<Range<usize>> {
        let near = self.slice(self.name.end, PAIR_REACH_BYTES);
        let near = near.get(..near.iter().position(|byte| *byte == b'}').unwrap_or(near.len()))?;
        let at = find_field(near, &[b"value", b"Value", b"ParameterValue", b"parameterValue"])?;
        self.value_of_field(self.name.end + at)
    }

    /// `NAME:` followed by more indented lines, of which one is `Default:` (a parameter of a template).
    fn default_below(&self, at: usize) -> Option<Range<usize>> {
        let indent_of = |line: &[u8]| line.iter().take_while(|byte| **byte == b' ').count();
        let line_start =
            self.text.get(..self.name.start)?.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let own_indent = indent_of(self.text.get(line_start..self.name.start)?);
        let near = self.slice(at, PAIR_REACH_BYTES);
        let mut offset = 0;
        for (number, line) in near.split(|byte| *byte == b'\n').enumerate() {
            let is_blank = line.trim_ascii().is_empty();
            if number == 0 && !is_blank && !line.trim_ascii().starts_with(b"{")
                || number > 0 && !is_blank && indent_of(line) <= own_indent
            {
                return None;
            }
            if let Some(field) = find_field(line, &[b"Default", b"default"]) {
                return self.value_of_field(at + offset + field);
            }
            offset += line.len() + 1;
        }
        None
    }

    /// `"name": { … "Default": "value" … }` and `variable "name" { default = "value" }`.
    fn default_inside(&self, at: usize) -> Option<Range<usize>> {
        let near = self.slice(at, PAIR_REACH_BYTES);
        if near.first() != Some(&b'{') {
            return None;
        }
        let near = near.get(..near.iter().position(|byte| *byte == b'}').unwrap_or(near.len()))?;
        self.value_of_field(at + find_field(near, &[b"Default", b"default"])?)
    }

    /// What follows `value:` or `default =`; `at` is just after the field's name.
    fn value_of_field(&self, at: usize) -> Option<Range<usize>> {
        let (at, _) = self.after_closing_quote(at);
        let at = self.skip_blanks(at);
        let colon = self.byte(at) == Some(b':');
        if !colon && self.byte(at) != Some(b'=') {
            return None;
        }
        let at = self.skip_blanks(at + 1);
        self.literal(at).or_else(|| (self.syntax == Syntax::Config).then(|| self.bare_value(at, colon)).flatten())
    }

    /// Past `"`, `'`, `\"` and `]`, and which quote it was.
    fn after_closing_quote(&self, at: usize) -> (usize, Option<u8>) {
        let escaped = usize::from(self.byte(at) == Some(b'\\'));
        match self.byte(at + escaped) {
            Some(quote @ (b'"' | b'\'' | b'`')) => {
                let at = at + escaped + 1;
                (at + usize::from(self.byte(at) == Some(b']')), Some(quote))
            }
            _ => (at, None),
        }
    }

    /// Past blanks; in code and JSON also past one line end, as values may stand on the next line.
    fn skip_blanks(&self, at: usize) -> usize {
        let may_wrap = matches!(self.syntax, Syntax::Code | Syntax::Json);
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t') || may_wrap && matches!(byte, b'\n' | b'\r');
        at + self.slice(at, MAX_GAP_BYTES).iter().take_while(|byte| is_blank(byte)).count()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    fn starts(&self, at: usize, start: &[u8]) -> bool {
        self.slice(at, start.len()) == start
    }

    /// Up to `length` bytes from `at`.
    fn slice(&self, at: usize, length: usize) -> &[u8] {
        self.text.get(at..at.saturating_add(length).min(self.text.len())).unwrap_or_default()
    }
}

/// Just after the first of `fields` that stands as a whole word in `text`.
fn find_field(text: &[u8], fields: &[&[u8]]) -> Option<usize> {
    let is_word =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let find = |field: &[u8]| {
        let mut windows = text.windows(field.len()).enumerate();
        let found = windows.find(|(at, window)| {
            *window == field
                && !is_word(at.checked_sub(1).and_then(|before| text.get(before)))
                && !is_word(text.get(at + field.len()))
        });
        found.map(|(at, _)| at + field.len())
    };
    fields.iter().filter_map(|field| find(field)).min()
}

fn trim_end<'a>(mut text: &'a [u8], of: &[u8]) -> &'a [u8] {
    while let Some((last, rest)) = text.split_last() {
        if !of.contains(last) {
            break;
        }
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads around the first `hit`; `expected` is the value, empty for none.
    fn check(text: &str, hit: &str, syntax: Syntax, expected: &str) {
        let at = text.to_lowercase().find(hit).unwrap();
        let name = name_around(text.as_bytes(), at..at + hit.len());
        let found = read(text.as_bytes(), name, syntax);
        assert_eq!(found.map_or("", |found| &text[found.value]), expected, "{text:?} as {syntax:?}");
    }

    #[test]
    fn reads_assignments_of_code() {
        for (text, expected) in [
            ("password = \"abc\"", "abc"),
            ("password='abc';", "abc"),
            ("{ password: 'abc' }", "abc"),
            ("'password' => 'abc',", "abc"),
            ("config[\"password\"] = \"abc\"", "abc"),
            ("os.getenv('DB_PASSWORD', 'abc')", "abc"),
            ("process.env.DB_PASSWORD || 'abc'", "abc"),
            ("process.env.DB_PASSWORD ?? `abc`", "abc"),
            ("password: str = 'abc'", "abc"),
            ("const password: string = 'abc'", "abc"),
            ("var password string = \"abc\"", "abc"),
            ("conn.setPassword(\"abc\")", "abc"),
            ("conn.getPassword(\"abc\")", ""),
            ("if password == 'abc'", "abc"),
            ("if password != 'abc'", ""),
            ("password = get_password()", ""),
            ("password = other", ""),
            ("password: 'abc' | 'def'", ""),
            ("\\\"password\\\": \\\"abc\\\"", "abc"),
            ("password = b'abc'", "abc"),
            ("password =\n    'abc'", "abc"),
            ("password = 'a\\'bc'", "a\\'bc"),
            ("password = ''", ""),
            ("password", ""),
            ("names = ['password', 'abc']", ""),
            ("# the password: 'abc'", ""),
            ("private password: string = 'abc'", "abc"),
            (":password => 'abc'", "abc"),
        ] {
            check(text, "password", Syntax::Code, expected);
        }
    }

    #[test]
    fn reads_assignments_of_configuration() {
        for (text, expected) in [
            ("DB_PASSWORD=abc\nX=1", "abc"),
            ("export DB_PASSWORD=\"abc\"", "abc"),
            ("  DB_PASSWORD: abc # comment", "abc"),
            ("  DB_PASSWORD: 'abc'", "abc"),
            ("password = abc;", "abc"),
            ("docker run -e DB_PASSWORD=abc image", "abc"),
            ("cli --password abc --other", "abc"),
            ("- Name: DB_PASSWORD\n  Value: abc\n", "abc"),
            ("- name: DB_PASSWORD\n  valueFrom: abc\n", ""),
            ("  DbPassword:\n    Type: String\n    Default: abc\n", "abc"),
            ("  DbPassword:\n    Type: String\n  Other:\n    Default: abc\n", ""),
            ("variable \"db_password\" {\n  default = \"abc\"\n}", "abc"),
            ("DB_PASSWORD: !Ref Parameter", ""),
            ("password: |\n  abc", ""),
            ("password: the word you use", ""),
            ("password:\n", ""),
            ("x: arn:aws:secretsmanager:eu-west-1:1:password:abc", ""),
        ] {
            check(text, "password", Syntax::Config, expected);
        }
    }

    #[test]
    fn reads_assignments_of_json_and_markup() {
        for (text, expected) in [
            ("{\"password\": \"abc\"}", "abc"),
            ("{\"name\": \"password\", \"value\": \"abc\"}", "abc"),
            ("{\"DbPassword\": {\"Type\": \"String\", \"Default\": \"abc\"}}", "abc"),
            ("{\"password\": true}", ""),
            ("{\"issue\": \"hardcoded password: 'abc'\"}", ""),
        ] {
            check(text, "password", Syntax::Json, expected);
        }
        for (text, expected) in [
            ("<password>abc</password>", "abc"),
            ("<add key=\"password\" value=\"abc\"/>", "abc"),
            ("<db user=\"u\" password=\"abc\"/>", "abc"),
            ("<password></password>", ""),
        ] {
            check(text, "password", Syntax::Markup, expected);
        }
    }
}
