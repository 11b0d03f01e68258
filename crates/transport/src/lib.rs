//! (being built)

/// Why a request did not yield what was asked for.
#[derive(Debug, thiserror::Error)]
#[error("placeholder")]
pub struct Error;
