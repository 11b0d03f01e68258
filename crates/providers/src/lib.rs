//! What the resources of a cloud mean: which functions there are, what starts them, and what they may do.
//!
//! Place in the flow: `deploy` reads templates into evaluated trees; this crate turns them into `model` functions with
//! their triggers and grants, and answers permission questions. It sends nothing and opens no file.

#![warn(clippy::indexing_slicing, clippy::string_slice, clippy::panic)]

pub mod aws;

/// Why a policy document cannot be read at all.
pub use deploy::Error as DocumentError;
