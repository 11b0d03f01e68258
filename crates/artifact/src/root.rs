//! What an artifact is made of: folders, archives, single files and inline code, each with its place on the platform.

use std::path::PathBuf;
use std::sync::Arc;

use model::function::PackagePattern;

use crate::Mount;

/// Folders that no packaging step puts into a function, when they lie below a folder root. Sorted.
///
/// They hold history, build output of the deployment tools themselves (which repeats the sources), and virtual
/// environments of the developer. A root that *is* such a folder (`.aws-sam/build/Orders`) is read.
pub const SKIPPED_FOLDERS: &[&str] =
    &[".aws-sam", ".git", ".hg", ".nox", ".serverless", ".svn", ".terraform", ".tox", ".venv"];

/// A folder below a root that holds this file is a virtual environment, whatever its name, and is left out too.
pub const VIRTUAL_ENVIRONMENT_FILE: &str = "pyvenv.cfg";

/// One source of files and where the platform puts them.
#[derive(Debug, Clone)]
pub struct Root {
    pub content: RootContent,
    /// Path relative to the target, `/`-separated, `.` for the target itself.
    pub display: String,
    pub mount: Mount,
    /// Index of the layer, in merge order; `None` for the function's own code.
    pub layer: Option<u16>,
}

#[derive(Debug, Clone)]
pub enum RootContent {
    /// A folder, an archive, or a single file.
    Path {
        path: PathBuf,
        /// The folder that symbolic links must not leave; `None` for the root itself.
        boundary: Option<PathBuf>,
        /// Packaging patterns of a folder, matched against paths below it. The last that matches decides; a file
        /// that none matches is in.
        include: Vec<PackagePattern>,
    },
    /// One file whose text stands in a template.
    Inline { file_name: String, text: Arc<[u8]> },
}

impl Root {
    /// The function's own code.
    pub fn function(path: impl Into<PathBuf>, display: impl Into<String>) -> Self {
        Self::at(path.into(), display.into(), Mount::Function, None)
    }

    /// A layer; `index` counts from 0 in the order the platform merges them.
    pub fn layer(path: impl Into<PathBuf>, display: impl Into<String>, index: u16) -> Self {
        Self::at(path.into(), display.into(), Mount::Layers, Some(index))
    }

    /// Code that stands in the template `display`, under the file name the platform gives it.
    pub fn inline(file_name: impl Into<String>, text: &str, display: impl Into<String>) -> Self {
        Self {
            content: RootContent::Inline { file_name: file_name.into(), text: text.as_bytes().into() },
            display: display.into(),
            mount: Mount::Function,
            layer: None,
        }
    }

    fn at(path: PathBuf, display: String, mount: Mount, layer: Option<u16>) -> Self {
        Self { content: RootContent::Path { path, boundary: None, include: Vec::new() }, display, mount, layer }
    }

    /// Packs only what these patterns let in.
    #[must_use]
    pub fn including(mut self, patterns: &[PackagePattern]) -> Self {
        if let RootContent::Path { include, .. } = &mut self.content {
            *include = patterns.to_vec();
        }
        self
    }

    /// Lets symbolic links lead to anything below `folder`, normally the target: shared code is often linked into
    /// each function's folder.
    #[must_use]
    pub fn within(mut self, folder: impl Into<PathBuf>) -> Self {
        if let RootContent::Path { boundary, .. } = &mut self.content {
            *boundary = Some(folder.into());
        }
        self
    }
}
