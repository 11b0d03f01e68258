//! Loads the modules that entry points can reach through imports, before anything is evaluated.

use artifact::Content;
use model::location::LineIndex;
use model::{Gap, Hidden, Location};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::evaluate::ModuleId;
use crate::ir::{Module, Name};
use crate::languages::{Language, Lowered, Resolution};
use crate::sources::{File, Sources};

/// Largest source file that is parsed, in bytes.
const MAX_SOURCE_BYTES: usize = 24 * 1024 * 1024;
/// Most marks (punctuation that syntax is made of, line ends) in one file. Each stands for about 500 bytes of syntax tree:
/// measured 400 to 550 on bundles of 9 and 12 MB, which have 1.3 and 1.5 million; code made to be dense has one in two bytes.
const MAX_SOURCE_MARKS: usize = 2_500_000;
/// Most modules that are loaded for one function.
const MAX_MODULES: usize = 20_000;
/// From how many files on a wave of imports is parsed in parallel.
const PARALLEL_FILES: usize = 4;

/// A module of the project.
pub(crate) struct Loaded {
    pub file: File,
    pub language: &'static Language,
    pub ir: Module,
    text: Option<Content>,
}

/// What an import request of a module came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resolved {
    /// Modules to run in order; the last is meant.
    Own(Vec<ModuleId>),
    External(String),
    Missing,
}

/// Modules and the imports between them.
pub(crate) struct Project<'a> {
    pub sources: Sources<'a>,
    pub modules: Vec<Loaded>,
    by_file: FxHashMap<File, ModuleId>,
    requests: Vec<FxHashMap<Name, Resolved>>,
    pub gaps: Vec<Gap>,
}

impl<'a> Project<'a> {
    pub(crate) fn new(sources: Sources<'a>) -> Self {
        Self { sources, modules: Vec::new(), by_file: FxHashMap::default(), requests: Vec::new(), gaps: Vec::new() }
    }

    /// Loads these files and everything they may import.
    pub(crate) fn load(&mut self, language: &'static Language, files: Vec<File>) {
        let mut wave: Vec<File> = Vec::new();
        for file in files {
            if !self.by_file.contains_key(&file) && !wave.contains(&file) {
                wave.push(file);
            }
        }
        while !wave.is_empty() {
            let first = self.modules.len();
            self.load_wave(language, wave);
            wave = Vec::new();
            for module in first..self.modules.len() {
                self.resolve_requests(module, &mut wave);
            }
        }
        self.link();
    }

    /// What `module` gets for `request`, when it was foreseen.
    pub(crate) fn resolved(&self, module: ModuleId, request: &str) -> Option<&Resolved> {
        self.requests.get(module.0 as usize)?.get(request)
    }

    /// What `module` would get for a request that was not foreseen; files that are not loaded yet go into `wanted`.
    pub(crate) fn resolve(&self, module: ModuleId, request: &str, wanted: &mut Vec<File>) -> Resolved {
        let Some(loaded) = self.modules.get(module.0 as usize) else { return Resolved::Missing };
        match (loaded.language.resolve)(&self.sources, &loaded.file, request) {
            Resolution::External(path) => Resolved::External(path),
            Resolution::Missing => Resolved::Missing,
            Resolution::Own(files) => {
                let ids: Vec<_> = files.iter().filter_map(|file| self.by_file.get(file).copied()).collect();
                if ids.len() == files.len() {
                    return Resolved::Own(ids);
                }
                wanted.extend(files);
                Resolved::Missing
            }
        }
    }

    pub(crate) fn module(&self, file: &File) -> Option<ModuleId> {
        self.by_file.get(file).copied()
    }

    pub(crate) fn loaded(&self, module: ModuleId) -> Option<&Loaded> {
        self.modules.get(module.0 as usize)
    }

    fn load_wave(&mut self, language: &'static Language, mut wave: Vec<File>) {
        let room = MAX_MODULES.saturating_sub(self.modules.len());
        if wave.len() > room {
            wave.truncate(room);
            self.gaps.push(Gap::new(
                Location::file("."),
                format!("more than {MAX_MODULES} modules are reachable, the rest is not read; name the handler"),
                &[Hidden::Calls],
            ));
        }
        let sources = &self.sources;
        let results: Vec<_> = if wave.len() < PARALLEL_FILES {
            wave.iter().map(|file| load_file(sources, language, file)).collect()
        } else {
            wave.par_iter().map(|file| load_file(sources, language, file)).collect()
        };
        for (file, (lowered, text, gap)) in wave.into_iter().zip(results) {
            let id = ModuleId(u32::try_from(self.modules.len()).unwrap_or(u32::MAX));
            let display = sources.display_path(&file);
            self.gaps.extend(gap);
            self.gaps.extend(problems(&display, &lowered, text.as_deref()));
            self.by_file.insert(file.clone(), id);
            self.modules.push(Loaded { file, language, ir: lowered.module, text });
        }
    }

    fn resolve_requests(&self, module: usize, wave: &mut Vec<File>) {
        let Some(loaded) = self.modules.get(module) else { return };
        for request in &loaded.ir.requests {
            if let Resolution::Own(files) = (loaded.language.resolve)(&self.sources, &loaded.file, request) {
                for file in files {
                    if !self.by_file.contains_key(&file) && !wave.contains(&file) {
                        wave.push(file);
                    }
                }
            }
        }
    }

    /// Fills in what each request of each module came to, now that everything is loaded.
    fn link(&mut self) {
        for index in self.requests.len()..self.modules.len() {
            let id = ModuleId(u32::try_from(index).unwrap_or(u32::MAX));
            let mut links = FxHashMap::default();
            if let Some(loaded) = self.modules.get(index) {
                for request in &loaded.ir.requests {
                    if !links.contains_key(request) {
                        links.insert(request.clone(), self.resolve(id, request, &mut Vec::new()));
                    }
                }
            }
            self.requests.push(links);
        }
    }
}

impl Loaded {
    /// For turning offsets into lines. Cost: one pass over the text.
    pub(crate) fn line_index(&self) -> LineIndex {
        LineIndex::new(self.text.as_deref().unwrap_or_default())
    }
}

fn load_file(
    sources: &Sources<'_>,
    language: &'static Language,
    file: &File,
) -> (Lowered, Option<Content>, Option<Gap>) {
    let nothing = || Lowered { module: Module { language: language.id, ..Module::default() }, problems: Vec::new() };
    let content = match sources.read(file) {
        None => return (nothing(), None, None),
        Some(Err(gap)) => return (nothing(), None, Some(gap)),
        Some(Ok(content)) => content,
    };
    if content.len() > MAX_SOURCE_BYTES {
        let why = format!("the file is larger than {MAX_SOURCE_BYTES} bytes and is not read as code");
        return (nothing(), None, Some(Gap::new(Location::file(sources.display_path(file)), why, &[Hidden::Calls])));
    }
    if is_too_dense(&content) {
        let why = format!("the file has more than {MAX_SOURCE_MARKS} expressions and is not read as code; split it");
        return (nothing(), None, Some(Gap::new(Location::file(sources.display_path(file)), why, &[Hidden::Calls])));
    }
    let lowered = match std::str::from_utf8(&content) {
        Ok(text) => (language.lower)(&file.path, text),
        Err(_) => (language.lower)(&file.path, &String::from_utf8_lossy(&content)),
    };
    (lowered, Some(content), None)
}

fn is_too_dense(content: &[u8]) -> bool {
    let is_mark = |byte: &&u8| b"([{,.;=:?+-<>&|\n".contains(byte);
    content.len() > MAX_SOURCE_MARKS && content.iter().filter(is_mark).count() > MAX_SOURCE_MARKS
}

fn problems(file: &str, lowered: &Lowered, text: Option<&[u8]>) -> Vec<Gap> {
    if lowered.problems.is_empty() && lowered.module.cut.is_empty() {
        return Vec::new();
    }
    let index = LineIndex::new(text.unwrap_or_default());
    let gap = |offset: u32, why: String| {
        let (line, column) = index.line_column(offset as usize);
        Gap::new(Location::point(file, line, column), why, &[Hidden::Calls])
    };
    let cut = lowered.module.cut.first().map(|offset| {
        gap(*offset, "the code is nested too deeply to be followed here; calls inside it are not seen".to_owned())
    });
    lowered.problems.iter().map(|(offset, why)| gap(*offset, why.clone())).chain(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_nothing_but_marks_are_not_parsed() {
        assert!(is_too_dense(&b"a(b,[1,2]);".repeat(600_000)));
        assert!(!is_too_dense(&b"a(b,[1,2]);".repeat(200_000)));
        assert!(!is_too_dense(&b"const answer = somethingOfUsualLength;".repeat(500_000)));
    }
}
