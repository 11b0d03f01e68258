//! A bound on how deep a syntax tree can be, from the tokens alone: the parser grows its stack as it needs, but a tree of
//! a hundred thousand levels could not even be dropped.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// Deepest tree that is built.
const MAX_TREE_DEPTH: usize = 2_000;

/// Whether every tree that these tokens may make stays within [`MAX_TREE_DEPTH`]. Cost: one pass of the lexer.
pub(super) fn is_bounded(text: &str) -> bool {
    let mut tokens = lexer::lex(text, Mode::Module);
    // Per open bracket, and for the statement itself: operators since the last comma or line, each at most a level.
    let mut open = vec![0_usize];
    let (mut indents, mut operators) = (0_usize, 0_usize);
    loop {
        let kind = tokens.next_token();
        match kind {
            TokenKind::EndOfFile => return true,
            TokenKind::Indent => indents += 1,
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::Newline => {
                open.truncate(1);
                operators = 0;
                open.iter_mut().for_each(|count| *count = 0);
            }
            TokenKind::Comma | TokenKind::Semi => {
                let count = open.last_mut().map(std::mem::take).unwrap_or(0);
                operators -= count;
            }
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                operators += 1;
                if let Some(count) = open.last_mut() {
                    *count += 1;
                }
                open.push(0);
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd
                if open.len() > 1 =>
            {
                operators -= open.pop().unwrap_or(0);
            }
            kind if kind.is_operator() || kind.is_keyword() => {
                operators += 1;
                if let Some(count) = open.last_mut() {
                    *count += 1;
                }
            }
            _ => {}
        }
        if operators + open.len() + indents > MAX_TREE_DEPTH {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_code_is_bounded_and_deep_code_is_not() {
        let list = format!("x = [{}]\n", "{'a': f(1)}, ".repeat(20_000));
        let calls = "x.y(z)\n".repeat(20_000);
        for (text, expected) in [
            (list.as_str(), true),
            (calls.as_str(), true),
            ("if a:\n  b = (1 + 2) * f'{x}'\n", true),
            (&"(".repeat(5_000), false),
            (&format!("x{}", ".y".repeat(5_000)), false),
            (&format!("1{}", "+1".repeat(5_000)), false),
            (&"lambda: ".repeat(5_000), false),
            (&"f'{".repeat(5_000), false),
            (&(0..3_000).map(|level| format!("{}if x:\n", " ".repeat(level))).collect::<String>(), false),
        ] {
            assert_eq!(is_bounded(text), expected, "{}…", text.get(..20.min(text.len())).unwrap_or_default());
        }
    }
}
