//! SPDX 2.3.
//!
//! **Source**: the SPDX specification 2.3, its JSON schema. What it has no field for stands in annotations with the comment
//! `name=value` (`model::recall`).

use model::component::Presence;
use model::recall;
use model::report::Report;
use serde_json::{Value, json};

use super::{Bill, BilledComponent, version};
use crate::formats::{Format, RenderContext, json};

pub(crate) const FORMAT: Format = Format { id: "spdx", title: "SPDX 2.3 bill of materials", render };

const DOCUMENT: &str = "SPDXRef-DOCUMENT";
const TARGET: &str = "SPDXRef-Target";

fn render(report: &Report, context: &RenderContext) -> String {
    let bill = Bill::new(report, context);
    let uuid = bill.uuid();
    let mut document = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": DOCUMENT,
        "name": bill.title(),
        "documentNamespace": format!("urn:uuid:{uuid}"),
        "creationInfo": {
            "created": created(&bill),
            "creators": [format!("Tool: {}", tool(&bill))],
        },
        "packages": packages(&bill),
        "relationships": relationships(&bill),
    });
    if !bill.is_complete() {
        document["comment"] =
            json!("not complete: annotations of this document and its functions say what is missing and why");
        document["annotations"] = gaps(&bill, &bill.gaps).collect();
    }
    json::to_text(&document) + "\n"
}

fn gaps<'b>(bill: &'b Bill, gaps: &'b [String]) -> impl Iterator<Item = Value> + use<'b> {
    gaps.iter().map(|why| annotation(bill, recall::GAP, why))
}

fn created(bill: &Bill) -> String {
    format!("{}T00:00:00Z", bill.today)
}

fn tool(bill: &Bill) -> String {
    format!("fnassay-{}", bill.tool_version)
}

/// Ids may hold letters, digits, dots and dashes only, so elements are numbered.
fn function_id(at: usize) -> String {
    format!("SPDXRef-Function-{}", at + 1)
}

fn component_id(at: usize) -> String {
    format!("SPDXRef-Package-{}", at + 1)
}

fn packages(bill: &Bill) -> Vec<Value> {
    let application = |id: &str, name: &str, missing: &[String]| {
        let is_function = std::iter::once(annotation(bill, recall::FUNCTION, "true"));
        let annotations: Vec<Value> = is_function.chain(gaps(bill, missing)).collect();
        json!({
            "SPDXID": id,
            "name": name,
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": false,
            "primaryPackagePurpose": "APPLICATION",
            "annotations": annotations,
        })
    };
    let functions = bill.functions.iter().enumerate();
    let functions = functions.map(|(at, function)| application(&function_id(at), &function.id, &function.gaps));
    let components = bill.components.iter().enumerate().map(|(at, billed)| package(bill, at, billed));
    std::iter::once(application(TARGET, bill.title(), &[])).chain(functions).chain(components).collect()
}

fn package(bill: &Bill, at: usize, billed: &BilledComponent) -> Value {
    let component = &billed.component;
    let properties = recall::properties(component, &[]);
    let annotations: Vec<Value> = properties.iter().map(|(name, value)| annotation(bill, name, value)).collect();
    let is_project = component.presence == Presence::Project;
    let mut value = json!({
        "SPDXID": component_id(at),
        "name": component.name,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false,
        "primaryPackagePurpose": if is_project { "APPLICATION" } else { "LIBRARY" },
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": component.purl,
        }],
        "annotations": annotations,
    });
    if let Some(version) = version(component) {
        value["versionInfo"] = json!(version);
    }
    value
}

fn annotation(bill: &Bill, name: &str, value: &str) -> Value {
    json!({
        "annotationDate": created(bill),
        "annotationType": "OTHER",
        "annotator": format!("Tool: {}", tool(bill)),
        "comment": format!("{name}={value}"),
    })
}

fn relationships(bill: &Bill) -> Vec<Value> {
    let relation = |from: &str, kind: &str, to: &str| json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to });
    let mut relations = vec![relation(DOCUMENT, "DESCRIBES", TARGET)];
    for (at, function) in bill.functions.iter().enumerate() {
        let id = function_id(at);
        relations.push(relation(TARGET, "CONTAINS", &id));
        // What the specification calls a known unknown.
        relations.extend((!function.gaps.is_empty()).then(|| relation(&id, "DEPENDS_ON", "NOASSERTION")));
        relations.extend(function.asks_for.iter().map(|to| relation(&id, "DEPENDS_ON", &component_id(*to))));
    }
    for (at, billed) in bill.components.iter().enumerate() {
        let id = component_id(at);
        relations.extend(billed.asks_for.iter().map(|to| relation(&id, "DEPENDS_ON", &component_id(*to))));
    }
    relations
}
