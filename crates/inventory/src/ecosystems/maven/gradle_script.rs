//! The text of Gradle's build scripts as statements with blocks: as much of Groovy and Kotlin as both share.
//!
//! **Source**: Gradle's DSL references for Groovy and Kotlin. **Supported**: comments, strings of every quotation but slashes,
//! calls with and without parentheses, blocks. **Unsupported**: what the statements mean; text that is neither language still
//! gives statements, which then mean nothing.

/// Blocks inside blocks that are kept apart; written scripts have some six.
const MAX_NESTED_BLOCKS: usize = 48;

/// What stands on a line up to its block, and the statements in that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) tokens: Vec<Token>,
    pub(crate) block: Option<Vec<Self>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// 1-based.
    pub(crate) line: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name with all that dots add: `libs.commons.io`.
    Word(String),
    /// Without its quotation marks; a template holds `$name` and `${…}`.
    Text {
        text: String,
        is_template: bool,
    },
    Mark(char),
}

impl Token {
    pub(crate) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(crate) fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    fn is_opening(&self) -> bool {
        matches!(self.kind, Kind::Mark('(' | '[' | '{'))
    }

    fn is_closing(&self) -> bool {
        matches!(self.kind, Kind::Mark(')' | ']' | '}'))
    }
}

impl Statement {
    /// Its first word; empty when it begins otherwise.
    pub(crate) fn head(&self) -> &str {
        self.tokens.first().and_then(Token::word).unwrap_or_default()
    }

    pub(crate) fn inside(&self) -> &[Self] {
        self.block.as_deref().unwrap_or_default()
    }
}

pub(crate) fn parse(text: &str) -> Vec<Statement> {
    Parser { tokens: tokens(text).into_iter().peekable() }.statements(0)
}

/// The parts between commas that stand in no bracket.
pub(crate) fn arguments(tokens: &[Token]) -> Vec<&[Token]> {
    split(without_brackets(tokens), ',')
}

/// The parts between marks that stand in no bracket; empty ones left out.
pub(crate) fn split(tokens: &[Token], mark: char) -> Vec<&[Token]> {
    let mut depth = 0_usize;
    let parts = tokens.split(|token| {
        if token.is_opening() {
            depth += 1;
        } else if token.is_closing() {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && token.is_mark(mark)
    });
    parts.filter(|part| !part.is_empty()).collect()
}

/// The tokens inside the brackets when one pair stands around all of them.
pub(crate) fn without_brackets(mut tokens: &[Token]) -> &[Token] {
    while let [first, inner @ .., last] = tokens
        && matches!((&first.kind, &last.kind), (Kind::Mark('('), Kind::Mark(')')) | (Kind::Mark('['), Kind::Mark(']')))
        && is_balanced(inner)
    {
        tokens = inner;
    }
    tokens
}

fn is_balanced(tokens: &[Token]) -> bool {
    let mut depth = 0_usize;
    for token in tokens {
        if token.is_opening() {
            depth += 1;
        } else if token.is_closing() {
            let Some(outer) = depth.checked_sub(1) else { return false };
            depth = outer;
        }
    }
    depth == 0
}

/// Characters of a statement shown in a gap.
const MAX_SHOWN: usize = 60;

/// The tokens as text, shortened.
pub(crate) fn shown(tokens: &[Token]) -> String {
    let mut text = String::new();
    for token in tokens {
        let is_after_word = text.ends_with(|c: char| c.is_alphanumeric());
        match &token.kind {
            Kind::Word(word) if is_after_word => text.extend([" ", word]),
            Kind::Word(word) => text.push_str(word),
            Kind::Text { text: inner, .. } => {
                text.extend([if is_after_word { " \"" } else { "\"" }, inner, "\""]);
            }
            Kind::Mark('\n') => {}
            Kind::Mark(mark @ (',' | ':')) => text.extend([*mark, ' ']),
            Kind::Mark(mark) => text.push(*mark),
        }
        if text.len() > MAX_SHOWN * 4 {
            break;
        }
    }
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
}

impl Parser {
    /// The statements up to the closing bracket of this block, or the end.
    fn statements(&mut self, depth: usize) -> Vec<Statement> {
        let mut statements: Vec<Statement> = Vec::new();
        let mut current = Statement::default();
        let mut brackets = 0_usize;
        while let Some(token) = self.tokens.next() {
            match token.kind {
                Kind::Mark('}') if brackets == 0 => break,
                Kind::Mark('{') if brackets == 0 => {
                    // A block on a line of its own belongs to the line before.
                    if current.tokens.is_empty() {
                        current = statements.pop_if(|last| last.block.is_none()).unwrap_or_default();
                    }
                    current.block = Some(self.block(depth));
                    statements.push(std::mem::take(&mut current));
                }
                Kind::Mark('\n' | ';') => {
                    if brackets == 0 && !goes_on(&current.tokens) {
                        statements.push(std::mem::take(&mut current));
                    }
                }
                _ => {
                    if token.is_opening() {
                        brackets += 1;
                    } else if token.is_closing() {
                        brackets = brackets.saturating_sub(1);
                    }
                    current.tokens.push(token);
                }
            }
        }
        statements.push(current);
        statements.retain(|statement| !statement.tokens.is_empty() || statement.block.is_some());
        statements
    }

    fn block(&mut self, depth: usize) -> Vec<Statement> {
        if depth < MAX_NESTED_BLOCKS {
            return self.statements(depth + 1);
        }
        let mut open = 1_usize;
        while open > 0 {
            match self.tokens.next().map(|token| token.kind) {
                Some(Kind::Mark('{')) => open += 1,
                Some(Kind::Mark('}')) => open -= 1,
                Some(_) => {}
                None => break,
            }
        }
        Vec::new()
    }
}

/// Whether the next line belongs to the statement.
fn goes_on(tokens: &[Token]) -> bool {
    tokens.last().is_none_or(|last| matches!(last.kind, Kind::Mark(',' | '+' | '=' | ':' | '?')))
}

/// The tokens of the text; the end of a line is one.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut line = 1_u32;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (kind, length) = match c {
            '/' if rest.starts_with("//") => (None, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => (None, rest.find("*/").map_or(rest.len(), |end| end + 2)),
            '"' | '\'' => {
                let (kind, length) = quoted(rest, c);
                (Some(kind), length)
            }
            '`' => {
                let name = rest.get(1..).unwrap_or_default();
                let end = name.find(['`', '\n']).unwrap_or(name.len());
                (Some(Kind::Word(name.get(..end).unwrap_or_default().to_owned())), (end + 2).min(rest.len()))
            }
            c if is_of_word(c) => {
                let length = rest.find(|c| !is_of_word(c) && c != '.').unwrap_or(rest.len());
                let word = rest.get(..length).unwrap_or_default().trim_end_matches('.');
                (Some(Kind::Word(word.to_owned())), word.len())
            }
            '\n' => (Some(Kind::Mark('\n')), 1),
            c if c.is_whitespace() => (None, c.len_utf8()),
            c => (Some(Kind::Mark(c)), c.len_utf8()),
        };
        tokens.extend(kind.map(|kind| Token { kind, line }));
        // A length that ends inside a character only comes of a text that ends in its middle.
        let (read, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        line = line.saturating_add(u32::try_from(read.matches('\n').count()).unwrap_or(u32::MAX));
        rest = after;
    }
    tokens
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

/// The string that `rest` begins with, and its length with its quotation marks. One that is not closed ends with its line.
fn quoted(rest: &str, quote: char) -> (Kind, usize) {
    let triple = [quote; 3].iter().collect::<String>();
    let mark = if rest.starts_with(&triple) { &*triple } else { rest.get(..1).unwrap_or_default() };
    let is_template = quote == '"';
    let inner = rest.get(mark.len()..).unwrap_or_default();
    let end = end_of_string(inner, mark, is_template);
    let text = inner.get(..end).unwrap_or(inner).to_owned();
    let length = (mark.len() + end + mark.len()).min(rest.len());
    // The line's end is not part of a string that it ends.
    let is_closed = inner.get(end..).is_some_and(|after| after.starts_with(mark));
    (Kind::Text { text, is_template }, if is_closed { length } else { mark.len() + end })
}

fn end_of_string(inner: &str, mark: &str, is_template: bool) -> usize {
    let mut is_escaped = false;
    let mut nested = 0_usize;
    let mut before = ' ';
    for (at, c) in inner.char_indices() {
        let ends_line = c == '\n' && mark.len() == 1;
        let closes = nested == 0 && !is_escaped && inner.get(at..).is_some_and(|rest| rest.starts_with(mark));
        if ends_line || closes {
            return at;
        }
        match c {
            '{' if is_template && !is_escaped && (before == '$' || nested > 0) => nested += 1,
            '}' => nested = nested.saturating_sub(1),
            _ => {}
        }
        is_escaped = c == '\\' && !is_escaped;
        before = c;
    }
    inner.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(statements: &[Statement]) -> String {
        let one = |statement: &Statement| match &statement.block {
            Some(block) => format!("{}{{{}}}", shown(&statement.tokens), outline(block)),
            None => shown(&statement.tokens),
        };
        statements.iter().map(one).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn reads_statements_of_both_languages() {
        let cases = [
            ("a 'b' // c\nd(\"e\") { f }\n", "a \"b\" | d(\"e\"){f}"),
            ("a 'b',\n  'c'\nd", "a \"b\", \"c\" | d"),
            ("a(\n b,\n c\n)", "a(b, c)"),
            ("a\n{ b }", "a{b}"),
            ("/* { */ x = \"${p(\"y\")}\"", "x=\"${p(\"y\")}\""),
            ("a \"\"\"b\n{\"\"\"; c", "a \"b\n{\" | c"),
            ("a 'open\nb", "a \"open\" | b"),
            ("if (x) { a } else { b }", "if(x){a} | else{b}"),
            ("} }", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(outline(&parse(text)), expected, "{text}");
        }
    }

    #[test]
    fn bounds_blocks_in_blocks() {
        let text = "a {".repeat(100_000);
        assert_eq!(parse(&text).len(), 1);
        assert_eq!(parse(&format!("{}{}b", "a {".repeat(1_000), "}".repeat(1_000))).len(), 2);
    }
}
