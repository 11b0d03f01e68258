//! Statements of others on whether a flaw matters to a product: VEX documents, as JSON.
//!
//! **Supported**: OpenVEX 0.2 ([`openvex`]) and CycloneDX VEX 1.4–1.7 ([`cyclonedx`]), told apart by their content.
//! **Unsupported (→ error naming the file)**: anything else, and files larger than [`MAX_VEX_BYTES`].

mod cyclonedx;
mod openvex;

use std::path::Path;

use inventory::PackageUrl;
use serde_json::Value;

use crate::Error;
use crate::exploitation::read_possibly_gzipped;

const MAX_VEX_BYTES: usize = 64 << 20;

/// What somebody says of one flaw in some products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VexStatement {
    /// Every name of the flaw that the statement gives.
    pub ids: Vec<String>,
    /// Never empty.
    pub products: Vec<VexProduct>,
    pub status: VexStatus,
    /// Why, in the statement's words; empty when it gives none.
    pub justification: String,
    /// RFC 3339, empty when not stated: of two statements on one thing the later holds, else the one that stands later.
    pub stated_at: String,
    /// The file as the user named it.
    pub source: String,
}

/// A product, or the parts of it that the statement is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VexProduct {
    /// A package URL, or another name.
    pub id: String,
    /// Package URLs; empty when the product itself is meant.
    pub parts: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VexStatus {
    NotAffected,
    Fixed,
    Affected,
    UnderInvestigation,
}

impl VexStatus {
    /// As OpenVEX spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotAffected => "not_affected",
            Self::Fixed => "fixed",
            Self::Affected => "affected",
            Self::UnderInvestigation => "under_investigation",
        }
    }

    /// Whether a finding that it speaks of needs no action.
    pub fn settles(self) -> bool {
        matches!(self, Self::NotAffected | Self::Fixed)
    }
}

/// The statements in the file, in its order.
///
/// # Errors
/// When it cannot be read or is no VEX document.
pub fn read_vex(path: &Path) -> Result<Vec<VexStatement>, Error> {
    let bad = |why: String| Error::Vex { path: path.to_owned(), why };
    let bytes = read_possibly_gzipped(path, MAX_VEX_BYTES).map_err(bad)?;
    let bytes = bytes.ok_or_else(|| bad("it does not exist".to_owned()))?;
    parse(&bytes, &path.display().to_string()).map_err(bad)
}

fn parse(bytes: &[u8], source: &str) -> Result<Vec<VexStatement>, String> {
    let document: Value = serde_json::from_slice(bytes).map_err(|error| format!("it is no JSON: {error}"))?;
    let context = document.get("@context").and_then(Value::as_str).unwrap_or_default();
    if context.contains("openvex") || document.get("statements").is_some() {
        return openvex::statements(&document, source);
    }
    if document.get("bomFormat").and_then(Value::as_str) == Some("CycloneDX") {
        return cyclonedx::statements(&document, source);
    }
    Err("it is neither OpenVEX nor CycloneDX".to_owned())
}

impl VexProduct {
    /// Whether a component of a function is meant. `names` are the function's own: its id, its name, the purls of the
    /// project that it is built from.
    pub fn means(&self, component: &str, names: &[String]) -> bool {
        let is_product = || names.iter().any(|name| is_same(&self.id, name));
        if self.parts.is_empty() {
            return is_same(&self.id, component);
        }
        self.parts.iter().any(|part| is_same(part, component)) && is_product()
    }
}

/// Whether `stated` means `actual`. A package URL without version means every version, one without qualifiers whatever
/// qualifiers.
fn is_same(stated: &str, actual: &str) -> bool {
    let (Ok(stated_purl), Ok(actual_purl)) = (PackageUrl::parse(stated), PackageUrl::parse(actual)) else {
        return stated == actual || stated.strip_prefix("urn:fnassay:function:") == Some(actual);
    };
    let canonical = |purl: &PackageUrl| match purl.ecosystem() {
        Some(ecosystem) => (ecosystem.id.to_owned(), purl.canonical_name(ecosystem)),
        None => (purl.kind.clone(), format!("{}/{}", purl.namespace, purl.name)),
    };
    let is_version = stated_purl.version.is_none() || stated_purl.version == actual_purl.version;
    let has = |(key, value): &(String, String)| actual_purl.qualifier(key).is_none_or(|actual| actual == value);
    canonical(&stated_purl) == canonical(&actual_purl) && is_version && stated_purl.qualifiers.iter().all(has)
}

/// The texts of a list, or a single text.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_products_by_what_their_purls_state() {
        let product = |id: &str, parts: &[&str]| VexProduct {
            id: id.to_owned(),
            parts: parts.iter().map(|part| (*part).to_owned()).collect(),
        };
        let names = ["t.yaml#Orders".to_owned(), "pkg:npm/orders@1.0.0".to_owned()];
        for (stated, component, expected) in [
            (product("pkg:npm/lodash@4.17.15", &[]), "pkg:npm/lodash@4.17.15", true),
            (product("pkg:npm/lodash", &[]), "pkg:npm/lodash@4.17.15", true),
            (product("pkg:npm/lodash@4.17.16", &[]), "pkg:npm/lodash@4.17.15", false),
            (product("pkg:npm/@a/b", &[]), "pkg:npm/%40a/b@1", true),
            (product("pkg:pypi/Foo.Bar@1", &[]), "pkg:pypi/foo-bar@1", true),
            (
                product("pkg:deb/debian/curl@1?distro=debian-11", &[]),
                "pkg:deb/debian/curl@1?arch=amd64&distro=debian-12",
                false,
            ),
            (product("t.yaml#Orders", &["pkg:npm/lodash"]), "pkg:npm/lodash@4.17.15", true),
            (product("urn:fnassay:function:t.yaml#Orders", &["pkg:npm/lodash"]), "pkg:npm/lodash@1", true),
            (product("pkg:npm/orders", &["pkg:npm/lodash@1"]), "pkg:npm/lodash@1", true),
            (product("pkg:npm/other", &["pkg:npm/lodash@1"]), "pkg:npm/lodash@1", false),
        ] {
            assert_eq!(stated.means(component, &names), expected, "{stated:?} {component}");
        }
    }

    #[test]
    fn refuses_what_is_no_vex() {
        for bytes in [&b""[..], b"{}", b"[1]", br#"{"bomFormat":"SPDX"}"#] {
            assert!(parse(bytes, "x").is_err());
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { cases: 100, ..Default::default() })]

        #[test]
        fn any_text_is_survived(text in r#"[\[\]{}:,"a-z@0-9]{0,120}"#) {
            let _ = parse(text.as_bytes(), "x");
            let _ = parse(format!(r#"{{"@context":"https://openvex.dev/ns","statements":[{{{text}}}]}}"#).as_bytes(), "x");
            let _ = is_same(&text, "pkg:npm/a@1");
        }
    }
}
