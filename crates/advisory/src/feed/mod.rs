//! Folders of advisories in the layout that OSV.dev publishes.

mod folder;

pub(crate) use folder::{ECOSYSTEMS_FILE, Feed, ZIP_FILE, feeds, wanted_ecosystems};
