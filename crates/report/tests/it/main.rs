//! The outputs as their readers get them: JSON against its schema, the table at its width, the page in a browser.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod browser;
mod contrast;
mod page;
mod rich;
mod schema;
mod table;
