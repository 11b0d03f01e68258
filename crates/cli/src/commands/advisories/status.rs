//! `fnassay advisories status`.

use advisory::{EcosystemStatus, Index};
use serde_json::{Value, json};

use super::IndexChoice;
use crate::arguments::TextOrJson;
use crate::exit::Exit;
use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    index: IndexChoice,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TextOrJson,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let index = arguments.index.open()?;
    let text = match arguments.format {
        TextOrJson::Json => serde_json::to_string_pretty(&status_json(&index))?,
        TextOrJson::Table => status_text(&index),
    };
    output::report(&text)?;
    Ok(Exit::Clean)
}

fn status_json(index: &Index) -> Value {
    let (source, status) = (index.source(), index.status());
    let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    let ecosystem = |row: &EcosystemStatus| json!({ "name": row.name, "records": row.records, "packages": row.packages, "newest": text(&row.newest), "ordered": row.is_ordered });
    json!({
        "source": source.name,
        "starter": source.is_starter,
        "built_at": text(&source.built_at),
        "records": status.records,
        "withdrawn": status.withdrawn,
        "unreadable": status.unreadable,
        "newest": text(&status.newest),
        "size_bytes": status.size_bytes,
        "known_exploited": text(&status.known_exploited),
        "epss": text(&status.exploitation_probability),
        "ecosystems": status.ecosystems.iter().map(ecosystem).collect::<Vec<_>>(),
    })
}

fn status_text(index: &Index) -> String {
    let (source, status) = (index.source(), index.status());
    let or_none = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
    let mut text = format!(
        "Advisories       {}\nBuilt            {}\nNewest advisory  {}\nAdvisories in it {}, {} withdrawn\nKnown exploited  {}\nEPSS             {}\n\n",
        source.name,
        or_none(&source.built_at),
        or_none(&status.newest),
        status.records,
        status.withdrawn,
        or_none(&status.known_exploited),
        or_none(&status.exploitation_probability),
    );
    text.push_str(&format!("{:<24} {:>10} {:>9}  {}\n", "Ecosystem", "Advisories", "Packages", "Newest"));
    for row in &status.ecosystems {
        let note = if row.is_ordered { "" } else { "  versions not compared" };
        text.push_str(&format!("{:<24} {:>10} {:>9}  {}{note}\n", row.name, row.records, row.packages, row.newest));
    }
    if source.is_starter {
        text.push_str("\nThis is the table built into the program. Get everything: fnassay advisories update\n");
    }
    text
}
