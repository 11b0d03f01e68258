//! Templates in tests.

use deploy::MemoryProject;
use deploy::formats::cloudformation::{self, Parameters, Stack};

/// The evaluated template in `text`, without gaps of its own.
#[track_caller]
pub(super) fn stack(text: &str) -> Stack {
    let read = cloudformation::read(text, "template.yaml", &Parameters::default(), &MemoryProject::default());
    read.unwrap_or_else(|error| panic!("{error}")).value
}
