//! Bills of materials: lists of packages that a build or another scan has written.
//!
//! **Source**: the CycloneDX specification 1.4 to 1.7 (ECMA-424), the SPDX specification 2.3 and 3.0, PEP 770.
//! **Supported**: their JSON forms; nested components, dependencies, package URLs of every type, the properties of our own
//! bills (`model::recall`). Bills that lie in `*.dist-info/sboms/` name what was packed into that distribution.
//! **Unsupported** (→ gap): the XML, RDF, YAML and tag-value forms; entries without a package URL are listed as software
//! without a package manager.
//!
//! A file is a bill by its name and its content; one that is scanned by itself, by its content alone.

mod bill;
mod claims;
mod cyclonedx;
mod spdx2;
mod spdx3;

use serde::Deserialize;

use crate::document::{Document, EntryPath, Format, Reading, decode};
use crate::json::{Present, Text};
use bill::Bill;

pub(crate) const FORMAT: Format = Format {
    id: "bill-of-materials",
    accepts: |path| {
        is_named(path.file_name, path.folder)
            && (is_of_distribution(path) || (path.is_of_project() && !path.path.contains("!/")))
    },
    read,
    finds_installed: false,
    advice: "",
};

/// Bills of large images have some ten megabytes.
const MAX_BILL_BYTES: u64 = 64 << 20;
/// Objects in one bill: bounds what a file of empty ones takes once read.
const MAX_OBJECTS: usize = 1_000_000;

/// Names of bills in any form.
const NAMES: &[&str] = &["bom.json", "bom.xml", "sbom.json", "sbom.xml"];
const ENDINGS: &[&str] = &[
    ".bom.json",
    ".cdx.json",
    ".cdx.xml",
    ".cyclonedx.json",
    ".cyclonedx.xml",
    ".spdx",
    ".spdx.json",
    ".spdx.rdf",
    ".spdx.rdf.xml",
    ".spdx.xml",
    ".spdx.yaml",
    ".spdx.yml",
    ".spdx3.json",
    "-bom.json",
    "-sbom.json",
    "_sbom.json",
];

fn is_named(file_name: &str, folder: &str) -> bool {
    let name = file_name.to_ascii_lowercase();
    NAMES.contains(&name.as_str())
        || ENDINGS.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending))
        || (name.starts_with("sbom.") && name.ends_with(".json"))
        || (folder.rsplit('/').next() == Some("sboms") && (name.ends_with(".json") || name.ends_with(".xml")))
}

/// Whether the file lies where PEP 770 puts bills.
fn is_of_distribution(path: EntryPath<'_>) -> bool {
    path.folder.strip_suffix("/sboms").is_some_and(|folder| folder.ends_with(".dist-info"))
}

/// Names of the packages that a bill lists, lower case, without repeats; nothing where it cannot be read.
pub(crate) fn names(document: &Document<'_>) -> Vec<String> {
    let mut names: Vec<String> = match parse(document, &mut Reading::default()) {
        Some(bill) => bill.entries.iter().filter_map(bill::Entry::plain_name).collect(),
        None => Vec::new(),
    };
    names.sort_unstable();
    names.dedup();
    names
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    if let Some(bill) = parse(document, reading) {
        claims::add(document, &bill, reading);
    }
}

/// Which specification a file follows, by what stands at its top.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Head<'a> {
    #[serde(rename = "bomFormat")]
    bom_format: Text<'a>,
    #[serde(rename = "spdxVersion")]
    spdx_version: Text<'a>,
    #[serde(rename = "@context")]
    context: Present,
    #[serde(rename = "@graph")]
    graph: Present,
    /// GitHub's dependency graph wraps its bill.
    sbom: Present,
    /// syft's own form.
    #[serde(rename = "artifactRelationships")]
    syft: Present,
}

fn parse(document: &Document<'_>, reading: &mut Reading) -> Option<Bill> {
    let bytes = document.bytes_up_to(MAX_BILL_BYTES, reading)?;
    let text = decode(&bytes);
    let is_json = text.trim_start().starts_with('{');
    if !is_json {
        reading.gaps.extend(other_form(document, &text));
        return None;
    }
    if text.bytes().filter(|byte| *byte == b'{').count() > MAX_OBJECTS {
        let why = format!("a bill of materials of more than {MAX_OBJECTS} objects, which was not read: split it");
        reading.gaps.push(document.gap(None, why));
        return None;
    }
    let parsed = serde_json::from_str::<Head<'_>>(&text).and_then(|head| match head {
        _ if head.bom_format.as_str() == Some("CycloneDX") => cyclonedx::parse(&text).map(Some),
        _ if head.spdx_version.as_str().is_some() => spdx2::parse(&text).map(Some),
        _ if head.context.0 && head.graph.0 => spdx3::parse(&text).map(Some),
        _ if head.sbom.0 => spdx2::parse_wrapped(&text).map(Some),
        _ => {
            reading.gaps.extend(foreign_json(document, &head));
            Ok(None)
        }
    });
    parsed.unwrap_or_else(|error| {
        let line = u32::try_from(error.line()).ok().filter(|line| *line > 0);
        let why = format!("cannot read the bill of materials: {error}; write it anew");
        reading.gaps.push(document.gap(line, why));
        None
    })
}

/// What is said of JSON of no known form. Nothing where the name alone made it look like a bill.
fn foreign_json(document: &Document<'_>, head: &Head<'_>) -> Option<model::Gap> {
    let is_twin = |name: &str| document.sibling(name).is_some();
    if head.syft.0 {
        // Buildpacks write three forms side by side.
        let is_repeated = ["sbom.cdx.json", "sbom.spdx.json"].iter().any(|name| is_twin(name));
        let why = "a bill of materials in syft's own form, which is not read: write it as CycloneDX or SPDX JSON";
        return (!is_repeated).then(|| document.gap(None, why));
    }
    is_surely_meant(document.path).then(|| document.gap(None, UNKNOWN))
}

const UNKNOWN: &str =
    "named like a bill of materials, but neither CycloneDX nor SPDX: write it anew, or give it another name";

/// Whether the name leaves no doubt that the file should be a bill; `bom.json` may be about the weather.
fn is_surely_meant(path: EntryPath<'_>) -> bool {
    is_of_distribution(path) || ["cdx", "cyclonedx", "spdx"].iter().any(|word| path.file_name.contains(word))
}

/// The gap of a bill in a form that is not read.
fn other_form(document: &Document<'_>, text: &str) -> Option<model::Gap> {
    let head = text.get(..text.floor_char_boundary(4_096)).unwrap_or(text);
    let form = if head.contains("cyclonedx.org") || head.contains("<bom") {
        "CycloneDX XML"
    } else if head.contains("SPDXVersion:") {
        "SPDX tag-value"
    } else if head.contains("spdx.org") || head.contains("spdxVersion") {
        "SPDX in another form than JSON"
    } else {
        return is_surely_meant(document.path).then(|| document.gap(None, UNKNOWN));
    };
    let why = format!("a bill of materials, {form}, which is not read: convert it to CycloneDX or SPDX JSON");
    Some(document.gap(None, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_bills_by_their_names() {
        let accepts = |path| (FORMAT.accepts)(EntryPath::new(path));
        for path in [
            "bom.json",
            "a/app.cdx.json",
            "x.spdx.json",
            "sbom.syft.json",
            "sbom.json",
            "bom.xml",
            "a.spdx",
            "layers/sboms/x.json",
            "META-INF/sbom/application.cdx.json",
            "lib/site-packages/a-1.dist-info/sboms/any.json",
            "w.whl!/a-1.dist-info/sboms/auditwheel.cdx.json",
        ] {
            assert!(accepts(path), "{path}");
        }
        for path in [
            "node_modules/a/bom.json",
            "lib/site-packages/a/bom.json",
            "package.json",
            "a.jar!/META-INF/sbom/bom.json",
            "a/sboms/readme.md",
            "tests/bom.json",
            ".cdx.json",
        ] {
            assert!(!accepts(path), "{path}");
        }
    }
}
