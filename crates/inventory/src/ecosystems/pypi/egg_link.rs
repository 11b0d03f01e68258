//! `*.egg-link`: a project installed by a link to its sources, as `setup.py develop` leaves it.
//!
//! **Source**: setuptools' documentation of development mode. **Supported**: links to sources in the artifact, whose
//! `.egg-info` speaks for them. **Unsupported** (→ gap): links that lead out of it.

use crate::document::{Document, Format, Reading};
use crate::ecosystems::pypi::normalise_name;

pub(crate) const FORMAT: Format = Format {
    id: "egg-link",
    accepts: |path| path.file_name.ends_with(".egg-link"),
    read,
    finds_installed: false,
    advice: "",
};

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(name) = document.path.file_name.strip_suffix(".egg-link") else { return };
    let wanted = normalise_name(name);
    let is_its_metadata = |path: &str| {
        let folder = path.strip_suffix(".egg-info/PKG-INFO").and_then(|folder| folder.rsplit('/').next());
        folder.is_some_and(|stem| normalise_name(stem.split('-').next().unwrap_or(stem)) == wanted)
    };
    if !document.survey.artifact.entries().iter().any(|entry| is_its_metadata(&entry.path)) {
        let why = format!(
            "`{name}` is installed as a link to sources that are not part of the scanned files; install it without `--editable`"
        );
        reading.gaps.push(document.gap(None, why));
    }
}
