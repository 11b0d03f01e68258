//! The JSON report, version 1. Its schema is `schema/report-v1.schema.json`.

use model::report::Report;

use super::{Format, RenderContext};
use crate::wire;

pub(crate) const FORMAT: Format = Format { id: "json", title: "JSON report, version 1", render };

/// The JSON Schema (draft 2020-12) of the report.
pub const SCHEMA: &str = include_str!("../../schema/report-v1.schema.json");

fn render(report: &Report, context: &RenderContext) -> String {
    let mut text = to_text(&wire::Report::from_model(report, &context.tool_version));
    text.push('\n');
    text
}

/// Indented JSON of any wire type.
pub fn to_text(value: &impl serde::Serialize) -> String {
    // Wire types hold only strings, numbers, lists and maps with string keys, which always serialise.
    serde_json::to_string_pretty(value).unwrap_or_default()
}
