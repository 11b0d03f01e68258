//! One module per template language.
pub mod serverless;
