//! What a function's source code asks of its cloud: calls of SDK operations with their arguments.
//!
//! Place in the flow: after `artifact`, beside `inventory` and `secrets`. Files are lowered into one small intermediate
//! form ([`ir`]), evaluated abstractly from the handler ([`evaluate`]), and the calls that are reached become
//! [`model::call::CodeFacts`]. `providers` turns operations into permissions; this crate knows no IAM.
//!
//! Deliberately not here: permissions, template values (an environment variable stays a named part of a text), and any
//! guess about code that imports no SDK.

#![warn(clippy::indexing_slicing, clippy::string_slice, clippy::panic)]

mod analysis;
mod evaluate;
mod facts;
mod ir;
mod languages;
mod project;
mod sources;

pub use analysis::{Request, analyze, understands};
pub use sources::Surroundings;

#[cfg(test)]
mod testing;
