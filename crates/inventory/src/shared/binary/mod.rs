//! Compiled programs and native libraries: each is read once, by every reader that knows traces of packages in it.
//!
//! **Source**: the containers' own specifications, named in `containers/`. **Supported**: ELF, PE, Mach-O (universal files too)
//! and WebAssembly. **Unsupported** (→ gap): programs packed by UPX, cut off ones, and programs in which no reader finds
//! anything.
//!
//! Which files are read:
//! - programs: named without an ending, as a version (`python3.12`) or by `.exe`, `.wasm`, …, wherever they lie. A package
//!   that brought one (a wheel's `bin/`, `node_modules/@esbuild/…/bin/esbuild`) does not answer for what was linked into it;
//! - libraries (`.so`, `.dll`, `.dylib`, `.node`), unless a package answers for them: those that a Python distribution records,
//!   those in `node_modules` and jars, and in wheels' `NAME.libs` folders. A scientific Python package holds a hundred of them,
//!   which weigh more than all else together: inflating them would cost fifty times what the rest of the inventory does.
//!
//! Whether a file is a program at all is told by its first bytes; only programs are inflated whole.

mod bytes;
pub(crate) mod containers;
mod program;

use artifact::{Entry, Mount};

use crate::document::{Document, EntryPath, Format, Reading};
use crate::ecosystems;

pub(crate) use bytes::Cursor;
pub(crate) use program::{Program, Section, SectionKind};

/// Programs are read whoever brought them, and so before it is known what belongs to whom.
pub(crate) const PROGRAM: Format =
    Format { id: "program", accepts: is_named_as_program, read, finds_installed: true, advice: "" };

/// Libraries that an installed package records are dropped before they are read.
pub(crate) const LIBRARY: Format =
    Format { id: "program-library", accepts: is_named_as_library, read, finds_installed: false, advice: "" };

/// What looks for one kind of trace in a program.
#[derive(Debug)]
pub(crate) struct Reader {
    /// What it makes of the program; claims and gaps go into the reading.
    pub(crate) read: fn(&Program<'_>, &Document<'_>, &mut Reading),
}

/// Every reader, asked in this order. A reader of another kind of program is one more row.
const READERS: &[&Reader] = &[
    &ecosystems::cargo::PROGRAM_READER,
    &ecosystems::generic::PROGRAM_READER,
    &ecosystems::go::PROGRAM_READER,
    &ecosystems::nuget::PROGRAM_READER,
];

/// Smaller files hold no program with packages in it, but there are many of them: time zones, licences.
const MIN_PROGRAM_BYTES: u64 = 4 << 10;
/// The most that is read of one program: what a whole function may weigh on the largest platform, and then some.
const MAX_PROGRAM_BYTES: u64 = 512 << 20;
/// How much tells what a file is: the headers of each container lie within.
const PREFIX_BYTES: usize = 1 << 10;

/// Endings of programs.
const PROGRAM_ENDINGS: &[&str] = &["bin", "elf", "exe", "run", "wasm"];
/// Endings of libraries.
const LIBRARY_ENDINGS: &[&str] = &["dll", "dylib", "node", "pyd", "so"];
/// Folders in which libraries belong to the package around them.
const OWNED_FOLDERS: &[&str] = &["node_modules/", ".libs/", ".dylibs/", ".jar!/", ".war!/", ".nupkg!/"];
/// Folders of a system's root that its package manager fills.
const SYSTEM_FOLDERS: &[&str] = &["bin/", "lib/", "lib32/", "lib64/", "sbin/", "usr/"];

fn is_named_as_program(path: EntryPath<'_>) -> bool {
    if path.folder.ends_with(".dist-info") || path.folder.contains(".git/") {
        return false;
    }
    match path.file_name.rsplit_once('.') {
        None => true,
        Some((stem, ending)) => {
            let is_version = !ending.is_empty() && ending.bytes().all(|byte| byte.is_ascii_digit());
            let is_in_program_folder =
                ["bin", "sbin", "extensions", "libexec"].contains(&path.folder.rsplit('/').next().unwrap_or_default());
            PROGRAM_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
                || (is_version && !is_versioned_library(stem))
                || (is_in_program_folder && !is_named_as_library(path))
        }
    }
}

fn is_named_as_library(path: EntryPath<'_>) -> bool {
    let is_library = match path.file_name.rsplit_once('.') {
        None => false,
        Some((stem, ending)) => {
            LIBRARY_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)) || is_versioned_library(stem)
        }
    };
    is_library && !OWNED_FOLDERS.iter().any(|folder| path.path.contains(folder))
}

/// `libssl.so` of `libssl.so.3`, `libz.so.1` of `libz.so.1.2`.
fn is_versioned_library(stem: &str) -> bool {
    stem.ends_with(".so") || stem.contains(".so.")
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let entry = document.entry;
    if entry.size_bytes < MIN_PROGRAM_BYTES || entry.is_repetition() || is_left_to_system(document) {
        return;
    }
    // What cannot be read at all is told by those who read every file; that this one may be a program is only a guess.
    let Ok(prefix) = document.survey.artifact.prefix(entry, PREFIX_BYTES) else { return };
    if !containers::is_program(&prefix) || containers::is_managed(&prefix) {
        return;
    }
    if entry.size_bytes > MAX_PROGRAM_BYTES {
        let why = format!("the program is larger than {} MB and was not read", MAX_PROGRAM_BYTES >> 20);
        return reading.gaps.push(document.gap(None, why));
    }
    document.survey.artifact.lend(entry, |bytes| match bytes {
        Ok(bytes) => read_program(bytes, document, reading),
        Err(gap) => reading.gaps.push(model::Gap::new(gap.location, gap.why, crate::document::HIDES)),
    });
}

/// Libraries of the operating system belong to its packages, unless their name says that they are of interest alone.
fn is_left_to_system(document: &Document<'_>) -> bool {
    is_in_system_folder(document.entry)
        && is_named_as_library(document.path)
        && !ecosystems::generic::is_known_library(document.path.file_name)
}

fn is_in_system_folder(entry: &Entry) -> bool {
    let is_local = entry.path.starts_with("usr/local/");
    entry.mount == Mount::System && !is_local && SYSTEM_FOLDERS.iter().any(|folder| entry.path.starts_with(folder))
}

fn read_program(bytes: &[u8], document: &Document<'_>, reading: &mut Reading) {
    let programs = containers::read(bytes);
    if programs.is_empty() {
        let why = "the program's headers are damaged, so what was linked into it is not known; build it again";
        return reading.gaps.push(document.gap(None, why));
    }
    let before = (reading.claims.len(), reading.gaps.len());
    for program in &programs {
        if program.is_packed() {
            let why = "the program is packed by UPX, so what was linked into it is not known; unpack it with `upx -d` and scan that";
            reading.gaps.push(document.gap(None, why));
            continue;
        }
        if program.is_cut_off {
            let why = "the program is cut off before its last section, so what was linked into it may not be known; build it again";
            reading.gaps.push(document.gap(None, why));
        }
        for reader in READERS {
            (reader.read)(program, document, reading);
        }
    }
    reading.gaps.dedup();
    let is_silent = (reading.claims.len(), reading.gaps.len()) == before;
    let is_listed = document.survey.is_listed_assembly(document.entry)
        && (is_named_as_library(document.path) || ecosystems::nuget::is_plain_host(bytes));
    if is_silent && !is_listed && !is_covered(document) {
        let why = "the program does not state which packages were linked into it; scan the folder it is built from, with its \
                   lock file";
        reading.gaps.push(document.gap(None, why));
    }
}

/// Whether a package answers for a program in which nothing was found, not even who built it.
fn is_covered(document: &Document<'_>) -> bool {
    let path = document.path.path;
    is_in_system_folder(document.entry)
        || !document.path.is_of_project()
        || OWNED_FOLDERS.iter().any(|folder| path.contains(folder))
        // Python's own extension modules lie in folders of packages whose metadata was left out.
        || path.contains(".cpython-")
        || path.contains("/lib-dynload/")
        // Launchers of scripts (`setuptools/cli-32.exe`), compilers' helpers. Last, as records are read for it.
        || ecosystems::is_recorded(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_programs_and_libraries_by_their_names() {
        let programs = [
            "bootstrap",
            "extensions/datadog-agent",
            "bin/python3.12",
            "function.exe",
            "a/module.wasm",
            "bin/tool.v1",
            "redis-7.2",
            "node_modules/@esbuild/linux-x64/bin/esbuild",
        ];
        for path in programs {
            let path = EntryPath::new(path);
            assert!(is_named_as_program(path) && !is_named_as_library(path), "{path:?}");
        }
        let libraries =
            ["lib/libssl.so.3", "lib/libcrypto.so.1.1", "a.so", "x/native.node", "x.DLL", "libz.1.dylib", "bin/a.so"];
        for path in libraries {
            let path = EntryPath::new(path);
            assert!(is_named_as_library(path) && !is_named_as_program(path), "{path:?}");
        }
        let neither = [
            "a-1.dist-info/RECORD",
            "app.py",
            "node_modules/sharp/build/a.node",
            "numpy.libs/libgfortran.so.5",
            "lib/a.jar!/linux/libnetty.so",
            "README.md",
        ];
        for path in neither {
            let path = EntryPath::new(path);
            assert!(!is_named_as_library(path) && !is_named_as_program(path), "{path:?}");
        }
    }
}
