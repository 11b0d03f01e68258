//! SPDX 3.0 JSON-LD.
//!
//! **Source**: the SPDX specification 3.0, its JSON-LD serialisation with the published context. Read are packages,
//! relationships between them and annotations; other elements are passed over.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::bill::{Bill, Edge, Entry, EntryKind, own_property, stated};
use crate::json::{Objects, Text, Texts};

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Document<'a> {
    #[serde(rename = "@graph")]
    graph: Objects<Element<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Element<'a> {
    #[serde(alias = "@type")]
    r#type: Text<'a>,
    #[serde(alias = "@id")]
    spdx_id: Text<'a>,
    name: Text<'a>,
    #[serde(rename = "software_packageVersion")]
    version: Text<'a>,
    #[serde(rename = "software_packageUrl")]
    purl: Text<'a>,
    #[serde(rename = "software_primaryPurpose")]
    purpose: Text<'a>,
    external_identifier: Objects<Identifier<'a>>,
    root_element: Texts<'a>,
    from: Text<'a>,
    to: Texts<'a>,
    relationship_type: Text<'a>,
    scope: Text<'a>,
    subject: Text<'a>,
    statement: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Identifier<'a> {
    external_identifier_type: Text<'a>,
    identifier: Text<'a>,
}

/// Relationships by which the first element asks for the others. Sorted.
const ASKS: &[&str] = &[
    "dependsOn",
    "hasDynamicLink",
    "hasOptionalDependency",
    "hasPrerequisite",
    "hasProvidedDependency",
    "hasStaticLink",
];
/// Scopes of relationships that end before deployment.
const DEVELOPMENT_SCOPES: &[&str] = &["build", "design", "development", "test"];

pub(super) fn parse(text: &str) -> serde_json::Result<Bill> {
    let elements = serde_json::from_str::<Document<'_>>(text)?.graph.0;
    let mut bill = Bill::default();
    let mut by_id: FxHashMap<&str, usize> = FxHashMap::default();
    for element in elements.iter().filter(|element| element.is("Package")) {
        let at = bill.entries.len();
        bill.entries.push(entry(element));
        if let Some(id) = element.spdx_id.as_str() {
            by_id.insert(id, at);
        }
    }
    let known = |id: &str| by_id.get(id).copied();
    for element in &elements {
        if element.is("SpdxDocument") || element.is("Sbom") || element.is("Bom") {
            bill.roots.extend(element.root_element.0.iter().filter_map(|id| known(id)));
        }
        if element.is("Annotation")
            && let Some(at) = element.subject.as_str().and_then(known)
            && let Some(entry) = bill.entries.get_mut(at)
        {
            entry.properties.extend(element.statement.as_str().and_then(own_property));
        }
        let kind = element.relationship_type.as_str().unwrap_or_default();
        if ASKS.binary_search(&kind).is_ok()
            && let Some(from) = element.from.as_str().and_then(known)
        {
            let is_development = element.scope.as_str().is_some_and(|scope| DEVELOPMENT_SCOPES.contains(&scope));
            let edges = element.to.0.iter().filter_map(|id| known(id));
            bill.edges.extend(edges.map(|to| Edge { from, to, is_development }));
        }
    }
    Ok(bill)
}

impl Element<'_> {
    /// Types are written with the profile before them, in one way or another: `software_Package`, `software/Package`.
    fn is(&self, kind: &str) -> bool {
        self.r#type.as_str().is_some_and(|text| text.rsplit(['_', '/', ':']).next() == Some(kind))
    }
}

fn entry(element: &Element<'_>) -> Entry {
    let is_purl = |identifier: &&Identifier<'_>| {
        identifier.external_identifier_type.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("packageUrl"))
    };
    let identified = element.external_identifier.0.iter().find(is_purl);
    let purl = stated(element.purl.as_str()).or_else(|| stated(identified.and_then(|found| found.identifier.as_str())));
    Entry {
        name: stated(element.name.as_str()),
        version: stated(element.version.as_str()),
        kind: match element.purpose.as_str() {
            Some("operatingSystem") => EntryKind::OperatingSystem,
            Some("data" | "file") if purl.is_none() => EntryKind::Other,
            _ => EntryKind::Package,
        },
        purl,
        ..Entry::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_relationships_are_sorted() {
        assert!(ASKS.is_sorted());
    }
}
