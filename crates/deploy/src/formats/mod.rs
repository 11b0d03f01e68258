//! One module per template language.
pub mod cloudformation;
pub mod serverless;
