//! CycloneDX JSON.
//!
//! **Source**: the CycloneDX specification 1.4 to 1.7 (ECMA-424); the property taxonomies of npm and Composer; the
//! properties that trivy writes. Tools, services, formulations and vulnerabilities are passed over.

use model::component::SourcePackage;
use model::recall;
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::bill::{Bill, Edge, Entry, EntryKind, stated};
use crate::PackageUrl;
use crate::json::{Flag, Loose, Objects, Text, Texts};

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Document<'a> {
    metadata: Loose<Metadata<'a>>,
    components: Objects<Component<'a>>,
    dependencies: Objects<Dependency<'a>>,
    compositions: Objects<Composition<'a>>,
    annotations: Objects<Annotation<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Composition<'a> {
    aggregate: Text<'a>,
    assemblies: Texts<'a>,
    dependencies: Texts<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Annotation<'a> {
    text: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Metadata<'a> {
    component: Option<Loose<Component<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Component<'a> {
    #[serde(rename = "bom-ref")]
    bom_ref: Text<'a>,
    r#type: Text<'a>,
    group: Text<'a>,
    name: Text<'a>,
    version: Text<'a>,
    purl: Text<'a>,
    scope: Text<'a>,
    is_external: Flag,
    properties: Objects<Property<'a>>,
    components: Objects<Self>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Property<'a> {
    name: Text<'a>,
    value: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Dependency<'a> {
    r#ref: Text<'a>,
    depends_on: Texts<'a>,
}

/// Types that are no packages of software.
const OTHER_TYPES: &[&str] = &["cryptographic-asset", "data", "file"];
/// Properties by which tools mark what is only for development, with the value `true`.
const DEVELOPMENT: &[&str] = &["cdx:composer:package:isDevRequirement", "cdx:npm:package:development"];
/// trivy marks what it has made up to group packages so.
const GROUP: &str = "aquasecurity:trivy:Class";

pub(super) fn parse(text: &str) -> serde_json::Result<Bill> {
    let document: Document<'_> = serde_json::from_str(text)?;
    let mut reader = Reader::default();
    if let Some(Loose(component)) = &document.metadata.0.component {
        reader.bill.roots.push(0);
        reader.add(component, None);
    }
    for component in &document.components.0 {
        reader.add(component, None);
    }
    for dependency in &document.dependencies.0 {
        reader.link(dependency);
    }
    reader.bill.is_incomplete = document.compositions.0.iter().any(is_incomplete);
    let texts = document.annotations.0.iter().filter_map(|note| note.text.as_str());
    reader.bill.missing = texts.filter_map(|text| Some(text.strip_prefix(recall::GAP_TEXT)?.to_owned())).collect();
    Ok(reader.bill)
}

/// Whether parts of what the bill is about are said to be missing; `incomplete_third_party_only` and the like count too.
fn is_incomplete(composition: &Composition<'_>) -> bool {
    let says_so = composition.aggregate.as_str().is_some_and(|aggregate| aggregate.starts_with("incomplete"));
    says_so && !(composition.assemblies.0.is_empty() && composition.dependencies.0.is_empty())
}

#[derive(Default)]
struct Reader {
    bill: Bill,
    by_reference: FxHashMap<String, usize>,
}

impl Reader {
    /// Nesting is bounded by the reader of JSON.
    fn add(&mut self, component: &Component<'_>, inside: Option<usize>) {
        let at = self.bill.entries.len();
        self.bill.entries.push(entry(component));
        if let Some(reference) = component.bom_ref.as_str() {
            self.by_reference.entry(reference.to_owned()).or_insert(at);
        }
        self.bill.edges.extend(inside.map(|from| Edge { from, to: at, is_development: false }));
        for nested in &component.components.0 {
            self.add(nested, Some(at));
        }
    }

    fn link(&mut self, dependency: &Dependency<'_>) {
        let known = |reference: &str| self.by_reference.get(reference).copied();
        let Some(from) = dependency.r#ref.as_str().and_then(known) else { return };
        let edges = dependency.depends_on.0.iter().filter_map(|reference| known(reference));
        self.bill.edges.extend(edges.map(|to| Edge { from, to, is_development: false }));
    }
}

fn entry(component: &Component<'_>) -> Entry {
    let name = stated(component.name.as_str());
    let group = stated(component.group.as_str());
    let properties = || {
        let pairs = component.properties.0.iter();
        pairs.filter_map(|property| Some((property.name.as_str()?, property.value.as_str()?)))
    };
    let property = |name: &str| properties().find(|(known, _)| *known == name).map(|(_, value)| value);
    // Some hand-written bills have the purl as the reference only; with a subpath it is a part of that package.
    let reference = component.bom_ref.as_str().filter(|text| text.starts_with("pkg:") && !text.contains('#'));
    let purl = stated(component.purl.as_str()).or_else(|| reference.map(str::to_owned));
    let is_group = purl.is_none() && [GROUP, recall::FUNCTION].iter().any(|name| property(name).is_some());
    Entry {
        kind: match component.r#type.as_str() {
            Some("operating-system") => EntryKind::OperatingSystem,
            _ if is_group => EntryKind::Group,
            Some(kind) if OTHER_TYPES.contains(&kind) && purl.is_none() => EntryKind::Other,
            _ => EntryKind::Package,
        },
        name: name.map(|name| group.map_or_else(|| name.clone(), |group| format!("{group}/{name}"))),
        version: stated(component.version.as_str()),
        is_development: component.scope.as_str() == Some("excluded")
            || properties().any(|(name, value)| DEVELOPMENT.contains(&name) && value == "true"),
        is_external: component.is_external.0,
        source: source_of(property, purl.as_deref()),
        properties: properties()
            .filter(|(name, _)| name.starts_with(recall::PREFIX))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        purl,
    }
}

/// The source package as trivy writes it, which its purls leave out.
fn source_of<'a>(property: impl Fn(&str) -> Option<&'a str>, purl: Option<&str>) -> Option<SourcePackage> {
    let name = property("aquasecurity:trivy:SrcName")?;
    let version = property("aquasecurity:trivy:SrcVersion")?;
    let is_own = purl.and_then(|purl| PackageUrl::parse(purl).ok()).is_some_and(|purl| purl.name == name);
    let release = property("aquasecurity:trivy:SrcRelease").map_or(String::new(), |release| format!("-{release}"));
    let epoch = property("aquasecurity:trivy:SrcEpoch").map_or(String::new(), |epoch| format!("{epoch}:"));
    (!is_own).then(|| SourcePackage { name: name.to_owned(), version: Some(format!("{epoch}{version}{release}")) })
}
