//! The syntax of `${…}` variables.
//!
//! **Source**: the Serverless Framework's variables guide, and the behaviour of `osls` 3.77 (MIT), which continues v3.
//! **Supported**: every form of v2 and v3, `\${` escapes, and v1's variable as a fallback (`${opt:a, ${self:b}}`).
//! **Unsupported (→ [`SyntaxError`], which callers turn into a gap)**: v1's custom `provider.variableSyntax`.
//!
//! ```text
//! template := (text | "${" source ("," source)* "}")*
//! source   := kind ["(" [parameter ("," parameter)*] ")"] [":" address] | literal | template
//! kind     := [a-z][a-zA-Z0-9.-]*
//! literal  := "'"…"'" | '"'…'"' | number | "true" | "false" | "null"
//! ```
//! What does not start with a kind (`${AWS::Region}`, `${Table.Arn}`) is not a variable: it stays text, and belongs to
//! CloudFormation or to the program that reads the value.

/// How deep variables may lie inside each other; deeper is a syntax error. Real projects stay below 4.
const MAX_NESTING_LEVELS: usize = 16;

/// Text and variables in the order they stand. No text piece is empty, and no two are adjacent.
pub(super) type Template = Vec<Piece>;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Variable(Variable),
}

/// One `${…}`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Variable {
    /// As it is written, braces included.
    pub(super) text: String,
    /// In the order to try; never empty.
    pub(super) sources: Vec<Source>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    Literal(Literal),
    /// `file(a.yml):path`: kind `file`, parameter `a.yml`, address `path`.
    Lookup {
        kind: String,
        parameters: Vec<Parameter>,
        address: Option<Template>,
    },
    Nested(Template),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Parameter {
    Literal(Literal),
    Template(Template),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Text(String),
    /// As it is written.
    Number(String),
    Boolean(bool),
    Null,
}

/// Why a text is not well formed: a clause to follow `the variable …`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum SyntaxError {
    #[error("lacks its closing brace")]
    Unterminated,
    #[error("is nested too deep")]
    TooDeep,
    #[error("has a part that is neither a source such as `self:` nor a quoted literal")]
    InvalidSource,
    #[error("has something after a source that is neither a comma nor the closing brace")]
    InvalidAddress,
}

/// The pieces of `text`.
///
/// # Errors
/// When a variable that can be nothing else is not well formed.
pub(super) fn parse(text: &str) -> Result<Template, SyntaxError> {
    let mut parser = Parser { rest: text };
    let template = parser.template(0, |_| false, Foreign::Text)?;
    Ok(template)
}

/// Whether `text` can have variables at all; cheap.
pub(super) fn has_variables(text: &str) -> bool {
    text.contains("${")
}

/// What to do with a `${` that starts no variable.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Foreign {
    Text,
    Error,
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    /// Pieces up to a character that `ends` the template, which is not consumed, or the end of the text.
    fn template(
        &mut self,
        level: usize,
        ends: impl Fn(char) -> bool,
        foreign: Foreign,
    ) -> Result<Template, SyntaxError> {
        let mut pieces = Template::new();
        let mut text = String::new();
        while let Some(next) = self.peek() {
            if ends(next) {
                break;
            }
            if next == '\\' {
                text.push_str(&self.escape());
            } else if self.rest.starts_with("${") {
                match self.variable(level)? {
                    Some(variable) => {
                        push_text(&mut pieces, &mut text);
                        pieces.push(Piece::Variable(variable));
                    }
                    None if foreign == Foreign::Text => {
                        self.skip("${");
                        text.push_str("${");
                    }
                    None => return Err(SyntaxError::InvalidSource),
                }
            } else {
                self.skip_char();
                text.push(next);
            }
        }
        push_text(&mut pieces, &mut text);
        Ok(pieces)
    }

    /// The text that a run of backslashes stands for: before `${` each pair is one backslash, and an odd one makes the
    /// `${` text (then consumed); elsewhere they stand for themselves.
    fn escape(&mut self) -> String {
        let after = self.rest.trim_start_matches('\\');
        let count = self.rest.len() - after.len();
        self.rest = after;
        if !after.starts_with("${") {
            return "\\".repeat(count);
        }
        let mut text = "\\".repeat(count / 2);
        if count % 2 == 1 {
            self.skip("${");
            text.push_str("${");
        }
        text
    }

    /// The variable at `${`; `None`, and nothing consumed, when what follows is no variable of the framework's.
    fn variable(&mut self, level: usize) -> Result<Option<Variable>, SyntaxError> {
        let start = self.rest;
        self.skip("${");
        let Some(first) = self.first_source(level)? else {
            self.rest = start;
            return Ok(None);
        };
        let mut sources = vec![first];
        loop {
            self.skip_spaces();
            match self.peek() {
                Some('}') => break,
                Some(',') => self.skip_char(),
                Some(_) => return Err(SyntaxError::InvalidAddress),
                None => return Err(SyntaxError::Unterminated),
            }
            self.skip_spaces();
            sources.push(self.fallback(level)?);
        }
        self.skip_char();
        Ok(Some(Variable { text: consumed(start, self.rest), sources }))
    }

    /// The first source, which must be a lookup; `None` when it is not one.
    fn first_source(&mut self, level: usize) -> Result<Option<Source>, SyntaxError> {
        let kind = self.take_while(is_kind_char);
        let is_kind = kind.starts_with(|first: char| first.is_ascii_lowercase());
        match self.peek() {
            Some(':' | '(') if is_kind && !self.rest.starts_with("::") => self.lookup(kind, level).map(Some),
            _ => Ok(None),
        }
    }

    /// A source after a comma.
    fn fallback(&mut self, level: usize) -> Result<Source, SyntaxError> {
        if let Some(literal) = self.quoted()? {
            return Ok(Source::Literal(literal));
        }
        if self.rest.starts_with("${") {
            let nested = self.template(next_level(level)?, |end| matches!(end, ',' | '}'), Foreign::Error)?;
            return Ok(Source::Nested(nested));
        }
        let word = self.take_while(|letter| is_kind_char(letter) || letter == ' ').trim_end();
        match self.peek() {
            Some(':' | '(') if word.starts_with(|first: char| first.is_ascii_lowercase()) => self.lookup(word, level),
            Some(',' | '}') => literal_of(word).map(Source::Literal).ok_or(SyntaxError::InvalidSource),
            Some(_) => Err(SyntaxError::InvalidSource),
            None => Err(SyntaxError::Unterminated),
        }
    }

    /// What follows the kind of a lookup.
    fn lookup(&mut self, kind: &str, level: usize) -> Result<Source, SyntaxError> {
        let level = next_level(level)?;
        let mut parameters = Vec::new();
        if self.peek() == Some('(') {
            self.skip_char();
            parameters = self.parameters(level)?;
            self.skip_spaces();
        }
        let mut address = None;
        if self.peek() == Some(':') {
            self.skip_char();
            self.skip_spaces();
            address = self.address(level)?;
        }
        Ok(Source::Lookup { kind: kind.to_owned(), parameters, address })
    }

    fn address(&mut self, level: usize) -> Result<Option<Template>, SyntaxError> {
        if let Some(literal) = self.quoted()? {
            return Ok(Some(vec![Piece::Text(literal.into_text())]));
        }
        let mut address = self.template(level, |end| matches!(end, ',' | '}'), Foreign::Error)?;
        trim_end(&mut address);
        Ok(Some(address).filter(|pieces| !pieces.is_empty()))
    }

    /// Parameters up to the closing parenthesis, which is consumed.
    fn parameters(&mut self, level: usize) -> Result<Vec<Parameter>, SyntaxError> {
        let mut parameters = Vec::new();
        loop {
            self.skip_spaces();
            match self.peek() {
                Some(')') => break,
                Some(',') => parameters.push(Parameter::Literal(Literal::Null)),
                Some('}') => return Err(SyntaxError::InvalidSource),
                Some(_) => parameters.push(self.parameter(level)?),
                None => return Err(SyntaxError::Unterminated),
            }
            self.skip_spaces();
            match self.peek() {
                Some(')') => break,
                Some(',') => self.skip_char(),
                Some(_) => return Err(SyntaxError::InvalidSource),
                None => return Err(SyntaxError::Unterminated),
            }
        }
        self.skip_char();
        Ok(parameters)
    }

    fn parameter(&mut self, level: usize) -> Result<Parameter, SyntaxError> {
        if let Some(literal) = self.quoted()? {
            return Ok(Parameter::Literal(literal));
        }
        let mut pieces = self.template(level, |end| matches!(end, ',' | ')' | '}'), Foreign::Error)?;
        trim_end(&mut pieces);
        Ok(match pieces.as_slice() {
            [] => Parameter::Literal(Literal::Null),
            [Piece::Text(word)] => Parameter::Literal(literal_of(word).unwrap_or_else(|| Literal::Text(word.clone()))),
            _ => Parameter::Template(pieces),
        })
    }

    /// The quoted literal that starts here, if one does. Double quotes have JSON's escapes, single quotes none.
    fn quoted(&mut self) -> Result<Option<Literal>, SyntaxError> {
        let Some(quote) = self.peek().filter(|first| matches!(first, '"' | '\'')) else { return Ok(None) };
        let start = self.rest;
        self.skip_char();
        loop {
            match self.peek().ok_or(SyntaxError::Unterminated)? {
                '\\' if quote == '"' => {
                    self.skip_char();
                    self.skip_char();
                }
                end => {
                    self.skip_char();
                    if end == quote {
                        break;
                    }
                }
            }
        }
        let written = consumed(start, self.rest);
        let text = match quote {
            '"' => serde_json::from_str(&written).map_err(|_| SyntaxError::InvalidSource)?,
            _ => written.trim_matches('\'').to_owned(),
        };
        Ok(Some(Literal::Text(text)))
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn skip(&mut self, prefix: &str) {
        self.rest = self.rest.strip_prefix(prefix).unwrap_or(self.rest);
    }

    fn skip_char(&mut self) {
        let mut chars = self.rest.chars();
        chars.next();
        self.rest = chars.as_str();
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take_while(&mut self, accepts: impl Fn(char) -> bool) -> &'a str {
        let after = self.rest.trim_start_matches(accepts);
        let taken = self.rest.strip_suffix(after).unwrap_or("");
        self.rest = after;
        taken
    }
}

impl Literal {
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) => text,
            Self::Boolean(value) => value.to_string(),
            Self::Null => String::new(),
        }
    }
}

fn push_text(pieces: &mut Template, text: &mut String) {
    if !text.is_empty() {
        pieces.push(Piece::Text(std::mem::take(text)));
    }
}

fn trim_end(pieces: &mut Template) {
    if let Some(Piece::Text(text)) = pieces.last_mut() {
        text.truncate(text.trim_end().len());
        if text.is_empty() {
            pieces.pop();
        }
    }
}

fn next_level(level: usize) -> Result<usize, SyntaxError> {
    if level < MAX_NESTING_LEVELS { Ok(level + 1) } else { Err(SyntaxError::TooDeep) }
}

fn consumed(start: &str, rest: &str) -> String {
    start.strip_suffix(rest).unwrap_or(start).to_owned()
}

fn is_kind_char(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-')
}

/// The unquoted literal that `word` is, if it is one.
fn literal_of(word: &str) -> Option<Literal> {
    match word {
        "true" => Some(Literal::Boolean(true)),
        "false" => Some(Literal::Boolean(false)),
        "null" => Some(Literal::Null),
        _ => word.parse::<f64>().ok().filter(|number| number.is_finite()).map(|_| Literal::Number(word.to_owned())),
    }
}

#[cfg(test)]
mod tests;
