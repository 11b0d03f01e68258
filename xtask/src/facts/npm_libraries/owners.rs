//! Which packages hold which texts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rayon::prelude::*;

use super::literals::{MAX_TEXT_BYTES, is_telling};

#[derive(Default)]
pub(super) struct Owners {
    texts: HashMap<String, Held>,
    prefixes: HashMap<String, Held>,
    /// Every package of the set: a name stands wherever the package is asked for.
    names: BTreeSet<String>,
}

/// Who asks for a text, and who has it.
#[derive(Default)]
struct Held {
    libraries: BTreeSet<String>,
    owners: BTreeSet<String>,
}

/// What one script holds of the texts asked for.
struct Script {
    owner: String,
    /// Texts of another library that make this a copy of it; `None` where nothing does.
    copied_from: Option<usize>,
    texts: BTreeSet<String>,
    prefixes: BTreeSet<String>,
}

/// Texts of one library in a built file of another package: so many are a copy of the library in it, which makes them no
/// texts of that package.
const MIN_COPIED_TEXTS: usize = 4;
/// As many in a large file that does not look built: some bundlers leave no sign.
const MIN_COPIED_TEXTS_UNBUILT: usize = 10;
const MIN_LARGE_BYTES: usize = 128 << 10;

impl Owners {
    pub(super) fn wants(&mut self, text: &str, library: &str) {
        if is_telling(text) {
            self.texts.entry(text.to_owned()).or_default().libraries.insert(library.to_owned());
        }
    }

    pub(super) fn wants_prefix(&mut self, prefix: &str, library: &str) {
        if prefix.bytes().all(|byte| matches!(byte, b'!'..=b'~') && !matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'#'))
        {
            self.prefixes.entry(prefix.to_owned()).or_default().libraries.insert(library.to_owned());
        }
    }

    pub(super) fn is_of(&self, text: &str, library: &str) -> bool {
        !self.names.contains(text) && self.texts.get(text).is_some_and(|held| held.is_only_of(library))
    }

    pub(super) fn is_prefix_of(&self, prefix: &str, library: &str) -> bool {
        self.prefixes.get(prefix).is_some_and(|held| held.is_only_of(library))
    }

    /// Reads every script below `folder`.
    pub(super) fn read(&mut self, folder: &Path) -> Result<()> {
        let mut scripts = Vec::new();
        collect(folder, &mut scripts)?;
        let found: Vec<Script> = scripts.par_iter().filter_map(|script| self.held_by(script)).collect();
        for script in found {
            self.names.insert(script.owner.clone());
            let copied = self.copied(&script);
            for text in &script.texts {
                if let Some(held) = self.texts.get_mut(text)
                    && !held.libraries.iter().any(|library| copied.contains(library))
                {
                    held.owners.insert(script.owner.clone());
                }
            }
            for prefix in &script.prefixes {
                if let Some(held) = self.prefixes.get_mut(prefix)
                    && !held.libraries.iter().any(|library| copied.contains(library))
                {
                    held.owners.insert(script.owner.clone());
                }
            }
        }
        Ok(())
    }

    /// The libraries that a script of another package has built in.
    fn copied(&self, script: &Script) -> BTreeSet<String> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let Some(enough) = script.copied_from else { return BTreeSet::new() };
        let held = script.texts.iter().filter_map(|text| self.texts.get(text));
        for library in held.flat_map(|held| &held.libraries).filter(|library| **library != script.owner) {
            *counts.entry(library).or_default() += 1;
        }
        counts.retain(|_, count| *count >= enough);
        counts.into_keys().map(str::to_owned).collect()
    }

    fn held_by(&self, script: &Path) -> Option<Script> {
        let path = script.to_string_lossy();
        let (_, inside) = path.rsplit_once("node_modules/")?;
        let mut parts = inside.split('/');
        let first = parts.next()?;
        let owner = if first.starts_with('@') { format!("{first}/{}", parts.next()?) } else { first.to_owned() };
        let bytes = fs::read(script).ok()?;
        let code = String::from_utf8_lossy(&bytes);
        let (mut texts, mut prefixes) = (BTreeSet::new(), BTreeSet::new());
        let quotes = memchr::memchr3_iter(b'"', b'\'', b'`', code.as_bytes());
        for at in quotes.chain(memchr::memchr_iter(b'}', code.as_bytes())) {
            let rest = &code[at + 1..];
            let end = rest
                .bytes()
                .take(MAX_TEXT_BYTES + 1)
                .position(|byte| matches!(byte, b'"' | b'\'' | b'`' | b'$' | b'\\'));
            let Some(text) = end.and_then(|end| rest.get(..end)) else { continue };
            if self.texts.contains_key(text) {
                texts.insert(text.to_owned());
            }
            if let Some(digit) = text.find(|letter: char| letter.is_ascii_digit())
                && self.prefixes.contains_key(&text[..digit])
            {
                prefixes.insert(text[..digit].to_owned());
            }
        }
        let is_large = code.len() >= MIN_LARGE_BYTES;
        let copied_from =
            if is_built(&code) { Some(MIN_COPIED_TEXTS) } else { is_large.then_some(MIN_COPIED_TEXTS_UNBUILT) };
        Some(Script { owner, copied_from, texts, prefixes })
    }
}

impl Held {
    fn is_only_of(&self, library: &str) -> bool {
        self.libraries.iter().chain(&self.owners).all(|owner| owner == library)
    }
}

/// Bytes of a line that nobody writes.
const MIN_BUILT_LINE_BYTES: usize = 4 << 10;
const BUNDLERS: &[&str] = &["__webpack_require__", "__nccwpck_require__", "var __commonJS = (", "\n// node_modules/"];

fn is_built(code: &str) -> bool {
    code.lines().any(|line| line.len() >= MIN_BUILT_LINE_BYTES) || BUNDLERS.iter().any(|sign| code.contains(sign))
}

/// Folders with copies of other packages: what lies there is no text of the package around it.
const COPIES: &[&str] = &["compiled", "third_party", "vendor", "vendored"];

/// Descriptions of services are kept as JSON, which bundlers turn into code.
const CODE: &[&str] = &[".js", ".cjs", ".mjs", ".json"];

fn collect(folder: &Path, scripts: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type()?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if kind.is_dir() && !COPIES.contains(&name.as_ref()) {
            collect(&entry.path(), scripts)?;
        } else if kind.is_file() && name != "package.json" && CODE.iter().any(|suffix| name.ends_with(suffix)) {
            scripts.push(entry.path());
        }
    }
    Ok(())
}
