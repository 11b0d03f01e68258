//! Where imports of a program lead within the project.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::evaluate::{Evaluated, Scope};
use super::{EXTENSIONS, Loaded, Programs, lower};
use crate::project::{folder_of, join};
use crate::{EntryKind, Value, decode, parse_json};

/// How many configurations `extends` is followed through.
const MAX_EXTENDS: usize = 4;

impl Programs<'_> {
    /// The value of the module or data file that `request`, written in `module`, names; `None` when it is not part of
    /// the project.
    pub(super) fn resolve(&mut self, module: &Arc<Loaded>, request: &str) -> Option<Evaluated> {
        let path = self.path_of(module, request)?;
        if path.ends_with(".json") {
            return self.data(&path);
        }
        let active = (path.clone(), String::new());
        if self.active.contains(&active) {
            return None;
        }
        let loaded = self.load(&path)?;
        self.active.push(active);
        let whole = self.whole(&loaded);
        self.active.pop();
        Some(whole)
    }

    /// The program that `request` names.
    pub(super) fn load_request(&mut self, module: &Arc<Loaded>, request: &str) -> Option<Arc<Loaded>> {
        let path = self.path_of(module, request).filter(|path| !path.ends_with(".json"))?;
        self.load(&path)
    }

    fn data(&mut self, path: &str) -> Option<Evaluated> {
        let bytes = self.project.read(path).ok()??;
        let text = decode(&bytes, path).ok()?;
        let mut node = parse_json(&text, path).ok()?.take_gaps(&mut self.gaps);
        super::super::files::stamp(&mut node, &Arc::from(path));
        Some(Evaluated::Node(node))
    }

    fn path_of(&self, module: &Arc<Loaded>, request: &str) -> Option<String> {
        let folder = folder_of(&module.path);
        if request.starts_with('.') {
            return self.file(&join(folder, request)?);
        }
        let aliased = self.aliased(folder, request);
        aliased.iter().find_map(|candidate| self.file(candidate))
    }

    /// The file that a path without extension, or of a folder, means.
    fn file(&self, path: &str) -> Option<String> {
        let is_file = |path: &str| self.project.kind(path) == Some(EntryKind::File);
        if is_file(path) && (path.ends_with(".json") || EXTENSIONS.iter().any(|end| path.ends_with(&format!(".{end}"))))
        {
            return Some(path.to_owned());
        }
        // TypeScript writes imports with the extension of what it will compile to.
        let stem = path.strip_suffix(".js").unwrap_or(path);
        let endings = ["ts", "js", "mts", "mjs", "cts", "cjs", "json"];
        let of_folder = endings.iter().map(|end| format!("{path}/index.{end}"));
        endings.iter().map(|end| format!("{stem}.{end}")).chain(of_folder).find(|candidate| is_file(candidate))
    }

    /// What a request may mean by the `paths` of the nearest `tsconfig.json`.
    fn aliased(&self, folder: &str, request: &str) -> Vec<String> {
        let mut at = folder;
        loop {
            let found = join(at, "tsconfig.json").map(|path| self.configured(&path, request, 0)).unwrap_or_default();
            if !found.is_empty() || at.is_empty() {
                return found;
            }
            at = folder_of(at);
        }
    }

    fn configured(&self, path: &str, request: &str, level: usize) -> Vec<String> {
        let Some(config) = self.lenient(path) else { return Vec::new() };
        let folder = folder_of(path);
        let base = config.at(&["compilerOptions", "baseUrl"]).and_then(crate::Node::as_str);
        let base_folder = join(folder, base.unwrap_or(".")).unwrap_or_default();
        let paths = config.at(&["compilerOptions", "paths"]);
        let mut found = Vec::new();
        for (pattern, targets) in paths.map(crate::Node::entries).unwrap_or_default() {
            let Some(part) = pattern.as_str().and_then(|pattern| matched(pattern, request)) else { continue };
            let targets = targets.items().iter().filter_map(crate::Node::as_str);
            found.extend(targets.filter_map(|target| join(&base_folder, &target.replacen('*', part, 1))));
        }
        if base.is_some() {
            found.extend(join(&base_folder, request));
        }
        let parent = config.get("extends").and_then(crate::Node::as_str).filter(|parent| parent.starts_with('.'));
        if let Some(parent) = parent.filter(|_| paths.is_none() && level < MAX_EXTENDS)
            && let Some(parent) = join(folder, parent)
        {
            let parent = if parent.ends_with(".json") { parent } else { format!("{parent}.json") };
            found.extend(self.configured(&parent, request, level + 1));
        }
        found
    }

    /// A configuration file, which may have comments and trailing commas.
    fn lenient(&self, path: &str) -> Option<crate::Node> {
        let bytes = self.project.read(path).ok()??;
        let text = decode(&bytes, path).ok()?;
        if text.len() > super::MAX_PROGRAM_BYTES {
            return None;
        }
        if let Ok(strict) = parse_json(&text, path) {
            return Some(strict.value);
        }
        if super::too_deep(&text).is_some() {
            return None;
        }
        let expression = Arc::new(super::with_parser_stack(|| lower::lenient_json(&text))??);
        let lines = model::location::LineIndex::new(text.as_bytes());
        let module = Arc::new(Loaded { path: path.into(), lines, module: super::Module::default() });
        let mut reader = Programs::new(self.project, self.folder);
        let scope = Scope { module, locals: BTreeMap::new() };
        match reader.shared(&expression, &scope) {
            Evaluated::Node(node) if matches!(node.value, Value::Mapping(_)) => Some(node),
            _ => None,
        }
    }
}

/// What the `*` of a pattern stands for in `request`; nothing for a pattern without one that equals it.
fn matched<'r>(pattern: &str, request: &'r str) -> Option<&'r str> {
    match pattern.split_once('*') {
        Some((before, after)) => request.strip_prefix(before)?.strip_suffix(after),
        None => (pattern == request).then_some(""),
    }
}
