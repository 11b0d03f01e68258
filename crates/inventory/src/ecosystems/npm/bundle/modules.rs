//! Where modules begin in a bundle that names their paths.
//!
//! **Supported**: esbuild's and bun's `// path` lines and `"path"(exports, module) {` members, webpack's `!*** path ***!`
//! banners, `;// path` lines and `"path":` members (`moduleIds: named`, development), its `sourceURL` in evaluated modules,
//! rolldown's `//#region path`.

use memchr::memmem;

use crate::ecosystems::npm::package_path::{self, FOLDER, PackagePath};

/// The beginning of a package's module.
#[derive(Debug)]
pub(super) struct Module<'a> {
    pub(super) path: PackagePath<'a>,
    /// Offset of the first byte behind the path.
    pub(super) start: usize,
    /// Offset of the next module's path, or the end of the text.
    pub(super) end: usize,
}

/// Longest path looked at, in bytes.
const MAX_PATH_BYTES: usize = 1_024;

/// What stands in front of a path in a comment that bundlers write.
const COMMENT_LEADS: &[&str] = &["// ", "//#region ", "!*** ", "MODULE: ", EVALUATED_LEAD];
const EVALUATED_LEAD: &str = "sourceURL=";

const EXTENSIONS: &[&str] =
    &[".js", ".cjs", ".mjs", ".json", ".ts", ".cts", ".mts", ".tsx", ".jsx", ".node", ".wasm", ".vue", ".svelte"];

/// The modules of packages, in the order of the text. Cost: one pass.
pub(super) fn modules(text: &str) -> Vec<Module<'_>> {
    let mut modules: Vec<Module<'_>> = Vec::new();
    let mut covered = 0;
    for at in memmem::find_iter(text.as_bytes(), FOLDER) {
        if at < covered {
            continue;
        }
        let Some((start, end)) = path_around(text, at, covered) else { continue };
        covered = end;
        let Some(path) = text.get(start..end).filter(|_| begins_module(text, start, end)) else { continue };
        let Some(path) = package_path::read(path) else { continue };
        if !EXTENSIONS.iter().any(|extension| path.file.ends_with(extension)) {
            continue;
        }
        if let Some(last) = modules.last_mut() {
            last.end = start;
        }
        modules.push(Module { path, start: end, end: text.len() });
    }
    modules
}

/// The module of `modules` that the byte at `offset` lies in.
pub(super) fn module_at<'m, 'a>(modules: &'m [Module<'a>], offset: usize) -> Option<&'m Module<'a>> {
    let next = modules.partition_point(|module| module.start <= offset);
    modules.get(next.checked_sub(1)?).filter(|module| offset < module.end)
}

/// Start and end of the path that the byte at `at` belongs to; none of it lies before `floor`.
fn path_around(text: &str, at: usize, floor: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let lowest = at.saturating_sub(MAX_PATH_BYTES).max(floor);
    let before = bytes.get(lowest..at)?;
    let after = bytes.get(at..bytes.len().min(at.saturating_add(MAX_PATH_BYTES)))?;
    let start = before.iter().rposition(|byte| ends_path(*byte)).map_or(lowest, |last| lowest + last + 1);
    let end = after.iter().position(|byte| ends_path(*byte)).map_or(at + after.len(), |length| at + length);
    Some((start, end))
}

fn ends_path(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'(' | b')' | b'*' | b',' | b';' | b'=' | b'<' | b'>')
}

/// Whether what stands around a path says that a module begins here.
fn begins_module(text: &str, start: usize, end: usize) -> bool {
    let (Some(before), Some(after)) = (text.get(..start), text.get(end..)) else { return false };
    match before.bytes().next_back() {
        Some(quote @ (b'"' | b'\'')) => {
            let mut rest = after.bytes();
            rest.next() == Some(quote) && matches!(rest.next(), Some(b'(' | b':'))
        }
        _ => {
            // An evaluated module's address ends with its text.
            let is_evaluated = before.ends_with(EVALUATED_LEAD) && after.starts_with(['"', '\'']);
            let ends_line = after.is_empty() || after.starts_with(['\n', '\r', '\\']) || after.starts_with(" ***!");
            is_evaluated || (ends_line && COMMENT_LEADS.iter().any(|lead| before.ends_with(lead)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        modules(text).iter().map(|module| format!("{}/{}", module.path.name, module.path.file)).collect()
    }

    #[test]
    fn finds_the_paths_that_bundlers_write() {
        let cases = [
            ("// node_modules/a/i.js\nvar x;\n  // ../node_modules/@s/b/j.mjs\n", &["a/i.js", "@s/b/j.mjs"][..]),
            ("__commonJS({\n  \"node_modules/a/i.js\"(exports, module) {", &["a/i.js"]),
            ("/***/ \"./node_modules/a/i.js\":\n/*!***\n  !*** ./node_modules/a/i.js ***!\n", &["a/i.js", "a/i.js"]),
            (";// CONCATENATED MODULE: ./node_modules/a/i.js\n;// ./node_modules/b/i.js\n", &["a/i.js", "b/i.js"]),
            ("eval(\"x\\n\\n//# sourceURL=webpack://app/./node_modules/a/i.js?\");", &["a/i.js"]),
            ("//#region node_modules/a/i.js\n", &["a/i.js"]),
        ];
        for (text, expected) in cases {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn leaves_out_paths_that_code_and_prose_mention() {
        for text in [
            "var f = \"node_modules/a/i.js\";",
            "require(\"./node_modules/a/i.js\")",
            "// see node_modules/a/i.js for why\n",
            "// node_modules/a/readme\n",
            "// node_modules/\n",
            "`node_modules/${name}/index.js`",
        ] {
            assert_eq!(names(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn tells_which_module_a_place_lies_in() {
        let text = "var head;\n// node_modules/a/i.js\none\n// node_modules/b/i.js\ntwo\n";
        let modules = modules(text);
        let at = |word: &str| module_at(&modules, text.find(word).unwrap()).map(|module| module.path.name);
        assert_eq!((at("head"), at("one"), at("two")), (None, Some("a"), Some("b")));
    }
}
