//! Finds the templates below a folder.

use deploy::EntryKind;
use model::{Gap, Hidden, Location, Parsed};
use rayon::prelude::*;

use crate::DiskProject;
use crate::dialects::{DIALECTS, Template};

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

/// Every template below the target, sorted by path. Cost: each folder is listed once, and the beginning of each file that
/// is named like a template is read, both in parallel.
pub(crate) fn templates(project: &DiskProject) -> Parsed<Vec<Template>> {
    let mut walk = Walk { project, files: Vec::new(), gaps: Vec::new() };
    walk.folders();
    let files = std::mem::take(&mut walk.files);
    let mut templates: Vec<Template> = files.par_iter().filter_map(|path| listed_template(project, path)).collect();
    templates.sort_by(|left, right| left.path.cmp(&right.path));
    Parsed { value: templates, gaps: walk.gaps }
}

/// The file that the user named as a template, when it is one.
pub(crate) fn template_file(project: &DiskProject, path: &str) -> Option<Template> {
    recognise(path, || project.head(path, HEAD_BYTES).ok())
}

fn listed_template(project: &DiskProject, path: &str) -> Option<Template> {
    recognise(path, || project.head_of_listed(path, HEAD_BYTES).ok())
}

/// `head` gives the file's beginning, and is asked once at most.
fn recognise(path: &str, head: impl FnOnce() -> Option<Vec<u8>>) -> Option<Template> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut possible = DIALECTS.iter().filter(|dialect| (dialect.may_be_named)(name)).peekable();
    possible.peek()?;
    let head = head()?;
    let dialect = possible.find(|dialect| (dialect.looks_like)(name, &head))?;
    Some(Template { path: path.to_owned(), dialect })
}

struct Walk<'a> {
    project: &'a DiskProject,
    /// Those named like a template.
    files: Vec<String>,
    gaps: Vec<Gap>,
}

impl Walk<'_> {
    /// Level by level, so that where it ends does not depend on timing.
    fn folders(&mut self) {
        let mut level = vec![String::new()];
        let mut seen = 0;
        for _ in 0..=MAX_FOLDER_LEVELS {
            let project = self.project;
            let contents: Vec<_> = level.par_iter().map(|path| project.list_listed(path)).collect();
            let mut next = Vec::new();
            for (path, names) in level.iter().zip(contents) {
                match names {
                    Ok(names) => self.content(path, names, &mut next, &mut seen),
                    Err(error) => self.gap(path, format!("cannot list this folder: {error}")),
                }
            }
            if seen >= MAX_FILES {
                return;
            }
            level = next;
        }
        for path in level {
            self.gap(&path, format!("folders below {MAX_FOLDER_LEVELS} levels are not searched for templates"));
        }
    }

    fn content(&mut self, path: &str, names: Vec<(String, EntryKind)>, next: &mut Vec<String>, seen: &mut usize) {
        for (name, kind) in names {
            let below = || if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            match kind {
                EntryKind::Folder if SKIPPED_FOLDERS.contains(&name.as_str()) => {}
                EntryKind::Folder => next.push(below()),
                EntryKind::File if *seen >= MAX_FILES => {}
                EntryKind::File => {
                    *seen += 1;
                    if *seen == MAX_FILES {
                        let why = "files are searched for templates; name a smaller folder";
                        self.gap(&below(), format!("only the first {MAX_FILES} {why}"));
                    } else if DIALECTS.iter().any(|dialect| (dialect.may_be_named)(&name)) {
                        self.files.push(below());
                    }
                }
            }
        }
    }

    fn gap(&mut self, path: &str, why: String) {
        let path = if path.is_empty() { "." } else { path };
        self.gaps.push(Gap::new(Location::file(path), why, &[Hidden::Functions]));
    }
}
