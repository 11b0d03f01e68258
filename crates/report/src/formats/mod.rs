//! One file per output, and the list of them.

mod bill;
mod html;
pub mod json;
mod openvex;
mod story;
pub mod table;

use model::report::Report;

/// What an output needs to know beside the report.
#[derive(Debug, Clone)]
pub struct RenderContext {
    /// Version of the program.
    pub tool_version: String,
    /// Columns to lay text out for.
    pub width: usize,
    /// Whether ANSI colours may be used.
    pub colour: bool,
    /// Name of the target as the user gave it.
    pub target: String,
    /// ISO date of the scan.
    pub today: String,
}

/// One output format.
pub struct Format {
    /// Name on the command line.
    pub id: &'static str,
    pub title: &'static str,
    pub render: fn(&Report, &RenderContext) -> String,
}

/// Every format, in the order `--help` shows them.
pub const FORMATS: &[Format] =
    &[table::FORMAT, json::FORMAT, html::FORMAT, bill::cyclonedx::FORMAT, bill::spdx::FORMAT, openvex::FORMAT];

/// The format of this name.
pub fn find(id: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.id == id)
}
