//! What the Go linker writes into every program about the modules it was built from.
//!
//! **Source**: Go's packages `debug/buildinfo` and `runtime/debug` (`ParseBuildInfo`), documentation and behaviour of Go 1.13
//! to 1.26. **Supported**: texts behind pointers (before Go 1.18) and inline texts, both widths and byte orders, any container,
//! with and without a section of its own; stripped programs.
//!
//! The information is a header of 32 bytes that begins with a magic text at an address divisible by 16, then the version of
//! the toolchain and lines of columns between tabs: `path`, `mod`, `dep`, `=>` (replaces the line before), `build`.

use crate::shared::binary::{Cursor, Program};

const MAGIC: &[u8] = b"\xff Go buildinf:";
const ALIGNMENT: usize = 16;
const HEADER_BYTES: usize = 32;
const POINTER_BYTES_AT: u64 = 14;
const FLAG_BIG_ENDIAN: u8 = 1;
const FLAG_INLINE: u8 = 2;
const SECTIONS: &[&str] = &[".go.buildinfo", "__go_buildinfo"];
/// The lines stand between two marks of this length.
const MARK_BYTES: usize = 16;
/// Modules of one program; the largest have some thousand.
const MAX_MODULES: usize = 20_000;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct BuildInfo {
    /// As the toolchain calls itself: `go1.21.5`, `go1.24.3 X:jsonv2`, `devel go1.23-0123abcdef`.
    pub(super) toolchain: String,
    /// Import path of the main package; empty when not stated.
    pub(super) main_package: String,
    pub(super) main: Option<Module>,
    pub(super) dependencies: Vec<Module>,
    /// `-ldflags`, `vcs.revision`, …, as written.
    pub(super) settings: Vec<(String, String)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Module {
    pub(super) path: String,
    /// With `v`; `(devel)` or empty where it is not known.
    pub(super) version: String,
    pub(super) replacement: Option<Box<Self>>,
}

/// The information in `program`; `None` when it has none, an error when it is damaged.
pub(super) fn find(program: &Program<'_>) -> Option<Result<BuildInfo, Damaged>> {
    let own = program.section(SECTIONS).map(|section| section.bytes);
    let blob = own.into_iter().chain(program.data()).find_map(blob)?;
    let Some((toolchain, lines)) = texts(program, blob) else { return Some(Err(Damaged)) };
    if toolchain.is_empty() {
        return Some(Err(Damaged));
    }
    let mut found = parse(&String::from_utf8_lossy(unframed(lines)));
    found.toolchain = String::from_utf8_lossy(toolchain).into_owned();
    Some(Ok(found))
}

/// The header is there, but what it leads to is not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Damaged;

/// Everything from the header on.
fn blob(bytes: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::find_iter(bytes, MAGIC).find(|at| at % ALIGNMENT == 0)?;
    bytes.get(at..)
}

fn texts<'a>(program: &Program<'a>, blob: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let mut header = Cursor::at(blob, POINTER_BYTES_AT, false)?;
    let (pointer_bytes, flags) = (header.u8()?, header.u8()?);
    if flags & FLAG_INLINE != 0 {
        let mut rest = Cursor::at(blob, HEADER_BYTES as u64, false)?;
        let mut text = || {
            let length = usize::try_from(rest.varint()?).ok()?;
            rest.take(length)
        };
        return Some((text()?, text()?));
    }
    let big_endian = flags & FLAG_BIG_ENDIAN != 0;
    let is_64_bit = match pointer_bytes {
        4 => false,
        8 => true,
        _ => return None,
    };
    let mut pointers = Cursor::at(blob, POINTER_BYTES_AT + 2, big_endian)?;
    let mut text = || {
        let mut string = Cursor::at(program.at(pointers.word(is_64_bit)?)?, 0, big_endian)?;
        let (address, length) = (string.word(is_64_bit)?, string.word(is_64_bit)?);
        program.at(address)?.get(..usize::try_from(length).ok()?)
    };
    let toolchain = text()?;
    // A program that was built without modules points nowhere.
    Some((toolchain, text().unwrap_or_default()))
}

fn unframed(lines: &[u8]) -> &[u8] {
    let inner = lines.get(MARK_BYTES..lines.len().saturating_sub(MARK_BYTES)).unwrap_or_default();
    if inner.ends_with(b"\n") { inner } else { &[] }
}

fn parse(lines: &str) -> BuildInfo {
    let mut found = BuildInfo::default();
    let mut is_main_last = false;
    for line in lines.lines() {
        let Some((kind, rest)) = line.split_once('\t') else { continue };
        match kind {
            "path" => rest.clone_into(&mut found.main_package),
            "mod" => {
                found.main = Some(module(rest));
                is_main_last = true;
            }
            "dep" if found.dependencies.len() < MAX_MODULES => {
                found.dependencies.push(module(rest));
                is_main_last = false;
            }
            "=>" => {
                let last = if is_main_last { found.main.as_mut() } else { found.dependencies.last_mut() };
                if let Some(last) = last {
                    last.replacement = Some(Box::new(module(rest)));
                }
            }
            "build" => found.settings.extend(setting(rest)),
            _ => {}
        }
    }
    found
}

/// `path`, `version` and a checksum that is not needed.
fn module(columns: &str) -> Module {
    let mut columns = columns.split('\t').map(str::to_owned);
    Module { path: columns.next().unwrap_or_default(), version: columns.next().unwrap_or_default(), replacement: None }
}

/// `key=value`, either of which may be quoted as Go does.
fn setting(text: &str) -> Option<(String, String)> {
    let (key, value) = text.split_once('=')?;
    let value = match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => value.trim_matches('`').to_owned(),
    };
    Some((key.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lines_of_columns() {
        let lines = "path\texample.com/f\nmod\texample.com/f\t(devel)\t\ndep\tgolang.org/x/net\tv0.1.0\th1:x=\n\
                     dep\tgithub.com/a/b\tv1.0.0\n=>\tgithub.com/fork/b\tv1.0.1\th1:y=\nbuild\t-ldflags=\"-X \\\"main.v=1\\\"\"\nbuild\tCGO_ENABLED=0\nodd\n";
        let found = parse(lines);
        let module =
            |path: &str, version: &str| Module { path: path.into(), version: version.into(), replacement: None };
        let replaced = Module {
            replacement: Some(Box::new(module("github.com/fork/b", "v1.0.1"))),
            ..module("github.com/a/b", "v1.0.0")
        };
        assert_eq!(found.main_package, "example.com/f");
        assert_eq!(found.main, Some(module("example.com/f", "(devel)")));
        assert_eq!(found.dependencies, [module("golang.org/x/net", "v0.1.0"), replaced]);
        let settings = [("-ldflags", "-X \"main.v=1\""), ("CGO_ENABLED", "0")];
        assert_eq!(found.settings, settings.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
}
