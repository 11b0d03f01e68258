//! `RECORD`: which files an installed distribution brought along.
//!
//! **Source**: "Recording installed projects" (PEP 376, 627). **Supported**: paths as installers write them, relative to the
//! folder that the distribution lies in; scripts that an install into a folder of its own (`--target`) moved beside it.

use crate::document::{Document, EntryPath, Reading, decode};
use crate::ecosystems::pypi::{distribution_in, import_names};

/// Records read to find the owner of one file; that of the package around it comes first.
const MAX_RECORDS: usize = 256;

/// The path on a line of a record.
pub(super) fn path(line: &str) -> Option<&str> {
    match line.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => line.split(',').next(),
    }
}

/// Whether an installed distribution, in a folder above the document, lists the document as its own.
pub(crate) fn is_recorded(document: &Document<'_>) -> bool {
    let folder = document.path.folder;
    let ends = std::iter::once(0).chain(folder.match_indices('/').map(|(end, _)| end)).chain([folder.len()]);
    let mut sites: Vec<&str> = ends.filter_map(|end| folder.get(..end)).collect();
    sites.dedup();
    sites.into_iter().rev().any(|site| is_recorded_in(document, site))
}

fn is_recorded_in(document: &Document<'_>, site: &str) -> bool {
    let relative = document.path.path.get(site.len()..).unwrap_or_default().trim_start_matches('/');
    let top = relative.split('/').next().unwrap_or_default();
    let is_record = |path: EntryPath<'_>| {
        let outer = path.folder.rsplit_once('/').map_or("", |(outer, _)| outer);
        path.file_name == "RECORD" && path.folder.ends_with(".dist-info") && outer == site
    };
    let below = document.survey.artifact.under(document.entry.mount, site);
    let mut records: Vec<_> = below.filter(|entry| is_record(EntryPath::new(&entry.path))).collect();
    let is_of_other = |path: EntryPath<'_>| {
        distribution_in(path.folder).is_none_or(|(name, _)| !import_names::of(&name).iter().any(|name| name == top))
    };
    records.sort_by_key(|entry| is_of_other(EntryPath::new(&entry.path)));
    records.into_iter().take(MAX_RECORDS).any(|record| {
        let bytes = Document::new(document.survey, record).bytes(&mut Reading::default());
        bytes.is_some_and(|bytes| decode(&bytes).lines().filter_map(path).any(|path| is_same(path, relative)))
    })
}

/// Whether the path of a record means the file: `../../bin/tool` lies in `bin/` where everything went into one folder.
fn is_same(recorded: &str, relative: &str) -> bool {
    recorded == relative || (recorded.starts_with("../") && recorded.trim_start_matches("../") == relative)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_files_by_their_recorded_paths() {
        let cases = [
            ("setuptools/cli-32.exe,sha256=x,1", "setuptools/cli-32.exe", true),
            ("\"a,b.exe\",sha256=x,1", "a,b.exe", true),
            ("../../bin/tool,sha256=x,1", "bin/tool", true),
            ("bin/tool,,", "a/bin/tool", false),
        ];
        for (line, relative, expected) in cases {
            assert_eq!(path(line).is_some_and(|path| is_same(path, relative)), expected, "{line}");
        }
    }
}
