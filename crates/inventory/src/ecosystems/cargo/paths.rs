//! What panics leave of crates: the paths of their source files, which hold name and version.
//!
//! **Source**: The Cargo Book, "Cargo Home" (`registry/src/INDEX/NAME-VERSION/`); programs built by rustc 1.75 to 1.95, whose
//! `.comment` section names the compiler. **Supported**: every registry, both separators, prefixes remapped by
//! `--remap-path-prefix`. **Unsupported** (→ gap): crates that cannot panic leave nothing, crates of a repository or a folder no
//! version.

use std::collections::BTreeSet;

use crate::ecosystems::semver;
use crate::shared::binary::Program;

const REGISTRY_PATHS: &[&[u8]] = &[b"registry/src/", b"registry\\src\\"];
/// Where the standard library's own sources are said to lie: `/rustc/COMMIT/library/core/src/…`.
const STANDARD_LIBRARY_PATH: &[u8] = b"/rustc/";
const COMPILER_MARK: &[u8] = b"rustc version ";
/// The index's name, the crate's name and its version together are never longer.
const MAX_PATH_BYTES: usize = 300;
/// Crates of one program.
const MAX_CRATES: usize = 10_000;

/// What a program's texts say of the crates in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Traces {
    /// Names and versions.
    pub(super) crates: BTreeSet<(String, String)>,
    /// Whether it was built by rustc at all.
    pub(super) is_rust: bool,
    /// The compiler's version, which is that of the standard library.
    pub(super) compiler: Option<String>,
}

pub(super) fn find(program: &Program<'_>) -> Traces {
    let mut traces = Traces { compiler: compiler(program), ..Traces::default() };
    for data in program.data() {
        traces.is_rust |= is_rust(data);
        for mark in REGISTRY_PATHS {
            let ends = memchr::memmem::find_iter(data, mark).map(|at| at + mark.len());
            let paths = ends.filter_map(|at| data.get(at..(at + MAX_PATH_BYTES).min(data.len())));
            for found in paths.filter_map(name_and_version) {
                if traces.crates.len() < MAX_CRATES {
                    traces.crates.insert(found);
                }
            }
        }
    }
    traces.is_rust |= !traces.crates.is_empty();
    traces
}

fn is_rust(data: &[u8]) -> bool {
    const COMMIT_BYTES: usize = 40;
    memchr::memmem::find_iter(data, STANDARD_LIBRARY_PATH).any(|at| {
        let commit = data.get(at + STANDARD_LIBRARY_PATH.len()..).and_then(|rest| rest.get(..COMMIT_BYTES));
        commit.is_some_and(|commit| commit.iter().all(u8::is_ascii_hexdigit))
    })
}

/// `rustc version 1.75.0 (82e1608df 2023-12-21)`.
fn compiler(program: &Program<'_>) -> Option<String> {
    let comment = program.section(&[".comment"])?.bytes;
    let versions: BTreeSet<&str> = memchr::memmem::find_iter(comment, COMPILER_MARK)
        .filter_map(|at| {
            let rest = comment.get(at + COMPILER_MARK.len()..)?;
            let end = rest.iter().position(|byte| matches!(byte, b' ' | 0)).unwrap_or(rest.len());
            str::from_utf8(rest.get(..end)?).ok()
        })
        .filter(|version| is_version(version))
        .collect();
    // C++ and Rust objects of several compilers may be linked together.
    match versions.into_iter().collect::<Vec<_>>().as_slice() {
        [version] => Some((*version).to_owned()),
        _ => None,
    }
}

/// `INDEX/NAME-VERSION/…`, with either separator.
fn name_and_version(path: &[u8]) -> Option<(String, String)> {
    let mut parts = path.split(|byte| matches!(byte, b'/' | b'\\'));
    let (_index, folder, _file) = (parts.next()?, parts.next()?, parts.next()?);
    let folder = str::from_utf8(folder).ok()?;
    folder.match_indices('-').find_map(|(at, _)| {
        let (name, version) = (folder.get(..at)?, folder.get(at + 1..)?);
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        (is_name && is_version(version)).then(|| (name.to_owned(), version.to_owned()))
    })
}

/// Whether it is a version as the registry takes it: three numbers, no more and no less.
fn is_version(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+'))
        && semver::parts(text).is_some_and(|parts| {
            parts.numbers.len() == 3
                && (parts.prerelease.is_empty() || text.contains(&format!("-{}", parts.prerelease)))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_folders_of_the_registry() {
        let cases = [
            ("index.example-6f17d22bba15001f/serde_json-1.0.117/src/de.rs", Some(("serde_json", "1.0.117"))),
            ("github.com-1ecc6299db9ec823/wasm-bindgen-0.2.92/src", Some(("wasm-bindgen", "0.2.92"))),
            ("i\\rand-0.9.0-alpha.1\\src\\lib.rs", Some(("rand", "0.9.0-alpha.1"))),
            ("i/libz-sys-1.1.8+zlib1.2.11/x", Some(("libz-sys", "1.1.8+zlib1.2.11"))),
            ("i/foo-2-1.0.0/x", Some(("foo-2", "1.0.0"))),
            ("i/foo-1.0/x", None),
            ("i/foo-1.0.0", None),
            ("i/foo/x", None),
            ("i/-1.0.0/x", None),
        ];
        for (path, expected) in cases {
            let found = name_and_version(path.as_bytes());
            let found = found.as_ref().map(|(name, version)| (name.as_str(), version.as_str()));
            assert_eq!(found, expected, "{path}");
        }
    }
}
