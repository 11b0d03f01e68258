//! `vendor/modules.txt`: modules whose packages were copied into the project.
//!
//! **Source**: the Go modules reference, "Vendoring". **Supported**: `# path version`, `# path version => path version`, the
//! packages below each. Modules without packages are named only for their versions and are left out.

use model::component::{EvidenceKind, Version};

use super::program;
use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading, decode};

pub(crate) const FORMAT: Format =
    Format { id: "go-vendored-modules", accepts, read, finds_installed: true, advice: "" };

fn accepts(path: EntryPath<'_>) -> bool {
    path.file_name == "modules.txt" && path.folder.rsplit('/').next() == Some("vendor") && path.is_of_project()
}

/// A module and the line that names it.
#[derive(Debug, PartialEq, Eq)]
struct Vendored<'a> {
    import_path: &'a str,
    path: &'a str,
    version: Option<&'a str>,
    is_explicit: bool,
    line: u32,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let project = document.path.folder.strip_suffix("vendor").unwrap_or_default().trim_end_matches('/');
    for module in parse(&decode(&bytes)) {
        let version = module.version.map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
        let location = document.location(Some(module.line));
        let place = document.place_at(project);
        let mut claim = Claim::new(module.path.to_owned(), version, EvidenceKind::Installed, location, place);
        claim.direct = Some(module.is_explicit);
        claim.import_names = vec![module.import_path.to_owned()];
        reading.claims.push(claim);
    }
}

fn parse(text: &str) -> Vec<Vendored<'_>> {
    let mut modules = Vec::new();
    let mut named: Option<Vendored<'_>> = None;
    for (number, line) in (1_u32..).zip(text.lines()) {
        if let Some(marks) = line.strip_prefix("## ") {
            if let Some(module) = &mut named {
                module.is_explicit = marks.split(';').any(|mark| mark.trim() == "explicit");
            }
        } else if let Some(header) = line.strip_prefix("# ") {
            named = vendored(header, number);
        } else if !line.trim().is_empty() {
            modules.extend(named.take());
        }
    }
    modules
}

fn vendored(header: &str, line: u32) -> Option<Vendored<'_>> {
    let (old, new) = header.split_once("=>").unwrap_or((header, ""));
    let (mut old, mut new) = (old.split_whitespace(), new.split_whitespace());
    let (import_path, old_version) = (old.next()?, old.next());
    let (path, version) = match new.next() {
        Some(folder) if program::is_folder(folder) => (import_path, None),
        Some(path) => (path, new.next()),
        None => (import_path, old_version),
    };
    Some(Vendored { import_path, path, version, is_explicit: false, line })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_modules_that_have_packages() {
        let text = "# a.io/b v1.0.0\n## explicit; go 1.17\na.io/b\na.io/b/c\n# a.io/none v1.0.0\n## explicit\n# a.io/d v1.0.0 => a.io/fork v1.0.1\n\
                    a.io/d\n# a.io/e v1.0.0 => ./e\na.io/e\n# a.io/d => a.io/fork v1.0.1\n";
        let found: Vec<_> =
            parse(text).iter().map(|m| (m.import_path, m.path, m.version, m.is_explicit, m.line)).collect::<Vec<_>>();
        let expected = [
            ("a.io/b", "a.io/b", Some("v1.0.0"), true, 1),
            ("a.io/d", "a.io/fork", Some("v1.0.1"), false, 7),
            ("a.io/e", "a.io/e", None, false, 9),
        ];
        assert_eq!(found, expected);
    }
}
