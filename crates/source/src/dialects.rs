//! The template languages a target may be written in, and how each is recognised and read.

mod cloudformation;
mod serverless;

use memchr::memmem;
use model::Parsed;

use crate::{DiskProject, Located, Options};

/// One template language.
pub(crate) struct Dialect {
    /// Whether a file of this name may be a template of the language: decides which files are looked into.
    pub(crate) may_be_named: fn(name: &str) -> bool,
    /// Whether the beginning of such a file looks like one.
    pub(crate) looks_like: fn(name: &str, head: &[u8]) -> bool,
    /// The functions of the templates at these paths. A template that cannot be read is a gap.
    pub(crate) read: fn(project: &DiskProject, paths: &[String], options: &Options) -> Parsed<Vec<Located>>,
}

/// Every language, the more specific first.
pub(crate) static DIALECTS: &[Dialect] = &[serverless::DIALECT, cloudformation::DIALECT];

/// A file that is a template.
pub(crate) struct Template {
    pub(crate) path: String,
    pub(crate) dialect: &'static Dialect,
}

/// The functions of all templates, sorted by id.
pub(crate) fn read(project: &DiskProject, templates: &[Template], options: &Options) -> Parsed<Vec<Located>> {
    let mut functions = Vec::new();
    let mut gaps = Vec::new();
    for dialect in DIALECTS {
        let of_dialect = templates.iter().filter(|template| std::ptr::eq(template.dialect, dialect));
        let paths: Vec<_> = of_dialect.map(|template| template.path.clone()).collect();
        if !paths.is_empty() {
            functions.extend((dialect.read)(project, &paths, options).take_gaps(&mut gaps));
        }
    }
    functions.sort_by(|left: &Located, right| left.function.id.cmp(&right.function.id));
    Parsed { value: functions, gaps }
}

/// Whether `word` stands anywhere in the bytes.
fn mentions(bytes: &[u8], word: &str) -> bool {
    memmem::find(bytes, word.as_bytes()).is_some()
}
