//! Where words go: the report to stdout, everything else to stderr.

use std::io::{IsTerminal, Write};
use std::path::Path;

use anyhow::Context;

/// Width of text reports that are written to files.
pub(crate) const FILE_WIDTH_COLUMNS: usize = 100;
/// Wider lines are hard to read, whatever the terminal.
const MAX_WIDTH_COLUMNS: usize = 120;

/// Width of the report in columns, and whether it is coloured. `COLUMNS` is what the user wants; the terminal's own width is
/// taken up to what reads well.
pub(crate) fn terminal() -> (usize, bool) {
    let wanted = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
    let own = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0).min(MAX_WIDTH_COLUMNS));
    let choice = anstream::AutoStream::choice(&std::io::stdout());
    (wanted.or_else(own).unwrap_or(FILE_WIDTH_COLUMNS), choice != anstream::ColorChoice::Never)
}

/// Prints the report, with a newline at its end. A closed pipe (`| head`) is no error.
pub(crate) fn report(text: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    let newline = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.write_all(newline.as_bytes()))
        .and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("cannot write the report"),
        _ => Ok(()),
    }
}

pub(crate) fn write_file(file: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(file, text).with_context(|| format!("cannot write report `{}`", file.display()))
}

pub(crate) fn error(error: &anyhow::Error, hint: Option<&str>) {
    let chain: Vec<_> = error.chain().map(ToString::to_string).collect();
    stderr_line("error", "\u{1b}[1;31m", &chain.join(": "));
    if let Some(hint) = hint {
        stderr_line("hint", "\u{1b}[1m", hint);
    }
}

pub(crate) fn warning(text: &str) {
    stderr_line("warning", "\u{1b}[33m", text);
}

fn stderr_line(label: &str, colour: &str, text: &str) {
    let stderr = std::io::stderr();
    let coloured = stderr.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let (start, end) = if coloured { (colour, "\u{1b}[0m") } else { ("", "") };
    // Nobody is left to tell when stderr is closed.
    drop(writeln!(stderr.lock(), "{start}{label}{end}: {text}"));
}

/// The candidate most like `word`, when one is like it at all.
pub(crate) fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const LIKE_ENOUGH: f64 = 0.7;
    candidates
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LIKE_ENOUGH)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}
