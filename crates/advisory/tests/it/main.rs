//! The crate as others use it: folders of OSV records in, answers out.

#![expect(clippy::unwrap_used, reason = "a test without its fixture has nothing to say")]

mod building;
mod feeds;
mod matching;
mod rematching;
mod semantics;
mod starter;
mod updating;
mod upgrading;
