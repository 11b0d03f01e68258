//! `setup.py`: a program that says what a project asks for. It is not run.
//!
//! **Unsupported** (→ gap): everything; noted only where no other file of the folder says what is installed.

use crate::document::{Document, Format, Reading, decode};

pub(crate) const FORMAT: Format = Format {
    id: "setup-py",
    accepts: |path| path.file_name == "setup.py" && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "",
};

/// Files that say the same without running anything.
const BETTER: &[&str] = &["Pipfile", "pyproject.toml", "requirements.txt", "setup.cfg"];

fn read(document: &Document<'_>, reading: &mut Reading) {
    if BETTER.iter().any(|file| document.sibling(file).is_some()) {
        return;
    }
    let Some(bytes) = document.bytes(reading) else { return };
    if decode(&bytes).contains("install_requires") {
        let why = "what `setup.py` asks for is decided by a program, which is not run: name it in `requirements.txt` or `pyproject.toml`";
        reading.gaps.push(document.gap(None, why));
    }
}
