//! Literal texts in code.

use oxc_allocator::Allocator;
use oxc_ast::ast::{StringLiteral, TemplateElement};
use oxc_ast_visit::Visit;
use oxc_parser::Parser;
use oxc_span::SourceType;

/// A text as it stands in the code, without quotes.
pub(super) struct Literal {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: String,
}

const MIN_TEXT_BYTES: usize = 16;
pub(super) const MAX_TEXT_BYTES: usize = 96;

/// Every literal of `code` in its order; none where the code cannot be read.
pub(super) fn of(code: &str) -> Vec<Literal> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, code, SourceType::cjs()).parse();
    let mut collector = Collector { code, literals: Vec::new() };
    collector.visit_program(&parsed.program);
    collector.literals.sort_by_key(|literal| literal.start);
    collector.literals
}

struct Collector<'c> {
    code: &'c str,
    literals: Vec<Literal>,
}

impl Collector<'_> {
    fn take(&mut self, start: usize, end: usize) {
        let text = self.code[start..end].to_owned();
        self.literals.push(Literal { start, end, text });
    }
}

impl<'a> Visit<'a> for Collector<'_> {
    fn visit_string_literal(&mut self, literal: &StringLiteral<'a>) {
        self.take(literal.span.start as usize + 1, literal.span.end as usize - 1);
    }

    fn visit_template_element(&mut self, element: &TemplateElement<'a>) {
        let (start, end) = (element.span.start as usize, element.span.end as usize);
        let text = self.code[start..end].trim_start_matches(['`', '}']);
        let text = text.trim_end_matches('`').trim_end_matches("${");
        let start = start + self.code[start..end].find(text).unwrap_or_default();
        self.take(start, start + text.len());
    }
}

/// Whether a text says enough, and stands in code as it is. Addresses, mail addresses and paths of modules or of a service do
/// not: anybody's code may hold these.
pub(super) fn is_telling(text: &str) -> bool {
    (MIN_TEXT_BYTES..=MAX_TEXT_BYTES).contains(&text.len())
        && text
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'$' | b'}'))
        && !text.starts_with(['#', '.', '/', '@'])
        && (text.contains(' ') || !text.contains('/'))
        && !["://", "www.", "node_modules", ".js", "@"].iter().any(|mark| text.contains(mark))
        && text.bytes().filter(u8::is_ascii_alphabetic).count() * 3 >= text.len() * 2
}

/// Whether a text is prose: names of members and errors are written by users of a library too.
pub(super) fn is_prose(text: &str) -> bool {
    text.split(' ').filter(|word| !word.is_empty()).count() >= 3
}

pub(super) fn is_version(text: &str) -> bool {
    text.len() < 32 && text.starts_with(|first: char| first.is_ascii_digit()) && text.split('.').count() >= 3
}
