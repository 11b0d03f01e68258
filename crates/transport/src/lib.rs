//! The only crate that opens sockets outward: send, retry, resume, verify, redact.
//!
//! Serves whoever must fetch something because the user asked for it (`advisory`'s update; later the live clouds). Proxies
//! come from the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`), trusted certificates from
//! `SSL_CERT_FILE` where that is set. It knows nothing of what it carries, and never sends by itself.

#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice, clippy::panic))]

mod client;
mod digest;
mod download;
mod environment;
mod error;
#[cfg(any(test, feature = "loopback"))]
pub mod loopback;
mod partial;
mod url;

#[cfg(test)]
mod tests;

pub use client::{Client, ClientOptions};
pub use download::{Download, Fetched};
pub use error::Error;
pub use url::Url;
