//! The table of figures, as Markdown.

use std::fmt::Write as _;
use std::time::Duration;

use super::compare::Compared;
use super::measure::Measured;

/// Cases of an input that the others are compared with.
const FLOOR: &str = "inflate floor";
pub(super) const INVENTORY: &str = "sbom";

pub(super) fn render(measured: &[Measured], runs: usize, threads: usize) -> String {
    let mut text = format!("median of {runs} runs, {threads} threads, warm caches\n\n");
    text.push_str("| input | case | median ms | fastest ms | processor ms | × floor | × `sbom` | peak MB |\n|---|---|--:|--:|--:|--:|--:|--:|\n");
    for row in measured {
        let (floor, inventory) = (times(row, FLOOR, measured), times(row, INVENTORY, measured));
        let processor = row.processor.map_or("–".to_owned(), |time| format!("{:.1}", milliseconds(time)));
        let peak = row.peak_kib.map_or("–".to_owned(), |kib| format!("{:.1}", kib as f64 / 1024.0));
        let (median, fastest) = (milliseconds(row.median), milliseconds(row.fastest));
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {median:.1} | {fastest:.1} | {processor} | {floor} | {inventory} | {peak} |",
            row.input, row.name
        );
    }
    text
}

/// What each scanner found, one line for each peer on each input.
pub(super) fn render_components(compared: &[Compared]) -> String {
    let mut text = "| input | peer | found by both | only ours | only theirs |\n|---|---|--:|--:|--:|\n".to_owned();
    for one in compared {
        let (ours, theirs) = (one.only_ours.len(), one.only_theirs.len());
        let _ = writeln!(text, "| {} | {} | {} | {ours} | {theirs} |", one.input, one.peer, one.both);
    }
    text
}

/// How many times as long as that case of the same input.
fn times(row: &Measured, name: &str, measured: &[Measured]) -> String {
    let other = measured.iter().find(|other| other.input == row.input && other.name == name);
    other.map_or("–".to_owned(), |other| format!("{:.2}", ratio(row.median, other.median)))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn ratio(time: Duration, floor: Duration) -> f64 {
    time.as_secs_f64() / floor.as_secs_f64()
}
