//! Runs the stages over a target, in parallel and in a fixed order: the library's front door.
//!
//! source → artifact → inventory, code, secrets → advisory match, permissions → rules → assessment. Functions that ship
//! the same files share the work on them. Equal input and equal facts give an equal report.

mod assess;
mod error;
mod packages;
mod progress;
mod scan;
mod settings;

pub use error::Error;
pub use progress::{NoProgress, Progress, Stage};
pub use scan::scan;
pub use settings::{Date, Settings, today};
pub use source::Options as SourceOptions;

/// The actions that the patterns stand for, sorted, without duplicates.
pub fn expand_actions(patterns: &[String]) -> Vec<String> {
    let mut actions: Vec<String> = patterns.to_vec();
    actions.sort_unstable();
    actions.dedup();
    actions
}
