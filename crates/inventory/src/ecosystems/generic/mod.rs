//! Software outside every package manager: interpreters, native libraries, the platform's own runtime.
//!
//! No advisory source has an ecosystem for it, so what it holds is listed and said to be unchecked.

mod runtime;
mod version_texts;

use crate::Ecosystem;
use crate::ecosystem::{Layout, as_written};

pub use runtime::{runtime_component, runtime_of};
pub(crate) use version_texts::{READER as PROGRAM_READER, is_known_library};

pub(crate) const GENERIC: Ecosystem = Ecosystem {
    id: "generic",
    purl_type: "generic",
    purl_namespaces: &[],
    advisory_name: "generic",
    title: "software without a package manager",
    namespace_separator: Some('/'),
    normalise_name: as_written,
    formats: &[],
    layout: Layout::FLAT,
    order: None,
};
