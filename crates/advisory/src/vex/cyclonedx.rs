//! CycloneDX VEX: the analyses of a bill of materials' vulnerabilities.
//!
//! **Source**: CycloneDX 1.4–1.7, `vulnerabilities[].analysis`, `.affects`.
//! **Supported**: references to components of the same document (nested ones too), to its main component, package URLs and BOM-Links
//! that end in a package URL; references and their ids as further names of the flaw; `affects[].versions` with a status.
//! **Unsupported**: `vers` ranges of versions: such an entry is taken for all versions only where it says `affected`, else
//! dropped.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{VexProduct, VexStatement, VexStatus, text, texts};

/// Components within components that are looked into.
const MAX_NESTING_LEVELS: usize = 32;

pub(super) fn statements(document: &Value, source: &str) -> Result<Vec<VexStatement>, String> {
    let mut purls = BTreeMap::new();
    if let Some(main) = document.get("metadata").and_then(|metadata| metadata.get("component")) {
        collect(main, &mut purls, 0);
    }
    for component in document.get("components").and_then(Value::as_array).into_iter().flatten() {
        collect(component, &mut purls, 0);
    }
    let list = document.get("vulnerabilities").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut statements = Vec::new();
    for stated in list {
        let Some(analysis) = stated.get("analysis") else { continue };
        let Some(status) = status(&text(analysis, "state")) else { continue };
        let mut ids = vec![text(stated, "id")];
        let references = stated.get("references").and_then(Value::as_array).into_iter().flatten();
        ids.extend(references.map(|reference| text(reference, "id")));
        ids.retain(|id| !id.is_empty());
        let mut words = vec![text(analysis, "justification"), text(analysis, "detail")];
        words.retain(|words| !words.is_empty());
        let affects = stated.get("affects").and_then(Value::as_array).into_iter().flatten();
        for (status, products) in by_status(affects, status, &purls) {
            statements.push(VexStatement {
                ids: ids.clone(),
                products,
                status,
                justification: words.join(": "),
                stated_at: [text(analysis, "lastUpdated"), text(stated, "updated")]
                    .into_iter()
                    .find(|time| !time.is_empty())
                    .unwrap_or_default(),
                source: source.to_owned(),
            });
        }
    }
    Ok(statements)
}

fn by_status<'v>(
    affects: impl Iterator<Item = &'v Value>,
    status: VexStatus,
    purls: &BTreeMap<String, String>,
) -> BTreeMap<VexStatus, Vec<VexProduct>> {
    let mut products: BTreeMap<VexStatus, Vec<VexProduct>> = BTreeMap::new();
    for affected in affects {
        let reference = text(affected, "ref");
        let linked =
            reference.split_once('#').filter(|(link, _)| link.starts_with("urn:cdx:")).map(|(_, own)| own.to_owned());
        let own = linked.unwrap_or(reference);
        let id = purls.get(&own).cloned().unwrap_or(own);
        let mut add =
            |status, id: String| products.entry(status).or_default().push(VexProduct { id, parts: Vec::new() });
        let versions = affected.get("versions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if versions.is_empty() {
            add(status, id);
            continue;
        }
        for version in versions {
            let stated = match text(version, "status").as_str() {
                "unaffected" => VexStatus::NotAffected,
                "unknown" => VexStatus::UnderInvestigation,
                _ => status,
            };
            for exact in texts(version.get("version")) {
                let bare = id.split(['?', '#']).next().unwrap_or(&id);
                let unversioned = bare
                    .rsplit_once('@')
                    .filter(|(before, _)| !before.ends_with('/'))
                    .map_or(bare, |(before, _)| before);
                add(stated, format!("{unversioned}@{exact}"));
            }
            if version.get("range").is_some() && !stated.settles() {
                add(stated, id.clone());
            }
        }
    }
    products
}

fn collect(component: &Value, purls: &mut BTreeMap<String, String>, depth: usize) {
    let (reference, purl) = (text(component, "bom-ref"), text(component, "purl"));
    if !reference.is_empty() && !purl.is_empty() {
        purls.insert(reference, purl);
    }
    if depth < MAX_NESTING_LEVELS {
        for part in component.get("components").and_then(Value::as_array).into_iter().flatten() {
            collect(part, purls, depth + 1);
        }
    }
}

fn status(state: &str) -> Option<VexStatus> {
    match state {
        "not_affected" | "false_positive" => Some(VexStatus::NotAffected),
        "resolved" | "resolved_with_pedigree" => Some(VexStatus::Fixed),
        "exploitable" => Some(VexStatus::Affected),
        "in_triage" => Some(VexStatus::UnderInvestigation),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_references_to_components() {
        let document = serde_json::json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "components": [{"bom-ref": "a", "purl": "pkg:npm/a@1", "components": [{"bom-ref": "b", "purl": "pkg:npm/b@2"}]}],
        "vulnerabilities": [
            {"id": "CVE-1", "references": [{"id": "GHSA-1"}], "analysis": {"state": "not_affected", "justification": "code_not_reachable", "detail": "d"},
             "affects": [{"ref": "b"}, {"ref": "urn:cdx:1/1#pkg:npm/c@3"}]},
            {"id": "CVE-2", "analysis": {"state": "exploitable"}, "affects": [{"ref": "a", "versions": [{"version": "1", "status": "unaffected"}, {"version": "2", "status": "affected"}]}]},
            {"id": "CVE-3", "affects": [{"ref": "a"}]}
        ]});
        let read = statements(&document, "v.json").unwrap();
        let short: Vec<_> = read
            .iter()
            .map(|one| {
                format!(
                    "{} {} {}",
                    one.ids.join("+"),
                    one.status.name(),
                    one.products.iter().map(|product| product.id.clone()).collect::<Vec<_>>().join(" ")
                )
            })
            .collect();
        assert_eq!(
            short,
            [
                "CVE-1+GHSA-1 not_affected pkg:npm/b@2 pkg:npm/c@3",
                "CVE-2 not_affected pkg:npm/a@1",
                "CVE-2 affected pkg:npm/a@2"
            ]
        );
        assert_eq!(read[0].justification, "code_not_reachable: d");
    }
}
