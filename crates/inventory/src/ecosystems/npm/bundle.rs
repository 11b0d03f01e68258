//! JavaScript that a bundler or minifier wrote: it holds packages whose names and versions it mostly does not state.
//!
//! **Source**: the output of esbuild 0.20, webpack 5, ncc 0.38 and rollup 4 on the same handler. **Supported**: telling such
//! a file from hand-written code, by the helpers that bundlers write in front and by minified lines. **Unsupported** (→ gap):
//! what the file holds.

use crate::document::{Document, EntryPath, Format, Reading};

pub(crate) const FORMAT: Format = Format { id: "bundle", accepts, read, finds_installed: false, advice: "" };

/// Below this a file is read by eye and holds no package worth the name.
const MIN_BUNDLE_BYTES: u64 = 4 << 10;
/// Below this a long line may be data: a table, an inlined image.
const MIN_MINIFIED_BYTES: u64 = 24 << 10;
/// Hand-written code has no such lines.
const MIN_MINIFIED_LINE_BYTES: usize = 4 << 10;

/// What bundlers write into files that are not minified; each bundle of several packages has one of them.
const SIGNS: &[&str] = &[
    "webpackBootstrap",
    "__webpack_require__",
    "__nccwpck_require__",
    "__webpack_modules__",
    "var __commonJS = (",
    "var __toESM = (",
    "getDefaultExportFromCjs",
    "parcelRequire",
    "// node_modules/",
];

fn accepts(path: EntryPath<'_>) -> bool {
    let is_script = [".js", ".cjs", ".mjs"].iter().any(|suffix| path.file_name.ends_with(suffix));
    // Yarn's own programs are no part of the function, and what a jar brings along for browsers is not run by it.
    let is_foreign = path.path.contains(".yarn/") || path.path.contains(".jar!/") || path.file_name == ".pnp.cjs";
    is_script && path.is_of_project() && !is_foreign
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    if document.entry.size_bytes < MIN_BUNDLE_BYTES {
        return;
    }
    let Some(bytes) = document.bytes(reading) else { return };
    let is_minified = document.entry.size_bytes >= MIN_MINIFIED_BYTES && has_minified_line(&bytes);
    let is_bundle =
        is_minified || str::from_utf8(&bytes).is_ok_and(|text| SIGNS.iter().any(|sign| text.contains(sign)));
    if is_bundle {
        let why = "bundled or minified code does not say which packages of which version it holds: scan the folder it is built \
                   from, with its lock file";
        reading.gaps.push(document.gap(None, why));
    }
}

/// Whether some line is longer than anybody writes and looks like code: with brackets and semicolons, not one text.
fn has_minified_line(bytes: &[u8]) -> bool {
    bytes.split(|byte| *byte == b'\n').filter(|line| line.len() >= MIN_MINIFIED_LINE_BYTES).any(|line| {
        let start = line.get(..MIN_MINIFIED_LINE_BYTES).unwrap_or(line);
        let signs = start.iter().filter(|byte| matches!(byte, b'(' | b')' | b'{' | b'}' | b';' | b'=')).count();
        signs * 20 > start.len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_minified_code_by_its_lines() {
        let code = "var a=function(b){return b.c(d,e)};".repeat(200);
        assert!(has_minified_line(code.as_bytes()));
        assert!(has_minified_line(format!("/*! licence */\n{code}\n").as_bytes()));
        assert!(!has_minified_line(code.replace(';', ";\n").as_bytes()));
        assert!(!has_minified_line(format!("const image = \"{}\";", "QUJD".repeat(4_000)).as_bytes()));
    }
}
