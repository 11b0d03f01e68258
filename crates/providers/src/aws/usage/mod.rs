//! What functions did, as logs and reports tell: the *used* column beside the granted and the needed one.
//!
//! Place in the flow: the engine opens the files that the user names and has each read here for the functions of the scan;
//! `iam` joins what is found with grants and needs. Nothing is opened or sent here.
//!
//! Memory is bounded whatever the files hold: one record at a time, and of what they say only actions, days and some
//! resources are kept, for the functions of the scan alone.
//!
//! Supported: see [`formats`]; which events are a function's: see [`subject`]. What a log cannot show is never taken for
//! unused: see [`visibility`].

mod collect;
mod event;
mod event_sources;
mod evidence;
mod formats;
mod input;
mod mapping;
mod moment;
mod records;
mod struct_text;
mod subject;
mod subjects;
mod summary;
mod visibility;

pub use collect::Collector;
pub use evidence::FunctionUsage;
pub(crate) use evidence::{Seen, Silence};
pub use input::read_file;
pub use subject::Subject;
pub use subjects::Subjects;
pub use summary::Usage;

#[cfg(test)]
mod tests;
