//! The program as its users meet it: commands and exit codes, help, and whole sample functions with their reports.
//!
//! With `FNASSAY_REWRITE=1` the expected texts are written anew instead of compared.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod advisories;
mod bills;
mod cases;
mod functions;
mod help;
mod images;
mod packages;
mod program;
mod recommendations;
