//! Assemblies that no `deps.json` speaks of: `.dll` and `.exe` files with managed code.
//!
//! **Source**: Microsoft's "PE Format" (headers, `.rsrc`), "VS_VERSIONINFO"; ECMA-335, II.25 (the CLI header).
//! **Supported**: the name the assembly was built under, and its version where both versions of the resource agree, as they do
//! when a package's version is stamped into its assemblies. **Unsupported** (→ gap): an assembly does not say which package it
//! belongs to, so its own name stands for it; native programs, which are read elsewhere.

use model::component::{EvidenceKind, Presence, Version};

use crate::document::{Document, EntryPath, Format, Reading};
use crate::ecosystems::nuget::{claim, version};
use crate::ecosystems::semver;

pub(crate) const FORMAT: Format =
    Format { id: "assembly", accepts, read, finds_installed: false, advice: "publish the project and scan the output" };

/// How much tells whether a file is managed: headers and the table of sections lie within.
const PREFIX_BYTES: usize = 4 << 10;
const MAX_SECTIONS: usize = 96;
/// Entries of one level of the resources; a version stands among the first.
const MAX_RESOURCES: usize = 256;
/// Characters of one text of the version resource.
const MAX_TEXT_CHARACTERS: usize = 512;
const VERSION_RESOURCE: u32 = 16;
const RESOURCES: usize = 2;
const CLI_HEADER: usize = 14;

fn accepts(path: EntryPath<'_>) -> bool {
    let is_resources = path.file_name.ends_with(".resources.dll");
    [".dll", ".DLL"].iter().any(|ending| path.file_name.ends_with(ending))
        && !is_resources
        && !path.folder.split('/').any(|folder| matches!(folder, "obj" | "ref" | "refs" | "node_modules"))
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    if document.survey.is_listed_assembly(document.entry) {
        return;
    }
    // What cannot be read is told by those who read every file; here it only may be an assembly.
    let Ok(prefix) = document.survey.artifact.prefix(document.entry, PREFIX_BYTES) else { return };
    if !Image::read(&prefix).is_some_and(|image| image.is_managed()) {
        return;
    }
    let Some(bytes) = document.bytes(reading) else { return };
    let Some(image) = Image::read(&bytes) else { return };
    let strings = image.version_strings().unwrap_or_default();
    let file_stem = document.path.file_name.get(..document.path.file_name.len() - 4).unwrap_or_default();
    let built_as = strings.original_name.as_deref().and_then(|name| {
        name.strip_suffix(".dll").or_else(|| name.strip_suffix(".exe")).filter(|stem| !stem.is_empty())
    });
    let name = built_as.unwrap_or(file_stem);
    let (location, place) = (document.location(None), document.place());
    let mut claim = claim(name, strings.version(), EvidenceKind::Recognised, location, place);
    claim.import_names = vec![name.to_owned()];
    if document.sibling(&format!("{file_stem}.runtimeconfig.json")).is_some() {
        claim.presence = Presence::Project;
    } else {
        let why = "no `deps.json` says which package the assembly belongs to, so its own name stands for it; publish with one";
        reading.gaps.push(document.gap(None, why));
    }
    reading.claims.push(claim);
}

/// The texts of a version resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct VersionStrings {
    original_name: Option<String>,
    /// `AssemblyInformationalVersion`.
    product: Option<String>,
    file: Option<String>,
}

impl VersionStrings {
    /// The informational version, when the file's version begins with the same numbers: only then was one version stamped
    /// into both.
    fn version(&self) -> Version {
        let product = self.product.as_deref().map(|text| text.split(['+', ' ']).next().unwrap_or(text));
        let (Some(product), Some(file)) = (product, self.file.as_deref()) else { return Version::Unknown };
        let (Some(left), Some(right)) = (semver::parts(product), semver::parts(file)) else { return Version::Unknown };
        let is_same = (0..3).all(|at| {
            let number =
                |parts: &semver::Parts<'_>| parts.numbers.get(at).map_or(Some(0), |number| number.parse::<u64>().ok());
            number(&left) == number(&right)
        });
        // `1.0.0` is what the compiler writes when nobody states a version.
        let is_stated = left.numbers.len() >= 3 && product != "1.0.0" && product != "1.0.0.0" && product != "0.0.0.0";
        if is_same && is_stated && version::key(product).is_ok() {
            Version::Exact(product.to_owned())
        } else {
            Version::Unknown
        }
    }
}

/// The headers of a PE file.
#[derive(Debug)]
struct Image<'a> {
    bytes: &'a [u8],
    /// Address and size of each data directory.
    directories: Vec<(u32, u32)>,
    /// Address, size and place in the file.
    sections: Vec<(u32, u32, u32)>,
}

impl<'a> Image<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let header = usize::try_from(u32_at(bytes, 0x3C)?).ok()?;
        if !bytes.starts_with(b"MZ") || bytes.get(header..header.checked_add(4)?)? != b"PE\0\0" {
            return None;
        }
        let section_count = usize::from(u16_at(bytes, header.checked_add(6)?)?).min(MAX_SECTIONS);
        let optional_bytes = usize::from(u16_at(bytes, header.checked_add(20)?)?);
        let optional = header.checked_add(24)?;
        // 32-bit and 64-bit headers differ in the width of some sizes.
        let directories_at = optional.checked_add(if u16_at(bytes, optional)? == 0x20B { 112 } else { 96 })?;
        let directories = (0..16).map_while(|at| {
            let at = directories_at.checked_add(at * 8)?;
            Some((u32_at(bytes, at)?, u32_at(bytes, at.checked_add(4)?)?))
        });
        let sections_at = optional.checked_add(optional_bytes)?;
        let sections = (0..section_count).map_while(|at| {
            let at = sections_at.checked_add(at * 40)?;
            Some((
                u32_at(bytes, at.checked_add(12)?)?,
                u32_at(bytes, at.checked_add(16)?)?,
                u32_at(bytes, at.checked_add(20)?)?,
            ))
        });
        Some(Self { bytes, directories: directories.collect(), sections: sections.collect() })
    }

    fn is_managed(&self) -> bool {
        self.directories.get(CLI_HEADER).is_some_and(|(address, size)| *address != 0 && *size != 0)
    }

    /// The file's bytes from this address to the end of its section.
    fn at(&self, address: u32) -> Option<&'a [u8]> {
        self.sections.iter().find_map(|(start, size, place)| {
            let inside = address.checked_sub(*start).filter(|inside| inside < size)?;
            let from = usize::try_from(place.checked_add(inside)?).ok()?;
            let to = usize::try_from(place.checked_add(*size)?).ok()?.min(self.bytes.len());
            self.bytes.get(from..to)
        })
    }

    fn version_strings(&self) -> Option<VersionStrings> {
        let resources = self.at(self.directories.get(RESOURCES)?.0)?;
        let kind = entries(resources, 0)?.find(|(id, _)| *id == VERSION_RESOURCE)?.1;
        let name = entries(resources, directory_offset(kind)?)?.next()?.1;
        let language = entries(resources, directory_offset(name)?)?.next()?.1;
        let data = usize::try_from(language).ok()?;
        let (address, size) =
            (u32_at(resources, data)?, usize::try_from(u32_at(resources, data.checked_add(4)?)?).ok()?);
        let block = self.at(address)?;
        let block = block.get(..size).unwrap_or(block);
        Some(VersionStrings {
            original_name: text_of(block, "OriginalFilename"),
            product: text_of(block, "ProductVersion"),
            file: text_of(block, "FileVersion"),
        })
    }
}

/// Ids and targets of one directory of the resources.
fn entries(resources: &[u8], at: usize) -> Option<impl Iterator<Item = (u32, u32)>> {
    let count = |offset: usize| u16_at(resources, at.checked_add(offset)?).map(usize::from);
    let total = (count(12)? + count(14)?).min(MAX_RESOURCES);
    Some((0..total).map_while(move |entry| {
        let at = at.checked_add(16 + entry * 8)?;
        Some((u32_at(resources, at)?, u32_at(resources, at.checked_add(4)?)?))
    }))
}

/// The place of a further directory: its target has the highest bit set.
fn directory_offset(target: u32) -> Option<usize> {
    usize::try_from(target.checked_sub(0x8000_0000)?).ok()
}

/// The text behind a key of a version resource: UTF-16, each ended by zero, values at places divisible by four.
fn text_of(block: &[u8], key: &str) -> Option<String> {
    let needle: Vec<u8> = key.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    let at = block.windows(needle.len()).position(|window| window == needle)?;
    let value = block.get((at + needle.len()).next_multiple_of(4)..)?;
    let units = value.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair));
    let text: String = char::decode_utf16(units.take_while(|unit| *unit != 0).take(MAX_TEXT_CHARACTERS))
        .filter_map(Result::ok)
        .collect();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A PE file with a CLI header and a version resource with these texts.
    fn assembly(texts: &[(&str, &str)]) -> Vec<u8> {
        let mut block = vec![0; 40];
        for (key, value) in texts {
            block.extend([0; 6]);
            // The key begins behind three numbers; the block as a whole is aligned.
            block.extend(key.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
            block.resize(block.len().next_multiple_of(4), 0);
            block.extend(value.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
            block.resize(block.len().next_multiple_of(4), 0);
        }
        let mut resources = Vec::new();
        for (id, target) in [(16_u32, 0x8000_0018_u32), (1, 0x8000_0030), (0, 0x48)] {
            resources.extend([0; 12]);
            resources.extend([0, 0, 1, 0]);
            resources.extend(id.to_le_bytes());
            resources.extend(target.to_le_bytes());
        }
        resources.extend((0x1000_u32 + 0x58).to_le_bytes());
        resources.extend(u32::try_from(block.len()).unwrap().to_le_bytes());
        resources.extend([0; 8]);
        resources.extend(block);
        let mut file = vec![0; 0x200];
        file[..2].copy_from_slice(b"MZ");
        file[0x3C] = 0x40;
        file[0x40..0x44].copy_from_slice(b"PE\0\0");
        file[0x46] = 1;
        file[0x54] = 224;
        file[0x58..0x5A].copy_from_slice(&0x10B_u16.to_le_bytes());
        let directory = |at: usize| 0x58 + 96 + at * 8;
        file[directory(RESOURCES)..][..4].copy_from_slice(&0x1000_u32.to_le_bytes());
        file[directory(CLI_HEADER)..][..8].copy_from_slice(&[0, 0x20, 0, 0, 72, 0, 0, 0]);
        let section = 0x58 + 224;
        file[section + 12..][..4].copy_from_slice(&0x1000_u32.to_le_bytes());
        file[section + 16..][..4].copy_from_slice(&u32::try_from(resources.len()).unwrap().to_le_bytes());
        file[section + 20..][..4].copy_from_slice(&0x200_u32.to_le_bytes());
        file.extend(resources);
        file
    }

    #[test]
    fn reads_the_name_and_version_that_were_stamped_in() {
        let file = assembly(&[
            ("FileVersion", "13.0.1.25517"),
            ("OriginalFilename", "Newtonsoft.Json.dll"),
            ("ProductVersion", "13.0.1+ae9fe44e"),
        ]);
        let image = Image::read(&file).unwrap();
        assert!(image.is_managed());
        let strings = image.version_strings().unwrap();
        assert_eq!(strings.original_name.as_deref(), Some("Newtonsoft.Json.dll"));
        assert_eq!(strings.version(), Version::Exact("13.0.1".to_owned()));
    }

    #[test]
    fn states_a_version_only_where_both_agree() {
        let version = |product: &str, file: &str| {
            let (product, file) = (Some(product.to_owned()), Some(file.to_owned()));
            VersionStrings { original_name: None, product, file }.version()
        };
        let exact = |text: &str| Version::Exact(text.to_owned());
        assert_eq!(version("3.7.100.5+0a", "3.7.100.5"), exact("3.7.100.5"));
        assert_eq!(version("8.0.0-rc.1.23", "8.0.0.0"), exact("8.0.0-rc.1.23"));
        for (product, file) in [
            ("8.0.4+0a", "8.0.424.16909"),
            ("1.0.0", "1.0.0.0"),
            ("4.700.20.12001 @Commit: 0a", "4.6.1.0"),
            ("2.1", "2.1.0.0"),
            ("release", "1.0"),
        ] {
            assert_eq!(version(product, file), Version::Unknown, "{product} {file}");
        }
    }

    proptest! {
        #[test]
        fn any_damage_does_no_harm(cut in 0_usize..1_200, at in 0_usize..1_000, byte: u8) {
            let mut file = assembly(&[("ProductVersion", "1.2.3"), ("FileVersion", "1.2.3.0")]);
            file.truncate(cut);
            if let Some(slot) = file.get_mut(at) {
                *slot = byte;
            }
            if let Some(image) = Image::read(&file) {
                image.version_strings();
            }
        }
    }
}
