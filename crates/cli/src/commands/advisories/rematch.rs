//! `fnassay advisories rematch`.

use std::path::PathBuf;

use advisory::FlawChange;
use serde::Serialize;

use super::{failure, open, warn};
use crate::arguments::TextOrJson;
use crate::exit::Exit;
use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(value_name = "OLD")]
    old: PathBuf,

    #[arg(value_name = "NEW")]
    new: PathBuf,

    /// Folder with the stored bills
    #[arg(long, value_name = "FOLDER")]
    bills: PathBuf,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TextOrJson,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let (old, new) = (open(&arguments.old)?, open(&arguments.new)?);
    let rematched = advisory::rematch(&arguments.bills, &old, &new).map_err(failure)?;
    warn(&rematched.gaps);
    let text = match arguments.format {
        TextOrJson::Json => {
            serde_json::to_string_pretty(&rematched.changes.iter().map(JsonChange::from_change).collect::<Vec<_>>())?
        }
        TextOrJson::Table => {
            let mut lines: Vec<String> = rematched.changes.iter().map(line).collect();
            lines.push(format!(
                "{} bills, {} packages with other advisories, {} changes",
                rematched.bills,
                rematched.packages,
                rematched.changes.len()
            ));
            lines.join("\n")
        }
    };
    output::report(&text)?;
    Ok(Exit::Clean)
}

fn line(change: &FlawChange) -> String {
    let FlawChange { bill, purl, range, kind, ids, status, severity, .. } = change;
    let range = range.as_ref().map(|range| format!(" ({range})")).unwrap_or_default();
    format!("{bill}\t{}\t{purl}{range}\t{}\t{}\t{}", kind.name(), ids.join(" "), severity.name(), status.name())
}

/// What scripts read; fields are added, never renamed.
#[derive(Debug, Serialize)]
struct JsonChange<'a> {
    bill: &'a str,
    change: &'static str,
    purl: &'a str,
    range: Option<&'a str>,
    ids: &'a [String],
    severity: &'static str,
    status: &'static str,
    fixed: &'a [String],
}

impl<'a> JsonChange<'a> {
    fn from_change(change: &'a FlawChange) -> Self {
        Self {
            bill: &change.bill,
            change: change.kind.name(),
            purl: &change.purl,
            range: change.range.as_deref(),
            ids: &change.ids,
            severity: change.severity.name(),
            status: change.status.name(),
            fixed: &change.fixed,
        }
    }
}
