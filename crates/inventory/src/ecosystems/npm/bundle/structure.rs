//! Telling code that a bundler or minifier wrote from code that people write.
//!
//! **Source**: the output of esbuild 0.20 to 0.28, webpack 4 and 5, ncc 0.38, rollup 4, swc and bun on the same handlers.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

/// Below this a long line may be data: a table, an inlined image.
const MIN_MINIFIED_BYTES: usize = 24 << 10;
/// Hand-written code has no such lines.
const MIN_MINIFIED_LINE_BYTES: usize = 4 << 10;
/// The same where a bundler's helpers stand at the start: a smaller file holds little but its own code.
const MIN_HELPED_BYTES: usize = 8 << 10;
/// Some bundlers leave no sign where every module is one of ES; files that people write are smaller.
pub(super) const MIN_UNSIGNED_BYTES: usize = 64 << 10;

/// What bundlers write around modules in files that are not minified.
const SIGNS: &[&str] = &[
    "webpackBootstrap",
    "__webpack_require__",
    "__nccwpck_require__",
    "__webpack_modules__",
    "var __commonJS = (",
    "getDefaultExportFromCjs",
    "parcelRequire",
    "__spack_require__",
    "__swcpack_require__",
    "\n// node_modules/",
    "//#region node_modules/",
];

/// The same helpers with short names: a module's exports made on the first request and kept.
const MINIFIED_HELPERS: &str = r"\w\|\|\w\(\(\w=\{exports:\{\}\}\)\.exports,\w\)|=\w+\[\w+\]=\{(?:id:\w+,|i:\w+,)?(?:loaded:!1,|l:!1,)?exports:\{\}";
/// They stand at the start or the end of the file.
const MAX_HELPER_BYTES: usize = 8 << 10;

static SIGN_FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(SIGNS).ok());
static HELPERS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(MINIFIED_HELPERS).ok());

/// Whether the text has the marks of a bundler or a minifier.
pub(super) fn is_built(text: &str) -> bool {
    let min_bytes = if has_helpers_in_front(text) { MIN_HELPED_BYTES } else { MIN_MINIFIED_BYTES };
    let is_minified = text.len() >= min_bytes && has_minified_line(text.as_bytes());
    let is_large = text.len() >= MIN_UNSIGNED_BYTES && is_code(text.as_bytes());
    is_minified
        || is_large
        || has_minified_helper(text)
        || SIGN_FINDER.as_ref().is_some_and(|finder| finder.is_match(text))
}

/// esbuild's first line, with short names.
fn has_helpers_in_front(text: &str) -> bool {
    let head = text.as_bytes().get(..MAX_FRONT_BYTES).unwrap_or(text.as_bytes());
    memchr::memmem::find(head, b"=Object.getOwnPropertyDescriptor;var ").is_some()
}

/// Bytes in which esbuild's first helper stands, behind a `"use strict"` or a line for the interpreter.
const MAX_FRONT_BYTES: usize = 512;

fn has_minified_helper(text: &str) -> bool {
    let Some(helpers) = HELPERS.as_ref() else { return false };
    let near = |at: usize| (at..at.saturating_add(4)).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let head = text.get(..near(MAX_HELPER_BYTES.min(text.len()))).unwrap_or(text);
    let tail = text.get(near(text.len().saturating_sub(MAX_HELPER_BYTES))..).unwrap_or_default();
    helpers.is_match(head) || helpers.is_match(tail)
}

/// Whether some line is longer than anybody writes and looks like code: with brackets and semicolons, not one text.
fn has_minified_line(bytes: &[u8]) -> bool {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', bytes).chain(std::iter::once(bytes.len()));
    for end in ends {
        if end - start >= MIN_MINIFIED_LINE_BYTES && is_code(bytes.get(start..end).unwrap_or_default()) {
            return true;
        }
        start = end + 1;
    }
    false
}

/// Looked at in each of a long line's thirds: its start may be one long text.
fn is_code(line: &[u8]) -> bool {
    (0..3).any(|third| {
        let start = line.len() / 3 * third;
        let part = line.get(start..line.len().min(start + MIN_MINIFIED_LINE_BYTES)).unwrap_or_default();
        let signs = part.iter().filter(|byte| matches!(byte, b'(' | b')' | b'{' | b'}' | b';' | b'=')).count();
        part.len() * 4 >= MIN_MINIFIED_LINE_BYTES && signs * 20 > part.len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_minified_code_by_its_lines() {
        let code = "var a=function(b){return b.c(d,e)};".repeat(800);
        assert!(is_built(&code));
        assert!(is_built(&format!("/*! licence */\n{code}\n")));
        assert!(!is_built(&code.replace(';', ";\n")));
        assert!(!is_built(&format!("const image = \"{}\";", "QUJD".repeat(10_000))));
        let small = code.get(..10 << 10).unwrap();
        assert!(!is_built(small));
        assert!(is_built(&format!(
            "var Z=Object.defineProperty;var v=Object.getOwnPropertyDescriptor;var e=1;{small}"
        )));
    }

    #[test]
    fn takes_large_code_for_built_and_large_data_not() {
        let code = "function step(event) {\n  return next(event);\n}\n";
        assert!(!is_built(&code.repeat(1_000)));
        assert!(is_built(&code.repeat(2_000)));
        assert!(!is_built(&"  \"a name\": \"a text of some words\",\n".repeat(4_000)));
    }

    #[test]
    fn knows_the_helpers_of_bundlers() {
        for text in [
            "var e=(r,t)=>()=>(t||r((t={exports:{}}).exports,t),t.exports);",
            "(()=>{var e={1:e=>{}},t={};function n(r){var o=t[r];if(void 0!==o)return o.exports;var i=t[r]={exports:{}};return e[r](i)}})();",
            "var __commonJS = (cb, mod) => function() {};",
        ] {
            assert!(is_built(text), "{text}");
        }
    }

    #[test]
    fn takes_no_hand_written_or_compiled_file_for_a_bundle() {
        for text in [
            "const a = require('a');\nexports.handler = async () => ({ statusCode: 200 });\n",
            "\"use strict\";\nvar __importDefault = (this && this.__importDefault) || function (mod) { return mod; };\n",
            "// looks for node_modules/ below\nconst module = { exports: {} };\n",
        ] {
            assert!(!is_built(text), "{text}");
        }
    }
}
