//! Folders of advisories in the layout that OSV.dev publishes, and bringing them here.

mod folder;
mod mirror;

pub use folder::ecosystem;
pub(crate) use folder::{Feed, ZIP_FILE, feeds, is_wanted};
pub use mirror::DEFAULT_ADDRESS;
pub(crate) use mirror::bring_up_to_date;
