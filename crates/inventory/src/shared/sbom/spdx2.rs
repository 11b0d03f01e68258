//! SPDX 2.2 and 2.3 JSON.
//!
//! **Source**: the SPDX specification 2.3, its JSON schema. Files and snippets are passed over.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::bill::{Bill, Edge, Entry, EntryKind, own_property, stated};
use crate::json::{Loose, Objects, Text, Texts};

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Wrapper<'a> {
    sbom: Loose<Document<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Document<'a> {
    document_describes: Texts<'a>,
    packages: Objects<Package<'a>>,
    relationships: Objects<Relationship<'a>>,
    annotations: Objects<Annotation<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Package<'a> {
    #[serde(rename = "SPDXID")]
    id: Text<'a>,
    name: Text<'a>,
    version_info: Text<'a>,
    primary_package_purpose: Text<'a>,
    external_refs: Objects<Reference<'a>>,
    annotations: Objects<Annotation<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Reference<'a> {
    reference_type: Text<'a>,
    reference_locator: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Annotation<'a> {
    comment: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Relationship<'a> {
    spdx_element_id: Text<'a>,
    relationship_type: Text<'a>,
    related_spdx_element: Text<'a>,
}

/// What a relationship means: which end asks for the other, and whether for development only. Sorted.
const KINDS: &[(&str, Meaning)] = &[
    ("BUILD_DEPENDENCY_OF", Meaning::SecondAsks { is_development: true }),
    ("DEPENDENCY_OF", Meaning::SecondAsks { is_development: false }),
    ("DEPENDS_ON", Meaning::FirstAsks),
    ("DESCRIBED_BY", Meaning::FirstIsRoot),
    ("DESCRIBES", Meaning::SecondIsRoot),
    ("DEV_DEPENDENCY_OF", Meaning::SecondAsks { is_development: true }),
    ("DEV_TOOL_OF", Meaning::SecondAsks { is_development: true }),
    ("OPTIONAL_DEPENDENCY_OF", Meaning::SecondAsks { is_development: false }),
    ("PROVIDED_DEPENDENCY_OF", Meaning::SecondAsks { is_development: false }),
    ("RUNTIME_DEPENDENCY_OF", Meaning::SecondAsks { is_development: false }),
    ("TEST_DEPENDENCY_OF", Meaning::SecondAsks { is_development: true }),
    ("TEST_TOOL_OF", Meaning::SecondAsks { is_development: true }),
];

#[derive(Debug, Clone, Copy)]
enum Meaning {
    FirstAsks,
    SecondAsks { is_development: bool },
    FirstIsRoot,
    SecondIsRoot,
}

pub(super) fn parse(text: &str) -> serde_json::Result<Bill> {
    serde_json::from_str::<Document<'_>>(text).map(|document| bill(&document))
}

/// A bill inside `{"sbom": …}`.
pub(super) fn parse_wrapped(text: &str) -> serde_json::Result<Bill> {
    serde_json::from_str::<Wrapper<'_>>(text).map(|wrapper| bill(&wrapper.sbom.0))
}

fn bill(document: &Document<'_>) -> Bill {
    let packages = &document.packages.0;
    let ids = packages.iter().zip(0..).filter_map(|(package, at)| Some((package.id.as_str()?, at)));
    let by_id: FxHashMap<&str, usize> = ids.collect();
    let mut bill = Bill { entries: packages.iter().map(entry).collect(), ..Bill::default() };
    bill.roots.extend(document.document_describes.0.iter().filter_map(|id| by_id.get(id.as_ref()).copied()));
    let of_packages = bill.entries.iter().flat_map(|entry| &entry.properties);
    let own = document.annotations.0.iter().filter_map(|note| own_property(note.comment.as_str()?));
    let properties = own.chain(of_packages.cloned());
    bill.missing = properties.filter(|(name, _)| name == model::recall::GAP).map(|(_, why)| why).collect();
    for relationship in &document.relationships.0 {
        let end = |id: &Text<'_>| id.as_str().and_then(|id| by_id.get(id).copied());
        let (first, second) = (end(&relationship.spdx_element_id), end(&relationship.related_spdx_element));
        let kind = relationship.relationship_type.as_str().unwrap_or_default();
        let Ok(known) = KINDS.binary_search_by(|(name, _)| (*name).cmp(kind)) else { continue };
        match (KINDS.get(known).map(|(_, meaning)| *meaning), first, second) {
            (Some(Meaning::FirstAsks), Some(from), Some(to)) => {
                bill.edges.push(Edge { from, to, is_development: false });
            }
            (Some(Meaning::SecondAsks { is_development }), Some(to), Some(from)) => {
                bill.edges.push(Edge { from, to, is_development });
            }
            (Some(Meaning::FirstIsRoot), Some(root), _) | (Some(Meaning::SecondIsRoot), _, Some(root)) => {
                bill.roots.push(root);
            }
            _ => {}
        }
    }
    bill
}

fn entry(package: &Package<'_>) -> Entry {
    let purl = package
        .external_refs
        .0
        .iter()
        .find(|reference| reference.reference_type.as_str().is_some_and(|kind| kind.rsplit('/').next() == Some("purl")))
        .and_then(|reference| stated(reference.reference_locator.as_str()));
    let properties: Vec<(String, String)> =
        package.annotations.0.iter().filter_map(|note| own_property(note.comment.as_str()?)).collect();
    let is_function = properties.iter().any(|(name, _)| name == model::recall::FUNCTION);
    let kind = match package.primary_package_purpose.as_str().unwrap_or_default() {
        "OPERATING-SYSTEM" | "OPERATING_SYSTEM" => EntryKind::OperatingSystem,
        _ if is_function => EntryKind::Group,
        "FILE" if purl.is_none() => EntryKind::Other,
        _ => EntryKind::Package,
    };
    Entry {
        name: stated(package.name.as_str()),
        version: stated(package.version_info.as_str()),
        kind,
        properties,
        purl,
        ..Entry::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_relationships_are_sorted() {
        assert!(KINDS.is_sorted_by_key(|(name, _)| *name));
    }
}
