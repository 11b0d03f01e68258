//! .NET programs in one file: a host with everything the program needs behind it, or all of it compiled to machine code.
//!
//! **Source**: the .NET runtime's design document "Single-file bundles" (the manifest, versions 1, 2 and 6).
//! **Supported**: the `deps.json` and `runtimeconfig.json` within; files of the bundle count as being there. **Unsupported** (→
//! gap): bundles without a `deps.json`; compressed ones of these two, which no SDK writes; programs compiled ahead of time
//! (NativeAOT), which keep no list of what was compiled in.

use memchr::memmem;
use rustc_hash::FxHashSet;

use crate::document::{Document, Reading, decode};
use crate::ecosystems::nuget::{NUGET, deps_json, runtimeconfig};
use crate::shared::binary::{Program, Reader};

pub(crate) const READER: Reader = Reader { read: read_program };

/// Stands in every host, behind the place of the manifest, which is zero where nothing was bundled.
const SIGNATURE: [u8; 32] = [
    0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93, 0x02, 0x14, 0xd7, 0xa0, 0x32, 0x13, 0xf5, 0xb9,
    0xe6, 0xef, 0xae, 0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae,
];
/// Files of one bundle; the largest have some hundred.
const MAX_FILES: usize = 20_000;
const DEPS_JSON: u8 = 3;
const RUNTIME_CONFIG: u8 = 4;

/// What a bundle says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
struct Bundle<'a> {
    deps_json: Option<&'a [u8]>,
    runtime_config: Option<&'a [u8]>,
    /// Relative paths.
    files: Vec<&'a str>,
}

/// Sections that only programs compiled ahead of time have.
const COMPILED_SECTIONS: &[&str] = &["__managedcode", ".managed"];

/// Whether the program only starts the assemblies beside it.
pub(crate) fn is_plain_host(bytes: &[u8]) -> bool {
    memmem::find(bytes, &SIGNATURE).is_some() && manifest_offset(bytes).is_none()
}

fn read_program(program: &Program<'_>, document: &Document<'_>, reading: &mut Reading) {
    if program.section(COMPILED_SECTIONS).is_some() {
        let why = "the .NET program is compiled ahead of time and keeps no list of its packages; scan the project it is built \
                   from, with its lock file";
        return reading.gaps.push(document.gap(None, why));
    }
    let before = reading.claims.len();
    read(program.bytes, document, reading);
    for claim in reading.claims.iter_mut().skip(before) {
        claim.ecosystem = Some(&NUGET);
    }
}

/// Reads the bundle behind a host, if there is one.
fn read(bytes: &[u8], document: &Document<'_>, reading: &mut Reading) {
    let Some(manifest) = manifest_offset(bytes) else { return };
    let Some(bundle) = Bundle::parse(bytes, manifest) else {
        let why = "the single-file program's list of files is damaged, so its packages are not known; publish it again";
        return reading.gaps.push(document.gap(None, why));
    };
    match bundle.deps_json {
        Some(list) => {
            let files: FxHashSet<&str> = bundle.files.iter().copied().collect();
            let has_file = |path: &str| files.contains(path);
            deps_json::read_text(document, &decode(list), &has_file, reading);
        }
        None => {
            let why =
                "the single-file program holds no `deps.json`, so its packages are not known; publish it with one";
            reading.gaps.push(document.gap(None, why));
        }
    }
    if let Some(configuration) = bundle.runtime_config {
        runtimeconfig::read_text(document, &decode(configuration), bundle.deps_json.is_some(), reading);
    }
}

/// Where the manifest begins; `None` for programs that are no host, and hosts with nothing bundled.
fn manifest_offset(bytes: &[u8]) -> Option<usize> {
    let at = memmem::find(bytes, &SIGNATURE)?;
    let before = bytes.get(at.checked_sub(8)?..at)?;
    let offset = u64::from_le_bytes(before.try_into().ok()?);
    usize::try_from(offset).ok().filter(|offset| *offset != 0)
}

impl<'a> Bundle<'a> {
    fn parse(bytes: &'a [u8], manifest: usize) -> Option<Self> {
        let mut rest = Rest(bytes.get(manifest..)?);
        let major = rest.u32()?;
        let _minor = rest.u32()?;
        let count = usize::try_from(rest.u32()?).ok().filter(|count| *count <= MAX_FILES)?;
        let _id = rest.text()?;
        if major >= 2 {
            // Places of the two files of settings, which the list holds too, and flags.
            rest.take(40)?;
        }
        let mut bundle = Self::default();
        for _ in 0..count {
            let (offset, size) = (rest.u64()?, rest.u64()?);
            let compressed_size = if major >= 6 { rest.u64()? } else { 0 };
            let kind = rest.take(1)?.first().copied()?;
            let path = rest.text()?;
            let content = || {
                let start = usize::try_from(offset).ok()?;
                bytes.get(start..start.checked_add(usize::try_from(size).ok()?)?).filter(|_| compressed_size == 0)
            };
            match kind {
                DEPS_JSON => bundle.deps_json = content(),
                RUNTIME_CONFIG => bundle.runtime_config = content(),
                _ => bundle.files.push(path),
            }
        }
        Some(bundle)
    }
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    /// Its length in groups of seven bits, lowest first, then UTF-8.
    fn text(&mut self) -> Option<&'a str> {
        let mut length = 0_usize;
        for shift in [0, 7, 14] {
            let byte = self.take(1)?.first().copied()?;
            length |= usize::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return str::from_utf8(self.take(length)?).ok();
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn host(major: u32) -> Vec<u8> {
        let mut file = b"\x7FELF some host code \x8b\x12".to_vec();
        let offset_at = file.len();
        file.extend([0; 8]);
        file.extend(SIGNATURE);
        let list = b"{}";
        let list_at = file.len() as u64;
        file.extend(list);
        let manifest = file.len() as u64;
        file[offset_at..offset_at + 8].copy_from_slice(&manifest.to_le_bytes());
        for number in [major, 0, 2] {
            file.extend(number.to_le_bytes());
        }
        file.extend(b"\x04abcd");
        if major >= 2 {
            file.extend([0; 40]);
        }
        for (offset, size, kind, path) in [(list_at, 2_u64, DEPS_JSON, "App.deps.json"), (0, 4, 1, "App.dll")] {
            file.extend(offset.to_le_bytes());
            file.extend(size.to_le_bytes());
            if major >= 6 {
                file.extend([0; 8]);
            }
            file.push(kind);
            file.push(u8::try_from(path.len()).unwrap());
            file.extend(path.as_bytes());
        }
        file
    }

    #[test]
    fn reads_every_version_of_the_manifest() {
        for major in [1, 2, 6] {
            let file = host(major);
            let bundle = Bundle::parse(&file, manifest_offset(&file).unwrap()).unwrap();
            assert_eq!(bundle.deps_json, Some(&b"{}"[..]), "version {major}");
            assert_eq!(bundle.files, ["App.dll"]);
        }
    }

    #[test]
    fn passes_over_hosts_without_a_bundle() {
        let mut file = host(6);
        let at = file.windows(32).position(|window| window == SIGNATURE).unwrap();
        file[at - 8..at].fill(0);
        assert_eq!(manifest_offset(&file), None);
        assert_eq!(manifest_offset(b"\x8b\x12"), None);
    }

    proptest! {
        #[test]
        fn any_damage_does_no_harm(cut in 0_usize..300, at in 0_usize..300, byte: u8) {
            let mut file = host(6);
            file.truncate(cut);
            if let Some(slot) = file.get_mut(at) {
                *slot = byte;
            }
            if let Some(manifest) = manifest_offset(&file) {
                Bundle::parse(&file, manifest);
            }
        }
    }
}
