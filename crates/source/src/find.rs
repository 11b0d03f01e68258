//! Finds the templates below a folder.

use deploy::EntryKind;
use model::{Gap, Hidden, Location, Parsed};

use crate::DiskProject;
use crate::dialects::{self, Template};

/// Folders that hold copies, builds or other people's projects, never the user's own templates.
const SKIPPED_FOLDERS: &[&str] = &[
    ".aws-sam",
    ".git",
    ".serverless",
    ".venv",
    "__pycache__",
    "bower_components",
    "cdk.out",
    "node_modules",
    "site-packages",
    "vendor",
    "venv",
];

/// Deepest folder looked into below the target.
const MAX_FOLDER_LEVELS: usize = 24;
/// Most files looked at in one target; more is a gap.
const MAX_FILES: usize = 200_000;
/// How much of a file is read to recognise a template by its text: descriptions and metadata may come first.
const HEAD_BYTES: u64 = 64 * 1024;

/// Every template below the target, sorted by path.
pub(crate) fn templates(project: &DiskProject) -> Parsed<Vec<Template>> {
    let mut walk = Walk { project, templates: Vec::new(), gaps: Vec::new(), files: 0 };
    walk.folder("", 0);
    walk.templates.sort_by(|left, right| left.path.cmp(&right.path));
    Parsed { value: walk.templates, gaps: walk.gaps }
}

/// The file as a template, when it is one.
pub(crate) fn template_file(project: &DiskProject, path: &str) -> Option<Template> {
    let name = path.rsplit('/').next().unwrap_or(path);
    dialects::DIALECTS.iter().find_map(|dialect| {
        let recognised = (dialect.may_be_named)(name)
            && project.head(path, HEAD_BYTES).is_ok_and(|head| (dialect.looks_like)(name, &head));
        recognised.then(|| Template { path: path.to_owned(), dialect })
    })
}

struct Walk<'a> {
    project: &'a DiskProject,
    templates: Vec<Template>,
    gaps: Vec<Gap>,
    files: usize,
}

impl Walk<'_> {
    fn folder(&mut self, path: &str, level: usize) {
        if level > MAX_FOLDER_LEVELS {
            self.gap(path, format!("folders below {MAX_FOLDER_LEVELS} levels are not searched for templates"));
            return;
        }
        let names = match self.project.list(path) {
            Ok(names) => names,
            Err(error) => return self.gap(path, format!("cannot list this folder: {error}")),
        };
        for (name, kind) in names {
            let below = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            match kind {
                EntryKind::Folder if SKIPPED_FOLDERS.contains(&name.as_str()) => {}
                EntryKind::Folder => self.folder(&below, level + 1),
                EntryKind::File => self.file(&below),
            }
        }
    }

    fn file(&mut self, path: &str) {
        self.files += 1;
        if self.files == MAX_FILES {
            self.gap(
                path,
                format!("only the first {MAX_FILES} files are searched for templates; name a smaller folder"),
            );
        }
        if self.files < MAX_FILES {
            self.templates.extend(template_file(self.project, path));
        }
    }

    fn gap(&mut self, path: &str, why: String) {
        let path = if path.is_empty() { "." } else { path };
        self.gaps.push(Gap::new(Location::file(path), why, &[Hidden::Functions]));
    }
}
