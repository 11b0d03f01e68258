//! Lines of bounded width, with colours where they are wanted.

use model::Severity;

use crate::formats::story::harmless;

/// What a piece of text is, not how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Dim,
    Strong,
    Warning,
    Critical,
    High,
    Good,
    /// Crossed out: the mark beside it says so where there are no colours.
    Struck,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Dim => "2",
            Self::Strong => "1",
            Self::Warning => "33",
            Self::Critical => "1;31",
            Self::High => "31",
            Self::Good => "32",
            Self::Struck => "9",
        }
    }
}

pub(super) fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Critical => Style::Critical,
        Severity::High => Style::High,
        Severity::Medium => Style::Warning,
        Severity::Low | Severity::Info => Style::Dim,
    }
}

/// Text under construction.
pub(super) struct Page {
    text: String,
    width: usize,
    colour: bool,
}

/// What stands before the continuation of an item: as wide as its mark and word.
const CONTINUED: &str = "                ";

/// Narrower than this nothing can be laid out; the text then simply runs on.
const MIN_WIDTH_COLUMNS: usize = 40;

impl Page {
    pub(super) fn new(width: usize, colour: bool) -> Self {
        Self { text: String::new(), width: width.max(MIN_WIDTH_COLUMNS), colour }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// `── left ───── right ──`
    pub(super) fn rule_with(&mut self, left: &str, right: &str, style: Style) {
        let left = &shortened(left, self.width.saturating_sub(right.chars().count() + 10));
        let used = left.chars().count() + right.chars().count() + 8;
        let line = "─".repeat(self.width.saturating_sub(used).max(1));
        let (left, right) = (self.styled(Style::Strong, left), self.styled(style, right));
        self.text.push_str(&format!("── {left} {line} {right} ──\n"));
    }

    /// A title of a part of a block, with a short remark after it.
    pub(super) fn section(&mut self, title: &str, remark: &str) {
        let first = format!("  {} ", self.styled(Style::Strong, title));
        self.wrapped(&first, &" ".repeat(title.chars().count() + 3), Style::Dim, remark);
    }

    pub(super) fn paragraph(&mut self, style: Style, text: &str) {
        self.wrapped("  ", "  ", style, text);
    }

    /// `    mark word      text`, continued under the text.
    pub(super) fn item(&mut self, mark: &str, style: Style, word: &str, text: &str) {
        let first = format!("    {mark} {}", self.styled(style, &format!("{word:<9} ")));
        self.wrapped(&first, CONTINUED, Style::Plain, text);
    }

    /// As `item`, with the text crossed out.
    pub(super) fn struck_item(&mut self, mark: &str, style: Style, word: &str, text: &str) {
        let first = format!("    {mark} {}", self.styled(style, &format!("{word:<9} ")));
        self.wrapped(&first, CONTINUED, Style::Struck, text);
    }

    /// Text to be copied, line by line, whatever its width. Lines of a difference are told by their sign, in colour too.
    pub(super) fn verbatim(&mut self, text: &str, is_difference: bool) {
        for line in text.lines() {
            let style = match line.chars().next().filter(|_| is_difference) {
                Some('+') => Style::Good,
                Some('-') => Style::High,
                Some('@') => Style::Dim,
                _ => Style::Plain,
            };
            let line = self.styled(style, line);
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    /// More about the item above.
    pub(super) fn more(&mut self, style: Style, text: &str) {
        self.wrapped(CONTINUED, CONTINUED, style, text);
    }

    /// What to do about the item above.
    pub(super) fn advice(&mut self, text: &str) {
        let first = format!("{CONTINUED}{} ", self.styled(Style::Good, "→"));
        self.wrapped(&first, &format!("{CONTINUED}  "), Style::Plain, text);
    }

    /// `    mark text`, continued under the text.
    pub(super) fn remark(&mut self, mark: &str, style: Style, text: &str) {
        self.wrapped(&format!("    {mark} "), "      ", style, text);
    }

    pub(super) fn labelled(&mut self, label: &str, style: Style, text: &str) {
        let label = format!("  {label}: ");
        let indent = " ".repeat(label.chars().count());
        self.wrapped(&label, &indent, style, text);
    }

    fn wrapped(&mut self, first: &str, rest: &str, style: Style, text: &str) {
        let mut indent = first;
        for line in wrap(text, self.width.saturating_sub(rest.chars().count())) {
            let line = self.styled(style, &line);
            self.text.push_str(indent);
            self.text.push_str(&line);
            self.text.push('\n');
            indent = rest;
        }
    }

    fn styled(&self, style: Style, text: &str) -> String {
        let text = harmless(text);
        match style.code() {
            code if self.colour && !code.is_empty() => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            _ => text,
        }
    }
}

/// Lines of at most `width` characters, broken at spaces, and within words that are longer than a line.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace().flat_map(|word| pieces(word, width)) {
        let last = lines.last().map_or(0, |line| line.chars().count());
        match lines.last_mut() {
            Some(line) if last == 0 => line.push_str(word),
            Some(line) if last + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The word in pieces of at most `width` characters.
fn pieces(word: &str, width: usize) -> Vec<&str> {
    let cuts: Vec<_> = word.char_indices().map(|(at, _)| at).step_by(width.max(1)).collect();
    let ends = cuts.iter().copied().skip(1).chain([word.len()]);
    cuts.iter().zip(ends).filter_map(|(start, end)| word.get(*start..end)).collect()
}

/// At most `width` characters of the text; an ellipsis stands for the rest.
fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_spaces_and_within_words_that_are_too_long() {
        let cases: [(&str, usize, &[&str]); 4] = [
            ("", 10, &[""]),
            ("a b c", 3, &["a b", "c"]),
            ("abcdef gh", 4, &["abcd", "ef", "gh"]),
            ("one two three", 80, &["one two three"]),
        ];
        for (text, width, expected) in cases {
            assert_eq!(wrap(text, width), expected, "{text:?} in {width}");
        }
    }
}
