//! Template languages: text in, a tree of values with positions out, evaluated as far as it can be.
//!
//! Place in the flow: `source` finds the templates and hands their text to this crate; `providers` says what the resources
//! in them mean. Nothing here knows what a Lambda function or a role is, and nothing here opens a socket.

#![warn(clippy::indexing_slicing, clippy::string_slice, clippy::panic)]

mod error;
pub mod formats;
mod json;
pub mod project;
mod text;
mod tree;
mod yaml;

pub use error::Error;
pub use json::parse_json;
pub use project::{EntryKind, MemoryProject, Project};
pub use text::decode;
pub use tree::{Node, Value};
pub use yaml::{Schema, parse_yaml, parse_yaml_with};

/// Most bytes of one template or configuration file. CloudFormation takes 1 MB; generated ones before packaging may be
/// larger.
pub const MAX_TEXT_BYTES: usize = 16 * 1024 * 1024;
/// Most nodes of one tree, copies made for aliases included: bounds memory at some 60 MB.
pub const MAX_NODES: usize = 500_000;
/// Deepest nesting of one tree, copies made for aliases included.
pub const MAX_NESTING_LEVELS: usize = 200;
