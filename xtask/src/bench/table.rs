//! The table of figures, as Markdown.

use std::fmt::Write as _;
use std::time::Duration;

use super::Measured;

/// Case of an input that the others are compared with.
const FLOOR: &str = "inflate floor";

pub(super) fn render(measured: &[Measured], runs: usize, threads: usize) -> String {
    let mut text = format!("median of {runs} runs, {threads} threads, warm caches\n\n");
    text.push_str("| input | case | median ms | fastest ms | × floor | peak MB |\n|---|---|--:|--:|--:|--:|\n");
    for row in measured {
        let floor = measured.iter().find(|other| other.input == row.input && other.name == FLOOR);
        let ratio = floor.map_or("–".to_owned(), |floor| format!("{:.2}", ratio(row.median, floor.median)));
        let peak = row.peak_kib.map_or("–".to_owned(), |kib| format!("{:.1}", kib as f64 / 1024.0));
        let (median, fastest) = (milliseconds(row.median), milliseconds(row.fastest));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} | {} | {median:.1} | {fastest:.1} | {ratio} | {peak} |", row.input, row.name);
    }
    text
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn ratio(time: Duration, floor: Duration) -> f64 {
    time.as_secs_f64() / floor.as_secs_f64()
}
