//! Manifests of JVM build tools that are not read: a gap that names the tool.

use crate::document::{Document, EntryPath, Format, Reading};

pub(crate) const FORMAT: Format =
    Format { id: "other-jvm-builds", accepts: |path| tool(path).is_some(), read, finds_installed: false, advice: "" };

/// File names and the tools that they belong to. Sorted.
const FILES: &[(&str, &str)] = &[
    ("build.sbt", "sbt"),
    ("build.sc", "Mill"),
    ("deps.edn", "the Clojure tools"),
    ("ivy.xml", "Ivy"),
    ("maven_install.json", "Bazel"),
    ("project.clj", "Leiningen"),
];

fn tool(path: EntryPath<'_>) -> Option<&'static str> {
    let is_of_project = path.is_of_project() && !path.path.contains(".jar!/");
    FILES.iter().find(|(file, _)| *file == path.file_name && is_of_project).map(|(_, tool)| *tool)
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    if let Some(tool) = tool(document.path) {
        let why = format!(
            "what {tool} builds with is not read from `{}`; build the jar and scan that",
            document.path.file_name
        );
        reading.gaps.push(document.gap(None, why));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_sorted_by_name() {
        assert!(FILES.is_sorted());
    }
}
