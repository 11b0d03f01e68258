//! What a fact table file looks like: a head of `#` lines, then rows sorted bytewise by their first column.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, bail, ensure};

use super::Facts;
use super::sources::Package;

/// One committed file and how it is made.
pub(crate) struct Table {
    /// Relative to the workspace.
    pub(crate) path: &'static str,
    /// What a row says, one sentence.
    pub(crate) what: &'static str,
    /// Name and meaning of each column; a last one that ends in `…` may repeat.
    pub(crate) columns: &'static [(&'static str, &'static str)],
    pub(crate) sources: &'static [&'static Package],
    /// Overlay files read too, relative to the workspace.
    pub(crate) overlays: &'static [&'static str],
    pub(crate) rows: fn(&Facts) -> Result<Rows>,
}

/// Rows by key; equal rows are one.
#[derive(Default)]
pub(crate) struct Rows {
    rows: BTreeSet<Vec<String>>,
}

impl Rows {
    /// Adds one row; `columns[0]` is the key.
    pub(crate) fn add<S: AsRef<str>>(&mut self, columns: impl IntoIterator<Item = S>) {
        let mut row: Vec<String> = columns.into_iter().map(|column| column.as_ref().to_owned()).collect();
        while row.len() > 1 && row.last().is_some_and(String::is_empty) {
            row.pop();
        }
        self.rows.insert(row);
    }
}

impl Table {
    /// The whole file.
    pub(crate) fn text(&self, facts: &Facts) -> Result<String> {
        let mut text = self.head()?;
        for row in (self.rows)(facts)?.rows {
            let is_open = self.columns.last().is_some_and(|(name, _)| name.ends_with('…'));
            ensure!(is_open || row.len() <= self.columns.len(), "row `{row:?}` has more columns than the head names");
            for column in &row {
                ensure!(!column.contains(['\t', '\n', '\r']), "row `{row:?}` holds a separator");
            }
            ensure!(!row.iter().any(|column| column.starts_with('#')), "row `{row:?}` looks like a head line");
            text.push_str(&row.join("\t"));
            text.push('\n');
        }
        Ok(text)
    }

    fn head(&self) -> Result<String> {
        let mut head = format!("# {}\n# columns, separated by tabs, empty ones at the end left out:\n", self.what);
        for (name, meaning) in self.columns {
            writeln!(head, "#   {name}: {meaning}")?;
        }
        for source in self.sources {
            writeln!(head, "# source: {}", source.title())?;
        }
        for overlay in self.overlays {
            writeln!(head, "# corrected by: {overlay}")?;
        }
        writeln!(head, "# maker: cargo xtask facts")?;
        Ok(head)
    }
}

/// The rows of a hand-kept overlay file: `#` lines and blank lines left out, split at tabs, each with exactly `width`
/// columns of which the last is the reason.
pub(crate) fn overlay(facts: &Facts, path: &str, width: usize) -> Result<Vec<Vec<String>>> {
    let text = fs::read_to_string(facts.root.join(path)).with_context(|| format!("cannot read overlay `{path}`"))?;
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let row: Vec<String> = line.split('\t').map(str::to_owned).collect();
        if row.len() != width || row.last().is_none_or(|reason| reason.trim().is_empty()) {
            bail!("`{path}` line {}: expected {width} columns of which the last is a reason", index + 1);
        }
        rows.push(row);
    }
    Ok(rows)
}
