//! What a bill of materials written by this program says of a component beyond its purl, as properties by name: with them
//! a scan of the bill gives the findings that the scan of the package gave.
//!
//! CycloneDX carries them as `properties` of a component, SPDX as annotations of a package with the comment `name=value`.
//! Names that may stand several times, once for each value, are marked.

use crate::Location;
use crate::component::{Component, Evidence, EvidenceKind, Linked, Origin, Presence, Reach, Version};

/// What every name of ours begins with.
pub const PREFIX: &str = "fnassay:";
/// `true` or `false`: whether the project itself asks for it.
pub const DIRECT: &str = "fnassay:direct";
/// Repeated. `installed path`, with a place `installed@12:3 path`: line and column from 1.
pub const EVIDENCE: &str = "fnassay:evidence";
/// On an entry that stands for a function rather than a package: `true`.
pub const FUNCTION: &str = "fnassay:function";
/// Repeated. A top-level name under which code imports it.
pub const IMPORTS: &str = "fnassay:imports";
/// The layer's name, when the origin is `layer`.
pub const LAYER: &str = "fnassay:layer";
/// Repeated, of functions and the whole bill. A gap: where something could not be read, why, and what to do.
pub const GAP: &str = "fnassay:gap";
/// What the text of an annotation begins with that tells a gap, where annotations have no names.
pub const GAP_TEXT: &str = "not complete: ";
/// `function`, `layer`, `image` or `runtime`.
pub const ORIGIN: &str = "fnassay:origin";
/// Purl of the operating system package that brought its files.
pub const OWNER: &str = "fnassay:owner";
/// Repeated. Name of a component that asks for it.
pub const PARENT: &str = "fnassay:parent";
/// `shipped`, `development`, `absent` or `project`.
pub const PRESENCE: &str = "fnassay:presence";
/// A manifest's requirement, when nothing pins the version. Its purl has none then.
pub const RANGE: &str = "fnassay:range";
/// `imported`, `present` or `unknown`.
pub const REACH: &str = "fnassay:reach";
/// Repeated. Full name of a symbol that a linker kept; empty when it is known that it kept none.
pub const SYMBOL: &str = "fnassay:symbol";

/// What the properties of one component say; what they do not say is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recall {
    pub presence: Option<Presence>,
    pub origin: Option<Origin>,
    pub reach: Option<Reach>,
    pub direct: Option<bool>,
    pub range: Option<String>,
    pub owner: Option<String>,
    pub linked: Option<Linked>,
    pub evidence: Vec<Evidence>,
    pub parents: Vec<String>,
    pub import_names: Vec<String>,
}

/// The properties of a component as `(name, value)`, in the order of names; `import_names` are those of the inventory.
pub fn properties(component: &Component, import_names: &[String]) -> Vec<(&'static str, String)> {
    let mut properties = Vec::new();
    properties.extend(component.direct.map(|direct| (DIRECT, direct.to_string())));
    properties.extend(component.evidence.iter().map(|evidence| (EVIDENCE, evidence_text(evidence))));
    properties.extend(import_names.iter().map(|name| (IMPORTS, name.clone())));
    if let Origin::Layer(layer) = &component.origin {
        properties.push((LAYER, layer.clone()));
    }
    properties.push((ORIGIN, component.origin.name().to_owned()));
    properties.extend(component.owner.iter().map(|owner| (OWNER, owner.clone())));
    properties.extend(component.parents.iter().map(|parent| (PARENT, parent.clone())));
    properties.push((PRESENCE, component.presence.name().to_owned()));
    if let Version::Range(range) = &component.version {
        properties.push((RANGE, range.clone()));
    }
    properties.push((REACH, component.reach.name().to_owned()));
    if let Some(linked) = &component.linked {
        properties.extend(linked.symbols.iter().map(|symbol| (SYMBOL, symbol.clone())));
        if linked.symbols.is_empty() {
            properties.push((SYMBOL, String::new()));
        }
    }
    properties
}

/// What these properties say, in any order; names of others and values that we would not write are passed over.
pub fn recall<'a>(properties: impl IntoIterator<Item = (&'a str, &'a str)>) -> Recall {
    let mut recall = Recall::default();
    let mut layer = None;
    for (name, value) in properties {
        let text = || value.to_owned();
        match name {
            DIRECT => recall.direct = value.parse().ok(),
            EVIDENCE => recall.evidence.extend(parse_evidence(value)),
            IMPORTS => recall.import_names.push(text()),
            LAYER => layer = Some(text()),
            ORIGIN => recall.origin = origin(value),
            OWNER => recall.owner = Some(text()),
            PARENT => recall.parents.push(text()),
            PRESENCE => recall.presence = PRESENCES.iter().find(|presence| presence.name() == value).copied(),
            RANGE => recall.range = Some(text()),
            REACH => recall.reach = REACHES.iter().find(|reach| reach.name() == value).copied(),
            SYMBOL => {
                let linked = recall.linked.get_or_insert_default();
                linked.symbols.extend(Some(text()).filter(|symbol| !symbol.is_empty()));
            }
            _ => {}
        }
    }
    if let (Some(Origin::Layer(name)), Some(layer)) = (&mut recall.origin, layer) {
        *name = layer;
    }
    recall
}

const PRESENCES: &[Presence] = &[Presence::Shipped, Presence::Development, Presence::Absent, Presence::Project];
const REACHES: &[Reach] = &[Reach::Imported, Reach::Present, Reach::Unknown];
const KINDS: &[EvidenceKind] = &[
    EvidenceKind::Installed,
    EvidenceKind::Listed,
    EvidenceKind::Locked,
    EvidenceKind::Recognised,
    EvidenceKind::Declared,
];

fn origin(name: &str) -> Option<Origin> {
    [Origin::Function, Origin::Layer(String::new()), Origin::Image(None), Origin::Runtime]
        .into_iter()
        .find(|origin| origin.name() == name)
}

fn evidence_text(evidence: &Evidence) -> String {
    let Location { file, line, column } = &evidence.location;
    let kind = evidence.kind.name();
    match (line, column) {
        (None, _) => format!("{kind} {file}"),
        (Some(line), None) => format!("{kind}@{line} {file}"),
        (Some(line), Some(column)) => format!("{kind}@{line}:{column} {file}"),
    }
}

fn parse_evidence(text: &str) -> Option<Evidence> {
    let (kind, file) = text.split_once(' ')?;
    let (kind, place) = kind.split_once('@').map_or((kind, None), |(kind, place)| (kind, Some(place)));
    let kind = KINDS.iter().find(|known| known.name() == kind).copied()?;
    let (line, column) = match place.map(|place| place.split_once(':').unwrap_or((place, ""))) {
        Some((line, column)) => (line.parse().ok(), column.parse().ok()),
        None => (None, None),
    };
    Some(Evidence { location: Location { file: file.to_owned(), line, column }, kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let component = Component {
            ecosystem: "npm",
            name: "a".to_owned(),
            version: Version::Range("^1 || 2".to_owned()),
            purl: "pkg:npm/a".to_owned(),
            evidence: vec![
                Evidence { location: Location::file("a b/c:1.json"), kind: EvidenceKind::Installed },
                Evidence { location: Location::line("x", 3), kind: EvidenceKind::Declared },
                Evidence { location: Location::point("x@2", 3, 4), kind: EvidenceKind::Recognised },
            ],
            origin: Origin::Layer("shared".to_owned()),
            reach: Reach::Imported,
            presence: Presence::Absent,
            parents: vec!["b".to_owned(), "@c/d".to_owned()],
            direct: Some(false),
            system: None,
            owner: Some("pkg:deb/debian/x@1".to_owned()),
            linked: Some(Linked { symbols: vec!["net/http.Get".to_owned()] }),
        };
        let imports = ["a".to_owned(), "a_b".to_owned()];
        let written = properties(&component, &imports);
        assert!(written.is_sorted_by_key(|(name, _)| *name));
        assert!(written.iter().all(|(name, _)| name.starts_with(PREFIX)));
        let recall = recall(written.iter().map(|(name, value)| (*name, value.as_str())));
        let expected = Recall {
            presence: Some(component.presence),
            origin: Some(component.origin),
            reach: Some(component.reach),
            direct: component.direct,
            range: Some("^1 || 2".to_owned()),
            owner: component.owner,
            linked: component.linked,
            evidence: component.evidence,
            parents: component.parents,
            import_names: imports.to_vec(),
        };
        assert_eq!(recall, expected);
    }

    #[test]
    fn passes_over_what_it_would_not_write() {
        let odd = [("fnassay:presence", "gone"), ("fnassay:evidence", "seen x"), ("fnassay:direct", "yes"), ("x", "y")];
        assert_eq!(recall(odd), Recall::default());
        assert_eq!(recall([(SYMBOL, "")]).linked, Some(Linked::default()));
    }
}
