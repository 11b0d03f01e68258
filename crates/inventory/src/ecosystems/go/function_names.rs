//! The functions that the Go linker kept, from the table that maps code to lines. The running program needs it, so it survives
//! `-s -w` and `strip`.
//!
//! **Source**: Go's `runtime/symtab.go` and `cmd/link/internal/ld/pcln.go`, Go 1.16 to 1.26. **Supported**: the tables of Go
//! 1.16, 1.18 and 1.20, whose names of functions lie together, those of inlined functions with them. **Unsupported**: the
//! table of Go 1.2 to 1.15: inlined functions are not named in it in one place, and a list without them would call linked
//! functions absent, so no list is given.
//!
//! Names become what advisories write: `path/of/package.Function`, `path/of/package.Type.Method`. Closures and what the compiler
//! makes (`type:.eq.…`, wrappers) are left out: the function around them is named itself.

use std::borrow::Cow;

use crate::shared::binary::{Cursor, Program};

const SECTIONS: &[&str] = &[".gopclntab", "__gopclntab", ".data.rel.ro.gopclntab"];
/// Behind the first byte, which tells the version, as a little-endian number; the other byte order is tried as well.
const MAGIC_REST: &[u8] = b"\xff\xff\xff\0\0";
const VERSION_1_2: u8 = 0xfb;
const VERSION_1_16: u8 = 0xfa;
const VERSION_1_18: u8 = 0xf0;
const VERSION_1_20: u8 = 0xf1;
/// Functions of one program; the largest have some hundred thousand.
const MAX_FUNCTIONS: usize = 2_000_000;

/// The table of one program.
#[derive(Debug, Clone, Copy)]
pub(super) struct FunctionNames<'a> {
    /// Ended by 0 each; empty for tables that are not read.
    names: &'a [u8],
    /// Whether all functions are named, inlined ones too.
    pub(super) is_complete: bool,
}

/// A function's package and its name there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function<'a> {
    pub(super) package: Cow<'a, str>,
    /// `Function` or `Type.Method`.
    pub(super) name: Cow<'a, str>,
}

pub(super) fn find<'a>(program: &Program<'a>) -> Option<FunctionNames<'a>> {
    if let Some(section) = program.section(SECTIONS) {
        return table(section.bytes);
    }
    // Programs of Windows have no section for it.
    program.data().find_map(|data| {
        memchr::memmem::find_iter(data, MAGIC_REST)
            .filter_map(|at| table(data.get(at.checked_sub(1)?..)?))
            .find(|table| table.is_complete)
    })
}

impl<'a> FunctionNames<'a> {
    /// In the order of the table, which goes by package; some more than once.
    pub(super) fn functions(&self) -> impl Iterator<Item = Function<'a>> {
        let names = self.names.split(|byte| *byte == 0).take(MAX_FUNCTIONS);
        names.filter_map(|name| function(str::from_utf8(name).ok()?))
    }
}

fn table(bytes: &[u8]) -> Option<FunctionNames<'_>> {
    let (first, big_endian) = match bytes.first_chunk()? {
        [version, 0xff, 0xff, 0xff, 0, 0] => (*version, false),
        [0xff, 0xff, 0xff, version, 0, 0] => (*version, true),
        _ => return None,
    };
    let mut header = Cursor::at(bytes, 6, big_endian)?;
    let (quantum, pointer_bytes) = (header.u8()?, header.u8()?);
    if !matches!(quantum, 1 | 2 | 4) || !matches!(pointer_bytes, 4 | 8) {
        return None;
    }
    let is_64_bit = pointer_bytes == 8;
    // Counts of functions and files, and in later versions where the code starts.
    let words_before = match first {
        VERSION_1_2 => return Some(FunctionNames { names: &[], is_complete: false }),
        VERSION_1_16 => 2,
        VERSION_1_18 | VERSION_1_20 => 3,
        _ => return None,
    };
    for _ in 0..words_before {
        header.word(is_64_bit)?;
    }
    let (names_at, units_at) = (header.word(is_64_bit)?, header.word(is_64_bit)?);
    let names = bytes.get(usize::try_from(names_at).ok()?..usize::try_from(units_at).ok()?)?;
    let is_plausible = names_at >= 8 * u64::from(pointer_bytes) && memchr::memchr(0, names).is_some();
    is_plausible.then_some(FunctionNames { names, is_complete: true })
}

/// The function that the linker calls so; `None` for what the compiler made.
fn function(symbol: &str) -> Option<Function<'_>> {
    if symbol.is_empty() || ["type:", "type.", "go:", "go."].iter().any(|start| symbol.starts_with(start)) {
        return None;
    }
    let plain = without_type_arguments(symbol);
    let (package, name) = split(&plain)?;
    let (package, name) = (unescaped(package).into_owned(), method(name)?.into_owned());
    Some(Function { package: package.into(), name: name.into() })
}

/// `pkg.Map[…].Get` → `pkg.Map.Get`.
fn without_type_arguments(symbol: &str) -> Cow<'_, str> {
    if !symbol.contains('[') {
        return Cow::Borrowed(symbol);
    }
    let mut depth = 0_usize;
    let kept = symbol.chars().filter(|c| match c {
        '[' => {
            depth += 1;
            false
        }
        ']' => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    });
    Cow::Owned(kept.collect())
}

/// The package's path ends at the first dot behind its last slash; dots of its last element are escaped.
fn split(symbol: &str) -> Option<(&str, &str)> {
    let head = symbol.split('(').next()?;
    let last_slash = head.rfind('/').map_or(0, |at| at + 1);
    let dot = last_slash + symbol.get(last_slash..)?.find('.')?;
    Some((symbol.get(..dot)?, symbol.get(dot + 1..)?))
}

/// `%2e` → `.`, and likewise for other bytes.
fn unescaped(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let mut plain = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        plain.push_str(before);
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte {
            Some(byte) if byte.is_ascii() => plain.push(char::from(byte)),
            _ => return Cow::Borrowed(path),
        }
        rest = after.get(2..).unwrap_or_default();
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// `Function`, `Type.Method` or `(*Type).Method` as advisories write it.
fn method(name: &str) -> Option<Cow<'_, str>> {
    let name = name.strip_suffix("-fm").unwrap_or(name);
    let name = name.strip_suffix(".abi0").unwrap_or(name);
    let plain = match name.strip_prefix("(*").and_then(|rest| rest.split_once(").")) {
        Some((receiver, method)) => Cow::Owned(format!("{receiver}.{method}")),
        None => Cow::Borrowed(name),
    };
    let mut parts = plain.split('.');
    let (first, second) = (parts.next()?, parts.next());
    let is_written = parts.next().is_none() && is_identifier(first) && second.is_none_or(is_identifier);
    is_written.then_some(plain)
}

/// Whether somebody wrote the name: not a number, and not what the compiler calls closures and wrappers.
fn is_identifier(name: &str) -> bool {
    let is_numbered = |stem: &str| {
        name.strip_prefix(stem).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    name.starts_with(|first: char| first == '_' || first.is_alphabetic())
        && name.chars().all(|c| c == '_' || c.is_alphanumeric())
        && !["func", "gowrap", "deferwrap", "dwrap"].into_iter().any(is_numbered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_functions_as_advisories_do() {
        let cases = [
            ("net/http.(*Client).Do", Some(("net/http", "Client.Do"))),
            ("net/http.Header.Get", Some(("net/http", "Header.Get"))),
            ("net/http.Get", Some(("net/http", "Get"))),
            ("gopkg.in/yaml%2ev3.Unmarshal", Some(("gopkg.in/yaml.v3", "Unmarshal"))),
            ("golang.org/x/exp/maps.Keys[go.shape.map[string]int]", Some(("golang.org/x/exp/maps", "Keys"))),
            ("a.io/b.(*Set[a.io/c.T]).Add", Some(("a.io/b", "Set.Add"))),
            ("a.io/b.(*T).M-fm", Some(("a.io/b", "T.M"))),
            ("main.main", Some(("main", "main"))),
            ("runtime.memmove.abi0", Some(("runtime", "memmove"))),
            ("main.main.func1", None),
            ("main.(*T).M.func2.1", None),
            ("main.T.M.gowrap1", None),
            ("main.glob..func1", None),
            ("main.init.0", None),
            ("type:.eq.net/http.Request", None),
            ("go:buildid", None),
            ("_cgo_init", None),
            ("", None),
        ];
        for (symbol, expected) in cases {
            let found = function(symbol).map(|found| (found.package.into_owned(), found.name.into_owned()));
            let expected = expected.map(|(package, name)| (package.to_owned(), name.to_owned()));
            assert_eq!(found, expected, "{symbol}");
        }
    }
}
