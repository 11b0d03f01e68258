//! Amazon Web Services.

pub mod iam;
pub mod policy_document;
pub mod resources;
pub mod serverless;
pub mod usage;
