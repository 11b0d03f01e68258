//! CycloneDX 1.6, with the known flaws beside the components.
//!
//! **Source**: the CycloneDX specification 1.6 (ECMA-424), its JSON schema. What the specification has no field for stands in
//! properties of our own (`model::recall`), so that a scan of the bill gives what the scan of the package gave.

use std::collections::BTreeMap;

use model::Finding;
use model::advisory::{AdvisoryMatch, Cvss};
use model::component::{Component, Origin, Presence};
use model::recall;
use model::report::Report;
use serde_json::{Map, Value, json};

use super::{Bill, BilledComponent, is_deployed, version};
use crate::formats::{Format, RenderContext, json};

pub(crate) const FORMAT: Format =
    Format { id: "cyclonedx", title: "CycloneDX 1.6 bill of materials, with known flaws", render };

fn render(report: &Report, context: &RenderContext) -> String {
    let bill = Bill::new(report, context);
    let mut document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{}", bill.uuid()),
        "version": 1,
        "metadata": metadata(&bill),
        "components": components(&bill),
        "dependencies": dependencies(&bill),
    });
    if !bill.is_complete() {
        document["compositions"] = compositions(&bill);
        document["annotations"] = annotations(&bill);
    }
    let flaws = vulnerabilities(report);
    if !flaws.is_empty() {
        document["vulnerabilities"] = Value::Array(flaws);
    }
    json::to_text(&document) + "\n"
}

fn metadata(bill: &Bill) -> Value {
    json!({
        "timestamp": timestamp(bill),
        "tools": { "components": [{ "type": "application", "name": "fnassay", "version": bill.tool_version }] },
        "component": { "bom-ref": TARGET, "type": "application", "name": bill.title() },
    })
}

fn timestamp(bill: &Bill) -> String {
    format!("{}T00:00:00Z", bill.today)
}

/// Reference of the whole target.
const TARGET: &str = "target";

fn reference(function: &str) -> String {
    format!("function:{function}")
}

fn components(bill: &Bill) -> Vec<Value> {
    let functions = bill.functions.iter().map(|function| {
        let mut properties = vec![json!({ "name": recall::FUNCTION, "value": "true" })];
        if let Some(runtime) = &function.runtime {
            properties.push(json!({ "name": "fnassay:runtime", "value": runtime }));
        }
        if let Some(day) = &function.runtime_end {
            properties.push(json!({ "name": "fnassay:runtime-end-of-support", "value": day }));
        }
        json!({
            "bom-ref": reference(&function.id),
            "type": "application",
            "name": function.id,
            "properties": properties,
        })
    });
    functions.chain(bill.components.iter().map(component)).collect()
}

fn component(billed: &BilledComponent) -> Value {
    let component = &billed.component;
    let mut value = Map::new();
    let mut set = |key: &str, content: Value| drop(value.insert(key.to_owned(), content));
    set("bom-ref", json!(component.purl));
    set("type", json!(kind(component)));
    set("name", json!(component.name));
    if let Some(version) = version(component) {
        set("version", json!(version));
    }
    set("scope", json!(if is_deployed(component) { "required" } else { "excluded" }));
    set("purl", json!(component.purl));
    let properties = recall::properties(component, &[]);
    let properties: Vec<Value> =
        properties.into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    set("properties", Value::Array(properties));
    let mut files: Vec<&str> = component.evidence.iter().map(|evidence| evidence.location.file.as_str()).collect();
    files.dedup();
    let occurrences: Vec<Value> = files.into_iter().map(|file| json!({ "location": file })).collect();
    set("evidence", json!({ "occurrences": occurrences }));
    Value::Object(value)
}

fn kind(component: &Component) -> &'static str {
    match (component.presence, &component.origin) {
        (Presence::Project, _) => "application",
        (_, Origin::Runtime) => "platform",
        _ => "library",
    }
}

fn dependencies(bill: &Bill) -> Vec<Value> {
    let purls = |places: &std::collections::BTreeSet<usize>| -> Vec<&str> {
        places.iter().filter_map(|at| bill.components.get(*at)).map(|billed| billed.component.purl.as_str()).collect()
    };
    let functions: Vec<String> = bill.functions.iter().map(|function| reference(&function.id)).collect();
    let mut dependencies = vec![json!({ "ref": TARGET, "dependsOn": functions })];
    for function in &bill.functions {
        dependencies.push(json!({ "ref": reference(&function.id), "dependsOn": purls(&function.asks_for) }));
    }
    let asking = bill.components.iter().filter(|billed| !billed.asks_for.is_empty());
    dependencies
        .extend(asking.map(|billed| json!({ "ref": billed.component.purl, "dependsOn": purls(&billed.asks_for) })));
    dependencies
}

/// Which parts are known to lack something. Nothing is called complete: a bill knows only what it looked for.
fn compositions(bill: &Bill) -> Value {
    let incomplete = bill.functions.iter().filter(|function| !function.gaps.is_empty());
    let parts: Vec<String> =
        std::iter::once(TARGET.to_owned()).chain(incomplete.map(|function| reference(&function.id))).collect();
    json!([{ "aggregate": "incomplete", "assemblies": parts, "dependencies": parts }])
}

/// Why parts are not complete: compositions have no field for it.
fn annotations(bill: &Bill) -> Value {
    let of_functions = bill
        .functions
        .iter()
        .flat_map(|function| function.gaps.iter().map(|why| (reference(&function.id), why.as_str())));
    let gaps = bill.gaps.iter().map(|why| (TARGET.to_owned(), why.as_str())).chain(of_functions);
    let annotation = |(subject, why): (String, &str)| {
        json!({
            "subjects": [subject],
            "annotator": { "component": { "type": "application", "name": "fnassay", "version": bill.tool_version } },
            "timestamp": timestamp(bill),
            "text": format!("{}{why}", recall::GAP_TEXT),
        })
    };
    gaps.map(annotation).collect()
}

/// One entry for each flaw, with every component that it hits.
fn vulnerabilities(report: &Report) -> Vec<Value> {
    let mut flaws: BTreeMap<&str, (&AdvisoryMatch, &Finding, Vec<&str>)> = BTreeMap::new();
    for finding in report.functions.iter().flat_map(|assessment| &assessment.findings) {
        let (Some(flaw), Some(component)) = (&finding.advisory, &finding.component) else { continue };
        let Some(id) = flaw.ids.first() else { continue };
        let (_, _, hit) = flaws.entry(id).or_insert((flaw, finding, Vec::new()));
        if !hit.contains(&component.as_str()) {
            hit.push(component);
        }
    }
    flaws.into_iter().map(|(id, (flaw, finding, hit))| vulnerability(id, flaw, finding, &hit)).collect()
}

fn vulnerability(id: &str, flaw: &AdvisoryMatch, finding: &Finding, hit: &[&str]) -> Value {
    let weaknesses: Vec<u32> = flaw.cwe.iter().filter_map(|cwe| cwe.strip_prefix("CWE-")?.parse().ok()).collect();
    let affects: Vec<Value> = hit.iter().map(|purl| json!({ "ref": purl })).collect();
    let mut value = json!({
        "bom-ref": id,
        "id": id,
        "ratings": ratings(flaw),
        "recommendation": finding.remedy.text,
        "affects": affects,
    });
    if !weaknesses.is_empty() {
        value["cwes"] = json!(weaknesses);
    }
    let others: Vec<Value> =
        flaw.ids.iter().skip(1).map(|id| json!({ "id": id, "source": { "name": source(id) } })).collect();
    if !others.is_empty() {
        value["references"] = Value::Array(others);
    }
    value
}

fn ratings(flaw: &AdvisoryMatch) -> Vec<Value> {
    let severity = flaw.severity.name();
    let of_vector = |cvss: &Cvss| json!({ "score": cvss.score, "severity": severity, "method": method(cvss), "vector": cvss.vector });
    if flaw.cvss.is_empty() { vec![json!({ "severity": severity })] } else { flaw.cvss.iter().map(of_vector).collect() }
}

fn method(cvss: &Cvss) -> &'static str {
    match cvss.version {
        "2.0" => "CVSSv2",
        "3.0" => "CVSSv3",
        "3.1" => "CVSSv31",
        "4.0" => "CVSSv4",
        _ => "other",
    }
}

/// Who gave an id, by its prefix.
fn source(id: &str) -> &str {
    id.split_once('-').map_or(id, |(prefix, _)| prefix)
}
