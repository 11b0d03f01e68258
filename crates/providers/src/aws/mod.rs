//! Amazon Web Services.

pub mod policy_document;
pub mod resources;
