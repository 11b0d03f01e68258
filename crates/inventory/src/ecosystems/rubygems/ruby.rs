//! The little of Ruby that gemspecs and Gemfiles are written in: calls with literal arguments, one statement a line.
//!
//! **Source**: Ruby's documentation, "Literals"; Bundler's of the Gemfile. **Supported**: strings in either quotes and
//! `%q<…>`, comments, statements over several lines. **Unsupported**: values that are computed; readers say what they miss.

/// A statement over more lines than this is cut.
const MAX_JOINED_LINES: usize = 256;

/// A statement with its 1-based first line, without comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) line: u32,
    pub(super) text: String,
}

/// Lines put together where one ends in the middle of a list.
pub(super) fn statements(text: &str) -> Vec<Statement> {
    let mut found: Vec<Statement> = Vec::new();
    let mut joined = 0;
    for (raw, line) in text.lines().zip(1..) {
        let content = without_comment(raw).trim();
        if content == "__END__" {
            break;
        }
        match found.last_mut() {
            Some(last) if joined < MAX_JOINED_LINES && last.text.ends_with([',', '(', '[', '\\', '{']) => {
                last.text.truncate(last.text.trim_end_matches('\\').len());
                last.text.push(' ');
                last.text.push_str(content);
                joined += 1;
            }
            _ if content.is_empty() => {}
            _ => {
                joined = 0;
                found.push(Statement { line, text: content.to_owned() });
            }
        }
    }
    found
}

/// The line up to a `#` outside of strings.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    let mut is_escaped = false;
    for (at, c) in line.char_indices() {
        match (quote, c) {
            _ if is_escaped => is_escaped = false,
            (_, '\\') => is_escaped = true,
            (None, '#') => return line.get(..at).unwrap_or(line),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    line
}

/// A string literal and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Literal<'a> {
    pub(super) text: &'a str,
    /// Byte offsets with the quotes.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The string literals of a statement, in order; escapes are left as written.
pub(super) fn literals(text: &str) -> Vec<Literal<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(open) = rest.find(['"', '\'', '%']) else { break };
        let Some(body) = rest.get(open..) else { break };
        let (skip, close) = if body.starts_with("%q<") || body.starts_with("%Q<") {
            (3, '>')
        } else if body.starts_with('%') {
            at += open + 1;
            continue;
        } else {
            (1, if body.starts_with('"') { '"' } else { '\'' })
        };
        let Some(length) = body.get(skip..).and_then(|inner| inner.find(close)) else { break };
        let end = skip + length + 1;
        if let Some(inner) = body.get(skip..skip + length) {
            found.push(Literal { text: inner, start: at + open, end: at + open + end });
        }
        at += open + end;
    }
    found
}

/// The literal arguments that come first: a name and the requirements behind it, in a list or not.
pub(super) fn leading_arguments(text: &str) -> Vec<&str> {
    let mut end = None;
    let mut found = Vec::new();
    for literal in literals(text) {
        let between = end.and_then(|end| text.get(end..literal.start));
        let is_next = between.is_none_or(|between: &str| {
            let bare = between.replace(".freeze", "");
            bare.chars().all(|c| c.is_whitespace() || matches!(c, ',' | '[' | '(')) && bare.contains(',')
        });
        if !is_next {
            break;
        }
        found.push(literal.text);
        end = Some(literal.end);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_statements_and_drops_comments() {
        let text = "gem 'a', # why\n  '~> 1'\n\ngem \"b#c\"\n__END__\ngem 'z'";
        let found = statements(text);
        let expected = [(1, "gem 'a', '~> 1'"), (4, "gem \"b#c\"")];
        let found: Vec<_> = found.iter().map(|statement| (statement.line, statement.text.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn reads_arguments_up_to_the_first_that_is_named() {
        assert_eq!(leading_arguments("gem 'a', '~> 1', \">= 1.2\", require: 'x'"), ["a", "~> 1", ">= 1.2"]);
        assert_eq!(
            leading_arguments("s.add_runtime_dependency(%q<b>.freeze, [\"~> 1.0\".freeze, \">= 1\"])"),
            ["b", "~> 1.0", ">= 1"]
        );
        assert_eq!(leading_arguments("gem 'a', git: 'x'"), ["a"]);
        assert_eq!(leading_arguments("gem 'a', version"), ["a"]);
        for text in ["%", "'", "%q<", "\"é", "%q<a"] {
            literals(text);
        }
    }
}
