//! Configurations that are programs: the values that their modules export, as far as they are written down.
//!
//! **Source**: ECMAScript 2025 and TypeScript 5 as oxc parses them; the framework's own TypeScript template.
//! **Supported**: literals, spreads, templates, names, imports within the project (path aliases of `tsconfig.json` too),
//! both module systems, calls of functions that only return a value, `process.env.NAME` (as `${env:NAME}`).
//! **Unsupported (→ a reference `${program:file:line}` and a gap)**: everything else. Nothing is run.

mod changes;
mod evaluate;
mod exports;
mod imports;
mod lower;
mod syntax;

use std::collections::BTreeMap;
use std::sync::Arc;

use model::location::LineIndex;
use model::{Gap, Hidden, Location};

use crate::{Error, Node, Project, decode};
use evaluate::{Evaluated, Scope};
use syntax::Module;

/// Extensions of files that are programs.
pub(super) const EXTENSIONS: [&str; 6] = ["cjs", "cts", "js", "mjs", "mts", "ts"];

/// Largest program that is read; hand-written ones have some ten kilobytes.
const MAX_PROGRAM_BYTES: usize = 128 * 1024;
/// Deepest nesting of brackets, and longest run of prefix operators, that is given to the parser.
const MAX_NESTING_LEVELS: usize = 200;
/// Most modules of one program.
const MAX_MODULES: usize = 500;
/// Stack for the parser, whose recursion the size and nesting of a program bound. Only what is used becomes memory.
const PARSER_STACK_BYTES: usize = 1024 * 1024 * 1024;
/// Most gaps about one program.
const MAX_GAPS: usize = 200;

/// What the program at `path`, whose content is `bytes`, exports; `None`, with a gap, when that is not written down.
/// `folder` is the folder the framework runs in. Positions name the files.
///
/// # Errors
/// When it is not text, too large, or no program.
pub(super) fn read(
    project: &dyn Project,
    path: &str,
    bytes: &[u8],
    folder: &str,
    gaps: &mut Vec<Gap>,
) -> Result<Option<Node>, Error> {
    let mut programs = Programs::new(project, folder);
    let module = programs.add(path, bytes)?;
    let whole = programs.whole(&module);
    let node = match whole {
        // The framework calls what a module exports when it is a function.
        Evaluated::Function(scope, function) => programs.call(&scope, &function, Vec::new()),
        other => other,
    };
    let node = match node {
        Evaluated::Node(node) => Some(node),
        Evaluated::Undefined | Evaluated::Unknown | Evaluated::Function(..) => {
            let why = format!("what `{path}` exports is worked out by running it, which is not done");
            programs.gap(Location::file(path), why);
            None
        }
    };
    gaps.append(&mut programs.gaps);
    Ok(node)
}

/// The modules that are read, and what was not understood of them.
struct Programs<'a> {
    project: &'a dyn Project,
    folder: &'a str,
    /// By path; `None` for those that cannot be read.
    modules: BTreeMap<String, Option<Arc<Loaded>>>,
    /// Names being worked out, as path and name.
    active: Vec<(String, String)>,
    level: usize,
    step_count: usize,
    gaps: Vec<Gap>,
}

/// A module and where its text stands.
struct Loaded {
    path: Arc<str>,
    lines: LineIndex,
    module: Module,
}

impl<'a> Programs<'a> {
    fn new(project: &'a dyn Project, folder: &'a str) -> Self {
        Self {
            project,
            folder,
            modules: BTreeMap::new(),
            active: Vec::new(),
            level: 0,
            step_count: 0,
            gaps: Vec::new(),
        }
    }

    /// The module at `path`, which exists; `None`, with a gap, when it cannot be read.
    fn load(&mut self, path: &str) -> Option<Arc<Loaded>> {
        if let Some(known) = self.modules.get(path) {
            return known.clone();
        }
        let read = match self.project.read(path) {
            Ok(Some(bytes)) => self.add(path, &bytes).map_err(|error| error.to_string()),
            Ok(None) => return None,
            Err(why) => Err(format!("`{path}` is not read: {why}")),
        };
        read.map_err(|why| {
            self.gap(Location::file(path), why);
            self.modules.insert(path.to_owned(), None);
        })
        .ok()
    }

    fn add(&mut self, path: &str, bytes: &[u8]) -> Result<Arc<Loaded>, Error> {
        let file = || path.to_owned();
        if bytes.len() > MAX_PROGRAM_BYTES || self.modules.len() >= MAX_MODULES {
            return Err(Error::TooLarge { file: file(), size_bytes: bytes.len(), limit_bytes: MAX_PROGRAM_BYTES });
        }
        let text = decode(bytes, path)?;
        let lines = LineIndex::new(text.as_bytes());
        let module = parse(path, &text).map_err(|(offset, reason)| {
            let (line, column) = lines.line_column(offset as usize);
            Error::Syntax { location: Location::point(path, line, column), language: "a program", reason }
        })?;
        let loaded = Arc::new(Loaded { path: path.into(), lines, module });
        self.modules.insert(path.to_owned(), Some(Arc::clone(&loaded)));
        Ok(loaded)
    }

    fn gap(&mut self, location: Location, why: String) {
        let gap = Gap::new(location, why, &[Hidden::Configuration, Hidden::Functions, Hidden::Permissions]);
        if self.gaps.len() < MAX_GAPS && !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// The scope of a module's own names.
    fn scope(module: &Arc<Loaded>) -> Scope {
        Scope { module: Arc::clone(module), locals: BTreeMap::new() }
    }
}

fn parse(path: &str, text: &str) -> Result<Module, (u32, String)> {
    if let Some(offset) = too_deep(text) {
        return Err((offset, format!("it is nested deeper than {MAX_NESTING_LEVELS} levels")));
    }
    with_parser_stack(|| lower::module(path, text))
        .unwrap_or_else(|| Err((0, "the parser could not be run".to_owned())))
}

/// What `parse` yields in a thread whose stack is large enough for any program that passes [`too_deep`].
fn with_parser_stack<T: Send>(parse: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(PARSER_STACK_BYTES).spawn_scoped(scope, parse);
        thread.ok()?.join().ok()
    })
}

/// Where brackets or prefix operators nest deeper than anyone writes, as a byte offset. Texts and comments count like
/// code, which errs on the safe side.
fn too_deep(text: &str) -> Option<u32> {
    let (mut brackets, mut angles, mut prefixes) = (0_usize, 0_usize, 0_usize);
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => brackets += 1,
            b')' | b']' | b'}' => brackets = brackets.saturating_sub(1),
            b'<' => angles += 1,
            b'>' => angles = angles.saturating_sub(1),
            _ => {}
        }
        prefixes = match byte {
            b'!' | b'~' | b'+' | b'-' => prefixes + 1,
            _ if byte.is_ascii_whitespace() => prefixes,
            _ => 0,
        };
        // A line of dashes in a comment is no nesting.
        if brackets.max(angles) > MAX_NESTING_LEVELS || prefixes > 4 * MAX_NESTING_LEVELS {
            return Some(u32::try_from(offset).unwrap_or(u32::MAX));
        }
    }
    None
}

#[cfg(test)]
mod tests;
