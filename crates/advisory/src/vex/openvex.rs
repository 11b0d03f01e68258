//! OpenVEX.
//!
//! **Source**: the OpenVEX specification 0.2.0.
//! **Supported**: `vulnerability` as a name or an object with aliases, `products` as names or objects with identifiers and
//! subcomponents, the document's time where a statement has none, `justification`, `impact_statement`, `status_notes`.
//! **Unsupported**: products named by hashes alone; a statement without products is dropped, as it means none.

use serde_json::Value;

use super::{VexProduct, VexStatement, VexStatus, text, texts};

pub(super) fn statements(document: &Value, source: &str) -> Result<Vec<VexStatement>, String> {
    let list = document.get("statements").and_then(Value::as_array).ok_or("it has no list `statements`")?;
    let mut statements = Vec::new();
    for (at, stated) in list.iter().enumerate() {
        let status = text(stated, "status");
        let known = [VexStatus::NotAffected, VexStatus::Fixed, VexStatus::Affected, VexStatus::UnderInvestigation];
        let status = known
            .into_iter()
            .find(|known| known.name() == status)
            .ok_or_else(|| format!("statement {} has the unknown status `{status}`", at + 1))?;
        let products: Vec<_> =
            stated.get("products").and_then(Value::as_array).into_iter().flatten().flat_map(products).collect();
        if products.is_empty() {
            continue;
        }
        let words = ["justification", "impact_statement", "status_notes"].map(|key| text(stated, key));
        let own_time = text(stated, "timestamp");
        statements.push(VexStatement {
            ids: ids(stated.get("vulnerability")),
            products,
            status,
            justification: words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(": "),
            stated_at: if own_time.is_empty() { text(document, "timestamp") } else { own_time },
            source: source.to_owned(),
        });
    }
    Ok(statements)
}

fn ids(vulnerability: Option<&Value>) -> Vec<String> {
    let mut ids = texts(vulnerability);
    if let Some(object) = vulnerability.filter(|value| value.is_object()) {
        ids.push(text(object, "name"));
        ids.extend(texts(object.get("aliases")));
        let address = text(object, "@id");
        ids.extend(address.rsplit('/').next().map(str::to_owned));
    }
    ids.retain(|id| !id.is_empty());
    ids
}

/// The product under each of its names.
fn products(product: &Value) -> Vec<VexProduct> {
    let parts: Vec<_> =
        product.get("subcomponents").and_then(Value::as_array).into_iter().flatten().flat_map(names).collect();
    names(product).into_iter().map(|id| VexProduct { id, parts: parts.clone() }).collect()
}

fn names(named: &Value) -> Vec<String> {
    let mut names = texts(Some(named));
    names.extend(texts(named.get("@id")));
    names.extend(named.get("identifiers").map(|identifiers| text(identifiers, "purl")));
    names.retain(|name| !name.is_empty());
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form() {
        let document = serde_json::json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "timestamp": "2024-01-01T00:00:00Z",
        "statements": [
            {"vulnerability": "CVE-2024-1", "products": ["pkg:npm/a@1"], "status": "fixed"},
            {"vulnerability": {"@id": "https://nvd.example/CVE-2024-2", "name": "GHSA-x", "aliases": ["CVE-2024-2"]}, "timestamp": "2024-02-01T00:00:00Z",
             "products": [{"@id": "pkg:oci/app", "subcomponents": [{"@id": "pkg:npm/b"}, {"identifiers": {"purl": "pkg:npm/c"}}]}],
             "status": "not_affected", "justification": "component_not_present", "impact_statement": "left out"},
            {"vulnerability": "CVE-2024-3", "status": "affected"}
        ]});
        let read = statements(&document, "v.json").unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].status, read[0].stated_at.as_str()), (VexStatus::Fixed, "2024-01-01T00:00:00Z"));
        assert_eq!(read[1].ids, ["GHSA-x", "CVE-2024-2", "CVE-2024-2"]);
        assert_eq!(read[1].products[0].parts, ["pkg:npm/b", "pkg:npm/c"]);
        assert_eq!(read[1].justification, "component_not_present: left out");
        assert!(statements(&serde_json::json!({"statements": [{"status": "odd"}]}), "x").is_err());
    }
}
