//! What a scan found, in the forms people and machines read. Last stage of the flow.
//!
//! Owns the versioned wire types (`wire`), and one file per output in `formats/`. Formats see only `model` and the wire
//! types; they never judge, sort or drop findings, so that every output tells the same story.

pub mod formats;
mod proposal;
pub mod wire;

pub use formats::{FORMATS, Format, RenderContext, find};
