//! Recognises a bill of materials that is scanned by itself. `inventory` reads it.

use std::io::Read;
use std::path::Path;

/// How much of a file is read to recognise it.
const HEAD_BYTES: u64 = 64 * 1024;
/// Endings of the forms that bills are written in.
const ENDINGS: &[&str] = &[".cdx", ".json", ".jsonld", ".rdf", ".spdx", ".xml", ".yaml", ".yml"];
/// Parts of names that say what a file is, where its beginning does not.
const WORDS: &[&str] = &["bom", "cdx", "cyclonedx", "spdx"];
/// Texts that stand at the beginning of a bill.
const MARKS: &[&[u8]] =
    &[b"\"bomFormat\"", b"\"spdxVersion\"", b"\"SPDXID\"", b"spdx.org/rdf", b"cyclonedx.org/schema", b"SPDXVersion:"];

/// Whether the file is named and begins like a CycloneDX or SPDX document of any form.
pub(crate) fn is_bill_of_materials(path: &Path, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    if !ENDINGS.iter().any(|ending| name.ends_with(ending)) {
        return false;
    }
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    let is_marked = || MARKS.iter().any(|mark| head.windows(mark.len()).any(|window| window == *mark));
    read.is_ok() && (WORDS.iter().any(|word| name.contains(word)) || is_marked())
}
